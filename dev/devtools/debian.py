"""What comes from Debian: system packages through apt, and Odoo 19 unpacked into the checkout.

Debian carries Odoo 19 in its *unstable* suite only. Installed system-wide, it would pull the unstable Python: it is
downloaded with a private apt state, from the mirror that the machine already uses, and unpacked into `.dev/odoo`.
"""
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from . import config
from .console import Stop, run, say, step

OS_RELEASE = Path("/etc/os-release")
SYSTEM = {  # Debian package: a file that shows that it is there
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "chromium": "/usr/bin/chromium",
    "fonts-liberation": "/usr/share/fonts/truetype/liberation*",
    "git": "/usr/bin/git",
    "libmagic1": "/usr/lib/*/libmagic.so.1",
}
BUILD = ["gcc", "python3-dev"]  # for a Python package without a wheel for this interpreter
UNSTABLE = ["odoo-19", "libjs-jquery", "libjs-jquery-form", "libjs-underscore", "fonts-roboto-unhinted",
            "fonts-montserrat", "fonts-ocr-b"]
STABLE = ["fonts-font-awesome", "fonts-inconsolata"]  # unstable's Font Awesome 7 has other file names
# Debian removes this file for its licence, but `mail` lists it in its bundle: without it each page logs an error.
REMOVED = "usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def is_debian(newer_than=0):
    """Whether this machine runs Debian, of that version at least; testing and unstable tell no version."""
    release = OS_RELEASE.read_text() if OS_RELEASE.exists() else ""
    version = re.search(r'^VERSION_ID="?(\d+)', release, re.M)
    return bool(re.search(r'^ID="?debian"?$', release, re.M)) and (not version or int(version[1]) >= newer_than)


def check_machine():
    """Stop unless this is a Debian that the packages are made for."""
    if not is_debian(12):
        raise Stop("This is made for Debian 12 or newer: use such a machine or container, or set LEANPAY_ODOO, "
                   "LEANPAY_PYTHON and LEANPAY_PGHOST to an Odoo 19, its Python and a PostgreSQL that you have.")
    if platform.machine() not in ("x86_64", "aarch64"):
        raise Stop(f"The processor {platform.machine()} is not supported: x86_64 or aarch64 is needed.")


def install(packages):
    """Install Debian packages, with sudo when not root."""
    prefix = []
    if os.geteuid():
        if not shutil.which("sudo") or subprocess.run(["sudo", "-v"], check=False).returncode:
            raise Stop(f"Debian packages are missing and you are not root: run "
                       f"`apt-get install {' '.join(packages)}` as root, then the same command again.")
        prefix = ["sudo"]
    log = config.LOGS / "apt.log"
    sentence = f"apt could not install {' '.join(packages)}."
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with step(f"Installing Debian packages: {' '.join(packages)}"):
        wait = ["-o", "DPkg::Lock::Timeout=300"]
        run([*prefix, "apt-get", *wait, "update"], log=log, sentence=sentence, env=environment)
        run([*prefix, "apt-get", *wait, "install", "-y", "--no-install-recommends", *packages],
            log=log, sentence=sentence, env=environment)


def check_programs():
    """Elsewhere than on Debian, with an Odoo, a Python and a PostgreSQL that the environment names: stop when programs
    are missing, which the machine's own tools install.
    """
    missing = [] if shutil.which("psql") else ["psql (PostgreSQL's client)"]
    if not shutil.which("google-chrome") and not shutil.which("chromium"):
        missing.append("chromium")
    if missing:
        raise Stop(f"Missing: {' and '.join(missing)}. Install it, so that it is in PATH, then run the same command "
                   "again.")
    return []


def missing_system_packages():
    """Debian packages that are needed and absent; those an environment variable replaces are not needed."""
    if not is_debian():
        return check_programs()
    needed = dict(SYSTEM)
    if config.env("LEANPAY_PGHOST") and shutil.which("psql"):
        del needed["postgresql"]
    if shutil.which("google-chrome") or shutil.which("chromium"):
        del needed["chromium"]
    return [package for package, sign in needed.items() if not any(Path("/").glob(sign.lstrip("/")))]


