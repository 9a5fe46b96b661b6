from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestPlanned(ModelsCase):
    """What a run writes: reminders, lines, amounts, channels, states."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Planned")

    def test_reminder_and_lines(self):
        first = self.late(self.customer, 20, 100)
        second = self.late(self.customer, 4, 50.25)
        coming = self.late(self.customer, -20, 70)
        refund = self.late(self.customer, 3, 30, kind='out_refund')
        reminders = self.plan()
        self.assertRecordValues(reminders, [{
            'company_id': self.company.id, 'debtor_id': self.debtor(self.customer).id, 'partner_id': self.customer.id,
            'step_id': self.step(1).id, 'level': '1', 'channel': 'email', 'state': 'approved', 'date_planned': TODAY,
            'currency_id': self.company.currency_id.id, 'amount_total': 120.25, 'contact_id': self.customer.id,
            'address': 'planned@client.example', 'lang': 'fr_FR', 'primary_id': False}])
        step = self.step(1).id
        self.assertRecordValues(reminders.line_ids, [
            {'move_id': first.id, 'step_id': step, 'is_credit': False, 'reference': first.name, 'days_late': 20,
             'amount_total': 100, 'amount_residual': 100, 'amount_disputed': 0, 'amount_due': 100, 'counts': True,
             'date_due': TODAY - 20 * DAY, 'date_invoice': first.invoice_date},
            {'move_id': second.id, 'step_id': step, 'is_credit': False, 'reference': second.name, 'days_late': 4,
             'amount_total': 50.25, 'amount_residual': 50.25, 'amount_disputed': 0, 'amount_due': 50.25,
             'counts': True, 'date_due': TODAY - 4 * DAY, 'date_invoice': second.invoice_date},
            {'move_id': refund.id, 'step_id': False, 'is_credit': True, 'reference': refund.name, 'days_late': 3,
             'amount_total': -30, 'amount_residual': -30, 'amount_disputed': 0, 'amount_due': -30, 'counts': True,
             'date_due': TODAY - 3 * DAY, 'date_invoice': refund.invoice_date}])
        self.assertNotIn(coming, reminders.line_ids.move_id)
        self.assertEqual(reminders.amount_total, sum(reminders.line_ids.mapped('amount_due')))

    def test_one_reminder_per_currency(self):
        dollar, pound = self.ledger.currency('USD', 2), self.ledger.currency('GBP', 0.5)
        euro = self.company.currency_id
        for amount, currency in ((100, euro), (200, dollar), (300, pound), (7, dollar)):
            self.late(self.customer, 10, amount, currency=currency)
        reminders = self.plan()
        self.assertEqual({r.currency_id: r.amount_total for r in reminders}, {euro: 100, dollar: 207, pound: 300})
        for reminder in reminders:
            self.assertEqual(reminder.line_ids.currency_id, reminder.currency_id)

    def test_minimum_is_converted(self):
        """10 euros are 20 dollars at 2 for 1: an item of 20 dollars is left alone, one of 20.01 is not."""
        dollar = self.ledger.currency('USD', 2)
        self.scenario.minimum_amount = 10
        self.late(self.customer, 10, 20, currency=dollar)
        self.assertFalse(self.plan())
        other = self.ledger.customer("Other")
        self.late(other, 10, 20.01, currency=dollar)
        self.assertEqual(self.plan().partner_id, other)

    def test_nothing_due_on_the_due_date_itself(self):
        self.company.dunning_scenario_id = self.make_scenario(self.step_values("First", 0))
        invoice = self.late(self.customer, 0)
        self.assertFalse(self.plan())
        self.go_to(TODAY + DAY)
        self.assertEqual(self.plan().line_ids.move_id, invoice)

    def test_credits_cover_everything(self):
        self.late(self.customer, 20, 100)
        self.ledger.receipt(self.customer, 100)
        self.assertFalse(self.plan())

    def test_only_credits(self):
        self.late(self.customer, 20, 100, kind='out_refund')
        self.assertFalse(self.plan())

    def test_second_message(self):
        """The second level also makes a call: a reminder of its own that passes nothing."""
        self.late(self.customer, 20)
        self.send(self.customer, TODAY)
        self.go_to(TODAY + 12 * DAY)
        reminders = self.plan()
        primary = reminders.filtered(lambda reminder: not reminder.primary_id)
        companion = reminders - primary
        self.assertEqual((primary.channel, companion.channel), ('email', 'phone'))
        self.assertEqual(companion.primary_id, primary)
        self.assertEqual((primary.line_ids.step_id, companion.line_ids.step_id), (
            self.step(2), self.env['leanpay.scenario.step']))
        self.assertEqual(primary.line_ids.move_line_id, companion.line_ids.move_line_id)
        self.assertEqual(companion.amount_total, primary.amount_total)

    def test_second_message_needs_an_address(self):
        self.customer.phone = False
        self.late(self.customer, 20)
        self.send(self.customer, TODAY)
        self.go_to(TODAY + 12 * DAY)
        self.assertEqual(self.plan().mapped('channel'), ['email'])

    def test_fallback_channels(self):
        self.late(self.customer, 20)
        self.customer.email = False
        self.assertEqual(self.plan().mapped('channel'), ['letter'])
        other = self.ledger.customer("Nowhere", email=False, phone=False, street=False)
        self.late(other, 20)
        self.plan()
        self.assertEqual(self.pending(other).mapped('channel'), ['activity'])

    def test_approval(self):
        self.late(self.customer, 20)
        self.step(1).approval = 'manual'
        self.assertEqual(self.plan().mapped('state'), ['planned'])
        self.assertEqual(self.debtor(self.customer).status, 'approve')

    def test_first_run_waits_for_a_person(self):
        self.company.dunning_approved = False
        self.late(self.customer, 20)
        run = self.ledger.run(TODAY)
        self.assertTrue(run.first_run_waits)
        self.assertEqual(self.pending(self.customer).mapped('state'), ['planned'])
        run.action_approve_first_run()
        self.assertFalse(run.first_run_waits)
        self.assertEqual(self.pending(self.customer).mapped('state'), ['approved'])
        other = self.ledger.customer("Later")
        self.late(other, 20)
        self.plan()
        self.assertEqual(self.pending(other).mapped('state'), ['approved'])

    def test_first_run_approved_in_the_settings(self):
        self.company.dunning_approved = False
        self.late(self.customer, 20)
        manual = self.ledger.customer("Manual")
        self.late(manual, 20)
        self.ensure(manual).scenario_id = self.make_scenario(self.step_values("Read me", 5, approval='manual'))
        self.plan()
        automatic, by_hand = self.pending(self.customer), self.pending(manual)
        self.company.dunning_approved = True
        self.assertEqual((automatic.state, by_hand.state), ('approved', 'planned'))
        self.assertEqual(self.debtor(self.customer).status, 'due')
        self.company.dunning_approved = False
        self.assertEqual((automatic.state, by_hand.state), ('planned', 'planned'))
        self.assertEqual(self.debtor(self.customer).status, 'approve')
        automatic.action_approve()
        self.company.dunning_approved = True
        self.company.dunning_approved = False
        self.assertEqual(automatic.state, 'approved', "a person approved this one by name")

    def test_approving_the_first_run_leaves_what_a_person_must_read(self):
        self.company.dunning_approved = False
        self.step(1).approval = 'manual'
        self.late(self.customer, 20)
        self.ledger.run(TODAY).action_approve_first_run()
        self.assertEqual(self.pending(self.customer).mapped('state'), ['planned'])

    def test_who_does_it(self):
        users = [self.person(name) for name in ("default", "collector", "salesperson", "named")]
        default, collector, salesperson, named = users
        self.late(self.customer, 20)
        self.company.dunning_user_id = default
        step = self.step(1)
        self.assertEqual(self.replanned().user_id, default)
        self.debtor(self.customer).collector_id = collector
        self.assertEqual(self.replanned().user_id, collector)
        self.customer.user_id = salesperson
        step.responsible = 'salesperson'
        self.assertEqual(self.replanned().user_id, salesperson)
        step.write({'responsible': 'user', 'user_id': named.id})
        self.assertEqual(self.replanned().user_id, named)

        named.group_ids = self.env.ref('base.group_user')
        self.assertEqual(self.replanned().user_id, collector, "who may not see debtors is passed over")
        collector.active = False
        self.assertEqual(self.replanned().user_id, default)
        default.active = False
        self.assertFalse(self.replanned().user_id)

    def person(self, name):
        """Create a user who works with the debtors of the company."""
        return self.env['res.users'].create({
            'name': name, 'login': f"{name}@planner.example", 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.link(self.env.ref('leanpay_dunning.group_collections_user').id)]})

    def replanned(self):
        self.pending(self.customer)._void("to plan again")
        self.plan()
        return self.pending(self.customer)

    def test_an_invoice_sent_late_leaves_days_to_pay(self):
        """invoiceninja#9312: reminded of an old due date on the day after the invoice was first sent."""
        late = self.late(self.customer, 20, 100)
        billing = mail_new_test_user(
            self.env, 'sends', groups='account.group_account_invoice', company_id=self.company.id)
        late.with_user(billing).is_move_sent = True
        self.assertEqual(late.dunning_sent_date, TODAY)
        self.assertFalse(self.plan())
        self.assertEqual(late.dunning_next_date, TODAY + 5 * DAY)
        self.days_later(4)
        late.is_move_sent = True  # sent again: the customer has it already
        self.assertFalse(self.plan())
        self.days_later(1)
        self.assertEqual(self.plan().line_ids.move_id, late)
        late.is_move_sent = False
        late.is_move_sent = True
        self.assertEqual(late.dunning_sent_date, TODAY, "the first time is the first time")
        for refused in (lambda: late.with_user(billing).write({'dunning_sent_date': '2999-01-01'}),
                        lambda: late.with_user(billing).create({'dunning_sent_date': '2999-01-01'})):
            with self.refused(AccessError, "noted when it is sent"):
                refused()

    def test_first_run_policies(self):
        """An item 60 days late starts at the first level, at the third, or not at all; never at a formal notice."""
        self.late(self.customer, 60)
        self.company.dunning_start_date = TODAY
        for policy, level in (('sequential', '1'), ('jump', '3'), ('new', False)):
            self.company.dunning_first_run = policy
            with self.subTest(policy):
                self.assertEqual(self.plan()[:1].level, level)


