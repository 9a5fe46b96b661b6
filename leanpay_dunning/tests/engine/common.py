"""Short ways to write a debtor down, and the check that every decision must pass."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase

from ...engine.decision import decide
from ...engine.facts import (
    Blocker,
    DebtorFacts,
    Item,
    Level,
    PassedStep,
    Policy,
    Scenario,
    Step,
)
from ...engine.outcomes import Why

EUR, USD, JPY = 1, 2, 3
TODAY = date(2026, 11, 22)

PREVENTIVE = Step(10, Level.PREVENTIVE, -5)
FIRST = Step(11, Level.FIRST, 5)
SECOND = Step(12, Level.SECOND, 15, gap=7)
THIRD = Step(13, Level.THIRD, 30, gap=7)
NOTICE = Step(14, Level.FORMAL_NOTICE, 45, gap=10)
LEGAL = Step(15, Level.LEGAL, 75, gap=15)
STANDARD = Scenario(1, (PREVENTIVE, FIRST, SECOND, THIRD, NOTICE, LEGAL))


def late(days, id=1, amount=100, currency=EUR, **values):
    """Return an item that is `days` late on TODAY; a negative number is days before its due date."""
    amount = Decimal(amount)
    values.setdefault('amount_company', amount)
    return Item(id, values.pop('move_id', id), currency, amount, TODAY - timedelta(days), **values)


def passed(step, days_ago, item_id=1, sent=True):
    """Return that an item passed a step some days before TODAY."""
    return PassedStep(item_id, step.id, int(step.level), step.delay, TODAY - timedelta(days_ago), sent)


def policy(*scenarios, **values):
    """Return a policy whose scenarios are all tried, in order."""
    scenarios = scenarios or (STANDARD,)
    return Policy({s.id: s for s in scenarios}, values.pop('fallback_ids', tuple(s.id for s in scenarios)), **values)


def blocker(item_id=None, until=None, **values):
    """Return a blocker until TODAY plus a number of days (None: for ever)."""
    until = until if until is None or isinstance(until, date) else TODAY + timedelta(until)
    return Blocker(values.pop('kind', 'hold'), item_id, date_until=until, **values)


class DecisionCase(BaseCase):

    def decide(self, *items, policy=None, today=TODAY, **facts):
        """Decide for a debtor with these items, and check what every decision must satisfy."""
        facts = DebtorFacts(1, items, **facts)
        decision = decide(facts, policy or POLICY, today)
        listed = [line.item_id for reminder in decision.reminders for line in reminder.lines]
        self.assertCountEqual(listed, set(listed))
        open_items = [item.id for item in facts.items if item.residual]
        self.assertCountEqual([outcome.item_id for outcome in decision.outcomes], open_items)
        return decision

    def why(self, decision, item_id=1):
        """Return the outcome of an item."""
        return next(outcome for outcome in decision.outcomes if outcome.item_id == item_id)

    def assertReminds(self, decision, step, item_id=1):
        """Check that one reminder leaves, led by `step`, which the item passes."""
        self.assertEqual([reminder.step_id for reminder in decision.reminders], [step.id])
        self.assertIn((item_id, step.id), [line[:2] for line in decision.reminders[0].lines])
        self.assertEqual(self.why(decision, item_id)[1:4], (Why.REMIND, step.id, self.why(decision, item_id).date))

    def assertSilent(self, decision, why, date=None, item_id=1):
        """Check that nothing leaves, for that reason and until that day."""
        self.assertEqual(decision.reminders, ())
        outcome = self.why(decision, item_id)
        self.assertEqual((outcome.why, outcome.date), (why, date))


POLICY = policy()
