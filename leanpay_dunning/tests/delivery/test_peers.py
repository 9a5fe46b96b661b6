from datetime import date, time, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import TODAY, Ledger
from .common import SmtpCase


@tagged('post_install', '-at_install')
class TestPeers(SmtpCase):
    """What went wrong for the users of other systems. Each test names the thread where they told it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha = cls.ledger.customer("Alpha")
        cls.late = TODAY - timedelta(days=4)

    def _invoice(self, amount=100, due=None, **values):
        return self.ledger.invoice(values.pop('partner', self.alpha), amount, due or self.late, **values)

    # === SENT TWICE OR TOO OFTEN === #

    def test_one_message_per_customer(self):
        """metasfresh#5379, OCA/credit-control#21, erpnext#12429: one mail per invoice, or per level."""
        for late in (4, 9, 20, 40):
            self._invoice(due=TODAY - timedelta(days=late))
        reminder = self.plan_and_deliver()
        self.assertEqual(len(reminder), 1)
        self.assertEqual(len(reminder.line_ids), 4)
        self.assertEqual(len(self.catcher.messages), 1)

    def test_unprocessed_runs_are_no_history(self):
        """adempiere#2365: runs that were never processed counted as reminders."""
        invoice = self._invoice()
        self.company.dunning_approved = False
        for _day in range(5):
            self.plan()
            self.days_later(12)
        self.assertFalse(self.ledger.items(invoice).dunning_level)
        self.assertEqual([r.level for r in self.reminders() if r.state == 'planned'], ['1'])

    def test_planned_again_when_not_sent(self):
        """OCA account_credit_control 19: `to_be_sent` and `error` count as levels reached, dated by the run."""
        invoice = self._invoice()
        self.catcher.script['*'] = 'refuse'
        self.plan_and_deliver()
        self.days_later(30)
        self.plan_and_deliver()
        self.assertFalse(self.ledger.items(invoice).dunning_level)
        self.assertFalse(self.debtor(self.alpha).last_contact_date)
        self.catcher.clear()
        self.reminders().action_retry()
        self.deliver()
        self.days_later(5)
        self.assertFalse(self.plan(), "the gap counts from the day it was really sent")

    # === NOT SENT AT ALL === #

    def test_server_down_on_the_day(self):
        """invoiceninja#2183, #637, Dolibarr#25197: `date == today`, and the reminder of that day never leaves."""
        invoice = self._invoice(due=TODAY - timedelta(days=3))
        for down in range(1, 12):
            with self.subTest(days=down), self.env.cr.savepoint() as savepoint:
                self.go_to(TODAY + timedelta(days=down))
                self.plan_and_deliver()
                self.assertEqual(self.ledger.items(invoice).dunning_level, '1')
                savepoint.rollback()
                self.env.invalidate_all()

    def test_sign_of_the_delay(self):
        """Dolibarr#30771: letters for 60 days late left 60 days before the due date."""
        invoice = self._invoice(due=TODAY + timedelta(days=6))
        self.assertFalse(self.plan())
        self.days_later(1)  # five days before: the preventive step
        self.assertEqual(self.plan_and_deliver().level, '0')
        self.days_later(5)  # the due date itself
        self.assertFalse(self.plan())
        self.days_later(2)
        self.assertFalse(self.plan())
        self.days_later(1)  # three days late
        self.assertEqual(self.plan_and_deliver().level, '1')
        self.assertEqual(self.ledger.items(invoice).dunning_level, '1')

    def test_one_bad_customer(self):
        """Dolibarr#34656: one bad invoice stops all the later ones."""
        self._invoice()
        beta = self.ledger.customer("Beta")
        self._invoice(partner=beta)
        self.step(1).mail_template_id.subject = "{{ 1 / (object.partner_id.name != 'Alpha') }}"
        self.step(1).mail_template_id.with_context(lang='fr_FR').subject = self.step(1).mail_template_id.subject
        self.plan_and_deliver()
        self.assertEqual(self.reminders(self.alpha).state, 'failed')
        self.assertEqual(self.reminders(beta).state, 'sent')

    def test_others_stay_eligible(self):
        """OCA/credit-control#460: reminding one invoice hides the customer's others for the whole interval."""
        first = self._invoice()
        hold = self.env['leanpay.hold']
        second = self._invoice(due=TODAY - timedelta(days=8))
        self.plan()
        held = hold.create({'debtor_id': self.debtor(self.alpha).id,
                            'item_ids': [Command.set(self.ledger.items(second).ids)]})
        self.plan_and_deliver()
        self.assertEqual(self.ledger.items(first | second).mapped('dunning_level'), [False, '1'])
        held.action_lift()
        self.days_later(1)
        self.plan_and_deliver()
        self.assertEqual(self.ledger.items(second).dunning_level, '1')
        self.assertEqual(len(self.catcher.messages), 2)

    def test_a_line_keeps_its_message(self):
        """OCA/credit-control#116: a new message takes the lines of one on its way, which is never marked sent."""
        invoice = self._invoice()
        self.plan_and_deliver()
        first = self.reminders()
        self.days_later(11)
        self.plan_and_deliver()
        self.assertEqual(first.line_ids.move_line_id, self.ledger.items(invoice))
        self.assertEqual(self.reminders()[1].line_ids.move_line_id, self.ledger.items(invoice))
        self.assertEqual(first.state, 'sent')

    def test_oldest_of_three_is_paid(self):
        """killbill#2297: the next look was anchored on the last one, and a state was skipped."""
        invoices = [self._invoice(due=TODAY - timedelta(days=late)) for late in (14, 6, 3)]
        self.plan_and_deliver()
        self.ledger.payment(self.ledger.items(invoices[0]), 100)
        for _day in range(30):
            self.days_later(1)
            self.plan().action_approve()
            self.deliver()
        lines = self.reminders().line_ids.filtered('step_id').grouped('move_line_id')
        self.assertEqual(
            [lines[self.ledger.items(invoice)].step_id.mapped('level') for invoice in invoices],
            [['1'], ['1', '2', '3'], ['1', '2', '3']])

    def test_midnight(self):
        """invoiceninja#8665, #5860, #11692: the reminder's day is not the server's."""
        invoice = self._invoice(due=TODAY)  # level 1 is due on the 13th
        for zone, at, day, due in (
            ('Pacific/Pago_Pago', time(10, 59), date(2026, 3, 13), False),  # still the 12th there (UTC-11)
            ('Pacific/Pago_Pago', time(11, 1), date(2026, 3, 13), True),
            ('Pacific/Kiritimati', time(9, 59), date(2026, 3, 12), False),  # UTC+14
            ('Pacific/Kiritimati', time(10, 1), date(2026, 3, 12), True),  # the 13th already
            ('Europe/Paris', time(22, 59), date(2026, 3, 12), False),
            ('Europe/Paris', time(23, 1), date(2026, 3, 12), True),
        ):
            with self.subTest(zone=zone, at=at), self.env.cr.savepoint() as savepoint:
                self.company.dunning_tz = zone
                self.go_to(day, at)
                self.assertEqual(len(self.plan()), int(due))
                self.deliver()
                reminder = self.reminders()
                self.assertEqual(reminder.mapped('sent_date'), [date(2026, 3, 13)] if due else [])
                self.assertEqual(reminder.line_ids.mapped('days_late'), [3] if due else [])
                self.assertEqual(self.ledger.items(invoice).dunning_level, '1' if due else False)
                savepoint.rollback()
                self.env.invalidate_all()
                self.catcher.clear()

    def test_window_in_the_companys_time(self):
        """invoiceninja#8974: an hour off, because the window was the server's."""
        self._invoice()
        self.company.write({'dunning_tz': 'Pacific/Kiritimati', 'dunning_window_start': 8, 'dunning_window_end': 18})
        self.go_to(TODAY, time(17, 59))  # 7:59 of the next day there
        self.assertFalse(self.company._dunning_window_open())
        self.go_to(TODAY, time(18, 1))
        self.assertTrue(self.company._dunning_window_open())

    def test_every_event_is_heard(self):
        """killbill#472, #695: the balance changed by an event that nobody listened to."""
        invoice = self._invoice()
        item = self.ledger.items(invoice)
        self.plan()
        debtor = self.debtor(self.alpha)

        def heard(event, *args, **kwargs):
            self.env['leanpay.planner']._refresh(debtor)
            self.assertFalse(debtor.stale)
            result = event(*args, **kwargs)
            debtor.invalidate_recordset()
            self.assertTrue(debtor.stale)
            return result
        payment = heard(self.ledger.payment, item, 40)
        heard(item.remove_move_reconcile)
        heard(payment.button_draft)
        heard(payment.button_cancel)
        heard(self._invoice, 30, due=TODAY, kind='out_refund')
        heard(self.ledger.receipt, self.alpha, 10)
        heard(invoice.button_draft)
        heard(invoice.action_post)
        heard(self.env['leanpay.hold'].create, {'debtor_id': debtor.id})
        heard(self.alpha.action_archive)

    # === WRONG AMOUNT OR CURRENCY === #

    def test_three_currencies(self):
        """erpnext#56006: an amount in euros shown with dollars. One message per currency, in its own money."""
        dollar, yen = self.ledger.currency('USD', 1.1), self.ledger.currency('JPY', 160)
        self._invoice(100)
        self._invoice(220, currency=dollar)
        self._invoice(16000, currency=yen)
        self.ledger.payment(self.ledger.items(self._invoice(50, currency=dollar)), 20)
        reminders = self.plan_and_deliver()
        self.assertEqual(
            {r.currency_id.name: r.amount_total for r in reminders}, {'EUR': 100, 'USD': 250, 'JPY': 16000})
        self.assertEqual(set(reminders.mapped('state')), {'sent'})
        subjects = [message['Subject'].replace('\xa0', ' ').replace('\u202f', ' ') for message in self.catcher.messages]
        for amount in ("100,00 €", "$ 250,00", "¥ 16 000"):
            self.assertEqual(len([s for s in subjects if amount in s]), 1, (amount, subjects))
        for reminder in reminders:
            self.assertEqual(sum(reminder.line_ids.mapped('amount_due')), reminder.amount_total)
            self.assertEqual(reminder.line_ids.currency_id, reminder.currency_id)

    def test_rate_that_moved(self):
        """Review of erpnext#56883: the balance is never converted back at another rate."""
        dollar = self.ledger.currency('USD', 1.1)
        invoice = self._invoice(330, currency=dollar)
        self.env['res.currency.rate'].create({
            'currency_id': dollar.id, 'company_id': self.company.id, 'rate': 1.5, 'name': TODAY})
        self.ledger.payment(self.ledger.items(invoice), 30)
        self.assertEqual(self.plan_and_deliver().amount_total, 300)

    def test_distinct_amounts(self):
        """erpnext#42605, #46650: each row took the balance of the last one."""
        amounts = [12.34, 1000, 77.7]
        invoices = [self._invoice(amount) for amount in amounts]
        lines = self.plan_and_deliver().line_ids
        self.assertEqual(
            {line.reference: line.amount_due for line in lines},
            {invoice.name: amount for invoice, amount in zip(invoices, amounts, strict=True)})

    def test_total_asked_is_the_balance(self):
        """OCA/credit-control#457, #501, #497, #438: the letter printed the total instead of the balance."""
        self.step(1).channel = 'letter'
        invoice = self._invoice(1000)
        self.ledger.payment(self.ledger.items(invoice), 400)
        reminder = self.plan_and_deliver()
        self.assertEqual((reminder.amount_total, reminder.line_ids.amount_due), (600, 600))
        self.assertEqual(reminder.line_ids.amount_total, 1000)

    def test_minimum_in_another_currency(self):
        """OCA account_credit_control 19: the tolerance is converted the wrong way round (0.1 EUR made 0.0006 JPY)."""
        yen = self.ledger.currency('JPY', 160)
        self.scenario.minimum_amount = 10
        self._invoice(1600, currency=yen)
        self.assertFalse(self.plan(), "ten euros are sixteen hundred yen")
        self._invoice(1, currency=yen)
        self.assertEqual(self.plan().amount_total, 1601)

    def test_minimum_counts_what_is_left(self):
        """Lago: the threshold used the whole amount, the request what was left of it."""
        self.scenario.minimum_amount = 10
        invoice = self._invoice(1000)
        self.ledger.payment(self.ledger.items(invoice), 990)
        self.assertFalse(self.plan())

    def test_middle_one_unpaid(self):
        """erpnext#41752: the status of the last row decided that the dunning was resolved."""
        invoices = [self._invoice(amount) for amount in (10, 20, 30)]
        for invoice in (invoices[0], invoices[2]):
            self.ledger.payment(self.ledger.items(invoice), invoice.amount_total)
        reminder = self.plan_and_deliver()
        self.assertEqual((reminder.amount_total, reminder.line_ids.reference), (20, invoices[1].name))

    def test_instalments(self):
        """odoo#165199, OCA/credit-control#374: the unit is the instalment, not the invoice."""
        due = [TODAY - timedelta(days=34), TODAY - timedelta(days=4), TODAY + timedelta(days=26)]
        invoice = self._invoice(300, due=due)
        reminder = self.plan_and_deliver()
        self.assertEqual(reminder.line_ids.mapped('date_due'), due[:2])
        self.assertEqual(reminder.amount_total, 200)
        items = self.ledger.items(invoice)
        self.assertEqual(items.mapped('dunning_level'), ['1', '1', False])
        self.ledger.payment(items[0], 100)
        self.days_later(11)
        later = self.plan_and_deliver().filtered(lambda r: not r.primary_id)
        self.assertEqual((later.amount_total, later.level), (100, '2'))
        self.days_later(12)  # three days before the third one is due: its own first step, with the second one
        third = self.plan().filtered(lambda r: not r.primary_id)
        self.assertEqual(third.line_ids.filtered('step_id').move_line_id, items[2])

    # === WRONG RECIPIENT, LANGUAGE, SENDER === #

    def test_invoice_contact(self):
        """OCA/credit-control#343, still live in 19.0: channel chosen from one contact, message sent to another."""
        self.alpha.email = False
        contact = self.env['res.partner'].create({
            'name': "Comptabilité", 'parent_id': self.alpha.id, 'type': 'invoice', 'email': 'factures@alpha.example',
            'lang': 'en_US'})
        self._invoice()
        reminder = self.plan_and_deliver()
        self.assertEqual((reminder.channel, reminder.contact_id, reminder.lang), ('email', contact, 'en_US'))
        self.assertIn("reminder", self.received('factures@alpha.example')['Subject'])

    def test_dunning_contact_of_each_company(self):
        """odoo#62141, metasfresh#15516: the invoice address is a robot, reminders are for a human."""
        robot, human = self.env['res.partner'].create([
            {'name': "Robot", 'parent_id': self.alpha.id, 'type': 'invoice', 'email': 'robot@alpha.example'},
            {'name': "Mme Petit", 'parent_id': self.alpha.id, 'type': 'other', 'email': 'petit@alpha.example'}])
        self._invoice(partner=robot)
        self.plan()
        self.debtor(self.alpha).contact_id = human
        self.deliver()
        self.received('petit@alpha.example')
        self.assertEqual(self.catcher.to('robot@alpha.example'), [])

    def test_whole_batch_has_its_contacts(self):
        """OCA/credit-control#566: a `return` inside the loop, and the rest of the batch has no contact."""
        partners = [self.ledger.customer(f"client{number}") for number in range(5)]
        for partner in partners:
            self._invoice(partner=partner)
        self.plan_and_deliver()
        for partner in partners:
            self.received(partner.email)

    def test_empty_template(self):
        """kivitendo#703, OCA/credit-control#443: an empty text is sent empty."""
        self._invoice()
        self.step(1).mail_template_id.with_context(lang='fr_FR').subject = '{{ object.outcome_note or "" }}'
        self.plan_and_deliver()
        self.assertEqual(self.reminders().state, 'failed')
        self.assertFalse(self.catcher.messages)

    # === RIGHTS === #

    def test_collector_sends(self):
        """OCA/credit-control#287, AIOR f73527cb: AccessError for users with less rights, on mails above all."""
        collector = mail_new_test_user(
            self.env, login='collector', groups='leanpay_dunning.group_collections_user', email='c@vendeur.example',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        self._invoice()
        self.plan().with_user(collector).action_send_now()
        self.assertEqual(self.reminders().state, 'sent')
        self.received('alpha@client.example')

    def test_employee_does_not_send(self):
        """om_account_followup: the sending dialog is open to every employee."""
        employee = mail_new_test_user(
            self.env, login='employee', groups='base.group_user', email='e@vendeur.example',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        self._invoice()
        with self.assertRaises(AccessError):
            self.plan().with_user(employee).action_send_now()
        self.assertFalse(self.catcher.messages)

    # === TWO COMPANIES === #

    def _other_company(self):
        other = Ledger(self.env, "Autre SARL", email='contact@autre.example', dunning_scenario_id=self.scenario.id)
        other.alias_domain('autre.example')
        return other

    def test_two_companies_one_customer(self):
        """odoo#9917, odoo#31614, odoo#82364: the other company's lines, level, header."""
        other = self._other_company()
        mine, theirs = self._invoice(100), other.invoice(self.alpha.with_env(other.env), 700, self.late)
        both = self.env(context={**self.env.context, 'allowed_company_ids': [self.company.id, other.company.id]})
        self.ledger.run(TODAY)
        other.run(TODAY)
        delivery = both['leanpay.delivery']
        delivery.with_company(self.company)._deliver_company(self.company)
        self.assertEqual(len(self.catcher.messages), 1, "each company's outbox is its own")
        delivery.with_company(other.company)._deliver_company(other.company)
        first, second = self.catcher.to('alpha@client.example')
        self.assertEqual(first['From'], 'Vendeur SAS <compta@vendeur.example>')
        self.assertEqual(second['From'], 'Autre SARL <contact@autre.example>')
        self.assertEqual(second['Reply-To'], 'Autre SARL <catchall@autre.example>')
        self.assertEqual(second.envelope_from, 'bounce@autre.example')
        self.assertIn('@autre.example', second['Message-Id'])
        mail = second.get_body(('plain',)).get_content().replace('\xa0', ' ')
        self.assertIn("700,00", mail)
        self.assertNotIn("100,00", mail)
        self.assertNotIn("Vendeur", mail)
        debtors = both['leanpay.debtor'].search([('partner_id', '=', self.alpha.id)])
        self.assertEqual(len(debtors), 2)
        self.assertEqual(sorted(debtors.mapped('amount_overdue')), [100, 700])
        self.assertEqual(debtors.reminder_ids.line_ids.move_line_id, self.ledger.items(mine | theirs.with_env(both)))
        for reminder in debtors.reminder_ids:
            self.assertEqual(reminder.line_ids.company_id, reminder.company_id)

    def test_a_later_run_of_another_company(self):
        """OCA account_credit_control 19: a later run of company B blocks company A."""
        other = self._other_company()
        other.invoice(self.alpha.with_env(other.env), 700, self.late)
        other.run(TODAY + timedelta(days=20))
        self._invoice()
        self.plan_and_deliver()
        self.assertEqual(self.reminders().state, 'sent')

    def test_held_in_one_company(self):
        """A hold, a bounce, a level of one company say nothing about the other."""
        other = self._other_company()
        other.invoice(self.alpha.with_env(other.env), 700, self.late)
        self._invoice()
        self.plan()
        self.env['leanpay.hold'].create({'debtor_id': self.debtor(self.alpha).id})
        run = other.run(TODAY)
        self.assertEqual((run.planned_count, run.void_count), (1, 0))
        self.assertFalse(self.plan())
