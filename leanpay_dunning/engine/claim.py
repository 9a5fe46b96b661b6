"""What is claimed for one item: every input in one value, which can be kept and computed again years later.

A kept case holds the reference rates it used, so that neither a corrected rate nor a new setting ever changes what was
said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .facts import ZERO
from .interest import Debt, LateInterest, Movement, Options, Pause, Segment, late_interest, round_half_up
from .rates import Contract, Rate, RateBook, RateGap, Regime, Tier
from .store import dump, load

DEFAULTS = Options()
TWO_YEARS = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Case:
    """One debt, the law that governs it and the last day that counts.

    `indemnity_factor` brings the indemnity, in the currency that the law names, into the debt's: 0 where the invoice
    already owes one for an earlier instalment, or where no exchange rate is known.
    """

    debt: Debt
    until: date
    regime: Regime
    book: RateBook
    contract: Contract | None = None
    options: Options = DEFAULTS
    indemnity_factor: Decimal = Decimal(1)

    def result(self) -> LateInterest:
        """Compute the case.

        :raise InterestError: an amount or a date makes no sense
        """
        found = late_interest(self.debt, self.until, self.regime, self.book, self.contract, self.options)
        if self.indemnity_factor == 1:
            return found
        return found.with_indemnity(round_half_up(found.indemnity * self.indemnity_factor, self.debt.decimals))

    def paid_on(self, day: date) -> Case:
        """Return the same case on another day."""
        return replace(self, until=day)

    def used_rates(self) -> RateBook:
        """Return the reference rates that the case can need, no others."""
        indexes = {self.regime.index, self.regime.floor_index, self.contract.index if self.contract else ''} - {''}
        since = self.debt.due - TWO_YEARS
        used = {}
        for index in sorted(indexes):
            known = self.book.rates.get(index, ())
            earlier = [rate for rate in known if rate.valid_from < since][-1:]
            used[index] = (*earlier, *(rate for rate in known if since <= rate.valid_from <= self.until))
        return RateBook(used)


CASE_CLASSES = (Case, Contract, Debt, Movement, Options, Pause, Rate, RateBook, Regime, Tier)


def dump_case(case: Case) -> dict[str, Any]:
    """Return a case, with the rates it uses, as JSON values."""
    return dump(replace(case, book=case.used_rates()))


def load_case(values: dict[str, Any]) -> Case:
    """Return the case that :func:`dump_case` wrote.

    :raise engine.store.StoreError: something else wrote it
    """
    return load(values, CASE_CLASSES)


@dataclass(frozen=True, slots=True)
class ItemCharges:
    """What one item adds to a reminder; what is booked or waived already is `settled` and not asked for again."""

    item_id: int
    reference: str
    case: Case
    result: LateInterest
    interest_settled: Decimal = ZERO
    indemnity_settled: Decimal = ZERO

    @property
    def interest(self) -> Decimal:
        """What is left of the interest."""
        return max(self.result.interest_open - self.interest_settled, ZERO)

    @property
    def indemnity(self) -> Decimal:
        """What is left of the indemnity."""
        return max(self.result.indemnity - self.indemnity_settled, ZERO)


@dataclass(frozen=True, slots=True)
class Charges:
    """The late interest and the indemnities of a reminder on a day; a mode is `none`, `mentioned` or `claimed`."""

    until: date
    interest_mode: str
    indemnity_mode: str
    items: tuple[ItemCharges, ...] = ()

    @property
    def interest(self) -> Decimal:
        """The interest to mention or to claim."""
        return ZERO if self.interest_mode == 'none' else sum((one.interest for one in self.items), ZERO)

    @property
    def indemnity(self) -> Decimal:
        """The indemnities to mention or to claim."""
        return ZERO if self.indemnity_mode == 'none' else sum((one.indemnity for one in self.items), ZERO)

    @property
    def claimed(self) -> Decimal:
        """What is added to the total."""
        return (self.interest if self.interest_mode == 'claimed' else ZERO) + (
            self.indemnity if self.indemnity_mode == 'claimed' else ZERO)


def without_disputed(case: Case, disputed: Decimal) -> Case:
    """Return a case less the part of the debt that is disputed: it bears nothing while nobody knows who is right."""
    if not disputed:
        return case
    credit = Movement(case.debt.due, min(disputed, case.debt.amount))
    return replace(case, debt=replace(case.debt, credits=(*case.debt.credits, credit)))


def dump_charges(charges: Charges) -> dict[str, Any]:
    """Return charges, with the rates that they use, as JSON values."""
    return dump(replace(charges, items=tuple(
        replace(one, case=replace(one.case, book=one.case.used_rates())) for one in charges.items)))


def load_charges(values: dict[str, Any]) -> Charges:
    """Return the charges that :func:`dump_charges` wrote.

    :raise engine.store.StoreError: something else wrote it
    """
    return load(values, (*CASE_CLASSES, Charges, ItemCharges, LateInterest, RateGap, Segment))
