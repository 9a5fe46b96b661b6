"""`dev/run [--once] [--date DAY] [--fresh]` (`make run`): the daily dunning run on a demo company, end to end.

    --once         end after the table, do not serve Odoo
    --date DAY     play another day (YYYY-MM-DD) than today
    --fresh        start again from a fresh demo database
"""
import argparse
import json
import signal
import socket
import subprocess
from contextlib import contextmanager
from datetime import date

from . import config, mailcatcher_process, odoo, postgres, setup, table, templates
from .console import Stop, main, say, step

DATABASE = "leanpay"
LETTERS = config.DEV / "letters"
REPORT = config.DEV / "run.json"


def _parser():
    parser = argparse.ArgumentParser(prog="dev/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--date", type=date.fromisoformat)
    return parser


def job(call, database=DATABASE):
    """Run a call of `devtools.demo_job` in Odoo's shell on the demo database."""
    log = config.LOGS / "run.log"
    odoo.shell(database, f"from devtools import demo_job\ndemo_job.{call}\n", log=log,
               environment=config.tool_environment())


def ensure_database(fresh=False):
    """The demo database: made once, then upgraded when the add-on's files change."""
    with setup.lock("template"):
        wanted = templates.addon_name()
        have = postgres.comment(DATABASE) if DATABASE in postgres.databases(DATABASE) else None
        if fresh or have is None:
            postgres.copy(templates.ensure_demo(), DATABASE)
        elif have != wanted:
            with step("Upgrading the demo database: the add-on has changed"):
                odoo.run(["-d", DATABASE, "-u", config.ADDON, "--stop-after-init", "--no-http"],
                         log=config.LOGS / "run.log",
                         sentence="The demo database could not be upgraded: try `make run ARGS=--fresh`.")
        postgres.set_comment(DATABASE, wanted)


def check_port(port):
    """Stop when somebody else listens on the port that Odoo is to serve."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(f"Port {port} of 127.0.0.1 is taken: stop what listens there, or choose another port with "
                       f"`LEANPAY_PORT={port + 1} make run`.") from None


@contextmanager
def serving(port):
    """Odoo as a child process that serves the demo database, its scheduled actions included."""
    arguments = ["-d", DATABASE, f"--db-filter=^{DATABASE}$", "--no-database-list", f"--http-port={port}",
                 "--max-cron-threads=1", f"--logfile={config.LOGS / 'odoo.log'}"]
    process = subprocess.Popen(odoo.command(*arguments), env=config.odoo_environment(), cwd=config.ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def cli(arguments):
    options = _parser().parse_args(arguments)
    port = int(config.env("LEANPAY_PORT", 8069))
    if not options.once:
        check_port(port)
    setup.ensure()
    ensure_database(options.fresh)
    with mailcatcher_process.running() as smtp_port:
        with step("Running the dunning job"):
            job(f"main(env, smtp_port={smtp_port}, day={options.date and str(options.date)!r}, "
                f"letters={str(LETTERS)!r}, report={str(REPORT)!r})")
        report = json.loads(REPORT.read_text())
        print(table.render(report, url=f"http://127.0.0.1:{port}", letters=LETTERS, mails=config.MAILS))
        if options.once:
            return 0
        with serving(port) as server:
            say(f"Odoo serves http://127.0.0.1:{port} (its log: {config.LOGS / 'odoo.log'}); Ctrl-C stops it")
            return server.wait()


if __name__ == "__main__":
    main(cli)
