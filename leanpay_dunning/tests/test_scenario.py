from itertools import pairwise

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestScenarioRules(ModelsCase):
    """What a scenario may not be, and what it says about it."""

    def test_two_steps_on_one_day(self):
        with self.refused(ValidationError, "“First”, “Second” fall on the same day (7 days from the due date)"):
            self.make_scenario(self.step_values("First", 7), self.step_values("Second", 7, '2'))

    def test_two_steps_on_one_day_when_one_is_moved(self):
        scenario = self.make_scenario(self.step_values("First", 7), self.step_values("Second", 14, '2'))
        with self.refused(ValidationError, "fall on the same day"):
            scenario.step_ids[1].delay = 7

    def test_two_steps_on_one_day_that_surely_meet(self):
        """One for everybody and one for some, or two for the same: a Belgian would get both."""
        belgians = {'condition_country_ids': [Command.set(self.env.ref('base.be').ids)]}
        for first, second in (({}, belgians), (belgians, {}), (belgians, belgians)):
            with self.subTest((first, second)), self.refused(ValidationError, "a customer may get both"):
                self.make_scenario(self.step_values("First", 7, **first), self.step_values("Second", 7, **second))

    def test_two_steps_on_one_day_that_exclude_each_other(self):
        belgium, france = self.env.ref('base.be'), self.env.ref('base.fr')
        pairs = [
            ({'condition_kind': 'first'}, {'condition_kind': 'recurring'}),
            ({'condition_country_ids': [Command.set(belgium.ids)]},
             {'condition_country_ids': [Command.set(france.ids)]}),
            ({'condition_amount_max': 499.99}, {'condition_amount_min': 500}),
        ]
        for first, second in pairs:
            for one, other in ((first, second), (second, first)):
                with self.subTest((one, other)):
                    scenario = self.make_scenario(
                        self.step_values("First", 7, **one), self.step_values("Second", 7, **other))
                    self.assertFalse(scenario.overlap_warning)
        with self.refused(ValidationError, "fall on the same day"):
            scenario.step_ids.write({'condition_amount_min': 0, 'condition_amount_max': 0})

    def test_two_steps_on_one_day_that_may_meet(self):
        """Nothing proves that they do: it is allowed, and said."""
        tags = self.env['res.partner.category'].create([{'name': "Shop"}, {'name': "Export"}])
        pairs = [
            ({'condition_category_ids': [Command.set(tags[0].ids)]},
             {'condition_category_ids': [Command.set(tags[1].ids)]}),
            ({'condition_kind': 'first'}, {'condition_amount_min': 500}),
            ({'condition_amount_max': 500}, {'condition_amount_min': 500}),
        ]
        for first, second in pairs:
            with self.subTest((first, second)):
                scenario = self.make_scenario(
                    self.step_values("First", 7, **first), self.step_values("Second", 7, **second))
                self.assertIn("“First” and “Second” fall on the same day", scenario.overlap_warning)
        scenario.step_ids[1].delay = 8
        self.assertFalse(scenario.overlap_warning)

    def test_end_of_month_is_another_day(self):
        scenario = self.make_scenario(
            self.step_values("First", 7), self.step_values("Month", 7, end_of_month=True))
        self.assertEqual(scenario.step_count, 2)

    def test_archived_step_is_no_step(self):
        scenario = self.make_scenario(self.step_values("First", 7), self.step_values("Second", 14, '2'))
        first, second = scenario.step_ids
        first.active = False
        second.delay = 7
        with self.refused(ValidationError, "fall on the same day"):
            first.active = True

    def test_archived_while_somebody_uses_it(self):
        customer = self.ledger.customer("Loyal")
        scenario = self.make_scenario(self.step_values("First", 7), name="Mine", company_id=False)
        invoice, debtor = self.late(customer, 20), self.ensure(customer)
        profile = self.env['leanpay.payer.profile'].create({'name': "Slow"})
        for record, field, message in (
            (self.company, 'dunning_scenario_id', "the default of Vendeur SAS"),
            (profile, 'scenario_id', "used by the payer profile Slow"),
            (debtor, 'scenario_id', "chosen for the customer Loyal"),
            (invoice, 'dunning_scenario_id', f"chosen on the invoice {invoice.name}"),
        ):
            record[field] = scenario
            with self.subTest(message), self.refused(UserError, f"“Mine” cannot be archived: {message}"):
                scenario.action_archive()
            scenario.invalidate_recordset()
            self.assertTrue(scenario.active)
            record[field] = False
        scenario.action_archive()
        self.assertFalse(scenario.active)

    def test_archived_with_all_who_use_it(self):
        scenario = self.make_scenario(self.step_values("First", 7), name="Mine", company_id=False)
        for number in range(4):
            self.ensure(self.late(self.ledger.customer(f"C{number}"), 20).partner_id).scenario_id = scenario
        with self.assertRaises(UserError) as caught:
            scenario.action_archive()
        self.assertIn("C0, C1, C2 …. Choose another one there first", str(caught.exception))

    def test_level_never_falls(self):
        with self.refused(ValidationError, "the step “Mild” is less firm than a step before it"):
            self.make_scenario(self.step_values("Firm", 7, '2'), self.step_values("Mild", 14, '1'))

    def test_formal_notice_needs_a_reminder(self):
        with self.refused(ValidationError, "the step “Notice” comes without an earlier reminder"):
            self.make_scenario(self.step_values("Before", -5, '0'), self.step_values("Notice", 14, '4'))

    def test_formal_notice_after_its_only_reminder_is_deleted(self):
        scenario = self.make_scenario(self.step_values("First", 7), self.step_values("Notice", 14, '4'))
        with self.refused(ValidationError, "comes without an earlier reminder"):
            scenario.step_ids[0].level = '4'

    def test_preventive_step_with_a_positive_delay(self):
        with self.refused(ValidationError, "The preventive step “Before” comes 3 days after the due date"):
            self.make_scenario(self.step_values("Before", 3, '0'))

    def test_step_before_the_due_date_that_is_not_preventive(self):
        with self.refused(ValidationError, "The step “Early” comes before the due date"):
            self.make_scenario(self.step_values("Early", -3, '1'))

    def test_email_without_template(self):
        for values in ({'channel': 'email'}, {'channel': 'phone', 'also_channel': 'email'},
                       {'channel': 'phone', 'fallback_channel': 'email'}):
            with self.subTest(values), self.refused(ValidationError, "sends e-mails but has no e-mail template"):
                self.make_scenario(self.step_values("First", 7, mail_template_id=False, **values))

    def test_sms_without_template(self):
        with self.refused(ValidationError, "sends SMS but has no SMS template"):
            self.make_scenario(self.step_values("First", 7, also_channel='sms'))

    def test_template_without_subject_or_text(self):
        template = self.env.ref('leanpay_dunning.mail_template_level_1')
        for values in ({'subject': False}, {'body_html': False}, {'body_html': '<p><br></p>'}):
            copy = template.copy(values)
            with self.subTest(values), self.refused(ValidationError, "has no subject or no text"):
                self.make_scenario(self.step_values("First", 7, mail_template_id=copy.id))

    def test_someone_else_must_be_named(self):
        with self.refused(ValidationError, "is done by someone else, but nobody is named"):
            self.make_scenario(self.step_values("First", 7, responsible='user'))

    def test_amounts_the_wrong_way_round(self):
        with self.refused(ValidationError, "applies to no amount"):
            self.make_scenario(self.step_values("First", 7, condition_amount_min=500, condition_amount_max=100))

    def test_negative_numbers(self):
        scenario = self.make_scenario(self.step_values("First", 7))
        for record, values in ((scenario, {'minimum_amount': -1}), (scenario.step_ids, {'gap': -1}),
                               (scenario.step_ids, {'answer_days': 0})):
            with self.subTest(values), self.assertRaises(Exception) as caught, self.quiet_sql():
                record.write(values)
                self.env.flush_all()
            self.assertEqual(type(caught.exception).__name__, 'CheckViolation')

    def test_used_step_cannot_be_deleted(self):
        scenario = self.make_scenario(self.step_values("First", 7))
        partner = self.ledger.customer("Used")
        self.late(partner, 20)
        self.ensure(partner).scenario_id = scenario
        self.plan()
        self.assertEqual(self.reminders(partner).step_id, scenario.step_ids)
        self.assertTrue(scenario.step_ids.used)
        self.assertFalse(scenario.copy().step_ids.used)
        with self.refused(UserError, "The step “First” has been used in reminders"):
            scenario.step_ids.unlink()
        with self.refused(UserError, "The scenario “Own” is the one of Used"):
            scenario.unlink()
        self.debtor(partner).scenario_id = False
        with self.refused(UserError, "The step “First” has been used in reminders"):
            scenario.unlink()

    def test_unused_scenario_is_deleted_with_its_steps(self):
        scenario = self.make_scenario(self.step_values("First", 7))
        steps = scenario.step_ids
        scenario.unlink()
        self.assertFalse(steps.exists())

    def test_copy(self):
        scenario = self.env.ref('leanpay_dunning.leanpay_scenario_firm')
        copy = scenario.copy()
        self.assertNotEqual(copy.name, scenario.name)
        self.assertEqual(copy.step_ids.mapped('delay'), scenario.step_ids.mapped('delay'))
        self.assertEqual(copy.step_ids.mapped('mail_template_id'), scenario.step_ids.mapped('mail_template_id'))
        self.assertFalse(copy.step_ids & scenario.step_ids)

    def test_a_user_types_a_scenario(self):
        template = self.env.ref('leanpay_dunning.mail_template_level_1')
        with Form(self.env['leanpay.scenario']) as form:
            form.name = "Typed"
            with form.step_ids.new() as step:
                step.name = "Courtesy"
                step.delay = 4
                step.mail_template_id = template
        scenario = form.record
        self.assertRecordValues(scenario.step_ids, [
            {'name': "Courtesy", 'level': '1', 'delay': 4, 'channel': 'email', 'fallback_channel': 'activity',
             'approval': 'automatic', 'responsible': 'collector'}])
        with self.refused(ValidationError, "fall on the same day"), Form(scenario) as form, form.step_ids.new() as step:
            step.name = "Again"
            step.delay = 4
            step.mail_template_id = template


