from odoo import fields, models


class LeanpayInterestBooking(models.Model):
    """The part of a claim that an entry booked; negative where it took a booked part back."""

    _name = 'leanpay.interest.booking'
    _description = "Booking of Late Interest"
    _order = 'id'

    claim_id = fields.Many2one('leanpay.interest.claim', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='claim_id.company_id')
    currency_id = fields.Many2one(related='claim_id.currency_id')
    move_id = fields.Many2one('account.move', string="Entry", required=True, index=True, ondelete='cascade')
    amount = fields.Monetary(required=True)
