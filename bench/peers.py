"""OCA's account_credit_control on the same items: generating its lines, and sending its mails with their PDF."""
from odoo.tools import SQL

from .watch import peak_memory, watch

ADDON = "account_credit_control"


def set_up(env):
    """Give the company OCA's own “3 time policy”, for its receivable accounts."""
    policy = env.ref(f"{ADDON}.credit_control_3_time")
    policy.account_ids = env["account.account"].search([("account_type", "=", "asset_receivable")])
    env.company.credit_policy_id = policy
    env.company.credit_control_tolerance = 0.1
    env.cr.commit()


def as_user(env):
    """OCA has no scheduled action: a person presses the button, with the rights and the followers of a person."""
    return env(user=env.ref("base.user_admin").id)


def generate_lines(env, items=None):
    """Generate the lines of today, as OCA's button does.

    :param items: how many of the open items to leave to OCA; all of them when None
    """
    if items:
        env.cr.execute(SQL(
            """
            UPDATE account_move_line line SET parent_state = 'cancel' FROM bench_item item
             WHERE line.move_id = item.move_id AND item.n >= %s
            """, items))
        env.cr.commit()
    run = env["credit.control.run"].create({"date": _today(env)})
    env.cr.commit()
    with watch(env.cr) as figures:
        run.generate_credit_lines()
        env.cr.commit()
    return vars(figures) | {"lines": len(run.line_ids), "memory": peak_memory()}


def _today(env):
    return env["credit.control.run"]._fields["date"].context_today(env.user)


def send(env, count):
    """Send mails of the lines just generated with the summary as PDF, as OCA's run does.

    :param count: number of communications, one mail each
    """
    today = _today(env)
    run = env["credit.control.run"].search([("date", "=", today)], limit=1, order="id DESC")
    lines = run.line_ids.filtered(lambda line: line.channel == "email")
    partners = lines.partner_id[:count]
    lines = lines.filtered(lambda line: line.partner_id in partners)
    lines.write({"state": "to_be_sent"})
    communications = env["credit.control.communication"]._generate_comm_from_credit_lines(lines)[:count]
    env.cr.commit()
    with watch(env.cr) as figures:
        communications._generate_emails()
        mails = env["mail.mail"].search([("model", "=", communications._name), ("res_id", "in", communications.ids)])
        mails.filtered(lambda mail: mail.state == "outgoing").send()
        env.cr.commit()
    sent = mails.exists().filtered(lambda mail: mail.state == "sent")
    with_pdf = sent.filtered(lambda mail: "application/pdf" in mail.attachment_ids.mapped("mimetype"))
    return vars(figures) | {"sent": len(sent), "with_pdf": len(with_pdf)}
