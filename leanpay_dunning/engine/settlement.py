"""What was really received for items: the only thing that tells whether somebody kept their word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO


class Settlement(NamedTuple):
    """One reconciliation of an item: money, or a credit note."""

    item_id: int
    amount: Decimal  # positive, in the item's currency
    date: date  # day of the entry that settles: of the bank, not of the matching
    kind: str  # payment | credit


def settled(settlements: Iterable[Settlement], kind: str, until: date | None = None) -> Decimal:
    """Return the sum of the settlements of a kind, up to a day included."""
    return sum((each.amount for each in settlements
                if each.kind == kind and (until is None or each.date <= until)), ZERO)
