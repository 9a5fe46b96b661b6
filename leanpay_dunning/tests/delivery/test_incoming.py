from datetime import timedelta
from email.message import EmailMessage

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import TODAY
from .common import SmtpCase

ANSWER = "Read the customer's answer"
REPLACE = "Replace the e-mail address that refuses our messages"

DSN = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@client.example>
To: bounce@relances.example
Subject: {subject}
Message-ID: <dsn-{number}@client.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--part
Content-Type: message/rfc822

Message-ID: {message_id}
From: compta@vendeur.example
To: {address}
Subject: reminder

text
--part--
"""


@tagged('post_install', '-at_install')
class TestIncoming(SmtpCase):
    """What comes back: answers, machines' answers, and bounces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha, cls.beta = cls.ledger.customer("Alpha"), cls.ledger.customer("Beta")
        cls.invoice = cls.ledger.invoice(cls.alpha, 120, TODAY - timedelta(days=4))
        cls.ledger.invoice(cls.beta, 80, TODAY - timedelta(days=4))

    def setUp(self):
        super().setUp()
        self.number = 0
        self.sent = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        self.account = self.debtor(self.alpha)

    def _answer(self, to=None, references=True, headers=(), sender='alpha@client.example', **values):
        """Let the customer answer the message that was received."""
        received = self.received('alpha@client.example')
        self.number += 1
        answer = EmailMessage()
        answer['From'], answer['To'] = sender, to or received['Reply-To']
        answer['Subject'] = values.get('subject', f"Re: {received['Subject']}")
        answer['Message-ID'] = f'<answer-{self.number}@client.example>'
        if references:
            answer['In-Reply-To'] = answer['References'] = received['Message-Id']
        for name, value in headers:
            answer[name] = value
        answer.set_content(values.get('text', "Nous payons vendredi."))
        return self._process(answer.as_string())

    def _bounce(self, reminder=None, address='alpha@client.example', action='failed', status='5.1.1'):
        """Let the customer's server say that it does not take the message."""
        self.number += 1
        self._process(DSN.format(
            subject="Undelivered", number=self.number, address=address, action=action, status=status,
            message_id=(reminder or self.sent).message_id))

    def _process(self, text):
        with mute_logger('odoo.addons.mail.models.mail_thread'):
            return self.env['mail.thread'].message_process(None, text)

    # === ANSWERS === #

    def test_answer_pauses(self):
        self._answer()
        answer = self.account.message_ids.filtered(lambda message: message.message_type == 'email')
        self.assertIn("Nous payons vendredi.", answer.body)
        self.assertEqual(answer.author_id, self.alpha)
        self.assertEqual((self.sent.state, self.sent.outcome), ('sent', 'replied'))
        self.assertEqual(self.account.hold_ids.mapped('kind'), ['reply'])
        self.assertEqual(self.activities(self.account), [ANSWER])
        self.assertFalse(self.debtor(self.beta).hold_ids, "nobody else is paused")

    def test_answer_is_read_and_proposed(self):
        self._answer(text="Bonjour,\nLe virement sera effectué vendredi.\n\n> Nous contestons\n")
        self.assertRecordValues(self.account.reply_ids, [{
            'proposed_kind': 'promise', 'proposed_date': TODAY + timedelta(days=3), 'state': 'to_read',
            'sentence': "Le virement sera effectué vendredi.", 'reminder_id': self.sent.id,
            'item_ids': self.ledger.items(self.invoice).ids}])

    def test_out_of_office_without_headers(self):
        self._answer(text="Bonjour, je suis absent du bureau et de retour le 17 mars.")
        self.assertFalse(self.account.hold_ids)
        self.assertFalse(self.account.reply_ids)
        self.assertTrue(self.account.message_ids.filtered(lambda message: message.message_type == 'email'))

    def test_paused_until_somebody_has_read_it(self):
        self._answer()
        self.days_later(20)
        self.assertEqual(self.plan().partner_id, self.beta)
        self.assertEqual(self.why(self.invoice), 'blocked')
        self.account.action_resume()
        self.assertEqual(self.why(self.invoice), 'remind')
        reminder = self.plan().filtered(lambda r: r.partner_id == self.alpha and not r.primary_id)
        self.assertEqual(reminder.level, '2')

    def test_answer_voids_what_was_about_to_leave(self):
        self.days_later(11)
        planned = self.plan().filtered(lambda r: r.partner_id == self.alpha)
        self._answer()
        self.assertEqual(set(planned.mapped('state')), {'void'})
        self.assertIn("hold", planned[0].void_reason)
        self.catcher.messages.clear()
        self.deliver()
        self.assertEqual(self.catcher.to('alpha@client.example'), [])

    def test_second_answer_changes_nothing(self):
        self._answer()
        self._answer()
        self.assertEqual(len(self.account.hold_ids), 1)
        self.assertEqual(self.activities(self.account), [ANSWER])

    def test_answer_from_a_colleague(self):
        self._answer(sender='somebody.else@client.example')
        self.assertEqual(self.sent.outcome, 'replied')
        self.assertEqual(self.account.hold_ids.mapped('kind'), ['reply'])

    def test_internal_user_answers_nothing(self):
        """What somebody of the seller writes to the thread is no answer of the customer."""
        user = self.env['res.users'].create({
            'name': "Colleague", 'login': 'colleague', 'email': 'colleague@vendeur.example'})
        self._answer(sender=user.email)
        self.assertIn("Nous payons vendredi.", self.account.message_ids[0].body)
        self.assertFalse(self.account.hold_ids)
        self.assertFalse(self.sent.outcome)
        self.assertEqual(self.activities(self.account), [])

    def test_subject_is_text(self):
        self._answer(subject='<img src="x" onerror="alert(1)"> & co')
        note = self.account.activity_ids.note
        self.assertIn("&lt;img", note)
        self.assertNotIn("<img", note)

    # === MACHINES === #

    def test_out_of_office_does_not_pause(self):
        for headers in ([('Auto-Submitted', 'auto-replied')], [('Auto-Submitted', 'auto-generated; owner="x"')],
                        [('X-Autoreply', 'yes')], [('X-Autorespond', 'holidays')]):
            with self.subTest(headers=headers):
                self._answer(subject="Absence", headers=headers)
                self.assertFalse(self.account.hold_ids)
                self.assertFalse(self.sent.outcome)
                self.assertEqual(self.activities(self.account), [])
        kept = self.account.message_ids.filtered(lambda message: message.message_type == 'email')
        self.assertEqual(len(kept), 4, "it is kept in the history all the same")

    def test_a_person_who_says_so_is_no_machine(self):
        self._answer(headers=[('Auto-Submitted', 'no')])
        self.assertEqual(self.account.hold_ids.mapped('kind'), ['reply'])

    def test_out_of_office_sent_to_the_return_path(self):
        """Where RFC 3834 wants it: the address of bounces. It is none."""
        self._answer(to='bounce@relances.example', subject="Absence", headers=[('Auto-Submitted', 'auto-replied')])
        self.assertEqual(self.sent.state, 'sent')
        self.assertFalse(self.account.hold_ids)

    # === BOUNCES === #

    def test_bounce_does_not_count(self):
        self._bounce()
        self.assertEqual(self.sent.state, 'bounced')
        self.assertIn('alpha@client.example', self.sent.error)
        self.assertEqual(set(self.sent.line_ids.mapped('counts')), {False}, "the step is free again")
        self.assertFalse(self.ledger.items(self.invoice).dunning_level)
        self.assertEqual(self.account.bounced_email, 'alpha@client.example')
        self.assertEqual(self.account.hold_ids.mapped('kind'), ['bounce'])
        self.assertEqual(self.activities(self.account), [REPLACE])
        self.assertEqual(self.reminders(self.beta).state, 'sent')

    def test_bounce_does_not_climb(self):
        self._bounce()
        self.catcher.clear()
        for _day in range(6):
            self.days_later(15)
            self.plan().filtered(lambda r: r.partner_id == self.alpha).action_approve()
            self.deliver()
        self.assertEqual(self.catcher.to('alpha@client.example'), [])
        self.assertEqual(self.reminders(self.alpha), self.sent)

    def test_repaired_address_gets_the_same_step(self):
        self._bounce()
        self.days_later(20)
        self.account.accounting_email = 'tresorerie@client.example'
        self.account.action_resume()
        self.plan_and_deliver()
        again = self.reminders(self.alpha)[-1]
        self.assertEqual((again.level, again.state), ('1', 'sent'), "the first level was never read")
        self.assertEqual(len(self.catcher.to('tresorerie@client.example')), 1)
        self.assertEqual(len(self.catcher.to('alpha@client.example')), 1)

    def test_repaired_on_the_customers_form(self):
        self._bounce()
        self.alpha.email = 'new@client.example'
        self.account.action_resume()
        self.plan_and_deliver()
        self.assertEqual(len(self.catcher.to('new@client.example')), 1)

    def test_resumed_without_repair(self):
        """The address that bounced is not used again: the next channel is, and the repair stays asked."""
        self._bounce()
        self.account.action_resume()
        self.plan_and_deliver()
        again = self.reminders(self.alpha)[-1]
        self.assertEqual((again.channel, again.state, again.level), ('letter', 'todo', '1'))
        self.assertEqual(len(self.catcher.to('alpha@client.example')), 1)

    def test_a_delay_is_no_bounce(self):
        """`Action: delayed` only says that the customer's server is still being tried."""
        self._bounce(action='delayed', status='4.4.1')
        self.assertEqual(self.sent.state, 'sent')
        self.assertFalse(self.account.hold_ids)
        self.assertFalse(self.account.bounced_email)

    def test_bounce_of_an_uncertain_message(self):
        """It did leave, then: it is known now that nobody read it."""
        self.sent.write({'state': 'uncertain'})
        self._bounce()
        self.assertEqual(self.sent.state, 'bounced')

    def test_bounce_twice(self):
        self._bounce()
        self._bounce()
        self.assertEqual(self.activities(self.account), [REPLACE])
        self.assertEqual(len(self.account.hold_ids), 1)

    def test_bounce_of_an_older_message(self):
        """The message that came back is the one its Message-ID names, not the last one."""
        self.days_later(11)
        self.plan_and_deliver()
        later = self.reminders(self.alpha).filtered(lambda r: r.level == '2' and r.channel == 'email')
        self.assertEqual(later.state, 'sent')
        for _time in range(2):
            self._bounce(self.sent)
            self.assertEqual(self.sent.state, 'bounced')
            self.assertEqual(later.state, 'sent')
