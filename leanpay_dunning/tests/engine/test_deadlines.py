"""Days that the law counts, at their edges."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.deadlines import (
    add_months,
    belgian_first_reminder,
    limitation,
    rolled,
    service_deadline,
    term_ceilings,
)

days = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@tagged('post_install', '-at_install')
class TestDeadlines(BaseCase):

    def test_months_end_where_they_end(self):
        self.assertEqual(add_months(date(2026, 8, 31), 6), date(2027, 2, 28))
        self.assertEqual(add_months(date(2026, 12, 15), 1), date(2027, 1, 15))
        self.assertEqual(limitation(date(2024, 2, 29), 5), date(2029, 2, 28))

    def test_order_lapses_sooner_since_september_2026(self):
        self.assertEqual(service_deadline(date(2026, 8, 31)), date(2027, 3, 1))
        self.assertEqual(service_deadline(date(2026, 9, 1)), date(2026, 12, 1))

    def test_rolls_over_easter(self):
        self.assertEqual(rolled(date(2026, 4, 4)), date(2026, 4, 7))
        self.assertEqual(rolled(date(2026, 4, 7)), date(2026, 4, 7))

    def test_belgian_reminder_over_a_holiday(self):
        # 21 July is a Belgian holiday, 18 and 19 July a week-end
        self.assertEqual(belgian_first_reminder(date(2026, 7, 17), True).starts, date(2026, 7, 23))
        self.assertEqual(belgian_first_reminder(date(2026, 7, 17), False).charges_from, date(2026, 8, 1))

    @given(days)
    def test_ceilings_and_deadlines_are_ordered(self, day):
        ceilings = term_ceilings(day)
        self.assertEqual(ceilings.net60 - day, timedelta(days=60))
        self.assertLessEqual(ceilings.periodic45, ceilings.d45_eom_A_plus45_then_eom)
        self.assertLessEqual(ceilings.periodic45, ceilings.d45_eom_B_eom_then_plus45)
        self.assertEqual((ceilings.d45_eom_A_plus45_then_eom + timedelta(days=1)).day, 1)
        self.assertGreaterEqual(rolled(day), day)
        self.assertGreaterEqual(belgian_first_reminder(day, True).starts, day + timedelta(days=3))
