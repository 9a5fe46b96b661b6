from odoo import fields, models

from ..models.leanpay_plan import HOWS


class LeanpayPlanAccept(models.TransientModel):
    """Records that the customer accepts a plan: who, and how."""

    _name = 'leanpay.plan.accept'
    _description = "Accept a Payment Plan"

    plan_id = fields.Many2one('leanpay.plan', required=True, readonly=True)
    name = fields.Char(string="Accepted By", required=True, help="Who agreed for the customer.")
    how = fields.Selection(HOWS, required=True, default='mail')

    def action_accept(self):
        """Start the plan and confirm it to the customer."""
        self.ensure_one()
        self.plan_id._accept(self.name, self.how)
        return self.plan_id._get_records_action()
