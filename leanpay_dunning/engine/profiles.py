"""How a customer pays, seen from what they did: behaviour in, suggested payer profile out, with the reasons.

Rules are looked at from the worst to the best, and the first that holds is suggested. What each of them measures never
falls when an invoice is paid later, so that paying later never brings a better profile. A rule must hold by a margin to
replace the current profile, and the current one stays as long as its rule does not fail by that margin: the same
behaviour never makes a customer go back and forth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

HISTORY = 3  # invoices: with fewer, nobody knows
HABIT = 2  # invoices: once is no habit
MIN_DAYS = 90  # between two changes of a profile
RECENT = timedelta(days=365)  # what fell due since then counts twice
MARGIN = Fraction(1, 10)

LATE = 8  # days; less is the time of a bank transfer and of a week-end
SERIOUS = 30  # days; no oversight lasts so long
SERIOUS_GROUP = 60  # days; what the circuit of a big structure may take
STOPPED = 60  # days; who still pays has paid by then
REMINDERS = 3  # really sent: who pays after so many waits for them
NOTICE = 4  # facts.Level.FORMAL_NOTICE
PARTS = 3  # payments after the due date that make instalments of one debt
SAME_DAY = 5  # invoices paid to the day before that means anything

# How bad it is to be paid that way; paying later never brings a smaller figure.
SEVERITY = {
    'good': 0, 'automatic': 0, 'negligent': 1, 'administrative': 1, 'bad': 2, 'litigious': 2, 'insolvent': 3}


class Invoice(NamedTuple):
    """An invoice paid in the window, or past its due date and still open."""

    amount: Decimal  # company currency
    due: date
    paid_on: date | None = None  # day of the last payment; None: still open
    reminders: int = 0  # really sent about it before it was paid
    level: int = 0  # the highest of their levels
    parts: int = 0  # payments received after the due date
    disputed: bool = False  # a person said so
    withheld: bool = False  # most was paid, the rest a month later or not yet
    direct_debit: bool = False


@dataclass(frozen=True)
class Behaviour:
    """What one debtor did over the window, and what is known of them."""

    invoices: tuple[Invoice, ...] = ()
    promised: int = 0  # calls, by what was said
    disputes: int = 0
    refused: int = 0
    bounced: int = 0  # direct debits and other payments that the bank rejected
    insolvency: bool = False  # proceedings
    public: bool = False  # a public body
    group: int = 0  # other companies of the same group
    direct_debit: bool = False  # agreed, whatever was paid so far


class Current(NamedTuple):
    """The profile that a debtor has now, and since when; no code: unknown."""

    code: str | None = None
    since: date | None = None


class Reason(NamedTuple):
    """Why a profile is suggested: a code that the reader's language has a sentence for, and its figures."""

    code: str
    figures: dict[str, int | Decimal]


class Suggestion(NamedTuple):
    """A profile's code (the current one when nothing is clearly better), with the reasons for it."""

    code: str
    reasons: tuple[Reason, ...]


def suggest(behaviour: Behaviour, current: Current, today: date) -> Suggestion | None:
    """Return the profile that a behaviour shows.

    :param current: its profile counts as better than another one until that other holds by a margin, and for
        :data:`MIN_DAYS` days after it was chosen
    :return: None without enough history, when nothing is clear (one late invoice is no habit, and not that of a good
        payer either), and for a profile that is none of the seven: only who made it knows when it fits
    """
    view = _View(behaviour, today, current.code == 'administrative')
    if not view.known or (current.code and current.code not in SEVERITY):
        return None
    code = _settled(current, today) or next(
        (rule.code for rule in RULES if rule.value(view) >= rule.bar(current.code)), None)
    if code is None:
        return None
    return Suggestion(code, tuple(reason for reason in REASONS[code](view) if any(reason.figures.values())))


def _settled(current: Current, today: date) -> str | None:
    """Return the current profile while it is too new to change."""
    new = current.since is not None and today - current.since < timedelta(days=MIN_DAYS)
    return current.code if new else None


