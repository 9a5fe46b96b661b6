"""Whom to thank for having paid: who was late, was reminded, and paid all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .machine import Machine
from .settlement import Settlement

THANKS = Machine('thanks', {
    ('waiting', 'send'): 'sent',
    ('waiting', 'drop'): 'dropped',
})


class Rule(NamedTuple):
    """What one company decided; `level` is the lowest that really reminded."""

    minimum: Decimal  # company currency
    days: int
    level: int


def paid_late(date_due: date, settlements: Sequence[Settlement]) -> int | None:
    """Return how many days late the last money came; None when no money came: a credit note deserves no thanks."""
    days = [one.date for one in settlements if one.kind == 'payment']
    return (max(days) - date_due).days if days else None


def deserves(rule: Rule, amount: Decimal, level: int | None, days_late: int | None) -> bool:
    """Tell whether a paid item deserves thanks.

    :param amount: what it was, in company currency
    :param level: the highest step really sent for it; None: it was never reminded
    :param days_late: see `paid_late`
    """
    return (
        level is not None and level >= max(rule.level, 1) and days_late is not None and days_late >= max(rule.days, 1)
        and amount >= rule.minimum)
