"""`dev/db`: template databases, and copies of them.

    dev/db template                      make sure that the templates are there; print their names
    dev/db copy NAME [--base|--demo|--glue]  fresh database NAME with the add-on (without it; with its demo data; with
                                         sales and stock)
    dev/db drop NAME                     drop it with its files
    dev/db list                          the databases of this checkout's cluster
    dev/db psql [NAME] [ARGS…]           PostgreSQL's console
"""
import argparse
import os

from . import postgres, setup, templates
from .console import Stop, main


def _parser():
    parser = argparse.ArgumentParser(prog="dev/db", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("template")
    actions.add_parser("list")
    copy = actions.add_parser("copy")
    copy.add_argument("name")
    kind = copy.add_mutually_exclusive_group()
    kind.add_argument("--base", dest="kind", action="store_const", const="base", default="addon")
    kind.add_argument("--demo", dest="kind", action="store_const", const="demo")
    kind.add_argument("--glue", dest="kind", action="store_const", const="glue")
    actions.add_parser("drop").add_argument("name")
    actions.add_parser("psql").add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def cli(arguments):
    options = _parser().parse_args(arguments)
    setup.ensure()
    if options.action == "template":
        with setup.lock("template"):
            print(templates.ensure_base())
            if templates.addons():
                print(templates.ensure_addon())
    elif options.action == "copy":
        _check(options.name)
        templates.copy(options.name, options.kind)
    elif options.action == "drop":
        _check(options.name)
        postgres.drop(options.name)
    elif options.action == "list":
        print("\n".join(postgres.databases()))
    elif options.action == "psql":
        os.execvpe("psql", ["psql", *(options.arguments or ["postgres"])], postgres.environment())


def _check(name):
    reserved = (templates.BASE, templates.ADDON, templates.DEMO, templates.GLUE, "template", "postgres")
    if name.startswith(reserved) or not name.replace("-", "_").isidentifier():
        raise Stop(f"{name} is no name for a copy: choose another one.")


if __name__ == "__main__":
    main(cli)
