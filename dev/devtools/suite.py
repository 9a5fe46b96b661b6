"""`dev/test ARGS…`: the whole suite on several processes, each on its own database; a skipped test is a failure.

Without arguments the glue add-ons come first, on a database with sales and stock: the suite's own line stays the last.
"""
from . import config, setup, testing
from .console import main, say


def cli(arguments):
    setup.ensure()
    workers = config.env("LEANPAY_WORKERS", "2")
    plugins = ["-p", "devtools.noskip", "-p", "devtools.ownfilestore"]
    glue = 0
    if not arguments:
        glue = testing.run([*plugins, *(f"{name}/tests" for name in config.GLUE)])
    if testing.is_glue(arguments):
        return testing.run([*plugins, *arguments])
    suite = testing.run(["--odoo-http", *plugins, "-n", workers, "--dist", "loadscope", *arguments])
    if glue:
        say("✗ Tests of the add-ons for sales and stock failed: see the first part above.")
    return suite or glue


if __name__ == "__main__":
    main(cli)
