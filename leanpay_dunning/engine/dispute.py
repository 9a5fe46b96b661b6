"""Disputes: what may become of one, and what is left to pay once it is settled."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO
from .machine import Machine

MACHINE = Machine('dispute', {
    ('open', 'ask'): 'waiting',  # the customer must say more, or send something
    ('waiting', 'answer'): 'open',
    ('open', 'resolve'): 'resolved',
    ('waiting', 'resolve'): 'resolved',
    ('open', 'withdraw'): 'withdrawn',
    ('waiting', 'withdraw'): 'withdrawn',
    ('resolved', 'reopen'): 'open',  # the customer does not accept the answer
})
OPEN = ('open', 'waiting')  # what stops the clock


class DisputedItem(NamedTuple):
    """What is disputed of an item, and how much of that the company accepts."""

    item_id: int
    disputed: Decimal
    accepted: Decimal = ZERO


def outcome(items: list[DisputedItem]) -> str:
    """Return the outcome that the accepted amounts make: rejected, accepted, or part of each.

    :raise ValueError: more is accepted than is disputed, or less than nothing
    """
    for item in items:
        if not ZERO <= item.accepted <= item.disputed:
            raise ValueError(f"{item.accepted} is not between 0 and {item.disputed}")
    accepted = sum((item.accepted for item in items), ZERO)
    if not accepted:
        return 'rejected'
    return 'accepted' if accepted == sum((item.disputed for item in items), ZERO) else 'part'
