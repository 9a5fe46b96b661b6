"""`dev/setup`: install what is missing. Takes a moment when nothing is; resumes where it was interrupted."""
import fcntl
import hashlib
import shutil
import subprocess
from contextlib import contextmanager

from . import config, debian, postgres
from .console import Stop, main, read_tail, run, say, step

# What pip says when a package has no wheel for this interpreter: a compiler is needed then.
NO_WHEEL = ("gcc", "Failed building wheel", "Failed to build")
REQUIREMENTS = config.ROOT / "dev/requirements.txt"
# What the tools, the add-on and its tests import; where these are, the rest of the requirements is too.
IMPORTED = ("aiosmtpd", "babel", "freezegun", "holidays", "hypothesis", "lxml", "polib", "psycopg2", "pypdf", "pytest",
            "pytest_odoo", "reportlab", "websocket", "werkzeug", "xdist")


@contextmanager
def lock(name, busy=None):
    """Hold `.dev/<name>.lock`: several terminals may run the same tool at once.

    :param busy: what `Stop` says when another terminal holds it; without it, wait.
    """
    config.DEV.mkdir(exist_ok=True)
    with open(config.DEV / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if busy:
                raise Stop(busy) from None
            say(f"Waiting for another terminal that holds .dev/{name}.lock")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure():
    """Make everything ready that Odoo needs: packages, Odoo, Python environment, PostgreSQL, configuration."""
    with lock("setup"):
        for folder in (config.LOGS, config.MAILS, config.DATA, config.DOWNLOADS):
            folder.mkdir(parents=True, exist_ok=True)
        _ensure_packages()
        if not config.env("LEANPAY_ODOO"):
            debian.ensure_odoo()
        _ensure_python()
        postgres.ensure()
        debian.odoo_version()
        config.write_odoo_config()


def _ensure_packages():
    if not config.env("LEANPAY_ODOO") or not config.env("LEANPAY_PYTHON"):
        debian.check_machine()
    missing = debian.missing_system_packages()
    if missing:
        debian.install(missing)


def _ensure_python():
    """A virtual environment with what `dev/requirements.txt` says, remade when that file changes."""
    if config.env("LEANPAY_PYTHON"):
        if not config.python().exists():
            raise Stop(f"LEANPAY_PYTHON={config.python()} does not exist: correct it or unset it.")
        _check_python()
        return
    place, key = str(config.VENV), hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = config.VENV / "READY"
    have = stamp.read_text().split("\n") if stamp.exists() else ["", ""]
    if have == [place, key] and config.python().exists():
        return
    with step("Installing Python packages"):
        if have[0] != place or not (config.VENV / "bin/pip").exists():  # absent, broken or moved
            _make_venv()
        stamp.unlink(missing_ok=True)  # interrupted from here on, it is made anew
        log = config.LOGS / "pip.log"
        command = [config.python(), "-m", "pip", "install", "--no-input", "-q", "--retries", "2", "-r", REQUIREMENTS]
        sentence = "The Python packages could not be installed: see the lines above."
        try:
            run(command, log=log, sentence=sentence)
        except Stop:
            if shutil.which("gcc") or not any(sign in read_tail(log) for sign in NO_WHEEL):
                raise
            debian.install(debian.BUILD)
            run(command, log=log, sentence=sentence)
        stamp.write_text(f"{place}\n{key}")


def _check_python():
    """Stop when the interpreter that the environment names lacks what the tools or the add-on import."""
    code = ("import sys, importlib.util as u\nassert sys.version_info >= (3, 11)\n"
            "print(*(name for name in sys.argv[1:] if u.find_spec(name) is None), sep=', ')")
    done = subprocess.run([config.python(), "-c", code, *IMPORTED], capture_output=True, text=True, check=False)
    missing = done.stdout.strip() if not done.returncode else "Python 3.11"
    if missing:
        raise Stop(f"LEANPAY_PYTHON={config.python()} lacks {missing}: run `{config.python()} -m pip install "
                   f"-r {REQUIREMENTS}`, or unset the variable.")


def _make_venv():
    failed = "The virtual environment could not be made: see the lines above."
    command = ["/usr/bin/python3", "-m", "venv", "--clear", config.VENV]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        debian.install(["python3-venv"])
        run(command, sentence=failed)


def cli(_arguments):
    ensure()
    say(f"Ready: Odoo {debian.odoo_version()}, {config.python()}, PostgreSQL at {postgres.host()}")


if __name__ == "__main__":
    main(cli)
