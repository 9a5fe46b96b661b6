from datetime import time, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestTimeline(ModelsCase):
    """All that happened with a customer in one list, newest first, told so that nobody has to open anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Timeline")
        cls.invoice = cls.late(cls.customer, 20)
        cls.account = cls.ensure(cls.customer)

    def events(self, debtor=None):
        """Return the events of a debtor as the database has them now, newest first."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (debtor or self.account).timeline_ids

    def call(self, action, **values):
        call = self.env['leanpay.call.result'].create({'debtor_id': self.account.id, **values})
        getattr(call, action)()

    def answer(self, **values):
        return self.account.message_post(
            message_type='email', subject="Re: invoice", body="We pay on Friday", author_id=self.customer.id,
            email_from='x@client.example', **values)

    def test_nothing(self):
        self.assertFalse(self.events())

    def test_all_kinds_newest_first(self):
        self.send(self.customer)
        self.answer(date=f'{TODAY} 11:00:00')
        hold = self.env['leanpay.hold'].create({'debtor_id': self.account.id, 'kind': 'commercial', 'note': "Broken"})
        self.days_later(1)
        hold.action_lift()
        self.call('action_no_answer', note="Third time")
        self.days_later(11)
        self.plan()
        events = self.events()
        self.assertEqual(
            [event.kind for event in events.sorted(lambda event: (event.moment.date(), event.kind))],
            ['answer', 'email', 'hold', 'call', 'lifted', 'call', 'email'])
        self.assertEqual(events.mapped('moment'), sorted(events.mapped('moment'), reverse=True))

    def test_reminder(self):
        reminder = self.send(self.customer)
        [event] = self.events()
        self.assertRecordValues(event, [{
            'kind': 'email', 'title': reminder.step_id.name, 'detail': 'Timeline · timeline@client.example',
            'state': 'sent', 'tone': 'success', 'level': '1', 'amount': 100, 'moment': reminder.sent_on,
            'currency_id': reminder.currency_id.id, 'icon': 'fa-envelope'}])
        self.assertEqual(event.action_open()['res_id'], reminder.id)

    def test_reminder_that_did_not_leave(self):
        self.plan()
        reminder = self.pending(self.customer)
        self.assertEqual((self.events().state, self.events().moment.date()), ('approved', TODAY))
        reminder._record_failed("The server refused it")
        self.assertEqual((self.events().tone, self.events().detail.split(' · ')[-1]), (
            'danger', "The server refused it"))
        reminder._void("paid meanwhile")
        self.assertEqual((self.events().tone, self.events().detail.split(' · ')[-1]), ('muted', "paid meanwhile"))

    def test_letter_and_formal_notice(self):
        reminder = self.send(self.customer)
        reminder.write({'channel': 'letter', 'tracking_number': '1A 234', 'outcome': 'posted'})
        self.assertRecordValues(self.events(), [{
            'kind': 'letter', 'detail': 'Timeline · 1A 234', 'outcome': 'posted', 'tone': 'success'}])
        reminder.write({'level': '4', 'letter_number': 'MED/2026/0001'})
        self.assertRecordValues(self.events(), [{
            'kind': 'notice', 'detail': 'Letter · MED/2026/0001 · Timeline · 1A 234', 'icon': 'fa-gavel'}])

    def test_call_of_a_scenario_is_told_once(self):
        self.plan()
        reminder = self.pending(self.customer)
        reminder.write({'channel': 'phone', 'state': 'todo'})
        self.call('action_no_answer', reminder_id=reminder.id)
        tried, = self.events().filtered('message_id')
        self.assertEqual(tried.title, "Call: No answer")
        self.call('action_refuses', reminder_id=reminder.id, note="Not their order")
        self.assertEqual(self.events().filtered('message_id'), tried)
        told = self.events().filtered('reminder_id')
        self.assertEqual((told.kind, told.outcome), ('call', 'refuses'))
        self.assertIn("Not their order", told.detail)

    def test_call_out_of_the_scenario(self):
        self.call('action_promised', note="On Friday <b>sharp</b>")
        call = self.events().filtered(lambda event: event.kind == 'call')
        self.assertEqual(call.title, "Call: Promised to pay")
        self.assertIn("Note: On Friday <b>sharp</b>", call.detail)
        self.assertEqual(call.user_id, self.env.user)
        promise = self.events().filtered('promise_id')
        self.assertIn("Promise · ", promise.title)
        self.assertEqual((promise.kind, promise.action_open()['res_model']), ('promise', 'leanpay.promise'))

    def test_answer_and_message(self):
        self.answer()
        [answer] = self.events()
        self.assertRecordValues(answer, [{
            'kind': 'answer', 'title': "Re: invoice", 'detail': "Timeline · We pay on Friday", 'tone': 'primary',
            'user_id': False}])
        self.assertFalse(answer.action_open())
        self.account.message_post(body="A note for colleagues")
        self.account.message_post(body="Thank you", message_type='comment', subtype_xmlid='mail.mt_comment')
        self.assertEqual(self.events().filtered(lambda event: event.kind == 'message').title, "Message")
        self.assertEqual(len(self.events()), 2)

    def test_mail_of_a_colleague_is_no_answer(self):
        """The rule is the one that decides whether a mail pauses the customer."""
        colleague, portal = (
            mail_new_test_user(self.env, login=f'{group}@mail.example', groups=group)
            for group in ('base.group_user', 'base.group_portal'))
        gone = mail_new_test_user(self.env, login='gone@mail.example', groups='base.group_user')
        gone.active = False
        for author, kind, by in (
                (colleague.partner_id, 'message', colleague), (gone.partner_id, 'message', gone),
                (portal.partner_id, 'answer', portal.browse()), (self.customer, 'answer', portal.browse()),
                (self.customer.browse(), 'answer', portal.browse())):
            with self.subTest(author.name):
                message = self.account.message_post(
                    message_type='email', body="Fwd", author_id=author.id, email_from='somebody@else.example')
                event = self.events().filtered(lambda event, message=message: event.message_id == message)
                self.assertEqual((event.kind, event.user_id), (kind, by))
                self.assertEqual(self.account._written_by_colleague({'author_id': author.id}), kind == 'message')

    def test_without_the_subtype_of_calls(self):
        """Somebody tidied up the subtypes: the page still opens, and calls are told by their notes only."""
        self.answer()
        self.call('action_no_answer')
        self.env.ref('leanpay_dunning.mt_call').unlink()
        self.assertEqual(self.events().mapped('kind'), ['answer'])
        self.call('action_no_answer')
        self.assertEqual(self.events().mapped('kind'), ['answer'])

    def test_invoice_in_instalments_is_named_once(self):
        due = TODAY - timedelta(days=20)
        items = self.ledger.items(self.ledger.invoice(self.customer, 100, [due, due + timedelta(days=1)]))
        self.call('action_promised', item_ids=[(6, 0, items.ids)])
        for event in self.events():
            self.assertEqual(event.detail.count(items.move_id.name), 1, event.detail)

    def test_call_in_french(self):
        """In French a colon stands after a space; what was noted is no HTML."""
        call = self.env['leanpay.call.result'].with_context(lang='fr_FR').create({
            'debtor_id': self.account.id, 'note': "<i>jeudi</i>"})
        call.action_no_answer()
        [event] = self.events()
        self.assertEqual(event.title.replace("\u00a0", " "), "Appel : Pas de réponse")
        self.assertIn("<i>jeudi</i>", event.detail)

    def test_hold_that_ended_by_itself(self):
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.account.id, 'kind': 'commercial', 'date_until': TODAY + timedelta(days=3),
            'item_ids': [(6, 0, self.item(self.invoice).ids)]})
        [put] = self.events()
        self.assertEqual(put.detail, f"{self.invoice.name} · until 03/13/2026")
        self.days_later(4)
        ended, put = self.events()
        self.assertEqual((ended.kind, ended.hold_id), ('expired', hold))
        self.assertEqual(put.kind, 'hold')

    # === WHEN === #

    def moment(self, record, written, **values):
        """Return the moment of the event of a record written at a moment, both in UTC."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE %s SET create_date = %s, write_date = %s WHERE id = %s",
            SQL.identifier(record._table), written, written, record.id))
        return str(self.events().filtered_domain([(name, '=', value) for name, value in values.items()]).moment)

    def test_hour_of_a_hold_is_of_its_day_in_the_company(self):
        """What is written half an hour after midnight in Paris happened then, not a day later."""
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.account.id, 'kind': 'other', 'date_from': '2026-06-11'})
        for zone, written, expected in (
                ('Europe/Paris', '2026-06-10 22:30:00', '2026-06-10 22:30:00'),
                ('Europe/Paris', '2026-06-11 21:59:00', '2026-06-11 21:59:00'),
                ('Europe/Paris', '2026-06-11 22:00:00', '2026-06-11 10:00:00'),  # the day after: noon
                ('Europe/Paris', '2026-05-02 08:00:00', '2026-06-11 10:00:00'),  # set in advance
                ('Pacific/Kiritimati', '2026-06-10 10:00:00', '2026-06-10 10:00:00'),
                ('Pacific/Kiritimati', '2026-06-11 10:00:00', '2026-06-10 22:00:00'),
                ('US/Hawaii', '2026-06-12 09:59:00', '2026-06-12 09:59:00'),
                ('US/Hawaii', '2026-06-11 09:59:00', '2026-06-11 22:00:00')):
            self.company.dunning_tz = zone
            with self.subTest(zone=zone, written=written):
                self.assertEqual(self.moment(hold, written), expected)

    def test_hour_of_a_lifted_hold(self):
        hold = self.env['leanpay.hold'].create({'debtor_id': self.account.id, 'kind': 'other'})
        self.go_to(TODAY + timedelta(days=1), at=time(23, 30))
        hold.action_lift()
        self.assertEqual(self.moment(hold, '2026-03-11 23:30:00', kind='lifted'), '2026-03-11 23:30:00')
        self.assertEqual(self.moment(hold, '2026-04-01 08:00:00', kind='lifted'), '2026-03-12 11:00:00')

    def test_hold_ends_at_midnight_in_its_company(self):
        self.env['leanpay.hold'].create({
            'debtor_id': self.account.id, 'kind': 'other', 'date_until': TODAY + timedelta(days=3)})
        for user_zone in ('Pacific/Kiritimati', 'US/Hawaii'):
            self.env.user.tz = user_zone
            self.go_to(TODAY + timedelta(days=3), at=time(22, 59))
            self.assertEqual(self.events().mapped('kind'), ['hold'])
            self.go_to(TODAY + timedelta(days=3), at=time(23, 0))
            ended = self.events().filtered(lambda event: event.kind == 'expired')
            self.assertEqual(str(ended.moment), '2026-03-13 23:00:00')

    def test_hour_of_a_reminder_that_did_not_leave(self):
        self.plan()
        reminder = self.pending(self.customer)
        self.assertEqual(self.moment(reminder, '2026-03-09 23:05:00'), '2026-03-09 23:05:00')
        self.assertEqual(self.moment(reminder, '2026-03-10 23:05:00'), '2026-03-10 11:00:00')

    # === WHO SEES IT === #

    def test_who_may_read(self):
        self.send(self.customer)
        self.answer()
        reader, stranger = (
            mail_new_test_user(
                self.env, login=f'{group}@timeline.example', groups=group, company_id=self.company.id,
                company_ids=self.company.ids) for group in ('account.group_account_readonly', 'base.group_user'))
        events = self.events()
        self.assertEqual(
            events.with_user(reader).mapped('title'), [event.title for event in events])
        for event in events:
            with self.assertRaises(AccessError):
                event.with_user(stranger).read(['title'])
            with self.assertRaises(AccessError):
                event.with_user(reader).unlink()

    def test_each_company_has_its_own(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = other.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        theirs.message_post(message_type='email', body="To them", author_id=self.customer.id)
        reader = mail_new_test_user(
            self.env, login='reader@timeline.example', groups='account.group_account_readonly',
            company_id=self.company.id, company_ids=self.company.ids)
        self.env.flush_all()
        events = self.env['leanpay.timeline.event'].search([('debtor_id', 'in', (theirs | self.account).ids)])
        self.assertEqual(events.debtor_id, theirs)
        self.assertFalse(events.search([('debtor_id', '=', theirs.id)]).with_user(reader)._filtered_access('read'))
        self.assertFalse(events.with_user(reader).search([('debtor_id', '=', theirs.id)]))

    # === SPEED === #

    def test_queries_do_not_follow_the_events(self):
        def read(debtor):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            debtor.timeline_ids.read(['kind', 'title', 'detail', 'moment', 'amount', 'state', 'outcome', 'user_id'])
            return self.env.cr.sql_log_count - before

        def happen():
            self.answer()
            self.call('action_no_answer')
            self.env['leanpay.hold'].create({
                'debtor_id': self.account.id, 'kind': 'other', 'date_until': self._day,
                'item_ids': [(6, 0, self.item(self.invoice).ids)]}).action_lift()

        self.send(self.customer)
        happen()
        read(self.account)
        few = read(self.account)
        for _time in range(15):
            happen()
            self.days_later(1)
            self.send(self.customer)
        self.assertGreater(len(self.events()), 50)
        self.assertEqual(read(self.account), few)
