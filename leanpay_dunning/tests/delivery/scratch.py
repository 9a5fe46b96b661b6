import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo import sql_db
from odoo.tests import BaseCase
from odoo.tests.common import get_db_name
from odoo.tools import SQL, config

from .catcher import Catcher

WORKER = Path(__file__).with_name('worker.py')


class ScratchCase(BaseCase):
    """A test on a copy of this database, made of real processes that commit.

    `cls.catcher` receives what they send. The copy is dropped at the end.
    """

    customers = 5
    dollars = False  # whether each of them also owes something in dollars

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catcher = Catcher().start()
        cls.addClassCleanup(cls.catcher.stop)
        cls.database = f"{get_db_name()}_scratch_{secrets.token_hex(3)}"
        cls._copy_database()
        cls._start_worker()
        cls.do('seed', port=cls.catcher.port, customers=cls.customers, dollars=cls.dollars)

    def setUp(self):
        super().setUp()
        self.restart()

    def restart(self, **options):
        """Forget what was planned, sent and received, and plan."""
        self.catcher.clear()
        return self.do('restart', **options)

    # === THE DATABASE === #

    @classmethod
    def _copy_database(cls):
        """Copy the database of the tests, which nobody may be connected to for that moment."""
        source = get_db_name()
        sql_db.close_all()
        cls._administer(SQL("CREATE DATABASE %s TEMPLATE %s", SQL.identifier(cls.database), SQL.identifier(source)))
        cls.addClassCleanup(
            cls._administer, SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(cls.database)))
        cls.data = Path(tempfile.mkdtemp(prefix='leanpay-scratch-'))
        cls.addClassCleanup(shutil.rmtree, cls.data, ignore_errors=True)
        (cls.data / 'filestore').mkdir()
        if Path(config.filestore(source)).exists():
            # read only: Odoo never changes a stored file, and new ones have new names
            shutil.copytree(config.filestore(source), cls.data / 'filestore' / cls.database, copy_function=_link)

    @staticmethod
    def _administer(statement):
        """Run a statement that cannot be part of a transaction."""
        with sql_db.db_connect('postgres').cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute(statement)

    # === THE PROCESSES === #

    @classmethod
    def _start_worker(cls):
        options = [
            f'--database={cls.database}', f"--addons-path={','.join(map(str, _listed(config['addons_path'])))}",
            f'--data-dir={cls.data}', '--log-level=critical', '--max-cron-threads=0', '--no-http']
        options += [f'--{name}={config[name]}' for name in ('db_host', 'db_port', 'db_user') if config[name]]
        environment = os.environ | {'PYTHONPATH': os.pathsep.join(filter(None, sys.path))}
        if config['db_password']:
            environment['PGPASSWORD'] = config['db_password']
        cls.worker = subprocess.Popen(
            [sys.executable, str(WORKER), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment)
        cls.addClassCleanup(cls._stop_worker)

    @classmethod
    def _stop_worker(cls):
        cls.worker.stdin.close()
        cls.worker.wait()
        cls.worker.stdout.close()

    @classmethod
    def ask(cls, command):
        """Have a command done; returns its answer, or the list of them, as the worker tells it."""
        cls.worker.stdin.write(json.dumps(command) + '\n')
        cls.worker.stdin.flush()
        answer = cls.worker.stdout.readline()
        if not answer:
            raise AssertionError("The worker ended: see what it wrote above.")
        return json.loads(answer)

    @classmethod
    def do(cls, job, **options):
        """Do a job in a process that is expected to end well; returns its result."""
        answer = cls.ask({'do': job, **options})
        if 'error' in answer or answer['signal']:
            raise AssertionError(f"{job} ended with signal {answer['signal']}: {answer.get('error')}")
        return answer['result']

    @classmethod
    def together(cls, *jobs):
        """Do jobs in as many processes at once, all expected to end well."""
        answers = cls.ask({'do': 'together', 'jobs': list(jobs)})
        errors = [answer.get('error') or f"signal {answer['signal']}" for answer in answers if 'result' not in answer]
        if errors:
            raise AssertionError('\n'.join(errors))
        return [answer['result'] for answer in answers]


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _listed(paths):
    return paths.split(',') if isinstance(paths, str) else paths
