from odoo import fields, models


class LeanpayPayerProfile(models.Model):
    _name = 'leanpay.payer.profile'
    _description = "Payer Profile"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Technical name, used by rules and imports.")
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    strategy = fields.Text(translate=True, help="How to win with customers who pay this way, in one or two sentences.")
    scenario_id = fields.Many2one(
        'leanpay.scenario', ondelete='restrict', domain=[('company_id', '=', False)],
        help="What is done with these customers unless the customer or the invoice says otherwise. "
             "Empty: the company's default scenario.")
    debtor_count = fields.Integer(compute='_compute_debtor_count')

    _code_unique = models.Constraint('UNIQUE(code)', "Another payer profile already uses this technical name.")

    # === COMPUTE METHODS === #

    def _compute_debtor_count(self):
        counts = dict(self.env['leanpay.debtor']._read_group(
            [('profile_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids)],
            ['profile_id'], ['__count']))
        for profile in self:
            profile.debtor_count = counts.get(profile, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Suggest an archived profile to nobody any more."""
        result = super().write(vals)
        if not vals.get('active', True):
            # sudo: profiles are of all companies, and so is what was suggested
            self.env['leanpay.debtor'].sudo().search([('suggested_profile_id', 'in', self.ids)])._forget_suggestion()
        return result

    # === ACTION METHODS === #

    def action_view_debtors(self):
        """Open the debtors of this profile."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_debtor_action')
        return action | {'domain': [('profile_id', 'in', self.ids)], 'context': {}}
