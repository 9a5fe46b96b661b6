"""Which yearly rate a late day carries: dated reference rates, statutory regimes and contractual clauses.

Rates are percents a year (12.40 is 12.40 %). A half-year without its rate is never guessed, see :class:`MissingRate`.
Source of the rules: directive 2011/7/EU art. 2 to 6; C. com. L441-10 II; CCP R2192-31; BW 6:119a; SI 2002/1675.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from .facts import ZERO


class Reset:
    """When the rate of a running debt changes."""

    HALF_YEAR = 'half_year'  # on 1 January and 1 July
    YEAR = 'year'  # on 1 January
    CHANGE = 'change'  # on the day on which the reference changes
    FROZEN = 'frozen'  # never: that of the half-year in which interest starts to run
    NONE = 'none'  # a fixed rate


class MissingRate(LookupError):
    """No reference rate is known for a day: nothing may be claimed for it until somebody enters one."""

    def __init__(self, index: str, day: date) -> None:
        super().__init__(f"The reference rate {index} of {day.isoformat()} is not entered: enter it, with its source.")
        self.index = index
        self.day = day  # the day whose row is missing: the first of its half-year or year


class RateGap(NamedTuple):
    """A reference rate that is not entered, and the day whose row is missing."""

    index: str
    day: date


class Rate(NamedTuple):
    """One dated reference rate, in force from `valid_from`."""

    valid_from: date
    rate: Decimal
    source: str = ''
    confidence: str = ''


@dataclass(frozen=True, slots=True)
class Tier:
    """One bracket of a scale: `amount`, plus `percent` of what exceeds the bracket before."""

    up_to: Decimal | None  # debts up to that; None: without bound
    amount: Decimal = ZERO
    percent: Decimal = ZERO
    included: bool = True  # whether a debt of exactly `up_to` is in this bracket


@dataclass(frozen=True, slots=True)
class Regime:
    """What the law allows between two kinds of parties. `margin` is the rate itself where there is no index."""

    code: str
    index: str = ''
    margin: Decimal = ZERO
    reset: str = Reset.HALF_YEAR
    round_up: Decimal = ZERO  # step that the rate is rounded up to (Belgium: 0.5)
    starts: str = 'due'  # due | formal_notice: nothing runs before its receipt
    capitalised: bool = False  # yearly (Netherlands)
    day_count: str = 'act/365'
    floor_index: str = ''  # a contractual rate is at least floor_multiple × this
    floor_multiple: Decimal = ZERO
    tiers: tuple[Tier, ...] = ()
    indemnity_minimum: Decimal = ZERO
    indemnity_maximum: Decimal = ZERO  # 0: none
    indemnity_mode: str = 'lump'  # none | lump (without a reminder) | after_notice

    def indemnity(self, principal: Decimal) -> Decimal:
        """Return the recovery indemnity of a debt, unrounded; 0 where nothing is owed."""
        if principal <= 0 or self.indemnity_mode == 'none':
            return ZERO
        below = ZERO
        for tier in self.tiers:
            if tier.up_to is None or principal < tier.up_to or (tier.included and principal == tier.up_to):
                amount = tier.amount + (principal - below) * tier.percent / 100
                amount = max(amount, self.indemnity_minimum)
                return min(amount, self.indemnity_maximum) if self.indemnity_maximum else amount
            below = tier.up_to
        return ZERO


@dataclass(frozen=True, slots=True)
class Contract:
    """A contractual rate: `fixed` at `value` %, `multiple` × an index, or `index` + `value` points."""

    kind: str
    value: Decimal
    index: str = ''

    def __post_init__(self) -> None:
        if self.kind not in ('fixed', 'multiple', 'index'):
            raise ValueError(f"A contractual rate is fixed, a multiple of an index or index plus points: {self.kind}")
        if self.value < 0:
            raise ValueError("A contractual rate cannot be negative.")
        if (self.kind == 'fixed') == bool(self.index):
            raise ValueError("A fixed contractual rate has no index, the others have one.")


@dataclass(frozen=True, slots=True)
class AppliedRate:
    """The rate of a day and where it comes from."""

    rate: Decimal
    source: str = ''
    provisional: bool = False  # an earlier rate, for want of the right one


@dataclass(frozen=True, slots=True)
class RateBook:
    """Every known reference rate, by index."""

    rates: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, Rate]]) -> RateBook:
        """Build a book from (index, rate) rows in any order."""
        book: dict[str, list[Rate]] = {}
        for index, rate in rows:
            book.setdefault(index, []).append(rate)
        return cls({index: tuple(sorted(found)) for index, found in book.items()})

    def in_force(self, index: str, day: date) -> Rate | None:
        """Return the last rate that was in force on a day."""
        return next((rate for rate in reversed(self.rates.get(index, ())) if rate.valid_from <= day), None)

    def at(self, index: str, anchor: date, provisional: bool = False) -> tuple[Rate, bool]:
        """Return the rate entered for exactly `anchor`, and whether it is an older one standing in.

        :raise MissingRate: no row of that day, and none may stand in
        """
        found = self.in_force(index, anchor)
        if found and found.valid_from == anchor:
            return found, False
        if found and provisional:
            return found, True
        raise MissingRate(index, anchor)


def half_year(day: date) -> date:
    """Return the first day of the half-year of a day."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def anchor_of(reset: str, day: date, first: date) -> date:
    """Return the day whose reference rate a late day carries; `first` is the first late day."""
    if reset == Reset.FROZEN:
        return half_year(first)
    if reset == Reset.YEAR:
        return date(day.year, 1, 1)
    return half_year(day)


