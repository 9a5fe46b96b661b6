from odoo import fields, models


class ResCompany(models.Model):
    """Whom collectors ask about deliveries."""

    _inherit = 'res.company'

    dunning_delivery_user_id = fields.Many2one(
        'res.users', string="Delivery Desk", domain=[('share', '=', False)],
        help="Who is asked whether, when and in which state something was delivered.")
