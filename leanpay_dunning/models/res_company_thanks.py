from datetime import UTC
from decimal import Decimal

from odoo import fields, models

from ..engine.thanks import Rule
from .const import LEVELS


class ResCompany(models.Model):
    """Who is thanked for having paid."""

    _inherit = 'res.company'

    dunning_thanks = fields.Boolean(
        string="Thank for Late Payments",
        help="The day after, one courteous e-mail to who was reminded and has paid in full. Never during a dispute, a "
             "hold or a case, and never twice for an item.")
    dunning_thanks_amount = fields.Monetary(string="From an Amount of", help="Company currency, tax included.")
    dunning_thanks_days = fields.Integer(string="Paid Late By", default=1, help="Days after the due date, at least.")
    dunning_thanks_level = fields.Selection(
        LEVELS[1:], string="Reminded up to", required=True, default='1', help="At least up to this level.")

    _dunning_thanks_positive = models.Constraint(
        'CHECK(dunning_thanks_amount >= 0 AND dunning_thanks_days BETWEEN 1 AND 3650)',
        "Thank from an amount that is not negative, and for payments at least one day late.")

    def _dunning_thanks_rule(self):
        """Return who deserves thanks, as the engine reads it.

        :rtype: engine.thanks.Rule
        """
        self.ensure_one()
        return Rule(
            Decimal(str(self.currency_id.round(self.dunning_thanks_amount))), self.dunning_thanks_days,
            int(self.dunning_thanks_level))

    def _dunning_day_of(self, moment):
        """Return the day that a moment is in this company.

        :param moment: naive datetime in UTC
        """
        return self._dunning_today(moment.replace(tzinfo=UTC))
