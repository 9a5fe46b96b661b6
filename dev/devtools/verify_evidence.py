"""`dev/verify-evidence [DATABASE] [FILE.zip …]`: checks every chain of evidence of a database, the demo's by default.

Evidence files name the last entry that their chain held when they were made: with them, even a chain that was written
anew from its start is found. Prints a line for each problem, and one with the figures; exit code 1 when there is one.
"""
import json
import subprocess
import sys
import zipfile

from . import config, demo, odoo, setup
from .console import Stop, main

MARK = "evidence> "
# Only reads: what is still to be recorded stays for the next delivery.
CODE = """
evidence = env['leanpay.evidence']
found = evidence._check()
for debtor, problems in found.items():
    for problem in problems:
        print(f"{MARK}✗ {debtor.company_id.name} · {debtor.partner_id.name}: {problem}")
lost = evidence._check_known(KNOWN)
for problem in lost:
    print(f"{MARK}✗ {problem}")
chains = env['leanpay.evidence.chain'].search_count([])
entries = evidence.search_count([])
print(f"{MARK}{chains} chains, {entries} entries, {len(found)} customers with problems")
print(f"{MARK}end {len(found) + len(lost)}")
env.cr.rollback()
"""


def known_by(path):
    """Return (chain id, entries, last hash) that an evidence file names."""
    try:
        with zipfile.ZipFile(path) as bundle:
            chain = json.loads(bundle.read("manifest.json"))["chain"]
        return [int(chain["id"]), int(chain["entries"]), str(chain["last_hash"])]
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        raise Stop(f"{path} is no evidence file: give the ZIP that the button “Make the evidence file” made.") from None


def cli(arguments):
    if any(argument.startswith("-") for argument in arguments):
        print("✗ Usage: dev/verify-evidence [DATABASE] [FILE.zip …]", file=sys.stderr)
        return 2
    known = [known_by(argument) for argument in arguments if argument.endswith(".zip")]
    databases = [argument for argument in arguments if not argument.endswith(".zip")]
    setup.ensure()
    if not databases:
        demo.ensure_database()
        databases = [demo.database()]
    problems = 0
    for database in databases:
        problems += check(database, known)
    return 1 if problems else 0


def check(database, known):
    """Print what is wrong in a database; returns how much is."""
    done = subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level=error"),
        input=f"MARK = {MARK!r}\nKNOWN = {known!r}\n{CODE}", capture_output=True, text=True, check=False,
        env=config.odoo_environment(), cwd=config.ROOT)
    lines = [line.partition(MARK)[2] for line in done.stdout.splitlines() if MARK in line]
    if done.returncode or not lines or not lines[-1].startswith("end "):
        reason = ((done.stderr or done.stdout).strip().splitlines() or ["Odoo did not answer"])[-1]
        raise Stop(f"The evidence of {database} could not be checked: {reason}")
    print("\n".join(lines[:-1]))
    return int(lines[-1].removeprefix("end "))


if __name__ == "__main__":
    main(cli)
