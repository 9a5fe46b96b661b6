import re

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from ..report import evidence_file as paper
from .const import FORMAL_NOTICE
from .leanpay_evidence_file import _file, _moment
from .leanpay_reminder_evidence import SAID_STATES

INVOICE_FIELD = 'invoice_pdf_report_file'
MOST_COPIES = 10
KEPT_FIELDS = (False, INVOICE_FIELD, 'ubl_cii_xml_file')


class LeanpayEvidenceFile(models.AbstractModel):
    """Gathers the exhibits of an evidence file, in the order that courts expect, with a query for each kind."""

    _inherit = 'leanpay.evidence.file'

    # === DOCUMENTS === #

    def _documents(self, items):
        """Yield orders, deliveries, invoices and credit notes, and what is attached to them."""
        moves = items.move_id.sorted(lambda move: (move.invoice_date or move.date, move.id))
        moves |= self._credit_notes(items) - moves
        orders, deliveries = self._orders(moves)
        attached = self._attached(orders, deliveries, moves)
        for record in (*orders, *deliveries):
            for attachment in attached.get((record._name, record.id), ()):
                yield _file('document', f"{record.display_name} · {attachment.name}", attachment)
        originals = {move: self._original(move, attached.get(('account.move', move.id), ())) for move in moves}
        copies = self._copies(moves.filtered(lambda move: not originals[move] and move.is_sale_document()))
        for move in moves:
            original, name = originals[move], move.name or ''
            credit = move.move_type == 'out_refund'
            if original:
                yield _file('credit' if credit else 'invoice', name, original)
            elif move in copies:
                yield paper.Exhibit('copy', name, name=f"{name}.pdf", content=copies[move])
            elif move.is_sale_document():
                yield paper.Exhibit('missing', name)
            for attachment in attached.get(('account.move', move.id), ()):
                if attachment != original:
                    yield _file('document', f"{name} · {attachment.name}", attachment)

    def _credit_notes(self, items):
        """Return the credit notes that reduced items."""
        self.env['account.partial.reconcile'].flush_model()
        return self.env['account.move'].browse(move_id for [move_id] in self.env.execute_query(SQL(
            """
            SELECT DISTINCT move.id FROM account_partial_reconcile partial
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id AND move.move_type = 'out_refund'
             WHERE partial.debit_move_id = ANY(%s) ORDER BY move.id
            """, items.ids)))

    def _orders(self, moves):
        """Return the sale orders of invoices and their deliveries, where these add-ons are there.

        :return: two recordsets, whatever their model
        """
        lines, nothing = moves.invoice_line_ids, self.env['account.move']
        if 'sale.order' not in self.env or 'sale_line_ids' not in lines._fields:
            return nothing, nothing
        orders = lines.sale_line_ids.order_id
        return orders, orders.picking_ids if 'picking_ids' in orders._fields else nothing

    def _attached(self, *owners):
        """Return the files attached to records, {(model, id): [ir.attachment]}."""
        found = {}
        for records in filter(None, owners):
            for attachment in self.env['ir.attachment'].search(
                    [('res_model', '=', records._name), ('res_id', 'in', records.ids),
                     ('res_field', 'in', KEPT_FIELDS), ('type', '=', 'binary')], order='id', limit=10_000):
                found.setdefault((records._name, attachment.res_id), []).append(attachment)
        return found

    def _original(self, move, attachments):
        """Return the PDF of an invoice as it was sent: made by Odoo, or attached under the invoice's own number."""
        kept = [one for one in attachments if one.res_field == INVOICE_FIELD]
        number = _letters_and_digits(move.name or '')
        named = [one for one in attachments if one.mimetype == 'application/pdf' and len(number) > 3
                 and number in _letters_and_digits(one.name or '')]
        return (kept + named + [None])[0]

    def _copies(self, moves):
        """Return {move: PDF made now} of invoices whose PDF was not kept, where this server can make one."""
        reports = self.env['ir.actions.report'].with_context(report_pdf_no_attachment=True)
        if not moves or reports.get_wkhtmltopdf_state() not in ('ok', 'upgrade'):
            return {}
        copies = {}
        for report, own in moves.grouped(self.env['account.move.send']._get_default_pdf_report_id).items():
            try:
                copies |= self._rendered(reports, report, own)
            except UserError:
                # Debian's wkhtmltopdf only makes one at a time, a second each: as many as a request has time for.
                for move in own[:MOST_COPIES] if len(own) > 1 else ():
                    try:
                        copies |= self._rendered(reports, report, move)
                    except UserError:
                        continue  # its page says that it has no PDF
        return copies

    def _rendered(self, reports, report, moves):
        streams = reports._render_qweb_pdf_prepare_streams(report, {}, res_ids=moves.ids)
        return {move: streams[move.id]['stream'].getvalue() for move in moves
                if streams.get(move.id, {}).get('stream')}

    # === WHAT WAS SAID === #

    def _reminders(self, debtor, items):
        """Yield each reminder of the items as it was sent, with its letter and the proofs of the post."""
        reminders = debtor.reminder_ids.filtered(lambda reminder: (
            reminder.state in SAID_STATES and reminder.channel != 'activity'
            and reminder.line_ids.move_line_id & items)).sorted(
                lambda reminder: (reminder.sent_on or reminder.create_date, reminder.id))
        texts = paper.texts_for(self.env.lang)
        hashes = self.env['leanpay.evidence']._fingerprint(reminders.attachment_ids)
        channels = dict(reminders._fields['channel']._description_selection(self.env))
        for reminder in reminders:
            yield paper.Exhibit(
                'reminder', ' · '.join(filter(None, (
                    reminder.step_id.name, channels[reminder.channel], str(reminder.sent_date or '')))),
                name=f"{reminder.step_id.name} {reminder.id}.txt",
                lines=tuple(self._reminder_lines(debtor, reminder, texts, hashes)))
            number = reminder.letter_number or str(reminder.id)
            letter = 'notice' if reminder.level == FORMAL_NOTICE else 'letter'
            for kind, attachment in (
                    (letter, reminder.letter_id), ('deposit', reminder.deposit_proof_id),
                    ('receipt', reminder.receipt_proof_id)):
                if attachment:
                    yield _file(kind, number, attachment)

    def _reminder_lines(self, debtor, reminder, texts, hashes):
        """Yield how a message left, what became of it, and its text."""
        outcome = dict(reminder._fields['outcome']._description_selection(self.env)).get(reminder.outcome)
        state = dict(reminder._fields['state']._description_selection(self.env))[reminder.state]
        yield texts.SENT.format(
            date=_moment(debtor, reminder.sent_on), recipient=reminder.contact_id.name or reminder.partner_id.name,
            address=reminder.address or reminder.channel)
        yield texts.OUTCOME.format(outcome=' · '.join(filter(None, (state, outcome, reminder.outcome_note))))
        if reminder.tracking_number or reminder.received_on:
            yield texts.POST.format(number=reminder.tracking_number or '–', date=reminder.received_on or '–')
        if reminder.message_id:
            yield texts.MESSAGE_ID.format(id=reminder.message_id)
        for attachment in reminder.attachment_ids:
            yield texts.ATTACHED.format(name=attachment.name, hash=hashes[attachment.id])
        yield texts.SUBJECT.format(subject=reminder.subject or '')
        yield ''
        yield from _text(reminder.body)

    def _statements(self, debtor):
        """Yield the statements of account that were sent."""
        for statement in self.env['leanpay.statement'].search([('debtor_id', '=', debtor.id)], order='date, id'):
            yield _file('statement', str(statement.date), statement.pdf_id)

    def _letters(self, debtor):
        """Yield what the customer wrote and what people wrote to them, calls too, with the files that came along.

        Reminders are exhibits of their own; notes among colleagues are nobody's business.
        """
        texts = paper.texts_for(self.env.lang)
        reminders = debtor.reminder_ids
        call = self.env.ref('leanpay_dunning.mt_call', raise_if_not_found=False)
        messages = self.env['mail.message'].search(
            [('model', '=', debtor._name), ('res_id', '=', debtor.id),
             '|', '|', ('message_type', 'in', ('email', 'email_outgoing')), ('subtype_id', '=', call.id if call else 0),
             '&', ('message_type', '=', 'comment'), ('subtype_id.internal', '=', False),
             ('id', 'not in', reminders.mail_message_id.filtered(
                 lambda message: not call or message.subtype_id != call).ids),
             ('message_id', 'not in', list(filter(None, reminders.mapped('message_id'))))],
            order='date, id', limit=10_000)
        for message in messages:
            kind = self._letter_kind(message, call)
            label = message.subject or _moment(debtor, message.date)
            yield paper.Exhibit(kind, label, name=f"{label}.txt", lines=(
                texts.FROM.format(date=_moment(debtor, message.date), sender=message.email_from or ''),
                texts.MESSAGE_ID.format(id=message.message_id or ''),
                texts.SUBJECT.format(subject=message.subject or ''), '',
                *_text(message.body)))
            for attachment in message.attachment_ids:
                yield _file('document', attachment.name, attachment)

    def _letter_kind(self, message, call):
        """Return answer, written (by us) or call."""
        if call and message.subtype_id == call:
            return 'call'
        users = message.author_id.with_context(active_test=False).user_ids  # also of who has left since
        colleague = users.filtered(lambda user: not user.share)
        return 'written' if colleague or message.message_type == 'email_outgoing' else 'answer'


def _letters_and_digits(text):
    return re.sub(r'[\W_]+', '', text).lower()


def _text(body):
    """Return the lines of a message, without the addresses of its links: some open the customer's own pages."""
    text = html2plaintext(body, include_references=False) if body else ''
    return re.sub(r'\n(\s*\n)+', '\n\n', text).strip().splitlines()
