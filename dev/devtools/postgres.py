"""The checkout's own PostgreSQL cluster, reached through a Unix socket only, and the commands on its databases."""
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import config
from .console import Stop, explain, read_tail, run, say, step, tied

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


def name(text):
    """The name of a database of the tools: on a PostgreSQL that others use too, it tells whose it is."""
    return text if is_own() else f"leanpay_{config.MACHINE_KEY}_{text}"


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
        print(_psql("SELECT 1").stderr.strip(), file=sys.stderr)
        raise Stop(f"No PostgreSQL answers at LEANPAY_PGHOST={host()} for role {user()}: start it, correct the "
                   "LEANPAY_PG… variables, or unset them.")


def _answers():
    """Whether the server answers; one that recovers from a crash is given a minute."""
    deadline = time.monotonic() + 60
    while (done := _psql("SELECT 1")).returncode:
        if not re.search("recovery mode|starting up|shutting down", done.stderr) or time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


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
    new = data.with_name("data.new")  # renamed once complete: it may be interrupted
    shutil.rmtree(new, ignore_errors=True)
    with step("Making a private PostgreSQL cluster"):
        run([*_owner(), *tied([_bin("initdb"), "-D", new, "-U", user(), "-E", "UTF8", "--locale=C.UTF-8",
                               "-A", "trust", "--no-sync"])],
            cwd="/", sentence="The PostgreSQL cluster could not be made.")
        with open(new / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS)
        shutil.rmtree(data, ignore_errors=True)
        new.rename(data)
        _start(data)


def _start(data):
    log = data.parent / "server.log"
    # The socket's folder is said here, not in a file, so that the checkout can be moved.
    options = ["-D", data, "-l", log, "-o", f"-k '{_socket().resolve()}'", "-w", "-t", "60"]
    done = subprocess.run(
        [*_owner(), _bin("pg_ctl"), *options, "start"],
        cwd="/", check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if done.returncode and not _answers():
        tail = read_tail(log) if log.exists() else ""
        raise Stop(explain("PostgreSQL did not start: see the lines above.", tail, log))
    say("PostgreSQL is running")


def stop():
    """Stop the cluster, if it is ours."""
    data = _home() / "data"
    if is_own() and (data / "postmaster.pid").exists() and _answers():  # the file stays after a power cut
        run([*_owner(), _bin("pg_ctl"), "-D", data.resolve(), "-m", "fast", "-w", "stop"], cwd="/")


def drop_all():
    """Leave nothing in a PostgreSQL that the environment names."""
    if not is_own() and _answers():
        for database in databases(name("")):
            drop(database)


def folders():
    """What the cluster keeps outside of `.dev/`, if anything."""
    found = [_home().resolve(), _socket().resolve()]
    return [folder for folder in found if folder.exists() and not folder.is_relative_to(config.DEV)]


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
        raise Stop(explain(f"PostgreSQL refused `{sql[:80]}`: {done.stderr.strip()}", done.stderr.strip()))
    return done.stdout.splitlines()


def databases(prefix=""):
    """Names of the databases that begin with `prefix`."""
    return query(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}') ORDER BY 1")


def copies(database):
    """Names of a database of tests and of those that pytest's processes copied from it."""
    return [found for found in databases(database) if re.fullmatch(r"(-gw\d+)?", found.removeprefix(database))]


def drop(database):
    """Drop a database and its files; nothing happens when there is none."""
    _check_ours(database)
    query(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(filestore(database), ignore_errors=True)


def _check_ours(database):
    """Stop before a database is dropped that somebody else made in a PostgreSQL that the environment names."""
    if is_own() or database.startswith(name("")):
        return
    if database in databases(database) and comment(database) != name(""):
        raise Stop(f"There is a database {database} at LEANPAY_PGHOST={host()} that was not made here: "
                   "choose another name.")


def copy(source, database):
    """Make a database from `source`, files included (hard links: Odoo never changes a stored file)."""
    drop(database)
    if filestore(source).exists():  # first: a database that is there has its files
        shutil.copytree(filestore(source), filestore(database), copy_function=os.link)
    query(f'CREATE DATABASE "{database}" TEMPLATE "{source}"')
    if not is_own() and not database.startswith(name("")):
        set_comment(database, name(""))


def rename(old, new):
    """Rename a database and its files, which come first: a database that is there has its files."""
    shutil.rmtree(filestore(new), ignore_errors=True)
    if filestore(old).exists():
        filestore(old).rename(filestore(new))
    query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def comment(database):
    """What `set_comment` said of a database, or an empty string."""
    return "".join(query("SELECT shobj_description(oid, 'pg_database') FROM pg_database "
                         f"WHERE datname = '{database}'"))


def set_comment(database, text):
    """Note a word on a database."""
    query(f"COMMENT ON DATABASE \"{database}\" IS '{text}'")


def filestore(database):
    """Folder of a database's attachments."""
    return config.DATA / "filestore" / database
