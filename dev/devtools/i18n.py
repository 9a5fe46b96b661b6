"""`dev/i18n`: export the add-on's terms to `i18n/leanpay_dunning.pot`, and merge them into the translations."""
import os
import subprocess
import tempfile
from pathlib import Path

from . import config, odoo, postgres, setup, templates
from .console import main, say

FOLDER = config.ROOT / config.ADDON / "i18n"
LANGUAGES = ("fr",)


def export(path):
    """Write the terms of a freshly installed add-on to `path` (a .pot file)."""
    name = postgres.name(f"test_{os.getpid()}_i18n")
    templates.copy(name)
    try:
        odoo.run(["i18n", "export", "-d", name, "-o", path, config.ADDON], log=config.LOGS / "i18n.log",
                 sentence="Odoo could not export the terms.")
    finally:
        postgres.drop(name)


def _po_files(action, pot):
    """Run `devtools.po_files`, which needs polib, with Odoo's Python. Returns its lines."""
    files = [FOLDER / f"{config.ADDON}.pot", *(FOLDER / f"{language}.po" for language in LANGUAGES)]
    environment = config.odoo_environment(PYTHONPATH=config.ROOT / "dev")
    done = subprocess.run([str(config.python()), "-m", "devtools.po_files", action, str(pot), *map(str, files)],
                          env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def check():
    """What is missing in the translations, as sentences."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / f"{config.ADDON}.pot"
        export(pot)
        return _po_files("check", pot)


def cli(_arguments):
    setup.ensure()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / f"{config.ADDON}.pot"
        export(pot)
        for line in _po_files("merge", pot):
            say(line)


if __name__ == "__main__":
    main(cli)
