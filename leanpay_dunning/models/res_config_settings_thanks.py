from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of thanks."""

    _inherit = 'res.config.settings'

    dunning_thanks = fields.Boolean(related='company_id.dunning_thanks', readonly=False)
    dunning_thanks_amount = fields.Monetary(related='company_id.dunning_thanks_amount', readonly=False)
    dunning_thanks_days = fields.Integer(related='company_id.dunning_thanks_days', readonly=False)
    dunning_thanks_level = fields.Selection(related='company_id.dunning_thanks_level', readonly=False, required=True)
