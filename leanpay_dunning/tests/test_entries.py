from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestEntries(ModelsCase):
    """Whatever is done to an entry works as in plain Odoo, and what is planned adapts and says why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Entries")
        cls.invoice = cls.late(cls.customer, 20)
        cls.ledger.run(TODAY)
        cls.chased = cls.ensure(cls.customer)
        cls.reminder = cls.chased.reminder_ids

    def check_void(self, reason):
        self.assertEqual((self.reminder.state, self.reminder.void_reason), ('void', reason))
        self.assertTrue(self.chased.stale)
        self.assertFalse(self.reminder.line_ids.counts)

    def check_kept(self):
        self.assertEqual(self.reminder.state, 'approved')
        self.assertTrue(self.chased.stale)

    def test_as_planned(self):
        self.assertEqual((self.reminder.state, self.chased.stale), ('approved', False))

    # === VOIDED AT ONCE === #

    def test_reset_to_draft(self):
        self.invoice.button_draft()
        self.assertEqual(self.invoice.state, 'draft')
        self.check_void("the entry was reset to draft")

    def test_cancel(self):
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertEqual(self.invoice.state, 'cancel')
        self.assertEqual(self.reminder.state, 'void')
        self.assertFalse(self.plan())

    def test_cancel_at_once(self):
        self.invoice.button_cancel()
        self.assertEqual((self.invoice.state, self.reminder.state), ('cancel', 'void'))

    def test_reverse(self):
        self.invoice._reverse_moves(cancel=True)
        self.assertEqual(self.invoice.payment_state, 'reversed')
        self.check_void("a payment or a credit was matched")

    def test_full_payment(self):
        self.ledger.payment(self.item(self.invoice), 100)
        self.assertTrue(self.item(self.invoice).reconciled)
        self.check_void("a payment or a credit was matched")

    def test_void_frees_the_step_for_later(self):
        self.invoice.button_draft()
        self.invoice.action_post()
        again = self.plan()
        self.assertEqual((again.level, again.amount_total), ('1', 100))

    # === ADAPTED BY THE NEXT RUN === #

    def test_partial_payment(self):
        self.ledger.payment(self.item(self.invoice), 60)
        self.check_kept()
        self.assertEqual(self.plan(), self.reminder)
        self.assertEqual(self.reminder.amount_total, 40)

    def test_full_payment_of_one_of_two(self):
        other = self.late(self.customer, 15, 30)
        reminder = self.plan()
        self.ledger.payment(self.item(self.invoice), 100)
        self.assertEqual(reminder.state, 'approved')
        self.assertTrue(self.chased.stale)
        adapted = self.plan()
        self.assertEqual((adapted.line_ids.move_id, adapted.amount_total), (other, 30))

    def test_unreconcile(self):
        entry = self.ledger.payment(self.item(self.invoice), 100)
        self.assertFalse(self.plan())
        self.assertFalse(self.chased.stale)
        entry.line_ids.remove_move_reconcile()
        self.assertTrue(self.chased.stale)
        entry.button_draft()
        entry.button_cancel()
        again = self.plan()
        self.assertEqual((again.amount_total, again.line_ids.days_late), (100, 20))

    def test_unreconciled_payment_still_counts_as_a_credit(self):
        entry = self.ledger.payment(self.item(self.invoice), 100)
        entry.line_ids.remove_move_reconcile()
        self.assertFalse(self.plan())
        self.assertEqual(self.why(self.invoice), 'netted')

    def test_new_invoice(self):
        self.late(self.customer, 10, 40)
        self.check_kept()
        self.assertEqual(self.plan().amount_total, 140)

    def test_credit_note(self):
        self.late(self.customer, 1, 25, kind='out_refund')
        self.check_kept()
        self.assertEqual(self.plan().amount_total, 75)

    def test_archiving_the_customer(self):
        self.customer.action_archive()
        self.assertFalse(self.customer.active)
        self.check_kept()
        self.assertFalse(self.plan())
        self.assertEqual(self.reminder.state, 'void')
        self.customer.action_unarchive()
        self.assertTrue(self.plan())

    def test_new_due_date(self):
        self.item(self.invoice).date_maturity = TODAY + 20 * DAY
        self.check_kept()
        self.assertFalse(self.plan())

    def test_excluded_from_follow_up(self):
        self.invoice.no_followup = True
        self.check_kept()
        self.assertFalse(self.plan())
        self.assertEqual(self.why(self.invoice), 'blocked')

    def test_scenario_of_the_invoice(self):
        with Form(self.invoice) as form:
            form.dunning_scenario_id = self.env.ref('leanpay_dunning.leanpay_scenario_gentle')
        self.check_kept()
        self.assertEqual(self.plan().step_id.scenario_id, self.invoice.dunning_scenario_id)

    def test_address_of_the_customer(self):
        self.customer.email = 'new@client.example'
        self.check_kept()

    # === PROOF === #

    def test_deleting_an_entry_keeps_the_figures(self):
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        line, reference = self.reminder.line_ids, self.invoice.name
        self.invoice.button_draft()
        self.assertEqual(self.reminder.state, 'sent')
        self.invoice.with_context(force_delete=True).unlink()
        self.assertFalse(line.move_line_id)
        self.assertRecordValues(line, [{
            'reference': reference, 'amount_due': 100, 'amount_residual': 100, 'days_late': 20,
            'date_due': TODAY - 20 * DAY, 'step_id': self.step(1).id, 'counts': True}])
        self.assertEqual(self.reminder.amount_total, 100)
        self.assertFalse(self.plan())

    def test_posting_again_does_not_begin_again(self):
        """An invoice corrected in draft keeps its items: what was sent for them was sent."""
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        self.invoice.button_draft()
        self.invoice.action_post()
        self.assertFalse(self.plan())
        self.assertEqual(self.invoice.dunning_level, '1')

    def test_correcting_due_date_and_amount_does_not_begin_again(self):
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        item = self.item(self.invoice)
        self.invoice.button_draft()
        self.invoice.invoice_date_due = TODAY - 12 * DAY
        self.invoice.invoice_line_ids.price_unit = 90
        self.invoice.action_post()
        self.assertEqual(self.item(self.invoice), item)
        self.assertFalse(self.plan())
        self.assertEqual(self.why(self.invoice), 'scheduled')

    def test_sent_reminder_cannot_be_deleted(self):
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        with self.refused(UserError, "A reminder is the proof of what was said"):
            self.reminder.unlink()
        with self.refused(UserError, "are proof and cannot be deleted"):
            self.reminder.line_ids.unlink()
        with self.refused(UserError, "can no longer be changed"):
            self.reminder.body = "<p>Other</p>"
        with self.refused(UserError, "has left or is leaving"):
            self.reminder._void("too late")

    # === WHAT THE ENTRY SHOWS === #

    def test_history_on_invoice_and_item(self):
        item = self.item(self.invoice)
        self.assertRecordValues(item, [{
            'dunning_level': False, 'dunning_last_date': False, 'dunning_next_date': TODAY,
            'dunning_next_step_id': self.step(1).id, 'dunning_blocked': False, 'dunning_days_late': 20}])
        self.assertEqual(item.dunning_why, f"now: {self.step(1).name}")
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        self.env.invalidate_all()
        self.assertRecordValues(item, [{
            'dunning_level': '1', 'dunning_last_date': TODAY, 'dunning_next_date': TODAY + 10 * DAY,
            'dunning_next_step_id': self.step(2).id, 'dunning_blocked': False}])
        self.assertRecordValues(self.invoice, [{
            'dunning_level': '1', 'dunning_last_date': TODAY, 'dunning_next_date': TODAY + 10 * DAY,
            'dunning_debtor_id': self.chased.id}])

    def test_search_by_level(self):
        other = self.late(self.customer, -60)
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        moves = self.env['account.move']
        mine = [('id', 'in', (self.invoice | other).ids)]
        self.assertEqual(moves.search([*mine, ('dunning_level', '=', '1')]), self.invoice)
        self.assertEqual(moves.search([*mine, ('dunning_level', 'in', ['1', '2'])]), self.invoice)
        self.assertFalse(moves.search([*mine, ('dunning_level', '=', '2')]))
        items = self.ledger.items(self.invoice | other)
        lines = self.env['account.move.line']
        both = [('id', 'in', items.ids)]
        self.assertEqual(lines.search([*both, ('dunning_level', '!=', False)]), self.item(self.invoice))
        self.assertEqual(lines.search([*both, ('dunning_level', '=', False)]), self.item(other))

    def test_search_invoices_never_reminded(self):
        other = self.late(self.customer, -60)
        self.reminder._record_sent(f'{TODAY} 09:00:00')
        found = self.env['account.move'].search([
            ('id', 'in', (self.invoice | other).ids), ('dunning_level', '=', False)])
        self.assertEqual(found, other)

    def test_search_by_the_highest_level_of_the_instalments(self):
        invoice = self.ledger.invoice(self.customer, 200, [TODAY - 40 * DAY, TODAY + 40 * DAY])
        self.send(self.customer)
        self.days_later(10)
        self.send(self.customer)
        moves = self.env['account.move']
        self.assertEqual(invoice.dunning_level, '2')
        self.assertEqual(moves.search([('id', '=', invoice.id), ('dunning_level', '=', '2')]), invoice)
        self.assertFalse(moves.search([('id', '=', invoice.id), ('dunning_level', '=', '1')]))

    def test_page_of_the_customer(self):
        self.assertEqual(self.invoice.action_view_dunning()['res_id'], self.chased.id)
        nobody = self.ledger.customer("Nobody")
        draft = self.late(nobody, 20, post=False)
        self.assertEqual(draft.action_view_dunning()['tag'], 'display_notification')
        draft.action_post()
        self.assertEqual(draft.action_view_dunning()['res_id'], self.debtor(nobody).id)

    def test_vendor_bills_are_left_alone(self):
        self.chased.stale = False
        journal = self.env['account.journal'].create({'name': "Bills", 'code': 'ACH', 'type': 'purchase'})
        payable = self.env['account.account'].create({
            'code': '401000', 'name': "payable", 'account_type': 'liability_payable', 'reconcile': True})
        self.customer.property_account_payable_id = payable
        bill = self.env['account.move'].create({
            'move_type': 'in_invoice', 'partner_id': self.customer.id, 'journal_id': journal.id,
            'invoice_date': TODAY, 'date': TODAY, 'invoice_line_ids': [Command.create({
                'name': "Thing", 'price_unit': 10, 'tax_ids': [Command.clear()],
                'account_id': self.ledger.accounts['loss'].id})]})
        bill.action_post()
        self.assertFalse(self.chased.stale)
        self.assertEqual([item.move_id for item in self.facts(self.customer).items], self.invoice.ids)

    def test_someone_without_dunning_rights_may_do_it_all(self):
        """A billing user pays, resets and cancels: what is planned adapts although they may not read it."""
        user = self.env['res.users'].create({
            'name': "Billing", 'login': 'billing@entries.example', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.set(self.env.ref('account.group_account_invoice').ids)]})
        invoice = self.invoice.with_user(user)
        self.assertFalse(self.env['leanpay.reminder'].with_user(user).has_access('write'))
        invoice.button_draft()
        self.assertEqual(self.reminder.state, 'void')
        invoice.action_post()
        self.plan()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(invoice.state, 'cancel')
        self.assertEqual(set(self.reminders(self.customer).mapped('state')), {'void'})
