from odoo import fields, models


class ResCompany(models.Model):
    """How long what was noted about customers is kept once they owe nothing."""

    _inherit = 'res.company'

    dunning_note_months = fields.Integer(
        string="Keep Notes", default=12, help="Months after a customer owes nothing any more. 0: for ever.")
    dunning_profile_months = fields.Integer(
        string="Keep Payer Profiles", default=24, help="Months after a customer owes nothing any more. 0: for ever.")
