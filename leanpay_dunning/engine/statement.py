"""The statement of a customer's account as of a day: what is open, or what happened between two days.

Amounts are signed as in the ledger: what the customer owes is positive. An amount that a payment settles leaves the
account on the day of the later of both entries, never before it.

An entry may be settled by one that is not in the same account: a payment in another currency, or of another customer.
The part that is settled so moves from one account to the other, as a line of its own in the activity: without it, an
invoice in dollars paid in euros would stay owed in dollars for ever. So the sum of what happened is always the sum of
what is left open. Exchange differences are in the company's currency only and move no account.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO

BUCKETS = (0, 30, 60, 90)  # upper bounds of the days late; the last bucket has none
BLOCKED = ('disputed', 'promised', 'planned', 'held', 'paying')
STATUSES = ('open', 'overdue', *BLOCKED, 'credit', 'payment', 'paid', 'transfer')


class Match(NamedTuple):
    """A part of an entry that another one settled: `amount` is positive, in the entry's currency."""

    date: datetime.date
    amount: Decimal
    base: Decimal  # the same in the company's currency
    id: int | None = None  # the reconciliation, which both of its entries name; None: the other one is in this account


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
    kind: str = 'item'  # item | credit (a credit note) | payment | transfer
    label: str = ''
    owner: str = ''  # whose account, in a statement of several
    blocked: str = ''  # one of `BLOCKED`
    blocked_amount: Decimal | None = None  # this part of it only; None: all of it
    matches: tuple[Match, ...] = ()

    def residual(self, as_of: datetime.date) -> Decimal:
        """Return what is left of the entry at the end of a day, signed."""
        return self._left(self.amount, (match.amount for match in self.matches if match.date <= as_of))

    def base_residual(self, as_of: datetime.date) -> Decimal:
        """Return the same in the company's currency."""
        return self._left(self.base, (match.base for match in self.matches if match.date <= as_of))

    @property
    def is_debit(self) -> bool:
        """Tell whether the entry is owed by the customer; an exchange difference has an amount in `base` only."""
        return self.amount > 0 or (not self.amount and self.base > 0)

    def _left(self, amount: Decimal, settled: Iterable[Decimal]) -> Decimal:
        paid = sum(settled, ZERO)
        return amount - paid if self.is_debit else amount + paid


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; `balance` is the running balance of an activity, the amount left of an open item."""

    entry: Entry
    status: str
    days_late: int
    balance: Decimal
    left: Decimal = ZERO  # what is left of the entry, signed

    @property
    def settled(self) -> Decimal:
        """Return what is settled of the entry, signed as the entry is."""
        return self.entry.amount - self.left

    @property
    def partly(self) -> bool:
        """Tell whether a part of an item is settled, and a part is left."""
        return self.entry.kind != 'transfer' and self.left > 0 and self.settled != 0


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
    by_status: Mapping[str, Decimal] = field(default_factory=dict)
    open_ids: tuple[int, ...] = ()  # the items that are owed, printed or not
    # what the law adds to items, by id: (late interest, recovery indemnity); the balance stays the ledger's
    charges: Mapping[int, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def interest(self) -> Decimal:
        """Return the late interest of all items."""
        return sum((interest for interest, _indemnity in self.charges.values()), ZERO)

    @property
    def indemnity(self) -> Decimal:
        """Return the recovery indemnities of all items."""
        return sum((indemnity for _interest, indemnity in self.charges.values()), ZERO)

    @property
    def debits(self) -> Decimal:
        """What was added between the opening and the closing balance of an activity."""
        return sum((line.entry.amount for line in self.lines if line.entry.amount > 0), ZERO)

    @property
    def credited(self) -> Decimal:
        """What was taken off between them, as a positive amount."""
        return -sum((line.entry.amount for line in self.lines if line.entry.amount < 0), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What is past its due date."""
        return sum(self.ageing[1:], ZERO)

    @property
    def due(self) -> Decimal:
        """What is to be paid in the end: the open items less credits and payments that settle nothing yet."""
        return sum(self.ageing, ZERO) + self.credits


def open_items(entries: Iterable[Entry], as_of: datetime.date, through: datetime.date | None = None) -> list[Account]:
    """Return the accounts, one per currency, with what is open at the end of a day.

    The closing balance is the sum of the lines, which is what the entries of that day leave.

    :param through: last day of the entries and payments that count, when some are dated ahead; None: that day
    """
    accounts = []
    for currency, own in _by_currency(entries, through or as_of):
        left = [(entry, entry.residual(through or as_of)) for entry in own]
        lines = tuple(
            _line(entry, residual, as_of, residual)
            for entry, residual in sorted(left, key=lambda pair: (pair[0].due, pair[0].date, pair[0].id)) if residual)
        closing = sum((residual for _entry, residual in left), ZERO)
        if lines:
            accounts.append(_closed(currency, ZERO, lines, closing, own, as_of, through or as_of))
    return accounts


