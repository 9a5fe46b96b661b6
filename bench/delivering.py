"""Delivery of reminders with a one-page letter attached, over SMTP to a server in another process."""
from odoo.tools import SQL

from .watch import peak_memory, watch


def set_up(env, port, count):
    """Plan, keep `count` reminders by e-mail to send, give their step the letter, and name the mail server.

    :param port: of the SMTP server on 127.0.0.1
    """
    name_server(env, port)
    env["leanpay.scenario.step"].search([]).write({
        "attach_letter": True, "attach_statement": False, "attach_invoices": True})
    reminders = env["leanpay.reminder"]
    # What an earlier call put aside comes back.
    env.cr.execute("UPDATE leanpay_reminder SET state = 'approved' WHERE state = 'planned' AND approved_on IS NULL")
    env.invalidate_all()
    # Few enough items for one page.
    keep = reminders.browse(reminder_id for [reminder_id] in env.execute_query(SQL(
        """
        SELECT reminder.id
          FROM leanpay_reminder reminder JOIN leanpay_reminder_line line ON line.reminder_id = reminder.id
         WHERE reminder.state = 'approved' AND reminder.channel = 'email' AND reminder.primary_id IS NULL
      GROUP BY reminder.id HAVING COUNT(*) <= 6 ORDER BY reminder.id LIMIT %s
        """, count)))
    env.cr.execute(SQL(
        "UPDATE leanpay_reminder SET state = 'planned' WHERE state = 'approved' AND id != ALL(%s)", keep.ids))
    env.cr.commit()
    env.invalidate_all()
    return len(keep)


def name_server(env, port):
    """Make an SMTP server on 127.0.0.1 the only one."""
    env["ir.mail_server"].search([]).unlink()
    env["ir.mail_server"].create({
        "name": "Bench", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none",
        "smtp_authentication": "login"})
    env.cr.commit()


def deliver(env):
    """Deliver what is approved as the scheduled action does."""
    run = env["leanpay.delivery"].with_context(cron_id=env.ref("leanpay_dunning.ir_cron_deliver").id)
    env.cr.execute("SELECT COALESCE(MAX(letter_id), 0) FROM leanpay_reminder")
    [last] = env.cr.fetchone()
    with watch(env.cr) as figures:
        run._deliver_company(env.company)
    states = dict(env.execute_query(SQL(
        "SELECT state, COUNT(*) FROM leanpay_reminder WHERE letter_id > %s GROUP BY state", last)))
    return vars(figures) | {"states": states, "memory": peak_memory()}
