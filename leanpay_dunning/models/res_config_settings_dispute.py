from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    dunning_dispute_confirm = fields.Boolean(related='company_id.dunning_dispute_confirm', readonly=False)
