"""The schedule of statements, and what becomes of them: send window, failures, bounces, answers, merged customers."""

from datetime import date, time, timedelta
from itertools import pairwise
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY
from .test_statement import StatementCase

DAY = timedelta(days=1)


class ScheduledCase(StatementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env.ref('leanpay_dunning.profile_good')
        cls.profile.write({'statement_schedule': 'before_due', 'statement_days': 5})
        cls.account = cls.ensure_scheduled(cls.customer)

    @classmethod
    def ensure_scheduled(cls, customer, due=TODAY + 3 * DAY):
        """Give a customer an item and the profile whose statements are scheduled; returns the debtor."""
        cls.ledger.invoice(customer, 500, due)
        account = cls.ensure(customer)
        account.profile_id = cls.profile
        return account

    def run_schedule(self, day=TODAY, at=time(10)):
        """Run the schedule at a moment, twice; returns the days of the statements of the customer, oldest first."""
        self.go_to(day, at)
        for _again in range(2):
            self.statements._cron_statements()
        return self.of(self.account).sorted('date').mapped('date')

    def of(self, account):
        return self.statements.search([('debtor_id', '=', account.id)], order='id')


@tagged('post_install', '-at_install')
class TestStatementSchedule(ScheduledCase):

    def test_invoices_that_fall_due_every_day(self):
        for number in range(4, 40):
            self.ledger.invoice(self.customer, 10, TODAY + number * DAY)
        for number in range(30):
            days = self.run_schedule(TODAY + number * DAY)
        gaps = [(two - one).days for one, two in pairwise(days)]
        self.assertGreaterEqual(min(gaps), 5)
        self.assertGreaterEqual(len(days), 4)

    def test_new_invoice_is_announced_and_an_old_one_not_again(self):
        self.assertEqual(self.run_schedule(), [TODAY])
        self.assertEqual(self.run_schedule(TODAY + 3 * DAY), [TODAY])
        self.ledger.invoice(self.customer, 70, TODAY + 9 * DAY)
        self.assertEqual(self.run_schedule(TODAY + 4 * DAY), [TODAY], "too close to the last one")
        self.assertEqual(self.run_schedule(TODAY + 5 * DAY), [TODAY, TODAY + 5 * DAY])
        self.assertEqual(self.of(self.account)[-1].period, f'due-{TODAY + 9 * DAY}')

    def test_holidays_count(self):
        self.company.write({'dunning_weekdays': 'mon_fri'})
        other = self.ensure_scheduled(self.ledger.customer("Easter"), date(2026, 4, 11))
        for number, sent in ((2, 0), (3, 1)):  # Thursday, Friday before Easter
            self.run_schedule(date(2026, 4, number))
            self.assertEqual(len(self.of(other)), sent)

    def test_send_window(self):
        self.company.write({'dunning_window_start': 8, 'dunning_window_end': 18, 'dunning_weekdays': 'mon_fri'})
        self.assertFalse(self.run_schedule(at=time(6)))  # seven in the morning in Paris
        self.assertFalse(self.run_schedule(at=time(17, 30)))
        self.assertTrue(self.run_schedule(at=time(8)))

    def test_archived_customer(self):
        self.customer.active = False
        self.assertFalse(self.run_schedule())

    def test_one_that_fails_stops_no_other(self):
        accounts = [self.ensure_scheduled(self.ledger.customer(name)) for name in ("Anna", "Berta", "Clara")]
        content = type(self.statements)._content

        def broken(this, debtors, *args, **options):
            if debtors == accounts[1]:
                raise ZeroDivisionError("no such rate")
            return content(this, debtors, *args, **options)

        with patch.object(type(self.statements), '_content', broken), mute_logger(
                'odoo.addons.leanpay_dunning.models.leanpay_statement_schedule'):
            self.run_schedule()
        self.assertEqual([len(self.of(account)) for account in accounts], [1, 0, 1])
        self.assertIn("could not be sent", str(self.activities(accounts[1])))
        self.run_schedule()
        self.assertEqual([len(self.of(account)) for account in accounts], [1, 1, 1])

    def test_monthly_one_that_the_scenario_sends_itself(self):
        """Without it, a customer would read the same twice a month."""
        self.profile.write({
            'statement_schedule': 'monthly', 'statement_day': 1,
            'scenario_id': self.env.ref('leanpay_dunning.leanpay_scenario_statement_only').id})
        self.plan(TODAY)
        self.assertTrue(self.account.next_step_id.attach_statement)
        for day in (TODAY, TODAY + 15 * DAY):
            self.go_to(day)
            self.plan(day)
            self.assertFalse(self.run_schedule(day))
        last = date(2026, 3, 31)
        self.go_to(last)
        [reminder] = self.plan(last)
        self.assertFalse(self.run_schedule(last), "about to leave with a reminder")
        reminder._record_sent(f'{last} 09:00:00')
        self.ledger.invoice(self.customer, 50, date(2026, 5, 20))
        self.plan(last)
        self.assertFalse(self.run_schedule(last))
        for day in (date(2026, 4, 1), date(2026, 4, 25)):
            self.go_to(day)
            self.plan(day)
            self.assertFalse(self.run_schedule(day))

    def test_monthly_one_where_the_scenario_sends_none(self):
        self.profile.write({'statement_schedule': 'monthly', 'statement_day': 1})
        self.account.scenario_id = self.make_scenario(self.step_values("Plain", 90))
        self.plan(TODAY)
        self.assertEqual(self.run_schedule(), [TODAY])
        self.assertEqual(self.run_schedule(TODAY + 20 * DAY), [TODAY])
        self.assertEqual(len(self.run_schedule(date(2026, 4, 1))), 2)

    def test_what_is_ours_alone_is_not_printed(self):
        for kind in ('reply', 'bounce', 'other'):
            for items in ([], self.ledger.items(self.env['account.move'].search(
                    [('partner_id', '=', self.customer.id)], limit=1)).ids):
                hold = self.env['leanpay.hold'].create({
                    'debtor_id': self.account.id, 'kind': kind, 'item_ids': [Command.set(items)]})
                with self.subTest(kind=kind, items=items):
                    [account] = self.accounts(TODAY, live=True).values()
                    self.assertEqual(set(account.by_status), {'open'})
                hold.action_lift()


@tagged('post_install', '-at_install')
class TestStatementState(ScheduledCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sent_before = cls.late(cls.customer, 40, 100)
        cls.ledger.alias_domain()

    def setUp(self):
        super().setUp()
        [self.reminder] = self.send(self.customer) or self.reminders(self.customer)
        self.reminder.write({'address': 'buyer@client.example', 'message_id': '<reminder@relances.example>'})
        self.statement = self.statements._send(self.account, TODAY)
        self.mail = self.env['mail.mail'].browse(self.statement.mail_id_int)

    def processed(self, **failure):
        self.mail._postprocess_sent_message([], [], **failure)

    def bounce(self, message_id):
        self.account.with_context(leanpay_bounced_ids=(message_id,))._message_receive_bounce(
            'buyer@client.example', self.env['res.partner'])

    def answer(self, message_id):
        self.account.message_update({
            'subject': "Re: statement", 'body': "<p>Agreed</p>", 'references': message_id, 'in_reply_to': message_id,
            'email_from': 'buyer@client.example', 'author_id': self.customer.id})

    def test_sent(self):
        self.assertEqual((self.statement.state, self.statement.message_id), ('waiting', self.mail.message_id))
        self.processed()
        self.assertEqual((self.statement.state, bool(self.statement.sent_on)), ('sent', True))

    def test_really_sent_by_the_queue(self):
        server = type(self.env['ir.mail_server'])
        with patch.multiple(server, _disable_send=lambda this: False, _connect__=lambda this, **options: None,
                            send_email=lambda this, message, **options: '<given-by-the-server@relances.example>'):
            self.mail.send()
        self.assertRecordValues(self.statement, [{
            'state': 'sent', 'message_id': '<given-by-the-server@relances.example>'}])

    def test_failed_then_sent_again(self):
        self.processed(failure_type='mail_smtp', failure_reason="mailbox full")
        self.assertRecordValues(self.statement, [{'state': 'failed', 'error': "mailbox full", 'sent_on': False}])
        self.assertIn("could not be sent", str(self.activities(self.account)))
        papers, first = self.statement.pdf_id, self.mail
        self.account.accounting_email = 'compta@client.example'
        self.customer.email = False
        self.statement.action_send_again()
        again = self.env['mail.mail'].browse(self.statement.mail_id_int)
        self.assertNotEqual(again, first)
        self.assertRecordValues(self.statement, [{
            'state': 'waiting', 'error': False, 'address': 'compta@client.example', 'pdf_id': papers.id,
            'message_id': again.message_id}])
        self.assertEqual((again.email_to, again.attachment_ids), ('compta@client.example', papers))
        self.assertEqual(len(self.of(self.account)), 1)

    def test_only_what_did_not_arrive_is_sent_again(self):
        for finish in (lambda: None, self.processed):
            finish()
            with self.refused(UserError, "only one that failed or came back"):
                self.statement.action_send_again()

    def test_nowhere_to_send_it_again(self):
        self.processed(failure_type='mail_smtp')
        self.customer.email = False
        with self.refused(UserError, "no e-mail address that works"):
            self.statement.action_send_again()
        self.assertEqual(self.statement.state, 'failed')

    def test_bounce_of_a_statement_leaves_the_reminder_alone(self):
        self.processed()
        self.bounce(self.statement.message_id)
        self.assertEqual((self.statement.state, self.reminder.state), ('bounced', 'sent'))
        self.assertEqual(self.account.bounced_email, 'buyer@client.example')
        with self.refused(UserError, "no e-mail address that works"):
            self.statement.action_send_again()
        self.customer.email = 'new@client.example'
        self.statement.action_send_again()
        self.assertEqual((self.statement.state, self.statement.address), ('waiting', 'new@client.example'))

    def test_bounce_of_a_reminder_leaves_the_statement_alone(self):
        self.processed()
        self.bounce(self.reminder.message_id)
        self.assertEqual((self.statement.state, self.reminder.state), ('sent', 'bounced'))

    def test_late_report_bounces_nothing(self):
        self.processed()
        self.account.with_context(
            leanpay_bounced_ids=(self.statement.message_id,), leanpay_still_under_way=True,
        )._message_receive_bounce('buyer@client.example', self.env['res.partner'])
        self.assertEqual(self.statement.state, 'sent')

    def test_answer_to_a_statement_leaves_the_reminder_alone(self):
        self.answer(self.statement.message_id)
        self.assertTrue(self.statement.answered_on)
        self.assertNotEqual(self.reminder.outcome, 'replied')
        self.assertTrue(self.account.paused_by_event)

    def test_answer_to_a_reminder(self):
        self.answer(self.reminder.message_id)
        self.assertFalse(self.statement.answered_on)
        self.assertEqual(self.reminder.outcome, 'replied')

    def test_merged_customers_keep_their_statements(self):
        other = self.ledger.customer("Twin")
        twin = self.ensure_scheduled(other)
        self.statement.period = 'due-2026-03-13'
        theirs = self.statements._send(twin, TODAY, 'due-2026-03-13')
        more = self.statements._send(twin, TODAY, 'due-2026-04-01')
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual((self.statement | theirs | more).exists().debtor_id, self.account)
        self.assertEqual(self.statement.period, 'due-2026-03-13')
        self.assertTrue(theirs.period.startswith('due-2026-03-13'))
        self.assertEqual(more.period, 'due-2026-04-01')
