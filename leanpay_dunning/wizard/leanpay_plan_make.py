from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..engine.plan import months_for, schedule

COUNT = 3


class LeanpayPlanMake(models.TransientModel):
    """Simulates a plan: so much a month, or in so many months; proposes it, or records that it was accepted."""

    _name = 'leanpay.plan.make'
    _inherit = ['leanpay.agreement.dialog']
    _description = "Make a Payment Plan"
    _check_company_auto = True

    count = fields.Integer(string="Instalments", default=COUNT, required=True)
    first_date = fields.Date(
        string="First Payment On", compute='_compute_first_date', store=True, readonly=False, required=True,
        precompute=True,
        help="A plan begins with a payment now: it shows that the customer means it.")
    first_amount = fields.Monetary(
        string="First Payment", help="More, or less, than the others. Zero: the same as the others.")
    monthly = fields.Monetary(
        string="A Month", compute='_compute_monthly', readonly=False, store=True,
        help="Change it to find how many instalments that makes.")
    interest_rule = fields.Selection(
        [('continue', "Runs on"), ('suspend', "None while the plan is kept")], string="Late Interest", required=True,
        default='suspend')
    note = fields.Char(string="Details")
    preview_html = fields.Html(compute='_compute_preview_html', sanitize=False, string="Schedule")

    # === COMPUTE METHODS === #

    @api.depends('debtor_id')
    def _compute_first_date(self):
        for wizard in self:
            wizard.first_date = (wizard.company_id or self.env.company)._dunning_today()

    @api.depends('total', 'count', 'first_amount')
    def _compute_monthly(self):
        for wizard in self:
            instalments = wizard._schedule()
            wizard.monthly = float(instalments[-1].amount) if instalments else 0

    @api.depends('total', 'count', 'first_amount', 'first_date')
    @api.depends_context('lang')
    def _compute_preview_html(self):
        for wizard in self:
            rows = [
                {'number': number, 'date': format_date(self.env, each.date),
                 'amount': format_amount(self.env, float(each.amount), wizard.currency_id)}
                for number, each in enumerate(wizard._schedule(), 1)]
            wizard.preview_html = self.env['ir.qweb']._render('leanpay_dunning.plan_preview', {'rows': rows})

    @api.onchange('monthly')
    def _onchange_monthly(self):
        """Find how many instalments of that amount pay the total."""
        try:
            count = months_for(self._exact(self.total), self._exact(self.monthly), self._first())
        except ValueError:
            return
        if count != self.count and self.monthly:
            self.count = count

    # === ACTION METHODS === #

    def action_propose(self):
        """Make the plan and send it to the customer."""
        plan = self._make()
        plan.action_propose()
        return plan._get_records_action()

    def action_accepted(self):
        """Make the plan and record that the customer has accepted it."""
        plan = self._make()
        return plan.action_accept()

    def action_draft(self):
        """Make the plan as a draft, to change its instalments one by one."""
        return self._make()._get_records_action()

    # === BUSINESS METHODS === #

    def _exact(self, amount):
        return Decimal(str(self.currency_id.round(amount) if self.currency_id else amount))

    def _first(self):
        return self._exact(self.first_amount) if self.first_amount else None

    def _schedule(self):
        """Return the instalments, empty while the numbers make no sense.

        :rtype: tuple[engine.plan.Instalment, ...]
        """
        if not (self.total > 0 and self.first_date):
            return ()
        cent = Decimal(str(self.currency_id.rounding))
        try:
            return schedule(self._exact(self.total), self.first_date, self.count, self._first(), cent)
        except ValueError:
            return ()

    def _make(self):
        self.ensure_one()
        instalments = self._schedule()
        if not instalments:
            raise UserError(self.env._(
                "These numbers make no plan: choose invoices, one instalment or more, and a first payment below the "
                "total."))
        plan = self.debtor_id._plan(self.item_ids, instalments, self.interest_rule, self.note or '')
        self.reply_id._read_as('plan')
        return plan
