"""Whom to thank, and whom not."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.machine import RefusedMove
from ...engine.settlement import Settlement
from ...engine.thanks import THANKS, Rule, deserves, paid_late

DUE = date(2026, 3, 10)
RULE = Rule(Decimal(100), 5, 2)


def settled(*days, kind='payment'):
    return [Settlement(1, Decimal(10), date(2026, 3, day), kind) for day in days]


@tagged('post_install', '-at_install')
class TestThanks(BaseCase):

    def test_last_money_counts(self):
        self.assertEqual(paid_late(DUE, settled(1, 15)), 5)
        self.assertEqual(paid_late(DUE, settled(1)), -9)
        self.assertEqual(paid_late(DUE, settled(12) + settled(20, kind='credit')), 2)

    def test_credit_note_deserves_no_thanks(self):
        self.assertIsNone(paid_late(DUE, settled(15, kind='credit')))
        self.assertIsNone(paid_late(DUE, []))

    def test_edges(self):
        for amount, level, late, expected in (
                (100, 2, 5, True), (99, 2, 5, False), (100, 1, 5, False), (100, 2, 4, False), (100, None, 5, False),
                (100, 2, None, False), (9999, 5, 300, True)):
            with self.subTest(amount=amount, level=level, late=late):
                self.assertIs(deserves(RULE, Decimal(amount), level, late), expected)

    def test_never_for_a_preventive_message_nor_in_time(self):
        loose = Rule(Decimal(0), 0, 0)
        self.assertFalse(deserves(loose, Decimal(5), 0, 9))
        self.assertFalse(deserves(loose, Decimal(5), 1, 0))
        self.assertTrue(deserves(loose, Decimal(5), 1, 1))

    def test_each_move(self):
        allowed = {('waiting', 'send'): 'sent', ('waiting', 'drop'): 'dropped'}
        for state in ('waiting', 'sent', 'dropped'):
            for move in ('send', 'drop'):
                with self.subTest(state=state, move=move):
                    if (state, move) in allowed:
                        self.assertEqual(THANKS.after(state, move), allowed[state, move])
                    else:
                        self.assertRaises(RefusedMove, THANKS.after, state, move)
        self.assertEqual(THANKS.final, {'sent', 'dropped'})
