"""Who to remind, about what, at which step, on which day, and why or why not.

:func:`decide` is the only place where that is decided. It is total and pure: the same function plans the messages,
checks them again when they leave, simulates any day and explains itself on screen.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from .facts import ALWAYS, ZERO, Blocker, Condition, DebtorFacts, Item, Level, PassedStep, Policy, Scenario, Step
from .outcomes import Decision, Line, Outcome, Reminder, Why


class Owed(NamedTuple):
    """An item that may be chased, with what is left of it after disputes."""

    item: Item
    amount: Decimal


class _Due(NamedTuple):
    owed: Owed
    step: Step
    scenario: Scenario


def decide(facts: DebtorFacts, policy: Policy, today: date) -> Decision:
    """Decide for one debtor on one day.

    :param facts: the debtor as read now
    :param policy: the company's scenarios and settings
    :param today: the day in the company's time zone
    """
    history: dict[int, list[PassedStep]] = defaultdict(list)
    for passed in facts.past:
        history[passed.item_id].append(passed)
    in_flight = {flight.item_id: flight for flight in facts.in_flight}
    open_by_currency: dict[int, list[Item]] = defaultdict(list)
    for item in facts.items:
        open_by_currency[item.currency_id].append(item)
    free_on = _free_on(facts, policy)
    ready = max(today, free_on) if free_on else today
    reminders: list[Reminder] = []
    outcomes: list[Outcome] = []
    for currency_id in sorted(open_by_currency):
        owed, credits, taken_out = chaseable(open_by_currency[currency_id], facts.blockers, today)
        outcomes += taken_out
        due: list[_Due] = []
        others: list[Owed] = []
        waiting: list[Outcome] = []
        for candidate in owed:
            flight = in_flight.get(candidate.item.id)
            if flight:
                waiting.append(Outcome(candidate.item.id, Why.IN_FLIGHT, flight.step_id, detail=flight.state))
                others.append(candidate)
                continue
            past = history.get(candidate.item.id, ())
            outcome, step, scenario = _next(candidate.item, facts, policy, past, today, ready)
            if outcome.why == Why.REMIND:
                due.append(_Due(candidate, step, scenario))
            else:
                waiting.append(outcome)
                if outcome.why != Why.BEFORE_START:
                    others.append(candidate)
        reminder, said = _compose(currency_id, due, others, credits, facts, policy, today)
        if reminder:
            reminders.append(reminder)
        shown = {line.item_id for line in reminder.lines} if reminder else set()
        outcomes += said
        outcomes += [o._replace(why=Why.SHOWN) if o.item_id in shown and o.why == Why.SCHEDULED else o for o in waiting]
    return Decision(tuple(reminders), _next_date(reminders, outcomes, facts, policy, today), tuple(outcomes))


def chaseable(
    items: Iterable[Item], blockers: Iterable[Blocker], today: date,
) -> tuple[list[Owed], list[tuple[Item, Decimal]], list[Outcome]]:
    """Split one currency's items into what may be chased, the credits left over, and what is taken out and why.

    Credits pay the oldest items first, as an accountant would allocate them: an item they cover entirely is not
    chased, and what is left of them is deducted from the message.
    """
    by_item: dict[int | None, list[Blocker]] = defaultdict(list)
    for blocker in blockers:
        if blocker.date_until is None or blocker.date_until >= today:  # a debtor may have years of past holds
            by_item[blocker.item_id].append(blocker)
    wide = by_item.pop(None, [])
    owed: list[Owed] = []
    credits: list[Item] = []
    outcomes: list[Outcome] = []
    for item in items:
        if item.residual < 0:
            credits.append(item)
            outcomes.append(Outcome(item.id, Why.CREDIT))
        elif item.residual > 0:
            concerned = [*wide, *by_item[item.id]] if wide or item.id in by_item else ()
            amount, blocker = _unblocked(item, concerned, today)
            if amount > 0:
                owed.append(Owed(item, amount))
            else:
                outcomes.append(Outcome(item.id, Why.BLOCKED, date=_lifted(item, concerned, today), blocker=blocker))
    owed.sort(key=lambda candidate: (candidate.item.date_due, candidate.item.id))
    left = sum((-credit.residual for credit in credits), ZERO)
    covered = 0
    while covered < len(owed) and left >= owed[covered].amount:
        left -= owed[covered].amount
        outcomes.append(Outcome(owed[covered].item.id, Why.NETTED))
        covered += 1
    return owed[covered:], _leftovers(credits, left), outcomes


# --- One item ---------------------------------------------------------------------------------------------------------


def choose_scenario(item: Item, facts: DebtorFacts, policy: Policy) -> Scenario | None:
    """Return the scenario of an item: the invoice's, else the debtor's, the profile's, the company's.

    A scenario whose condition does not hold for the item is passed over.
    """
    if item.scenario_id:
        own = policy.scenarios.get(item.scenario_id)
        if own and _holds(own.condition, item, facts):
            return own
    for ids in (facts.scenario_ids, policy.fallback_ids):
        for scenario_id in ids:
            scenario = policy.scenarios.get(scenario_id)
            if scenario and _holds(scenario.condition, item, facts):
                return scenario
    return None


def _holds(condition: Condition, item: Item, facts: DebtorFacts) -> bool:
    return condition is ALWAYS or condition.holds(item, facts.category_ids, facts.country_id)


def step_date(step: Step, item: Item, last: PassedStep | None) -> date:
    """Return the first day on which a step may leave for an item: its delay, its gap, and never before it is late.

    Nor, for an invoice sent late, before its customer had some days to pay it.

    :param last: the last step really sent for the item
    """
    day = _shift(item.date_due, step.delay)
    if step.end_of_month:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if not step.preventive:
        if step.delay < 1:
            day = max(day, _shift(item.date_due, 1))
        if item.not_before:
            day = max(day, item.not_before)
    if last:
        # never two steps on one day, even without a gap: the job may run every minute
        day = max(day, _shift(last.date, max(step.gap, 1)))
    return day


def steps_left(steps: tuple[Step, ...], past: Sequence[PassedStep]) -> tuple[Step, ...]:
    """Return the steps of a scenario that an item still has before it.

    Those that follow the furthest one it is past and, when it is past steps of another scenario (or deleted ones), that
    say more than what was said there: never again the same firmness, never a second formal notice.
    """
    if not past:
        return steps
    positions = {step.id: index for index, step in enumerate(steps)}
    left = steps[1 + max(positions.get(passed.step_id, -1) for passed in past):]
    said = max(((passed.level, passed.delay) for passed in past if passed.step_id not in positions), default=None)
    if said is None:
        return left
    return tuple(
        step for step in left
        if step.rank > said and not (step.level >= Level.FORMAL_NOTICE and step.level == said[0])
    )


def next_step(
    left: Iterable[Step], item: Item, last: PassedStep | None, ready: date,
) -> tuple[Step, date] | tuple[None, None]:
    """Return the first of the steps left and its day; a preventive one that cannot leave by the due date is gone.

    :param last: the last step really sent for the item
    :param ready: the first day on which the debtor may be contacted, today or later
    """
    late = ready > item.date_due
    for step in left:
        if step.preventive and late:
            continue
        day = step_date(step, item, last)
        if not step.preventive or day <= item.date_due:
            return step, day
    return None, None


def _next(
    item: Item, facts: DebtorFacts, policy: Policy, past: Sequence[PassedStep], today: date, ready: date,
) -> tuple[Outcome, Step | None, Scenario | None]:
    """Return what comes next for an item taken alone; `Why.REMIND` means that its step is due."""
    scenario = choose_scenario(item, facts, policy)
    if scenario is None:
        return Outcome(item.id, Why.NO_SCENARIO), None, None
    if not past and policy.first_run == 'new' and policy.start_date and item.date_due < policy.start_date:
        return Outcome(item.id, Why.BEFORE_START), None, scenario
    left = steps_left(scenario.steps, past) if past else scenario.steps
    if scenario.has_conditions:
        left = [step for step in left if _holds(step.condition, item, facts)]
    last = max((p for p in past if p.sent), key=attrgetter('date'), default=None) if past else None
    step, day = next_step(left, item, last, ready)
    if step is None:
        return Outcome(item.id, Why.FINISHED), None, scenario
    if not past and policy.first_run == 'jump' and not step.preventive:
        step = _jump(left, step, item, today)
        day = step_date(step, item, last)
    if scenario.firmer_when_broken and not step.preventive:
        day = min(day, _after_broken_promise(item, last, day))
    if step.level >= Level.FORMAL_NOTICE and not any(p.sent and p.level > Level.PREVENTIVE for p in past):
        return Outcome(item.id, Why.NEVER_REMINDED, step.id), step, scenario
    return Outcome(item.id, Why.REMIND if day <= today else Why.SCHEDULED, step.id, day), step, scenario


def _after_broken_promise(item: Item, last: PassedStep | None, day: date) -> date:
    """Return the day of the next step of an item whose promise was broken: that same day, for one step only.

    Never before the due date has passed, and never on the day of the step before it.
    """
    if item.broken_on is None or (last and last.date >= item.broken_on):
        return day
    return max(item.broken_on, _shift(item.date_due, 1))


def _jump(left: Sequence[Step], first: Step, item: Item, today: date) -> Step:
    """Return the firmest step that the lateness of an item never reminded deserves, short of a formal notice.

    When it deserves none yet, it is the step that comes first, which an end of month may make another than `first`.
    """
    possible = [
        (step_date(step, item, None), step) for step in left
        if not step.preventive and step.level < Level.FORMAL_NOTICE
    ]
    deserved = [step for day, step in possible if day <= today]
    if deserved:
        return deserved[-1]
    return min(possible, key=lambda dated: dated[0])[1] if possible else first


# --- One message ------------------------------------------------------------------------------------------------------


def _compose(
    currency_id: int, due: list[_Due], others: list[Owed], credits: list[tuple[Item, Decimal]],
    facts: DebtorFacts, policy: Policy, today: date,
) -> tuple[Reminder | None, list[Outcome]]:
    """Make the one message of a currency out of its due items and every other overdue one, or say why not."""
    if not due:
        return None, []
    free_on = _free_on(facts, policy)
    if free_on and today < free_on:
        return None, [_outcome(entry, Why.CONTACT_GAP, free_on) for entry in due]
    said: list[Outcome] = []
    while due:
        listed = [entry.owed for entry in due] + [other for other in others if other.item.date_due < today]
        listed.sort(key=lambda candidate: (candidate.item.date_due, candidate.item.id))
        deducted = _deduct(listed, credits)
        total = sum((candidate.amount for candidate in listed), sum((line.amount for line in deducted), ZERO))
        judged = [(entry, _refusal(entry, total, facts.rates.get(currency_id))) for entry in due]
        refused = [(entry, why) for entry, why in judged if why]
        if not refused:
            break
        # an item too small for its own scenario is only shown; it neither leads nor silences the others
        said += [_outcome(entry, why) for entry, why in refused]
        others = others + [entry.owed for entry, _why in refused]
        due = [entry for entry, why in judged if not why]
    else:
        return None, said
    leading = max(due, key=lambda entry: entry.step.rank)
    if leading.step.level >= Level.FORMAL_NOTICE and any(entry.step.preventive for entry in due):
        # a creditor cannot give notice to pay what is not due yet: the courteous word waits for the contact gap
        later = _shift(today, max(policy.contact_gap, 1))
        early = [_outcome(entry, Why.CONTACT_GAP, later) for entry in due if entry.step.preventive]
        rest = [entry for entry in due if not entry.step.preventive]
        reminder, others_said = _compose(currency_id, rest, others, credits, facts, policy, today)
        return reminder, early + others_said
    passing = {entry.owed.item.id: entry.step.id for entry in due}
    lines = [Line(owed.item.id, passing.get(owed.item.id), owed.amount) for owed in listed]
    reminder = Reminder(currency_id, leading.step.id, (*lines, *deducted))
    return reminder, said + [_outcome(entry, Why.REMIND, today) for entry in due]


def _refusal(entry: _Due, total: Decimal, rate: Decimal | None) -> str | None:
    """Return why a message of that total is too small for an item's scenario, None when it is not."""
    minimum = entry.scenario.minimum
    if minimum:
        if rate is None:
            return Why.NO_RATE
        minimum *= rate
    return Why.BELOW_MINIMUM if total <= minimum else None


