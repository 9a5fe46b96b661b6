"""`dev/i18n`: export the terms of each add-on to its `i18n/…pot`, and merge them into the translations."""
import os
import subprocess
import tempfile
from pathlib import Path

from . import config, odoo, postgres, setup, templates
from .console import main, say

LANGUAGES = ("fr",)
# The template that each add-on's terms are exported from.
ADDONS = {config.ADDON: "addon", **dict.fromkeys(config.GLUE, "glue")}


def export(path, addon):
    """Write the terms of a freshly installed add-on to `path` (a .pot file)."""
    name = postgres.name(f"test_{os.getpid()}_i18n")
    templates.copy(name, ADDONS[addon])
    try:
        odoo.run(["i18n", "export", "-d", name, "-o", path, addon], log=config.LOGS / "i18n.log",
                 sentence="Odoo could not export the terms.")
    finally:
        postgres.drop(name)


def _po_files(action, pot, addon):
    """Run `devtools.po_files`, which needs polib, with Odoo's Python. Returns its lines."""
    folder = config.ROOT / addon / "i18n"
    folder.mkdir(exist_ok=True)
    files = [folder / f"{addon}.pot", *(folder / f"{language}.po" for language in LANGUAGES)]
    environment = config.odoo_environment(PYTHONPATH=config.ROOT / "dev")
    done = subprocess.run([str(config.python()), "-m", "devtools.po_files", action, str(pot), *map(str, files)],
                          env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def _each(action):
    """Yield (add-on, line) of an action on the terms of all add-ons."""
    for addon in ADDONS:
        with tempfile.TemporaryDirectory() as folder:
            pot = Path(folder) / f"{addon}.pot"
            export(pot, addon)
            for line in _po_files(action, pot, addon):
                yield addon, line


def check():
    """What is missing in the translations, as sentences."""
    return [f"{addon}: {line}" for addon, line in _each("check")]


def cli(_arguments):
    setup.ensure()
    for addon, line in _each("merge"):
        say(f"{addon}: {line}")


if __name__ == "__main__":
    main(cli)
