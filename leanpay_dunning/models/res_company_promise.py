from odoo import fields, models

from ..engine.workdays import Calendar


class ResCompany(models.Model):
    """What this company lets its collectors agree to: promises."""

    _inherit = 'res.company'

    dunning_promise_grace = fields.Integer(
        string="Bank Days", default=2,
        help="Working days after the promised day during which a payment still keeps the promise: banks take time.")
    dunning_promise_max = fields.Integer(
        string="Open Promises", default=3,
        help="How many open promises a customer may have; a manager may note more. Zero: any number.")
    dunning_promise_days = fields.Integer(
        string="Furthest Promise", default=30,
        help="Days from today beyond which a collector may not note a promise; a manager may. Zero: any day.")
    dunning_promise_confirm = fields.Boolean(
        string="Confirm Promises in Writing", default=True, help="Each promise is confirmed to the customer by e-mail.")

    _dunning_promise_positive = models.Constraint(
        'CHECK(dunning_promise_grace >= 0 AND dunning_promise_max >= 0 AND dunning_promise_days >= 0)',
        "Days and numbers of promises cannot be negative.")

    def _dunning_bank_days(self):
        """Return the days on which banks of this company's country work, whatever days it writes on itself.

        :rtype: engine.workdays.Calendar
        """
        self.ensure_one()
        return Calendar(country=self.country_id.code or None)
