from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of questions to colleagues."""

    _inherit = 'res.config.settings'

    dunning_delivery_user_id = fields.Many2one(related='company_id.dunning_delivery_user_id', readonly=False)
