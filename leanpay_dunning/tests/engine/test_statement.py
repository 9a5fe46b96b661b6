"""Statements: whatever is paid when, the balance is what the entries leave."""

import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.statement import Entry, Match, activity, bucket, open_items, status, with_charges

START = date(2026, 1, 1)
days = st.integers(0, 120).map(lambda number: START + timedelta(days=number))
amounts = st.decimals(1, 5000, places=2)


@st.composite
def ledgers(draw):
    """Invoices and payments in two currencies, some of them matched: with each other, across currencies, or with
    what is not in these accounts (another customer's payment)."""
    entries, number, match = [], 0, 0
    for _count in range(draw(st.integers(1, 5))):
        currency, amount, day = draw(st.sampled_from(['EUR', 'USD'])), draw(amounts), draw(days)
        invoice = Entry(number, day, day + timedelta(days=30), f"F{number}", currency, amount, amount)
        number += 1
        left, matches = amount, []
        for _part in range(draw(st.integers(0, 2))):
            paid, on, paid_in = draw(amounts), draw(days), draw(st.sampled_from(['EUR', 'USD', 'outside']))
            part = min(paid, left)
            given_up = part if paid_in == currency else min(draw(amounts), paid)
            match += 1
            settled = (Match(max(on, day), given_up, part, match),) if part else ()
            if paid_in != 'outside':
                entries.append(Entry(
                    number, on, on, f"P{number}", paid_in, -paid, -paid, 'payment', matches=settled))
            number += 1
            if part:
                matches.append(Match(max(on, day), part, part, match))
                left -= part
        entries.append(replace(invoice, matches=tuple(matches)))
    return entries


def left_open(entries, as_of):
    """Return {currency: what is left}, worked out entry by entry: booked, less what was settled by then."""
    left = {}
    for entry in entries:
        if entry.date <= as_of:
            settled = sum(match.amount for match in entry.matches if match.date <= as_of)
            amount = entry.amount - settled if entry.amount > 0 else entry.amount + settled
            left[entry.currency] = left.get(entry.currency, 0) + amount
    return left


class TestStatement(unittest.TestCase):

    @given(ledgers(), days)
    def test_open_items_and_activity_close_on_the_same_balance(self, entries, as_of):
        left = left_open(entries, as_of)
        for account in open_items(entries, as_of):
            self.assertEqual(account.closing, left[account.currency])
            self.assertEqual(account.closing, sum(line.balance for line in account.lines))
            self.assertEqual(account.due, account.closing)
            self.assertEqual(sum(account.by_status.values()), account.closing)
        since = min(START + timedelta(days=30), as_of)
        found = {account.currency: account for account in activity(entries, since, as_of)}
        for account in found.values():
            self.assertEqual(account.opening + account.debits - account.credited, account.closing)
            self.assertEqual(account.lines[-1].balance if account.lines else account.opening, account.closing)
        for currency, amount in left.items():
            self.assertEqual(found[currency].closing if currency in found else 0, amount)

    @given(ledgers(), days, days)
    def test_periods_join(self, entries, one, two):
        first, second = sorted((one, two))
        before = {account.currency: account.closing for account in activity(entries, START, first)}
        for account in activity(entries, first + timedelta(days=1), max(second, first + timedelta(days=1))):
            self.assertEqual(account.opening, before.get(account.currency, 0))

    def test_paid_in_another_currency_leaves_the_account(self):
        day = date(2026, 2, 10)
        invoice = Entry(1, START, date(2026, 1, 31), "F1", 'USD', Decimal(100), Decimal(50), matches=(
            Match(day, Decimal(60), Decimal(30), 9),))
        payment = Entry(2, day, day, "P1", 'EUR', Decimal(-30), Decimal(-30), 'payment', matches=(
            Match(day, Decimal(30), Decimal(30), 9),))
        euros, dollars = activity([invoice, payment], START, day)
        self.assertEqual((euros.closing, dollars.closing), (0, 40))
        self.assertEqual([line.status for line in dollars.lines], ['overdue', 'transfer'])
        self.assertEqual([line.balance for line in dollars.lines], [100, 40])
        self.assertEqual([line.entry.amount for line in euros.lines], [-30, 30])
        self.assertTrue(dollars.lines[0].partly)
        self.assertFalse(dollars.lines[1].partly or dollars.lines[1].days_late)

    def test_both_sides_in_one_account_move_nothing(self):
        """A group's statement: one company's payment settled another one's invoice."""
        day = date(2026, 2, 10)
        match = Match(day, Decimal(60), Decimal(60), 9)
        invoice = Entry(1, START, START, "F1", 'EUR', Decimal(100), Decimal(100), owner="A", matches=(match,))
        payment = Entry(2, day, day, "P1", 'EUR', Decimal(-60), Decimal(-60), 'payment', owner="B", matches=(match,))
        self.assertEqual([line.status for line in activity([invoice, payment], START, day)[0].lines],
                         ['overdue', 'paid'])
        [alone] = activity([invoice], START, day)
        self.assertEqual([line.balance for line in alone.lines], [100, 40])
        [other] = activity([payment], START, day)
        self.assertEqual((other.closing, len(other.lines)), (0, 2))

    def test_dated_ahead(self):
        """What is open now: a bill of exchange booked at its maturity settles its invoice already."""
        today, maturity = date(2026, 2, 10), date(2026, 3, 31)
        invoice = Entry(1, START, date(2026, 1, 31), "F1", 'EUR', Decimal(100), Decimal(100), matches=(
            Match(maturity, Decimal(70), Decimal(70), 1),))
        bill = Entry(2, maturity, maturity, "P1", 'EUR', Decimal(-70), Decimal(-70), 'payment', matches=(
            Match(maturity, Decimal(70), Decimal(70), 1),))
        self.assertEqual(open_items([invoice, bill], today)[0].closing, 100)
        [account] = open_items([invoice, bill], today, date.max)
        self.assertEqual((account.closing, account.ageing[1], account.lines[0].days_late), (30, 30, 10))

    def test_only_a_part_is_blocked(self):
        entry = Entry(1, START, date(2026, 1, 31), "F1", 'EUR', Decimal(100), Decimal(100), blocked='disputed',
                      blocked_amount=Decimal(30))
        [account] = open_items([entry], date(2026, 2, 1))
        self.assertEqual(account.by_status, {'overdue': 70, 'disputed': 30})
        [account] = open_items([replace(entry, blocked_amount=Decimal(300))], date(2026, 2, 1))
        self.assertEqual(account.by_status, {'disputed': 100})

    def test_charges_of_items_printed_or_not(self):
        entry = Entry(1, START, date(2026, 1, 31), "F1", 'EUR', Decimal(100), Decimal(100))
        [account] = activity([entry], date(2026, 3, 1), date(2026, 3, 10))
        self.assertFalse(account.lines)
        account = with_charges(account, {1: (Decimal(3), Decimal(40)), 2: (Decimal(9), Decimal(9))})
        self.assertEqual((account.interest, account.indemnity, account.closing), (3, 40, 100))

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
