"""Late interest and recovery indemnity of one debt, day by day, as the law says.

:func:`late_interest` is pure and knows no clock. A day counts when it is after the due date and not after `until`; what
it bears is the amount less everything paid *before* it; each printed segment is rounded half up, so that a printed
table adds up to its total. Source: C. com. L441-10 II, C. civ. 1343-1, BW 6:119a, directive 2011/7/EU.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from .facts import ZERO
from .rates import (
    AppliedRate,
    Contract,
    MissingRate,
    RateBook,
    RateGap,
    Regime,
    contract_rate,
    floor_rate,
    next_day,
    rate_changes,
    statutory_rate,
)

DAY_COUNTS = ('act/365', 'act/act', 'act/360', '30/360')


class InterestError(ValueError):
    """What was given cannot be computed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """The answers to what the law leaves open; the defaults are the ones that claim no more than is certain."""

    days: str = 'after_due'  # after_due: due+1 … payment day | from_due: due … the day before the payment
    below_floor_default: str = 'apply'  # apply | raise: the default rate, when under the floor of clauses
    below_floor_contract: str = 'default'  # default | floor: a clause under the floor
    imputation: str = 'principal_first'  # principal_first | interest_first (C. civ. 1343-1)
    credits: str = 'from_start'  # from_start: a credit note is a price reduction | from_date
    rounding: str = 'segment'  # segment | total
    missing: str = 'no_claim'  # no_claim: fail closed | provisional: the last known rate, and say so
    day_count: str = ''  # replaces the regime's


class Movement(NamedTuple):
    """A payment or a credit note: positive amounts reduce the debt."""

    date: date
    amount: Decimal


class Pause(NamedTuple):
    """Days without interest, both included: a judge's grace period, an agreed suspension."""

    date_from: date
    date_until: date


