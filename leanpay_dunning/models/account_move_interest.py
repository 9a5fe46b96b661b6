from odoo import api, fields, models

from .const import READERS


class AccountMove(models.Model):
    """What an invoice bears when it is paid late, and the law or the clause that says so."""

    _name = 'account.move'
    _inherit = ['account.move', 'leanpay.contract.rate.mixin']

    dunning_regime_id = fields.Many2one(
        'leanpay.interest.regime', string="Late-Interest Regime", copy=False, ondelete='restrict',
        help="Only for this invoice. Empty: the customer's, else the law of the company's country.", groups=READERS)
    dunning_rate_kind = fields.Selection(groups=READERS)
    dunning_rate_value = fields.Float(groups=READERS)
    dunning_rate_index = fields.Char(groups=READERS)
    dunning_claim_move = fields.Boolean(
        string="Claim of Late Interest", readonly=True, copy=False, groups=READERS,
        help="A debit note of late interest or of an indemnity: it bears neither itself.")
    dunning_interest = fields.Monetary(
        string="Late Interest", compute='_compute_dunning_interest', compute_sudo=True, groups=READERS,
        help="What the law allows to claim today, in the invoice's currency; outside VAT.")
    dunning_indemnity = fields.Monetary(
        string="Recovery Indemnity", compute='_compute_dunning_interest', compute_sudo=True, groups=READERS)

    @api.depends('line_ids.amount_residual_currency', 'line_ids.date_maturity', 'dunning_regime_id', 'state',
        'dunning_rate_kind', 'dunning_rate_value', 'dunning_rate_index')
    def _compute_dunning_interest(self):
        items = self.line_ids.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and item.parent_state == 'posted')
        results = self.env['leanpay.late.interest']._of_items(items)
        for move in self:
            found = [results[item.id] for item in move.line_ids if item.id in results]
            move.dunning_interest = float(sum(result.interest_open for result in found))
            move.dunning_indemnity = float(sum(result.indemnity for result in found))

    # === BUSINESS METHODS === #

    def _dunning_portal_charges(self):
        """Return what the customer's page of this invoice says of late interest, None when it says nothing.

        :return: {'interest', 'indemnity', 'total' (with what is left of it), 'until'} in the invoice's currency
        """
        self.ensure_one()
        company = self.company_id.sudo()
        if not company.dunning_portal_charges or self.state != 'posted' or not self.is_sale_document():
            return None
        # sudo: the law, the clauses and what was waived are not the customer's to read, the figure is
        move = self.sudo()
        items = move.line_ids.filtered(lambda item: item.account_id.account_type == 'asset_receivable')
        results = move.env['leanpay.late.interest']._of_items(items)
        settled = move.env['leanpay.interest.claim']._settled(items)
        interest = indemnity = 0
        for item_id, result in results.items():
            settled_interest, settled_indemnity = settled(item_id, result)
            interest += max(result.interest_open - settled_interest, 0)
            indemnity += max(result.indemnity - settled_indemnity, 0)
        if not interest and not indemnity:
            return None
        return {
            'interest': float(interest), 'indemnity': float(indemnity),
            'total': move.amount_residual + float(interest + indemnity), 'until': company._dunning_today()}
