"""What is claimed for one item: every input in one value, which can be kept and computed again years later.

A kept case holds the reference rates it used, so that neither a corrected rate nor a new setting ever changes what was
said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .interest import Debt, LateInterest, Movement, Options, Pause, late_interest, round_half_up
from .rates import Contract, Rate, RateBook, Regime, Tier
from .store import dump, load

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
    options: Options = Options()
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


def dump_case(case: Case) -> dict[str, Any]:
    """Return a case, with the rates it uses, as JSON values."""
    return dump(replace(case, book=case.used_rates()))


def load_case(values: dict[str, Any]) -> Case:
    """Return the case that :func:`dump_case` wrote.

    :raise engine.store.StoreError: something else wrote it
    """
    return load(values, (Case, Contract, Debt, Movement, Options, Pause, Rate, RateBook, Regime, Tier))
