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
    statement_schedule = fields.Selection(
        [('none', "None"), ('monthly', "Each month"), ('before_due', "Before due dates")],
        string="Statements of Account", required=True, default='none',
        help="Sent by e-mail to customers of this profile who owe something.")
    statement_day = fields.Integer(string="Day of the Month", default=1)
    statement_days = fields.Integer(
        string="Days Before", default=5,
        help="An item is announced between twice these days and these days before it falls due: no more than one "
             "statement in so many days, whatever falls due.")
    debtor_count = fields.Integer(compute='_compute_debtor_count')

    _code_unique = models.Constraint('UNIQUE(code)', "Another payer profile already uses this technical name.")

    _statement_day_exists = models.Constraint(
        'CHECK(statement_day BETWEEN 1 AND 28)', "Statements go out on a day from 1 to 28, which every month has.")
    _statement_days_positive = models.Constraint(
        'CHECK(statement_days BETWEEN 0 AND 60)', "Statements go out from 0 to 60 days before a due date.")

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
