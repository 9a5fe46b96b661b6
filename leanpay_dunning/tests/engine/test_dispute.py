"""Disputes: the outcome that amounts make, and the moves."""
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.dispute import MACHINE, OPEN, DisputedItem, outcome
from ...engine.machine import RefusedMove

AMOUNTS = st.decimals(Decimal('0.01'), 1000, places=2)
ITEMS = st.lists(st.tuples(AMOUNTS, st.sampled_from([0, 1]) | st.decimals(0, 1, places=3)), min_size=1, max_size=4).map(
    lambda pairs: [DisputedItem(number, amount, (amount * share).quantize(Decimal('0.01')))
                   for number, (amount, share) in enumerate(pairs)])


@tagged('post_install', '-at_install')
class TestDispute(BaseCase):

    @given(ITEMS)
    def test_outcome(self, items):
        accepted, disputed = (sum(getattr(item, name) for item in items) for name in ('accepted', 'disputed'))
        expected = 'rejected' if not accepted else 'accepted' if accepted == disputed else 'part'
        self.assertEqual(outcome(items), expected)

    def test_never_more_than_is_disputed(self):
        for accepted in ('-0.01', '10.01'):
            with self.assertRaises(ValueError):
                outcome([DisputedItem(1, Decimal(10), Decimal(accepted))])

    def test_what_is_over_stays_over_unless_the_customer_insists(self):
        self.assertEqual(MACHINE.after('resolved', 'reopen'), 'open')
        self.assertEqual(MACHINE.final, {'withdrawn'})
        for move in ('resolve', 'withdraw', 'ask', 'answer'):
            with self.assertRaises(RefusedMove):
                MACHINE.after('resolved', move)
        for state in OPEN:
            self.assertEqual(MACHINE.after(state, 'resolve'), 'resolved')
