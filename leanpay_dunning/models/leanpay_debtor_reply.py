from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..engine.reply import LONGEST, read, written


class LeanpayDebtor(models.Model):
    """Answers to read: what they seem to mean, and who decides."""

    _inherit = 'leanpay.debtor'

    reply_ids = fields.One2many('leanpay.reply', 'debtor_id', readonly=True)
    reply_to_read_id = fields.Many2one('leanpay.reply', compute='_compute_reply_to_read_id')

    @api.depends('reply_ids.state')
    def _compute_reply_to_read_id(self):
        for debtor in self:
            debtor.reply_to_read_id = debtor.reply_ids.filtered(lambda reply: reply.state == 'to_read')[:1]

    def action_read_reply(self):
        """Open the answer that waits."""
        self.ensure_one()
        return self.reply_to_read_id._get_records_action()

    def action_resume(self):
        """Extend: whoever resumes has read the answers."""
        self.reply_ids.filtered(lambda reply: reply.state == 'to_read').action_other()
        return super().action_resume()

    def _note_reply(self, msg_dict, reminder, found):
        """Keep an answer to be read, with what it seems to mean.

        :param msg_dict: see `mail.thread.message_parse`
        :param reminder: leanpay.reminder that it answers, if any
        :param found: engine.reply.Reading of it
        """
        self.ensure_one()
        named = self.env['account.move.line'].sudo().search(self._items_domain()).filtered(
            lambda item: item.move_name in found.references)
        items = named or reminder.line_ids.move_line_id.filtered(
            lambda item: not item.reconciled and item.amount_residual_currency > 0)
        # sudo: whoever the mail gateway runs as
        self.env['leanpay.reply'].sudo().create({
            'debtor_id': self.id, 'currency_id': items.currency_id[:1].id or self.currency_id.id,
            'date': self.company_id._dunning_today(), 'reminder_id': reminder.id,
            'message_id': self.env['mail.message'].sudo().search(
                [('message_id', '=', msg_dict.get('message_id') or '')], limit=1).id,
            'subject': msg_dict.get('subject'), 'text': written(self._reply_text(msg_dict))[:LONGEST],
            'received_on': fields.Datetime.now(),
            'proposed_kind': found.kind, 'sentence': found.sentence[:500], 'proposed_date': found.date,
            'proposed_amount': float(found.amount or 0), 'item_ids': [fields.Command.set(items.ids)]})

    def _reading(self, msg_dict):
        """Return what an incoming message seems to mean.

        :rtype: engine.reply.Reading
        """
        # sudo: whoever the mail gateway runs as
        names = self.env['account.move.line'].sudo().search(self._items_domain()).mapped('move_name')
        return read(
            self._reply_text(msg_dict), msg_dict.get('subject') or '', self.company_id._dunning_today(),
            list(dict.fromkeys(filter(None, names))))

    @api.model
    def _reply_text(self, msg_dict):
        return html2plaintext(msg_dict.get('body') or '', include_references=False)
