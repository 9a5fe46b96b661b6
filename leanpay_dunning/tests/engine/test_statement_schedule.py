"""Statements before due dates: each item announced in time, and never two statements close together."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.machine import RefusedMove
from ...engine.statement_schedule import Due, Told, announced, before_due, latest
from ...engine.statement_states import STATEMENT
from ...engine.workdays import Calendar

FIRST = date(2026, 3, 2)
EVERY_DAY = Calendar(weekdays=frozenset(range(7)))
FRANCE = Calendar('FR')


def day(number):
    return FIRST + timedelta(days=number)


def play(days, dues, calendar, length, known=None):
    """Play day by day; `known` gives the day each item appears. Returns the statements, [Told]."""
    told = []
    for number in range(length):
        today = day(number)
        if not calendar.is_workday(today):
            continue
        open_items = [due for due in dues if due.date >= today and (known or {}).get(due.item_id, FIRST) <= today]
        if before_due(days, open_items, told, today, calendar):
            told.append(Told(today, frozenset(due.item_id for due in open_items)))
    return told


@tagged('post_install', '-at_install')
class TestStatementSchedule(BaseCase):

    def test_one_invoice(self):
        due = [Due(1, day(20))]
        for number, asked in ((14, False), (15, True), (20, True), (21, False)):
            with self.subTest(number):
                self.assertEqual(before_due(5, due, (), day(number), EVERY_DAY), day(20) if asked else None)

    def test_announced_once(self):
        told = [Told(day(15), frozenset({1}))]
        self.assertIsNone(before_due(5, [Due(1, day(20))], told, day(20), EVERY_DAY))
        self.assertEqual(before_due(5, [Due(2, day(20))], told, day(20), EVERY_DAY), day(20))
        self.assertIsNone(before_due(5, [Due(2, day(20))], told, day(19), EVERY_DAY), "too close to the last one")

    def test_too_early_is_not_announced(self):
        self.assertTrue(announced(Due(1, day(10)), Told(day(0), None), 5))
        self.assertFalse(announced(Due(1, day(11)), Told(day(0), None), 5))

    def test_days_off_come_forward(self):
        # Easter Monday 6 April 2026; five days before Saturday 11 April
        self.assertEqual(latest(date(2026, 4, 11), 5, FRANCE), date(2026, 4, 3))
        self.assertEqual(latest(date(2026, 4, 10), 5, FRANCE), date(2026, 4, 3))

    def test_statement_of_tomorrow_tells_nothing_today(self):
        self.assertEqual(
            before_due(5, [Due(1, day(5))], [Told(day(9), None)], day(0), EVERY_DAY), day(5))

    def test_invoices_due_every_day(self):
        told = play(5, [Due(number, day(number)) for number in range(90)], EVERY_DAY, 80)
        gaps = [(two.date - one.date).days for one, two in pairwise(told)]
        self.assertGreaterEqual(min(gaps), 5)
        for number in range(15, 75):  # once under way, each from ten to five days before
            leads = [(day(number) - one.date).days for one in told if 5 <= (day(number) - one.date).days <= 10]
            self.assertTrue(leads, number)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 14), st.lists(st.integers(0, 100), max_size=40), st.data())
    def test_never_two_within_the_days_and_none_forgotten(self, days, offsets, data):
        dues = [Due(number, day(offset)) for number, offset in enumerate(offsets)]
        known = {due.item_id: day(data.draw(st.integers(0, 60))) for due in dues}
        calendar = data.draw(st.sampled_from((EVERY_DAY, FRANCE)))
        told = play(days, dues, calendar, 120, known)
        for one, two in pairwise(told):
            self.assertGreaterEqual((two.date - one.date).days, days)
        for due in dues:
            if known[due.item_id] <= latest(due.date, 2 * days, calendar) - timedelta(days=10):
                self.assertTrue(
                    any(due.item_id in one.item_ids and one.date <= due.date for one in told), "forgotten")


@tagged('post_install', '-at_install')
class TestStatementStates(BaseCase):

    def test_each_move(self):
        states, moves = ('waiting', 'sent', 'failed', 'bounced'), ('leave', 'fail', 'bounce', 'again')
        allowed = {
            ('waiting', 'leave'): 'sent', ('waiting', 'fail'): 'failed', ('waiting', 'bounce'): 'bounced',
            ('sent', 'bounce'): 'bounced', ('failed', 'leave'): 'sent', ('failed', 'fail'): 'failed',
            ('failed', 'again'): 'waiting', ('bounced', 'again'): 'waiting'}
        for state in states:
            for move in moves:
                with self.subTest(state=state, move=move):
                    if (state, move) in allowed:
                        self.assertEqual(STATEMENT.after(state, move), allowed[state, move])
                    else:
                        self.assertRaises(RefusedMove, STATEMENT.after, state, move)
        self.assertEqual(STATEMENT.states, set(states))
