from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import TODAY
from .common_models import ModelsCase

RESULT = "Record what the customer said on the phone"
DELETED = "A task of dunning was deleted: do it or skip its reminder"


class ByHandCase(ModelsCase):
    """A customer with two late invoices, and reminders that a person must finish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Hand")
        cls.first, cls.second = cls.late(cls.customer, 20, 500), cls.late(cls.customer, 15, 250)

    def give(self, channel, level=1, **values):
        """Plan and deliver by a channel; returns the reminder that waits for a person."""
        self.step(level).write({'channel': channel, 'approval': 'automatic', 'also_channel': False, **values})
        self.plan_and_deliver()
        reminder = self.reminders(self.customer)[-1]
        self.assertEqual(reminder.state, 'todo')
        return reminder


@tagged('post_install', '-at_install')
class TestWhatChangesMeanwhile(ByHandCase):
    """A letter to post and a call to make are not said yet: what happens in the meantime decides."""

    def assertGone(self, reminder):
        self.assertEqual(reminder.state, 'void')
        self.assertTrue(reminder.void_reason)
        self.assertFalse(reminder.activity_id)
        self.assertFalse(self.debtor(self.customer).activity_ids)

    def test_invoices_reset_to_draft(self):
        for channel in ('letter', 'phone', 'activity'):
            reminder = self.give(channel)
            (self.first | self.second).button_draft()
            with self.subTest(channel):
                self.assertGone(reminder)
            (self.first | self.second).action_post()

    def test_cancelled(self):
        letter = self.give('letter')
        (self.first | self.second).button_cancel()
        self.assertGone(letter)
        with self.refused(Exception, "Only a letter that waits"):
            letter.action_mark_posted()

    def test_held(self):
        letter = self.give('letter')
        self.env['leanpay.hold'].create({'debtor_id': self.debtor(self.customer).id, 'date_from': TODAY})
        self.assertGone(letter)

    def test_failed(self):
        reminder = self.give('letter')
        reminder._record_failed("No printer")
        self.debtor(self.customer).activity_ids.unlink()
        self.first.button_draft()
        self.assertEqual(reminder.state, 'void')

    def test_failed_whose_entry_was_deleted(self):
        self.second.button_draft()
        reminder = self.give('letter')
        reminder._record_failed("No printer")
        # Written around the buttons, as a clean-up script does.
        self.first.line_ids.remove_move_reconcile()
        self.first.write({'state': 'draft'})
        self.assertEqual(reminder.state, 'failed')
        self.first.with_context(force_delete=True).unlink()
        self.assertEqual((reminder.state, reminder.void_reason), ('void', "its entry was deleted"))

    def test_one_of_two_items_paid(self):
        letter = self.give('letter')
        self.assertEqual(letter.amount_total, 750)
        self.ledger.payment(self.item(self.first), 500)
        self.assertGone(letter)
        self.plan_and_deliver()
        again = self.reminders(self.customer)[-1]
        self.assertEqual((again.state, again.amount_total, again.level), ('todo', 250, '1'))
        again.action_mark_posted()
        self.assertEqual((again.state, again.outcome), ('sent', 'posted'))

    def test_part_payment(self):
        letter = self.give('letter')
        self.ledger.payment(self.item(self.first), 10)
        self.assertGone(letter)

    def test_call_adapts(self):
        """A call is about what is open when it is made: paying one of two invoices leaves it."""
        call = self.give('phone')
        self.ledger.payment(self.item(self.first), 500)
        self.assertEqual(call.state, 'todo')

    def test_call_is_made_before_its_hold(self):
        """The promise voids other reminders about these items, not the call it was made in."""
        call = self.give('phone')
        self.env['leanpay.call.result'].create({
            'debtor_id': call.debtor_id.id, 'reminder_id': call.id}).action_promised()
        self.assertEqual((call.state, call.outcome), ('sent', 'promised'))

    def test_unmatched_credit_stops_the_letter(self):
        """Nothing was matched, so no event told the letter: it is looked at when somebody says that it was posted."""
        letter = self.give('letter')
        self.ledger.receipt(self.customer, 100)
        action = letter.action_mark_posted()
        self.assertIn("do not post it", action['params']['message'])
        self.assertGone(letter)
        self.assertIn("do not post it", letter.debtor_id.message_ids[0].body)
        self.plan_and_deliver()
        self.assertEqual(self.reminders(self.customer)[-1].amount_total, 650)

    def test_letter_with_a_credit_is_posted(self):
        self.ledger.receipt(self.customer, 600)
        letter = self.give('letter')
        self.assertEqual(letter.amount_total, 150)
        self.assertFalse(letter.action_mark_posted())
        self.assertEqual(letter.state, 'sent')


@tagged('post_install', '-at_install')
class TestActivities(ByHandCase):
    """What people do with the activities themselves, in the chatter or in their own list."""

    def test_letter_marked_as_done(self):
        letter = self.give('letter')
        letter.activity_id.action_feedback(feedback="Posted")
        self.assertEqual((letter.state, letter.outcome, letter.sent_date), ('sent', 'posted', TODAY))

    def test_wrong_letter_marked_as_done(self):
        letter = self.give('letter')
        self.ledger.receipt(self.customer, 100)
        letter.activity_id.action_done()
        self.assertEqual(letter.state, 'void')
        self.assertIn("do not post it", ' '.join(letter.debtor_id.message_ids.mapped('body')))

    def test_task_marked_as_done(self):
        task = self.give('activity')
        task.activity_id.action_done()
        self.assertEqual((task.state, task.outcome), ('sent', 'done'))

    def test_call_marked_as_done_asks_for_its_result(self):
        call = self.give('phone')
        call.activity_id.action_feedback(feedback="They <b>pay</b>")
        debtor = call.debtor_id
        self.assertEqual(call.state, 'todo', "nobody knows what was said")
        self.assertEqual((debtor.status, debtor.attention), ('attention', "Record the result of a call"))
        self.assertEqual(self.activities(debtor), [RESULT])
        self.assertIn("&lt;b&gt;", debtor.activity_ids.note)
        self.env['leanpay.call.result'].create({
            'debtor_id': debtor.id, 'reminder_id': call.id}).action_refuses()
        self.assertEqual(call.state, 'sent')
        self.assertFalse(debtor.attention)

    def test_done_by_somebody_without_rights(self):
        """The person who posts the letters need not know dunning."""
        clerk = self.env['res.users'].create({
            'name': "Clerk", 'login': 'by_hand_clerk', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)]})
        letter = self.give('letter')
        letter.activity_id.user_id = clerk
        letter.activity_id.with_user(clerk).action_done()
        self.assertEqual(letter.state, 'sent')

    def test_cancelled_activity_is_seen(self):
        for channel, attention in (
            ('letter', "Finish or skip a reminder that nobody is asked to do any more"),
            ('phone', "Record the result of a call"),
        ):
            reminder = self.give(channel)
            reminder.activity_id.action_cancel()
            debtor = reminder.debtor_id
            with self.subTest(channel):
                self.assertEqual(reminder.state, 'todo')
                self.assertEqual((debtor.status, debtor.attention), ('attention', attention))
                self.assertEqual(self.activities(debtor), [DELETED])
                self.plan()
                self.assertEqual(debtor.status, 'attention', "until somebody acts")
            reminder._void("next")
            debtor.activity_ids.unlink()

    def test_activity_lost_without_a_trace_is_seen(self):
        letter = self.give('letter')
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_activity WHERE id = %s", [letter.activity_id.id])
        self.env.invalidate_all()
        self.plan()
        self.assertEqual(letter.debtor_id.status, 'attention')

    def test_person_who_left_since_it_was_planned(self):
        leaver, boss = (self.env['res.users'].create({
            'name': name, 'login': f'by_hand_{name}', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.set(self.env.ref('leanpay_dunning.group_collections_user').ids)]})
            for name in ("leaver", "boss"))
        self.company.dunning_user_id = boss
        self.step(1).write({'channel': 'letter', 'responsible': 'user', 'user_id': leaver.id})
        letter = self.plan()
        self.assertEqual(letter.user_id, leaver)
        leaver.active = False
        self.deliver()
        self.assertEqual((letter.state, letter.user_id, letter.activity_id.user_id), ('todo', boss, boss))

    def test_our_own_clean_up_asks_nobody(self):
        letter = self.give('letter')
        letter.action_mark_posted()
        self.assertFalse(letter.debtor_id.activity_ids)
        self.assertFalse(letter.debtor_id.attention)


@tagged('post_install', '-at_install')
class TestInternalActivity(ByHandCase):
    """An internal activity tells the customer nothing: it never counts as a reminder that was sent."""

    def unreachable(self):
        self.customer.write({'email': False, 'phone': False, 'street': False})

    def test_done_is_not_sent(self):
        self.unreachable()
        task = self.give('email')
        self.assertEqual(task.channel, 'activity')
        task.action_mark_done()
        [passed] = [step for step in self.facts(self.customer).past if step.item_id == self.item(self.first).id]
        self.assertEqual((passed.level, passed.sent), (1, False))
        self.assertFalse(self.item(self.first).dunning_level)
        self.assertFalse(self.item(self.first).dunning_last_date)
        self.assertFalse(task.debtor_id.level)

    def test_no_formal_notice_without_a_word(self):
        """Promise 6: three tasks ticked off, then an address is found: the customer still never heard of us."""
        self.unreachable()
        self.scenario.step_ids.write({'approval': 'automatic'})
        for _day in range(8):
            self.plan_and_deliver()
            self.reminders(self.customer).filtered(lambda r: r.state == 'todo').action_mark_done()
            self.days_later(15)
        self.customer.write({'email': 'found@client.example', 'street': "1 rue"})
        self.plan_and_deliver()
        self.assertNotIn('4', self.reminders(self.customer).filtered(lambda r: r.state != 'void').mapped('level'))
        self.assertEqual(self.why(self.first), 'never_reminded')
        self.assertEqual(self.debtor(self.customer).status, 'attention')

    def test_handing_the_file_over_counts(self):
        legal = self.scenario.step_ids.filtered(lambda step: step.level == '5')
        if not legal:
            legal = self.env['leanpay.scenario.step'].create({
                'scenario_id': self.scenario.id, 'name': "Hand over", 'level': '5', 'delay': 60, 'channel': 'activity'})
        reminder = self.send(self.customer)[:1]
        reminder.sudo().write({'channel': 'activity'})
        reminder.line_ids.write({'step_id': legal.id})
        self.assertEqual(self.item(self.first).dunning_level, '5')
        self.assertTrue(all(step.sent for step in self.facts(self.customer).past))

    def notice_without_address(self):
        self.send(self.customer)
        self.days_later(60)
        self.unreachable()
        levels = self.scenario.step_ids.filtered(lambda step: step.level in ('2', '3'))
        levels.active = False
        return self.give('letter', level=4, fallback_channel='activity')

    def test_formal_notice_is_never_passed_by_a_task(self):
        task = self.notice_without_address()
        self.assertEqual((task.level, task.channel), ('4', 'activity'))
        action = task.action_mark_done()
        self.assertIn("Add an address", action['params']['message'])
        self.assertEqual(task.state, 'void')
        self.assertFalse(any(step.level == 4 for step in self.facts(self.customer, today=self._day).past))
        self.customer.write({'street': "1 rue de la Paix"})
        self.plan_and_deliver()
        letter = self.reminders(self.customer)[-1]
        self.assertEqual((letter.level, letter.channel, letter.state), ('4', 'letter', 'todo'))

    def test_formal_notice_ticked_off_in_the_chatter(self):
        task = self.notice_without_address()
        task.activity_id.action_done()
        self.assertEqual(task.state, 'void')

    def test_formal_notice_by_other_means(self):
        """A scenario that wants a task there (a bailiff's letter) passes the step, and says nothing by itself."""
        self.send(self.customer)
        self.days_later(60)
        self.scenario.step_ids.filtered(lambda step: step.level in ('2', '3')).active = False
        task = self.give('activity', level=4)
        self.assertFalse(task.action_mark_done())
        self.assertEqual(task.state, 'sent')
        self.assertEqual([(step.level, step.sent) for step in self.facts(self.customer, today=self._day).past
                          if step.level == 4 and step.item_id == self.item(self.first).id], [(4, False)])


@tagged('post_install', '-at_install')
class TestPerhapsSaid(ByHandCase):
    """A message that perhaps left counts for the gap between two contacts; one that waits for a person does not."""

    def last_contact(self):
        return self.facts(self.customer).last_contact

    def test_uncertain_and_sending(self):
        reminder = self.plan()[:1]
        self.assertFalse(self.last_contact())
        for state in ('sending', 'uncertain'):
            reminder.sudo().write({'state': state, 'sent_on': f'{TODAY - timedelta(days=3)} 23:30:00'})
            with self.subTest(state):
                self.assertEqual(self.last_contact(), TODAY - timedelta(days=2), "it was past midnight in Paris")

    def test_todo_does_not(self):
        for channel in ('letter', 'phone'):
            reminder = self.give(channel)
            with self.subTest(channel):
                self.assertFalse(self.last_contact())
            reminder._void("next")

    def test_tried_today(self):
        """Nothing more is planned on the day of an attempt; on the next day, what failed still waits for a person."""
        for channel in ('letter', 'phone'):
            reminder = self.give(channel)
            self.assertEqual((reminder.state, self.facts(self.customer).last_attempt), ('todo', TODAY))
            reminder._void("next")
            self.assertFalse(self.facts(self.customer).last_attempt)
        failed = self.plan()[:1]
        failed.sudo()._record_failed("No address")
        joined = self.late(self.customer, 20, 70)
        self.assertFalse(self.plan())
        self.days_later(1)
        self.assertEqual(self.plan().line_ids.filtered('step_id').move_id, joined)

    def test_companion_after_its_main_message(self):
        """It leaves with the same amounts, or not at all: neither an item nor the credits deducted have changed."""
        self.step(1).also_channel = 'phone'
        self.late(self.customer, 3, 30, kind='out_refund')
        for day, change in enumerate((
            lambda: None,
            lambda: self.late(self.customer, 3, 10, kind='out_refund'),
            lambda: self.ledger.payment(self.ledger.items(self.first), 20),
        )):
            with self.subTest(day=day), self.env.cr.savepoint(flush=True) as savepoint:
                primary = self.plan().filtered(lambda reminder: not reminder.primary_id)
                primary._record_sent(f'{TODAY} 09:00:00')
                change()
                delivery = self.env['leanpay.delivery']
                told = delivery._check_again(primary.companion_ids)
                self.assertEqual(told, primary.companion_ids if not day else told.browse())
                self.assertEqual(primary.companion_ids.state, 'void' if day else 'approved')
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_companion_of_a_bounced_message(self):
        self.step(1).write({'also_channel': 'sms', 'approval': 'manual',
                            'sms_template_id': self.env.ref('leanpay_dunning.sms_template_level_1').id})
        reminders = self.plan()
        primary = reminders.filtered(lambda reminder: not reminder.primary_id)
        self.assertEqual(len(primary.companion_ids), 1)
        primary._record_sent(f'{TODAY} 09:00:00')
        primary._record_bounced("No such address")
        self.assertEqual(primary.companion_ids.state, 'void')
