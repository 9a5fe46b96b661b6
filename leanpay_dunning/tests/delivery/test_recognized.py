from datetime import timedelta
from email import message_from_bytes, policy

from odoo.tests import tagged

from ...models.mail_thread import _own_message_ids
from ..common import TODAY
from .common import SmtpCase

# An answer to which somebody else's message is attached.
FORWARDED = """\
From: alpha@client.example
To: compta@vendeur.example
Subject: Re: your invoice
Message-ID: <answer@client.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain

Nous contestons.
--part
Content-Type: message/rfc822

From: old@client.example
Subject: old
{header}
Content-Type: text/plain

hello
--part--
"""


def read(text):
    """Return a message as Odoo's mail gateway reads it."""
    return message_from_bytes(text.encode(errors='surrogateescape'), policy=policy.SMTP)


@tagged('post_install', '-at_install')
class TestRecognized(SmtpCase):
    """Which headers of what comes in name a reminder, and that none of them, however odd, loses the message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        alpha = cls.ledger.customer("Alpha")
        cls.ledger.invoice(alpha, 120, TODAY - timedelta(days=4))

    def doubtful(self):
        """Return a reminder that left, and whose worker died before it could write so."""
        reminder = self.reminders() or self.plan_and_deliver()
        reminder.mail_message_id.unlink()
        reminder.write({'state': 'uncertain', 'mail_message_id': False})
        return reminder

    def parse(self, text):
        """Return what Odoo makes of a message."""
        return self.env['mail.thread'].message_parse(read(text))

    def test_every_header_that_names_a_reminder(self):
        for name in ('Message-ID', 'In-Reply-To', 'References', 'X-Microsoft-Original-Message-ID'):
            with self.subTest(header=name):
                reminder = self.doubtful()
                self.parse(FORWARDED.format(header=f"{name}: {reminder.message_id}"))
                self.assertEqual(reminder.state, 'sent')
                self.assertEqual(reminder.mail_message_id.message_id, reminder.message_id)

    def test_another_header(self):
        reminder = self.doubtful()
        self.parse(FORWARDED.format(header=f"Comments: {reminder.message_id}"))
        self.assertEqual(reminder.state, 'uncertain')

    def test_odd_headers_lose_nothing(self):
        """Python fails to read the first of them."""
        for value in ('<;:', '<', '=?utf-8?b?a?= <x', '=?none?q?=ff?= \udcff', ''):
            for name in ('Message-Id', 'In-Reply-To', 'References'):
                with self.subTest(header=name, value=value):
                    values = self.parse(FORWARDED.format(header=f"{name}: {value}"))
                    self.assertIn("Nous contestons.", values['body'])

    def test_folded(self):
        """Long ones come folded, in encoded words when a program takes them for text."""
        own = f"<{'0' * 24}.leanpay-reminder-7@relances.example>"
        encoded = own.replace('<', '=3C').replace('@', '=40').replace('>', '=3E')
        for value in (f"<first@client.example>\n {own}", f"=?utf-8?q?{encoded[:30]}?=\n =?utf-8?q?{encoded[30:]}?="):
            self.assertEqual(_own_message_ids(read(FORWARDED.format(header=f"References: {value}"))), {own})
