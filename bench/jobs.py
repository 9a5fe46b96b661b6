"""What runs in processes of their own, so that each has the memory to itself: `python -m bench.jobs NAME ARGUMENTS`.

The arguments are a JSON object; the last line printed is the result, a JSON object.
"""
import json
import sys

from . import delivering, generate, papers, peers, planning, proving, session


def generate_items(database, items, debtors):
    """Fill the add-on's database."""
    with session.opened(database) as env:
        made = generate.generate(env, items, debtors)
        planning.set_up(env)
        [[fsync]] = env.execute_query(generate.SQL("SELECT current_setting('fsync')"))
    return {"made": made, "fsync": fsync}


def plan_once(database):
    """Plan, and nothing else: the peak memory is planning's."""
    with session.opened(database) as env:
        planning.unplan(env)
        planning.vacuum(env)
        return planning.plan(env)


def plan_and_bare(database, rounds):
    """Plan and do the bare SQL in turns, so that both meet the same machine."""
    plans, bares = [], []
    with session.opened(database) as env:
        for _round in range(rounds):
            planning.unplan(env)
            planning.vacuum(env)
            plans.append(planning.plan(env))
            bares.append(planning.bare(env))
        queries = [planning.queries_per_batch(env, debtors) for debtors in (100, 100, 1000)]
        planning.plan(env)
    return {"plans": plans, "bares": bares, "queries": queries[1:]}


def deliver(database, port, count, warm_up):
    """Deliver some to warm up, then those that are measured."""
    with session.opened(database) as env:
        delivering.set_up(env, port, warm_up)
        delivering.deliver(env)
        delivering.set_up(env, port, count)
        return delivering.deliver(env)


def evidence_set_up(database, items):
    """Give one customer this many items to prove; returns the debtor's id."""
    with session.opened(database) as env:
        return {"debtor": proving.set_up(env, items).id}


def evidence_file(database, debtor):
    """Make an evidence file, and nothing else: the peak memory is its own."""
    with session.opened(database) as env:
        return proving.make(env, env["leanpay.debtor"].browse(debtor))


def peer_lines(database, items, debtors, share):
    """Install OCA's add-on, fill the database with the same items and generate its lines."""
    with session.opened(database, install=[peers.ADDON]) as env:
        made = generate.generate(env, items, debtors)
        peers.set_up(env)
        return {"made": made} | peers.generate_lines(peers.as_user(env), share)


def peer_send(database, port, count):
    """Send mails of OCA's last lines."""
    with session.opened(database) as env:
        delivering.name_server(env, port)
        return peers.send(peers.as_user(env), count)


def make_papers(database):
    """Make the statement of the debtor who has the most items."""
    with session.opened(database) as env:
        return {"statement": papers.statement(env)}


JOBS = {job.__name__: job for job in (
    generate_items, plan_once, plan_and_bare, deliver, evidence_set_up, evidence_file, make_papers, peer_lines,
    peer_send)}

if __name__ == "__main__":
    result = JOBS[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(result, default=str), flush=True)
