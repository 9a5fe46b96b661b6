"""Where everything is, and what the environment says.

Everything lives in `.dev/` of the checkout. Environment variables let people use what they already have:

LEANPAY_ODOO      folder of an existing Odoo 19 (a source checkout, or the folder that holds the package `odoo`)
LEANPAY_PYTHON    Python interpreter that already has what Odoo and the tests need: no virtual environment is made
LEANPAY_PGHOST    host or socket folder of an existing PostgreSQL, whose role may create databases
LEANPAY_PGPORT    its port (5432)
LEANPAY_PGUSER    its role (the system user's name)
LEANPAY_PGPASSWORD  its password, if it wants one
LEANPAY_PORT      port of `make run` (8069)
LEANPAY_DB        name of the database that `dev/pytest` makes and drops (a unique one)
LEANPAY_WORKERS   processes of `make test` (2)
"""
import hashlib
import os
import platform
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / ".dev"
ADDON = "leanpay_dunning"
# Glue: installed by itself beside another module of Odoo; each is tested on a database with that module.
GLUE = ("leanpay_dunning_sale", "leanpay_dunning_stock")

DOWNLOADS = DEV / "downloads"
LOGS = DEV / "logs"
MAILS = DEV / "mails"
DATA = DEV / "data"
VENV = DEV / "venv"
ODOO = DEV / "odoo"
CONFIG = DEV / "odoo.conf"
CHECKOUT_KEY = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
# On a PostgreSQL that others use too: this checkout, on this machine.
MACHINE_KEY = hashlib.sha256(f"{platform.node()}:{ROOT}".encode()).hexdigest()[:10]


def env(name, default=None):
    """The value of an environment variable; an empty one counts as absent."""
    return os.environ.get(name) or default


def python():
    """The interpreter that runs Odoo."""
    return Path(env("LEANPAY_PYTHON") or VENV / "bin" / "python")


def odoo_pythonpath():
    """The folder to import `odoo` from."""
    own = env("LEANPAY_ODOO")
    if not own:
        return ODOO / "usr/lib/python3/dist-packages"
    own = Path(own).resolve()
    return own.parent if own.name == "odoo" and (own / "release.py").exists() else own


def addons_path():
    """The add-on folders: Odoo's own, then the checkout once it holds an add-on."""
    paths = [odoo_pythonpath() / "odoo/addons", odoo_pythonpath() / "addons"]
    if any(ROOT.glob("*/__manifest__.py")):
        paths.append(ROOT)
    return [path for path in paths if path.is_dir()]


def odoo_environment(**more):
    """Environment of a process that imports Odoo."""
    result = dict(os.environ, PYTHONPATH=str(odoo_pythonpath()), ODOO_RC=str(CONFIG), PYTHONNOUSERSITE="1")
    # Odoo believes these rather than its configuration file.
    for name in [name for name in result if name.startswith(("PG", "ODOO_"))]:
        if name not in ("ODOO_RC", "PGPASSFILE") and not name.startswith("PGSSL"):
            del result[name]
    result.update({key: str(value) for key, value in more.items()})
    return result


def tool_environment():
    """Environment of a process that imports both Odoo and these tools."""
    return odoo_environment(PYTHONPATH=f"{odoo_pythonpath()}{os.pathsep}{ROOT / 'dev'}")


def write_odoo_config(path=CONFIG, **options):
    """Write the configuration file of one Odoo; `options` override or add settings. Returns its path."""
    from . import postgres  # noqa: PLC0415  postgres reads this module first
    settings = {
        "addons_path": ",".join(map(str, addons_path())),
        "admin_passwd": "admin",
        "data_dir": DATA,
        "db_host": postgres.host(),
        "db_port": postgres.port(),
        "db_user": postgres.user(),
        "http_interface": "127.0.0.1",
        "http_port": env("LEANPAY_PORT", 8069),
        "limit_time_real": 0,
        "max_cron_threads": 0,
        "workers": 0,
        **options,
    }
    if env("LEANPAY_PGPASSWORD"):
        settings["db_password"] = env("LEANPAY_PGPASSWORD")
    text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
    if not path.exists() or path.read_text() != text:
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text)
        temporary.replace(path)
    return path


def free_port():
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
