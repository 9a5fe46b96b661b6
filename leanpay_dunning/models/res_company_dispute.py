from odoo import fields, models


class ResCompany(models.Model):
    """What this company writes to customers who dispute."""

    _inherit = 'res.company'

    dunning_dispute_confirm = fields.Boolean(
        string="Acknowledge Disputes", default=True, help="Each dispute is acknowledged to the customer by e-mail.")
