from odoo import api, fields, models

from ..engine.evidence import digest


class LeanpayDebtor(models.Model):
    """The evidence of a debtor: what was said to them and what they answered, in a chain that can be checked."""

    _inherit = 'leanpay.debtor'

    chain_ids = fields.One2many('leanpay.evidence.chain', 'debtor_id', readonly=True)
    electronic_letter_consent = fields.Date(
        string="Electronic Letters Accepted On", tracking=True,
        help="Day on which this consumer consented to electronic registered letters. Professionals need not.")
    evidence_count = fields.Integer(compute='_compute_evidence_count')

    @api.depends('chain_ids.entry_count')
    def _compute_evidence_count(self):
        for debtor in self:
            debtor.evidence_count = sum(debtor.chain_ids.mapped('entry_count'))

    # === ACTION METHODS === #

    def action_view_evidence(self):
        """Open what was said and received."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_evidence_action')
        return action | {'domain': [('chain_id.debtor_id', 'in', self.ids)]}

    def action_check_evidence(self):
        """Check the chain of evidence of this debtor, and tell what was tampered with."""
        self.ensure_one()
        self.check_access('read')
        self.env['leanpay.reminder']._record_evidence(self.sudo().reminder_ids)
        self.invalidate_recordset(['chain_ids', 'evidence_count'])
        # sudo: whoever reads a debtor may have all of its evidence checked
        chains = self.sudo().chain_ids
        problems = [text for texts in self.env['leanpay.evidence'].sudo()._verify(chains).values() for text in texts]
        if problems:
            message = '\n'.join(problems[:20])
        elif self.evidence_count:
            message = self.env._(
                "%(count)s entries, none changed, none missing. Last hash: %(hash)s", count=self.evidence_count,
                hash=chains.filtered('main').head_hash)
        else:
            message = self.env._("Nothing was said or received yet.")
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'danger' if problems else 'success', 'sticky': bool(problems), 'message': message,
            'title': self.env._("The evidence was tampered with") if problems else self.env._("The evidence is whole")}}

    def action_evidence_file(self):
        """Make the evidence file: what proves the claim, numbered, and its originals; open it."""
        self.ensure_one()
        self.check_access('read')
        items = self.env['account.move.line'].browse(self.env.context.get('leanpay_item_ids') or ())
        items = items.filtered(lambda item: item.partner_id.commercial_partner_id == self.partner_id)
        pdf, _bundle = self.env['leanpay.evidence.file']._make(self, items or None)
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{pdf.id}'}

    # === BUSINESS METHODS === #

    def _evidence(self, kind, summary, payload, record=None):
        """Add one event to the chain of this debtor.

        :param kind: key of `leanpay.evidence.kind`
        :param payload: JSON values
        """
        return self.env['leanpay.evidence']._append([{
            'debtor': self, 'kind': kind, 'summary': summary, 'payload': payload, 'record': record}])

    def _record_answer(self, msg_dict):
        """Keep an answer that arrived: who wrote, when, what by its hash; the message itself is in the thread."""
        body = str(msg_dict.get('body') or '')
        self._evidence('reply', msg_dict.get('subject') or self.env._("Answer without a subject"), {
            'from': msg_dict.get('email_from') or '', 'message_id': msg_dict.get('message_id') or '',
            'date': str(msg_dict.get('date') or ''), 'in_reply_to': msg_dict.get('in_reply_to') or '',
            'body_sha256': digest(body),
            'files': sorted(
                [name, digest(content)] for name, content, *_info in msg_dict.get('attachments') or ())})
