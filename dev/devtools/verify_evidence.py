"""`dev/verify-evidence [DATABASE]`: checks every chain of evidence of a database, the demo's by default.

Prints a line for each problem found, and one with the figures; its exit code is 1 when something was tampered with.
"""
import subprocess
import sys

from . import config, demo, odoo, setup
from .console import Stop, main

MARK = "evidence> "
# Only reads: what is still to be recorded stays for the next delivery.
CODE = """
chains = env['leanpay.evidence.chain'].search([])
found = env['leanpay.evidence']._verify(chains)
for chain, problems in found.items():
    for problem in problems:
        print(f"{MARK}✗ {chain.company_id.name} · {chain.debtor_id.partner_id.name}: {problem}")
entries = sum(chains.mapped('entry_count'))
print(f"{MARK}{len(chains)} chains, {entries} entries, {len(found)} tampered with")
print(f"{MARK}end {len(found)}")
env.cr.rollback()
"""


def cli(arguments):
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print("✗ Usage: dev/verify-evidence [DATABASE]", file=sys.stderr)
        return 2
    setup.ensure()
    if arguments:
        [database] = arguments
    else:
        demo.ensure_database()
        database = demo.database()
    done = subprocess.run(
        odoo.command("shell", "-d", database, "--no-http", "--log-level=error"), input=f"MARK = {MARK!r}\n{CODE}",
        capture_output=True, text=True, check=False, env=config.odoo_environment(), cwd=config.ROOT)
    lines = [line.partition(MARK)[2] for line in done.stdout.splitlines() if MARK in line]
    if done.returncode or not lines or not lines[-1].startswith("end "):
        raise Stop(f"The evidence of {database} could not be checked:\n{(done.stderr or done.stdout)[-2000:]}")
    print("\n".join(lines[:-1]))
    return 0 if lines[-1] == "end 0" else 1


if __name__ == "__main__":
    main(cli)
