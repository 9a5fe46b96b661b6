"""Promises to pay: what may become of one, and whether it was kept, computed from what was really received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO
from .machine import Machine
from .settlement import Settlement, settled

MACHINE = Machine('promise', {
    ('open', 'keep'): 'kept',
    ('open', 'part'): 'partly',
    ('open', 'break'): 'broken',
    ('open', 'cancel'): 'cancelled',
    # A payment is taken back, or matched at last: the verdict follows the facts, whenever they come.
    ('kept', 'reopen'): 'open',
    ('kept', 'part'): 'partly',
    ('kept', 'break'): 'broken',
    ('partly', 'keep'): 'kept',
    ('partly', 'break'): 'broken',
    ('partly', 'reopen'): 'open',
    ('broken', 'keep'): 'kept',
    ('broken', 'part'): 'partly',
    ('broken', 'reopen'): 'open',
})
# The move that leads to each verdict.
MOVES = {'kept': 'keep', 'partly': 'part', 'broken': 'break', 'open': 'reopen'}


class PromisedItem(NamedTuple):
    """What is promised for one item, and what was settled of it before: that does not count again."""

    item_id: int
    amount: Decimal  # promised
    owed: Decimal  # residual when it was promised
    paid_before: Decimal = ZERO
    credited_before: Decimal = ZERO


class Verdict(NamedTuple):
    """Whether a promise is kept. Amounts in the currency of its items."""

    state: str  # open, kept, partly, broken
    received: Decimal  # of what is due, by the deadline
    due: Decimal  # what was promised, less what credit notes have settled since

    @property
    def missing(self) -> Decimal:
        """What is still to come."""
        return self.due - self.received


def judge(
    items: Iterable[PromisedItem], settlements: Mapping[int, Sequence[Settlement]], deadline: date, today: date,
) -> Verdict:
    """Tell whether a promise is kept.

    Money counts by the day of the bank, whatever the day it is matched; a credit note lowers what is due but keeps no
    promise. Payments for any of the items count for all of them: nobody promises by line.

    :param settlements: by item id, all of them, those of before the promise too
    :param deadline: last day on which money counts, included
    """
    due = received = ZERO
    for item in items:
        own = settlements.get(item.item_id, ())
        credited = max(settled(own, 'credit') - item.credited_before, ZERO)
        due += min(item.amount, max(item.owed - credited, ZERO))
        received += max(settled(own, 'payment', deadline) - item.paid_before, ZERO)
    received = min(received, due)
    if received >= due:
        return Verdict('kept', received, due)
    if today <= deadline:
        return Verdict('open', received, due)
    return Verdict('partly' if received else 'broken', received, due)


def spread(amount: Decimal, owed: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Spread an amount over items in their order, each up to what is owed on it.

    :param owed: (item id, residual), the oldest first
    :return: (item id, part), without items that get nothing; their sum is the amount when it is owed in whole
    """
    parts = []
    for item_id, residual in owed:
        part = min(amount, residual)
        if part > 0:
            parts.append((item_id, part))
            amount -= part
    return parts