@dataclass(frozen=True, slots=True)
class Debt:
    """One invoice or instalment, tax included, in one currency with `decimals` minor digits."""

    amount: Decimal
    due: date
    payments: tuple[Movement, ...] = ()
    credits: tuple[Movement, ...] = ()
    decimals: int = 2
    formal_notice: date | None = None  # day on which it was received
    insolvency: date | None = None  # day of the judgment: interest stops the day before
    pauses: tuple[Pause, ...] = ()
    charges_from: date | None = None  # first day on which a consumer who was warned owes an indemnity


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of the statement of claim: `days` days from `date_from` to `date_to` included, at one rate."""

    date_from: date
    date_to: date
    days: int
    principal: Decimal
    rate: Decimal
    source: str
    interest: Decimal
    exact: Fraction = field(default=Fraction(0), repr=False)  # before rounding
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class LateInterest:
    """What is claimed for one debt on one day."""

    days: int  # days late
    segments: tuple[Segment, ...]
    interest: Decimal  # accrued: the sum of the segments
    interest_rounded_once: Decimal
    interest_paid: Decimal  # by payments imputed on interest first
    principal: Decimal  # what is left of the debt itself
    indemnity: Decimal
    missing: tuple[RateGap, ...] = ()  # slices for which nothing is claimed, for want of a rate

    @property
    def interest_open(self) -> Decimal:
        """The interest that is not paid."""
        return self.interest - self.interest_paid

    def with_indemnity(self, indemnity: Decimal) -> LateInterest:
        """Return the same with another indemnity: converted, or 0 for one more instalment of an invoice."""
        return replace(self, indemnity=indemnity)

    @property
    def total(self) -> Decimal:
        """Everything that is left to pay."""
        return self.principal + self.interest_open + self.indemnity


def late_interest(
    debt: Debt, until: date, regime: Regime, book: RateBook,
    contract: Contract | None = None, options: Options = Options(),
) -> LateInterest:
    """Compute what a debt that is paid on `until`, or still open on it, bears.

    :param until: last day that counts
    :param contract: the clause of the contract, where there is one
    :raise InterestError: an amount or a date makes no sense
    """
    _check(debt, options)
    return _Account(debt, until, regime, book, contract, options).close()


def _check(debt: Debt, options: Options) -> None:
    if debt.amount < 0:
        raise InterestError("A debt cannot be negative: a credit bears no late interest.")
    if any(movement.amount < 0 for movement in (*debt.payments, *debt.credits)):
        raise InterestError("A payment or a credit note cannot be negative: leave a payment that came back out.")
    if any(pause.date_until < pause.date_from for pause in debt.pauses):
        raise InterestError("A suspension of interest cannot end before it starts.")
    if options.day_count and options.day_count not in DAY_COUNTS:
        raise InterestError(f"A day count is one of {', '.join(DAY_COUNTS)}.")


class _Account:
    """The running account of one debt: intervals of equal days, closed into segments one after the other."""

    def __init__(self, debt, until, regime, book, contract, options):
        if options.days == 'from_due':
            debt, until = _a_day_earlier(debt), until - timedelta(days=1)
        self.debt, self.regime, self.book, self.contract, self.options = debt, regime, book, contract, options
        self.day_count = options.day_count or regime.day_count
        starts = debt.due
        if regime.starts == 'formal_notice':
            starts = max(debt.due, debt.formal_notice) if debt.formal_notice else until
        self.first = next_day(starts)
        self.days = max((until - starts).days, 0)
        self.end = until
        self.until = min(until, debt.insolvency - timedelta(days=1)) if debt.insolvency else until
        self.base = debt.amount  # what bears interest
        self.movements = sorted(debt.payments)
        if options.credits == 'from_start':
            self.base = max(self.base - sum((credit.amount for credit in debt.credits), ZERO), ZERO)
            self.late_credits = []
        else:
            self.late_credits = sorted(debt.credits)
        # `capitalised` is the part of the base that is interest of past years, still unpaid
        self.capitalised = self.accrued = self.paid = self.year_interest = ZERO
        self.segments: list[Segment] = []
        self.current: Segment | None = None
        self.missing: set[RateGap] = set()

    # === The whole === #

    def close(self) -> LateInterest:
        """Go through every interval and return the result."""
        self._settle(self.first)
        owed_at_first = self.base
        anniversaries = self._anniversaries()
        for start, end in self._intervals(anniversaries):
            self._settle(start)
            if start in anniversaries:
                self._capitalise()
            if not any(pause.date_from <= start <= pause.date_until for pause in self.debt.pauses):
                self._accrue(start, end)
        self._close_segment()
        self._settle(next_day(self.end))
        exact = sum((segment.exact for segment in self.segments), Fraction(0))
        once = self._round(exact)
        return LateInterest(
            days=self.days, segments=tuple(self.segments),
            interest=once if self.options.rounding == 'total' and not self.paid else self.accrued,
            interest_rounded_once=once, interest_paid=self.paid,
            principal=self.base - self.capitalised,
            indemnity=self._indemnity(owed_at_first), missing=tuple(sorted(self.missing)),
        )

    def _indemnity(self, owed: Decimal) -> Decimal:
        insolvent = self.debt.insolvency and self.debt.due >= self.debt.insolvency
        if not self.days or insolvent or self.regime.indemnity_mode == 'none':
            return ZERO
        warned = self.debt.charges_from and self.debt.charges_from <= self.end
        if self.regime.indemnity_mode == 'after_notice' and not warned:
            return ZERO
        return self._round(self.regime.indemnity(owed))

    def _intervals(self, anniversaries: Iterable[date]):
        """Yield (first day, last day) of days that are alike in every respect."""
        if self.first > self.until:
            return
        cuts = {self.first, *anniversaries}
        cuts |= rate_changes(self.regime, self.contract, self.book, self.first, self.until)
        cuts.update(next_day(movement.date) for movement in (*self.movements, *self.late_credits))
        for pause in self.debt.pauses:
            cuts |= {pause.date_from, next_day(pause.date_until)}
        days = sorted(day for day in cuts if self.first <= day <= self.until)
        for index, day in enumerate(days):
            yield day, (days[index + 1] - timedelta(days=1) if index + 1 < len(days) else self.until)

    def _anniversaries(self) -> set[date]:
        if not self.regime.capitalised:
            return set()
        years = range(self.first.year + 1, self.until.year + 1)
        return {_same_day(self.first, year) for year in years if _same_day(self.first, year) <= self.until}

    # === Movements === #

    def _settle(self, day: date) -> None:
        """Take in what was paid before a day."""
        while self.late_credits and self.late_credits[0].date < day:
            credit = self.late_credits.pop(0)
            self.base -= min(credit.amount, self.base - self.capitalised)
        while self.movements and self.movements[0].date < day:
            self._impute(self.movements.pop(0).amount)

    def _impute(self, amount: Decimal) -> None:
        """Share a payment between principal and interest; what is paid beyond one pays the other."""
        first_on_interest = self.options.imputation == 'interest_first'
        if first_on_interest:
            amount -= self._pay_interest(amount)
        on_principal = min(amount, self.base - self.capitalised)
        self.base -= on_principal
        if on_principal < amount and not first_on_interest:
            self._pay_interest(amount - on_principal)

    def _pay_interest(self, amount: Decimal) -> Decimal:
        self._close_segment()
        amount = min(amount, self.accrued - self.paid)
        self.paid += amount
        bearing = min(amount, self.capitalised)  # interest that bore interest itself no longer does
        self.capitalised -= bearing
        self.base -= bearing
        return amount

    def _capitalise(self) -> None:
        """Add the unpaid interest of the year to what bears interest."""
        self._close_segment()
        added = max(min(self.year_interest, self.accrued - self.paid - self.capitalised), ZERO)
        self.base += added
        self.capitalised += added
        self.year_interest = ZERO

    # === Segments === #

    def _accrue(self, start: date, end: date) -> None:
        try:
            applied = self._rate(start)
        except MissingRate as missing:
            self._close_segment()
            self.missing.add(RateGap(missing.index, missing.day))
            return
        last = self.current
        if last and next_day(last.date_to) == start and (last.principal, last.rate, last.provisional) == (
                self.base, applied.rate, applied.provisional):
            self.current = replace(last, date_to=end)
            return
        self._close_segment()
        self.current = Segment(start, end, 0, self.base, applied.rate, applied.source, ZERO,
                               provisional=applied.provisional)

    def _close_segment(self) -> None:
        if self.current is None:
            return
        segment, self.current = self.current, None
        days, part = day_fraction(segment.date_from, segment.date_to, self.day_count)
        exact = Fraction(segment.principal) * Fraction(segment.rate) / 100 * part
        interest = self._round(exact)
        self.segments.append(replace(segment, days=days, interest=interest, exact=exact))
        self.accrued += interest
        self.year_interest += interest

    def _round(self, amount: Decimal | Fraction) -> Decimal:
        return round_half_up(amount, self.debt.decimals)

    # === Rates === #

    def _rate(self, day: date) -> AppliedRate:
        provisional = self.options.missing == 'provisional'
        if self.contract is None:
            default = statutory_rate(self.regime, self.book, day, self.first, provisional)
            if self.options.below_floor_default == 'raise' and self.regime.floor_index:
                return _at_least(default, floor_rate(self.regime, self.book, day))
            return default
        clause = contract_rate(self.contract, self.book, day, provisional)
        floor = floor_rate(self.regime, self.book, day)
        if floor is None or clause.rate >= floor:
            return clause
        if self.options.below_floor_contract == 'floor':
            return _at_least(clause, floor)
        return statutory_rate(self.regime, self.book, day, self.first, provisional)


def _at_least(applied: AppliedRate, floor: Decimal) -> AppliedRate:
    return applied if applied.rate >= floor else replace(applied, rate=floor, source=f"{applied.source}; floor")


def _a_day_earlier(debt: Debt) -> Debt:
    """Return the debt as if everything had happened the day before: the due date bears interest, the payment not."""
    day = timedelta(days=1)
    return replace(
        debt, due=debt.due - day,
        payments=tuple(Movement(payment.date - day, payment.amount) for payment in debt.payments),
        credits=tuple(Movement(credit.date - day, credit.amount) for credit in debt.credits),
        formal_notice=debt.formal_notice - day if debt.formal_notice else None)


def _same_day(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def day_fraction(first: date, last: date, day_count: str) -> tuple[int, Fraction]:
    """Return the days from `first` to `last`, both included, and the part of a year that they are."""
    days = (last - first).days + 1
    if day_count == 'act/365':
        return days, Fraction(days, 365)
    if day_count == 'act/360':
        return days, Fraction(days, 360)
    if day_count == '30/360':
        days = _commercial(last) - _commercial(first - timedelta(days=1))
        return days, Fraction(days, 360)
    part = Fraction(0)
    for year in range(first.year, last.year + 1):
        begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        part += Fraction((end - begin).days + 1, 366 if calendar.isleap(year) else 365)
    return days, part


def _commercial(day: date) -> int:
    """Return the number of a day in a calendar of twelve months of thirty days."""
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def round_half_up(amount: Decimal | Fraction, decimals: int) -> Decimal:
    """Round an amount that is not negative to minor units, half up, exactly."""
    scaled = Fraction(amount) * 10 ** decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(units).scaleb(-decimals)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