@tagged('post_install', '-at_install')
class TestAgain(ModelsCase):
    """What happens to what is planned when the run comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Again")
        cls.invoice = cls.late(cls.customer, 20)

    def test_second_run_of_a_day_does_nothing(self):
        first = self.plan()
        before = first.read(), first.line_ids.read()
        for _number in range(3):
            run = self.ledger.run(TODAY)
            self.assertEqual((run.planned_count, run.kept_count, run.void_count), (0, 1, 0))
        self.env.invalidate_all()
        self.assertEqual(self.reminders(), first)
        self.assertEqual((first.read(), first.line_ids.read()), before)

    def test_kept_next_day(self):
        first = self.plan()
        self.go_to(TODAY + DAY)
        self.assertEqual(self.plan(), first)

    def test_refreshed_when_an_amount_changes(self):
        first = self.plan()
        self.ledger.payment(self.item(self.invoice), 30)
        self.assertEqual(self.plan(), first)
        self.assertEqual((first.amount_total, first.line_ids.amount_due, first.line_ids.amount_residual), (70, 70, 70))

    def test_refreshed_with_its_second_message(self):
        self.send(self.customer, TODAY)
        self.go_to(TODAY + 12 * DAY)
        reminders = self.plan()
        self.ledger.payment(self.item(self.invoice), 30)
        self.assertEqual(self.plan(), reminders)
        self.assertEqual(reminders.mapped('amount_total'), [70, 70])
        self.assertEqual(reminders.line_ids.mapped('amount_due'), [70, 70])

    def test_extended_when_an_item_joins(self):
        first = self.plan()
        self.late(self.customer, 10, 40)
        self.assertEqual(self.plan(), first)
        self.assertEqual((first.state, first.amount_total, first.error), ('approved', 140, False))
        self.assertEqual(first.line_ids.step_id, self.step(1))
        self.assertEqual(first.line_ids.mapped('counts'), [True, True])

    def test_lateness_of_what_joins_is_counted_to_the_day_it_joins(self):
        first = self.plan()
        self.late(self.customer, 0, 40)
        self.go_to(TODAY + 5 * DAY)
        self.assertEqual(self.plan(), first)
        self.assertEqual(sorted(first.line_ids.mapped('days_late')), [5, 25])

    def test_approved_by_a_person_then_an_item_joins(self):
        self.step(1).approval = 'manual'
        first = self.plan()
        first.action_approve()
        self.ledger.payment(self.item(self.invoice), 30)
        self.plan()
        self.assertEqual((first.state, first.amount_total), ('approved', 70), "less than what was approved")
        self.late(self.customer, 10, 40)
        self.assertEqual(self.plan(), first)
        self.assertRecordValues(first, [{
            'state': 'planned', 'amount_total': 110, 'approved_by_id': False,
            'error': "Other items fell due after it was approved. Approve it again."}])
        self.assertEqual(self.debtor(self.customer).status, 'approve')

    def test_edited_text_waits_for_its_author_when_amounts_change(self):
        for change in (
            lambda: self.ledger.payment(self.item(self.invoice), 30),
            lambda: self.late(self.customer, 10, 40),
        ):
            first = self.pending(self.customer) or self.plan()
            first.write({'subject': "My words", 'body': "<p>You owe us 100.</p>"})
            first.action_approve()
            self.plan()
            self.assertEqual(first.state, 'approved')
            change()
            self.assertEqual(self.plan(), first)
            self.assertEqual((first.state, first.subject), ('planned', "My words"))
            self.assertIn("100", first.body)
            self.assertEqual(
                first.error, "The amounts changed after the text was edited. Read the text again, then approve.")
        self.deliver()
        self.assertEqual(first.state, 'planned')

    def test_first_run_approved_again_leaves_what_must_be_read(self):
        first = self.plan()
        first.write({'body': "<p>You owe us 100.</p>"})
        self.ledger.payment(self.item(self.invoice), 30)
        self.plan()
        for approved in (False, True):
            self.company.dunning_approved = approved
            self.assertEqual(first.state, 'planned')
        self.assertIn("Read the text again", first.error)
        first.action_approve()
        self.assertRecordValues(first, [{'state': 'approved', 'error': False, 'read_again': False}])
        for approved in (False, True):
            self.company.dunning_approved = approved
            self.assertEqual(first.state, 'approved', "a person approved this one by name")

    def test_edited_second_message_waits_too(self):
        self.send(self.customer, TODAY)
        self.go_to(TODAY + 12 * DAY)
        reminders = self.plan()
        reminders.filtered('primary_id').write({'body': "<p>Ask for 100.</p>"})
        for replan in (self.plan, self.deliver):
            reminders.action_approve()
            self.ledger.payment(self.item(self.invoice), 30)
            replan()
            self.assertEqual(reminders.mapped('state'), ['planned', 'planned'])

    def test_replaced_when_the_step_changes(self):
        first = self.plan()
        self.debtor(self.customer).scenario_id = self.env.ref('leanpay_dunning.leanpay_scenario_firm')
        second = self.plan()
        self.assertEqual(first.state, 'void')
        self.assertEqual(second.step_id.scenario_id, self.debtor(self.customer).scenario_id)

    def test_voided_when_nothing_is_owed(self):
        first = self.plan()
        self.ledger.receipt(self.customer, 100)
        run = self.ledger.run(TODAY)
        self.assertEqual((run.void_count, first.state), (1, 'void'))
        self.assertEqual(first.void_reason, "no longer owed, or not to be chased now")

    def test_contact_gap_keeps_what_is_pending(self):
        """A message in one currency does not void the one that waits in another."""
        dollar = self.ledger.currency('USD', 2)
        self.late(self.customer, 20, 300, currency=dollar)
        euros, dollars = self.plan().sorted('amount_total')
        self.company.dunning_contact_gap = 7
        euros._record_sent(f'{TODAY} 09:00:00')
        self.go_to(TODAY + DAY)
        self.assertEqual(self.plan(), dollars)
        self.assertEqual(dollars.state, 'approved')

    def test_contact_gap_delays_what_is_new(self):
        self.company.dunning_contact_gap = 7
        self.send(self.customer, TODAY)
        self.late(self.customer, 10, 40)
        self.go_to(TODAY + 6 * DAY)
        self.assertFalse(self.plan())
        self.assertEqual(self.debtor(self.customer).next_date, TODAY + 7 * DAY)
        self.go_to(TODAY + 7 * DAY)
        self.assertEqual(self.plan().amount_total, 140)

    def test_skipped_steps_pass_but_the_formal_notice_needs_a_real_reminder(self):
        levels = []
        for _number in range(3):
            reminder = self.plan().filtered(lambda reminder: not reminder.primary_id)
            levels.append(reminder.level)
            reminder.action_skip()
            self.assertEqual((reminder.state, reminder.skipped), ('void', True))
            self.assertTrue(all(reminder.line_ids.mapped('counts')))
            self.days_later(30)
        self.assertEqual(levels, ['1', '2', '3'])
        self.assertFalse(self.plan())
        self.assertEqual(self.why(self.invoice), 'never_reminded')
        debtor = self.debtor(self.customer)
        self.assertEqual((debtor.status, debtor.level), ('attention', False))
        self.assertEqual(debtor.attention, "A formal notice is due but no reminder was ever sent")

    def test_formal_notice_after_a_real_reminder(self):
        self.send(self.customer, TODAY)
        for _number in range(2):
            self.days_later(30)
            self.plan().filtered(lambda reminder: not reminder.primary_id).action_skip()
        self.days_later(30)
        self.assertEqual(set(self.plan().mapped('level')), {'4'})

    def test_failed_reminder_does_not_climb(self):
        self.plan()._record_failed("No network")
        self.days_later(40)
        self.assertFalse(self.plan())
        self.assertEqual(self.why(self.invoice), 'in_flight')

    def test_bounced_reminder_is_planned_again_at_the_same_step(self):
        reminder = self.send(self.customer, TODAY)
        reminder._record_bounced("No such user")
        self.customer.email = 'new@client.example'
        debtor = self.debtor(self.customer)
        debtor.hold_ids.action_lift()
        self.days_later(1)
        again = self.plan()
        self.assertEqual((again.level, again.address), ('1', 'new@client.example'))

    def test_index_refuses_a_double(self):
        reminder = self.plan()
        line = reminder.line_ids
        for values in ({'move_line_id': line.move_line_id.id, 'step_id': line.step_id.id},):
            with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'):
                self.env['leanpay.reminder.line'].create({
                    'reminder_id': reminder.id, 'company_id': self.company.id,
                    'currency_id': reminder.currency_id.id, **values})
        shown = self.env['leanpay.reminder.line'].create({
            'reminder_id': reminder.id, 'company_id': self.company.id, 'currency_id': reminder.currency_id.id,
            'move_line_id': line.move_line_id.id})
        self.assertTrue(shown)

    def test_voiding_frees_the_step(self):
        self.plan()._void("mistake")
        again = self.plan()
        self.assertEqual((again.level, again.amount_total), ('1', 100))
