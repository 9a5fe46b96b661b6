"""`python -m bench [--quick]`: measures everything, prints the table, fails when a goal is missed."""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from devtools import config, debian, mailcatcher_process, postgres
from devtools.console import Stop, run, say, step

from .figures import (
    delivery_figures,
    evidence_figures,
    memory_figures,
    paper_figures,
    peer_figures,
    planning_figures,
    query_figures,
)
from .report import as_json, table

PEERS = config.DEV / "bench/peers"
PEER_PACKAGE = "odoo-addon-account-credit-control==19.0.*"
FULL = {"items": 100_000, "debtors": 10_000, "rounds": 3, "peer_share": None, "mails": 400, "peer_mails": 8}
EVIDENCE_ITEMS = 200
QUICK = {"items": 20_000, "debtors": 2_000, "rounds": 2, "peer_share": None, "mails": 120, "peer_mails": 4}


def job(name, *, peers=False, **arguments):
    """Run a job of `bench.jobs` in its own process; returns its result."""
    environment = dict(os.environ)
    if peers:
        environment["LEANPAY_BENCH_PEERS"] = str(PEERS / "odoo/addons")
    command = [sys.executable, "-m", "bench.jobs", name, json.dumps(arguments)]
    with step(f"{name} {arguments}"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"The measurement {name} failed:\n{(done.stderr or done.stdout)[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def install_peer():
    """Unpack OCA's add-on beside the checkout's add-ons, and Debian's wkhtmltopdf for its PDFs."""
    if not (PEERS / "odoo/addons/account_credit_control/__manifest__.py").exists():
        with step(f"Installing {PEER_PACKAGE}"):
            # its dependency is Odoo itself, which is there
            run([config.python(), "-m", "pip", "install", "-q", "--no-deps", "--target", PEERS, PEER_PACKAGE],
                log=config.LOGS / "bench.log", sentence="OCA's add-on could not be installed: no comparison is made.")
    if not Path("/usr/bin/wkhtmltopdf").exists():
        debian.install(["wkhtmltopdf"])


def measure(size, database, base):
    """Run every job; returns (figures, context)."""
    items, debtors = size["items"], size["debtors"]
    double = f"{database}_double"
    postgres.copy(database, double)
    made = job("generate_items", database=database, items=items, debtors=debtors)
    once = job("plan_once", database=database)
    job("generate_items", database=double, items=2 * items, debtors=debtors)
    twice = job("plan_once", database=double)
    postgres.drop(double)
    oca = job("peer_lines", peers=True, database=base, items=items, debtors=debtors, share=size["peer_share"])
    if oca["made"] != made["made"]:
        raise Stop(f"The two databases do not hold the same items: {made['made']} and {oca['made']}.")
    ours = job("plan_and_bare", database=database, rounds=size["rounds"])
    mails = config.DEV / "bench/mails"
    with mailcatcher_process.running(mails) as port:
        sent = job("deliver", database=database, port=port, count=size["mails"], warm_up=40)
        oca_sent = job("peer_send", peers=True, database=base, port=port, count=size["peer_mails"])
    for file in mails.glob("*.eml"):
        file.unlink()
    debtor = job("evidence_set_up", database=database, items=EVIDENCE_ITEMS)["debtor"]
    proven = job("evidence_file", database=database, debtor=debtor)
    made_papers = job("make_papers", database=database)
    figures = [
        *peer_figures(ours["plans"], once, oca), *planning_figures(ours), *memory_figures(once, twice),
        *delivery_figures(sent, oca_sent, size), *query_figures(ours["queries"]),
        *evidence_figures(proven), *paper_figures(made_papers)]
    return figures, {"fsync": made["fsync"], "cores": os.cpu_count(), "load": os.getloadavg()[0], "size": size,
                     "once": once, "twice": twice, "oca": oca, "ours": ours, "sent": sent, "oca_sent": oca_sent,
                     "proven": proven, "papers": made_papers}


def main():
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--quick", action="store_true", help="a fifth of the items")
    size = QUICK if parser.parse_args().quick else FULL
    started = time.monotonic()
    install_peer()
    figures, context = measure(size, os.environ["LEANPAY_BENCH_DB"], os.environ["LEANPAY_BENCH_BASE"])
    result = as_json(figures, context)
    Path(os.environ["LEANPAY_BENCH_JSON"]).write_text(json.dumps(result, indent=1, default=str) + "\n")
    print(f"\n{size['items']:,} open items, {size['debtors']:,} debtors; {context['cores']} cores, load "
          f"{context['load']:.1f}; PostgreSQL fsync {context['fsync']}; {time.monotonic() - started:.0f} s in all")
    print("CPU is the processor time of the worker plus that of its PostgreSQL process.\n")
    print(table(figures))
    if not result["met"]:
        say("A goal is missed.")
    return 0 if result["met"] else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stop as stop:
        sys.exit(f"\n✗ {stop}")
