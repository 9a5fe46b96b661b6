from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    dunning_plan_amount = fields.Monetary(related='company_id.dunning_plan_amount', readonly=False)
    dunning_plan_months = fields.Integer(related='company_id.dunning_plan_months', readonly=False)
    dunning_plan_months_max = fields.Integer(related='company_id.dunning_plan_months_max', readonly=False)
    dunning_plan_breach_days = fields.Integer(related='company_id.dunning_plan_breach_days', readonly=False)
    dunning_plan_breach_missed = fields.Integer(related='company_id.dunning_plan_breach_missed', readonly=False)
    dunning_plan_validity = fields.Integer(related='company_id.dunning_plan_validity', readonly=False)
    dunning_plan_remind_days = fields.Integer(related='company_id.dunning_plan_remind_days', readonly=False)