def activity(entries: Iterable[Entry], since: datetime.date, as_of: datetime.date) -> list[Account]:
    """Return the accounts, one per currency, with every entry between two days, both included, and running balances.

    The opening balance is what was left open before, the closing balance what is left open at the end.

    :param entries: all of the account up to the last day, those that are settled too
    :raise ValueError: the period ends before it starts
    """
    if as_of < since:
        raise ValueError("A period cannot end before it starts.")
    accounts = []
    for currency, own in _by_currency(entries, as_of):
        moves = sorted([*own, *_transfers(own, as_of)], key=lambda entry: (entry.date, entry.id))
        opening = balance = sum((entry.amount for entry in moves if entry.date < since), ZERO)
        lines = []
        for entry in moves:
            if entry.date < since or not entry.amount:
                continue
            balance += entry.amount
            lines.append(_line(entry, entry.residual(as_of), as_of, balance))
        if lines or opening:
            accounts.append(_closed(currency, opening, tuple(lines), balance, own, as_of, as_of))
    return accounts


def _transfers(own: Iterable[Entry], as_of: datetime.date) -> list[Entry]:
    """Return what settled these entries from outside their account, or what they settled outside, as entries."""
    found: dict[int, tuple[Entry, Match, Decimal]] = {}
    for entry in own:
        for match in entry.matches:
            if match.id is None or match.date > as_of:
                continue
            amount = -match.amount if entry.is_debit else match.amount
            _first, _match, other = found.get(match.id, (entry, match, ZERO))
            found[match.id] = entry, match, other + amount
    return [
        Entry(entry.id, match.date, match.date, entry.reference, entry.currency, amount, ZERO, 'transfer',
              entry.label, entry.owner)
        for entry, match, amount in found.values() if amount]


def status(entry: Entry, residual: Decimal, as_of: datetime.date) -> str:
    """Return what an entry is on a day, one of `STATUSES`."""
    if entry.kind == 'transfer':
        return 'transfer'
    if not residual:
        return 'paid'
    if residual < 0:
        return 'credit' if entry.kind == 'credit' else 'payment'
    return entry.blocked or ('overdue' if entry.due < as_of else 'open')


def with_charges(account: Account, charges: Mapping[int, tuple[Decimal, Decimal]]) -> Account:
    """Return an account that also tells what the law adds to its open items; the balance stays the ledger's.

    :param charges: (late interest, recovery indemnity) by entry id, of any account
    """
    return replace(account, charges={
        entry_id: charges[entry_id] for entry_id in account.open_ids if any(charges.get(entry_id, ()))})


def _by_currency(entries, as_of):
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.date <= as_of:
            found.setdefault(entry.currency, []).append(entry)
    return sorted(found.items())


def _closed(currency, opening, lines, closing, entries, as_of, through):
    ageing, by_status, credits, open_ids = [ZERO] * (len(BUCKETS) + 1), {}, ZERO, []
    for entry in entries:
        residual = entry.residual(through)
        if residual < 0:
            credits += residual
        elif residual:
            open_ids.append(entry.id)
            ageing[bucket((as_of - entry.due).days)] += residual
        for name, amount in _by_status(entry, residual, as_of):
            by_status[name] = by_status.get(name, ZERO) + amount
    base = sum((entry.base_residual(through) for entry in entries), ZERO)
    return Account(
        currency, opening, lines, closing, tuple(ageing), credits, base, by_status=by_status, open_ids=tuple(open_ids))


def _by_status(entry, residual, as_of):
    """Yield (status, amount): two of them where only a part of an item is blocked."""
    if not residual:
        return
    name, blocked = status(entry, residual, as_of), residual
    if name in BLOCKED and entry.blocked_amount is not None:
        blocked = min(entry.blocked_amount, residual)
        if blocked < residual:
            yield status(replace(entry, blocked=''), residual, as_of), residual - blocked
    yield name, blocked


def bucket(days_late: int) -> int:
    """Return the number of the bucket of an item: 0 is not due yet."""
    return next((number for number, bound in enumerate(BUCKETS) if days_late <= bound), len(BUCKETS))


def _line(entry, residual, as_of, balance):
    late = max((as_of - entry.due).days, 0) if residual > 0 and entry.kind != 'transfer' else 0
    return Line(entry, status(entry, residual, as_of), late, balance, residual)
