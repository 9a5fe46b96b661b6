"""What `dev/run` does inside Odoo, through `odoo shell`: set up the demo database, run the job, gather figures."""
import json
from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path

from freezegun import freeze_time

import odoo

LOGINS = (("administrator", "admin"), ("accountant", "compta"), ("portal customer", "client"))


def load_demo(env):
    """Load the add-on's demo data into a database that was made without; raises when they cannot be."""
    graph = odoo.modules.module_graph.ModuleGraph(env.cr, mode="load")
    modules = env["ir.module.module"].search([("state", "=", "installed")])
    graph.extend(modules.mapped("name"))
    if not odoo.modules.loading.load_demo(env, graph["leanpay_dunning"], {}, "init"):
        raise RuntimeError("The demo data could not be loaded: see the traceback above.")
    modules.filtered(lambda module: module.name == "leanpay_dunning").demo = True
    env.cr.commit()


def configure(env, smtp_port):
    """Make the mail catcher the only mail server of the database."""
    servers = env["ir.mail_server"].with_context(active_test=False).search([])
    values = {"name": "Mail catcher", "smtp_host": "127.0.0.1", "smtp_port": smtp_port, "smtp_encryption": "none",
              "smtp_authentication": "login", "active": True, "from_filter": False}
    keep = servers[:1] or env["ir.mail_server"].create(values)
    keep.write(values)
    (servers - keep).write({"active": False})
    env.cr.commit()


def companies(env):
    """The companies that have dunning on."""
    return env["res.company"].search([("dunning_active", "=", True)])


def run_job(env, day=None):
    """Plan, then deliver at once. `day` (YYYY-MM-DD) plays that day, in the morning."""
    with freeze_time(f"{day} 09:00:00") if day else nullcontext():
        runs = env["leanpay.run"]
        for company in companies(env):
            run = runs.create({"company_id": company.id, "date": day or company._dunning_today()})
            run._execute()
            runs += run
        env.cr.commit()
        for run in runs:
            # The scheduled action would wait for the send window: a demonstration shows the mails on a Sunday too.
            delivery = env["leanpay.delivery"].with_company(run.company_id)
            delivery._recover(run.company_id)
            delivery._deliver_company(run.company_id)
            delivery._record_what_was_said()
        env.cr.commit()
    return runs


def earlier(env, runs):
    """The runs that were made before on the same days."""
    return env["leanpay.run"].search([("company_id", "in", runs.company_id.ids), ("date", "in", runs.mapped("date")),
                                      ("id", "not in", runs.ids)])


def figures(env, runs):
    """What the runs did: one row per company, step and currency, in the scenario's order."""
    rows = defaultdict(lambda: {"debtors": set(), "items": 0, "amount": 0.0, "states": defaultdict(int)})
    for reminder in env["leanpay.reminder"].search([("run_id", "in", runs.ids)], order="level, id"):
        key = (reminder.level, reminder.step_id.scenario_id.name, reminder.step_id.name, reminder.channel,
               reminder.currency_id.name)
        row = rows[key]
        row["debtors"].add(reminder.debtor_id.id)
        row["items"] += len(reminder.line_ids)
        row["amount"] += reminder.amount_total
        row["states"][reminder.state] += 1
    return [{"scenario": scenario, "step": step, "channel": channel, "currency": currency,
             "debtors": len(row["debtors"]), "items": row["items"], "amount": row["amount"], "states": row["states"]}
            for (_level, scenario, step, channel, currency), row in sorted(rows.items())]


def logins(env):
    """[(what the person is, login)] of the demo users; their passwords are their logins."""
    users = set(env["res.users"].search([]).mapped("login"))
    return [(role, login) for role, login in LOGINS if login in users]


def write_letters(env, folder):
    """Write the letters and attachments of the reminders to a folder; returns how many there are."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    reminders = env["leanpay.reminder"].search([])
    letters = (reminders.letter_id | reminders.attachment_ids).filtered(lambda file: file.mimetype == "application/pdf")
    for letter in letters:
        (folder / letter.name.replace("/", "-")).write_bytes(letter.raw)
    return len(letters)


def main(env, *, smtp_port, day, letters, report):
    """The whole job; writes a JSON report for `dev/run` to print."""
    configure(env, smtp_port)
    runs = run_job(env, day)
    before = earlier(env, runs)
    result = {
        "runs": [{"company": run.company_id.name, "date": str(run.date), "state": run.state, "log": run.log or "",
                  "debtors": run.debtor_count, "planned": run.planned_count, "duration": run.duration}
                 for run in runs],
        "rows": figures(env, before | runs),
        "earlier": sum(before.mapped("planned_count")),
        "logins": logins(env),
        "letters": write_letters(env, letters),
    }
    Path(report).write_text(json.dumps(result))
