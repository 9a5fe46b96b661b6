from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of late interest and of personal data."""

    _inherit = 'res.config.settings'

    dunning_rate_kind = fields.Selection(related='company_id.dunning_rate_kind', readonly=False)
    dunning_rate_value = fields.Float(related='company_id.dunning_rate_value', readonly=False)
    dunning_rate_index = fields.Char(related='company_id.dunning_rate_index', readonly=False)
    dunning_claim_booking = fields.Selection(
        related='company_id.dunning_claim_booking', readonly=False, required=True)
    dunning_claim_journal_id = fields.Many2one(related='company_id.dunning_claim_journal_id', readonly=False)
    dunning_interest_account_id = fields.Many2one(related='company_id.dunning_interest_account_id', readonly=False)
    dunning_indemnity_account_id = fields.Many2one(related='company_id.dunning_indemnity_account_id', readonly=False)
    dunning_portal_charges = fields.Boolean(related='company_id.dunning_portal_charges', readonly=False)

    dunning_note_months = fields.Integer(related='company_id.dunning_note_months', readonly=False)
    dunning_profile_months = fields.Integer(related='company_id.dunning_profile_months', readonly=False)

    def action_interest_choices(self):
        """Open the questions that the law leaves open, with this company's answers."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("What the law leaves open"), 'target': 'new',
            'res_model': 'res.company', 'res_id': self.company_id.id, 'view_mode': 'form',
            'views': [(self.env.ref('leanpay_dunning.res_company_view_form_interest').id, 'form')]}
