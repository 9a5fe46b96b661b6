from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    dunning_promise_grace = fields.Integer(related='company_id.dunning_promise_grace', readonly=False)
    dunning_promise_max = fields.Integer(related='company_id.dunning_promise_max', readonly=False)
    dunning_promise_days = fields.Integer(related='company_id.dunning_promise_days', readonly=False)
    dunning_promise_confirm = fields.Boolean(related='company_id.dunning_promise_confirm', readonly=False)
