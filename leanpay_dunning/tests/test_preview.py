from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_screens import ScreensCase


@tagged('post_install', '-at_install')
class TestPreview(ScreensCase):

    def _state(self):
        """Everything that a dry run might have written."""
        reminders = self.env['leanpay.reminder'].sudo().search([])
        return (
            reminders.ids, reminders.mapped('state'), self.env['leanpay.run'].sudo().search([]).ids,
            self.debtors.read(['status', 'next_date', 'level', 'stale', 'amount_overdue']),
            self.env['mail.message'].sudo().search_count([]), self.env['mail.activity'].sudo().search_count([]))

    def test_shows_and_writes_nothing(self):
        before = self._state()
        preview = self.env['leanpay.preview'].with_user(self.collector).create({'date': self.today})
        action = preview.action_preview()
        lines = self.env['leanpay.preview.line'].with_user(self.collector).search(action['domain'])
        self.assertEqual(self._state(), before)
        self.assertEqual(lines.partner_id, self.writer | self.caller | self.holder)
        line = lines.filtered(lambda line: line.partner_id == self.writer)
        self.assertRecordValues(line, [{
            'level': '1', 'channel': 'email', 'contact_id': self.writer.id, 'address': 'alba@customer.example.com',
            'amount_total': self.reminder.amount_total, 'item_count': 1, 'company_id': self.company.id,
            'currency_id': self.company.currency_id.id}])
        self.assertEqual(line.why, "Standard · 40 days late")
        self.assertFalse(any(lines.mapped('body')), "texts are rendered for whoever opens one")
        opened = line.action_open()
        self.assertEqual((opened['res_model'], opened['res_id']), (line._name, line.id))
        self.assertTrue(line.subject)
        self.assertIn(self.reminder.line_ids.reference, line.body)
        self.assertEqual(self._state(), before)

    def test_before_anything_is_due(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create(
            {'date': self.today - timedelta(days=39)})
        action = preview.action_preview()
        lines = self.env['leanpay.preview.line'].with_user(self.collector).search(action['domain'])
        self.assertFalse(lines.filtered(lambda line: line.level != '0'))

    def test_whole_company_renders_nothing(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create({'date': self.today})
        with patch.object(type(self.reminder), '_render_content') as render:
            preview.action_preview()
        render.assert_not_called()
        self.assertEqual(len(preview.line_ids), 3)

    def test_opened_once(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create({'date': self.today})
        preview.action_preview()
        line = preview.line_ids.filtered(lambda line: line.partner_id == self.writer)
        line.action_open()
        with patch.object(type(self.reminder), '_render_content') as render:
            line.action_open()
        render.assert_not_called()

    def test_opened_after_somebody_paid(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create({'date': self.today})
        preview.action_preview()
        line = preview.line_ids.filtered(lambda line: line.partner_id == self.writer)
        self._debtor(self.writer).item_ids.move_id.button_draft()
        line.action_open()
        self.assertFalse(line.subject)
        self.assertIn("would not leave any more", line.body)

    def test_twice_replaces(self):
        preview = self.env['leanpay.preview'].with_user(self.collector).create({'date': self.today})
        preview.action_preview()
        preview.action_preview()
        self.assertEqual(len(preview.line_ids), 3)
