"""The add-on as a wheel: built, installed into a clean environment, and found there by a real Odoo."""
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

from devtools import config

SOURCE = config.ROOT / config.ADDON
FIND = """
import sys
from odoo.tools import config
config.parse_config(["--addons-path", sys.argv[1]])
from odoo.modules import Manifest, initialize_sys_path
initialize_sys_path()
print(Manifest.for_addon(sys.argv[2]).path)
"""


def shipped_files():
    """Paths, relative to the add-on, of the files that the repository holds."""
    if not shutil.which("git") or not (config.ROOT / ".git").exists():  # an archive of the repository
        found = (path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file())
        return {str(path) for path in found if "__pycache__" not in path.parts}
    listed = subprocess.run(["git", "ls-files", "-z", "."], cwd=SOURCE, capture_output=True, text=True, check=True)
    return {path for path in listed.stdout.split("\0") if path and (SOURCE / path).exists()}


class TestWheel(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        temporary = TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        # whool is one of the development requirements: without isolation the build needs no network.
        cls.pip("wheel", "--no-deps", "--no-build-isolation", "-w", cls.folder, SOURCE)
        cls.wheel, = cls.folder.glob("*.whl")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", cls.folder / "venv"], check=True)
        cls.pip("--python", cls.folder / "venv/bin/python", "install", "--no-deps", "--no-index", cls.wheel)
        cls.site, = (cls.folder / "venv/lib").glob("python*/site-packages")

    @classmethod
    def pip(cls, *arguments):
        done = subprocess.run([sys.executable, "-m", "pip", "-q", *map(str, arguments)], capture_output=True, text=True,
                              env=dict(os.environ, PYTHONPATH=""), check=False)
        if done.returncode:
            raise AssertionError(done.stderr)

    def test_name_follows_the_manifest(self):
        self.assertRegex(self.wheel.name, r"^odoo_addon_leanpay_dunning-19\.0\.\d+\.\d+\.\d+.*-py3-none-any\.whl$")

    def test_every_file_is_installed(self):
        installed = self.site / "odoo/addons" / config.ADDON
        present = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
        missing = shipped_files() - present - {"pyproject.toml"}
        self.assertFalse(missing, "files of the add-on that its wheel lacks")
        self.assertIn("__manifest__.py", present)

    def test_odoo_finds_it(self):
        core = config.odoo_pythonpath()
        environment = {key: value for key, value in os.environ.items() if key != "ODOO_RC"}
        done = subprocess.run([sys.executable, "-c", FIND, core / "odoo/addons", config.ADDON], cwd=self.folder,
                              capture_output=True, text=True, check=True,
                              env=dict(environment, PYTHONPATH=f"{core}{os.pathsep}{self.site}"))
        self.assertEqual(done.stdout.splitlines()[-1], str(self.site / "odoo/addons" / config.ADDON))
