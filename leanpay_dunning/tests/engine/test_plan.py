"""Payment plans: schedules to the cent, payments in any order, and the breach."""
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.machine import RefusedMove
from ...engine.plan import (
    LONGEST,
    MACHINE,
    Instalment,
    allocate,
    month_later,
    months_for,
    on_track_until,
    schedule,
)
from ...engine.settlement import Settlement

DAY = timedelta(days=1)
FIRST = date(2026, 1, 31)
AMOUNTS = st.decimals(Decimal('0.01'), 5000, places=2)


def D(amount):
    return Decimal(str(amount))


def paid(amount, day=FIRST, kind='payment'):
    return Settlement(1, D(amount), day, kind)


def plan(*amounts, first=FIRST):
    return tuple(Instalment(month_later(first, number), D(amount)) for number, amount in enumerate(amounts))


INSTALMENTS = st.lists(AMOUNTS, min_size=1, max_size=6).map(lambda amounts: plan(*amounts))
PAYMENTS = st.lists(st.builds(
    Settlement, st.just(1), AMOUNTS, st.integers(-40, 200).map(lambda days: FIRST + days * DAY),
    st.sampled_from(['payment', 'payment', 'payment', 'credit'])), max_size=8)
TODAYS = st.integers(-40, 250).map(lambda days: FIRST + days * DAY)


@tagged('post_install', '-at_install')
class TestSchedule(BaseCase):

    def test_golden(self):
        self.assertEqual([(each.date.isoformat(), str(each.amount)) for each in schedule(D(1000), FIRST, 3)], [
            ('2026-01-31', '333.33'), ('2026-02-28', '333.33'), ('2026-03-31', '333.34')])
        self.assertEqual([str(each.amount) for each in schedule(D(1000), FIRST, 4, D(400))],
                         ['400', '200.00', '200.00', '200.00'])
        self.assertEqual(schedule(D(5), FIRST, 1), (Instalment(FIRST, D(5)),))

    def test_month_ends(self):
        self.assertEqual(month_later(date(2023, 12, 31), 2), date(2024, 2, 29))
        self.assertEqual(month_later(date(2024, 2, 29), 12), date(2025, 2, 28))

    def test_refused(self):
        for count, first in ((0, None), (-1, None), (LONGEST + 1, None), (3, D(0)), (3, D(101)), (3, D(100)),
                             (1, D(50))):
            with self.subTest(count=count, first=first), self.assertRaises(ValueError):
                schedule(D(100), FIRST, count, first)
        with self.assertRaises(ValueError):
            schedule(D('0.02'), FIRST, 3)  # a cent does not split

    @given(st.decimals(1, 100000, places=2), st.integers(1, 36), st.booleans())
    def test_sum_is_the_total(self, total, count, with_first):
        first = (total / 3).quantize(D('0.01')) if with_first and count > 1 else None
        try:
            made = schedule(total, FIRST, count, first)
        except ValueError:
            self.assertLess(total / count, D('0.05'))
            return
        self.assertEqual(sum(each.amount for each in made), total)
        self.assertEqual(len(made), count)
        self.assertTrue(all(each.amount > 0 for each in made))
        self.assertEqual([each.date for each in made], sorted({each.date for each in made}))
        equal = [each.amount for each in made[1:-1]]
        self.assertLessEqual(len(set(equal)), 1)

    @given(st.decimals(10, 10000, places=2), st.integers(1, 24))
    def test_months_and_amount_are_two_ways_to_say_one_thing(self, total, count):
        monthly = max(each.amount for each in schedule(total, FIRST, count))
        self.assertLessEqual(months_for(total, monthly), count)
        self.assertGreaterEqual(monthly * months_for(total, monthly), total)

    def test_months_refused(self):
        for monthly in (D(0), D(-5), D('0.01')):
            with self.assertRaises(ValueError):
                months_for(D(1000), monthly)
        self.assertEqual(months_for(D(1000), D(250), D(500)), 3)


