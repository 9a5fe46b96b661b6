"""What `dev/verify-evidence` makes of its arguments and of what Odoo answers; the check is tested with the add-on."""
import io
import json
import subprocess
import unittest
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from devtools import verify_evidence
from devtools.console import Stop


def answer(stdout, code=0, stderr=""):
    return patch.object(subprocess, "run", return_value=subprocess.CompletedProcess([], code, stdout, stderr))


class TestVerifyEvidence(unittest.TestCase):

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enterContext(patch.object(verify_evidence.setup, "ensure"))

    def bundle(self, **files):
        path = self.folder / "file.zip"
        with zipfile.ZipFile(path, "w") as bundle:
            for name, content in files.items():
                bundle.writestr(name.replace("_", "."), content)
        return str(path)

    def run_cli(self, *arguments):
        out = io.StringIO()
        with redirect_stdout(out):
            code = verify_evidence.cli(list(arguments))
        return code, out.getvalue()

    def test_whole_and_tampered(self):
        with answer("noise\nevidence> 1 chains, 2 entries\nevidence> end 0\n"):
            self.assertEqual(self.run_cli("mine"), (0, "1 chains, 2 entries\n"))
        with answer(">>> evidence> ✗ Company · Client: Entry 2 is missing.\nevidence> figures\nevidence> end 1\n"):
            self.assertEqual(self.run_cli("mine"), (1, "✗ Company · Client: Entry 2 is missing.\nfigures\n"))

    def test_what_an_evidence_file_names_is_compared(self):
        path = self.bundle(manifest_json=json.dumps({"chain": {"id": 7, "entries": 3, "last_hash": "ab"}}))
        with answer("evidence> figures\nevidence> end 0\n") as run:
            self.run_cli("mine", path)
        self.assertIn("KNOWN = [[7, 3, 'ab']]", run.call_args.kwargs["input"])

    def test_anything_else_is_refused(self):
        for path in (self.bundle(manifest_json="{}"), self.bundle(other_txt="x"), str(self.folder / "none.zip")):
            with self.subTest(path=path), self.assertRaisesRegex(Stop, "no evidence file"):
                verify_evidence.cli(["mine", path])
        with redirect_stderr(io.StringIO()):
            self.assertEqual(verify_evidence.cli(["--all"]), 2)

    def test_failure_is_no_success(self):
        """No answer, half an answer, or an error is never taken for a whole chain."""
        for stdout, code in (("", 0), ("evidence> 1 chains\n", 0), ("evidence> end 0\n", 1)):
            with self.subTest(stdout=stdout), answer(stdout, code, "Traceback\nno such database"), \
                    self.assertRaisesRegex(Stop, "could not be checked: no such database"):
                verify_evidence.cli(["mine"])
