"""What the commands say when something is wrong with the machine, and what an interruption leaves."""
import errno
import io
import os
import signal
import subprocess
import sys
import time
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

from devtools import config, console

TOOL = "import sys; sys.path.insert(0, {path!r})\nfrom devtools import console\n{code}\nconsole.main(tool)\n"


def tool(code, **options):
    """A process that runs `tool(arguments)` of the code as one of our commands."""
    text = TOOL.format(path=str(config.ROOT / "dev"), code=code)
    return subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True, **options)


def alive(number):
    """Whether a process runs; one that nobody has waited for is dead."""
    state = Path(f"/proc/{number}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


class TestSentences(unittest.TestCase):

    def explain(self, tail):
        with redirect_stderr(io.StringIO()):
            return console.explain("It failed.", tail)

    def test_full_disk(self):
        for tail in ("could not extend file: wrote only 4096 of 8192 bytes\nHINT:  Check free disk space.",
                     "psycopg2.errors.DiskFull", "OSError: [Errno 28] No space left on device"):
            with self.subTest(tail):
                self.assertIn("make room", self.explain(tail))

    def test_a_full_disk_that_says_something_else(self):
        with patch("shutil.disk_usage", return_value=SimpleNamespace(free=4096)):
            self.assertIn("make room", self.explain("FATAL:  the database system is in recovery mode"))

    def test_no_network(self):
        for tail in ("Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)",
                     "[Errno -3] Temporary failure in name resolution", "ProxyError('Cannot connect to proxy.')"):
            with self.subTest(tail):
                self.assertIn("network", self.explain(tail))

    def test_a_database_that_refuses_is_not_the_network(self):
        self.assertEqual(self.explain('connection to server at "x" failed: Connection refused'), "It failed.")

    def ends(self, code):
        """(exit code, standard error) of a tool."""
        process = tool(code)
        return process.wait(20), process.communicate()[1]

    def test_each_end_is_one_sentence(self):
        denied = f"raise PermissionError(13, 'no', {str(config.ROOT / '.dev')!r})"
        for code, sentence in [
            ("raise console.Stop('Do this.')", "Do this."),
            (f"raise OSError({errno.ENOSPC}, 'full')", "make room"),
            (denied, "the account that owns this checkout"),
            ("raise KeyboardInterrupt", "Interrupted"),
        ]:
            with self.subTest(code):
                status, text = self.ends(f"def tool(_): {code}")
                self.assertNotIn(status, (0, None))
                self.assertIn(sentence, text)
                self.assertEqual(len(text.strip().splitlines()), 1, text)

    def test_a_bug_keeps_its_traceback(self):
        self.assertIn("Traceback", self.ends("def tool(_): raise PermissionError(13, 'no', '/etc/x')")[1])


class TestProgress(unittest.TestCase):

    def test_long_step_tells_how_far_it_is(self):
        screen = io.StringIO()
        screen.isatty = lambda: True
        with redirect_stderr(screen), console.step("Working", lambda: "3 of 4"):
            time.sleep(1.3)
        self.assertIn("Working: 1 s, 3 of 4", screen.getvalue())
        self.assertTrue(screen.getvalue().endswith("· Working: done in 1 s\n"))

    def test_failed_step_is_not_done(self):
        screen = io.StringIO()
        with redirect_stderr(screen), self.assertRaises(console.Stop), console.step("Working"):
            raise console.Stop("No.")
        self.assertNotIn("done", screen.getvalue())


class TestInterruption(unittest.TestCase):

    def started(self, code):
        """A tool whose child has written its process id; (process, id)."""
        folder = self.enterContext(TemporaryDirectory())
        file = Path(folder, "pid")
        child = f"import os, time, pathlib; pathlib.Path({str(file)!r}).write_text(str(os.getpid())); time.sleep(60)"
        process = tool(f"import sys\nchild = {child!r}\n{code}", start_new_session=True)
        self.addCleanup(process.communicate)
        deadline = time.monotonic() + 20
        while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return process, int(file.read_text())

    def check_gone(self, number):
        deadline = time.monotonic() + 10
        while alive(number):
            self.assertLess(time.monotonic(), deadline, "a program works on unseen")
            time.sleep(0.05)

    def test_what_a_killed_command_started_ends(self):
        code = "def tool(_): console.run([sys.executable, '-c', child])"
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process, child = self.started(code)
                os.kill(process.pid, number)
                self.assertNotEqual(process.wait(10), 0)
                self.check_gone(child)

    def test_command_that_is_told_to_end_tidies_up(self):
        process, child = self.started("def tool(_):\n    try: console.attend([sys.executable, '-c', child])\n"
                                      "    finally: print('tidied', file=sys.stderr)")
        os.kill(process.pid, signal.SIGTERM)
        self.assertEqual(process.wait(10), 128 + signal.SIGTERM)
        self.assertIn("tidied", process.stderr.read())
        self.check_gone(child)

    def test_ctrl_c_leaves_the_last_word_to_pytest(self):
        code = ("child = child.replace('time.sleep(60)', "
                "'''\\ntry: time.sleep(60)\\nexcept KeyboardInterrupt: time.sleep(1); print(\"summary\")''')\n"
                "def tool(_): console.attend([sys.executable, '-c', child], stdout=sys.stderr)")
        process, _child = self.started(code)
        os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.assertIn("summary", process.stderr.read())


class TestEnvironment(unittest.TestCase):

    def test_odoo_believes_its_configuration_only(self):
        with patch.dict(os.environ, PGHOST="elsewhere", PGDATABASE="theirs", ODOO_DEV="xml", PGSSLMODE="require"):
            environment = config.odoo_environment(PGUSER="leanpay")
        self.assertFalse({"PGHOST", "PGDATABASE", "ODOO_DEV"} & set(environment))
        self.assertEqual((environment["PGSSLMODE"], environment["PGUSER"]), ("require", "leanpay"))
        self.assertEqual(environment["ODOO_RC"], str(config.CONFIG))
