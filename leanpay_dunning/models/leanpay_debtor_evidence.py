from email.message import EmailMessage

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..engine.evidence import digest

NEAR_MONTHS = 6  # a claim about to lapse is shown in red


class LeanpayDebtor(models.Model):
    """The evidence of a debtor: what was said to them and what they answered, in a chain that can be checked."""

    _inherit = 'leanpay.debtor'

    chain_ids = fields.One2many('leanpay.evidence.chain', 'debtor_id', readonly=True)
    electronic_letter_consent = fields.Date(
        string="Electronic Letters Accepted On", tracking=True,
        help="Day on which this consumer consented to electronic registered letters. Professionals need not.")
    evidence_count = fields.Integer(compute='_compute_evidence_count')
    limitation_date = fields.Date(
        string="First Limitation", compute='_compute_limitation_date', compute_sudo=True,
        help="Last useful day to sue for the oldest open item, from its due date alone: no reminder moves it.")
    limitation_near = fields.Boolean(compute='_compute_limitation_date', compute_sudo=True)

    @api.depends('chain_ids.entry_count')
    def _compute_evidence_count(self):
        for debtor in self:
            debtor.evidence_count = sum(debtor.chain_ids.mapped('entry_count'))

    @api.depends('customer_type', 'company_id', 'partner_id')
    def _compute_limitation_date(self):
        for debtor in self:
            known = debtor.item_ids.filtered(lambda item: item.amount_residual > 0 and item.dunning_limitation_date)
            debtor.limitation_date = min(known.mapped('dunning_limitation_date'), default=False)
            debtor.limitation_near = debtor.limitation_date and (
                debtor.limitation_date <= debtor.company_id._dunning_today() + relativedelta(months=NEAR_MONTHS))

    # === ACTION METHODS === #

    def action_view_evidence(self):
        """Open what was said and received."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_evidence_action')
        return action | {'domain': [('chain_id.debtor_id', 'in', self.ids)]}

    def action_check_evidence(self):
        """Check the chain of evidence of this debtor, and tell what was tampered with."""
        self.ensure_one()
        self.check_access('read')
        self._record_all_evidence()
        # sudo: whoever reads a debtor may have all of its evidence checked
        problems = self.env['leanpay.evidence'].sudo()._check(self).get(self.sudo(), ())
        if problems:
            message = '\n'.join(problems[:20])
        elif self.evidence_count:
            message = self.env._(
                "%(count)s entries, none changed, none missing. Last hash: %(hash)s", count=self.evidence_count,
                hash=self.sudo().chain_ids.filtered('main').head_hash)
        else:
            message = self.env._("Nothing was said or received yet.")
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'danger' if problems else 'success', 'sticky': bool(problems), 'message': message,
            'title': self.env._("The evidence was tampered with") if problems else self.env._("The evidence is whole")}}

    def action_evidence_file(self):
        """Make the evidence file of all that is overdue: what proves the claim, numbered, and its originals."""
        return self._evidence_file()

    # === BUSINESS METHODS === #

    def _evidence_file(self, items=None):
        """Make the evidence file and offer both of its parts; they stay in the debtor's thread.

        :param items: account.move.line to prove; None: all that is overdue
        """
        self.ensure_one()
        self.check_access('read')
        pdf, bundle = self.env['leanpay.evidence.file']._make(self, items)
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'success', 'sticky': True, 'title': self.env._("The evidence file is ready"), 'message': '%s · %s',
            'links': [
                {'label': self.env._("Open the PDF"), 'url': f'/web/content/{pdf.id}'},
                {'label': self.env._("Download the originals"), 'url': f'/web/content/{bundle.id}?download=true'}],
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def _evidence(self, kind, summary, payload, record=None, files=()):
        """Note one event of this debtor, which the next delivery chains.

        :param kind: key of `leanpay.evidence.kind`
        :param payload: JSON values
        :param record: what it is about
        :param files: (name, bytes) of what came along, kept as it is
        """
        self.ensure_one()
        self.env['leanpay.evidence.event']._note([{
            'debtor': self, 'kind': kind, 'summary': summary, 'payload': payload, 'record': record, 'files': files}])

    def _record_all_evidence(self):
        """Chain what waits of these debtors: whoever looks at their evidence sees all of it."""
        # sudo: nobody writes evidence, it follows from what happened
        while self.env['leanpay.evidence.event']._record_events(self):
            pass
        while self.env['leanpay.reminder']._record_evidence(self.sudo().reminder_ids):
            pass
        self.invalidate_recordset(['chain_ids', 'evidence_count'])

    def _has_evidence(self):
        """Tell whether something was said or received that is kept."""
        self.ensure_one()
        return bool(self.chain_ids or self.env['leanpay.evidence.event'].sudo().search_count(
            [('debtor_id', '=', self.id)], limit=1))  # sudo: what waits counts whoever asks

    def _record_answer(self, msg_dict):
        """Keep an answer that arrived as it came: who wrote, when, what, and the files that came along."""
        body = str(msg_dict.get('body') or '')
        self._evidence('reply', msg_dict.get('subject') or self.env._("Answer without a subject"), {
            'from': msg_dict.get('email_from') or '', 'message_id': msg_dict.get('message_id') or '',
            'date': str(msg_dict.get('date') or ''), 'in_reply_to': msg_dict.get('in_reply_to') or '',
            'text': html2plaintext(body, include_references=False) if body else '', 'body_sha256': digest(body)},
            files=[("answer.html", body.encode('utf-8', 'replace')), *_files_of(msg_dict)])


def _files_of(msg_dict):
    """Yield (name, bytes) of the files of a message; one that is a message itself as it would be saved."""
    for name, content, *_info in msg_dict.get('attachments') or ():
        if isinstance(content, EmailMessage):
            content = content.as_bytes()
        elif isinstance(content, str):
            content = content.encode('utf-8', 'replace')
        if content is not None:
            yield name or '', content
