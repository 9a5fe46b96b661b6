from decimal import Decimal
from itertools import combinations

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.facts import ALWAYS, Scenario
from .leanpay_condition_mixin import CONDITION_FIELDS


class LeanpayScenario(models.Model):
    _name = 'leanpay.scenario'
    _description = "Dunning Scenario"
    _inherit = ['leanpay.condition.mixin']
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index=True, help="Empty: every company may use it.")
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    description = fields.Text(translate=True)
    minimum_amount = fields.Monetary(
        default=0.0,
        help="Nobody is bothered for this amount or less, credits deducted, in company currency. Zero: the minimum of "
             "the company's settings.")
    company_minimum_amount = fields.Monetary(
        string="Company's Minimum", compute='_compute_company_minimum_amount', help="Used when the scenario has none.")
    broken_promise = fields.Selection(
        [('resume', "Go on where it was"), ('firmer', "Next step at once")], string="After a Broken Promise",
        required=True, default='resume',
        help="The day a promise is found broken, its items are chased again: on the days of their steps, or with the "
             "next, firmer step on the same day.")
    step_ids = fields.One2many('leanpay.scenario.step', 'scenario_id', string="Steps", copy=True)
    overlap_warning = fields.Text(compute='_compute_overlap_warning')
    step_count = fields.Integer(compute='_compute_step_count')
    debtor_count = fields.Integer(compute='_compute_debtor_count')

    _minimum_positive = models.Constraint('CHECK(minimum_amount >= 0)', "The minimum amount cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_currency_id(self):
        for scenario in self:
            scenario.currency_id = (scenario.company_id or self.env.company).currency_id

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_company_minimum_amount(self):
        for scenario in self:
            # sudo: whoever sees a scenario sees what it does
            company = (scenario.company_id or self.env.company).sudo()
            scenario.company_minimum_amount = company.dunning_minimum_amount

    @api.depends('step_ids')
    def _compute_step_count(self):
        for scenario in self:
            scenario.step_count = len(scenario.step_ids)

    def _compute_debtor_count(self):
        counts = dict(self.env['leanpay.debtor']._read_group(
            [('scenario_id', 'in', self.ids)], ['scenario_id'], ['__count']))
        for scenario in self:
            scenario.debtor_count = counts.get(scenario, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains('step_ids', 'active')
    def _check_steps(self):
        for scenario in self.filtered('active'):
            scenario._check_one_step_a_day()
            scenario._check_order()

    def _check_one_step_a_day(self):
        """Refuse two steps on one day that surely meet: a customer would get both, one the day after the other."""
        for first, second in self._same_day_steps():
            if first._condition() in (second._condition(), ALWAYS) or second._condition() == ALWAYS:
                raise ValidationError(self.env._(
                    "In the scenario “%(scenario)s”, the steps %(steps)s fall on the same day (%(delay)s days from the "
                    "due date) and a customer may get both. Move one of them, or give each a condition that excludes "
                    "the other, such as two invoice types.",
                    scenario=self.name, delay=first.delay, steps=f"“{first.name}”, “{second.name}”"))

    def _same_day_steps(self):
        """Return the pairs of steps in use that fall on one day."""
        self.ensure_one()
        by_day = self.step_ids.filtered('active').grouped(lambda step: (step.delay, step.end_of_month))
        return [pair for steps in by_day.values() for pair in combinations(steps, 2)]

    @api.depends('step_ids.delay', 'step_ids.end_of_month', 'step_ids.active', *(
        f'step_ids.{name}' for name in CONDITION_FIELDS))
    def _compute_overlap_warning(self):
        for scenario in self:
            texts = [
                self.env._(
                    "“%(first)s” and “%(second)s” fall on the same day, and their conditions may both hold: such a "
                    "customer gets the second one the day after the first.", first=first.name, second=second.name)
                for first, second in scenario._same_day_steps() if not first._excludes(second)]
            scenario.overlap_warning = '\n'.join(texts)

    def _check_order(self):
        """Refuse a level that falls with time, and a formal notice that nothing announces."""
        highest, reminded = -1, False
        for step in self.step_ids.sorted(lambda step: (step.delay, int(step.level))):
            level = int(step.level)
            if level < highest:
                raise ValidationError(self.env._(
                    "In the scenario “%(scenario)s”, the step “%(step)s” is less firm than a step before it. "
                    "Firmness only grows with lateness: change its level or its delay.",
                    scenario=self.name, step=step.name))
            if level >= 4 and not reminded:
                raise ValidationError(self.env._(
                    "In the scenario “%(scenario)s”, the step “%(step)s” comes without an earlier reminder. "
                    "Add a step of level 1, 2 or 3 before it.",
                    scenario=self.name, step=step.name))
            highest, reminded = level, reminded or 1 <= level <= 3

    @api.constrains('active')
    def _check_archived_not_used(self):
        """Refuse to archive what somebody relies on: the next scenario in line would take over without a word."""
        for scenario in self.filtered(lambda scenario: not scenario.active):
            users = scenario._used_by()
            if users:
                raise UserError(self.env._(
                    "The scenario “%(scenario)s” cannot be archived: %(users)s. Choose another one there first.",
                    scenario=scenario.name, users=' ; '.join(users)))

    def _used_by(self):
        """Return who has chosen this scenario, one phrase for each kind, with at most three names."""
        self.ensure_one()
        chosen = [('scenario_id', '=', self.id)]
        invoices = [('dunning_scenario_id', '=', self.id), ('state', '=', 'posted'),
                    ('payment_state', 'not in', ('paid', 'reversed'))]
        # sudo and archived ones: it is in use all the same when others than the user see it
        phrase_of = {
            'res.company': self.env._("the default of %s"),
            'leanpay.payer.profile': self.env._("used by the payer profile %s"),
            'leanpay.debtor': self.env._("chosen for the customer %s"),
            'account.move': self.env._("chosen on the invoice %s"),
        }
        domain_of = {
            'res.company': [('dunning_scenario_id', '=', self.id)], 'leanpay.payer.profile': chosen,
            'leanpay.debtor': chosen, 'account.move': invoices,
        }
        phrases = []
        for model, domain in domain_of.items():
            records = self.env[model].sudo().with_context(active_test=False).search(domain, limit=4)
            if records:
                names = ', '.join(records[:3].mapped('display_name')) + (' …' if len(records) > 3 else '')
                phrases.append(phrase_of[model] % names)
        return phrases

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        """Override of `base` to tell a copy from its original in the lists where one of them is chosen."""
        vals_list = super().copy_data(default)
        if 'name' in (default or {}):
            return vals_list
        return [
            vals | {'name': self.env._("%s (copy)", scenario.name)}
            for scenario, vals in zip(self, vals_list, strict=True)]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo and all companies: the database refuses as well, but does not say what to do
        steps = self.sudo().with_context(active_test=False).step_ids
        debtors = self.env['leanpay.debtor'].sudo().search([('scenario_id', 'in', self.ids)], limit=1)
        if debtors:
            raise UserError(self.env._(
                "The scenario “%(scenario)s” is the one of %(customer)s and maybe of others. Choose another one for "
                "them first.", scenario=debtors.scenario_id.name, customer=debtors.display_name))
        steps._unlink_except_used()

    # === BUSINESS METHODS === #

    def _engine_scenarios(self, company_minimum=0):
        """Return the engine's view of these scenarios, by id, archived steps left out.

        :param company_minimum: amount in company currency, for the scenarios without a minimum of their own
        :rtype: dict[int, engine.facts.Scenario]
        """
        return {
            scenario.id: Scenario(
                id=scenario.id,
                steps=tuple(step._engine_step() for step in scenario.step_ids.filtered('active')),
                minimum=Decimal(str(scenario.minimum_amount or company_minimum)),
                condition=scenario._condition(),
                firmer_when_broken=scenario.broken_promise == 'firmer',
            )
            for scenario in self
        }
