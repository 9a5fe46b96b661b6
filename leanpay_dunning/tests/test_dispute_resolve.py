from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY
from .test_dispute import DisputeCase


@tagged('post_install', '-at_install')
class TestDisputeOver(DisputeCase):
    """What a settled dispute leaves behind: nothing credited twice, nobody asked for nothing."""

    def test_nothing_is_credited_twice(self):
        dispute = self.dispute(amount=50)
        self.resolve(dispute, 'part', by_name={self.first.name: 40})
        with self.refused(UserError, "note another dispute"):
            dispute.action_reopen()
        self.assertEqual((dispute.state, self.first.amount_residual), ('resolved', 60))
        self.assertEqual(self.chased()[self.first], 60)

    def test_opened_again_when_paid_or_disputed_meanwhile(self):
        dispute = self.dispute(amount=60)
        self.resolve(dispute, 'rejected')
        again = self.dispute(amount=50)
        with self.refused(UserError, "more than what is left to dispute"):
            dispute.action_reopen()
        again.action_withdraw()
        self.ledger.payment(self.item(self.first), 100)
        with self.refused(UserError, "already paid"):
            dispute.action_reopen()
        self.assertEqual(dispute.state, 'resolved')

    def test_opened_again_has_a_deadline_and_an_owner(self):
        dispute = self.dispute(category='paid')
        self.resolve(dispute, 'rejected')
        self.days_later(30)
        dispute.action_reopen()
        self.assertGreater(dispute.deadline, TODAY + timedelta(days=30))
        self.assertFalse(dispute.late)
        self.assertEqual(dispute.activity_ids.date_deadline, dispute.deadline)

    def test_nobody_is_asked_about_what_is_withdrawn(self):
        dispute = self.dispute()
        self.assertTrue(dispute.activity_ids)
        dispute.action_withdraw()
        self.assertFalse(dispute.activity_ids)

    def test_right_although_paid_meanwhile(self):
        dispute = self.dispute()
        self.ledger.payment(self.item(self.first), 100)
        self.resolve(dispute, 'credit')
        credit = dispute.line_ids.credit_move_id
        self.assertRecordValues(credit, [{'state': 'posted', 'amount_residual': 100, 'payment_state': 'not_paid'}])
        self.assertEqual(self.first.amount_residual, 0)

    def test_share_of_many_cheap_pieces(self):
        invoice = self.ledger.invoice(self.customer, 0.37, TODAY - timedelta(days=30), post=False)
        invoice.write({'invoice_line_ids': [Command.update(invoice.invoice_line_ids.id, {'quantity': 300})]})
        invoice.action_post()
        dispute = self.dispute(invoice)
        self.resolve(dispute, 'part', by_name={invoice.name: 50})
        self.assertRecordValues(dispute.line_ids.credit_move_id.invoice_line_ids, [{'price_subtotal': 50}])
