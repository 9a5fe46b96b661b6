from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine.decision import decide
from ...engine.facts import DebtorFacts, Level, Scenario, Step
from ...engine.outcomes import Line, Why
from .common import (
    EUR,
    FIRST,
    JPY,
    PREVENTIVE,
    SECOND,
    STANDARD,
    THIRD,
    TODAY,
    USD,
    DecisionCase,
    blocker,
    late,
    passed,
    policy,
)


def day(n):
    return TODAY + timedelta(n)


@tagged('post_install', '-at_install')
class TestAmounts(DecisionCase):
    """What is asked, after blockers, credits and minimum."""

    def lines(self, decision):
        self.assertEqual(len(decision.reminders), 1)
        return [(line.item_id, line.amount) for line in decision.reminders[0].lines]

    def test_blockers(self):
        for block, until in [
            (blocker(), None), (blocker(1), None), (blocker(until=0), 1), (blocker(1, until=3), 4),
            (blocker(1, date_from=TODAY), None), (blocker(date_from=day(-5), until=5), 6),
            (blocker(1, amount=Decimal(100)), None), (blocker(1, amount=Decimal(150), until=2), 3),
        ]:
            with self.subTest(block=block):
                decision = self.decide(late(9), blockers=(block,))
                self.assertSilent(decision, Why.BLOCKED, until and day(until))
                self.assertEqual(self.why(decision).blocker, block)
                self.assertEqual(decision.next_date, until and day(until))
        for block in (blocker(until=-1), blocker(1, date_from=day(1)), blocker(2)):
            with self.subTest(block=block):
                self.assertReminds(self.decide(late(9), blockers=(block,)), FIRST)

    def test_a_blocked_item_is_not_shown(self):
        decision = self.decide(late(9), late(9, id=2), blockers=(blocker(2),))
        self.assertEqual(self.lines(decision), [(1, 100)])

    def test_several_blockers_last_until_the_last_one(self):
        for blocks, expected in [
            ((blocker(1, until=3), blocker(1, until=9)), 10), ((blocker(1, until=9), blocker(until=3)), 10),
            ((blocker(until=3), blocker(until=9, date_from=day(4))), 10),
            ((blocker(until=3), blocker(until=9, date_from=day(6))), 4),
            ((blocker(until=3), blocker(1)), None),
            ((blocker(1, amount=Decimal(60), until=3), blocker(1, amount=Decimal(60))), 4),
        ]:
            with self.subTest(blocks=blocks):
                decision = self.decide(late(9), blockers=blocks)
                self.assertSilent(decision, Why.BLOCKED, expected and day(expected))
                self.assertEqual(decision.next_date, expected and day(expected))

    def test_partial_dispute_takes_out_its_amount(self):
        disputes = (blocker(1, amount=Decimal(30)), blocker(1, amount=Decimal(20)))
        self.assertEqual(self.lines(self.decide(late(9), blockers=disputes)), [(1, 50)])

    def test_credits_pay_the_oldest_first(self):
        decision = self.decide(late(9), late(20, id=2), late(6, id=3), late(2, id=4, amount=-150))
        self.assertEqual(self.lines(decision), [(1, 100), (3, 100), (4, -50)])
        self.assertEqual(decision.reminders[0].total, 150)
        self.assertEqual(self.why(decision, 2).why, Why.NETTED)
        self.assertEqual(self.why(decision, 4).why, Why.CREDIT)

    def test_what_is_left_of_credits_is_on_the_most_recent_ones(self):
        decision = self.decide(
            late(9), late(20, id=2, amount=-30), late(3, id=3, amount=-30), late(50, id=4, amount=40))
        self.assertEqual(self.lines(decision), [(1, 100), (3, -20)])

    def test_credits_as_large_as_the_debt(self):
        for credit in (-100, -101):
            with self.subTest(credit=credit):
                self.assertSilent(self.decide(late(9), late(1, id=2, amount=credit)), Why.NETTED)

    def test_only_a_credit(self):
        decision = self.decide(late(90, amount=-50))
        self.assertSilent(decision, Why.CREDIT)
        self.assertIsNone(decision.next_date)

    def test_credits_do_not_pay_what_is_disputed(self):
        decision = self.decide(late(20), late(9, id=2), late(1, id=3, amount=-40), blockers=(blocker(1),))
        self.assertEqual(self.lines(decision), [(2, 100), (3, -40)])

    def test_a_credit_of_another_currency_is_not_deducted(self):
        decision = self.decide(late(9), late(1, id=2, amount=-500, currency=USD))
        self.assertEqual(self.lines(decision), [(1, 100)])

    def test_one_message_per_currency(self):
        decision = self.decide(late(9), late(20, id=2, currency=USD), late(4, id=3, currency=USD))
        self.assertEqual([(r.currency_id, r.total) for r in decision.reminders], [(EUR, 100), (USD, 200)])

    def test_minimum(self):
        for amount, leaves in [(99, False), (100, False), ('100.01', True)]:
            with self.subTest(amount=amount):
                decision = self.decide(
                    late(9, amount=amount), rates={EUR: Decimal(1)},
                    policy=policy(replace(STANDARD, minimum=Decimal(100))))
                if leaves:
                    self.assertReminds(decision, FIRST)
                else:
                    self.assertSilent(decision, Why.BELOW_MINIMUM)
                    self.assertIsNone(decision.next_date)

    def test_minimum_is_on_what_is_left_after_credits_and_disputes(self):
        modest = policy(replace(STANDARD, minimum=Decimal(40)))
        rates = {EUR: Decimal(1)}
        credit = late(2, id=2, amount=-60)
        self.assertSilent(self.decide(late(9), credit, rates=rates, policy=modest), Why.BELOW_MINIMUM)
        dispute = blocker(1, amount=Decimal(60), until=3)
        decision = self.decide(late(9), rates=rates, policy=modest, blockers=(dispute,))
        self.assertSilent(decision, Why.BELOW_MINIMUM)
        self.assertEqual(decision.next_date, day(4))  # the dispute ends: the whole amount is above

    def test_minimum_is_converted_from_company_currency(self):
        minimum = policy(replace(STANDARD, minimum=Decimal(10)))
        rates = {EUR: Decimal(1), JPY: Decimal(160)}
        for amount, leaves in [(1600, False), (1601, True)]:
            with self.subTest(amount=amount):
                decision = self.decide(late(9, amount=amount, currency=JPY), rates=rates, policy=minimum)
                self.assertEqual(len(decision.reminders), leaves)

    def test_no_rate(self):
        minimum = policy(replace(STANDARD, minimum=Decimal(10)))
        items = (late(9), late(9, id=2, currency=USD))
        for rates in ({EUR: Decimal(1)}, {EUR: Decimal(1), USD: None}):
            with self.subTest(rates=rates):
                decision = self.decide(*items, rates=rates, policy=minimum)
                self.assertEqual([r.currency_id for r in decision.reminders], [EUR])
                self.assertEqual(self.why(decision, 2).why, Why.NO_RATE)
        self.assertEqual(len(self.decide(*items, rates={}).reminders), 2)  # no minimum, no rate needed

    def test_small_items_add_up(self):
        minimum = policy(replace(STANDARD, minimum=Decimal(150)))
        rates = {EUR: Decimal(1)}
        past = (passed(PREVENTIVE, 3, 2),)
        decision = self.decide(late(9), late(-2, id=2), rates=rates, past=past, policy=minimum)
        self.assertSilent(decision, Why.BELOW_MINIMUM)
        self.assertEqual(decision.next_date, day(3))  # the second one is late and shown from that day
        later = self.decide(late(9), late(-2, id=2), rates=rates, past=past, policy=minimum, today=day(3))
        self.assertReminds(later, FIRST)

    def test_a_high_minimum_silences_only_its_own_scenario(self):
        """Owing one more invoice never makes a debtor less reminded."""
        large = Scenario(2, (Step(21, Level.FIRST, 1), Step(23, Level.THIRD, 2)), minimum=Decimal(1000))
        both = policy(STANDARD, large)
        decision = self.decide(
            late(9), late(30, id=2, scenario_id=2), rates={EUR: Decimal(1)}, past=(passed(Step(21, 1, 1), 9, 2),),
            policy=both)
        self.assertReminds(decision, FIRST)
        self.assertEqual(self.lines(decision), [(2, 100), (1, 100)])
        self.assertEqual(self.why(decision, 2).why, Why.BELOW_MINIMUM)

    def test_leading_step_is_the_highest(self):
        past = (passed(FIRST, 20), passed(FIRST, 40, 2), passed(SECOND, 30, 2))
        decision = self.decide(late(20), late(40, id=2), late(-3, id=3), late(2, id=4), past=past)
        self.assertEqual(decision.reminders[0].step_id, THIRD.id)
        self.assertEqual(decision.reminders[0].lines, (
            Line(2, THIRD.id, Decimal(100)), Line(1, SECOND.id, Decimal(100)), Line(4, None, Decimal(100)),
            Line(3, PREVENTIVE.id, Decimal(100)),
        ))

    def test_instalments_are_items_of_their_own(self):
        decision = self.decide(late(9, move_id=5), late(-30, id=2, move_id=5))
        self.assertEqual(self.lines(decision), [(1, 100)])
        self.assertEqual((self.why(decision, 2).why, self.why(decision, 2).date), (Why.SCHEDULED, day(25)))

    def test_nothing_open(self):
        decision = self.decide(late(9, amount=0))
        self.assertEqual((decision.reminders, decision.next_date, decision.outcomes), ((), None, ()))

    def test_deciding_reads_nothing_else(self):
        facts = DebtorFacts(1, (late(9), late(-9, id=2)))
        self.assertEqual(decide(facts, policy(), TODAY), decide(facts, policy(), TODAY))
