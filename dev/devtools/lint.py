"""`dev/lint [NAME…]`: every check of the code, or those named.

    ruff       Python style and bugs (ruff.toml)
    pylint     pylint-odoo (pylintrc)
    oca        OCA's checks of modules and translations (.oca_hooks.cfg)
    files      XML is well-formed, CSV is rectangular with unique ids
    install    installing the add-ons logs no warning
    po         the French translations are complete against freshly exported terms
    core       Odoo's own test_lint over our code
"""
import csv
import os
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter

from . import config, i18n, odoo, postgres, setup, templates
from .console import Stop, main, read_tail, say, step

# pylint and eslint have their own check; conflict markers are looked for in our files, not in .dev/
CORE_TAGS = "/test_lint,-/test_lint:TestPyLint,-/test_lint:TestESLint,-/test_lint:TestConflictMarkers"
# Said by Odoo about its own modules or configuration.
EXPECTED_WARNINGS = ()


def _tool(*arguments):
    """Run a program of the virtual environment; its output is shown. Returns the problems as a list."""
    folder = config.python().parent
    environment = dict(config.odoo_environment(), PATH=f"{folder}:{os.environ['PATH']}")
    code = subprocess.run([str(part) for part in arguments], cwd=config.ROOT, env=environment, check=False).returncode
    return [f"{arguments[0]} found problems: see above"] if code else []


def addon_folders():
    """The folders of the checkout that are add-ons."""
    return sorted(manifest.parent for manifest in config.ROOT.glob("*/__manifest__.py"))


def _files(*patterns):
    return sorted(path for folder in addon_folders() for pattern in patterns for path in folder.rglob(pattern))


def check_ruff():
    return _tool("ruff", "check", config.ROOT, "--quiet")


def check_pylint():
    # Models are split into files by what they are for: that is not a class to merge.
    return _tool("pylint", f"--rcfile={config.ROOT / 'pylintrc'}", "--disable=consider-merging-classes-inherited",
                 *addon_folders())


def check_oca():
    problems = _tool("oca-checks-odoo-module", *addon_folders())
    translations = [*_files("*.po"), *_files("*.pot")]
    return problems + (_tool("oca-checks-po", *translations) if translations else [])


def check_files():
    """XML and CSV files can be read, whether or not the manifest lists them."""
    problems = []
    for path in _files("*.xml"):
        try:
            ET.parse(path)
        except ET.ParseError as error:
            problems.append(f"{path}: {error}")
    for path in _files("*.py", "*.xml", "*.js", "*.md", "*.rst", "*.po"):
        if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in path.read_text(errors="replace").splitlines()):
            problems.append(f"{path}: conflict markers")
    for path in _files("*.csv"):
        problems += [f"{path}: {problem}" for problem in csv_problems(path)]
    return problems


def csv_problems(path):
    """What is wrong with one CSV file, as a list of sentences."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file, strict=True)) or [[]]
    problems = [f"line {number} has {len(row)} columns, the header {len(header)}"
                for number, row in enumerate(rows, 2) if len(row) != len(header)]
    if "id" in header and not problems:
        counts = Counter(row[header.index("id")] for row in rows)
        problems += [f"id {name} is there {count} times" for name, count in counts.items() if count > 1]
    return problems


def check_install():
    """The log of the installation holds no warning."""
    with setup.lock("template"):
        templates.ensure_addon()
        templates.ensure_glue()
    text = "".join((config.LOGS / f"{name}.log").read_text(errors="replace") for name in ("addon", "glue"))
    return [line for line in text.splitlines()
            if (" WARNING " in line or " ERROR " in line) and not any(known in line for known in EXPECTED_WARNINGS)]


def check_po():
    return i18n.check()


def check_core():
    """Odoo's own linters over all installed code, ours included; about 25 seconds."""
    name = postgres.name(f"test_{os.getpid()}_lint")
    log = config.LOGS / "test_lint.log"
    log.unlink(missing_ok=True)
    templates.copy(name)
    try:
        odoo.run(["-d", name, "-i", "test_lint", "--no-http", "--stop-after-init", "--test-tags", CORE_TAGS], log=log,
                 sentence="test_lint found problems.")
    finally:
        postgres.drop(name)
    return [] if " tests when loading" in read_tail(log) else [f"test_lint ran no test: see {log}"]


CHECKS = {name: globals()[f"check_{name}"] for name in ("ruff", "pylint", "oca", "files", "install", "po", "core")}


def cli(arguments):
    unknown = set(arguments) - set(CHECKS)
    if unknown:
        raise Stop(f"There is no check named {', '.join(sorted(unknown))}: choose among {', '.join(CHECKS)}.")
    setup.ensure()
    failed = []
    for name in arguments or CHECKS:
        try:
            with step(f"Checking: {name}"):
                problems = CHECKS[name]()
        except Stop as stop:
            problems = [str(stop)]
        for problem in problems:
            say(f"  ✗ {problem}")
        failed += [name] if problems else []
    if failed:
        raise Stop(f"These checks failed: {', '.join(failed)}. Correct what the lines above name.")
    say("All checks passed")


if __name__ == "__main__":
    main(cli)
