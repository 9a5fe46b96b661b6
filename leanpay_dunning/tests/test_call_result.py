from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common_screens import ScreensCase


@tagged('post_install', '-at_install')
class TestCallResult(ScreensCase):

    def _dialog(self, reminder=None, debtor=None, **values):
        debtor = debtor or reminder.debtor_id
        return self.env['leanpay.call.result'].with_user(self.collector).create({
            'debtor_id': debtor.id, 'reminder_id': reminder and reminder.id} | values)

    # === THE DIALOG === #

    def test_dialog_shows_what_to_say(self):
        call = self._hand_over_call()
        dialog = self._dialog(call)
        self.assertIn("Ask when the invoice will be paid", dialog.call_script)
        self.assertEqual(dialog.item_ids, self._items(self.caller))
        self.assertEqual(dialog.phone, self.caller.phone)
        calendar = self.company._dunning_window().calendar
        self.assertEqual(dialog.next_call_date, calendar.add(self.today, 1))
        self.assertTrue(calendar.is_workday(dialog.promise_date))
        self.assertGreater(dialog.promise_date, dialog.next_call_date)

    def test_result_must_be_chosen(self):
        with self.assertRaises(UserError):
            self._dialog(debtor=self._debtor(self.caller)).action_apply()

    def test_dialog_opens_from_the_form(self):
        action = self._hand_over_call().with_user(self.collector).action_log_call()
        self.assertEqual(action['res_model'], 'leanpay.call.result')
        with Form(self.env['leanpay.call.result'].with_user(self.collector).with_context(**action['context'])) as form:
            self.assertEqual(form.debtor_id, self.call.debtor_id)
            form.note = "On holiday"
        self.assertTrue(form.record.item_ids)

    # === SOMEBODY WAS REACHED: THE CALL IS MADE === #

    def test_promised(self):
        call = self._hand_over_call()
        until = self.today + timedelta(days=9)
        self._dialog(call, promise_date=until, note="By transfer").action_promised()
        self.assertRecordValues(call, [{
            'state': 'sent', 'sent_date': self.today, 'outcome': 'promised', 'outcome_note': "By transfer",
            'activity_id': False}])
        self.assertRecordValues(call.debtor_id.promise_ids, [{
            'date': self.today, 'date_promised': until, 'note': "By transfer", 'source': 'call',
            'amount': sum(self._items(self.caller).mapped('amount_residual')), 'user_id': self.collector.id,
            'state': 'open'}])
        self.assertEqual(call.debtor_id.promise_ids._items(), self._items(self.caller))
        self.assertEqual(call.debtor_id.status, 'waiting', "nothing is to do until then, and the worklist says so")
        self.assertTrue(call.debtor_id.stale, "a message on its way must notice")
        messages = ' '.join(call.debtor_id.message_ids.mapped('body'))
        self.assertIn("Promised to pay", messages)
        self.assertIn("By transfer", messages)

    def test_promise_in_the_past_is_refused(self):
        call = self._hand_over_call()
        with self.assertRaises(UserError):
            self._dialog(call, promise_date=self.today - timedelta(days=1)).action_promised()

    def test_dispute(self):
        call = self._hand_over_call()
        self._dialog(call, note="Broken on arrival").action_dispute()
        self.assertEqual((call.state, call.outcome), ('sent', 'dispute'))
        self.assertRecordValues(call.debtor_id.dispute_ids, [{
            'state': 'open', 'description': "Broken on arrival", 'source': 'call', 'user_id': self.collector.id}])
        self.assertEqual(call.debtor_id.dispute_ids._items(), self._items(self.caller))

    def test_refuses(self):
        call = self._hand_over_call()
        self._dialog(call).action_refuses()
        self.assertEqual((call.state, call.outcome), ('sent', 'refuses'))
        self.assertFalse(call.debtor_id.hold_ids, "a refusal does not stop the scenario")
        self.assertFalse(call.debtor_id.activity_ids)

    # === NOBODY WAS REACHED: THE CALL DOES NOT COUNT === #

    def test_no_answer(self):
        call = self._hand_over_call()
        activity, again = call.activity_id, self.today + timedelta(days=3)
        self._dialog(call, next_call_date=again).action_no_answer()
        self.assertRecordValues(call, [{
            'state': 'todo', 'sent_date': False, 'outcome': 'no_answer', 'activity_id': activity.id}])
        self.assertEqual(activity.date_deadline, again)
        self.assertFalse(call.debtor_id.hold_ids)

    def test_no_answer_then_reached(self):
        call = self._hand_over_call()
        self._dialog(call).action_no_answer()
        self._dialog(call).action_promised()
        self.assertEqual((call.state, call.outcome), ('sent', 'promised'))

    def test_wrong_number(self):
        call = self._hand_over_call()
        self._dialog(call).action_wrong_number()
        self.assertEqual((call.state, call.sent_date, call.outcome), ('todo', False, 'wrong_number'))
        repair = self.env.ref('leanpay_dunning.mail_activity_type_repair')
        self.assertIn(repair, call.debtor_id.activity_ids.activity_type_id)

    # === A CALL THAT NO SCENARIO ASKED FOR === #

    def test_own_call_promised(self):
        debtor = self._debtor(self.writer)
        self._dialog(debtor=debtor).action_promised()
        self.assertEqual(debtor.promise_ids.state, 'open')
        self.assertEqual(self.reminder.state, 'void', "what was promised is not asked for in between")

    def test_own_call_no_answer(self):
        debtor = self._debtor(self.writer)
        dialog = self._dialog(debtor=debtor)
        dialog.action_no_answer()
        self.assertRecordValues(debtor.activity_ids, [{
            'activity_type_id': self.env.ref('leanpay_dunning.mail_activity_type_call').id,
            'date_deadline': dialog.next_call_date}])
        self.assertEqual(self.reminder.state, 'planned')

    def test_promise_for_one_of_two_invoices(self):
        debtor = self._debtor(self.writer)
        other = self._late_invoice(self.writer, days=30, amount=50)
        dialog = self._dialog(debtor=debtor)
        self.assertEqual(len(dialog.item_ids), 2)
        dialog.item_ids -= other.line_ids
        dialog.action_promised()
        self.assertNotIn(other, debtor.promise_ids.line_ids.move_id)
        self.assertEqual(len(debtor.promise_ids.line_ids), 1)

    def test_promise_of_a_part(self):
        debtor = self._debtor(self.writer)
        self._dialog(debtor=debtor, promise_amount=10).action_promised()
        self.assertEqual(debtor.promise_ids.amount, 10)
