from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of orders on hold."""

    _inherit = 'res.config.settings'

    dunning_order_hold = fields.Selection(related='company_id.dunning_order_hold', readonly=False, required=True)
    dunning_order_hold_level = fields.Selection(related='company_id.dunning_order_hold_level', readonly=False)
    dunning_order_hold_days = fields.Integer(related='company_id.dunning_order_hold_days', readonly=False)
    dunning_order_hold_limit = fields.Boolean(related='company_id.dunning_order_hold_limit', readonly=False)
