"""Turns what the jobs measured into figures with their goals."""
from .report import Figure

MICRO = 1_000_000


def cost(run):
    """Processor seconds of the worker and of its PostgreSQL process; wall clock when the server is elsewhere."""
    return run["wall"] if run["backend"] is None else run["cpu"] + run["backend"]


def peer_figures(plans, once, oca):
    """Planning against OCA's, for each line written."""
    best = min(plans, key=cost)
    ours, theirs = MICRO * cost(best) / best["lines"], MICRO * cost(oca) / oca["lines"]
    wall, their_wall = MICRO * best["wall"] / best["lines"], MICRO * oca["wall"] / oca["lines"]
    return [
        Figure("Planning against OCA, per item written", theirs / ours, "times faster", 25, True,
               f"CPU: {ours:.0f} µs against {theirs:.0f} µs a line ({best['lines']:,} and {oca['lines']:,} lines)"),
        Figure("  the same by the clock", their_wall / wall, "times faster",
               detail=f"{wall:.0f} µs against {their_wall:.0f} µs a line"),
        Figure("  the whole pass by the clock", oca["wall"] / best["wall"], "times faster",
               detail=f"{best['wall']:.1f} s against {oca['wall']:.1f} s: ours decides on every item, and writes more"),
        Figure("  memory", oca["memory"] / once["memory"], "times less",
               detail=f"{once['memory']:.0f} MB against {oca['memory']:.0f} MB"),
    ]


def planning_figures(ours):
    """Planning against the bare SQL."""
    plan, bare = min(ours["plans"], key=cost), min(ours["bares"], key=cost)
    return [
        Figure("Planning against bare SQL", cost(plan) / cost(bare), "times slower", 6,
               detail=f"CPU: {cost(plan):.1f} s against {cost(bare):.1f} s; read the items, insert the rows"),
        Figure("  the same by the clock", plan["wall"] / bare["wall"], "times slower",
               detail=f"{plan['wall']:.1f} s against {bare['wall']:.1f} s"),
    ]


def memory_figures(once, twice):
    """Peak memory of planning, and what it grows by when the items double and the debtors do not."""
    return [
        Figure("Peak memory of planning", once["memory"], "MB", 400, detail=f"{once['items']:,} items"),
        Figure("  growth when items double", 100 * (twice["memory"] / once["memory"] - 1), "%", 15,
               detail=f"{twice['memory']:.0f} MB for {twice['items']:,} items of as many debtors"),
    ]


def delivery_figures(sent, oca, size):
    """Delivery with a one-page letter, against OCA's mail with its PDF."""
    count = sent["states"].get("sent", 0)
    complete = count == size["mails"] and oca["sent"] == oca["with_pdf"] == size["peer_mails"]
    ours = cost(sent) / max(count, 1)
    wall, their_wall = sent["wall"] / max(count, 1), oca["wall"] / max(oca["sent"], 1)
    return [
        Figure("Delivery with a letter", 1 / ours, "a second and core", 40, True,
               f"CPU: {1000 * ours:.1f} ms each ({1000 * sent['cpu'] / max(count, 1):.1f} of them Python)"),
        Figure("  one worker by the clock", count / sent["wall"], "a second",
               detail=f"{count} in {sent['wall']:.1f} s, {sent['queries'] / max(count, 1):.1f} queries each"),
        Figure("  against OCA with its PDF", their_wall / wall, "times faster",
               detail=f"by the clock, for another process makes its PDF: {wall:.3f} s against {their_wall:.2f} s each"),
        Figure("  all of them sent, with their PDF", float(complete), "", 1, True,
               f"{count} of {size['mails']}; OCA {oca['with_pdf']} of {size['peer_mails']}"),
    ]


def paper_figures(made):
    """One statement of account, as a PDF and as a workbook."""
    statement = made["statement"]
    return [
        Figure("Statement, PDF and workbook", statement["wall"], "s", detail=f"{statement['lines']} lines")]


def query_figures(queries):
    """Queries of one batch, for few items and for ten times as many."""
    few, many = queries
    return [Figure("Queries of a batch, ten times the items", many["queries"] - few["queries"], "more", 0,
                   detail=f"{few['queries']} for {few['items']:,} items, {many['queries']} for {many['items']:,}")]


def evidence_figures(proven):
    """One evidence file, with its archive."""
    return [
        Figure("Evidence file by the clock", proven["wall"], "s", 10,
               detail=f"{proven['items']} items, {proven['pdf']:.0f} MB of PDF and {proven['zip']:.0f} MB of archive; "
                      f"CPU {cost(proven):.1f} s, {proven['queries']} queries"),
        Figure("  peak memory", proven["memory"], "MB", 500, detail=f"{proven['memory_before']:.0f} MB before"),
    ]
