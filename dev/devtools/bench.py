"""`dev/bench ARGS…`: runs `bench/` (as `python -m bench ARGS…`) on fresh databases of its own.

LEANPAY_BENCH_DB names a copy of the add-on's template, LEANPAY_BENCH_BASE a copy of Odoo's without the add-on; both are
dropped at the end. Figures go to `.dev/bench.json`.
"""
import os
import subprocess

from . import config, postgres, setup, templates, testing
from .console import Stop, main


def cli(arguments):
    if not (config.ROOT / "bench/__main__.py").exists():
        raise Stop("There is no bench/__main__.py in this checkout: nothing to measure.")
    setup.ensure()
    name = postgres.name(f"test_{os.getpid()}_bench")
    base = f"{name}_base"
    templates.copy(name)
    templates.copy(base, "base")
    environment = testing.environment() | {
        "PYTHONPATH": os.pathsep.join(map(str, (config.odoo_pythonpath(), config.ROOT / "dev", config.ROOT))),
        "LEANPAY_BENCH_DB": name, "LEANPAY_BENCH_BASE": base, "LEANPAY_BENCH_JSON": str(config.DEV / "bench.json")}
    try:
        return subprocess.run([str(config.python()), "-m", "bench", *arguments], env=environment, cwd=config.ROOT,
                              check=False).returncode
    finally:
        for database in postgres.databases(name):
            postgres.drop(database)


if __name__ == "__main__":
    main(cli)
