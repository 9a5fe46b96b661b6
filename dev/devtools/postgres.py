"""The checkout's own PostgreSQL cluster, reached through a Unix socket only, and the commands on its databases."""
import grp
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from . import config
from .console import Stop, read_tail, run, say, step

SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
# The databases are thrown away: speed over surviving a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def is_own():
    """Whether the cluster is the checkout's, not one that the environment names."""
    return not config.env("LEANPAY_PGHOST")


def host():
    """Host, or folder of the Unix socket."""
    return config.env("LEANPAY_PGHOST") or str(_socket())


def port():
    return config.env("LEANPAY_PGPORT", "5432") if not is_own() else "5432"


def user():
    """The database role; Odoo refuses to run as `postgres`."""
    return "leanpay" if is_own() else config.env("LEANPAY_PGUSER", pwd.getpwuid(os.getuid()).pw_name)


def _home():
    return config.DEV / "postgres"


def _socket():
    # A Unix socket's path holds 107 characters at most.
    if len(str(_home())) > 80:
        return Path(f"/tmp/leanpay-{config.CHECKOUT_KEY}")
    return _home() / "socket"


def _bin(program):
    """Path of a server program: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1]
    if shutil.which(program):
        return Path(shutil.which(program))
    raise Stop("PostgreSQL's server is not installed: run `apt-get install postgresql`, or set LEANPAY_PGHOST.")


def _owner():
    """PostgreSQL refuses root: an ordinary system user owns the cluster then."""
    if os.geteuid():
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def ensure():
    """Start the cluster unless it runs; make it first if there is none."""
    if is_own() and not _answers():
        data = _place_data()
        _start(data) if (data / "PG_VERSION").exists() else _create(data)
    elif not _answers():
        raise Stop(f"No PostgreSQL answers at LEANPAY_PGHOST={host()} for role {user()}: "
                   "start it, or unset the variable.")


def _answers():
    return _psql("SELECT 1").returncode == 0


def _place_data():
    """The folder of the cluster. When root's checkout is closed to others, it cannot be inside: a link leads out."""
    home, data = _home(), _home() / "data"
    home.mkdir(parents=True, exist_ok=True)
    _socket().mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        uid, gid = pwd.getpwnam("postgres").pw_uid, grp.getgrnam("postgres").gr_gid
        os.chown(home, uid, gid)
        if subprocess.run([*_owner(), "test", "-w", home], check=False).returncode and not home.is_symlink():
            outside = Path(f"/var/lib/postgresql/leanpay-{config.CHECKOUT_KEY}")
            outside.mkdir(parents=True, exist_ok=True)
            os.chown(outside, uid, gid)
            shutil.rmtree(home)
            home.symlink_to(outside)
            say(f"The checkout is closed to other users: the PostgreSQL cluster is in {outside}")
            data = outside / "data"
            (outside / "socket").mkdir(exist_ok=True)
        os.chown(_socket(), uid, gid)
    return data.resolve()


def _create(data):
    shutil.rmtree(data, ignore_errors=True)  # an interrupted initdb leaves a folder without PG_VERSION
    with step("Making a private PostgreSQL cluster"):
        run([*_owner(), _bin("initdb"), "-D", data, "-U", user(), "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust",
             "--no-sync"], cwd="/", sentence="The PostgreSQL cluster could not be made.")
        with open(data / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS)
        _start(data)


def _start(data):
    log = data.parent / "server.log"
    # The socket's folder is said here, not in a file, so that the checkout can be moved.
    options = ["-D", data, "-l", log, "-o", f"-k '{_socket().resolve()}'", "-w", "-t", "60"]
    done = subprocess.run(
        [*_owner(), _bin("pg_ctl"), *options, "start"],
        cwd="/", check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode and not _answers():
        raise Stop(f"PostgreSQL did not start: {read_tail(log).strip().splitlines()[-1]} (see {log}).")
    say("PostgreSQL is running")


def stop():
    """Stop the cluster, if it is ours."""
    data = _home() / "data"
    if is_own() and (data / "postmaster.pid").exists():
        run([*_owner(), _bin("pg_ctl"), "-D", data.resolve(), "-m", "fast", "-w", "stop"], cwd="/")


def environment():
    """What libpq's programs read."""
    result = dict(os.environ, PGHOST=host(), PGPORT=port(), PGUSER=user(), PGCONNECT_TIMEOUT="10")
    if config.env("LEANPAY_PGPASSWORD"):
        result["PGPASSWORD"] = config.env("LEANPAY_PGPASSWORD")
    return result


def _psql(sql, database="postgres"):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql],
                          env=environment(), capture_output=True, text=True, check=False)


def query(sql, database="postgres"):
    """Run SQL and return its rows as lines of text."""
    done = _psql(sql, database)
    if done.returncode:
        raise Stop(f"PostgreSQL refused `{sql[:80]}`: {done.stderr.strip()}")
    return done.stdout.splitlines()


def databases(prefix=""):
    """Names of the databases that begin with `prefix`."""
    return query(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}') ORDER BY 1")


def drop(name):
    """Drop a database and its files; nothing happens when there is none."""
    query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(source, name):
    """Make database `name` from `source`, files included (hard links: Odoo never changes a stored file)."""
    drop(name)
    query(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    if filestore(source).exists():
        shutil.copytree(filestore(source), filestore(name), copy_function=os.link)


def rename(old, new):
    """Rename a database and its files."""
    query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    if filestore(old).exists():
        filestore(old).rename(filestore(new))


def comment(name):
    """What `set_comment` said of a database, or an empty string."""
    return "".join(query(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"))


def set_comment(name, text):
    """Note a word on a database."""
    query(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")


def filestore(name):
    """Folder of a database's attachments."""
    return config.DATA / "filestore" / name