class _View:
    """A behaviour as the rules measure it. Weights follow due dates: they do not change when an invoice is paid."""

    def __init__(self, behaviour: Behaviour, today: date, structure: bool = False):
        """:param structure: somebody knows that it is a big one, which no figure tells"""
        self.facts = behaviour
        self.today = today
        self.structure = structure or behaviour.public or behaviour.group > 0

    def days(self, invoice: Invoice) -> int:
        """Return the days from the due date to the payment, or to today; negative: paid early."""
        return ((invoice.paid_on or self.today) - invoice.due).days

    def weight(self, invoices: Iterable[Invoice]) -> int:
        """Return how much invoices count; what is still open is always recent."""
        return sum(2 if i.paid_on is None or i.due > self.today - RECENT else 1 for i in invoices)

    @cached_property
    def contested(self) -> list[Invoice]:
        return [i for i in self.facts.invoices if i.disputed or i.withheld]

    @cached_property
    def paid(self) -> list[Invoice]:
        """What was paid and never contested: a dispute explains why an invoice is late."""
        return [i for i in self.facts.invoices if i.paid_on and not (i.disputed or i.withheld)]

    @cached_property
    def unpaid(self) -> list[Invoice]:
        return [i for i in self.facts.invoices if not i.paid_on and not (i.disputed or i.withheld)]

    @cached_property
    def known(self) -> bool:
        """Whether there is enough history."""
        settled = [i for i in self.facts.invoices if i.paid_on or self.days(i) >= LATE]
        return len(settled) >= HISTORY

    @property
    def serious(self) -> int:
        return SERIOUS_GROUP if self.structure else SERIOUS

    def paid_late(self, days: int) -> list[Invoice]:
        return [i for i in self.paid if self.days(i) >= days]

    def open_late(self, days: int) -> list[Invoice]:
        return [i for i in self.unpaid if self.days(i) >= days]

    @cached_property
    def pushed(self) -> list[Invoice]:
        """What needed to be pushed, paid since or not: by several reminders, or by a formal notice."""
        return [i for i in [*self.paid, *self.unpaid] if i.reminders >= REMINDERS or i.level >= NOTICE]

    @cached_property
    def pushable(self) -> list[Invoice]:
        """What `pushed` is a part of: an open invoice may still be paid without."""
        return [*self.paid, *(i for i in self.pushed if not i.paid_on)]

    @cached_property
    def in_parts(self) -> list[Invoice]:
        return [i for i in self.facts.invoices if i.parts >= PARTS and not (i.disputed or i.withheld)]

    @cached_property
    def to_the_day(self) -> list[Invoice]:
        """What came on the due date itself, or on a working day next to it: nobody is so regular by hand."""
        return [i for i in self.paid if i.paid_on in _bank_days(i.due)]

    @cached_property
    def debited(self) -> list[Invoice]:
        return [i for i in self.paid if i.direct_debit]

    # === WHAT RULES MEASURE, FROM 0 TO 1 === #

    def late_share(self, days: int) -> Fraction:
        """Return the share of invoices so late. An open one counts once it is: before, nobody knows."""
        unpaid = self.open_late(days)
        return self.share([*self.paid_late(days), *unpaid], [*self.paid, *unpaid])

    def habit(self, days: int) -> Fraction:
        """Return the same, zero when it happened once."""
        often = len(self.paid_late(days)) + len(self.open_late(days)) >= HABIT
        return self.late_share(days) if often else Fraction(0)

    def share(self, found: list[Invoice], among: list[Invoice]) -> Fraction:
        return _share(self.weight(found), self.weight(among))

    def insolvent(self) -> Fraction:
        if self.facts.insolvency:
            return Fraction(1)
        stopped = self.open_late(STOPPED)
        recent = [i for i in self.paid if i.due > self.today - RECENT]
        still = _share(len(stopped), len(stopped) + len(recent)) if len(stopped) >= HABIT else Fraction(0)
        amounts = sum((i.amount for i in self.facts.invoices), Decimal(0))
        in_parts = _share(sum((i.amount for i in self.in_parts), Decimal(0)), amounts) if len(
            self.in_parts) >= HABIT else Fraction(0)
        return max(still, in_parts)

    def litigious(self) -> Fraction:
        if len(self.contested) < HABIT:
            return Fraction(0)
        # Not of what is open and uncontested: it would make disputes rarer by growing older.
        return self.share(self.contested, [*self.contested, *self.paid])

    def bad(self) -> Fraction:
        if self.facts.public:
            return Fraction(0)  # late by its circuit: there is no game to play
        serious = self.habit(self.serious)
        if self.structure:
            return serious
        late = self.habit(LATE)
        refused = late if self.facts.refused >= HABIT else Fraction(0)
        pushed = self.share(self.pushed, self.pushable) if len(self.pushed) >= HABIT else Fraction(0)
        return max(serious, refused, min(pushed, late))

    def administrative(self) -> Fraction:
        return self.habit(LATE) if self.structure else Fraction(0)

    def negligent(self) -> Fraction:
        return self.habit(LATE)

    def automatic(self) -> Fraction:
        if self.facts.direct_debit:
            return self.good()
        to_the_day = self.to_the_day if len(self.to_the_day) >= SAME_DAY else []
        return min(self.good(), max(self.share(self.debited, self.paid), self.share(to_the_day, self.paid)))

    def good(self) -> Fraction:
        return 1 - self.late_share(LATE) if self.paid else Fraction(0)


