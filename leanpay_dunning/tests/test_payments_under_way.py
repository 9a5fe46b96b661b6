from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import TODAY
from .common_models import FactsCase


@tagged('post_install', '-at_install')
class TestPaymentsUnderWay(FactsCase):
    """What is being paid is not chased, and no more than what is being paid."""

    def blockers(self, invoice):
        return [(blocker.kind, blocker.amount) for blocker in self.facts(self.customer).blockers
                if blocker.item_id in self.ledger.items(invoice).ids]

    def register(self, invoice, amount=None, **values):
        """Register a payment as a user does; without outstanding account it has no entry."""
        wizard = self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids).create({
                'journal_id': self.ledger.bank.id, **({'amount': amount} if amount else {}), **values})
        # Odoo's accounting application, and others, let a payment wait for the bank without an entry.
        with patch.object(type(self.env['account.move']), '_get_invoice_in_payment_state', lambda move: 'in_payment'):
            return wizard._create_payments()

    def test_payment_without_entry(self):
        invoice = self.late(self.customer, 20)
        payment = self.register(invoice)
        self.assertFalse(payment.move_id)
        self.assertEqual(self.blockers(invoice), [('payment_pending', Decimal('100.00'))])
        self.assertFalse(self.plan())

    def test_partial_payment_without_entry(self):
        invoice = self.late(self.customer, 20)
        self.register(invoice, 40)
        self.assertEqual(self.blockers(invoice), [('payment_pending', Decimal('40.00'))])
        self.assertEqual(self.plan().amount_total, 60)

    def test_payment_without_entry_pays_the_oldest_instalment_first(self):
        invoice = self.ledger.invoice(
            self.customer, 300, [TODAY - timedelta(days=days) for days in (40, 30, 20)])
        self.register(invoice, 150)
        self.assertEqual(self.blockers(invoice), [
            ('payment_pending', Decimal('100.00')), ('payment_pending', Decimal('50.00'))])

    def test_refused_payment_is_chased_again(self):
        invoice = self.late(self.customer, 20)
        payment = self.register(invoice)
        payment.action_cancel()
        self.assertEqual(self.blockers(invoice), [])
        self.assertEqual(self.plan().amount_total, 100)

    def test_payment_in_another_currency(self):
        """200 dollars at 2 for 1 are 100 euros, not 200."""
        dollar = self.ledger.currency('USD', 2)
        invoice = self.late(self.customer, 20, 300)
        self.register(invoice, 200, currency_id=dollar.id)
        self.assertEqual(self.blockers(invoice), [('payment_pending', Decimal('100.00'))])

    def test_payment_in_process_with_an_entry(self):
        """With an outstanding account the payment is reconciled at once: the item is closed, nothing is left."""
        method = self.ledger.bank.inbound_payment_method_line_ids[:1]
        method.payment_account_id = self.ledger.accounts['outstanding']
        invoice = self.late(self.customer, 20)
        payment = self.register(invoice, payment_method_line_id=method.id)
        self.assertTrue(payment.move_id)
        self.assertIn(invoice.payment_state, ('in_payment', 'paid'))
        self.assertEqual(self.facts(self.customer).items, ())

    def test_blocked_invoice(self):
        invoice = self.late(self.customer, 20)
        invoice.payment_state = 'blocked'
        self.assertEqual(self.blockers(invoice), [('payment_blocked', None)])
        self.assertFalse(self.plan())

    def test_no_followup_on_the_invoice(self):
        invoice = self.late(self.customer, 20)
        invoice.no_followup = True
        self.assertEqual(self.blockers(invoice), [('no_followup', None)])
        self.assertFalse(self.plan())

    def test_no_followup_on_one_instalment_only(self):
        invoice = self.ledger.invoice(self.customer, 200, [TODAY - timedelta(days=30), TODAY - timedelta(days=20)])
        first, second = self.ledger.items(invoice)
        self.env.flush_all()
        # Odoo's screens set it on the whole entry; imports and other add-ons may not.
        self.env.cr.execute("UPDATE account_move_line SET no_followup = TRUE WHERE id = %s", [first.id])
        self.env.invalidate_all()
        facts = self.facts(self.customer)
        self.assertEqual([blocker.item_id for blocker in facts.blockers], first.ids)
        self.assertEqual(self.plan().line_ids.move_line_id, second)

    def transaction(self, invoice, state, amount=100, currency=None, **values):
        provider = self.env['payment.provider'].create({
            'name': "Online", 'code': 'none', 'state': 'test', 'company_id': self.company.id})
        return self.env['payment.transaction'].create({
            'provider_id': provider.id, 'payment_method_id': self.env.ref('payment.payment_method_unknown').id,
            'reference': f"tx-{invoice.id}", 'amount': amount, 'partner_id': invoice.partner_id.id,
            'currency_id': (currency or invoice.currency_id).id, 'state': state,
            'invoice_ids': [Command.set(invoice.ids)], **values})

    def test_online_transactions(self):
        expected = {
            'draft': [], 'pending': [('payment_pending', Decimal('100.00'))],
            'authorized': [('payment_pending', Decimal('100.00'))], 'cancel': [], 'error': []}
        for state, blockers in expected.items():
            invoice = self.late(self.customer, 20)
            transaction = self.transaction(invoice, 'draft')
            self.env.flush_all()
            # Which states a provider may reach is its own business: here only what each means for dunning.
            self.env.cr.execute("UPDATE payment_transaction SET state = %s WHERE id = %s", [state, transaction.id])
            self.env.invalidate_all()
            with self.subTest(state):
                self.assertEqual(self.blockers(invoice), blockers)

    def test_online_transaction_done_but_not_yet_booked(self):
        invoice = self.late(self.customer, 20)
        transaction = self.transaction(invoice, 'done', 60)
        self.assertEqual(self.blockers(invoice), [('payment_pending', Decimal('60.00'))])
        self.assertEqual(self.plan().amount_total, 40)
        transaction.is_post_processed = True
        self.assertEqual(self.blockers(invoice), [])

    def test_online_transaction_in_another_currency(self):
        dollar = self.ledger.currency('USD', 2)
        invoice = self.late(self.customer, 20, 100, currency=dollar)
        self.transaction(invoice, 'pending', 10, currency=self.company.currency_id)
        self.assertEqual(self.blockers(invoice), [('payment_pending', Decimal('20.00'))])

    def test_payment_in_a_currency_without_rate_blocks_the_whole(self):
        franc = self.env.ref('base.CHF')
        franc.active = True
        franc.rate_ids.unlink()
        invoice = self.late(self.customer, 20)
        self.transaction(invoice, 'pending', 10, currency=franc)
        self.assertEqual(self.blockers(invoice), [('payment_pending', None)])

    def test_failed_transaction_marks_the_debtor(self):
        invoice = self.late(self.customer, 20)
        transaction = self.transaction(invoice, 'pending')
        self.plan()
        debtor = self.debtor(self.customer)
        self.assertFalse(debtor.stale)
        transaction._set_canceled()
        self.assertTrue(debtor.stale)
        self.assertEqual(self.plan().amount_total, 100)

    def test_one_payment_of_two_invoices_is_spread_once(self):
        """150 for two invoices of 100: the oldest is covered, 50 of the other are still asked."""
        newer, older = self.late(self.customer, 20), self.late(self.customer, 30)
        payment = self.register(newer | older, group_payment=True)
        payment.amount = 150
        self.assertEqual(self.blockers(older), [('payment_pending', Decimal('100.00'))])
        self.assertEqual(self.blockers(newer), [('payment_pending', Decimal('50.00'))])
        self.assertEqual(self.plan().amount_total, 50)

    def test_one_transaction_of_two_invoices_in_another_currency(self):
        dollar = self.ledger.currency('USD', 2)
        older, newer = self.late(self.customer, 30), self.late(self.customer, 20)
        transaction = self.transaction(older, 'pending', 300, currency=dollar)
        transaction.invoice_ids |= newer
        self.assertEqual(self.blockers(older), [('payment_pending', Decimal('100.00'))])
        self.assertEqual(self.blockers(newer), [('payment_pending', Decimal('50.00'))])

    def test_two_payments_of_one_invoice(self):
        invoice = self.late(self.customer, 20)
        self.register(invoice, 30)
        self.transaction(invoice, 'pending', 90)
        self.assertEqual(sorted(self.blockers(invoice)), [
            ('payment_pending', Decimal('30.00')), ('payment_pending', Decimal('70.00'))])
        self.assertFalse(self.plan())

    def test_pending_transaction_is_not_waited_for_for_ever(self):
        invoice, other = self.late(self.customer, 20), self.late(self.customer, 15, 40)
        self.transaction(invoice, 'pending')
        self.assertEqual(self.plan().amount_total, 40)
        self.assertEqual(self.why(invoice), 'blocked')
        debtor = self.debtor(self.customer)
        self.assertFalse(debtor.attention)
        self.days_later(10)
        self.plan()
        self.assertEqual(self.why(invoice), 'blocked', "the tenth day is the last one")
        self.days_later(1)
        reminder = self.plan()
        self.assertEqual(reminder.line_ids.move_id, invoice | other)
        self.assertEqual(reminder.amount_total, 140)
        self.assertEqual((debtor.status, debtor.attention),
                         ('attention', "Look at an online payment that has been pending for too long"))

    def test_old_transaction_leaves_the_invoice_to_a_payment(self):
        invoice = self.late(self.customer, 20)
        self.transaction(invoice, 'pending').last_state_change = TODAY - timedelta(days=11)
        self.register(invoice)
        self.assertFalse(self.plan())
