from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..engine.dispute import OPEN


class LeanpayDebtor(models.Model):
    """Disputes: opening one, and what is disputed now."""

    _inherit = 'leanpay.debtor'

    dispute_ids = fields.One2many('leanpay.dispute', 'debtor_id', readonly=True)
    open_dispute_count = fields.Integer(compute='_compute_open_dispute_count')
    dispute_count = fields.Integer(compute='_compute_open_dispute_count')

    @api.depends('dispute_ids.state')
    def _compute_open_dispute_count(self):
        for debtor in self:
            debtor.dispute_count = len(debtor.dispute_ids)
            debtor.open_dispute_count = len(debtor.dispute_ids.filtered(lambda dispute: dispute.state in OPEN))

    # === ACTION METHODS === #

    def action_dispute(self):
        """Open the dialog that notes a dispute of this debtor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_dispute_open_action')
        return action | {'context': {'default_debtor_id': self.id}}

    def action_view_disputes(self):
        """Open the disputes of this debtor."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_dispute_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _dispute(self, amounts, category, description='', source='person', attachments=None):
        """Note that the customer disputes items, stop the clock of what is disputed and acknowledge it in writing.

        :param amounts: {account.move.line: amount disputed, None for all that is owed}
        :param category: leanpay.dispute.category, or the code of one
        :param description: what the customer says
        :param source: key of `leanpay.dispute.source`
        :param attachments: ir.attachment sent by the customer
        :raise UserError: what is wrong, and what to do
        :return: leanpay.dispute
        """
        self.ensure_one()
        self.check_access('write')
        items = self._agreed_items(amounts)
        if isinstance(category, str):
            category = self.env['leanpay.dispute.category']._by_code(category)
        if not category:
            raise UserError(self.env._("Choose what the dispute is about: its category says who answers, and when."))
        if attachments:
            attachments.check_access('read')
        parts = self._disputed_parts(items, amounts)
        company, today = self.company_id, self.company_id._dunning_today()
        # sudo: a dispute is noted through here only, after the access to its debtor was checked
        dispute = self.env['leanpay.dispute'].sudo().create({
            'debtor_id': self.id, 'currency_id': items.currency_id.id, 'user_id': self.env.uid, 'date': today,
            'category_id': category.id, 'description': description or False, 'source': source,
            'owner_id': category._owner(self, items).id, 'amount': sum(parts.values()),
            'deadline': category._deadline(company),
            'line_ids': [Command.create({
                'move_line_id': item.id, 'amount': parts[item],
                'amount_owed': item.amount_residual_currency}) for item in items],
            'step_ids': [Command.create({'name': line.strip(), 'sequence': rank}) for rank, line in enumerate(
                (category.procedure or '').splitlines()) if line.strip()],
            'attachment_ids': [Command.set(attachments.ids if attachments else [])],
        }).sudo(False)
        if attachments:
            # sudo: the files are those of the dispute from now on, whoever brought them
            attachments.sudo().write({'res_model': dispute._name, 'res_id': dispute.id, 'company_id': company.id})
        dispute._tell(self.env._("Dispute"))
        dispute._stop_the_clock(self.env._("disputed: %s", dispute.name))
        dispute._ask_owner()
        if company.dunning_dispute_confirm:
            dispute._confirm('leanpay_dunning.mail_template_dispute')
        return dispute

    def _disputed_parts(self, items, amounts):
        """Return {item: amount disputed}.

        :raise UserError: an amount is above what is left to dispute of its item, or not positive
        """
        given = amounts if isinstance(amounts, dict) else dict.fromkeys(items)
        disputed = self._disputed_amounts()
        parts = {}
        for item in items:
            currency = item.currency_id
            left = currency.round(item.amount_residual_currency - disputed.get(item.id, 0))
            if left <= 0:
                raise UserError(self.env._(
                    "%(item)s is already disputed in full: add to that dispute instead.", item=item.display_name))
            part = left if given[item] is None else currency.round(given[item])
            if part <= 0:
                raise UserError(self.env._("Say how much of %s is disputed: more than zero.", item.display_name))
            if part > left:
                raise UserError(self.env._(
                    "%(amount)s is more than what is left to dispute of %(item)s, %(balance)s. Lower the amount.",
                    amount=format_amount(self.env, part, currency), item=item.display_name,
                    balance=format_amount(self.env, left, currency)))
            parts[item] = part
        return parts

    def _disputed_amounts(self):
        """Return what open disputes of these debtors dispute now, {item id: amount}."""
        # sudo: only compared
        lines = self.env['leanpay.dispute.line'].sudo()._read_group(
            [('dispute_id.debtor_id', 'in', self.ids), ('dispute_id.state', 'in', OPEN)],
            ['move_line_id'], ['amount:sum'])
        return {item.id: amount for item, amount in lines}
