"""`dev/clean`: stop PostgreSQL and remove `.dev/`."""
import shutil

from . import config, postgres
from .console import main, say


def cli(_arguments):
    postgres.stop()
    outside = (config.DEV / "postgres").resolve()
    if outside != config.DEV / "postgres":
        shutil.rmtree(outside)
    if config.DEV.exists():
        shutil.rmtree(config.DEV)
    say("Removed .dev/; Debian packages stay")


if __name__ == "__main__":
    main(cli)
