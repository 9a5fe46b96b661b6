from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common_screens import ScreensCase
from .delivery.catcher import Catcher


@tagged('post_install', '-at_install')
class TestTour(ScreensCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catcher = Catcher().start()
        cls.addClassCleanup(cls.catcher.stop)
        servers = cls.env.registry['ir.mail_server']
        cls.startClassPatcher(patch.object(servers, '_disable_send', classmethod(lambda _cls: False)))
        cls.env['ir.mail_server'].sudo().create({
            'name': "Catcher", 'smtp_host': '127.0.0.1', 'smtp_port': cls.catcher.port, 'smtp_encryption': 'none'})

    def test_monday(self):
        """A collector's Monday, through the screens: what they did is what the records say afterwards."""
        call = self._hand_over_call()
        self._late_invoice(self._customer("Dorval on Time"), days=-40, amount=10)
        self.env['leanpay.debtor'].sudo()._ensure_for(self.company)
        self.env['leanpay.planner'].sudo()._refresh(
            self.env['leanpay.debtor'].sudo().search([('company_id', '=', self.company.id)]))
        self.start_tour('/odoo/collections', 'leanpay_monday_tour', login=self.collector.login)

        self.assertRecordValues(self.reminder, [{
            'state': 'sent', 'sent_date': self.today, 'approved_by_id': self.collector.id,
            'address': 'alba@customer.example.com'}])
        [message] = self.catcher.to('alba@customer.example.com')
        self.assertEqual(message['Message-ID'], self.reminder.message_id)
        self.assertIn(self.reminder.line_ids.reference, message.get_body(('html',)).get_content())
        self.assertRecordValues(call, [{'state': 'sent', 'outcome': 'promised', 'outcome_note': "Transfer this week"}])
        calendar = self.company._dunning_window().calendar
        self.assertRecordValues(self._debtor(self.caller).promise_ids, [{
            'state': 'open', 'user_id': self.collector.id, 'date_promised': calendar.add(self.today, 5)}])
        self.assertRecordValues(self._debtor(self.holder).hold_ids, [{
            'kind': 'commercial', 'user_id': self.collector.id, 'item_ids': [],
            'note': "New contract being signed", 'date_from': self.today, 'date_until': False}])
        self.assertEqual(self._reminder(self.holder).state, 'void')

    def test_edit_text(self):
        """What the editor sends back is the mail that was there, with the words of a person."""
        before = str(self.reminder._render_content()[self.reminder.id]['body'])
        self.start_tour(
            f'/odoo/reminders/{self.reminder.id}', 'leanpay_edit_text_tour', login=self.collector.login)
        after = str(self.reminder.body)
        self.assertTrue(self.reminder.body_edited)
        self.assertIn("Dear Alba,", after)
        self.assertIn(self.reminder.line_ids.reference, after)
        for kept in ('<table', 'bgcolor=', 'role="presentation"', 'cellpadding=', 'font-weight: bold', '<a href='):
            self.assertEqual(after.count(kept), before.count(kept), kept)
        # The editor gives a table's colours to its cells: the page around the message must not colour the message.
        self.assertEqual(after.count('rgb(244, 245, 247)') + after.count('#f4f5f7'), before.count('#f4f5f7'))