@tagged('post_install', '-at_install')
class TestShippedScenarios(ModelsCase):
    """What comes with the add-on is complete, in both languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ('standard', 'gentle', 'firm', 'public_buyer', 'statement_only')
        cls.scenarios = cls.env['leanpay.scenario'].browse(
            cls.env.ref(f'leanpay_dunning.leanpay_scenario_{name}').id for name in names)

    def test_rules_hold(self):
        self.scenarios._check_steps()
        self.scenarios.step_ids._check_templates()
        self.scenarios.step_ids._check_delay()
        self.scenarios.step_ids._check_responsible()

    def test_said_in_both_languages(self):
        for scenario in self.scenarios:
            self.check_text(scenario, 'description')

    def test_steps_are_ready(self):
        """Every channel of a step has its text, the firm ones wait for a person, a call has its script."""
        for step in self.scenarios.step_ids:
            channels = {step.channel, step.also_channel, step.fallback_channel}
            with self.subTest(scenario=step.scenario_id.name, step=step.name):
                self.assertNotEqual(step.with_context(lang='fr_FR').name, step.with_context(lang='en_US').name)
                if channels & {'email', 'letter'}:
                    self.check_text(step.mail_template_id, 'subject')
                    self.check_text(step.mail_template_id, 'body_html')
                if 'sms' in channels:
                    self.check_text(step.sms_template_id, 'body')
                if channels & {'phone', 'activity'} and step.call_script:
                    self.check_text(step, 'call_script')
                if 'phone' in channels or step.channel == 'activity':
                    self.assertTrue(step.call_script)
                if step.level == '4':
                    self.assertEqual((step.approval, step.attach_letter), ('manual', True))

    def check_text(self, record, name):
        texts = [html2plaintext(record.with_context(lang=lang)[name] or '').strip() for lang in ('en_US', 'fr_FR')]
        self.assertTrue(all(texts), (record.display_name, name))
        self.assertNotEqual(*texts, (record.display_name, name))

    def test_levels_grow_with_lateness(self):
        for scenario in self.scenarios:
            levels = scenario.step_ids.sorted('delay').mapped('level')
            self.assertTrue(all(before <= after for before, after in pairwise(levels)), scenario.name)

    def test_seven_profiles_with_their_scenarios(self):
        profiles = self.env['leanpay.payer.profile'].search([])
        self.assertEqual(
            set(profiles.mapped('code')),
            {'negligent', 'bad', 'insolvent', 'administrative', 'litigious', 'automatic', 'good'})
        self.assertTrue(all(profiles.mapped('scenario_id')))
        for profile in profiles:
            self.check_text(profile, 'strategy')

    def test_profile_counts_its_debtors(self):
        profile = self.env.ref('leanpay_dunning.profile_bad')
        before = profile.debtor_count
        for name in ("One", "Two"):
            self.env['leanpay.debtor'].create({'partner_id': self.ledger.customer(name).id, 'profile_id': profile.id})
        profile.invalidate_recordset(['debtor_count'])
        self.assertEqual(profile.debtor_count, before + 2)
        self.assertEqual(profile.action_view_debtors()['domain'], [('profile_id', 'in', profile.ids)])
