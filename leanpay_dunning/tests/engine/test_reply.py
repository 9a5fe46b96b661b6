"""Answers read by rules: what customers write, and whatever else may come."""
import time
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.machine import RefusedMove
from ...engine.reply import MACHINE, plain, read, sentences, written
from ...engine.reply_values import amounts, dates, number
from .replies import ANSWERS

TODAY = date(2026, 3, 10)  # a Tuesday
WORDS = st.sampled_from([
    "payer", "le", "15", "mars", "32/13", "vendredi", "1.250,00", "€", "litige", "ne", "pas", "?", ".", "\n", ">", "--",
    "On", "wrote:", "will", "pay", "paid", "not", "99999999999999999999", "le 31", "february 30", "\u202f", "’"])
TEXTS = st.text(max_size=300) | st.lists(WORDS, max_size=40).map(' '.join)


@tagged('post_install', '-at_install')
class TestReply(BaseCase):

    def test_answers(self):
        for text, subject, kind, day, amount in ANSWERS:
            with self.subTest(text=text):
                found = read(text, subject, TODAY)
                self.assertEqual(found.kind, kind, found)
                if kind != 'automatic':
                    self.assertEqual(found.date and found.date.isoformat(), day)
                    self.assertEqual(found.amount, amount and Decimal(amount))

    def test_there_are_many(self):
        self.assertGreaterEqual(len(ANSWERS), 80)
        self.assertEqual({kind for _text, _subject, kind, *_rest in ANSWERS}, {
            'promise', 'dispute', 'paid', 'plan', 'question', 'other', 'automatic'})

    def test_references(self):
        found = read("La facture VEN/2026/00012 sera payée vendredi", "Re: FAC 2026-0003", TODAY,
                     ["VEN/2026/00012", "FAC/2026/0003", "VEN/2026/00013", "12"])
        self.assertEqual(found.references, ("VEN/2026/00012", "FAC/2026/0003"))

    @given(TEXTS, TEXTS)
    def test_whatever_comes(self, text, subject):
        found = read(text, subject, TODAY, ["VEN/2026/00012"])
        self.assertEqual(found, read(text, subject, TODAY, ["VEN/2026/00012"]))
        if found.kind != 'automatic':
            self.assertIn(found.sentence, text)
        if found.kind == 'promise' and found.date:
            self.assertGreaterEqual(found.date, TODAY)
        if found.kind == 'paid' and found.date:
            self.assertLessEqual(found.date, TODAY)

    def test_a_megabyte_is_not_a_long_story(self):
        for text in ("a " * 500_000, "le 15 mars " * 100_000, "1.250," * 150_000, "> > > " * 150_000):
            start = time.process_time()
            read(text, text[:1000], TODAY)
            self.assertLess(time.process_time() - start, 5)

    def test_what_the_customer_wrote(self):
        self.assertEqual(written("Oui.\n\n> Et vous ?"), "Oui.")
        self.assertEqual(written("> Et vous ?\nOui."), "Oui.")
        self.assertEqual(written("Cordialement\nOui"), "Cordialement\nOui")
        self.assertEqual(sentences("A. B.5 c? D"), ["A.", "B.5 c?", "D"])
        self.assertEqual(plain("Réglée\u202fà l’Été"), "reglee a l'ete")

    def test_numbers(self):
        for text, expected in (("1 250,00", '1250.00'), ("1.250,00", '1250.00'), ("1,250.00", '1250.00'),
                               ("1250", '1250'), ("1,250", '1250'), ("12,5", '12.5'), ("1.234.567", '1234567')):
            self.assertEqual(number(text), Decimal(expected))
        self.assertEqual([amount for _at, amount in amounts("120 eur, puis 30€ et 12 mars")], [120, 30])

    def test_dates_that_do_not_exist(self):
        self.assertEqual(dates("le 31/02, le 45/13, february 30", TODAY, future=True), [])

    def test_moves(self):
        for state, move in (('answered', 'answer'), ('ignored', 'answer'), ('to_read', 'reopen')):
            with self.assertRaises(RefusedMove):
                MACHINE.after(state, move)
