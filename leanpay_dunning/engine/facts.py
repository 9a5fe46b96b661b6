"""What the engine is told: one debtor's items, blockers and past, one company's policy.

Amounts are :class:`decimal.Decimal` in the currency of the item, dates are days in the company's time zone, and every
id is a database id the engine only carries along. Values read by the hundred thousand are named tuples (they are built
three times faster than frozen dataclasses, and as immutable); the others are frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

ZERO = Decimal(0)


class Level(IntEnum):
    """How firm a step is; the order is the order of escalation."""

    PREVENTIVE = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3
    FORMAL_NOTICE = 4
    LEGAL = 5


class Item(NamedTuple):
    """A posted receivable journal item with a residual: one instalment of an invoice, or a credit when negative."""

    id: int
    move_id: int
    currency_id: int
    residual: Decimal  # live residual in the item's currency; negative for a credit
    date_due: date
    scenario_id: int | None = None  # chosen on the invoice itself
    kind: str = 'recurring'  # see `InvoiceKind` values of Condition.kinds
    amount_company: Decimal = ZERO  # the same residual in company currency, for conditions on amounts
    not_before: date | None = None  # first day of a step after the due date: the invoice was sent late
    broken_on: date | None = None  # day on which the last promise about it was found broken


class Blocker(NamedTuple):
    """Why an item, or the whole debtor when `item_id` is None, must not be chased on some days."""

    kind: str  # hold, dispute, promise, plan, no_followup, payment_blocked, payment_pending, reply, bounce...
    item_id: int | None = None
    amount: Decimal | None = None  # only this part of the item (partial dispute); None: all of it
    date_from: date | None = None
    date_until: date | None = None  # last blocked day; None: until somebody lifts it
    label: str = ''  # what a person reads: the reason as it was typed

    def active(self, day: date) -> bool:
        """Tell whether the blocker holds on `day`, both ends included."""
        return (self.date_from is None or self.date_from <= day) and (
            self.date_until is None or day <= self.date_until)


class PassedStep(NamedTuple):
    """A step that an item is past: really sent, or skipped by a person."""

    item_id: int
    step_id: int
    level: int
    delay: int
    date: date
    sent: bool = True  # False: skipped by a person; the scenario goes on but nothing was said


class InFlight(NamedTuple):
    """A reminder that holds its (item, step) without being sent: being sent, failed, uncertain or to do by hand."""

    item_id: int
    step_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Condition:
    """If/then: every criterion that is given must hold. An empty condition always holds."""

    category_ids: frozenset[int] = frozenset()  # any of the partner's categories
    country_ids: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()  # first, deposit, recurring, credit, entry
    amount_min: Decimal | None = None  # company currency, included
    amount_max: Decimal | None = None  # company currency, included

    def holds(self, item: Item, category_ids: frozenset[int], country_id: int | None) -> bool:
        """Tell whether an item of a partner with these categories and country meets every criterion."""
        return (
            (not self.category_ids or not self.category_ids.isdisjoint(category_ids))
            and (not self.country_ids or country_id in self.country_ids)
            and (not self.kinds or item.kind in self.kinds)
            and (self.amount_min is None or item.amount_company >= self.amount_min)
            and (self.amount_max is None or item.amount_company <= self.amount_max)
        )


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scenario, due `delay` days from the due date (negative: before it)."""

    id: int
    level: int
    delay: int
    gap: int = 0  # minimum days since the step sent before it for the same item
    end_of_month: bool = False  # move due date + delay to the last day of that month
    condition: Condition = ALWAYS
    preventive: bool = field(init=False, repr=False)  # a preventive step only exists until the due date

    def __post_init__(self) -> None:
        object.__setattr__(self, 'preventive', self.level == Level.PREVENTIVE)

    @property
    def rank(self) -> tuple[int, int]:
        """Order of firmness between steps, across scenarios."""
        return (self.level, self.delay)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Ordered steps, and the amount (company currency) up to which nobody is bothered."""

    id: int
    steps: tuple[Step, ...]
    minimum: Decimal = ZERO
    condition: Condition = ALWAYS
    firmer_when_broken: bool = False  # a broken promise brings the next step forward to the same day
    has_conditions: bool = field(init=False, repr=False)  # whether a step has one

    def __post_init__(self) -> None:
        object.__setattr__(self, 'has_conditions', any(step.condition != ALWAYS for step in self.steps))


@dataclass(frozen=True, slots=True)
class Policy:
    """What one company decided for all its debtors."""

    scenarios: Mapping[int, Scenario]
    fallback_ids: tuple[int, ...]  # scenarios tried in order when item, debtor and profile name none that applies
    contact_gap: int = 0  # minimum days between two contacts with one debtor
    first_run: str = 'sequential'  # sequential | jump | new: where an item never reminded starts
    start_date: date | None = None  # for `new`: items due before that day are left alone


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """Everything known about one debtor of one company when it was read."""

    debtor_id: int
    items: tuple[Item, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    past: tuple[PassedStep, ...] = ()
    in_flight: tuple[InFlight, ...] = ()
    last_contact: date | None = None  # last day on which a message was sent, or perhaps left
    last_attempt: date | None = None  # last day on which one was tried that failed or that waits for a person
    scenario_ids: tuple[int, ...] = ()  # the debtor's own choice, then its profile's
    category_ids: frozenset[int] = frozenset()
    country_id: int | None = None
    # units of the item's currency for one unit of company currency, by currency id; None or absent: no rate is known
    rates: Mapping[int, Decimal | None] = field(default_factory=dict)

    def ignoring_contacts(self) -> DebtorFacts:
        """Return the same as if nobody had been contacted: to judge again what was planned before the last contact."""
        return replace(self, last_contact=None, last_attempt=None)
