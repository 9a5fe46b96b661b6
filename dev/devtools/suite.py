"""`dev/test ARGS…`: the whole suite on several processes, each on its own database; a skipped test is a failure."""
from . import config, setup, testing
from .console import main


def cli(arguments):
    setup.ensure()
    workers = config.env("LEANPAY_WORKERS", "2")
    plugins = ["-p", "devtools.noskip", "-p", "devtools.ownfilestore"]
    return testing.run(["--odoo-http", *plugins, "-n", workers, "--dist", "loadscope", *arguments])


if __name__ == "__main__":
    main(cli)
