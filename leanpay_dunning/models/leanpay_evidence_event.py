from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.evidence import clean
from .leanpay_evidence import KINDS

BATCH = 200


class LeanpayEvidenceEvent(models.Model):
    """Something that was said or received, noted at once; the next delivery chains it.

    Chaining locks the debtor's chain, and a transaction that finds it locked must be tried again: what the mail gateway
    fetches is not, so that an answer would be lost because a reminder left at the same moment.
    """

    _name = 'leanpay.evidence.event'
    _description = "Event That Becomes Evidence"
    _order = 'id'
    _log_access = False

    debtor_id = fields.Many2one('leanpay.debtor', required=True, index=True, ondelete='restrict', readonly=True)
    company_id = fields.Many2one(related='debtor_id.company_id')
    kind = fields.Selection(KINDS, required=True, readonly=True)
    summary = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True)
    happened_on = fields.Datetime(required=True, readonly=True)
    by = fields.Char(required=True, readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', readonly=True)
    file_ids = fields.Json(readonly=True, help="Ids of the attachments that are kept with it.")

    @api.model
    def _note(self, events):
        """Note events, see `leanpay.evidence._append`, whose files are (name, content) here."""
        now, files = fields.Datetime.now(), []
        for event in events:
            files += event.get('files') or ()
        # sudo: what is kept belongs to nobody, no user may own, change or delete it
        kept = iter(self.env['ir.attachment'].sudo().create([
            {'name': clean(name) or '?', 'raw': content, 'res_model': 'leanpay.evidence'} for name, content in files]))
        return self.sudo().create([{
            'debtor_id': event['debtor'].id, 'kind': event['kind'], 'summary': clean(event['summary']),
            'payload': clean(event['payload']), 'happened_on': now, 'by': self.env.user.login,
            'res_model': event['record']._name if event.get('record') else False,
            'res_id': event['record'].id if event.get('record') else False,
            'file_ids': [next(kept).id for _file in event.get('files') or ()]} for event in events])

    @api.model
    def _record_events(self, debtors=None):
        """Chain what was noted, a batch.

        :param debtors: only theirs; None: whatever waits
        :return: whether some are left
        """
        self.flush_model()
        events = self.sudo().browse(event_id for [event_id] in self.env.execute_query(SQL(
            "SELECT id FROM leanpay_evidence_event WHERE %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            SQL("TRUE") if debtors is None else SQL("debtor_id = ANY(%s)", debtors.ids), BATCH)))
        self.env['leanpay.evidence']._append([{
            'debtor': event.debtor_id, 'kind': event.kind, 'summary': event.summary, 'payload': event.payload,
            'happened_on': event.happened_on, 'by': event.by,
            'record': event.res_model and self.env[event.res_model].browse(event.res_id),
            'files': self.env['ir.attachment'].sudo().browse(event.file_ids or ())} for event in events])
        self.env.cr.execute(SQL("DELETE FROM leanpay_evidence_event WHERE id = ANY(%s)", events.ids))
        self.invalidate_model()
        return len(events) == BATCH
