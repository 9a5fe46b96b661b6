"""OCA's account_credit_control on the same items: generating its lines, and sending its mails with their PDF."""
from odoo.tools import SQL

from .watch import peak_memory, watch

ADDON = "account_credit_control"
PACKAGE = "odoo-addon-account-credit-control"
VERSION = "19.0.*"


def set_up(env):
    """Give the company OCA's own “3 time policy”, for its receivable accounts."""
    policy = env.ref(f"{ADDON}.credit_control_3_time")
    policy.account_ids = env["account.account"].search([("account_type", "=", "asset_receivable")])
    env.company.credit_policy_id = policy
    env.company.credit_control_tolerance = 0.1
    env.cr.commit()


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
