"""`dev/screenshots [NAME…]`: the pictures of the documentation, made on a fresh demo company."""
import os
import shutil
import signal
import subprocess

from . import config, mailcatcher_process, odoo, postgres, setup, templates
from .console import Stop, main, step

LETTER = config.DEV / "letter.pdf"
FOLDER = config.ROOT / config.ADDON / "static/description"
# The pictures are in English, on a company whose day's reminders have been planned and sent.
PREPARE = "env['res.users'].search([('share', '=', False)]).lang = 'en_US'\nenv.cr.commit()\n"


def prepare(database, smtp_port):
    """Run the job on the copy, so that there is something to see."""
    code = (f"{PREPARE}from devtools import demo_job\ndemo_job.configure(env, {smtp_port})\n"
            "demo_job.run_job(env)\n"
            "notices = env['leanpay.reminder'].search([('level', '=', '4'), ('letter_id', '!=', False)])\n"
            "notice = notices.sorted(lambda notice: len(notice._past_reminders()))[:1]\n"
            f"open({str(LETTER)!r}, 'wb').write(notice.letter_id.raw)\n")
    odoo.shell(database, code, log=config.LOGS / "screenshots.log", environment=config.tool_environment())


def picture_of_letter():
    """Make the picture of a formal notice from the archived PDF that `prepare` wrote."""
    if not shutil.which("pdftoppm"):
        raise Stop("pdftoppm is missing: run `apt-get install poppler-utils` as root, then the same command again.")
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-singlefile", str(LETTER), str(FOLDER / "letter")], check=True)


def cli(arguments):
    setup.ensure()
    FOLDER.mkdir(parents=True, exist_ok=True)
    database, port = postgres.name(f"test_{os.getpid()}_screens"), config.free_port()
    templates.copy(database, "demo")
    try:
        with mailcatcher_process.running(config.DEV / "screenshots") as smtp_port:
            with step("Running the dunning job"):
                prepare(database, smtp_port)
            picture_of_letter()
            server = subprocess.Popen(
                odoo.command("-d", database, f"--db-filter=^{database}$", f"--http-port={port}", "--max-cron-threads=0",
                             f"--logfile={config.LOGS / 'screenshots.log'}"),
                env=config.odoo_environment(), cwd=config.ROOT)
            try:
                command = [str(config.python()), "-m", "devtools.shots", f"http://127.0.0.1:{port}", database]
                done = subprocess.run([*command, str(FOLDER), *arguments], env=config.tool_environment(), check=False)
            finally:
                server.send_signal(signal.SIGINT)
                server.wait()
        if done.returncode:
            raise Stop("A picture could not be made: see the lines above.")
    finally:
        postgres.drop(database)


if __name__ == "__main__":
    main(cli)
