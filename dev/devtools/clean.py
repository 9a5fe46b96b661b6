"""`dev/clean`: stop PostgreSQL and remove `.dev/`, with the databases of this checkout wherever they are."""
import os
import shutil

from . import config, postgres
from .console import main, say


def cli(_arguments):
    postgres.stop()
    postgres.drop_all()
    for outside in postgres.folders():
        shutil.rmtree(outside)
    if os.path.ismount(config.DEV) or config.DEV.is_symlink():  # a disk of its own
        for path in config.DEV.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    elif config.DEV.exists():
        shutil.rmtree(config.DEV)
    say("Removed .dev/; Debian packages stay")


if __name__ == "__main__":
    main(cli)
