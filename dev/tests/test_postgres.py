"""Databases: half-made ones, and those of others in a PostgreSQL that the environment names."""
import os
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from unittest.mock import patch

from devtools import config, postgres, templates
from devtools.console import Stop


class FakeServer(unittest.TestCase):
    """A PostgreSQL that remembers names and comments, and files in a temporary folder."""

    def setUp(self):
        super().setUp()
        self.comments = {}  # by database
        self.enterContext(patch.object(config, "DATA", Path(self.enterContext(TemporaryDirectory()))))
        self.enterContext(patch.object(postgres, "query", self.query))
        self.enterContext(patch.dict(os.environ, LEANPAY_PGHOST=""))

    def query(self, sql, database="postgres"):
        words = sql.replace('"', "").replace("'", "").split()
        match words:
            case ["DROP", "DATABASE", "IF", "EXISTS", name, *_force]:
                self.comments.pop(name, None)
            case ["CREATE", "DATABASE", name, "TEMPLATE", source]:
                self.files_when_created = postgres.filestore(name).exists()
                self.comments[name] = self.comments[source] and ""
            case ["ALTER", "DATABASE", old, "RENAME", "TO", new]:
                self.files_when_created = postgres.filestore(new).exists()
                self.comments[new] = self.comments.pop(old)
            case ["COMMENT", "ON", "DATABASE", name, "IS", text]:
                self.comments[name] = text
            case ["SELECT", "datname", *_from, prefix, _order, _by, _one]:
                return sorted(name for name in self.comments if name.startswith(prefix.rstrip(")")))
            case ["SELECT", *_from, name]:
                return [self.comments.get(name, "")]
            case _:
                raise AssertionError(sql)
        return []

    def make(self, name):
        self.comments[name] = ""
        postgres.filestore(name).mkdir(parents=True)
        (postgres.filestore(name) / "file").write_text(name)


class TestAnswers(unittest.TestCase):

    def asked(self, *errors):
        """Whether a server answers that says these errors, one after the other."""
        answers = [SimpleNamespace(returncode=bool(error), stderr=error) for error in errors]
        with patch.object(postgres, "_psql", side_effect=answers), patch("time.sleep"):
            return postgres._answers()

    def test_a_server_that_recovers_is_waited_for(self):
        self.assertTrue(self.asked("FATAL:  the database system is in recovery mode",
                                   "FATAL:  the database system is starting up", ""))
        self.assertFalse(self.asked("FATAL:  the database system is starting up", "No such file or directory"))


class TestWhole(FakeServer):

    def test_a_database_that_is_there_has_its_files(self):
        self.make("one")
        postgres.copy("one", "two")
        self.assertTrue(self.files_when_created)
        postgres.filestore("three").mkdir()
        (postgres.filestore("three") / "of an interrupted one").touch()
        postgres.rename("two", "three")
        self.assertTrue(self.files_when_created)
        self.assertEqual([path.name for path in postgres.filestore("three").iterdir()], ["file"])
        self.assertEqual(sorted(self.comments), ["one", "three"])
        postgres.drop("three")
        self.assertFalse(postgres.filestore("three").exists())

    def test_copies_of_a_test_database(self):
        for name in ("test", "test-gw0", "test-gw12", "test_other", "testing"):
            self.make(name)
        self.assertEqual(postgres.copies("test"), ["test", "test-gw0", "test-gw12"])


class TestOthers(FakeServer):

    def setUp(self):
        super().setUp()
        os.environ["LEANPAY_PGHOST"] = "theirs"

    def test_names_tell_whose_they_are(self):
        self.assertTrue(postgres.name("leanpay").startswith("leanpay_"))
        self.assertIn(config.MACHINE_KEY, postgres.name("leanpay"))
        self.assertTrue(templates._new_build().startswith(postgres.name("")))
        del os.environ["LEANPAY_PGHOST"]
        self.assertEqual(postgres.name("leanpay"), "leanpay")

    def test_nothing_is_dropped_that_was_not_made_here(self):
        self.make("production")
        for action in (postgres.drop, lambda name: postgres.copy("template", name)):
            with self.assertRaisesRegex(Stop, "not made here"):
                action("production")
        self.assertIn("production", self.comments)
        self.assertTrue(postgres.filestore("production").exists())

    def test_what_was_made_here_is(self):
        self.make(postgres.name("template"))
        postgres.copy(postgres.name("template"), "mine")
        postgres.copy(postgres.name("template"), "mine")
        postgres.drop("mine")
        with patch.object(postgres, "_answers", return_value=True):
            self.make("theirs")
            postgres.drop_all()
        self.assertEqual(list(self.comments), ["theirs"])