@tagged('post_install', '-at_install')
class TestAllocation(BaseCase):

    def states(self, instalments, settlements, today):
        return [each.state for each in allocate(instalments, settlements, today)]

    def test_golden(self):
        three = plan(100, 100, 100)  # 31 January, 28 February, 31 March
        february = date(2026, 2, 10)
        self.assertEqual(self.states(three, [], FIRST), ['due', 'upcoming', 'upcoming'])
        self.assertEqual(self.states(three, [paid(100)], february), ['paid', 'upcoming', 'upcoming'])
        self.assertEqual(self.states(three, [paid(40)], february), ['late', 'upcoming', 'upcoming'])
        self.assertEqual(self.states(three, [paid(150)], february), ['paid', 'partly', 'upcoming'])  # overpaid
        self.assertEqual(self.states(three, [paid(300)], february), ['paid', 'paid', 'paid'])  # early
        self.assertEqual(self.states(three, [paid(100), paid(-100)], february), ['late', 'upcoming', 'upcoming'])
        credited = allocate(three, [paid(150, kind='credit')], february)
        self.assertEqual([each.amount for each in credited], [100, 50, 0])
        self.assertEqual([each.state for each in credited], ['late', 'upcoming', 'paid'])

    def test_day_on_which_it_was_settled(self):
        made = allocate(plan(100, 100), [paid(60), paid(60, FIRST + 5 * DAY)], FIRST)
        self.assertEqual([each.paid_on for each in made], [FIRST + 5 * DAY, None])

    @given(INSTALMENTS, PAYMENTS, st.randoms(), TODAYS)
    def test_order_and_splitting_change_nothing(self, instalments, found, random, today):
        expected = allocate(instalments, found, today)
        cent = D('0.01')
        split = [part for each in found for part in (
            [each] if each.amount <= cent else [each._replace(amount=cent), each._replace(amount=each.amount - cent)])]
        random.shuffle(split)
        self.assertEqual(allocate(instalments, split, today), expected)

    @given(INSTALMENTS, PAYMENTS, TODAYS)
    def test_money_is_neither_made_nor_lost(self, instalments, found, today):
        made = allocate(instalments, found, today)
        total = sum(each.amount for each in instalments)
        credit = sum((each.amount for each in found if each.kind == 'credit'), D(0))
        money = sum((each.amount for each in found if each.kind == 'payment'), D(0))
        due = max(total - credit, D(0))
        self.assertEqual(sum(each.amount for each in made), due)
        self.assertEqual(sum(each.paid for each in made), min(due, money))
        self.assertTrue(all(0 <= each.paid <= each.amount for each in made))
        unpaid = [number for number, each in enumerate(made) if each.missing > 0]
        self.assertTrue(not unpaid or all(each.paid == 0 for each in made[unpaid[0] + 1:]), "in their order")

    @given(INSTALMENTS, PAYMENTS, PAYMENTS, TODAYS)
    def test_what_is_taken_back_never_happened(self, instalments, found, taken, today):
        undone = [each._replace(amount=-each.amount) for each in taken]
        before, after = allocate(instalments, found, today), allocate(instalments, [*found, *taken, *undone], today)
        self.assertEqual([each[:3] for each in before], [each[:3] for each in after])
        self.assertEqual([each.state for each in before], [each.state for each in after])


@tagged('post_install', '-at_install')
class TestBreach(BaseCase):

    def test_golden(self):
        three = plan(100, 100, 100)
        for found, missed, expected in (
                ([], 1, FIRST + 5 * DAY), ([], 2, date(2026, 3, 5)), ([paid(100)], 1, date(2026, 3, 5)),
                ([paid('99.99')], 1, FIRST + 5 * DAY), ([paid(300)], 1, None), ([paid(250)], 3, date(2026, 4, 5))):
            self.assertEqual(on_track_until(allocate(three, found, FIRST), 5, missed), expected)

    @given(INSTALMENTS, PAYMENTS, AMOUNTS, st.integers(0, 10), st.integers(1, 3), TODAYS)
    def test_more_money_never_breaks(self, instalments, found, amount, days, missed, today):
        before, after = (on_track_until(allocate(instalments, received, today), days, missed) or date.max
                         for received in (found, [*found, paid(amount)]))
        self.assertLessEqual(before, after)

    def test_moves(self):
        self.assertEqual(MACHINE.final, {'broken', 'cancelled', 'refused'})
        for state, move in (('to_approve', 'accept'), ('to_approve', 'propose'), ('done', 'break'),
                            ('broken', 'accept'), ('proposed', 'break')):
            with self.assertRaises(RefusedMove):
                MACHINE.after(state, move)
