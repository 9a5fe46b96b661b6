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


@contextmanager
def lock(name):
    """Hold `.dev/<name>.lock`: several terminals may run the same tool at once."""
    config.DEV.mkdir(exist_ok=True)
    with open(config.DEV / f"{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
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
    missing = debian.missing_system_packages()
    if missing or not config.env("LEANPAY_ODOO"):
        debian.check_machine()
    if missing:
        debian.install(missing)


def _ensure_python():
    """A virtual environment with what `dev/requirements.txt` says, remade when that file changes."""
    if config.env("LEANPAY_PYTHON"):
        if not config.python().exists():
            raise Stop(f"LEANPAY_PYTHON={config.python()} does not exist: correct it or unset it.")
        return
    place, key = str(config.VENV), hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = config.VENV / "READY"
    have = stamp.read_text().split("\n") if stamp.exists() else ["", ""]
    if have == [place, key] and config.python().exists():
        return
    with step("Installing Python packages"):
        if have[0] != place or not (config.VENV / "bin/pip").exists():  # absent, broken or moved
            _make_venv()
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
