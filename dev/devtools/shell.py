"""`dev/shell`: Python console with `env` of the demo database."""
import os

from . import config, demo, odoo, setup
from .console import main


def cli(arguments):
    setup.ensure()
    demo.ensure_database()
    full = odoo.command("shell", "-d", demo.database(), "--no-http", *arguments)
    os.execve(full[0], full, config.odoo_environment())


if __name__ == "__main__":
    main(cli)
