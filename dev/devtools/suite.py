"""`dev/test ARGS…`: the whole suite on several processes, each on its own database; a skipped test is a failure."""
from . import config, setup, testing
from .console import main


def cli(arguments):
    setup.ensure()
    workers = config.env("LEANPAY_WORKERS", "2")
    return testing.run(["--odoo-http", "-p", "devtools.noskip", "-n", workers, "--dist", "loadscope", *arguments])


if __name__ == "__main__":
    main(cli)
