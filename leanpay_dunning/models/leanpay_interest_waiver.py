from odoo import fields, models
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

    def write(self, vals):
        """Refuse: what was waived, by whom and why, stays."""
        if vals:
            raise UserError(self.env._("A waiver is a decision on record: it cannot be changed."))
        return super().write(vals)
