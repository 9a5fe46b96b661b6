from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine.decision import step_date
from ...engine.facts import Condition, InFlight, Level, Scenario, Step
from ...engine.outcomes import Why
from .common import (
    FIRST,
    LEGAL,
    NOTICE,
    PREVENTIVE,
    SECOND,
    STANDARD,
    THIRD,
    TODAY,
    DecisionCase,
    blocker,
    late,
    passed,
    policy,
)


def day(n):
    return TODAY + timedelta(n)


@tagged('post_install', '-at_install')
class TestDates(DecisionCase):
    """When the step of one item is due."""

    def test_both_signs_of_delay(self):
        for days_late, past, expected in [
            (-6, (), None), (-5, (), PREVENTIVE), (-1, (), PREVENTIVE), (0, (), PREVENTIVE),
            (0, (passed(PREVENTIVE, 5),), None), (1, (), None), (4, (), None), (5, (), FIRST), (6, (), FIRST),
            (14, (passed(FIRST, 9),), None), (15, (passed(FIRST, 10),), SECOND), (16, (passed(FIRST, 11),), SECOND),
        ]:
            with self.subTest(days_late=days_late):
                decision = self.decide(late(days_late), past=past)
                if expected:
                    self.assertReminds(decision, expected)
                else:
                    self.assertEqual(decision.reminders, ())

    def test_next_date_of_a_preventive_step(self):
        decision = self.decide(late(-20))
        self.assertSilent(decision, Why.SCHEDULED, day(15))
        self.assertEqual(decision.next_date, day(15))

    def test_the_due_date_itself_is_not_late(self):
        at_once = policy(Scenario(1, (Step(11, Level.FIRST, 0),)))
        self.assertSilent(self.decide(late(0), policy=at_once), Why.SCHEDULED, day(1))
        self.assertEqual(len(self.decide(late(1), policy=at_once).reminders), 1)
        early = policy(Scenario(1, (Step(11, Level.FIRST, -3),)))
        self.assertSilent(self.decide(late(0), policy=early), Why.SCHEDULED, day(1))

    def test_an_item_due_today_is_not_shown_among_late_ones(self):
        decision = self.decide(late(5), late(0, id=2), late(1, id=3), past=(passed(PREVENTIVE, 3, 2),))
        self.assertEqual([line[:2] for line in decision.reminders[0].lines], [(1, FIRST.id), (3, None)])
        self.assertEqual(self.why(decision, 2).why, Why.SCHEDULED)
        self.assertEqual(self.why(decision, 3).why, Why.SHOWN)

    def test_an_invoice_sent_late_leaves_time_to_pay(self):
        sent = late(20)._replace(not_before=day(1))
        self.assertSilent(self.decide(sent), Why.SCHEDULED, day(1))
        self.assertReminds(self.decide(sent._replace(not_before=day(0))), FIRST)
        jumping = policy(STANDARD, first_run='jump')
        self.assertSilent(self.decide(sent, policy=jumping), Why.SCHEDULED, day(1))
        self.assertReminds(self.decide(sent._replace(not_before=day(0)), policy=jumping), SECOND)
        self.assertReminds(self.decide(late(-3)._replace(not_before=day(1))), PREVENTIVE)

    def test_end_of_month(self):
        step = Step(11, Level.FIRST, 10, end_of_month=True)
        for due, expected in [
            (date(2026, 1, 5), date(2026, 1, 31)), (date(2026, 1, 25), date(2026, 2, 28)),
            (date(2028, 2, 1), date(2028, 2, 29)), (date(2026, 12, 25), date(2027, 1, 31)),
            (date(2026, 11, 20), date(2026, 11, 30)),
        ]:
            with self.subTest(due=due):
                self.assertEqual(step_date(step, late(0)._replace(date_due=due), None), expected)

    def test_gap_since_the_step_really_sent(self):
        self.assertSilent(self.decide(late(40), past=(passed(FIRST, 6),)), Why.SCHEDULED, day(1))
        self.assertReminds(self.decide(late(40), past=(passed(FIRST, 7),)), SECOND)

    def test_gap_is_counted_over_a_skipped_step(self):
        past = (passed(FIRST, 2), passed(SECOND, 1, sent=False))
        self.assertSilent(self.decide(late(40), past=past), Why.SCHEDULED, day(5))
        self.assertReminds(self.decide(late(40), past=(passed(FIRST, 7), passed(SECOND, 0, sent=False))), THIRD)

    def test_never_two_steps_on_one_day_even_without_gap(self):
        hasty = policy(Scenario(1, (Step(11, Level.FIRST, 1), Step(12, Level.SECOND, 2))))
        decision = self.decide(late(40), past=(passed(FIRST, 0),), policy=hasty)
        self.assertSilent(decision, Why.SCHEDULED, day(1))

    def test_preventive_step_that_its_gap_pushes_over_the_due_date_is_gone(self):
        twice = Step(16, Level.PREVENTIVE, -1, gap=7)
        decision = self.decide(
            late(-1), past=(passed(PREVENTIVE, 3),), policy=policy(Scenario(1, (PREVENTIVE, twice, FIRST))))
        self.assertSilent(decision, Why.SCHEDULED, day(6))
        self.assertEqual(self.why(decision).step_id, FIRST.id)

    def test_preventive_step_that_the_contact_gap_pushes_over_the_due_date_is_gone(self):
        decision = self.decide(late(-3), last_contact=day(-1), policy=policy(contact_gap=7))
        self.assertSilent(decision, Why.SCHEDULED, day(8))
        self.assertEqual(self.why(decision).step_id, FIRST.id)
        on_time = self.decide(late(-3), last_contact=day(-1), policy=policy(contact_gap=4))
        self.assertSilent(on_time, Why.CONTACT_GAP, day(3))

    def test_preventive_step_expires(self):
        decision = self.decide(late(1))
        self.assertSilent(decision, Why.SCHEDULED, day(4))
        self.assertEqual(self.why(decision).step_id, FIRST.id)

    def test_dates_at_the_end_of_the_calendar(self):
        never = late(0)._replace(date_due=date.max)
        self.assertEqual(self.decide(never).reminders, ())
        self.assertSilent(self.decide(late(90), blockers=(blocker(until=date.max),)), Why.BLOCKED)
        self.assertReminds(self.decide(late(0)._replace(date_due=date.min)), FIRST)

    def test_contact_gap(self):
        weekly = policy(contact_gap=7)
        decision = self.decide(late(20), last_contact=day(-6), policy=weekly)
        self.assertSilent(decision, Why.CONTACT_GAP, day(1))
        self.assertEqual(decision.next_date, day(1))
        self.assertReminds(self.decide(late(20), last_contact=day(-7), policy=weekly), FIRST)
        self.assertSilent(self.decide(late(20), last_contact=TODAY, policy=policy()), Why.CONTACT_GAP, day(1))
        self.assertReminds(self.decide(late(20), last_contact=day(-1), policy=policy()), FIRST)

    def test_nothing_more_on_the_day_of_an_attempt(self):
        """A formal notice that fails does not make room for the courteous word that it kept back."""
        failed = (InFlight(1, NOTICE.id, 'failed'),)
        again = self.decide(late(60), late(0, id=2), in_flight=failed, last_attempt=TODAY)
        self.assertEqual(again.reminders, ())
        self.assertReminds(self.decide(late(60), late(0, id=2), in_flight=failed, last_attempt=day(-1)), PREVENTIVE, 2)

    def test_next_date_waits_for_the_contact_gap(self):
        decision = self.decide(late(3), last_contact=day(0), policy=policy(contact_gap=7))
        self.assertSilent(decision, Why.SCHEDULED, day(2))
        self.assertEqual(decision.next_date, day(7))


