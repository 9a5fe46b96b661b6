from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    dunning_active = fields.Boolean(related='company_id.dunning_active', readonly=False)
    dunning_scenario_id = fields.Many2one(related='company_id.dunning_scenario_id', readonly=False)
    dunning_first_run = fields.Selection(related='company_id.dunning_first_run', readonly=False, required=True)
    dunning_start_date = fields.Date(related='company_id.dunning_start_date', readonly=False)
    dunning_approved = fields.Boolean(related='company_id.dunning_approved', readonly=False)
    dunning_minimum_amount = fields.Monetary(related='company_id.dunning_minimum_amount', readonly=False)
    dunning_contact_gap = fields.Integer(related='company_id.dunning_contact_gap', readonly=False)
    dunning_sent_grace = fields.Integer(related='company_id.dunning_sent_grace', readonly=False)
    dunning_window_start = fields.Float(related='company_id.dunning_window_start', readonly=False)
    dunning_window_end = fields.Float(related='company_id.dunning_window_end', readonly=False)
    dunning_weekdays = fields.Selection(related='company_id.dunning_weekdays', readonly=False, required=True)
    dunning_tz = fields.Selection(related='company_id.dunning_tz', readonly=False, required=True)
    dunning_email_from = fields.Char(related='company_id.dunning_email_from', readonly=False)
    dunning_bank_account_id = fields.Many2one(
        'res.partner.bank', string="Bank Account Named", compute='_compute_dunning_bank')
    dunning_bank_trouble = fields.Text(compute='_compute_dunning_bank')
    dunning_user_id = fields.Many2one(related='company_id.dunning_user_id', readonly=False)
    dunning_profile_mode = fields.Selection(
        related='company_id.dunning_profile_mode', readonly=False, required=True)

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_dunning_bank(self):
        for settings in self:
            settings.dunning_bank_account_id = settings.company_id._dunning_bank_account()
            settings.dunning_bank_trouble = '\n'.join(settings.company_id._dunning_bank_trouble())
