"""When a statement of account goes out by itself, before invoices fall due.

A statement says what is open, due or not. An item is announced once, between twice the days that were chosen and these
days before it falls due (five days: from ten to five days before), so that two statements never come closer than these
days, however many invoices fall due, and each of them comes in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from .workdays import Calendar


class Due(NamedTuple):
    """An open item and the day it falls due."""

    item_id: int
    date: date


class Told(NamedTuple):
    """A statement that went out: on which day, and the items it listed; None: all there were."""

    date: date
    item_ids: frozenset[int] | None = None


def before_due(days: int, dues: Iterable[Due], told: Iterable[Told], today: date, calendar: Calendar) -> date | None:
    """Return the due date that asks for a statement today, the first one; None when there is nothing to announce.

    The last day to announce an item that falls on a day off comes forward to the working day before. What could not go
    out in time still does, until the due date.

    :param days: so many days before the due date at the latest
    :param told: the statements that went out, those of the last twice so many days at least
    """
    told = [one for one in told if one.date <= today]
    if any((today - one.date).days < max(days, 1) for one in told):
        return None
    asking = (
        due.date for due in dues
        if latest(due.date, days, calendar) <= today <= due.date and not any(announced(due, one, days) for one in told))
    return min(asking, default=None)


def latest(due: date, days: int, calendar: Calendar) -> date:
    """Return the last working day that is so many days before a due date, or more."""
    return calendar.previous_workday(due - timedelta(days=days))


def announced(due: Due, told: Told, days: int) -> bool:
    """Tell whether a statement announced an item: it listed it, and came no earlier than twice so many days before."""
    return (told.item_ids is None or due.item_id in told.item_ids) and due.date <= told.date + timedelta(days=2 * days)
