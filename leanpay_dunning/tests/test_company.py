import zoneinfo
from datetime import date, datetime, time, timedelta
from unittest.mock import Mock, patch
from zoneinfo import ZoneInfo

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..engine import workdays
from .common import TODAY
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestCompany(ModelsCase):
    """What a company decides."""

    def test_start_date_is_kept_from_the_first_day(self):
        self.company.write({'dunning_active': False, 'dunning_start_date': False})
        self.assertFalse(self.company.dunning_start_date)
        self.company.dunning_active = True
        self.assertEqual(self.company.dunning_start_date, TODAY)
        self.company.dunning_active = False
        self.days_later(30)
        self.company.dunning_active = True
        self.assertEqual(self.company.dunning_start_date, TODAY)

    def test_company_created_with_dunning_on(self):
        company = self.env['res.company'].create({'name': "New", 'dunning_active': True, 'dunning_tz': 'Europe/Paris'})
        self.assertEqual(company.dunning_start_date, TODAY)
        chosen = self.env['res.company'].create({
            'name': "Chosen", 'dunning_active': True, 'dunning_start_date': date(2025, 1, 1)})
        self.assertEqual(chosen.dunning_start_date, date(2025, 1, 1))

    def test_new_company_is_off_with_the_standard_scenario(self):
        company = self.env['res.company'].create({'name': "New"})
        self.assertRecordValues(company, [{
            'dunning_active': False, 'dunning_approved': False, 'dunning_scenario_id': self.scenario.id,
            'dunning_first_run': 'sequential', 'dunning_contact_gap': 5, 'dunning_start_date': False}])

    def test_send_window(self):
        for start, end in ((18, 8), (9, 9), (9, 9.005), (-1, 8), (8, 25)):
            with self.subTest((start, end)), self.refused(ValidationError, "must begin before it ends"):
                self.company.write({'dunning_window_start': start, 'dunning_window_end': end})

    def test_window_until_midnight(self):
        for end in (23.995, 24, 24.004):
            self.company.write({'dunning_window_start': 8, 'dunning_window_end': end})
            with self.subTest(end):
                self.assertEqual(self.company._dunning_window().end, time.max)
        self.company.dunning_window_end = 23.99
        self.assertEqual(self.company._dunning_window().end, time(23, 59))

    def test_window_is_in_the_company_s_time(self):
        self.company.write({
            'dunning_window_start': 8.5, 'dunning_window_end': 18, 'dunning_weekdays': 'mon_fri',
            'dunning_tz': 'Europe/Paris'})
        paris = ZoneInfo('Europe/Paris')
        saturday, holiday = date(2026, 3, 14), date(2026, 5, 1)
        for day, at, is_open in (
            (TODAY, time(8, 29), False), (TODAY, time(8, 30), True), (TODAY, time(17, 59), True),
            (TODAY, time(18), False), (saturday, time(12), False), (holiday, time(12), False),
        ):
            with self.subTest(day=day, at=at):
                self.assertEqual(self.company._dunning_window_open(datetime.combine(day, at, paris)), is_open)
        self.company.dunning_weekdays = 'mon_sat'
        self.assertTrue(self.company._dunning_window_open(datetime.combine(saturday, time(12), paris)))

    def test_today_around_midnight(self):
        cases = [
            ('Pacific/Pago_Pago', time(10, 59), TODAY - timedelta(days=1)),
            ('Pacific/Pago_Pago', time(11, 0), TODAY),
            ('Pacific/Kiritimati', time(9, 59), TODAY),
            ('Pacific/Kiritimati', time(10, 0), TODAY + timedelta(days=1)),
            ('Europe/Paris', time(22, 59), TODAY),
            ('Europe/Paris', time(23, 0), TODAY + timedelta(days=1)),
        ]
        for zone, at, day in cases:
            self.go_to(TODAY, at)
            self.company.dunning_tz = zone
            with self.subTest(zone=zone, at=at):
                self.assertEqual(self.company._dunning_today(), day)

    def test_old_name_of_a_time_zone(self):
        """Debian keeps names such as US/Eastern in a package of their own; Odoo offers them nevertheless."""
        self.company.dunning_tz = 'US/Eastern'
        self.go_to(TODAY, time(3))
        missing = Mock(side_effect=zoneinfo.ZoneInfoNotFoundError, from_file=zoneinfo.ZoneInfo.from_file)
        workdays._zone.cache_clear()
        with patch.object(zoneinfo, 'ZoneInfo', missing):
            self.assertEqual(self.company._dunning_today(), TODAY - timedelta(days=1))
        workdays._zone.cache_clear()

    def test_today_on_the_days_clocks_change(self):
        """Paris is one hour ahead in winter, two in summer."""
        for day, at, expected in (
            (date(2026, 3, 28), time(22, 59), date(2026, 3, 28)), (date(2026, 3, 28), time(23, 0), date(2026, 3, 29)),
            (date(2026, 3, 29), time(21, 59), date(2026, 3, 29)), (date(2026, 3, 29), time(22, 0), date(2026, 3, 30)),
            (date(2026, 10, 24), time(22, 0), date(2026, 10, 25)),
            (date(2026, 10, 25), time(22, 30), date(2026, 10, 25)),
        ):
            self.go_to(day, at)
            with self.subTest(day=day, at=at):
                self.assertEqual(self.company._dunning_today(), expected)

    def test_numbers_of_days(self):
        for name in ('dunning_contact_gap', 'dunning_sent_grace'):
            for value in (-1, 366):
                with self.subTest(name, value=value), self.assertRaises(Exception) as caught, self.quiet_sql():
                    self.company[name] = value
                    self.env.flush_all()
                self.assertEqual(type(caught.exception).__name__, 'CheckViolation')

    def test_policy(self):
        conditional = self.make_scenario(self.step_values("First", 7), condition_amount_min=1000, sequence=5)
        plain = self.make_scenario(self.step_values("First", 7), sequence=1)
        archived = self.make_scenario(self.step_values("First", 7), condition_amount_min=1000, active=False)
        foreign = self.make_scenario(
            self.step_values("First", 7), condition_amount_min=1, company_id=self.env.ref('base.main_company').id)
        policy = self.company._dunning_policy()
        self.assertEqual(policy.fallback_ids, (conditional.id, self.scenario.id))
        self.assertIn(plain.id, policy.scenarios)
        self.assertFalse({archived.id, foreign.id} & policy.scenarios.keys())

    def test_minimum_of_the_company(self):
        """Used by the scenarios that have none."""
        own = self.make_scenario(self.step_values("First", 7), minimum_amount=5)
        none = self.make_scenario(self.step_values("First", 7))
        self.company.dunning_minimum_amount = 20
        scenarios = self.company._dunning_policy().scenarios
        self.assertEqual((scenarios[own.id].minimum, scenarios[none.id].minimum), (5, 20))
        self.assertEqual(none.company_minimum_amount, 20)
        other = self.env['res.company'].create({'name': "Other"})
        self.assertEqual(other._dunning_policy().scenarios[self.scenario.id].minimum, 0, "each company its own")

    def test_nobody_is_bothered_for_less(self):
        self.scenario.minimum_amount = 0
        small, big = self.ledger.customer("Small"), self.ledger.customer("Big")
        invoice = self.late(small, 20, 30)
        self.late(big, 20, 30.01)
        self.company.dunning_minimum_amount = 30
        self.assertEqual(self.plan().partner_id, big)
        self.assertEqual(self.why(invoice), 'below_minimum')
        self.scenario.minimum_amount = 10
        self.assertEqual(self.plan().partner_id, small | big)

    def test_negative_minimum(self):
        with self.assertRaises(Exception) as caught, self.quiet_sql():
            self.company.dunning_minimum_amount = -1
            self.env.flush_all()
        self.assertEqual(type(caught.exception).__name__, 'CheckViolation')

    def test_settings(self):
        self.company.write({'dunning_active': False, 'dunning_start_date': False})
        gentle = self.env.ref('leanpay_dunning.leanpay_scenario_gentle')
        with Form(self.env['res.config.settings']) as form:
            form.dunning_active = True
            form.dunning_scenario_id = gentle
            form.dunning_contact_gap = 3
            form.dunning_minimum_amount = 15
            form.dunning_first_run = 'jump'
            form.dunning_window_start = 9
        form.record.execute()
        self.assertRecordValues(self.company, [{
            'dunning_active': True, 'dunning_scenario_id': gentle.id, 'dunning_contact_gap': 3,
            'dunning_minimum_amount': 15,
            'dunning_first_run': 'jump', 'dunning_window_start': 9, 'dunning_start_date': TODAY}])
