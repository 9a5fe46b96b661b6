from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.settlement import settled


class LeanpayDebtor(models.Model):
    """Payment plans: making one, and those there are."""

    _inherit = 'leanpay.debtor'

    plan_ids = fields.One2many('leanpay.plan', 'debtor_id', readonly=True)
    plan_count = fields.Integer(compute='_compute_plan_count')

    @api.depends('plan_ids')
    def _compute_plan_count(self):
        for debtor in self:
            debtor.plan_count = len(debtor.plan_ids)

    # === ACTION METHODS === #

    def action_plan(self):
        """Open the simulator of a plan for this debtor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_plan_make_action')
        return action | {'context': {'default_debtor_id': self.id}}

    def action_view_plans(self):
        """Open the plans of this debtor."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_plan_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _plan(self, items, instalments, interest_rule='suspend', note=''):
        """Make a plan, as a draft: nothing stops until it is proposed or accepted.

        :param items: account.move.line, what the plan pays in whole
        :param instalments: [(date, amount), …]
        :param interest_rule: key of `leanpay.plan.interest_rule`
        :raise UserError: what is wrong, and what to do
        :return: leanpay.plan
        """
        self.ensure_one()
        self.check_access('write')
        items = self._agreed_items(items)
        company, currency = self.company_id, items.currency_id
        if not instalments or any(amount <= 0 for _day, amount in instalments):
            raise UserError(self.env._("A plan needs at least one instalment, each of more than zero."))
        settlements = self.env['leanpay.settlements'].sudo()._of(items)  # sudo: only read to compare later
        # sudo: a plan is made through here only, after the access to its debtor was checked
        plan = self.env['leanpay.plan'].sudo().create({
            'debtor_id': self.id, 'currency_id': currency.id, 'user_id': self.env.uid,
            'date': company._dunning_today(), 'note': note or False, 'interest_rule': interest_rule,
            'amount': float(sum(Decimal(str(currency.round(item.amount_residual_currency))) for item in items)),
            'breach_days': company.dunning_plan_breach_days, 'breach_missed': company.dunning_plan_breach_missed,
            'valid_until': company._dunning_today() + timedelta(days=company.dunning_plan_validity),
            'item_ids': [Command.create({
                'move_line_id': item.id, 'amount': item.amount_residual_currency,
                'amount_paid_before': float(settled(settlements[item.id], 'payment')),
                'amount_credited_before': float(settled(settlements[item.id], 'credit'))}) for item in items],
            'instalment_ids': [Command.create({'date': day, 'amount': float(amount), 'amount_due': float(amount)})
                               for day, amount in instalments],
        }).sudo(False)
        plan._check_schedule()
        plan._check_free()
        return plan

    def _settled(self, items):
        """Extend to judge again the plans about these items."""
        super()._settled(items)
        lines = self.env['leanpay.plan.item'].sudo().search([('move_line_id', 'in', items.ids)])
        lines.plan_id._judge()
