"""Kept claims: what was said is read back and computed again, whatever the rates have become."""

import json
import unittest
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine.claim import (
    Case,
    Charges,
    ItemCharges,
    dump_case,
    dump_charges,
    load_case,
    load_charges,
    without_disputed,
)
from ...engine.interest import Debt, Movement, Options, Pause
from ...engine.rates import Contract, RateBook
from ...engine.store import StoreError, dump, load
from .law_data import rate_book, regimes

BOOK, REGIMES = rate_book(), regimes()
DUE = date(2025, 9, 30)
amounts = st.decimals(1, 100_000, places=2)
days = st.dates(date(2024, 1, 1), date(2026, 6, 30))


@st.composite
def cases(draw):
    """Cases of any regime, with payments, suspensions and clauses."""
    amount = draw(amounts)
    payments = tuple(Movement(draw(days), draw(amounts)) for _count in range(draw(st.integers(0, 2))))
    pauses = tuple(
        Pause(day, day + timedelta(days=20)) for day in draw(st.lists(days, max_size=1)))
    return Case(
        Debt(amount, draw(days), payments, formal_notice=draw(st.none() | days), pauses=pauses,
             insolvency=draw(st.none() | days)),
        draw(days), REGIMES[draw(st.sampled_from(sorted(REGIMES)))], BOOK,
        draw(st.none() | st.builds(Contract, st.just('fixed'), st.decimals(0, 20, places=2))),
        draw(st.sampled_from([Options(), Options(imputation='interest_first', credits='from_date')])),
        draw(st.sampled_from([Decimal(1), Decimal(0), Decimal('1.17')])))


class TestClaim(unittest.TestCase):

    def case(self, **changes):
        return replace(Case(Debt(Decimal(1000), DUE), date(2026, 3, 10), REGIMES['FR_B2B'], BOOK), **changes)

    @given(cases())
    def test_kept_case_is_computed_again_exactly(self, case):
        kept = load_case(json.loads(json.dumps(dump_case(case))))
        self.assertEqual(kept.result(), case.result())
        self.assertEqual(replace(kept, book=BOOK), case)

    def test_a_corrected_rate_changes_nothing_that_was_said(self):
        kept = dump_case(self.case())
        said = self.case().result()
        wrong = RateBook({index: tuple(
            rate._replace(rate=rate.rate + 1) for rate in rates) for index, rates in BOOK.rates.items()})
        self.assertNotEqual(self.case(book=wrong).result().interest, said.interest)
        self.assertEqual(load_case(kept).result(), said)

    def test_only_the_rates_that_count_are_kept(self):
        kept = load_case(dump_case(self.case())).book
        self.assertEqual(set(kept.rates), {'ECB_MRO', 'FR_LEGAL_PRO'})
        self.assertTrue(all(rate.valid_from <= date(2026, 3, 10) for rate in kept.rates['ECB_MRO']))

    def test_disputed_part_bears_nothing(self):
        whole, half = self.case(), without_disputed(self.case(), Decimal(500))
        self.assertEqual({part.principal for part in half.result().segments}, {Decimal(500)})
        self.assertLess(half.result().interest, whole.result().interest)
        nothing = without_disputed(self.case(), Decimal(5000)).result()
        self.assertEqual((nothing.interest, nothing.indemnity), (0, 0))

    def test_indemnity_in_another_currency_is_rounded_half_up(self):
        self.assertEqual(self.case(indemnity_factor=Decimal('0.850125')).result().indemnity, Decimal('34.01'))
        self.assertEqual(self.case(indemnity_factor=Decimal(0)).result().indemnity, 0)

    def charges(self, **modes):
        case = self.case()
        items = (ItemCharges(1, "F1", case, case.result()), ItemCharges(2, "F2", case, case.result(), Decimal(5)))
        return Charges(case.until, modes.get('interest', 'none'), modes.get('indemnity', 'none'), items)

    def test_modes_decide_what_is_in_the_total(self):
        borne = self.case().result()
        self.assertEqual(self.charges().claimed, 0)
        self.assertEqual((self.charges().interest, self.charges().indemnity), (0, 0))
        mentioned = self.charges(interest='mentioned', indemnity='mentioned')
        self.assertEqual((mentioned.claimed, mentioned.indemnity), (0, 80))
        self.assertEqual(self.charges(indemnity='claimed', interest='mentioned').claimed, 80)
        self.assertEqual(self.charges(interest='claimed').claimed, 2 * borne.interest - 5)

    def test_more_settled_than_borne_is_never_given_back(self):
        case = self.case()
        one = ItemCharges(1, "F1", case, case.result(), Decimal(10_000), Decimal(10_000))
        self.assertEqual((one.interest, one.indemnity), (0, 0))

    def test_kept_charges_come_back(self):
        charges = self.charges(interest='claimed', indemnity='claimed')
        kept = load_charges(json.loads(json.dumps(dump_charges(charges))))
        self.assertEqual((kept.claimed, kept.until), (charges.claimed, charges.until))
        self.assertEqual([one.case.result() for one in kept.items], [one.result for one in kept.items])


class TestStore(unittest.TestCase):

    def test_bytes_are_kept_by_their_fingerprint(self):
        kept = {}
        values = dump({'logo': b'PNG', 'n': 1.5}, kept.__setitem__)
        self.assertEqual(load(values, (), kept.__getitem__), {'logo': b'PNG', 'n': 1.5})

    def test_what_cannot_be_kept_is_refused(self):
        for value in (object(), b'no place for it', {1, 2}):
            with self.assertRaises(StoreError):
                dump(value)

    def test_only_named_classes_are_made(self):
        with self.assertRaises(StoreError):
            load(dump(Movement(DUE, Decimal(1))), (Debt,))
        with self.assertRaises(StoreError):
            load({'evil': 1}, ())

    def test_a_field_of_later_takes_its_default(self):
        values = dump(Debt(Decimal(1), DUE))
        del values['charges_from']
        self.assertEqual(load(values, (Debt, Movement)), Debt(Decimal(1), DUE))
