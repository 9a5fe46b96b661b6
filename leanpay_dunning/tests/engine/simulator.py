"""A debtor's life, day by day: what is posted and paid, what people and mail servers do, and the daily run over it.

It does what the models do around the engine, in the simplest way: it keeps the ledger, plans, reads the balances again
when a message leaves, and remembers what left. It checks nothing; `promises.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from ...engine.decision import decide
from ...engine.facts import (
    ZERO,
    Blocker,
    DebtorFacts,
    InFlight,
    Item,
    PassedStep,
    Policy,
    Step,
)
from ...engine.outcomes import Decision, Line, Reminder

HELD = ('failed', 'uncertain', 'todo')  # states in which a message keeps its (item, step) without being sent


class Event(NamedTuple):
    """Something that happens on a day. `pick` chooses what it happens to, `size` how much; both are any numbers."""

    day: int
    kind: str
    pick: int = 0
    size: int = 0


@dataclass(slots=True)
class Message:
    """What left, or tried to."""

    day: date
    currency_id: int
    step_id: int
    lines: tuple[Line, ...]
    state: str

    @property
    def passing(self) -> list[Line]:
        return [line for line in self.lines if line.step_id is not None]


@dataclass(slots=True)
class Simulator:
    policy: Policy
    start: date
    rates: dict[int, Decimal | None]
    posted: list[tuple[int, Item]]  # (day, item)
    deliveries: tuple[str, ...] = ('sent',)  # outcome of each message, over and over
    scenario_ids: tuple[int, ...] = ()
    items: dict[int, Item] = field(default_factory=dict)
    blockers: list[Blocker] = field(default_factory=list)
    skipped: list[PassedStep] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    steps: dict[int, Step] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = {step.id: step for scenario in self.policy.scenarios.values() for step in scenario.steps}

    # --- what the engine is told

    def past(self) -> list[PassedStep]:
        """Return the steps passed: what was really sent, and what a person skipped."""
        return self.skipped + [
            PassedStep(line.item_id, line.step_id, int(step.level), step.delay, message.day)
            for message in self.messages if message.state == 'sent'
            for line in message.passing for step in [self.steps[line.step_id]]
        ]

    def last_contact(self) -> date | None:
        return max((message.day for message in self.messages if message.state == 'sent'), default=None)

    def last_attempt(self) -> date | None:
        return max((message.day for message in self.messages if message.state in HELD), default=None)

    def facts(self) -> DebtorFacts:
        flights = [InFlight(line.item_id, line.step_id, message.state)
                   for message in self.messages if message.state in HELD for line in message.passing]
        return DebtorFacts(
            1, tuple(item for item in self.items.values() if item.residual), tuple(self.blockers), tuple(self.past()),
            tuple(flights), self.last_contact(), self.last_attempt(), self.scenario_ids, rates=self.rates)

    def decide(self, today: date) -> Decision:
        return decide(self.facts(), self.policy, today)

    # --- what happens

    def post(self, today: date) -> None:
        """Post the items of the day."""
        number = (today - self.start).days
        self.items.update({item.id: item for day, item in self.posted if day == number})

    def happen(self, today: date, events: Iterable[Event]) -> None:
        """Let events happen, in order."""
        for event in events:
            getattr(self, f'_on_{event.kind}')(today, event)

    def deliver(self, decision: Decision, today: date) -> list[Message]:
        """Let what is still owed of a decision leave, and return it."""
        return [message for reminder in decision.reminders if (message := self._deliver(reminder, today))]

    def quiet(self, today: date) -> None:
        """Let people lift every blocker and clear every message that waits for them."""
        self.blockers.clear()
        for message in self.messages:
            if message.state in HELD:
                message.state, message.day = 'sent', today
        self.deliveries = ('sent',)

    def _deliver(self, reminder: Reminder, today: date) -> Message | None:
        # The gap held when it was planned: a message in another currency a moment ago does not stop this one.
        again = decide(self.facts().ignoring_contacts(), self.policy, today)
        wanted = next((other for other in again.reminders if other.currency_id == reminder.currency_id), None)
        if wanted is None or wanted.step_id != reminder.step_id:
            return None  # what gave the message its tone is gone: void, the next run decides again
        state = self.deliveries[len(self.messages) % len(self.deliveries)]
        message = Message(today, wanted.currency_id, wanted.step_id, wanted.lines, state)
        self.messages.append(message)
        return message

    def _open(self, event: Event, sign: int = 1) -> Item | None:
        found = [item for item in self.items.values() if item.residual * sign > 0]
        return found[event.pick % len(found)] if found else None

    def _set(self, item: Item, residual: Decimal) -> None:
        self.items[item.id] = item._replace(residual=residual, amount_company=residual)

    def _on_pay(self, _today: date, event: Event) -> None:
        if item := self._open(event):
            share = Decimal(min(event.size, 100)) / 100
            self._set(item, item.residual - (item.residual * share).quantize(Decimal('0.01')))

    def _on_unreconcile(self, _today: date, event: Event) -> None:
        paid = [item for day, item in self.posted if item.id in self.items]
        if paid:
            item = paid[event.pick % len(paid)]
            self._set(self.items[item.id], item.residual)

    def _on_credit(self, today: date, event: Event) -> None:
        id = 1000 + len(self.items)
        self.items[id] = Item(id, id, 1 + event.pick % 2, Decimal(-event.size - 1), today)

    def _on_hold(self, today: date, event: Event) -> None:
        item = self._open(event) if event.pick % 3 else None
        until = today + timedelta(event.size % 30) if event.size % 7 else None
        self.blockers.append(Blocker('hold', item and item.id, None, today + timedelta(event.pick % 4), until))

    def _on_dispute(self, today: date, event: Event) -> None:
        if item := self._open(event):
            until = today + timedelta(event.size % 20) if event.size % 3 else None
            self.blockers.append(Blocker('dispute', item.id, Decimal(event.size), date_until=until))

    def _on_lift(self, _today: date, event: Event) -> None:
        if self.blockers:
            self.blockers.pop(event.pick % len(self.blockers))

    def _on_skip(self, today: date, event: Event) -> None:
        item = self._open(event)
        held = {line.item_id for message in self.messages if message.state in HELD for line in message.passing}
        if item and item.id not in held:
            for outcome in self.decide(today).outcomes:
                if outcome.item_id == item.id and outcome.step_id:
                    step = self.steps[outcome.step_id]
                    self.skipped.append(PassedStep(item.id, step.id, int(step.level), step.delay, today, sent=False))

    def _on_scenario(self, _today: date, event: Event) -> None:
        self.scenario_ids = (1 + event.pick % len(self.policy.scenarios),)

    def _on_bounce(self, _today: date, event: Event) -> None:
        sent = [message for message in self.messages if message.state == 'sent']
        if sent:
            sent[-1 - event.pick % min(len(sent), 3)].state = 'bounced'
            self.blockers.append(Blocker('bounce'))

    def _on_resolve(self, today: date, event: Event) -> None:
        held = [message for message in self.messages if message.state in HELD]
        if held:
            message = held[event.pick % len(held)]
            message.state, message.day = ('sent', today) if event.size % 2 else ('void', message.day)


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)
