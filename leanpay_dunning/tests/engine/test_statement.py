"""Statements: whatever is paid when, the balance is what the entries leave."""

import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.statement import Entry, Match, activity, bucket, open_items, status

START = date(2026, 1, 1)
days = st.integers(0, 120).map(lambda number: START + timedelta(days=number))
amounts = st.decimals(1, 5000, places=2)


@st.composite
def ledgers(draw):
    """Invoices and payments, some of them matched, in two currencies."""
    entries, number = [], 0
    for _count in range(draw(st.integers(1, 5))):
        currency = draw(st.sampled_from(['EUR', 'USD']))
        amount, day = draw(amounts), draw(days)
        invoice = Entry(number, day, day + timedelta(days=30), f"F{number}", currency, amount, amount)
        number += 1
        left, matches = amount, []
        for _part in range(draw(st.integers(0, 2))):
            paid, on = draw(amounts), draw(days)
            part = min(paid, left)
            matched = Match(max(on, day), part, part)
            payment = Entry(number, on, on, f"P{number}", currency, -paid, -paid, 'payment',
                            matches=(matched,) if part else ())
            number += 1
            entries.append(payment)
            if part:
                matches.append(matched)
                left -= part
        entries.append(replace(invoice, matches=tuple(matches)))
    return entries


class TestStatement(unittest.TestCase):

    @given(ledgers(), days)
    def test_open_items_and_activity_close_on_the_ledger(self, entries, as_of):
        booked = {}
        for entry in entries:
            if entry.date <= as_of:
                booked[entry.currency] = booked.get(entry.currency, 0) + entry.amount
        for account in open_items(entries, as_of):
            self.assertEqual(account.closing, booked[account.currency])
            self.assertEqual(account.closing, sum(line.balance for line in account.lines))
            self.assertEqual(account.due, account.closing)
            self.assertEqual(account.base_closing, booked[account.currency])
            self.assertEqual(sum(account.by_status.values()), account.closing)
        for account in activity(entries, START + timedelta(days=30), max(as_of, START + timedelta(days=30))):
            moved = sum(line.entry.amount for line in account.lines)
            self.assertEqual(account.opening + moved, account.closing)

    @given(ledgers(), days, days)
    def test_periods_join(self, entries, one, two):
        first, second = sorted((one, two))
        before = {account.currency: account.closing for account in activity(entries, START, first)}
        for account in activity(entries, first + timedelta(days=1), max(second, first + timedelta(days=1))):
            self.assertEqual(account.opening, before.get(account.currency, 0))

    def test_a_payment_counts_from_the_later_of_both(self):
        match = (Match(date(2026, 2, 10), Decimal(40), Decimal(40)),)
        entry = Entry(1, START, date(2026, 1, 31), "F1", 'EUR', Decimal(100), Decimal(100), matches=match)
        self.assertEqual(entry.residual(date(2026, 2, 9)), 100)
        self.assertEqual(entry.residual(date(2026, 2, 10)), 60)
        self.assertEqual(replace(entry, amount=Decimal(-100), base=Decimal(-100)).residual(date(2026, 2, 10)), -60)

    def test_statuses(self):
        entry = Entry(1, START, date(2026, 1, 31), "F1", 'EUR', Decimal(100), Decimal(100))
        day = date(2026, 2, 1)
        self.assertEqual(status(entry, Decimal(0), day), 'paid')
        self.assertEqual(status(entry, Decimal(1), date(2026, 1, 31)), 'open')
        self.assertEqual(status(entry, Decimal(1), day), 'overdue')
        self.assertEqual(status(replace(entry, blocked='disputed'), Decimal(1), day), 'disputed')
        self.assertEqual(status(entry, Decimal(-1), day), 'payment')
        self.assertEqual(status(replace(entry, kind='credit'), Decimal(-1), day), 'credit')

    def test_buckets(self):
        self.assertEqual([bucket(late) for late in (-5, 0, 1, 30, 31, 60, 61, 90, 91)], [0, 0, 1, 1, 2, 2, 3, 3, 4])

    def test_a_period_that_ends_before_it_starts(self):
        with self.assertRaises(ValueError):
            activity([], date(2026, 2, 1), date(2026, 1, 1))
