"""The statement of a customer's account as of a day: what is open, or what happened between two days.

Amounts are signed as in the ledger: what the customer owes is positive. An amount that a payment settles leaves the
account on the day of the later of both entries, never before it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO

BUCKETS = (0, 30, 60, 90)  # upper bounds of the days late; the last bucket has none
STATUSES = ('open', 'overdue', 'disputed', 'promised', 'planned', 'held', 'paying', 'credit', 'payment', 'paid')


class Match(NamedTuple):
    """A part of an entry that another one settled: `amount` is positive, in the entry's currency."""

    date: datetime.date
    amount: Decimal
    base: Decimal  # the same in the company's currency


@dataclass(frozen=True, slots=True)
class Entry:
    """One receivable journal item: signed amounts, in its currency and in the company's."""

    id: int
    date: datetime.date
    due: datetime.date
    reference: str
    currency: str
    amount: Decimal
    base: Decimal
    kind: str = 'item'  # item | credit (a credit note) | payment
    label: str = ''
    owner: str = ''  # whose account, in a statement of several
    blocked: str = ''  # disputed | promised | planned | held | paying
    matches: tuple[Match, ...] = ()

    def residual(self, as_of: datetime.date) -> Decimal:
        """Return what is left of the entry at the end of a day, signed."""
        return self._left(self.amount, (match.amount for match in self.matches if match.date <= as_of))

    def base_residual(self, as_of: datetime.date) -> Decimal:
        """Return the same in the company's currency."""
        return self._left(self.base, (match.base for match in self.matches if match.date <= as_of))

    def _left(self, amount: Decimal, settled: Iterable[Decimal]) -> Decimal:
        paid = sum(settled, ZERO)
        return amount - paid if self.amount > 0 or (not self.amount and self.base > 0) else amount + paid


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `balance` is the running balance of an activity, the amount left of an open item."""

    entry: Entry
    status: str
    days_late: int
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The account in one currency. `ageing` is by `BUCKETS`; credits and payments that settle nothing are apart."""

    currency: str
    opening: Decimal
    lines: tuple[Line, ...]
    closing: Decimal
    ageing: tuple[Decimal, ...]
    credits: Decimal
    base_closing: Decimal
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    by_status: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def overdue(self) -> Decimal:
        """What is past its due date."""
        return sum(self.ageing[1:], ZERO)

    @property
    def due(self) -> Decimal:
        """What is to be paid in the end: the open items less credits and payments that settle nothing yet."""
        return sum(self.ageing, ZERO) + self.credits


def open_items(entries: Iterable[Entry], as_of: datetime.date) -> list[Account]:
    """Return the accounts, one per currency, with what is open at the end of a day.

    The closing balance is the sum of the lines, which is what the entries of that day leave.
    """
    accounts = []
    for currency, own in _by_currency(entries, as_of):
        left = [(entry, entry.residual(as_of)) for entry in own]
        lines = tuple(
            Line(entry, status(entry, residual, as_of), _late(entry, residual, as_of), residual)
            for entry, residual in sorted(left, key=lambda pair: (pair[0].due, pair[0].date, pair[0].id)) if residual)
        closing = sum((residual for _entry, residual in left), ZERO)
        if lines:
            accounts.append(_closed(currency, ZERO, lines, closing, own, as_of))
    return accounts


def activity(entries: Iterable[Entry], since: datetime.date, as_of: datetime.date) -> list[Account]:
    """Return the accounts, one per currency, with every entry between two days, both included, and running balances.

    The opening balance is what was booked before, the closing balance what is booked at the end.

    :raise ValueError: the period ends before it starts
    """
    if as_of < since:
        raise ValueError("A period cannot end before it starts.")
    accounts = []
    for currency, own in _by_currency(entries, as_of):
        opening = balance = sum((entry.amount for entry in own if entry.date < since), ZERO)
        lines = []
        for entry in sorted(own, key=lambda entry: (entry.date, entry.id)):
            if entry.date < since or not entry.amount:
                continue
            balance += entry.amount
            residual = entry.residual(as_of)
            lines.append(Line(entry, status(entry, residual, as_of), _late(entry, residual, as_of), balance))
        if lines or opening:
            accounts.append(_closed(currency, opening, tuple(lines), balance, own, as_of))
    return accounts


def status(entry: Entry, residual: Decimal, as_of: datetime.date) -> str:
    """Return what an entry is on a day, one of `STATUSES`."""
    if not residual:
        return 'paid'
    if residual < 0:
        return 'credit' if entry.kind == 'credit' else 'payment'
    return entry.blocked or ('overdue' if entry.due < as_of else 'open')


def with_interest(account: Account, interest: Decimal, indemnity: Decimal) -> Account:
    """Return an account that also tells what the law adds to it; the balance stays the ledger's."""
    return replace(account, interest=interest, indemnity=indemnity)


def _by_currency(entries, as_of):
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.date <= as_of:
            found.setdefault(entry.currency, []).append(entry)
    return sorted(found.items())


def _closed(currency, opening, lines, closing, entries, as_of):
    ageing, by_status, credits = [ZERO] * (len(BUCKETS) + 1), {}, ZERO
    for entry in entries:
        residual = entry.residual(as_of)
        if residual < 0:
            credits += residual
        elif residual:
            ageing[bucket((as_of - entry.due).days)] += residual
        if residual:
            name = status(entry, residual, as_of)
            by_status[name] = by_status.get(name, ZERO) + residual
    base = sum((entry.base_residual(as_of) for entry in entries), ZERO)
    return Account(currency, opening, lines, closing, tuple(ageing), credits, base, by_status=by_status)


def bucket(days_late: int) -> int:
    """Return the number of the bucket of an item: 0 is not due yet."""
    return next((number for number, bound in enumerate(BUCKETS) if days_late <= bound), len(BUCKETS))


def _late(entry, residual, as_of):
    return max((as_of - entry.due).days, 0) if residual > 0 else 0
