"""`dev/run [--once] [--date DAY] [--fresh]` (`make run`): the daily dunning run on a demo company, end to end.

    --once         end after the table, do not serve Odoo
    --date DAY     play another day (YYYY-MM-DD) than today
    --fresh        start again from a fresh demo database
"""
import argparse
import json
import signal
import subprocess
from contextlib import contextmanager
from datetime import date

from . import config, mailcatcher_process, odoo, ports, postgres, setup, table, templates
from .console import Stop, main, say, step, tied

LETTERS = config.DEV / "letters"
REPORT = config.DEV / "run.json"


def _parser():
    parser = argparse.ArgumentParser(prog="dev/run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--date", type=date.fromisoformat)
    return parser


def database():
    """Name of the demo database."""
    return postgres.name("leanpay")


def job(call):
    """Run a call of `devtools.demo_job` in Odoo's shell on the demo database."""
    log = config.LOGS / "run.log"
    odoo.shell(database(), f"from devtools import demo_job\ndemo_job.{call}\n", log=log,
               environment=config.tool_environment())


def ensure_database(fresh=False):
    """The demo database: made once, then upgraded when the add-on's files change."""
    name = database()
    with setup.lock("template"):
        wanted, have = templates.addon_name(), postgres.comment(name)
        if fresh or not have:
            postgres.copy(templates.ensure_demo(), name)
        elif have != wanted:
            with step("Upgrading the demo database: the add-on has changed"):
                odoo.run(["-d", name, "-u", config.ADDON, "--stop-after-init", "--no-http"],
                         log=config.LOGS / "run.log",
                         sentence="The demo database could not be upgraded: try `make run ARGS=--fresh`.")
        postgres.set_comment(name, wanted)


@contextmanager
def serving(port):
    """Odoo as a child process that serves the demo database, its scheduled actions included."""
    arguments = ["-d", database(), f"--db-filter=^{database()}$", "--no-database-list", f"--http-port={port}",
                 "--max-cron-threads=1", f"--logfile={config.LOGS / 'odoo.log'}"]
    # In a session of its own, Ctrl-C does not reach it twice: a second one makes Odoo drop everything.
    process = subprocess.Popen(tied(odoo.command(*arguments)), env=config.odoo_environment(), cwd=config.ROOT,
                               start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait()


def cli(arguments):
    options = _parser().parse_args(arguments)
    port = ports.wanted("LEANPAY_PORT", 8069)
    # One at a time on the demo database, which sends its mails to the catcher of the last one.
    with setup.lock("run", "Another `make run` works in this checkout: stop it first (Ctrl-C), then try again."):
        if not options.once:
            ports.check_free(port, "LEANPAY_PORT", "make run")
        setup.ensure()
        ensure_database(options.fresh)
        return run(options, port)


def run(options, port):
    """Run the job, print its table, then serve Odoo; returns the exit code."""
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
            try:
                code = server.wait()
            except KeyboardInterrupt:
                say("Stopping Odoo and the mail catcher")
                return 0
            raise Stop(f"Odoo ended by itself (code {code}): see the end of {config.LOGS / 'odoo.log'}.")


if __name__ == "__main__":
    main(cli)
