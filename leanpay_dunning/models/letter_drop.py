"""A folder shared with a mail house: files come whole or not at all, and nothing is written outside it."""
import os
from pathlib import Path


class DropError(ValueError):
    """The folder cannot be used; the message says why."""


class FolderDrop:
    """A local folder with `outbox`, `inbox`, `done` and `error`; a mounted or synchronised one is as good.

    Another transport gives the same methods.
    """

    BOXES = ('outbox', 'inbox', 'done', 'error')

    def __init__(self, root, folder):
        """`root` is what the server's administrator allows, `folder` a path inside it."""
        if not root:
            raise DropError('no_root')
        base = Path(root).resolve()
        path = (base / (folder or '')).resolve()
        if not path.is_relative_to(base):
            raise DropError('outside')
        if not base.is_dir():
            raise DropError('missing')
        self.path = path
        try:
            for box in self.BOXES:
                (path / box).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DropError('unwritable') from error

    def put(self, name, content):
        """Write a file into the outbox: it appears whole, and again is the same file."""
        target = self._file('outbox', name)
        partial = target.with_name(f'.{target.name}.part')
        with open(partial, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)

    def list(self):
        """Return the names of the files in the inbox, in order; those still being written begin with a dot."""
        return sorted(
            entry.name for entry in (self.path / 'inbox').iterdir()
            if entry.is_file() and not entry.name.startswith('.'))

    def get(self, name):
        """Return the content of a file of the inbox."""
        return self._file('inbox', name).read_bytes()

    def move(self, name, box):
        """Take a file out of the inbox; one that is gone already is no matter."""
        source, target = self._file('inbox', name), self._file(box, name)
        if source.exists():
            os.replace(source, target)

    def note(self, name, text):
        """Write why a file was not taken beside it, among the errors."""
        self._file('error', f'{name}.txt').write_text(text, encoding='utf-8')

    def _file(self, box, name):
        if name != os.path.basename(name) or name in ('', '.', '..'):
            raise DropError('outside')
        return self.path / box / name
