from datetime import timedelta

from hypothesis import given, note
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.decision import decide
from ...engine.facts import ZERO, Level, Policy
from .profiles import PROFILE
from .promises import Witness
from .strategies import DAYS, START, histories, policies

END = START + timedelta(DAYS)
NO_MINIMUM = policies(minimums=[ZERO])


def live(history, simulator, witness=None, runs=lambda day: 1):
    """Live the days of a history, and show everything to the witness."""
    for today, events, between, up in history.days():
        simulator.post(today)
        simulator.happen(today, events)
        for _run in range(runs(today) if up else 0):
            run(simulator, today, witness, between)
    return simulator


def run(simulator, today, witness=None, between=()):
    """Plan, let something happen, then let leave what is still owed."""
    decision = simulator.decide(today)
    if witness:
        witness.check_decision(decision, today)
    simulator.happen(today, between)
    for message in simulator.deliver(decision, today):
        if witness:
            witness.check_message(message)


def finish(simulator, today, witness=None):
    """Run on each day that the engine names until it names none, and return the last day and decision."""
    for _turn in range(300):
        run(simulator, today, witness)
        decision = simulator.decide(today)
        if decision.next_date is None:
            return today, decision
        assert decision.next_date > today, "a second decision on the same day says more"
        today = decision.next_date
    raise AssertionError("it never ends")


def said(simulator, item_id):
    """Return the steps really sent for an item, in order, preventive ones aside."""
    return [line.step_id for message in simulator.messages if message.state == 'sent'
            for line in message.passing
            if line.item_id == item_id and simulator.steps[line.step_id].level != Level.PREVENTIVE]


@tagged('post_install', '-at_install')
class TestPromises(BaseCase):

    @PROFILE
    @given(histories())
    def test_every_message_keeps_the_promises(self, history):
        """Whatever happens: nothing that is not owed, nothing twice, the right amount, no climbing by itself."""
        simulator = history.simulator()
        live(history, simulator, Witness(self, simulator))

    @PROFILE
    @given(histories())
    def test_nothing_is_silently_forgotten(self, history):
        """Once people have cleared what waits for them, each item gets every step or has a true reason not to."""
        simulator = history.simulator()
        witness = Witness(self, simulator)
        live(history, simulator, witness)
        simulator.quiet(END)
        today, decision = finish(simulator, END, witness)
        note(decision)
        witness.check_silence(decision, today)
        later = today + timedelta(400)
        self.assertEqual(simulator.decide(later).reminders, (), "the engine named no day, and yet something leaves")

    @PROFILE
    @given(histories(), st.lists(st.integers(1, 4), min_size=DAYS, max_size=DAYS))
    def test_running_more_often_says_no_more(self, history, runs):
        history = history._replace(between=[])
        once = live(history, history.simulator())
        often = live(history, history.simulator(), runs=lambda day: runs[(day - START).days])
        self.assertEqual(often.messages, once.messages)

    @PROFILE
    @given(histories(NO_MINIMUM, faults=False, events=None), st.integers(0, DAYS), st.integers(1, 40))
    def test_an_outage_delays_and_skips_nothing(self, history, first, length):
        """With the job down for days, the same steps come later, in the same order."""
        history = history._replace(policy=replace_first_run(history.policy))
        up = live(history, history.simulator())
        finish(up, END)
        stopped = history._replace(down=frozenset(range(first, first + length)))
        down = live(stopped, history.simulator())
        finish(down, END)
        for item_id in up.items:
            self.assertEqual(said(down, item_id), said(up, item_id))

    @PROFILE
    @given(histories())
    def test_next_date_is_the_next_date(self, history):
        """Nothing leaves before it if nothing happens; and something is different on it."""
        simulator = live(history, history.simulator())
        today = END - timedelta(1)
        run(simulator, today)
        facts = simulator.facts()
        decision = decide(facts, simulator.policy, today)
        self.assertEqual(decision.reminders, (), "deciding again on the same day says more")
        note(decision)
        horizon = decision.next_date or today + timedelta(120)
        for number in range(1, min((horizon - today).days, 120)):
            self.assertEqual(decide(facts, simulator.policy, today + timedelta(number)).reminders, ())
        if decision.next_date:
            self.assertGreater(decision.next_date, today)
            self.assertTrue(changes_on(decision.next_date, today, facts, simulator.policy))


def replace_first_run(policy):
    """Return the policy where every item starts at the first step: what an item deserves changes with an outage."""
    return Policy(policy.scenarios, policy.fallback_ids, policy.contact_gap)


def changes_on(day, today, facts, policy):
    """Tell whether a day is not like today: a message, an outcome, an item now late, a blocker gone, a gap over."""
    eve = day - timedelta(1)
    then, now = (decide(facts, policy, d) for d in (day, today))
    return (
        then.reminders or {o[:3] for o in then.outcomes} != {o[:3] for o in now.outcomes}
        or any(item.date_due == eve for item in facts.items)
        or any(blocker.date_until == eve for blocker in facts.blockers)
        or (facts.last_contact and facts.last_contact + timedelta(max(policy.contact_gap, 1)) == day)
    )