def _outcome(entry: _Due, why: str, day: date | None = None) -> Outcome:
    return Outcome(entry.owed.item.id, why, entry.step.id, day)


def _deduct(listed: list[Owed], credits: list[tuple[Item, Decimal]]) -> list[Line]:
    """Return the credits to deduct, never more than what is listed."""
    room = sum((candidate.amount for candidate in listed), ZERO)
    lines = []
    for credit, left in credits:
        amount = min(left, room)
        if amount > 0:
            lines.append(Line(credit.id, None, -amount))
            room -= amount
    return lines


def _leftovers(credits: list[Item], left: Decimal) -> list[tuple[Item, Decimal]]:
    """Spread what is left of the credits over the most recent ones: the oldest were used up first."""
    leftovers = []
    for credit in sorted(credits, key=lambda item: (item.date_due, item.id), reverse=True):
        amount = min(left, -credit.residual)
        if amount > 0:
            leftovers.append((credit, amount))
            left -= amount
    return leftovers


# --- Blockers and dates -----------------------------------------------------------------------------------------------


def _unblocked(item: Item, blockers: Iterable[Blocker], day: date) -> tuple[Decimal, Blocker | None]:
    """Return what is left of an item on a day once its blockers are taken out, and the blocker to name."""
    amount = item.residual
    named: Blocker | None = None
    for blocker in blockers:
        if not blocker.active(day):
            continue
        if blocker.amount is None or blocker.item_id is None:
            amount = ZERO
        else:
            amount -= blocker.amount
        if named is None or (blocker.date_until or date.max) > (named.date_until or date.max):
            named = blocker  # the one that lasts longest
    return max(amount, ZERO), named


