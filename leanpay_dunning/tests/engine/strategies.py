"""Random companies and random histories, small enough to read when one fails."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from ...engine.facts import ALWAYS, ZERO, Condition, Item, Level, Policy, Scenario, Step
from .simulator import Event, Simulator

START = date(2026, 1, 20)
DAYS = 45
KINDS = ('pay', 'unreconcile', 'credit', 'hold', 'dispute', 'lift', 'skip', 'scenario', 'bounce', 'resolve')

_STEP = st.tuples(
    st.sampled_from([1, 0, 1, 2, 2, 3, 4, 5]), st.integers(0, 25), st.sampled_from([0, 0, 3, 8]),
    st.sampled_from([False] * 6 + [True]), st.sampled_from([ALWAYS] * 5 + [Condition(amount_min=Decimal(100))]))
_ITEM = st.tuples(
    st.sampled_from([0, 0, 0, 3, 15]), st.sampled_from([1, 1, 2]),
    st.sampled_from([150_00, 90_00, 200_00, 250_00]) | st.integers(1, 300_00), st.integers(-50, 30),
    st.sampled_from([None, None, None, 1, 2]), st.sampled_from([None] * 6 + [0, 10, 40]))
_EVENT = st.builds(
    Event, st.integers(0, DAYS - 1), st.sampled_from(KINDS), st.integers(0, 11), st.integers(0, 120))


class History(NamedTuple):
    """What is needed to live the same days again, in the same way or in another."""

    policy: Policy
    rates: dict
    posted: list
    deliveries: tuple
    events: list
    between: list  # payments that come after planning and before sending
    down: frozenset  # days on which nothing runs

    def simulator(self, **values):
        return Simulator(self.policy, START, self.rates, self.posted, **{'deliveries': self.deliveries, **values})

    def days(self):
        """Yield (day, its events, what comes between planning and sending, whether the job runs)."""
        for number in range(DAYS):
            yield (START + timedelta(number), [e for e in self.events if e.day == number],
                   [e for e in self.between if e.day == number], number not in self.down)


@st.composite
def scenarios(draw, id, minimums):
    rows = draw(st.lists(_STEP, min_size=1, max_size=6))
    if draw(st.sampled_from([True, True, False])):
        # as people write them: later is firmer. Otherwise in any order: the engine must not depend on it.
        rows = [(level, *row[1:]) for level, row in
                zip(sorted(row[0] for row in rows), sorted(rows, key=lambda row: row[1]), strict=True)]
    steps = [
        Step(0, Level(level), -delay if level == Level.PREVENTIVE else delay, gap, end_of_month, condition)
        for level, delay, gap, end_of_month, condition in rows
    ]
    steps = [Step(id * 100 + n, s.level, s.delay, s.gap, s.end_of_month, s.condition) for n, s in enumerate(steps)]
    condition = draw(st.sampled_from([ALWAYS] * 4 + [Condition(amount_max=Decimal(200))]))
    return Scenario(id, tuple(steps), draw(minimums), condition)


@st.composite
def policies(draw, minimums=(ZERO, ZERO, ZERO, Decimal(150))):
    number = draw(st.integers(1, 2))
    return Policy(
        {n: draw(scenarios(n, st.sampled_from(minimums))) for n in range(1, number + 1)},
        draw(st.sampled_from([(1,), (2, 1)])), draw(st.sampled_from([0, 0, 2, 7])),
        draw(st.sampled_from(['sequential', 'sequential', 'jump', 'new'])),
        START - timedelta(draw(st.integers(0, 40))))


@st.composite
def histories(draw, policy=None, events=_EVENT, faults=True):
    rows = draw(st.lists(_ITEM, min_size=1, max_size=5))
    posted = [
        (day, Item(id, id, currency, Decimal(cents) / 100, START + timedelta(due), choice,
                   amount_company=Decimal(cents) / 100,
                   not_before=None if grace is None else START + timedelta(grace)))
        for id, (day, currency, cents, due, choice, grace) in enumerate(rows, 1)
    ]
    outcomes = st.sampled_from(['sent'] * 5 + ['failed', 'uncertain', 'todo'])
    pay = st.builds(Event, st.integers(0, DAYS - 1), st.just('pay'), st.integers(0, 11), st.integers(0, 120))
    down = draw(st.lists(st.tuples(st.integers(0, DAYS), st.integers(1, 12)), max_size=2)) if faults else []
    return History(
        draw(policies() if policy is None else policy),
        {1: Decimal(1), 2: draw(st.sampled_from([Decimal('0.5'), Decimal(2), None]))},
        posted,
        tuple(draw(st.lists(outcomes, min_size=1, max_size=5))) if faults else ('sent',),
        draw(st.lists(events, max_size=12)) if events is not None else [],
        draw(st.lists(pay, max_size=3)) if faults else [],
        frozenset(first + n for first, length in down for n in range(length)),
    )
