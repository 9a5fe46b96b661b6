from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .common import SmtpCase


@tagged('post_install', '-at_install')
class TestOnce(SmtpCase):
    """Never twice, never silently not: the job again and again, days without it, and what happens in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha = cls.ledger.customer("Alpha")
        cls.invoice = cls.ledger.invoice(cls.alpha, 120, TODAY - timedelta(days=4))
        cls.item = cls.ledger.items(cls.invoice)

    def _levels(self):
        """Return the levels of the messages that really left, in order."""
        return [reminder.level for reminder in self.reminders() if reminder.state == 'sent' and not reminder.primary_id]

    def _job(self):
        """One pass of both scheduled actions, as they run."""
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_plan').method_direct_trigger()
            self.env.ref('leanpay_dunning.ir_cron_deliver').method_direct_trigger()

    def _do_what_waits(self):
        """Make the calls, post the letters, do the tasks."""
        waiting = self.reminders().filtered(lambda reminder: reminder.state == 'todo').grouped('channel')
        for call in waiting.get('phone', ()):
            self.env['leanpay.call.result'].create({
                'debtor_id': call.debtor_id.id, 'reminder_id': call.id}).action_refuses()
        if letters := waiting.get('letter'):
            letters.action_mark_posted()
        if tasks := waiting.get('activity'):
            tasks.action_mark_done()

    # === THE JOB === #

    def test_ten_times_a_day(self):
        """invoiceninja#553, #1693: the job every minute, and the same reminder a hundred times."""
        for _time in range(10):
            self._job()
        self.assertEqual(len(self.catcher.messages), 1)
        self.assertEqual(self._levels(), ['1'])
        self.assertEqual(len(self.reminders()), 1)
        self.assertEqual(self.env['leanpay.run'].search_count([('company_id', '=', self.company.id)]), 10)

    def test_every_day_for_three_months(self):
        """As many messages as steps, in order, none before its gap."""
        for _day in range(90):
            self.plan().action_approve()
            self.deliver()
            self._do_what_waits()
            self.days_later(1)
        primaries = self.reminders().filtered(lambda r: not r.primary_id)
        self.assertEqual(primaries.mapped('level'), ['1', '2', '3', '4', '5'])
        days = primaries.mapped('sent_date')
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        self.assertTrue(all(gap >= step.gap for gap, step in zip(gaps, primaries[1:].step_id, strict=True)), gaps)

    def test_down_for_five_days(self):
        """What fell due meanwhile leaves when the job is back: one step a run, the first ones first, gaps kept."""
        other = self.ledger.invoice(self.ledger.customer("Beta"), 50, TODAY + timedelta(days=6))
        self._job()
        self.days_later(5)  # nothing ran since; Beta's preventive step was due four days ago
        self._job()
        self.assertEqual(len(self.catcher.to('beta@client.example')), 1)
        self.assertEqual(self.ledger.items(other).dunning_level, '0')
        self.assertEqual(self._levels(), ['1', '0'], "alpha's second step has a gap to keep")
        self.days_later(40)  # two steps are due now
        for _time in range(3):
            self._job()
        self.assertEqual(len(self.catcher.to('alpha@client.example')), 2, "one of them leaves")
        self.assertEqual(self.item.dunning_level, '2')

    def test_one_company_does_not_wait_for_the_other(self):
        """An outbox that cannot leave does not stop the next company's."""
        broken = type(self.ledger)(self.env, "Autre SARL", dunning_scenario_id=self.scenario.id)
        broken.invoice(broken.customer("Gamma", email='gamma@client.example'), 70, TODAY - timedelta(days=4))
        self.catcher.script['gamma@client.example'] = 'drop'
        self._job()
        self.assertEqual(len(self.catcher.to('alpha@client.example')), 1)
        gamma = self.env['leanpay.reminder'].with_context(allowed_company_ids=broken.company.ids).search([
            ('company_id', '=', broken.company.id)])
        self.assertEqual(gamma.state, 'uncertain')

    def test_one_company_that_fails_does_not_stop_the_others(self):
        """The failure is logged and given to somebody; the next company is served all the same."""
        model = type(self.env['leanpay.delivery'])
        original = model._deliver_company

        def fails(delivery, company):
            if company != self.company:
                raise ValueError("a broken setting")
            return original(delivery, company)
        other = type(self.ledger)(self.env, "Autre SARL", dunning_scenario_id=self.scenario.id)
        with patch.object(model, '_deliver_company', fails), mute_logger(
                'odoo.addons.leanpay_dunning.models.leanpay_delivery'):
            self._job()
        self.assertEqual(len(self.catcher.messages), 1)
        self.assertEqual(
            other.company.partner_id.activity_ids.mapped('summary'), ["The delivery of reminders failed"])

    def test_outside_the_window_it_waits(self):
        self.company.write({'dunning_window_start': 8, 'dunning_window_end': 10})  # it is eleven in Paris
        self._job()
        self.assertEqual(self.reminders().state, 'approved')
        self.assertFalse(self.catcher.messages)
        self.company.dunning_window_end = 12
        self._job()
        self.assertEqual(len(self.catcher.messages), 1)

    def test_first_run_waits_for_approval(self):
        self.company.dunning_approved = False
        self._job()
        self.assertEqual(self.reminders().state, 'planned')
        self.assertFalse(self.catcher.messages)
        self.env['leanpay.run'].search([('company_id', '=', self.company.id)]).action_approve_first_run()
        self._job()
        self.assertEqual(len(self.catcher.messages), 1)

    # === BETWEEN PLANNING AND SENDING === #

    def _assert_void(self, reminder, reason):
        self.deliver()
        self.assertEqual(reminder.state, 'void')
        self.assertIn(reason, reminder.void_reason)
        self.assertFalse(self.catcher.messages)
        self.assertEqual(set(reminder.line_ids.mapped('counts')), {False})

    def test_paid(self):
        reminder = self.plan()
        self.ledger.payment(self.item, 120)
        self.assertEqual(self.invoice.payment_state, 'paid')
        self._assert_void(reminder, "matched")

    def test_paid_in_part(self):
        reminder = self.plan()
        self.ledger.payment(self.item, 50)
        self.deliver()
        self.assertEqual((reminder.state, reminder.amount_total), ('sent', 70))
        self.assertEqual(reminder.line_ids.amount_due, 70)
        self.assertIn("70,00", self.received('alpha@client.example').get_body(('plain',)).get_content())

    def test_one_of_two_paid(self):
        other = self.ledger.invoice(self.alpha, 80, TODAY - timedelta(days=6))
        reminder = self.plan()
        self.assertEqual(reminder.amount_total, 200)
        self.ledger.payment(self.ledger.items(other), 80)
        self.deliver()
        self.assertEqual((reminder.state, reminder.amount_total), ('sent', 120))
        self.assertNotIn(other.name, self.received('alpha@client.example').get_body(('plain',)).get_content())

    def test_money_not_matched_yet(self):
        """Money on the account is deducted although nobody has matched it."""
        reminder = self.plan()
        self.ledger.receipt(self.alpha, 120)
        self._assert_void(reminder, "credits")

    def test_credit_note(self):
        reminder = self.plan()
        credit = self.invoice._reverse_moves([{'invoice_date': TODAY, 'date': TODAY}], cancel=True)
        self.assertEqual(credit.payment_state, 'paid')
        self._assert_void(reminder, "matched")

    def test_partial_credit_note(self):
        reminder = self.plan()
        self.ledger.invoice(self.alpha, 20, TODAY, kind='out_refund')
        self.deliver()
        self.assertEqual((reminder.state, reminder.amount_total), ('sent', 100))
        self.assertEqual(reminder.line_ids.filtered('is_credit').amount_due, -20)

    def test_reset_to_draft(self):
        reminder = self.plan()
        self.invoice.button_draft()
        self.assertEqual(self.invoice.state, 'draft')
        self._assert_void(reminder, "draft")

    def test_cancelled(self):
        reminder = self.plan()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertEqual(self.invoice.state, 'cancel')
        self._assert_void(reminder, "draft")

    def test_cancelled_after_it_was_sent(self):
        """As in plain Odoo: nothing forbids it, and what was said stays said."""
        reminder = self.plan_and_deliver()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertEqual((self.invoice.state, reminder.state), ('cancel', 'sent'))
        self.assertEqual(reminder.line_ids.reference, self.invoice.name)

    def test_payment_undone(self):
        """The item is open again, with its due date and with what was really said about it."""
        self.plan_and_deliver()
        self.ledger.payment(self.item, 120)
        self.days_later(15)
        self.assertFalse(self.plan())
        self.item.remove_move_reconcile()
        # the money is on the account again: it is deducted until it goes away
        self.assertEqual(self.why(self.invoice), 'netted')
        entry = self.env['account.move'].search([
            ('line_ids.name', '=', "Payment"), ('company_id', '=', self.company.id)])
        entry.button_draft()
        entry.button_cancel()
        self.assertEqual(self.plan().filtered(lambda r: not r.primary_id).level, '2')

    def test_held(self):
        reminder = self.plan()
        self.env['leanpay.hold'].create({'debtor_id': reminder.debtor_id.id, 'note': "sale under discussion"})
        self._assert_void(reminder, "hold")

    def test_one_item_held(self):
        other = self.ledger.invoice(self.alpha, 80, TODAY - timedelta(days=6))
        reminder = self.plan()
        self.env['leanpay.hold'].create({
            'debtor_id': reminder.debtor_id.id, 'item_ids': [(6, 0, self.ledger.items(other).ids)]})
        self.deliver()
        self.plan_and_deliver()
        self.assertEqual(self.reminders().filtered(lambda r: r.state == 'sent').amount_total, 120)
        self.assertEqual(len(self.catcher.messages), 1)

    def test_customer_archived(self):
        reminder = self.plan()
        self.alpha.action_archive()
        self.assertFalse(self.alpha.active)
        self._assert_void(reminder, "hold")
        self.alpha.action_unarchive()
        self.plan_and_deliver()
        self.assertEqual(len(self.catcher.messages), 1)

    def test_no_follow_up(self):
        reminder = self.plan()
        self.invoice.no_followup = True
        self._assert_void(reminder, "hold")

    def test_due_date_moved(self):
        reminder = self.plan()
        self.invoice.invoice_date_due = TODAY + timedelta(days=30)
        self._assert_void(reminder, "due")

    def test_void_then_owed_again(self):
        """A void step is free: it leaves when the reason is gone."""
        self.plan()
        hold = self.env['leanpay.hold'].create({'debtor_id': self.debtor(self.alpha).id})
        self.deliver()
        hold.action_lift()
        self.days_later(1)
        self.plan_and_deliver()
        self.assertEqual([r.state for r in self.reminders()], ['void', 'sent'])

    def test_skipped_step_is_passed_in_silence(self):
        self.plan().action_skip()
        self.deliver()
        self.assertFalse(self.plan_and_deliver())
        self.assertFalse(self.catcher.messages)
        self.assertFalse(self.item.dunning_level, "nothing was said")

    def test_edited_text_comes_back_when_the_amounts_change(self):
        reminder = self.plan()
        reminder.action_edit_text()
        reminder.body = "<p>Bonjour, vous nous devez encore 120,00 €.</p>"
        self.ledger.payment(self.item, 50)
        self.deliver()
        self.assertEqual(reminder.state, 'planned')
        self.assertIn("Read the text again", reminder.error)
        self.assertFalse(self.catcher.messages)
        reminder.body = "<p>Bonjour, vous nous devez encore 70,00 €.</p>"
        self.plan()
        reminder.action_approve()
        self.deliver()
        self.assertEqual((reminder.state, reminder.amount_total), ('sent', 70))
        self.assertIn("encore 70,00", self.received('alpha@client.example').get_body(('html',)).get_content())

    def test_edited_text_leaves_as_it_is(self):
        reminder = self.plan()
        reminder.action_edit_text()
        reminder.write({'subject': "Un mot personnel", 'body': "<p>Cher Paul, et cette facture ?</p>"})
        self.deliver()
        message = self.received('alpha@client.example')
        self.assertEqual(message['Subject'], "Un mot personnel")
        self.assertIn("Cher Paul", message.get_body(('html',)).get_content())

    def test_contact_gap_counts_what_was_sent(self):
        """A message that waited is not lost because the customer was contacted meanwhile; a new one keeps the gap."""
        self.company.dunning_contact_gap = 7
        self.plan_and_deliver()
        self.ledger.invoice(self.alpha, 30, TODAY - timedelta(days=10))
        self.days_later(2)
        self.assertFalse(self.plan())
        self.days_later(5)
        self.assertTrue(self.plan())