def _lifted(item: Item, blockers: Iterable[Blocker], today: date) -> date | None:
    """Return the first day on which something of a blocked item may be chased again, None when only a person knows."""
    days = sorted({day for blocker in blockers if (day := _end(blocker)) and day > today})
    return next((day for day in days if _unblocked(item, blockers, day)[0] > 0), None)


def _end(blocker: Blocker) -> date | None:
    """Return the first day after a blocker, None when it has no end (people also type 31/12/9999)."""
    if blocker.date_until is None or blocker.date_until == date.max:
        return None
    return _shift(blocker.date_until, 1)


def _shift(day: date, days: int) -> date:
    """Add days to a date, staying inside the calendar: one mistyped year must not stop a debtor's run."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def _free_on(facts: DebtorFacts, policy: Policy) -> date | None:
    """Return the first day on which the debtor may be contacted again, None when it never was.

    Never twice on one day, even without a gap: the job may run every minute.
    """
    days = []
    if facts.last_contact:
        days.append(_shift(facts.last_contact, max(policy.contact_gap, 1)))
    if facts.last_attempt:
        days.append(_shift(facts.last_attempt, 1))
    return max(days, default=None)


def _next_date(
    reminders: list[Reminder], outcomes: list[Outcome], facts: DebtorFacts, policy: Policy, today: date,
) -> date | None:
    """Return the first day that may be different from today when nothing happens in between."""
    if reminders:
        return today
    days = {outcome.date for outcome in outcomes if outcome.date}
    days.update(end for blocker in facts.blockers if blocker.amount is not None and (end := _end(blocker)))
    if any(outcome.why == Why.BELOW_MINIMUM for outcome in outcomes):
        # each item that becomes late is shown with the others and may lift the total over the minimum
        days.update(_shift(item.date_due, 1) for item in facts.items if item.residual > 0)
    day = min((day for day in days if day > today), default=None)
    free_on = _free_on(facts, policy)
    return max(day, free_on) if day and free_on else day
