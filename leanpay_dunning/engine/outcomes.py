"""What the engine answers: what to say, what becomes of each item, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO, Blocker


class Why:
    """Codes of what becomes of an item today; the screens translate them."""

    REMIND = 'remind'  # its step is due and leaves now
    SHOWN = 'shown'  # listed with the others, passes no step
    SCHEDULED = 'scheduled'  # its next step is due on `date`
    CONTACT_GAP = 'contact_gap'  # due, but the debtor was contacted too recently
    BLOCKED = 'blocked'
    NETTED = 'netted'  # covered by the debtor's credits
    BELOW_MINIMUM = 'below_minimum'
    NO_RATE = 'no_rate'  # the minimum cannot be converted
    IN_FLIGHT = 'in_flight'  # a reminder waits to be sent, done or looked at by a person
    NEVER_REMINDED = 'never_reminded'  # a formal notice needs a reminder that was really sent
    BEFORE_START = 'before_start'
    FINISHED = 'finished'  # past the last step
    NO_SCENARIO = 'no_scenario'
    CREDIT = 'credit'


class Line(NamedTuple):
    """An item in a reminder. `step_id` is the step that this item passes, None when it is only shown."""

    item_id: int
    step_id: int | None
    amount: Decimal  # what is asked in the item's currency; negative for a deducted credit


class Outcome(NamedTuple):
    """What becomes of one item, and why. `date` is when its next step is due, None when no day is known."""

    item_id: int
    why: str
    step_id: int | None = None
    date: date | None = None
    blocker: Blocker | None = None
    detail: str = ''


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message to one debtor in one currency."""

    currency_id: int
    step_id: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the printed lines."""
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one debtor on one day."""

    reminders: tuple[Reminder, ...]
    next_date: date | None  # next day on which something may be said; None: only an event can change that
    outcomes: tuple[Outcome, ...]
