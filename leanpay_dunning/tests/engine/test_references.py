"""References and bank formats: examples of their standards, and what is true of any."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.references import (
    cfonb_amount,
    cfonb_movement,
    epc_payload,
    is_ogm,
    is_qrr,
    is_rf,
    ogm,
    qrr,
    rf_reference,
)

IBAN = 'FR14 2004 1010 0505 0001 3M02 606'
letters = st.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', min_size=1, max_size=21)


def changed(text, at, digit):
    """Return a text with one of its digits replaced by another."""
    return text[:at] + str((int(text[at]) + digit) % 10) + text[at + 1:]


@tagged('post_install', '-at_install')
class TestReferences(BaseCase):

    def test_creditor_reference(self):
        self.assertEqual(rf_reference('FAC/2026/00042'), 'RF78FAC202600042')
        self.assertTrue(is_rf('RF78 FAC2 0260 0042'))
        for base in ('', '///', 'A' * 22):
            with self.subTest(base=base), self.assertRaises(ValueError):
                rf_reference(base)

    @given(letters, st.integers(1, 9))
    def test_creditor_reference_sees_a_wrong_digit(self, base, digit):
        reference = rf_reference(base)
        self.assertTrue(is_rf(reference))
        self.assertFalse(is_rf(changed(reference, 3, digit)))

    @given(st.integers(0, 10**10 - 1).map('{:010d}'.format), st.integers(0, 9), st.integers(1, 9))
    def test_belgian_communication_sees_a_wrong_digit(self, base, at, digit):
        self.assertTrue(is_ogm(ogm(base)))
        other = changed(base, at, digit)
        self.assertFalse(is_ogm(other + ogm(base)[-5:-3]))

    @given(st.integers(0, 10**26 - 1).map(str), st.integers(0, 25), st.integers(1, 9))
    def test_swiss_reference_sees_a_wrong_digit(self, base, at, digit):
        reference = qrr(base)
        self.assertTrue(is_qrr(reference))
        self.assertFalse(is_qrr(changed(reference, at, digit)))

    def test_wrong_bases_are_refused(self):
        for make, base in ((ogm, '123'), (ogm, 'ABCDEFGHIJ'), (qrr, ''), (qrr, '1' * 27)):
            with self.subTest(base=base), self.assertRaises(ValueError):
                make(base)

    def test_transfer_code(self):
        payload = epc_payload("Vendeur SAS", IBAN, Decimal('1200'), reference='RF78FAC202600042')
        self.assertEqual(payload.split('\n'), [
            'BCD', '002', '1', 'SCT', '', "Vendeur SAS", 'FR1420041010050500013M02606', 'EUR1200.00', '',
            'RF78FAC202600042'])

    def test_transfer_code_refuses_what_a_bank_refuses(self):
        good = {'name': "Vendeur", 'iban': IBAN, 'amount': Decimal(1)}
        for bad in (
            {'name': ''}, {'name': 'x' * 71}, {'iban': 'FR00'}, {'amount': Decimal(0)}, {'amount': Decimal('-1')},
            {'amount': Decimal('1000000000')}, {'amount': Decimal('0.011')}, {'text': 'a', 'reference': 'b'},
            {'text': 'x' * 141}, {'text': 'a\nb'}, {'name': '€' * 70, 'text': '€' * 60},
        ):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                epc_payload(**{**good, **bad})

    @given(st.integers(-10**12, 10**12))
    def test_signed_amounts(self, cents):
        last = '}JKLMNOPQR' if cents < 0 else '{ABCDEFGHI'
        raw = f"{abs(cents) // 10:013d}{last[abs(cents) % 10]}"
        self.assertEqual(cfonb_amount(raw), Decimal(cents) / 100)

    def test_what_is_no_movement_is_refused(self):
        for line in ('', '01' + ' ' * 118, '04' + 'x' * 118):
            with self.subTest(line=line), self.assertRaises(ValueError):
                cfonb_movement(line)
        with self.assertRaises(ValueError):
            cfonb_amount('12')
