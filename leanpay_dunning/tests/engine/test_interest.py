"""Late interest: what the law leaves no choice about, what the settings decide, what is true of any debt."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.interest import Debt, InterestError, Movement, Options, Pause, day_fraction, late_interest
from ...engine.rates import Contract, MissingRate, Rate, RateBook, Regime, Tier, rates_needed, regime_code

BOOK = RateBook.of([
    *(('MRO', Rate(date(year, month, 1), Decimal(rate), 'ECB')) for year, month, rate in (
        (2023, 7, '4.00'), (2024, 1, '4.50'), (2024, 7, '4.25'), (2025, 1, '3.15'), (2025, 7, '2.15'),
        (2026, 1, '2.15'), (2026, 7, '2.40'))),
    *(('LEGAL', Rate(date(year, month, 1), Decimal(rate), 'JO')) for year, month, rate in (
        (2024, 1, '5.07'), (2026, 1, '2.62'), (2026, 7, '2.75'))),
])
FRANCE = Regime('FR_B2B', 'MRO', Decimal(10), floor_index='LEGAL', floor_multiple=Decimal(3),
                tiers=(Tier(None, Decimal(40)),))
PUBLIC = replace(FRANCE, code='FR_PUBLIC', margin=Decimal(8), reset='frozen', floor_index='')
BELGIUM = Regime('BE_B2B', 'MRO', Decimal(8), round_up=Decimal('0.5'), tiers=(Tier(None, Decimal(40)),))
NETHERLANDS = Regime('NL_B2B', 'MRO', Decimal(8), capitalised=True)
CONSUMER = Regime('FR_B2C', 'LEGAL', starts='formal_notice', indemnity_mode='none')
IRELAND = (Tier(Decimal(1000), Decimal(40)), Tier(Decimal(10000), Decimal(70)), Tier(None, Decimal(100)))
BELGIAN_CONSUMER = Regime('BE_B2C', 'MRO', tiers=(
    Tier(Decimal(150), Decimal(20)), Tier(Decimal(500), Decimal(30), Decimal(10)),
    Tier(None, Decimal(65), Decimal(5))), indemnity_maximum=Decimal(2000), indemnity_mode='after_notice')

FIRST, LAST = date(2023, 7, 1), date(2026, 12, 31)
days = st.dates(FIRST, LAST)
amounts = st.decimals(0, 10_000_000, places=2)
movements = st.lists(st.builds(Movement, days, st.decimals(0, 5000, places=2)), max_size=4).map(tuple)
debts = st.builds(
    Debt, amounts, days, payments=movements, credits=movements, decimals=st.sampled_from([0, 2, 3]),
    pauses=st.lists(st.tuples(days, days).map(lambda pair: Pause(*sorted(pair))), max_size=2).map(tuple))
regimes = st.sampled_from([FRANCE, PUBLIC, BELGIUM, NETHERLANDS])
options = st.builds(
    Options, days=st.sampled_from(['after_due', 'from_due']),
    imputation=st.sampled_from(['principal_first', 'interest_first']),
    credits=st.sampled_from(['from_start', 'from_date']),
    day_count=st.sampled_from(['', 'act/act', 'act/360', '30/360']))


def debt(amount='1000', due='2026-01-31', **values):
    return Debt(Decimal(amount), date.fromisoformat(due), **values)


def interest(owed, until, regime=FRANCE, contract=None, **settings):
    return late_interest(owed, date.fromisoformat(until), regime, BOOK, contract, Options(**settings))


@tagged('post_install', '-at_install')
class TestInterest(BaseCase):

    def test_due_date_bears_nothing_and_payment_day_does(self):
        self.assertEqual(interest(debt(), '2026-01-31').interest, 0)
        self.assertEqual(interest(debt('36500'), '2026-02-01').interest, Decimal('12.15'))
        paid = debt('36500', payments=(Movement(date(2026, 2, 1), Decimal(36500)),))
        self.assertEqual(interest(paid, '2026-03-31').interest, Decimal('12.15'))
        self.assertEqual(interest(paid, '2026-03-31').principal, 0)

    def test_paid_on_the_day_the_rate_changes(self):
        paid = debt('36500', '2026-05-31', payments=(Movement(date(2026, 7, 1), Decimal(36500)),))
        late = [segment for segment in interest(paid, '2026-08-01').segments if segment.principal]
        self.assertEqual(
            [(segment.days, segment.rate, segment.interest) for segment in late],
            [(30, Decimal('12.15'), Decimal('364.50')), (1, Decimal('12.40'), Decimal('12.40'))])

    def test_from_due_day_another_half_year_counts(self):
        owed = debt('36500', '2025-06-30')
        self.assertEqual(interest(owed, '2025-07-01').segments[0].rate, Decimal('12.15'))
        shifted = interest(owed, '2025-07-01', days='from_due')
        self.assertEqual((shifted.segments[0].rate, shifted.days), (Decimal('13.15'), 1))
        self.assertEqual(shifted.segments[0].date_from, date(2025, 6, 30))

    def test_public_buyer_keeps_the_rate_of_its_first_late_day(self):
        self.assertEqual(
            {segment.rate for segment in interest(debt(due='2025-06-10'), '2026-10-01', PUBLIC).segments},
            {Decimal('11.15')})

    def test_belgian_rate_is_rounded_up_to_the_half_point(self):
        self.assertEqual(interest(debt(due='2026-07-31'), '2026-08-01', BELGIUM).segments[0].rate, Decimal('10.5'))

    def test_missing_half_year_claims_nothing_and_says_which(self):
        result = interest(debt(due='2026-12-30'), '2027-02-01')
        self.assertEqual(sum(segment.days for segment in result.segments), 1)
        self.assertEqual([(gap.index, gap.day) for gap in result.missing], [('MRO', date(2027, 1, 1))])
        self.assertIn('MRO', str(result.missing[0]))
        provisional = interest(debt(due='2026-12-30'), '2027-02-01', missing='provisional')
        self.assertFalse(provisional.missing)
        self.assertEqual([segment.provisional for segment in provisional.segments], [False, True])

    def test_contract_under_the_floor_falls_back(self):
        low = Contract('fixed', Decimal(5))
        fallen = interest(debt(due='2026-07-31'), '2026-08-31', contract=low)
        self.assertEqual(fallen.segments[0].rate, Decimal('12.40'))
        raised = interest(debt(due='2026-07-31'), '2026-08-31', contract=low, below_floor_contract='floor')
        self.assertEqual(raised.segments[0].rate, Decimal('8.25'))
        multiple = Contract('multiple', Decimal(4), 'LEGAL')
        self.assertEqual(
            interest(debt(due='2026-07-31'), '2026-08-31', contract=multiple).segments[0].rate, Decimal('11.00'))
        index = Contract('index', Decimal(7), 'MRO')
        self.assertEqual(
            interest(debt(due='2026-07-31'), '2026-08-31', contract=index).segments[0].rate, Decimal('9.40'))

    def test_default_under_the_floor_of_clauses(self):
        owed = debt('8000', '2024-01-31')
        self.assertEqual(interest(owed, '2024-03-31').segments[0].rate, Decimal('14.50'))
        self.assertEqual(
            interest(owed, '2024-03-31', below_floor_default='raise').segments[0].rate, Decimal('15.21'))

    def test_credit_note_from_the_start_or_from_its_date(self):
        owed = debt('2000', credits=(Movement(date(2026, 3, 2), Decimal(1000)),))
        self.assertEqual({s.principal for s in interest(owed, '2026-04-30').segments}, {Decimal(1000)})
        dated = interest(owed, '2026-04-30', credits='from_date')
        self.assertEqual([s.principal for s in dated.segments], [Decimal(2000), Decimal(1000)])

    def test_suspension_and_insolvency_stop_the_days(self):
        paused = interest(debt(pauses=(Pause(date(2026, 2, 11), date(2026, 2, 20)),)), '2026-02-28')
        self.assertEqual([s.days for s in paused.segments], [10, 8])
        stopped = interest(debt(insolvency=date(2026, 2, 11)), '2026-06-30')
        self.assertEqual((sum(s.days for s in stopped.segments), stopped.indemnity), (10, 40))
        self.assertEqual(interest(debt(insolvency=date(2026, 1, 31)), '2026-06-30').indemnity, 0)

    def test_consumer_owes_nothing_before_the_formal_notice(self):
        self.assertEqual(interest(debt(), '2026-06-30', CONSUMER).total, 1000)
        noticed = interest(debt(formal_notice=date(2026, 3, 31)), '2026-06-30', CONSUMER)
        self.assertEqual(
            (noticed.segments[0].date_from, noticed.interest, noticed.indemnity),
            (date(2026, 4, 1), Decimal('6.53'), 0))

    def test_indemnity_scales(self):
        ireland = replace(FRANCE, tiers=IRELAND)
        for amount, indemnity in (('1000', 40), ('1000.01', 70), ('10000', 70), ('10000.01', 100)):
            self.assertEqual(interest(debt(amount), '2026-02-01', ireland).indemnity, indemnity, amount)
        britain = replace(FRANCE, tiers=tuple(replace(tier, included=False) for tier in IRELAND))
        self.assertEqual(interest(debt('1000'), '2026-02-01', britain).indemnity, 70)
        for amount, indemnity in (('150', 20), ('500', 65), ('1500', 115), ('90000', 2000)):
            warned = debt(amount, charges_from=date(2026, 2, 20))
            self.assertEqual(interest(warned, '2026-02-20', BELGIAN_CONSUMER).indemnity, indemnity, amount)
            self.assertEqual(interest(warned, '2026-02-19', BELGIAN_CONSUMER).indemnity, 0)

    def test_yen_have_no_cents(self):
        result = interest(debt('100000', decimals=0), '2026-02-10')
        self.assertEqual(str(result.interest), '333')

    def test_bad_input_is_refused(self):
        for bad in (debt('-1'), debt(payments=(Movement(date(2026, 2, 1), Decimal(-1)),)),
                    debt(pauses=(Pause(date(2026, 2, 2), date(2026, 2, 1)),))):
            with self.assertRaises(InterestError):
                interest(bad, '2026-06-30')
        with self.assertRaises(InterestError):
            interest(debt(), '2026-06-30', day_count='lunar')
        with self.assertRaises(ValueError):
            Contract('fixed', Decimal(-1))

    def test_who_is_not_known_counts_as_a_consumer(self):
        known = {'FR_B2B', 'FR_B2C', 'DE_B2B', 'FR_PUBLIC'}
        self.assertEqual(regime_code('FR', 'professional', known), 'FR_B2B')
        self.assertEqual(regime_code('FR', 'unknown', known), 'FR_B2C')
        self.assertEqual(regime_code('FR', 'public', known), 'FR_PUBLIC')
        self.assertEqual(regime_code('DE', 'public', known), 'DE_B2B')
        self.assertIsNone(regime_code('DE', 'consumer', known))

    def test_exact_half_year_or_nothing(self):
        with self.assertRaises(MissingRate):
            BOOK.at('LEGAL', date(2025, 1, 1))

    def test_next_half_year_is_asked_for_a_fortnight_before(self):
        self.assertEqual(rates_needed([FRANCE], BOOK, date(2026, 12, 14)), [])
        self.assertEqual(
            rates_needed([FRANCE], BOOK, date(2026, 12, 15)),
            [('LEGAL', date(2027, 1, 1)), ('MRO', date(2027, 1, 1))])
        self.assertEqual(rates_needed([replace(FRANCE, floor_index='')], BOOK, date(2026, 6, 15)), [])
        self.assertEqual(
            rates_needed([replace(FRANCE, floor_index='')], BOOK, date(2027, 6, 15)),
            [('MRO', date(2027, 1, 1)), ('MRO', date(2027, 7, 1))])
        fixed = Regime('CH_B2B', margin=Decimal(5), reset='none')
        changing = Regime('NL_B2C', 'MRO', reset='change')
        self.assertEqual(rates_needed([fixed, changing], BOOK, date(2030, 1, 1)), [])

    # --- True of any debt ---------------------------------------------------------------------------------------------

    @given(debts, days, regimes, options)
    def test_lines_add_up_and_nothing_is_negative(self, owed, until, regime, settings):
        result = late_interest(owed, until, regime, BOOK, options=settings)
        self.assertEqual(sum(segment.interest for segment in result.segments), result.interest)
        self.assertEqual(result.total, result.principal + result.interest_open + result.indemnity)
        for amount in (result.principal, result.interest, result.interest_open, result.indemnity):
            self.assertGreaterEqual(amount, 0)
        for earlier, later in zip(result.segments, result.segments[1:], strict=False):
            self.assertLess(earlier.date_to, later.date_from)

    @given(debts, days, days, regimes)
    def test_more_days_never_cost_less(self, owed, one, other, regime):
        owed = replace(owed, pauses=())
        early, late = sorted((one, other))
        margin = Decimal(1).scaleb(-owed.decimals)  # a longer segment is rounded once where two were
        self.assertLessEqual(
            late_interest(owed, early, regime, BOOK).interest,
            late_interest(owed, late, regime, BOOK).interest + margin)

    @settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw of a day on a busy machine
    @given(debts, amounts, days, regimes)
    def test_a_bigger_debt_never_costs_less(self, owed, more, until, regime):
        bigger = replace(owed, amount=owed.amount + more)
        small, big = (late_interest(one, until, regime, BOOK) for one in (owed, bigger))
        margin = Decimal(len(big.segments) + len(small.segments) + 1).scaleb(-owed.decimals)
        self.assertLessEqual(small.interest, big.interest + margin)

    @given(amounts, days, days, days, st.sampled_from([FRANCE, PUBLIC, BELGIUM]))
    def test_splitting_a_period_changes_only_the_rounding(self, amount, due, split, until, regime):
        due, split, until = sorted((due, split, until))
        whole = late_interest(Debt(amount, due), until, regime, BOOK)
        first = late_interest(Debt(amount, due), split, regime, BOOK)
        second = late_interest(Debt(amount, due, pauses=(Pause(due, split),)), until, regime, BOOK)
        lines = len(whole.segments) + len(first.segments) + len(second.segments)
        self.assertLessEqual(
            abs(whole.interest - first.interest - second.interest), Decimal(lines) * Decimal('0.005'))

    @given(days, days, st.sampled_from(['act/365', 'act/act', 'act/360', '30/360']))
    def test_days_add_up_however_they_are_cut(self, one, other, day_count):
        begin, end = sorted((one, other))
        middle = begin + (end - begin) // 2
        (days_a, part_a), (days_b, part_b) = day_fraction(begin, middle, day_count), (
            day_fraction(middle + timedelta(days=1), end, day_count) if middle < end else (0, 0))
        self.assertEqual((days_a + days_b, part_a + part_b), day_fraction(begin, end, day_count))

    @given(debts, days, regimes)
    def test_interest_first_never_leaves_less_to_pay(self, owed, until, regime):
        first, principal = (
            late_interest(owed, until, regime, BOOK, options=Options(imputation=kind)).total
            for kind in ('interest_first', 'principal_first'))
        self.assertGreaterEqual(first + Decimal(12).scaleb(-owed.decimals), principal)