@tagged('post_install', '-at_install')
class TestSteps(DecisionCase):
    """Which step comes next."""

    def test_catch_up_is_one_step_per_run_in_order(self):
        past, contacts = (), []
        for n in range(60):
            today = day(n)
            decision = self.decide(late(100), past=past, today=today)
            for reminder in decision.reminders:
                step = next(step for step in STANDARD.steps if step.id == reminder.step_id)
                past += (passed(step, -n),)
                contacts.append((n, step.id))
        self.assertEqual(contacts, [(0, FIRST.id), (7, SECOND.id), (14, THIRD.id), (24, NOTICE.id), (39, LEGAL.id)])

    def test_first_run(self):
        for days_late, sequential, jump in [
            (3, None, None), (10, FIRST, FIRST), (20, FIRST, SECOND), (60, FIRST, THIRD), (400, FIRST, THIRD),
        ]:
            for mode, expected in (('sequential', sequential), ('jump', jump)):
                with self.subTest(days_late=days_late, mode=mode):
                    decision = self.decide(late(days_late), policy=policy(first_run=mode))
                    if expected:
                        self.assertReminds(decision, expected)
                    else:
                        self.assertSilent(decision, Why.SCHEDULED, day(2))

    def test_jump_starts_with_the_step_that_comes_first(self):
        """An end of month may come after the next step's delay."""
        scenario = Scenario(1, (Step(11, Level.FIRST, 5, end_of_month=True), Step(12, Level.SECOND, 7)))
        decision = self.decide(late(4), policy=policy(scenario, first_run='jump'))
        self.assertSilent(decision, Why.SCHEDULED, day(3))
        self.assertEqual(self.why(decision).step_id, 12)

    def test_jump_keeps_the_preventive_step(self):
        self.assertReminds(self.decide(late(-2), policy=policy(first_run='jump')), PREVENTIVE)

    def test_jump_concerns_items_never_reminded(self):
        self.assertReminds(
            self.decide(late(60), past=(passed(FIRST, 30),), policy=policy(first_run='jump')), SECOND)

    def test_first_run_new(self):
        new = policy(first_run='new', start_date=day(-10))
        self.assertSilent(self.decide(late(11), policy=new), Why.BEFORE_START)
        self.assertReminds(self.decide(late(10), policy=new), FIRST)
        self.assertReminds(self.decide(late(40), past=(passed(FIRST, 20),), policy=new), SECOND)
        decision = self.decide(late(10), late(50, id=2), policy=new)
        self.assertEqual([line.item_id for line in decision.reminders[0].lines], [1])

    def test_finished(self):
        self.assertSilent(self.decide(late(200), past=(passed(LEGAL, 50),)), Why.FINISHED)
        self.assertSilent(self.decide(late(200), policy=policy(Scenario(1, ()))), Why.FINISHED)

    def test_formal_notice_needs_a_reminder_really_sent(self):
        skipped = tuple(passed(step, 50, sent=False) for step in (FIRST, SECOND, THIRD))
        self.assertSilent(self.decide(late(90), past=skipped), Why.NEVER_REMINDED)
        self.assertReminds(self.decide(late(90), past=(passed(FIRST, 60), *skipped[1:])), NOTICE)
        self.assertSilent(self.decide(late(90), past=(passed(PREVENTIVE, 95), *skipped)), Why.NEVER_REMINDED)
        self.assertSilent(self.decide(late(90), past=(passed(FIRST, 60, item_id=2), *skipped)), Why.NEVER_REMINDED)
        self.assertSilent(self.decide(late(90), policy=policy(Scenario(1, (NOTICE,)))), Why.NEVER_REMINDED)

    def test_failed_or_bounced_does_not_climb(self):
        """Neither is in the past: what failed holds its step, what bounced frees it."""
        failed = (InFlight(1, FIRST.id, 'failed'),)
        decision = self.decide(late(90), in_flight=failed)
        self.assertSilent(decision, Why.IN_FLIGHT)
        self.assertEqual((self.why(decision).step_id, self.why(decision).detail), (FIRST.id, 'failed'))
        self.assertIsNone(decision.next_date)
        self.assertReminds(self.decide(late(90)), FIRST)

    def test_in_flight_item_is_shown_with_the_others(self):
        decision = self.decide(late(30), late(6, id=2), in_flight=(InFlight(1, SECOND.id, 'todo'),))
        self.assertEqual([line[:2] for line in decision.reminders[0].lines], [(1, None), (2, FIRST.id)])
        self.assertEqual(self.why(decision, 1).why, Why.IN_FLIGHT)

    def test_scenario_changed_in_between(self):
        gentle = Scenario(2, tuple(
            Step(20 + step.id, step.level, step.delay + 10, step.gap) for step in STANDARD.steps[1:]))
        for last, expected_level, expected_delay in [
            (FIRST, Level.FIRST, 15),  # at the same level, but later than what was said
            (SECOND, Level.SECOND, 25), (THIRD, Level.THIRD, 40), (NOTICE, Level.LEGAL, 85),
        ]:
            with self.subTest(last=last):
                decision = self.decide(late(400), past=(passed(FIRST, 200), passed(last, 100)), policy=policy(gentle))
                step = next(s for s in gentle.steps if s.id == decision.reminders[0].step_id)
                self.assertEqual((step.level, step.delay), (expected_level, expected_delay))
        self.assertSilent(self.decide(late(400), past=(passed(LEGAL, 100),), policy=policy(gentle)), Why.FINISHED)

    def test_a_formal_notice_never_lists_what_is_not_due_yet(self):
        """The preventive word to the same customer waits for the contact gap, and is not lost."""
        past = (passed(THIRD, 20, item_id=1),)
        weekly = policy(contact_gap=7)
        decision = self.decide(late(50), late(-3, id=2), past=past, policy=weekly)
        self.assertEqual([line.item_id for line in decision.reminders[0].lines], [1])
        self.assertEqual(decision.reminders[0].step_id, NOTICE.id)
        self.assertEqual(self.why(decision, 2)[:4], (2, Why.CONTACT_GAP, PREVENTIVE.id, day(7)))

    def test_no_second_formal_notice_in_another_scenario(self):
        other = Scenario(2, (Step(31, Level.FIRST, 10), Step(34, Level.FORMAL_NOTICE, 60)))
        past = (passed(FIRST, 100), passed(NOTICE, 60))
        self.assertSilent(self.decide(late(400), past=past, policy=policy(other)), Why.FINISHED)

    def test_scenario_changed_and_changed_back(self):
        """Neither the steps passed here nor the firmness reached elsewhere is repeated."""
        elsewhere = passed(Step(99, Level.THIRD, 20), 30)
        past = (passed(FIRST, 60), elsewhere)
        self.assertReminds(self.decide(late(90), past=past), THIRD)  # 30 days is more than the 20 of level 3 there
        past = (passed(FIRST, 60), passed(Step(99, Level.THIRD, 35), 30))
        self.assertReminds(self.decide(late(90), past=past), NOTICE)

    def test_steps_are_passed_in_the_order_of_the_scenario_not_of_firmness(self):
        """A call at level 1 after a letter at level 2: the letter does not come back."""
        scenario = Scenario(1, (Step(1, Level.SECOND, 5), Step(2, Level.FIRST, 10), Step(3, Level.THIRD, 20)))
        past = (passed(scenario.steps[0], 30), passed(scenario.steps[1], 20))
        self.assertReminds(self.decide(late(90), past=past, policy=policy(scenario)), scenario.steps[2])

    def test_condition_of_a_step(self):
        big = replace(SECOND, condition=Condition(amount_min=Decimal(1000)))
        scenario = policy(Scenario(1, (FIRST, big, THIRD)))
        past = (passed(FIRST, 20),)
        self.assertReminds(self.decide(late(40, amount=1000), past=past, policy=scenario), big)
        self.assertReminds(self.decide(late(40, amount=999), past=past, policy=scenario), THIRD)

    def test_conditions(self):
        item = late(9, kind='deposit', amount=500)
        for condition, expected in [
            (Condition(), True),
            (Condition(category_ids=frozenset({7})), True), (Condition(category_ids=frozenset({8})), False),
            (Condition(category_ids=frozenset({7, 8})), True),
            (Condition(country_ids=frozenset({75})), True), (Condition(country_ids=frozenset({76})), False),
            (Condition(kinds=frozenset({'deposit'})), True), (Condition(kinds=frozenset({'first'})), False),
            (Condition(amount_min=Decimal(500)), True), (Condition(amount_min=Decimal('500.01')), False),
            (Condition(amount_max=Decimal(500)), True), (Condition(amount_max=Decimal('499.99')), False),
            (Condition(kinds=frozenset({'deposit'}), country_ids=frozenset({76})), False),
        ]:
            with self.subTest(condition=condition):
                only = policy(replace(STANDARD, condition=condition))
                decision = self.decide(item, category_ids=frozenset({7}), country_id=75, policy=only)
                if expected:
                    self.assertReminds(decision, FIRST)
                else:
                    self.assertSilent(decision, Why.NO_SCENARIO)
        self.assertFalse(Condition(country_ids=frozenset({75})).holds(item, frozenset(), None))

    def test_scenario_choice(self):
        def one(id, **values):
            return Scenario(id, (Step(id * 10, Level.FIRST, 1),), **values)
        never = Condition(kinds=frozenset({'first'}))
        for item_choice, debtor_choice, expected in [
            (None, (), 1), (None, (2, 3), 2), (4, (2, 3), 4), (5, (2, 3), 2), (None, (5, 3), 3), (99, (), 1),
        ]:
            with self.subTest(item=item_choice, debtor=debtor_choice):
                scenarios = policy(*map(one, (1, 2, 3, 4)), one(5, condition=never), fallback_ids=(1,))
                decision = self.decide(
                    late(9, scenario_id=item_choice), scenario_ids=debtor_choice, policy=scenarios)
                self.assertEqual(decision.reminders[0].step_id, expected * 10)
        self.assertSilent(self.decide(late(9), policy=policy(fallback_ids=())), Why.NO_SCENARIO)
