"""The parts of the development tools that decide something."""
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import polib
from devtools import config, console, lint, odoo, po_files, table


class TestConsole(unittest.TestCase):

    def test_full_disk_and_missing_network_are_named(self):
        self.assertIn("make room", console.explain("It failed.", "write error: No space left on device"))
        self.assertIn("network", console.explain("It failed.", "Temporary failure resolving 'example'"))
        self.assertEqual(console.explain("It failed.", ""), "It failed.")

    def test_failed_program_stops_with_its_sentence(self):
        with self.assertRaisesRegex(console.Stop, "Do this"):
            console.run([sys.executable, "-c", "raise SystemExit(3)"], sentence="Do this.")


class TestOdooLog(unittest.TestCase):

    def test_errors_are_kept_with_their_traceback(self):
        log = "2026-01-01 1 INFO a\n2026-01-01 2 ERROR b\nTraceback\n  line\n2026-01-01 3 INFO c\n"
        self.assertEqual(odoo.error_lines(log), "2026-01-01 2 ERROR b\nTraceback\n  line")
        self.assertEqual(odoo.error_lines("2026-01-01 1 INFO no error\n"), "")


class TestLintFiles(unittest.TestCase):

    def problems(self, text):
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.csv")
            path.write_text(text, encoding="utf-8")
            return lint.csv_problems(path)

    def test_csv(self):
        self.assertEqual(self.problems("id,name\na,1\nb,2\n"), [])
        self.assertEqual(self.problems("id,name\na,1,2\n"), ["line 2 has 3 columns, the header 2"])
        self.assertEqual(self.problems("id,name\na,1\na,2\n"), ["id a is there 2 times"])


class TestTranslations(unittest.TestCase):

    def check(self, entries, wanted=("Hello %(name)s",)):
        with TemporaryDirectory() as folder:
            fresh, language = Path(folder, "x.pot"), Path(folder, "fr.po")
            template, translation = polib.POFile(), polib.POFile()
            template.extend(polib.POEntry(msgid=term) for term in wanted)
            translation.extend(entries)
            template.save(str(fresh))
            translation.save(str(language))
            return po_files.check(fresh, fresh, [language])

    def test_complete(self):
        self.assertEqual(self.check([polib.POEntry(msgid="Hello %(name)s", msgstr="Bonjour %(name)s")]), [])

    def test_each_fault_is_named(self):
        for entry, fault in [
            (polib.POEntry(msgid="Hello %(name)s"), "not translated"),
            (polib.POEntry(msgid="Hello %(name)s", msgstr="Bonjour %(nom)s"), "other placeholders"),
            (polib.POEntry(msgid="Hello %(name)s", msgstr="Bonjour %(name)s", flags=["fuzzy"]), "fuzzy"),
        ]:
            with self.subTest(fault):
                self.assertIn(fault, "".join(self.check([entry])))

    def test_missing_and_obsolete_terms(self):
        problems = "".join(self.check([polib.POEntry(msgid="Old", msgstr="Vieux")]))
        self.assertIn("“Hello %(name)s” is missing", problems)
        self.assertIn("“Old” is not in use", problems)

    def test_merge_keeps_translations(self):
        with TemporaryDirectory() as folder:
            fresh, shipped, language = (Path(folder, name) for name in ("new.pot", "x.pot", "fr.po"))
            template = polib.POFile()
            template.extend(polib.POEntry(msgid=term) for term in ("Kept", "New"))
            template.save(str(fresh))
            translation = polib.POFile()
            translation.extend(polib.POEntry(msgid=term, msgstr=term.upper()) for term in ("Kept", "Gone"))
            translation.save(str(language))
            po_files.merge(fresh, shipped, [language])
            self.assertEqual({entry.msgid: entry.msgstr for entry in polib.pofile(str(language))},
                             {"Kept": "KEPT", "New": ""})
            self.assertTrue(shipped.exists())


class TestTable(unittest.TestCase):

    def test_totals(self):
        row = {"scenario": "Standard", "step": "First", "channel": "email", "currency": "EUR", "debtors": 2, "items": 5,
               "amount": 12345.6, "states": {"sent": 2}}
        text = table.grid([row, dict(row, step="Second", states={"failed": 1})])
        self.assertIn("12,345.60 EUR", text)
        self.assertTrue(text.endswith("Total: 3 reminders: 1 failed, 2 sent"))

    def test_nothing(self):
        self.assertIn("nothing to send", table.grid([]))


class TestNoSkip(unittest.TestCase):

    def run_tests(self, code):
        with TemporaryDirectory() as folder:
            Path(folder, "test_x.py").write_text(code)
            plugins = ["-p", "no:odoo", "-p", "devtools.noskip", "-p", "no:cacheprovider"]
            command = [sys.executable, "-m", "pytest", *plugins, folder]
            environment = config.odoo_environment(PYTHONPATH=config.ROOT / "dev")
            environment.pop("PYTEST_XDIST_WORKER", None)
            return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=folder)

    def test_skip_fails_and_pytest_has_the_last_word(self):
        skipped = "import pytest\n@pytest.mark.skip(reason='why')\ndef test_b(): pass\n"
        done = self.run_tests(skipped + "def test_a(): pass\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("A skipped test proves nothing", done.stdout)
        self.assertIn("1 passed, 1 skipped", done.stdout.splitlines()[-1])

    def test_no_skip_passes(self):
        self.assertEqual(self.run_tests("def test_a(): pass\n").returncode, 0)
