"""Days that the law counts: ceilings of payment terms, limitation, service of an order, a consumer's free reminder.

Sources: C. com. L441-10 I, L110-4; C. conso. L218-2; CPC 641, 642, 1411 (decree 2026-96); CDE XIX.2 (Belgium).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from .workdays import Calendar

FRANCE, BELGIUM = Calendar('FR'), Calendar('BE')
SERVICE_IN_THREE_MONTHS = date(2026, 9, 1)  # orders made since then; six months before (decree 2026-96)


class TermCeilings(NamedTuple):
    """The last due dates that French law allows for an invoice."""

    net60: date
    d45_eom_A_plus45_then_eom: date
    d45_eom_B_eom_then_plus45: date
    periodic45: date


class FirstReminder(NamedTuple):
    """When a Belgian consumer's fourteen days start, and the first day on which something may be charged."""

    starts: date
    charges_from: date


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, its last one where there is no such day (CPC 641)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_of_month(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def term_ceilings(invoice_date: date) -> TermCeilings:
    """Return the last due dates allowed for an invoice of that date."""
    forty_five = timedelta(days=45)
    return TermCeilings(
        invoice_date + timedelta(days=60), end_of_month(invoice_date + forty_five),
        end_of_month(invoice_date) + forty_five, invoice_date + forty_five)


def limitation(due: date, years: int, from_year_end: bool = False) -> date:
    """Return the last useful day to sue. No reminder and no formal notice ever moves it.

    :param from_year_end: the years run from the end of the year of the due date (BGB § 199, loi 68-1250 art. 1)
    """
    return add_months(date(due.year, 12, 31) if from_year_end else due, 12 * years)


def rolled(day: date) -> date:
    """Return the day, or the next French working one when it is none (CPC 642)."""
    return FRANCE.next_workday(day)


def service_deadline(order: date) -> date:
    """Return the last day to have an order to pay served, lest it lapse (CPC 1411)."""
    return rolled(add_months(order, 3 if order >= SERVICE_IN_THREE_MONTHS else 6))


def belgian_first_reminder(sent: date, by_post: bool, calendar: Calendar = BELGIUM) -> FirstReminder:
    """Return the days of a Belgian consumer's free first reminder: fourteen days before anything is charged.

    :param by_post: they run from the third working day after sending; from the day after for an electronic one
    :param calendar: what is a working day; the law does not say whether Saturday is one
    """
    starts = calendar.add(sent, 3) if by_post else sent + timedelta(days=1)
    return FirstReminder(starts, starts + timedelta(days=14))


def free_reminder(received: date) -> date:
    """Return the first day on which something is charged after a Dutch consumer's letter (BW 6:96 lid 6).

    The fourteen days run from the day after it was received.
    """
    return received + timedelta(days=15)
