from odoo import api, fields, models
from odoo.exceptions import UserError


class LeanpayInterestWaiver(models.Model):
    """A manager gave up a claim, or part of it, and said why."""

    _name = 'leanpay.interest.waiver'
    _description = "Waiver of Late Interest"
    _order = 'id DESC'

    claim_id = fields.Many2one('leanpay.interest.claim', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='claim_id.company_id')
    currency_id = fields.Many2one(related='claim_id.currency_id')
    amount = fields.Monetary(required=True)
    for_good = fields.Boolean(help="Also what would accrue later.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one('res.users', string="Waived By", required=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Record what was given up: it is evidence too."""
        waivers = super().create(vals_list)
        self.env['leanpay.evidence.event']._note([{
            'debtor': waiver.claim_id.debtor_id, 'kind': 'waiver', 'record': waiver,
            'summary': self.env._("Waived: %(amount)s %(currency)s of %(invoice)s, %(reason)s", amount=waiver.amount,
                                  currency=waiver.currency_id.name, invoice=waiver.claim_id.move_id.name or '',
                                  reason=waiver.reason),
            'payload': {'amount': str(waiver.currency_id.round(waiver.amount)), 'currency': waiver.currency_id.name,
                        'for_good': waiver.for_good, 'reason': waiver.reason,
                        'invoice': waiver.claim_id.move_id.name or '', 'waived_by': waiver.user_id.login}}
            for waiver in waivers])
        return waivers

    def write(self, vals):
        """Refuse: what was waived, by whom and why, stays."""
        if vals:
            raise UserError(self.env._("A waiver is a decision on record: it cannot be changed."))
        return super().write(vals)
