"""What is asked of the machine: its system, and what the environment variables name instead."""
import os
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from devtools import config, debian, setup
from devtools.console import Stop


class TestSystem(unittest.TestCase):

    def on(self, release):
        """Pretend to run on the system that an os-release file describes."""
        file = Path(self.enterContext(TemporaryDirectory()), "os-release")
        file.write_text(release)
        self.enterContext(patch.object(debian, "OS_RELEASE", file))

    def test_debian_12_or_newer(self):
        for release in ('ID=debian\nVERSION_ID="12"\n', 'ID=debian\nVERSION_ID="13"\n', "ID=debian\n"):
            with self.subTest(release):
                self.on(release)
                debian.check_machine()

    def test_other_systems_are_told_what_to_do(self):
        for release in ('ID=debian\nVERSION_ID="11"\n', 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', ""):
            with self.subTest(release):
                self.on(release)
                with self.assertRaisesRegex(Stop, "Debian 12 or newer.*LEANPAY_ODOO"):
                    debian.check_machine()

    def test_other_processors(self):
        self.on("ID=debian\n")
        with patch("platform.machine", return_value="s390x"), self.assertRaisesRegex(Stop, "s390x"):
            debian.check_machine()

    def test_elsewhere_programs_are_enough(self):
        self.on("ID=fedora\n")
        with patch("shutil.which", return_value="/bin/x"):
            self.assertEqual(debian.missing_system_packages(), [])
        with patch("shutil.which", return_value=None), self.assertRaisesRegex(Stop, "psql.*chromium"):
            debian.missing_system_packages()

    def test_not_root_and_no_sudo(self):
        self.enterContext(patch("os.geteuid", return_value=1000))
        self.enterContext(patch("shutil.which", return_value=None))
        with self.assertRaisesRegex(Stop, "`apt-get install postgresql chromium` as root"):
            debian.install(["postgresql", "chromium"])


class TestOwn(unittest.TestCase):

    def test_odoo_19(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "odoo").mkdir()
        for named in (folder, folder / "odoo"):  # the folder that holds the package, or the package
            with self.subTest(named), patch.dict(os.environ, LEANPAY_ODOO=str(named)):
                (folder / "odoo/release.py").unlink(missing_ok=True)
                with self.assertRaisesRegex(Stop, "holds no Odoo"):
                    debian.odoo_version()
                (folder / "odoo/release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
                with self.assertRaisesRegex(Stop, "not an Odoo 19"):
                    debian.odoo_version()
                (folder / "odoo/release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
                self.assertTrue(debian.odoo_version().startswith("19.0"))
                self.assertEqual(config.odoo_pythonpath(), folder.resolve())

    def test_python_that_lacks_a_package(self):
        with patch.dict(os.environ, LEANPAY_PYTHON="/no/python"), self.assertRaisesRegex(Stop, "does not exist"):
            setup._ensure_python()
        self.enterContext(patch.dict(os.environ, LEANPAY_PYTHON=sys.executable))
        setup._ensure_python()
        self.enterContext(patch.object(setup, "IMPORTED", ("os", "no_such_package")))
        with self.assertRaisesRegex(Stop, "lacks no_such_package: run .* -m pip install"):
            setup._ensure_python()


class TestLock(unittest.TestCase):

    def test_one_at_a_time(self):
        self.enterContext(patch.object(config, "DEV", Path(self.enterContext(TemporaryDirectory()))))
        self.enterContext(setup.lock("run"))
        with self.assertRaisesRegex(Stop, "Somebody works"), setup.lock("run", "Somebody works."):
            self.fail("two at once")

    def test_killed_one_lets_go(self):
        folder = self.enterContext(TemporaryDirectory())
        code = (f"import sys, os, pathlib; sys.path.insert(0, {str(config.ROOT / 'dev')!r})\n"
                f"from devtools import config, setup\nconfig.DEV = pathlib.Path({folder!r})\n"
                "with setup.lock('run'): os.kill(os.getpid(), 9)")
        self.assertEqual(subprocess.run([sys.executable, "-c", code], check=False).returncode, -9)
        with patch.object(config, "DEV", Path(folder)), setup.lock("run", "Somebody works."):
            pass
