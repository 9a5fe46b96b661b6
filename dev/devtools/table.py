"""The report that `dev/run` prints."""
from collections import Counter

COLUMNS = (("step", "Step", "<"), ("debtors", "Debtors", ">"), ("items", "Items", ">"), ("amount", "Amount", ">"),
           ("channel", "Channel", "<"), ("states", "Result", "<"))


def amount(value, currency):
    """12345.6 EUR as “12,345.60 EUR”."""
    return f"{value:,.2f} {currency}"


def cells(row):
    """One row of figures as texts, by column."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(row["states"].items()))
    return {"step": f"{row['scenario']}: {row['step']}", "debtors": str(row["debtors"]), "items": str(row["items"]),
            "amount": amount(row["amount"], row["currency"]), "channel": row["channel"], "states": states}


def grid(rows):
    """The rows as an aligned table, under a header, over a line of totals."""
    totals = Counter()
    for row in rows:
        totals.update(row["states"])
    body = [cells(row) for row in rows]
    header = {key: title for key, title, _align in COLUMNS}
    widths = {key: max(len(line[key]) for line in [header, *body]) for key in header}
    rule = "─" * (sum(widths.values()) + 2 * (len(widths) - 1))
    lines = ["  ".join(f"{line[key]:{align}{widths[key]}}" for key, _title, align in COLUMNS).rstrip()
             for line in [header, *body]]
    total = ", ".join(f"{count} {state}" for state, count in sorted(totals.items())) or "nothing to send"
    return "\n".join([lines[0], rule, *lines[1:], rule, f"Total: {sum(totals.values())} reminders: {total}"])


def render(report, *, url, letters, mails):
    """Everything that a person wants to know after the run."""
    parts = []
    for run in report["runs"]:
        parts.append(f"{run['company']}, run of {run['date']}: {run['debtors']} debtors, {run['planned']} reminders "
                     f"planned in {run['duration']:.1f} s ({run['state']})")
        parts += [f"  ! {line}" for line in run["log"].splitlines()]
    if not report["runs"]:
        parts.append("No company has dunning on: nothing was run.")
    waiting = sum(row["states"].get("planned", 0) for row in report["rows"])
    parts += ["", grid(report["rows"])]
    if report["earlier"]:
        parts.append(f"{report['earlier']} were planned by earlier runs of that day: nothing is said twice.")
    if waiting:
        parts.append(f"{waiting} wait for a person's approval: Invoicing › Customers › Collections › Reminders.")
    parts += ["", f"Odoo      {url}"]
    parts += [f"Login     {login:24} password {login:24} ({role})" for role, login in report["logins"]]
    parts += [f"Mails     {mails} ({len(list(mails.glob('*.eml')))} .eml files)",
              f"PDFs      {letters} ({report['letters']} PDF files)"]
    return "\n".join(["", *parts, ""])
