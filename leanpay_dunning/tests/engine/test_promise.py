"""Promises judged by what was received: golden cases, then random payments in any order."""
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.promise import PromisedItem, judge, spread
from ...engine.settlement import Settlement, settled

DAY = timedelta(days=1)
DEADLINE = date(2026, 3, 20)
LATER = DEADLINE + DAY


def D(amount):
    return Decimal(str(amount))


def paid(amount, day=DEADLINE, item=1, kind='payment'):
    return Settlement(item, D(amount), day, kind)


def item(amount=100, owed=100, number=1, **before):
    return PromisedItem(number, D(amount), D(owed), **{name: D(value) for name, value in before.items()})


VERDICTS = [
    # (state, received, due)
    ([item()], [], DEADLINE, ('open', 0, 100)),
    ([item()], [], LATER, ('broken', 0, 100)),
    ([item()], [paid(100)], LATER, ('kept', 100, 100)),
    ([item()], [paid(100, LATER)], LATER, ('broken', 0, 100)),  # money of the day after is late
    ([item()], [paid(100)], DEADLINE - 5 * DAY, ('kept', 100, 100)),  # early
    ([item()], [paid(40)], DEADLINE, ('open', 40, 100)),
    ([item()], [paid(40)], LATER, ('partly', 40, 100)),
    ([item()], [paid('99.99')], LATER, ('partly', '99.99', 100)),
    ([item()], [paid(40), paid(60)], LATER, ('kept', 100, 100)),
    ([item()], [paid(100), paid(-100)], LATER, ('broken', 0, 100)),
    ([item(50)], [paid(50)], LATER, ('kept', 50, 50)),  # half of an item
    ([item(50)], [paid(80)], LATER, ('kept', 50, 50)),  # more than promised
    ([item()], [paid(100, kind='credit')], LATER, ('kept', 0, 0)),  # nothing is owed any more
    ([item()], [paid(30, kind='credit')], LATER, ('broken', 0, 70)),  # a credit note keeps no promise
    ([item()], [paid(30, kind='credit'), paid(70)], LATER, ('kept', 70, 70)),
    ([item(50)], [paid(30, kind='credit')], LATER, ('broken', 0, 50)),  # 70 are owed: all of the 50 are due
    ([item(100, 60, paid_before=40)], [paid(40, DEADLINE - 30 * DAY)], LATER, ('broken', 0, 60)),
    ([item(60, 60, paid_before=40)], [paid(40, DEADLINE - 30 * DAY), paid(60)], LATER, ('kept', 60, 60)),
    ([item(60, 60, paid_before=40)], [paid(60)], LATER, ('partly', 20, 60)),  # the earlier payment was taken back
    ([item(), item(number=2)], [paid(150)], LATER, ('partly', 150, 200)),
]

amounts = st.decimals(Decimal('0.01'), 500, places=2)
payments = st.lists(st.builds(
    Settlement, st.integers(1, 3), amounts, st.integers(-20, 20).map(lambda days: DEADLINE + days * DAY),
    st.sampled_from(['payment', 'payment', 'credit'])), max_size=8)
promises = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=3).map(lambda pairs: [
    PromisedItem(number, min(pair), max(pair)) for number, pair in enumerate(pairs, 1)])


def by_item(found):
    return {number: [each for each in found if each.item_id == number] for number in (1, 2, 3)}


@tagged('post_install', '-at_install')
class TestPromise(BaseCase):

    def test_verdicts(self):
        for items, settlements, today, (state, received, due) in VERDICTS:
            with self.subTest(items=items, settlements=settlements, today=today):
                verdict = judge(items, {1: settlements}, DEADLINE, today)
                self.assertEqual(verdict, (state, D(received), D(due)))
                self.assertEqual(verdict.missing, D(due) - D(received))

    def test_payments_of_one_item_count_for_all(self):
        verdict = judge([item(50), item(50, number=2)], {2: [paid(100, item=2)]}, DEADLINE, LATER)
        assert verdict.state == 'kept'

    @given(promises, payments, st.randoms(), st.integers(-30, 30))
    def test_order_and_splitting_change_nothing(self, items, found, random, days):
        today = DEADLINE + days * DAY
        expected = judge(items, by_item(found), DEADLINE, today)
        cents = Decimal('0.01')
        split = [part for each in found for part in (
            [each] if each.amount < 2 * cents else
            [each._replace(amount=cents), each._replace(amount=each.amount - cents)])]
        random.shuffle(split)
        assert judge(items, by_item(split), DEADLINE, today) == expected

    @given(promises, payments, payments)
    def test_reversed_payments_never_happened(self, items, found, taken_back):
        undone = [each._replace(amount=-each.amount) for each in taken_back]
        assert judge(items, by_item([*found, *taken_back, *undone]), DEADLINE, LATER) == judge(
            items, by_item(found), DEADLINE, LATER)

    @given(promises, payments, st.integers(1, 3), amounts)
    def test_more_money_never_makes_it_worse(self, items, found, number, amount):
        order = ['broken', 'partly', 'kept']
        before = judge(items, by_item(found), DEADLINE, LATER)
        after = judge(items, by_item([*found, paid(amount, item=number)]), DEADLINE, LATER)
        assert order.index(after.state) >= order.index(before.state) or number > len(items)
        assert 0 <= after.received <= after.due <= sum(each.amount for each in items)

    @given(promises, payments)
    def test_nobody_is_broken_before_the_deadline_has_passed(self, items, found):
        assert judge(items, by_item(found), DEADLINE, DEADLINE).state in ('open', 'kept')
        assert judge(items, by_item(found), DEADLINE, LATER).state in ('kept', 'partly', 'broken')

    @given(amounts, st.lists(amounts, min_size=1, max_size=5))
    def test_an_amount_is_spread_over_the_oldest(self, amount, residuals):
        owed = list(enumerate(residuals))
        parts = spread(amount, owed)
        assert sum(part for _id, part in parts) == min(amount, sum(residuals))
        assert all(0 < part <= residuals[number] for number, part in parts)
        assert [number for number, _part in parts] == list(range(len(parts)))
        assert all(part == residuals[number] for number, part in parts[:-1])

    def test_settled_by_kind_and_day(self):
        found = [paid(10), paid(5, LATER), paid(3, kind='credit')]
        assert (settled(found, 'payment'), settled(found, 'payment', DEADLINE), settled(found, 'credit')) == (15, 10, 3)
