from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby


class LeanpayInterestWaive(models.TransientModel):
    """A manager gives up late interest or indemnities, whole or in part, and says why."""

    _name = 'leanpay.interest.waive'
    _description = "Waive Late Interest"

    claim_ids = fields.Many2many('leanpay.interest.claim', string="Claims", required=True)
    company_id = fields.Many2one('res.company', compute='_compute_amounts')
    currency_id = fields.Many2one('res.currency', compute='_compute_amounts')
    amount_claimed = fields.Monetary(compute='_compute_amounts', help="What is not waived yet.")
    extent = fields.Selection([
        ('for_good', "All of it, and what would accrue later"),
        ('to_date', "All of it, to date"),
        ('part', "A part of it"),
    ], string="Waive", required=True, default='for_good')
    amount = fields.Monetary(string="Amount Waived", help="Taken off the oldest claims first.")
    reason = fields.Char(required=True)

    @api.depends('claim_ids')
    def _compute_amounts(self):
        for wizard in self:
            currencies = wizard.claim_ids.currency_id
            wizard.company_id = wizard.claim_ids.company_id[:1]
            wizard.currency_id = currencies if len(currencies) == 1 else False
            wizard.amount_claimed = sum(map(_left, wizard.claim_ids)) if wizard.currency_id else 0

    def action_waive(self):
        """Record the waivers, and take back from the books what was booked of them."""
        self.ensure_one()
        # The list of claims comes from the browser: only what this user may read is waived.
        self.claim_ids.check_access('read')
        if not self.env.user.has_group('leanpay_dunning.group_collections_manager'):
            raise UserError(self.env._("Only a collections manager waives late interest."))
        if not (self.reason or '').strip():
            raise UserError(self.env._("Say why: the reason is kept with the claim."))
        shares = self._shares()
        # sudo: waivers are written by this dialog only, and the entry that follows belongs to the company
        self.env['leanpay.interest.waiver'].sudo().create([{
            'claim_id': claim.id, 'amount': share, 'for_good': self.extent == 'for_good',
            'reason': self.reason.strip(), 'user_id': self.env.user.id} for claim, share in shares.items()])
        for debtor, claims in groupby(self.claim_ids.sudo(), key=lambda claim: claim.debtor_id):
            own = claims[0].union(*claims)
            booked = own.filtered('amount_booked')
            if booked:
                self.env['leanpay.interest.book'].sudo()._book(booked, debtor.company_id._dunning_today())
            debtor.sudo()._evidence('waiver', self.env._("Waiver of late interest"), {
                'reason': self.reason.strip(), 'extent': self.extent, 'claims': [
                    [claim.move_id.name or '', claim.kind, claim.currency_id.name, str(shares[claim])]
                    for claim in self.claim_ids if claim.debtor_id == debtor and claim in shares]})
            debtor.message_post(body=self.env._(
                "%(user)s waived late interest or indemnities of %(invoices)s: %(reason)s", user=self.env.user.name,
                invoices=', '.join(dict.fromkeys(claim.move_id.name or '' for claim in own)), reason=self.reason))
        return {'type': 'ir.actions.act_window_close'}

    def _shares(self):
        """Return {claim: amount to waive}."""
        if self.extent != 'part':
            return {claim: _left(claim) for claim in self.claim_ids if _left(claim) or self.extent == 'for_good'}
        if not self.currency_id:
            raise UserError(self.env._(
                "These claims are in several currencies: waive a part of one currency at a time."))
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("The amount to waive must be positive."))
        if self.currency_id.compare_amounts(self.amount, self.amount_claimed) > 0:
            raise UserError(self.env._("No more can be waived than what is claimed."))
        left, shares = self.amount, {}
        for claim in self.claim_ids.sorted(lambda one: (one.move_line_id.date_maturity, one.id)):
            share = min(left, _left(claim))
            if share:
                shares[claim] = share
                left = self.currency_id.round(left - share)
        return shares


def _left(claim):
    """Return what is not waived of a claim, booked or not."""
    return max(claim.currency_id.round(claim.amount - claim.amount_waived), 0)
