"""Who is held, and who never is."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.facts import Blocker, DebtorFacts, Item, PassedStep
from ...engine.order_hold import MODES, Credit, Exposure, Rule, Verdict, exposure, judge

TODAY = date(2026, 3, 10)
EUR, USD = 1, 2
BLOCK = Rule('block', level=4, days=30, limit=True)
amounts = st.integers(1, 10_000).map(Decimal)


def item(number, days_late, residual=100, currency=EUR):
    return Item(number, number, currency, Decimal(residual), TODAY - timedelta(days=days_late))


def sent(number, level, really=True):
    return PassedStep(number, 10 + level, level, 5, TODAY - timedelta(days=3), really)


def facts(*items, blockers=(), past=()):
    return DebtorFacts(1, items=items, blockers=tuple(blockers), past=tuple(past))


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


@tagged('post_install', '-at_install')
class TestExposure(BaseCase):

    def test_nothing_late(self):
        self.assertEqual(exposure(facts(item(1, 0), item(2, -5)), TODAY), Exposure(None, 0, {}))

    def test_oldest_and_highest(self):
        owes = exposure(facts(item(1, 40), item(2, 10), past=[sent(1, 1), sent(2, 3)]), TODAY)
        self.assertEqual(owes, Exposure(3, 40, {EUR: Decimal(200)}))

    def test_step_skipped_by_a_person_said_nothing(self):
        self.assertIsNone(exposure(facts(item(1, 40), past=[sent(1, 4, really=False)]), TODAY).level)

    def test_level_of_what_is_paid_is_forgotten(self):
        self.assertIsNone(exposure(facts(item(1, 40), past=[sent(9, 5)]), TODAY).level)

    def test_credits_pay_the_oldest_first(self):
        owes = exposure(facts(item(1, 90, 60), item(2, 20, 100), item(3, 5, -80)), TODAY)
        self.assertEqual(owes, Exposure(None, 20, {EUR: Decimal(80)}))

    def test_credits_of_another_currency_pay_nothing(self):
        owes = exposure(facts(item(1, 90, 60), item(2, 5, -80, USD)), TODAY)
        self.assertEqual(owes.overdue, {EUR: Decimal(60)})

    def test_each_excuse(self):
        for kind in ('dispute', 'promise', 'plan', 'payment_pending', 'direct_debit'):
            for item_id in (1, None):
                with self.subTest(kind=kind, item_id=item_id):
                    owes = exposure(facts(item(1, 90), blockers=[Blocker(kind, item_id)]), TODAY)
                    self.assertEqual(owes, Exposure(None, 0, {}))

    def test_what_we_decided_is_no_excuse(self):
        for kind in ('commercial', 'case', 'reply', 'bounce', 'other', 'no_followup', 'insolvency'):
            with self.subTest(kind=kind):
                self.assertEqual(exposure(facts(item(1, 90), blockers=[Blocker(kind, 1)]), TODAY).days, 90)

    def test_excuse_of_another_item_or_another_day(self):
        for blocker in (Blocker('promise', 2), Blocker('promise', 1, date_until=TODAY - timedelta(days=1)),
                        Blocker('promise', 1, date_from=TODAY + timedelta(days=1))):
            with self.subTest(blocker):
                self.assertEqual(exposure(facts(item(1, 90), blockers=[blocker]), TODAY).days, 90)

    def test_part_in_dispute(self):
        blockers = [Blocker('dispute', 1, Decimal(30)), Blocker('dispute', 1, Decimal(20))]
        self.assertEqual(
            exposure(facts(item(1, 90), blockers=blockers), TODAY).overdue, {EUR: Decimal(50)})
        blockers.append(Blocker('dispute', 1, Decimal(60)))
        self.assertFalse(exposure(facts(item(1, 90), blockers=blockers), TODAY).overdue)

    @given(st.lists(st.tuples(st.integers(-30, 300), amounts), max_size=8), amounts)
    def test_never_more_than_what_is_late(self, debts, credit):
        items = [item(number, days, residual) for number, (days, residual) in enumerate(debts, 1)]
        owes = exposure(facts(*items, item(99, 0, -credit)), TODAY)
        late = sum((one.residual for one in items if one.date_due < TODAY), Decimal(0))
        self.assertEqual(sum(owes.overdue.values(), Decimal(0)), max(late - credit, 0))
        self.assertEqual(bool(owes.overdue), bool(owes.days))


@tagged('post_install', '-at_install')
class TestJudge(BaseCase):

    def test_off(self):
        worst = Exposure(5, 900), Credit(Decimal(1), Decimal(2))
        self.assertEqual(judge(Rule(level=1, days=0, limit=True), *worst, TODAY), Verdict())

    def test_each_reason_at_its_edge(self):
        for owes, credit, expected in (
                (Exposure(3, 30), Credit(Decimal(100), Decimal(100)), []),
                (Exposure(4, 30), Credit(), ['level']),
                (Exposure(None, 31), Credit(), ['late']),
                (Exposure(), Credit(Decimal(100), Decimal('100.01')), ['limit']),
                (Exposure(), Credit(Decimal(0), Decimal(1_000_000)), []),
                (Exposure(5, 300), Credit(Decimal(1), Decimal(2)), ['level', 'late', 'limit'])):
            with self.subTest(owes=owes, credit=credit):
                verdict = judge(BLOCK, owes, credit, TODAY)
                self.assertEqual(codes(verdict), expected)
                self.assertEqual(verdict.mode, 'block' if expected else 'none')

    def test_what_is_not_asked_does_not_matter(self):
        worst = Exposure(5, 900), Credit(Decimal(1), Decimal(9))
        self.assertEqual(judge(Rule('block'), *worst, TODAY), Verdict())
        self.assertEqual(codes(judge(Rule('warn', days=0), *worst, TODAY)), ['late'])

    def test_preventive_message_holds_nothing(self):
        self.assertEqual(judge(Rule('block', level=0), Exposure(0, 0), Credit(), TODAY), Verdict())
        self.assertEqual(judge(Rule('block', level=0), Exposure(1, 9), Credit(), TODAY).mode, 'block')

    def test_release_lasts_until_its_last_day(self):
        for days, mode in ((-1, 'block'), (0, 'none'), (5, 'none')):
            released = TODAY + timedelta(days=days)
            with self.subTest(days=days):
                verdict = judge(BLOCK, Exposure(4, 60), Credit(), TODAY, released)
                self.assertEqual((verdict.mode, bool(verdict.released)), (mode, mode == 'none'))
                self.assertEqual(codes(verdict), ['level', 'late'])

    @given(st.sampled_from(MODES), st.none() | st.integers(0, 5), st.none() | st.integers(0, 90), st.booleans(),
           st.none() | st.integers(0, 5), st.integers(0, 300), amounts, amounts)
    def test_held_for_a_reason_only(self, mode, level, days, limit, reached, late, credit_limit, used):
        rule = Rule(mode, level, days, limit)
        verdict = judge(rule, Exposure(reached, late), Credit(credit_limit, used), TODAY)
        self.assertEqual(verdict.mode, mode if verdict.reasons else 'none')
        released = judge(rule, Exposure(reached, late), Credit(credit_limit, used), TODAY, TODAY)
        self.assertEqual(released.mode, 'none')
