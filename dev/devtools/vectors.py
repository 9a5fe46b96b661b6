"""`dev/vectors FILE`: worked examples of late-payment law, evaluated with the add-on's engine, one line each."""
import importlib.machinery
import json
import subprocess
import sys
import types

from . import config, setup
from .console import main

PACKAGES = ("", ".tests", ".tests.engine")  # their own __init__ would import Odoo


def import_evaluator():
    """The module that evaluates, imported without Odoo."""
    for package in PACKAGES:
        name = config.ADDON + package
        module = types.ModuleType(name)
        module.__path__ = [str(config.ROOT.joinpath(*name.split(".")))]
        module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
        sys.modules[name] = module
    return importlib.import_module(f"{config.ADDON}.tests.engine.vectors")


def report(path):
    """Print a line for each vector of a file; returns how many failed."""
    try:
        with open(path, encoding="utf-8") as file:
            vectors = json.load(file)
    except (OSError, ValueError) as error:
        print(f"✗ {path} cannot be read as a JSON list of vectors: {error}", file=sys.stderr)
        return 1
    failed = 0
    for name, differences in import_evaluator().evaluate(vectors):
        failed += bool(differences)
        found = "; ".join(f"{key}: expected {wanted}, got {got}" for key, (wanted, got) in differences.items())
        print(f"{name} {found or 'ok'}")
    return failed


def cli(arguments):
    if len(arguments) != 1:
        print("✗ Usage: dev/vectors FILE (a JSON list of {id, title, input, expected}).", file=sys.stderr)
        return 2
    setup.ensure()
    command = [str(config.python()), "-m", "devtools.vectors", "--inside", *arguments]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.path.insert(0, str(config.ROOT))
        sys.exit(1 if report(sys.argv[2]) else 0)
    main(cli)