def statutory_rate(regime: Regime, book: RateBook, day: date, first: date, provisional: bool = False) -> AppliedRate:
    """Return the legal rate of a late day.

    :param first: first late day, for a regime that freezes the rate
    :raise MissingRate: fail closed
    """
    if regime.reset == Reset.NONE or not regime.index:
        return AppliedRate(round_up(regime.margin, regime.round_up), regime.code)
    reference, stale = _reference(regime.index, regime.reset, book, day, first, provisional)
    rate = round_up(reference.rate + regime.margin, regime.round_up)
    return AppliedRate(rate, _source(regime.index, reference, regime.margin), stale)


def _reference(
    index: str, reset: str, book: RateBook, day: date, first: date, provisional: bool,
) -> tuple[Rate, bool]:
    if reset == Reset.CHANGE:
        found = book.in_force(index, day)
        if found is None:
            raise MissingRate(index, day)
        return found, False
    return book.at(index, anchor_of(reset, day, first), provisional)


def _source(index: str, reference: Rate, margin: Decimal) -> str:
    text = f"{index} {reference.valid_from.isoformat()} {percent(reference.rate)}"
    return f"{text} + {percent(margin)}" if margin else text


def percent(rate: Decimal) -> str:
    """Return a rate with two decimals, or more where it has more."""
    return f"{rate:.{percent_digits(rate)}f}"


def percent_digits(rate: Decimal) -> int:
    """Return with how many decimals a rate is written: two at least."""
    return max(2, -rate.normalize().as_tuple().exponent)


def floor_rate(regime: Regime, book: RateBook, day: date) -> Decimal | None:
    """Return the least contractual rate allowed on a day, None where the law sets none.

    :raise MissingRate: fail closed
    """
    if not regime.floor_index:
        return None
    reference, _stale = book.at(regime.floor_index, half_year(day))
    return reference.rate * regime.floor_multiple


def contract_rate(contract: Contract, book: RateBook, day: date, provisional: bool = False) -> AppliedRate:
    """Return the rate that a clause gives on a day, whatever the floor.

    :raise MissingRate: fail closed
    """
    if contract.kind == 'fixed':
        return AppliedRate(contract.value, 'contract')
    reference, stale = book.at(contract.index, half_year(day), provisional)
    if contract.kind == 'multiple':
        source = f"contract: {contract.value} × {contract.index} {reference.rate}"
        return AppliedRate(reference.rate * contract.value, source, stale)
    source = f"contract: {_source(contract.index, reference, contract.value)}"
    return AppliedRate(reference.rate + contract.value, source, stale)


def contract_is_valid(contract: Contract, regime: Regime, book: RateBook, day: date) -> bool:
    """Tell whether a clause reaches the floor of the half-year of a day (C. com. L441-10 II: 3 × legal interest).

    :raise MissingRate: it cannot be checked
    """
    floor = floor_rate(regime, book, day)
    return floor is None or contract_rate(contract, book, day).rate >= floor


def round_up(rate: Decimal, step: Decimal) -> Decimal:
    """Return a rate rounded up to a multiple of `step`; 0 leaves it alone."""
    return (rate / step).to_integral_value(ROUND_CEILING) * step if step else rate


def regime_code(country: str, customer_type: str, known: Iterable[str]) -> str | None:
    """Return the code of the regime of a debt, None when there is none: nothing may then be claimed.

    Whose kind is not known counts as a consumer: neither the professional rate nor the indemnity is claimed from them.
    A public buyer of a country without a regime of its own is a professional (directive 2011/7/EU art. 4).

    :param country: ISO code of the seller's country
    :param customer_type: professional, consumer, public or anything else for unknown
    :param known: the codes of regimes that exist
    """
    known = set(known)
    wanted = {'professional': ('B2B',), 'public': ('PUBLIC', 'B2B')}.get(customer_type, ('B2C',))
    country = re.sub('[^A-Z]', '', (country or '').upper())
    return next((code for kind in wanted if (code := f'{country}_{kind}') in known), None)


def rate_changes(
    regime: Regime, contract: Contract | None, book: RateBook, first: date, until: date,
) -> set[date]:
    """Return the days of (first, until] on which the rate may change."""
    days = {
        day for year in range(first.year, until.year + 1) for day in (date(year, 1, 1), date(year, 7, 1))
    }
    if regime.reset == Reset.CHANGE and not contract:
        days.update(rate.valid_from for rate in book.rates.get(regime.index, ()))
    return {day for day in days if first < day <= until}


def rates_needed(regimes: Iterable[Regime], book: RateBook, today: date) -> list[tuple[str, date]]:
    """Return the (index, day) rates that are missing for debts late today or, in a fortnight, next half-year.

    From 15 December and 15 June on, the rate of the half-year to come should be known. A rate that changes on its own
    days is in force until the next one: it is never missing, unless there is none at all.
    """
    fortnight = today + timedelta(days=17)
    needed: set[tuple[str, date]] = set()
    for regime in regimes:
        for index, reset in ((regime.index, regime.reset), (regime.floor_index, Reset.HALF_YEAR)):
            if not index or reset == Reset.NONE:
                continue
            for day in (today, fortnight):
                anchor = day if reset == Reset.CHANGE else anchor_of(reset, day, day)
                found = book.in_force(index, anchor)
                if not found or (reset != Reset.CHANGE and found.valid_from != anchor):
                    needed.add((index, anchor))
    return sorted(needed)


def next_day(day: date) -> date:
    """Return the day after."""
    return day + timedelta(days=1)
