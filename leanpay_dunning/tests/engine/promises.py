"""What must hold of every message and every decision, worked out from the ledger without the engine's own code."""

from datetime import date, timedelta
from decimal import Decimal

from ...engine.facts import ALWAYS, ZERO, Level
from ...engine.outcomes import Why
from .simulator import HELD, Message, Simulator, total


class Witness:
    """Looks at each message just before it leaves and at each decision, and fails the test that owns it."""

    def __init__(self, test, simulator: Simulator):
        self.test = test
        self.sim = simulator
        self.attempted: set[tuple[int, int]] = set()  # (item, step) of all that was tried or skipped, bounced included

    # --- the ledger, read again

    def left(self, item, day: date) -> Decimal:
        """Return what may be asked of an item on a day."""
        amount = item.residual
        for blocker in self.sim.blockers:
            started = blocker.date_from is None or blocker.date_from <= day
            ended = blocker.date_until is not None and blocker.date_until < day
            if started and not ended and blocker.item_id in (None, item.id):
                amount -= amount if blocker.amount is None else blocker.amount
        return max(amount, ZERO)

    def credit(self, currency_id: int) -> Decimal:
        return -sum((item.residual for item in self.sim.items.values()
                     if item.currency_id == currency_id and item.residual < 0), ZERO)

    def asked(self, currency_id: int, day: date) -> Decimal:
        return sum((self.left(item, day) for item in self.sim.items.values()
                    if item.currency_id == currency_id and item.residual > 0), ZERO)

    def covered(self, item, day: date) -> bool:
        """Tell whether the credits, which pay the oldest first, pay the whole item."""
        older = [other for other in self.sim.items.values() if other.currency_id == item.currency_id
                 and other.residual > 0 and (other.date_due, other.id) <= (item.date_due, item.id)]
        return sum(self.left(other, day) for other in older) <= self.credit(item.currency_id)

    def scenario_of(self, step_id: int):
        return next(s for s in self.sim.policy.scenarios.values() if step_id in [step.id for step in s.steps])

    # --- messages

    def check_message(self, message: Message) -> None:
        """Check a message that has just left, against the messages before it."""
        before = [other for other in self.sim.messages if other is not message]
        self.not_owed_is_not_chased(message)
        self.amounts_are_right(message)
        contacts = [other.day for other in before if other.state == 'sent' and other.day != message.day]
        if contacts:
            gap = (message.day - max(contacts)).days
            self.test.assertGreaterEqual(gap, self.sim.policy.contact_gap, "contacted too soon")
        for line in message.passing:
            self.step_is_right(line, message, before)
            self.minimum_is_reached(line, message)
            self.attempted.add((line.item_id, line.step_id))
        ranks = [(step.level, step.delay) for line in message.passing for step in [self.sim.steps[line.step_id]]]
        leader = self.sim.steps[message.step_id]
        self.test.assertEqual((leader.level, leader.delay), max(ranks), "the highest step leads")

    def not_owed_is_not_chased(self, message: Message) -> None:
        """Promise 1."""
        for line in message.lines:
            item = self.sim.items[line.item_id]
            if line.amount > 0:
                self.test.assertGreater(item.residual, 0, "chases what is paid")
                self.test.assertGreater(self.left(item, message.day), 0, "chases what is blocked")
                early = line.step_id and self.sim.steps[line.step_id].level == Level.PREVENTIVE
                self.test.assertEqual(item.date_due < message.day, not early, "chases what is not late")
                self.test.assertFalse(self.covered(item, message.day), "chases what the credits cover")
        net = self.asked(message.currency_id, message.day) - self.credit(message.currency_id)
        self.test.assertLessEqual(total(message.lines), net)

    def minimum_is_reached(self, line, message: Message) -> None:
        """Nobody is bothered for less than the minimum of the item's scenario, nor when it cannot be converted."""
        minimum = self.chosen(self.sim.items[line.item_id]).minimum
        if minimum:
            self.test.assertIsNotNone(self.sim.rates[message.currency_id], "a minimum without rate")
            self.test.assertGreater(total(message.lines), minimum * self.sim.rates[message.currency_id])

    def amounts_are_right(self, message: Message) -> None:
        """Promise 4."""
        self.test.assertGreater(total(message.lines), 0)
        ids = [line.item_id for line in message.lines]
        self.test.assertEqual(len(ids), len(set(ids)))
        for line in message.lines:
            item = self.sim.items[line.item_id]
            self.test.assertEqual(item.currency_id, message.currency_id, "two currencies in a message")
            if item.residual > 0:
                self.test.assertEqual(line.amount, self.left(item, message.day))
            else:
                self.test.assertLess(line.amount, 0)
                self.test.assertGreaterEqual(line.amount, item.residual, "deducts more than the credit")
                self.test.assertIsNone(line.step_id)

    def step_is_right(self, line, message: Message, before: list[Message]) -> None:
        """Promises 2, 3 and 6: each step once, in order, late enough, and nothing firm out of the blue."""
        item, step = self.sim.items[line.item_id], self.sim.steps[line.step_id]
        told = [(other, sent) for other in before for sent in other.passing if sent.item_id == item.id]
        skipped = {passed.step_id for passed in self.sim.skipped if passed.item_id == item.id}
        counted = {sent.step_id for other, sent in told if other.state == 'sent' or other.state in HELD} | skipped
        self.test.assertNotIn(step.id, counted, "passes a step twice")
        self.test.assertFalse([other for other, _sent in told if other.state in HELD], "already in flight")
        self.test.assertGreaterEqual(message.day, item.date_due + timedelta(step.delay), "before its delay")
        if item.not_before and step.level > Level.PREVENTIVE:
            self.test.assertGreaterEqual(message.day, item.not_before, "no time to pay after it was sent")
        if step.end_of_month:
            end = item.date_due + timedelta(step.delay)
            self.test.assertTrue((message.day.year, message.day.month) > (end.year, end.month)
                                 or (message.day + timedelta(1)).day == 1, "before the end of the month")
        sent_days = [other.day for other, _sent in told if other.state == 'sent']
        if sent_days:
            self.test.assertGreaterEqual((message.day - max(sent_days)).days, max(step.gap, 1), "gap not respected")
        if step.level >= Level.FORMAL_NOTICE:
            reminded = [other for other, sent in told if other.state == 'sent' and other.day < message.day
                        and self.sim.steps[sent.step_id].level > Level.PREVENTIVE]
            self.test.assertTrue(reminded, "a formal notice out of the blue")
        steps = self.scenario_of(step.id).steps
        order = [other.id for other in steps]
        self.test.assertFalse([id for id in counted if id in order and order.index(id) > order.index(step.id)])
        self.nothing_is_jumped_over(item, step, steps, counted)

    def nothing_is_jumped_over(self, item, step, steps, counted: set[int]) -> None:
        """Check that every step before this one was passed, tried, lapsed or not meant for the item."""
        known = {other.id for other in steps}
        elsewhere = counted - known
        if elsewhere or (self.sim.policy.first_run == 'jump' and not counted):
            return
        for other in steps[:steps.index(step)]:
            self.test.assertTrue(
                (item.id, other.id) in self.attempted or other.id in counted or other.level == Level.PREVENTIVE
                or not other.condition.holds(item, frozenset(), None)
                or any(order.id in counted for order in steps[steps.index(other) + 1:]),
                "jumps over a step")

    # --- decisions

    def check_decision(self, decision, today: date) -> None:
        """Promise 8: one outcome for each open item, one message per currency, dates that are not in the past."""
        open_items = sorted(item.id for item in self.sim.items.values() if item.residual)
        self.test.assertEqual(sorted(outcome.item_id for outcome in decision.outcomes), open_items)
        currencies = [reminder.currency_id for reminder in decision.reminders]
        self.test.assertEqual(len(currencies), len(set(currencies)))
        for reminder in decision.reminders:
            self.test.assertEqual(reminder.total, total(reminder.lines))
        listed = {line.item_id: line for reminder in decision.reminders for line in reminder.lines}
        for line in listed.values():
            condition = self.sim.steps[line.step_id].condition if line.step_id else ALWAYS
            self.test.assertTrue(condition.holds(self.sim.items[line.item_id], frozenset(), None))
        for outcome in decision.outcomes:
            line = listed.get(outcome.item_id)
            self.test.assertEqual(bool(line and line.step_id), outcome.why == Why.REMIND)
            if outcome.why == Why.SCHEDULED:
                self.test.assertGreater(outcome.date, today)
            if outcome.why in (Why.BLOCKED, Why.NETTED, Why.BEFORE_START):
                self.test.assertIsNone(line)
        if decision.next_date:
            self.test.assertGreaterEqual(decision.next_date, today)

    def check_silence(self, decision, today: date) -> None:
        """Promise 3: when nothing more will ever be said, each item is through its scenario or has a true reason."""
        self.test.assertEqual(decision.reminders, ())
        for outcome in decision.outcomes:
            item = self.sim.items[outcome.item_id]
            check = getattr(self, f'_silent_{outcome.why}', None)
            self.test.assertIsNotNone(check, f"item {item.id} waits for ever: {outcome}")
            check(item, outcome, today)

    def _silent_credit(self, item, outcome, today):
        self.test.assertLess(item.residual, 0)

    def _silent_netted(self, item, outcome, today):
        self.test.assertTrue(self.covered(item, today))

    def _silent_no_rate(self, item, outcome, today):
        self.test.assertIsNone(self.sim.rates[item.currency_id])
        self.test.assertGreater(self.chosen(item).minimum, 0)

    def _silent_below_minimum(self, item, outcome, today):
        left_alone = sum((self.left(other, today) for other in self.sim.items.values()
                          if other.currency_id == item.currency_id and self.left_alone(other)), ZERO)
        net = self.asked(item.currency_id, today) - self.credit(item.currency_id) - left_alone
        rate = self.sim.rates[item.currency_id] or ZERO
        self.test.assertLessEqual(net, self.chosen(item).minimum * rate)

    def _silent_before_start(self, item, outcome, today):
        self.test.assertTrue(self.left_alone(item))

    def _silent_no_scenario(self, item, outcome, today):
        self.test.assertIsNone(self.chosen(item))

    def _silent_never_reminded(self, item, outcome, today):
        self.test.assertGreaterEqual(self.sim.steps[outcome.step_id].level, Level.FORMAL_NOTICE)
        levels = [passed.level for passed in self.sim.past() if passed.item_id == item.id and passed.sent]
        self.test.assertFalse([level for level in levels if level > Level.PREVENTIVE])
        self.nothing_left(item, before=outcome.step_id)

    def _silent_finished(self, item, outcome, today):
        self.nothing_left(item)

    def nothing_left(self, item, before: int | None = None) -> None:
        """Check that no step of an item is left to be said, or none before that one."""
        steps = self.chosen(item).steps
        end = next((n for n, step in enumerate(steps) if step.id == before), len(steps))
        passed = [p for p in self.sim.past() if p.item_id == item.id]
        known = [n for n, step in enumerate(steps) if step.id in {p.step_id for p in passed}]
        said = max(((p.level, p.delay) for p in passed if p.step_id not in {s.id for s in steps}), default=(-1, 0))
        for step in steps[max(known, default=-1) + 1:end]:
            self.test.assertTrue(
                step.level == Level.PREVENTIVE or not step.condition.holds(item, frozenset(), None)
                or (step.level, step.delay) <= said or step.level == said[0] >= Level.FORMAL_NOTICE,
                f"step {step.id} was never said")

    def left_alone(self, item) -> bool:
        policy = self.sim.policy
        known = [passed for passed in self.sim.past() if passed.item_id == item.id]
        return policy.first_run == 'new' and item.date_due < policy.start_date and not known

    def chosen(self, item):
        """Return the scenario of an item, written again in the words of DESIGN.md: invoice, debtor, company."""
        own = [item.scenario_id] if item.scenario_id else []
        for id in [*own, *self.sim.scenario_ids, *self.sim.policy.fallback_ids]:
            scenario = self.sim.policy.scenarios.get(id)
            if scenario and scenario.condition.holds(item, frozenset(), None):
                return scenario
        return None
