"""Payment plans: the schedule, what payments settle of it, and when it is broken. Amounts are exact to the cent."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from typing import NamedTuple

from .facts import ZERO
from .machine import Machine
from .settlement import Settlement

MACHINE = Machine('plan', {
    ('draft', 'submit'): 'to_approve',
    ('draft', 'propose'): 'proposed',
    ('draft', 'accept'): 'running',
    ('draft', 'cancel'): 'cancelled',
    ('to_approve', 'approve'): 'draft',
    ('to_approve', 'cancel'): 'cancelled',
    ('proposed', 'accept'): 'running',
    ('proposed', 'refuse'): 'refused',
    ('proposed', 'cancel'): 'cancelled',
    ('running', 'finish'): 'done',
    ('running', 'break'): 'broken',
    ('running', 'cancel'): 'cancelled',
    ('done', 'resume'): 'running',  # a payment is taken back
})
LONGEST = 120  # months: nobody grants more, and a mistyped amount must not make a million instalments


class Instalment(NamedTuple):
    """What is to be paid by a day."""

    date: datetime.date
    amount: Decimal


class Progress(NamedTuple):
    """What payments settle of one instalment on a day."""

    date: datetime.date
    amount: Decimal  # what is due of it, less credit notes
    paid: Decimal
    paid_on: datetime.date | None  # day on which it was settled in full
    state: str  # upcoming, due, partly, late, paid

    @property
    def missing(self) -> Decimal:
        """What is still to be paid of it."""
        return self.amount - self.paid


def schedule(
    total: Decimal, first_day: datetime.date, count: int, first_amount: Decimal | None = None,
    cent: Decimal = Decimal('0.01'),
) -> tuple[Instalment, ...]:
    """Return monthly instalments whose sum is the total: the first as given, the others equal, the last takes the rest.

    The day of the month stays that of the first one; a month that is too short gives its last day.

    :param first_amount: paid on the first day; None: as the others
    :raise ValueError: the number or the first amount makes no sense
    """
    if not 1 <= count <= LONGEST:
        raise ValueError('count')
    if first_amount is not None and not ZERO < first_amount <= total:
        raise ValueError('first_amount')
    if first_amount is not None and (first_amount == total) != (count == 1):
        raise ValueError('first_amount')
    equal = _share(total if first_amount is None else total - first_amount,
                   count if first_amount is None else count - 1, cent)
    amounts = [equal if first_amount is None else first_amount, *[equal] * (count - 1)]
    amounts[-1] = total - sum(amounts[:-1])
    if any(amount <= 0 for amount in amounts):
        raise ValueError('count')
    return tuple(Instalment(month_later(first_day, number), amount) for number, amount in enumerate(amounts))


def _share(total: Decimal, count: int, cent: Decimal) -> Decimal:
    return (total / count).quantize(cent, rounding=ROUND_DOWN) if count else ZERO


def months_for(total: Decimal, monthly: Decimal, first_amount: Decimal | None = None) -> int:
    """Return how many instalments of at most that amount pay the total, the first one included.

    :raise ValueError: it would take more than `LONGEST` months, or the amount is not positive
    """
    if monthly <= 0:
        raise ValueError('monthly')
    left = total if first_amount is None else total - first_amount
    count = int((left / monthly).to_integral_value(rounding=ROUND_CEILING)) + (first_amount is not None)
    if not 1 <= count <= LONGEST:
        raise ValueError('monthly')
    return count


def month_later(day: datetime.date, months: int) -> datetime.date:
    """Return the same day some months later, the last day of a month that is too short."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def allocate(
    instalments: Sequence[Instalment], settlements: Iterable[Settlement], today: datetime.date,
) -> tuple[Progress, ...]:
    """Tell what was settled of each instalment.

    Money pays the instalments in their order, early or late; what was received too much is left over. Credit notes
    lower the last instalments first: the customer owes less, but not later.

    :param settlements: those since the plan was agreed, of all its items, in any order
    """
    credits = max(sum((each.amount for each in settlements if each.kind == 'credit'), ZERO), ZERO)
    amounts = [instalment.amount for instalment in instalments]
    for number in range(len(amounts) - 1, -1, -1):
        taken = min(credits, amounts[number])
        amounts[number] -= taken
        credits -= taken
    flow = sorted((each.date, each.amount) for each in settlements if each.kind == 'payment')
    received = max(sum((amount for _day, amount in flow), ZERO), ZERO)
    progress, before = [], ZERO
    for instalment, amount in zip(instalments, amounts, strict=True):
        paid = min(max(received - before, ZERO), amount)
        before += amount
        paid_on = _reached(flow, before) if paid == amount and amount else None
        progress.append(Progress(instalment.date, amount, paid, paid_on, _state(instalment.date, amount, paid, today)))
    return tuple(progress)


def _reached(flow: Sequence[tuple[datetime.date, Decimal]], amount: Decimal) -> datetime.date | None:
    """Return the day from which what was received stays at an amount or above."""
    total, day = ZERO, None
    for received_on, received in flow:
        total += received
        if total < amount:
            day = None
        elif day is None:
            day = received_on
    return day


def _state(day: datetime.date, amount: Decimal, paid: Decimal, today: datetime.date) -> str:
    if paid >= amount:
        return 'paid'
    if day < today:
        return 'late'
    if day == today:
        return 'due'
    return 'partly' if paid else 'upcoming'


def on_track_until(progress: Sequence[Progress], days: int, missed: int) -> datetime.date | None:
    """Return the last day on which a plan is kept if nothing more is paid; None when all is paid.

    It is broken once `missed` instalments are each more than `days` days late.

    :param missed: at least one
    """
    open_days = [each.date for each in progress if each.missing > 0]
    if not open_days:
        return None
    breaking = open_days[min(missed, len(open_days)) - 1]
    return breaking + timedelta(days)
