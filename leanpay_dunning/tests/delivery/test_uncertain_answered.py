import signal
from email.message import EmailMessage

from odoo.tests import tagged

from .scratch import ScratchCase

WAS_IT_SENT = "Was this reminder sent?"
ANSWER = "Read the customer's answer"
REPLACE = "Replace the e-mail address that refuses our messages"

RETURNED = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@client.example>
To: bounce@relances.example
Subject: Undelivered
Message-ID: <dsn@client.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

It came back.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--part
Content-Type: {kind}

Message-ID: {message_id}
From: compta@vendeur.example
To: {address}
Subject: reminder

--part--
"""


@tagged('post_install', '-at_install')
class TestUncertainAnswered(ScratchCase):
    """The worker dies after the server took a message: what the customer answers still reaches their page."""

    customers = 2

    def setUp(self):
        super().setUp()
        self.restart(debtors=True)  # an address that refused a message is not used again
        answer = self.ask({'do': 'deliver', 'kill': 'answered', 'at': 0})
        self.assertEqual(answer, {'signal': signal.SIGKILL})
        [self.message] = self.catcher.messages
        [self.address] = self.message.envelope_to

    def answer(self, number=1, **headers):
        """Return an answer to the message, as the customer's program writes it."""
        answer = EmailMessage()
        answer['From'], answer['To'] = self.address, self.message['Reply-To']
        answer['Subject'] = f"Re: {self.message['Subject']}"
        answer['Message-ID'] = f'<answer-{number}@client.example>'
        answer['In-Reply-To'] = answer['References'] = self.message['Message-Id']
        for name, value in headers.items():
            answer[name.replace('_', '-')] = value
        answer.set_content("Nous payons vendredi.")
        return answer.as_string()

    def come_in(self, *texts):
        return self.do('incoming', texts=texts, email=self.address)

    def assert_thread(self, page, *kinds):
        """Check what is in the thread: the message as it was sent, once, then what came."""
        self.assertEqual([kind for kind, _id, _body in page['thread']], ['email_outgoing', *kinds])
        [_kind, message_id, body] = page['thread'][0]
        self.assertEqual(message_id, self.message['Message-Id'])
        self.assertRegex(body, r"10[01],00", "the text that the customer has read")

    def test_answer_pauses(self):
        state = self.do('again')
        self.assertEqual([reminder[0] for reminder in state['reminders']], ['uncertain', 'sent'])
        self.assertEqual(state['attention'], [WAS_IT_SENT])
        page = self.come_in(self.answer())
        self.assert_thread(page, 'email')
        self.assertIn("Nous payons vendredi.", page['thread'][1][2])
        self.assertEqual(page['reminders'], [['sent', 'replied']], "who answers has received it")
        self.assertTrue(page['linked'])
        self.assertEqual(page['holds'], ['reply'])
        self.assertEqual(page['attention'], [ANSWER], "nobody has to look for it any more")
        self.do('again')
        self.assertEqual(len(self.catcher.to(self.address)), 1)

    def test_answer_before_the_next_delivery(self):
        """It arrives while the reminder is still where the dead worker left it."""
        page = self.come_in(self.answer())
        self.assert_thread(page, 'email')
        self.assertEqual((page['reminders'], page['holds']), ([['sending', False]], ['reply']))
        state = self.do('again')
        self.assertEqual((state['reminders'][0][0], state['attention']), ('sent', [ANSWER]))

    def test_two_answers(self):
        page = self.come_in(self.answer(), self.answer(2))
        self.assert_thread(page, 'email', 'email')

    def test_machine_answers(self):
        """An out-of-office pauses nothing, and proves that the message arrived."""
        self.do('again')
        page = self.come_in(self.answer(Auto_Submitted='auto-replied'))
        self.assert_thread(page, 'email')
        self.assertEqual((page['reminders'], page['holds'], page['attention']), ([['sent', False]], [], []))

    def test_it_comes_back(self):
        for kind in ('message/rfc822', 'text/rfc822-headers'):
            with self.subTest(kind=kind):
                self.setUp()
                self.do('again')
                page = self.come_in(RETURNED.format(
                    address=self.address, message_id=self.message['Message-Id'], kind=kind))
                self.assert_thread(page)
                self.assertEqual(page['reminders'], [['bounced', False]])
                self.assertEqual((page['holds'], page['attention']), (['bounce'], [REPLACE]))

    def test_somebody_else_s_message_id(self):
        """A Message-ID that only looks like one of ours changes nothing."""
        self.do('again')
        forged = self.answer().replace(self.message['Message-Id'][1:25], '0' * 24)
        page = self.come_in(forged)
        self.assertEqual((page['thread'], page['reminders'], page['holds']), ([], [['uncertain', False]], []))

    def test_said_to_be_sent(self):
        """Somebody has found it in the server's log: the thread shows what was said."""
        self.do('again')
        page = self.do('was_sent', email=self.address)
        self.assert_thread(page)
        self.assertTrue(page['linked'])
        self.assert_thread(self.come_in(self.answer()), 'email')
