from odoo import fields, models


class LeanpayDisputeStep(models.Model):
    """One thing to do about a dispute, ticked off by who did it."""

    _name = 'leanpay.dispute.step'
    _description = "Step of a Dispute"
    _order = 'dispute_id, sequence, id'

    dispute_id = fields.Many2one('leanpay.dispute', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='dispute_id.company_id', store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What to Do", required=True)
    done = fields.Boolean()
