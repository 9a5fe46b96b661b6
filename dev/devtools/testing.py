"""`dev/pytest [--fast] ARGS…`: pytest on a private copy of the add-on's template, dropped at the end.

`--fast` starts no HTTP server: without it browser and HTTP tests run too. LEANPAY_DB names the copy. Tests of the
pure engine alone (all paths under `tests/engine`, or `--pure`) run without Odoo's registry and without a database.
Those of the glue add-ons run on a database with sales and stock.
"""
import os
import secrets

from . import config, postgres, setup, templates
from .console import attend, main


def command(database, *arguments):
    """pytest's command line for a database."""
    return [str(config.python()), "-m", "pytest", f"--odoo-config={config.CONFIG}", f"--odoo-database={database}",
            *arguments]


def environment():
    """Variables of a pytest process: pytest-odoo calls createdb itself for each of several workers."""
    variables = {key: value for key, value in postgres.environment().items() if key.startswith("PG")}
    variables.pop("PGDATABASE", None)
    return config.odoo_environment(**variables)


def drop_abandoned():
    """Drop the databases of runs that were killed: their names hold the process that made them."""
    prefix = postgres.name("test_")
    for name in postgres.databases(prefix):
        process = name.removeprefix(prefix).split("_")[0]
        if process.isdigit() and not os.path.exists(f"/proc/{process}"):
            postgres.drop(name)


def run(arguments):
    """Run pytest on a fresh copy of the template that its paths need; returns its exit code."""
    name = config.env("LEANPAY_DB") or postgres.name(f"test_{os.getpid()}_{secrets.token_hex(3)}")
    drop_abandoned()
    templates.copy(name, "glue" if is_glue(arguments) else "addon")
    try:
        return attend(command(name, *arguments), env=environment(), cwd=config.ROOT)
    finally:
        for database in postgres.copies(name):
            postgres.drop(database)


def is_glue(arguments):
    """Whether tests of the glue add-ons are asked for by their paths."""
    return any(argument.split("/")[0] in config.GLUE for argument in arguments)


def _is_pure(arguments):
    """Whether only tests of the pure engine are asked for."""
    paths = [argument for argument in arguments if f"{config.ADDON}/" in argument and not argument.startswith("-")]
    return bool(paths) and all(f"{config.ADDON}/tests/engine" in path for path in paths)


def run_pure(arguments):
    """Run tests of the pure engine; returns pytest's exit code."""
    environment = config.tool_environment()
    environment.pop("ODOO_RC")  # with it pytest-odoo would want a database
    full = [config.python(), "-m", "pytest", "-p", "devtools.pure", "-p", "no:odoo", *arguments]
    return attend(full, env=environment, cwd=config.ROOT)


def cli(arguments):
    setup.ensure()
    pure, fast = "--pure" in arguments or _is_pure(arguments), "--fast" in arguments
    arguments = [argument for argument in arguments if argument not in ("--pure", "--fast")]
    if pure:
        return run_pure(arguments)
    return run(arguments if fast else ["--odoo-http", *arguments])


if __name__ == "__main__":
    main(cli)