class _Rule(NamedTuple):
    """A profile holds when what is measured reaches the bar."""

    code: str
    value: Callable[[_View], Fraction]
    threshold: Fraction

    def bar(self, current: str | None) -> Fraction:
        """Return what must be measured, knowing the current profile: less to keep it, more to leave it."""
        if current is None:
            return self.threshold
        return self.threshold - MARGIN if current == self.code else self.threshold + MARGIN


# From the worst to the best.
RULES = (
    _Rule('insolvent', _View.insolvent, Fraction(1, 2)),
    _Rule('litigious', _View.litigious, Fraction(3, 10)),
    _Rule('bad', _View.bad, Fraction(2, 5)),
    _Rule('administrative', _View.administrative, Fraction(1, 3)),
    _Rule('negligent', _View.negligent, Fraction(1, 3)),
    _Rule('automatic', _View.automatic, Fraction(17, 20)),
    _Rule('good', _View.good, Fraction(3, 4)),
)


# === REASONS === #

def _late(view: _View, days: int) -> list[Reason]:
    """Return what was paid so late, of what was paid, and what is still open and as late."""
    return [
        Reason('paid_late', _counted(view.paid_late(days), view.paid, days=days)),
        Reason('open_late', _counted(view.open_late(days), days=days)),
    ]


def _insolvent(view: _View) -> list[Reason]:
    stopped = view.open_late(STOPPED)
    return [
        Reason('insolvency', {'count': int(view.facts.insolvency)}),
        Reason('stopped', _counted(
            stopped, days=STOPPED, amount=sum((i.amount for i in stopped), Decimal(0)))),
        Reason('in_parts', _counted(view.in_parts, view.facts.invoices)),
    ]


def _litigious(view: _View) -> list[Reason]:
    disputed = [i for i in view.contested if i.disputed]
    withheld = [i for i in view.contested if not i.disputed]
    everything = [*view.contested, *view.paid]
    return [
        Reason('disputed', _counted(disputed, everything)),
        Reason('withheld', _counted(withheld, everything)),
        Reason('dispute_calls', {'count': view.facts.disputes}),
    ]


def _bad(view: _View) -> list[Reason]:
    return [
        *_late(view, view.serious),
        Reason('pushed', _counted(view.pushed, view.pushable, reminders=REMINDERS)),
        Reason('refused', {'count': view.facts.refused}),
        Reason('promised', {'count': view.facts.promised}),
        Reason('bounced', {'count': view.facts.bounced}),
    ]


def _administrative(view: _View) -> list[Reason]:
    return [
        Reason('public', {'count': int(view.facts.public)}), Reason('group', {'count': view.facts.group}),
        *_late(view, LATE)]


def _negligent(view: _View) -> list[Reason]:
    return _late(view, LATE)


def _automatic(view: _View) -> list[Reason]:
    return [
        Reason('agreed', {'count': int(view.facts.direct_debit)}),
        Reason('debited', _counted(view.debited, view.paid)),
        Reason('to_the_day', _counted(view.to_the_day, view.paid)),
        Reason('bounced', {'count': view.facts.bounced}),
    ]


def _good(view: _View) -> list[Reason]:
    on_time = [i for i in view.paid if view.days(i) < LATE]
    return [Reason('on_time', _counted(on_time, view.paid, days=LATE - 1))]


REASONS = {
    'insolvent': _insolvent, 'litigious': _litigious, 'bad': _bad, 'administrative': _administrative,
    'negligent': _negligent, 'automatic': _automatic, 'good': _good}


def _counted(found: list[Invoice], among: Iterable[Invoice] | None = None, **figures) -> dict:
    """Return the figures of a reason; none when nothing was found, and the reason is left out."""
    if not found:
        return {}
    return {'count': len(found), **({} if among is None else {'of': len(list(among))}), **figures}


def _share(part: int | Decimal, whole: int | Decimal) -> Fraction:
    return Fraction(part) / Fraction(whole) if whole else Fraction(0)


def _bank_days(due: date) -> tuple[date, ...]:
    """Return a due date, and the Friday and Monday around it when it falls on a week-end."""
    past_friday = due.weekday() - 4
    if past_friday <= 0:
        return (due,)
    friday = due - timedelta(days=past_friday)
    return (due, friday, friday + timedelta(days=3))
