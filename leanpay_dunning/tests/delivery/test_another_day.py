"""What was planned, or tried, on one day and leaves on another says what is true then."""
import io
from datetime import timedelta

from pypdf import PdfReader

from odoo.tests import tagged

from ..common import TODAY
from .common import SmtpCase


@tagged('post_install', '-at_install')
class TestAnotherDay(SmtpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Alpha", lang='en_US')
        cls.first = cls.ledger.invoice(cls.customer, 500, TODAY - timedelta(days=4))
        cls.second = cls.ledger.invoice(cls.customer, 200, TODAY - timedelta(days=4))

    def setUp(self):
        super().setUp()
        # A server that stops answering once its messages are made: nothing is made for one that never answered.
        self.patch(self.registry['leanpay.delivery.mail'], '_server_answers', lambda _self, _company: True)

    def _letter_text(self, reminder):
        return ' '.join(page.extract_text() for page in PdfReader(io.BytesIO(reminder.letter_id.raw)).pages)

    def test_lateness_is_counted_when_it_leaves(self):
        self.step('1').approval = 'manual'
        self.plan()
        reminder = self.reminders(self.customer)
        self.assertEqual(set(reminder.line_ids.mapped('days_late')), {4})
        self.days_later(6)
        reminder.action_approve()
        self.deliver()
        self.assertEqual((reminder.state, set(reminder.line_ids.mapped('days_late'))), ('sent', {10}))
        self.assertIn("10 days late", self.received('alpha@client.example').get_body(('html',)).get_content())

    def test_a_letter_that_never_left_is_made_again(self):
        """Same number, figures of now; the outdated one is gone."""
        self.step('1').attach_letter = True
        port, self.mail_server.smtp_port = self.mail_server.smtp_port, 1
        self.plan_and_deliver()
        reminder = self.reminders(self.customer)
        tried, number = reminder.letter_id, reminder.letter_number
        self.assertEqual(reminder.state, 'approved')
        self.assertIn("700.00", self._letter_text(reminder))
        self.deliver()
        self.assertEqual(reminder.letter_id, tried, "nothing changed: the same paper")
        self.ledger.payment(self.ledger.items(self.second), 200)
        self.mail_server.smtp_port = port
        self.deliver()
        self.assertEqual(reminder.state, 'sent')
        self.assertFalse(tried.exists())
        self.assertEqual(reminder.letter_number, number)
        self.assertNotIn("700.00", self._letter_text(reminder))
        [attached] = self.received('alpha@client.example').iter_attachments()
        self.assertEqual(attached.get_content(), reminder.letter_id.raw)

    def test_papers_do_not_pile_up(self):
        self.step('1').write({'attach_letter': True, 'attach_statement': True})
        port, self.mail_server.smtp_port = self.mail_server.smtp_port, 1
        self.plan_and_deliver()
        for _time in range(3):
            self.deliver()
        reminder = self.reminders(self.customer)
        papers = self.env['ir.attachment'].search(
            [('res_model', '=', 'leanpay.reminder'), ('res_id', '=', reminder.id)])
        self.assertEqual(papers, reminder.attachment_ids)
        self.assertEqual(len(papers), 2)
        self.mail_server.smtp_port = port
        self.deliver()
        self.assertEqual(len(list(self.received('alpha@client.example').iter_attachments())), 2)