def _apt(*arguments, **options):
    """Run apt-get on the private state of the unstable suite."""
    home = config.DOWNLOADS / "apt"
    return run(["apt-get", "-o", f"Dir::Etc::sourcelist={home}/sources.list", "-o", "Dir::Etc::sourceparts=-",
                "-o", f"Dir::State::lists={home}/lists", "-o", f"Dir::Cache={home}/cache",
                "-o", "Acquire::Check-Valid-Until=false",  # a mirror that lags behind is as good
                "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1", "-o", "Acquire::Languages=none",
                "-o", "APT::Update::Error-Mode=any",  # no network is an error, not a warning
                *arguments], **options)


def _mirror():
    """Address of the Debian mirror that this machine uses."""
    targets = run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(LABEL) $(REPO_URI)",
                   "Created-By: Packages"])
    for line in targets.splitlines():
        origin, component, label, *uri = line.split()
        if (origin, component, label) == ("Debian", "main", "Debian"):
            return uri[0]
    raise Stop("apt knows no Debian mirror: check /etc/apt/sources.list, run `apt-get update`, then this again.")


def _prepare_apt():
    home = config.DOWNLOADS / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (home / "sources.list").write_text(f"deb [signed-by={keyring}] {_mirror()} unstable main\n")
    _apt("update", sentence="The list of Debian's unstable suite could not be fetched: see the lines above.")


def odoo_version():
    """What Odoo is here: part of the key of every template. For one that the environment names, its release file."""
    own = config.env("LEANPAY_ODOO")
    if own:
        release = config.odoo_pythonpath() / "odoo/release.py"
        if not release.exists():
            raise Stop(f"LEANPAY_ODOO={own} holds no Odoo: name the folder that holds `odoo/release.py`.")
        found = re.search(r"version_info = \((\d+), (\d+)", release.read_text())
        if not found or found[1] != "19":
            raise Stop(f"LEANPAY_ODOO={own} is not an Odoo 19.")
        return f"{found[1]}.{found[2]} {release.stat().st_mtime_ns}"
    stamp = config.ODOO / "VERSION"
    return stamp.read_text().strip() if stamp.exists() else ""


def _megabytes(folder):
    """Size of the packages in a folder, those that are on their way included."""
    return sum(path.stat().st_size for path in folder.glob("*.deb*") if path.exists()) // 1_000_000


def ensure_odoo():
    """Download and unpack Odoo 19 with the fonts and scripts it links to, unless it is there."""
    if odoo_version():
        return
    config.DOWNLOADS.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(config.DEV).free < 4e9:
        raise Stop("Less than 4 GB of disk are free: make room and run the same command again.")
    with step("Downloading Odoo 19 (130 MB)", lambda: f"{_megabytes(config.DOWNLOADS)} MB are here"):
        _prepare_apt()
        failed = "Odoo 19 could not be downloaded from Debian's unstable suite: see the lines above, then try again."
        _apt("download", *UNSTABLE, cwd=config.DOWNLOADS, sentence=failed)
        run(["apt-get", "-o", "APT::Sandbox::User=", "download", *STABLE], cwd=config.DOWNLOADS, sentence=failed)
    with step("Unpacking Odoo 19 (1.2 GB)"):
        unpack()


def unpack():
    """Unpack the downloads beside `.dev/odoo`, complete them, and put them in place at once."""
    for interrupted in config.DEV.glob("odoo.new*"):
        shutil.rmtree(interrupted, ignore_errors=True)
    new = config.DEV / f"odoo.new-{os.getpid()}"  # its own: a killed dpkg may still write to the last one
    for package in [*UNSTABLE, *STABLE]:
        file = max(config.DOWNLOADS.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
        run(["dpkg", "-x", file, new], sentence=f"{file} is damaged: remove it and run the same command again.")
        if package == "odoo-19":
            version = file.name.split("_")[1]
    stub = new / REMOVED
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.touch()
    dangling = [link for link in new.rglob("*") if link.is_symlink() and not link.exists()]
    for link in dangling:
        say(f"Odoo's package links to a missing file: {link.relative_to(new)}")
    (new / "VERSION").write_text(version)
    shutil.rmtree(config.ODOO, ignore_errors=True)
    new.rename(config.ODOO)
