"""Opens a database in this process, as an Odoo worker would, without a server around it."""
import logging
import os
from configparser import ConfigParser
from contextlib import contextmanager

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

# Where the peer's add-on is unpacked, beside the add-ons of Odoo.
PEERS_VARIABLE = "LEANPAY_BENCH_PEERS"


@contextmanager
def opened(database, *, install=()):
    """Yield an environment of the superuser on a database.

    :param install: names of add-ons to install first
    """
    arguments = ["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=warn", "--no-http"]
    if os.environ.get(PEERS_VARIABLE):
        settings = ConfigParser(interpolation=None)
        settings.read(os.environ["ODOO_RC"])
        arguments.append(f"--addons-path={settings['options']['addons_path']},{os.environ[PEERS_VARIABLE]}")
    config.parse_config(arguments, setup_logging=True)
    logging.getLogger("odoo.addons.leanpay_dunning").setLevel(logging.WARNING)
    registry = Registry.new(database, update_module=bool(install), install_modules=install)
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        cr.commit()
