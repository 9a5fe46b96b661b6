from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LeanpayInterestTier(models.Model):
    """One bracket of a regime's recovery indemnity: a fixed part, and a percentage of what exceeds the one before."""

    _name = 'leanpay.interest.tier'
    _description = "Bracket of a Recovery Indemnity"
    _order = 'regime_id, sequence, id'

    regime_id = fields.Many2one('leanpay.interest.regime', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    up_to = fields.Float(string="Debts Up To", help="In the currency of the debt. 0: without bound.")
    included = fields.Boolean(
        string="Bound Included", default=True, help="Whether a debt of exactly that amount is in this bracket.")
    amount = fields.Float(help="Fixed part.")
    percent = fields.Float(help="Of the part of the debt over the bracket before.")

    @api.constrains('up_to', 'amount', 'percent')
    def _check_figures(self):
        for tier in self:
            if tier.up_to < 0 or tier.amount < 0 or not 0 <= tier.percent <= 100:
                raise ValidationError(self.env._(
                    "A bracket has a bound and an amount that are not negative, and a percentage from 0 to 100."))
