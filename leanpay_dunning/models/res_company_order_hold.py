from odoo import fields, models

from ..engine.order_hold import Rule
from .const import LEVELS


class ResCompany(models.Model):
    """Which customers' orders and deliveries are let through."""

    _inherit = 'res.company'

    dunning_order_hold = fields.Selection(
        [('off', "Let them through"), ('warn', "Warn"), ('block', "Block")], string="Orders of Late Payers",
        required=True, default='off',
        help="What happens to new orders and deliveries of customers who owe too much for too long. What they dispute, "
             "promised, pay by a plan or are paying is not held against them.")
    # Without the preventive level, which reproaches nothing.
    dunning_order_hold_level = fields.Selection(
        LEVELS[1:], string="From Level", default='4',
        help="When an item still open was really reminded up to this level. Empty: whatever the level.")
    dunning_order_hold_days = fields.Integer(
        string="Overdue for More Than", default=30,
        help="Days after the due date of the oldest open item. 0: however late.")
    dunning_order_hold_limit = fields.Boolean(
        string="Over Their Credit Limit", default=True,
        help="The limit that Odoo keeps on the customer, where the company uses credit limits.")

    _dunning_order_hold_days_positive = models.Constraint(
        'CHECK(dunning_order_hold_days BETWEEN 0 AND 3650)',
        "The number of days overdue must be between 0 and 3650.")

    def _dunning_order_rule(self):
        """Return whose orders are held, as the engine reads it.

        :rtype: engine.order_hold.Rule
        """
        self.ensure_one()
        return Rule(
            mode=self.dunning_order_hold if self.dunning_active and self.dunning_order_hold != 'off' else 'none',
            level=int(self.dunning_order_hold_level) if self.dunning_order_hold_level else None,
            days=self.dunning_order_hold_days or None,
            limit=self.account_use_credit_limit and self.dunning_order_hold_limit)
