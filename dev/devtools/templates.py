"""Template databases, copied in a fraction of a second instead of built in a minute.

*base*: Odoo with the modules that the add-on extends, in French and English. *add-on*: base plus the add-on. *glue*:
add-on plus the add-ons that join it to sales and stock, with these.
Each name ends in a hash of what it depends on: a change makes a new template and drops the old one.
"""
import hashlib
import json
import os
from datetime import datetime

from . import config, debian, odoo, postgres
from .console import Stop, step
from .setup import lock

GLUE_MODULES = "sale_stock"
MODULES = "account_payment,l10n_fr_account,payment_demo,payment_custom,sms"
LANGUAGES = "en_US,fr_FR"
BASE, ADDON, DEMO, GLUE = "leanpay_base_", "leanpay_addon_", "leanpay_demo_", "leanpay_glue_"  # through postgres.name()
PREGENERATE = "env['ir.qweb']._pregenerate_assets_bundles()\nenv.cr.commit()\n"
# Parts of an add-on that installing it does not read, or whose content Odoo reads again from the disk.
UNREAD = {"tests", "static", "engine", "controllers", "demo", "readme", "__pycache__"}


def _hash(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def addons():
    """Names of the checkout's add-ons that install with nothing more than Odoo."""
    return [config.ADDON] if (config.ROOT / config.ADDON / "__manifest__.py").exists() else []


def _addon_files():
    """(path, digest) of each file that the database of the add-on depends on."""
    return _digests(config.ROOT / config.ADDON, UNREAD)


def _digests(root, skipped):
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - skipped)
        for name in sorted(names):
            if name.endswith((".py", ".xml", ".csv", ".po", ".sql", ".json")):
                path = f"{folder}/{name}"
                with open(path, "rb") as file:
                    files.append((os.path.relpath(path, root), hashlib.sha256(file.read()).hexdigest()))
    return files


def base_name():
    return postgres.name(BASE) + _hash(debian.odoo_version(), MODULES, LANGUAGES)


def addon_name():
    return postgres.name(ADDON) + _hash(base_name(), _addon_files())


def demo_name():
    """The demo data are relative to the day they are made."""
    files = _digests(config.ROOT / config.ADDON / "demo", {"__pycache__"})
    return postgres.name(DEMO) + _hash(addon_name(), files, f"{datetime.now().astimezone():%Y-%m-%d}")


def glue_name():
    files = [_digests(config.ROOT / name, UNREAD) for name in config.GLUE]
    return postgres.name(GLUE) + _hash(addon_name(), files, GLUE_MODULES)


def ensure_base():
    """Name of the base template, built if it is not there."""
    name = base_name()
    if name not in postgres.databases(name):
        log = config.LOGS / "base.log"
        log.unlink(missing_ok=True)
        with step("Building the base database (Odoo, about a minute and a half)", lambda: odoo.modules_loaded(log)):
            build = _new_build()
            odoo.run(["-d", build, "-i", MODULES, "--load-language", LANGUAGES, "--without-demo=True",
                      "--stop-after-init", "--no-http"], log=log, sentence="Odoo could not build the base database.")
        with step("Building its bundles of scripts and styles"):
            odoo.shell(build, PREGENERATE, log=log)
            _publish(build, name, BASE)
    return name


def ensure_addon():
    """Name of the add-on's template, built if it is not there."""
    if not addons():
        raise Stop(f"There is no {config.ADDON}/__manifest__.py yet: nothing to install.")
    name = addon_name()
    if name not in postgres.databases(name):
        base = ensure_base()
        with step("Installing the add-on into a database template"):
            build = _new_build(base)
            log = config.LOGS / "addon.log"
            log.unlink(missing_ok=True)
            odoo.run(["-d", build, "-i", ",".join(addons()), "--stop-after-init", "--no-http"], log=log,
                     sentence="Odoo could not install the add-on.")
            odoo.shell(build, PREGENERATE, log=log)
            _publish(build, name, ADDON)
    return name


def ensure_glue():
    """Name of the template with the glue add-ons and what they join, built if it is not there."""
    name = glue_name()
    if name not in postgres.databases(name):
        addon = ensure_addon()
        log = config.LOGS / "glue.log"
        log.unlink(missing_ok=True)
        with step("Installing sales and stock, and what joins them (about a minute)", lambda: odoo.modules_loaded(log)):
            build = _new_build(addon)
            odoo.run(["-d", build, "-i", ",".join((GLUE_MODULES, *config.GLUE)), "--stop-after-init", "--no-http"],
                     log=log, sentence="Odoo could not install the add-ons for sales and stock.")
            _publish(build, name, GLUE)
    return name


def ensure_demo():
    """Name of the template with the demo data, built if it is not there."""
    name = demo_name()
    if name not in postgres.databases(name):
        addon = ensure_addon()
        with step("Making the demo company (about a minute)"):
            build = _new_build(addon)
            log = config.LOGS / "demo.log"
            log.unlink(missing_ok=True)
            odoo.shell(build, "from devtools import demo_job\ndemo_job.load_demo(env)\n", log=log,
                       environment=config.tool_environment())
            _publish(build, name, DEMO)
    return name


def _new_build(base=None):
    name = postgres.name("leanpay_build")
    postgres.copy(base, name) if base else postgres.drop(name)
    return name


def _publish(build, name, prefix):
    """Give a finished build its name, and drop what it replaces."""
    for old in postgres.databases(postgres.name(prefix)):
        postgres.drop(old)
    postgres.rename(build, name)


def copy(name, kind="addon"):
    """Make database `name` from a fresh template (`base`, `addon`, `glue` or `demo`)."""
    ensure = {"base": ensure_base, "addon": ensure_addon, "glue": ensure_glue, "demo": ensure_demo}[kind]
    with lock("template"):
        postgres.copy(ensure(), name)
