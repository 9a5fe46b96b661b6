from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby, html2plaintext

from ..report import evidence_file as paper
from .leanpay_reminder_evidence import SAID_STATES


class LeanpayEvidenceFile(models.AbstractModel):
    """Gathers what proves a claim, set-based: the report makes one numbered PDF and an archive of it."""

    _name = 'leanpay.evidence.file'
    _description = "Evidence File"

    @api.model
    def _make(self, debtor, items=None):
        """Make the evidence file of a debtor and keep it in their thread.

        :param debtor: one leanpay.debtor
        :param items: account.move.line to prove; None: every open item
        :return: (the PDF, the ZIP) as ir.attachment
        """
        debtor.ensure_one()
        items = debtor.item_ids if items is None else items
        if not items:
            raise UserError(self.env._("%s owes nothing: there is nothing to prove.", debtor.partner_id.display_name))
        debtor._record_all_evidence()
        # sudo: whoever may read a debtor may prove its claim, with what others received or attached
        file = self._content(debtor.sudo(), items.sudo())
        pdf = paper.render(file)
        bundle = paper.archive(file, pdf)
        stem = self.env._("Evidence file %(customer)s %(date)s", customer=debtor.partner_id.name, date=file.date)
        message = debtor.message_post(
            body=self.env._("Evidence file with %s exhibits.", len(file.exhibits)),
            attachments=[(f"{stem}.pdf", pdf), (f"{stem}.zip", bundle)])
        return tuple(message.sudo().attachment_ids.sorted(lambda attachment: attachment.mimetype != 'application/pdf'))

    @api.model
    def _content(self, debtor, items):
        """Return all that the file says.

        :rtype: report.evidence_file.EvidenceFile
        """
        company, customer = debtor.company_id, debtor.partner_id
        chain = debtor.chain_ids.filtered('main')
        return paper.EvidenceFile(
            company=company.name, customer=customer.name, date=company._dunning_today(),
            lang=company.partner_id.lang or self.env.lang or 'en_US', claims=self._claims(debtor, items),
            exhibits=(
                *self._documents(items.move_id), *self._reminders(debtor, items), *self._answers(debtor)),
            chain_count=chain.entry_count, chain_hash=chain.head_hash or '',
            color=company.primary_color or company.email_secondary_color or '')

    # === THE CLAIM === #

    def _claims(self, debtor, items):
        """Return the statements of claim, one per currency; credits reduce what is claimed."""
        results = self.env['leanpay.late.interest']._of_items(items)
        settled = self.env['leanpay.interest.claim']._settled(items)
        payments = self._payments(items)
        return tuple(
            (currency.name, currency.decimal_places, tuple(
                self._claim_item(debtor, item, results.get(item.id), settled, payments.get(item.id, ()))
                for item in sorted(own, key=lambda item: (item.date_maturity or item.date, item.id))))
            for currency, own in groupby(items, key=lambda item: item.currency_id))

    def _claim_item(self, debtor, item, result, settled, payments):
        currency = item.currency_id
        interest = indemnity = Decimal(0)
        if result:
            settled_interest, settled_indemnity = settled(item.id, result)
            interest = max(result.interest_open - settled_interest, Decimal(0))
            indemnity = max(result.indemnity - settled_indemnity, Decimal(0))
        return paper.ClaimItem(
            reference=item.move_name or item.name or '', date_due=item.date_maturity or item.date,
            amount=_decimal(currency, item.amount_currency), residual=_decimal(currency, item.amount_residual_currency),
            interest=interest, indemnity=indemnity, limitation=item.dunning_limitation_date or None,
            segments=tuple(
                (part.date_from, part.date_to, part.days, part.principal, part.rate, part.source, part.interest)
                for part in (result.segments if result else ()) if part.principal), payments=payments)

    def _payments(self, items):
        """Return {item id: [(date, entry, amount)]} of what reduced items."""
        self.env['account.partial.reconcile'].flush_model()
        found = {}
        for item_id, day, name, amount in self.env.execute_query(SQL(
            """
            SELECT partial.debit_move_id, counterpart.date, counterpart.move_name, partial.debit_amount_currency::text
              FROM account_partial_reconcile partial
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
             WHERE partial.debit_move_id = ANY(%s)
          ORDER BY counterpart.date, partial.id
            """, items.ids)):
            found.setdefault(item_id, []).append((day, name or '', Decimal(amount)))
        return {item_id: tuple(rows) for item_id, rows in found.items()}

    # === EXHIBITS === #

    def _documents(self, moves):
        """Yield the invoices and what is attached to them and to their orders."""
        orders = self._orders(moves)
        owners = [('account.move', moves.ids)] + ([(orders._name, orders.ids)] if orders else [])
        attached = {}
        for model, ids in owners:
            for attachment in self.env['ir.attachment'].search(
                    [('res_model', '=', model), ('res_id', 'in', ids), ('res_field', '=', False)], order='id',
                    limit=10_000):
                attached.setdefault((model, attachment.res_id), []).append(attachment)
        for order in orders:
            for attachment in attached.pop((orders._name, order.id), ()):
                yield _file('document', f"{order.display_name} · {attachment.name}", attachment)
        for move in moves.sorted(lambda move: (move.invoice_date or move.date, move.id)):
            invoice, others = move.invoice_pdf_report_id, attached.pop(('account.move', move.id), [])
            if not invoice:
                invoice = next((one for one in others if one.mimetype == 'application/pdf'), invoice)
            if invoice:
                yield _file('invoice', move.name or '', invoice)
            elif move.is_invoice():
                yield paper.Exhibit('missing', move.name or '')
            for attachment in others:
                if attachment != invoice:
                    yield _file('document', f"{move.name} · {attachment.name}", attachment)

    def _orders(self, moves):
        """Return the sale orders of invoices, where the sale add-on is there."""
        lines = moves.invoice_line_ids
        if 'sale.order' not in self.env or 'sale_line_ids' not in lines._fields:
            return self.env['account.move']
        return lines.sale_line_ids.order_id

    def _reminders(self, debtor, items):
        """Yield each reminder of the items as it was sent, with its letter and the proofs of the post."""
        reminders = debtor.reminder_ids.filtered(lambda reminder: (
            reminder.state in SAID_STATES and reminder.line_ids.move_line_id & items)).sorted(
                lambda reminder: (reminder.sent_on or reminder.create_date, reminder.id))
        texts = paper.texts_for(debtor.company_id.partner_id.lang or self.env.lang)
        for reminder in reminders:
            outcome = dict(reminder._fields['outcome']._description_selection(self.env)).get(reminder.outcome)
            state = dict(reminder._fields['state']._description_selection(self.env))[reminder.state]
            lines = [
                texts.SENT.format(
                    date=reminder.sent_on or '', recipient=reminder.contact_id.name or reminder.partner_id.name,
                    address=reminder.address or reminder.channel),
                texts.OUTCOME.format(outcome=' · '.join(filter(None, (state, outcome, reminder.outcome_note)))),
                *([texts.MESSAGE_ID.format(id=reminder.message_id)] if reminder.message_id else ()),
                texts.SUBJECT.format(subject=reminder.subject or ''), '',
                *html2plaintext(reminder.body or '').splitlines()]
            yield paper.Exhibit(
                'reminder', f"{reminder.step_id.name} {reminder.sent_date or ''}".strip(),
                name=f"{reminder.step_id.name} {reminder.id}.txt", lines=tuple(lines))
            number = reminder.letter_number or str(reminder.id)
            for kind, attachment in (
                    ('letter', reminder.letter_id), ('deposit', reminder.deposit_proof_id),
                    ('receipt', reminder.receipt_proof_id)):
                if attachment:
                    yield _file(kind, number, attachment)

    def _answers(self, debtor):
        """Yield what the customer wrote, with the files that came along."""
        texts = paper.texts_for(debtor.company_id.partner_id.lang or self.env.lang)
        messages = self.env['mail.message'].search(
            [('model', '=', debtor._name), ('res_id', '=', debtor.id), ('message_type', '=', 'email')],
            order='date, id', limit=10_000)
        for message in messages:
            label = message.subject or str(message.date)
            yield paper.Exhibit('answer', label, name=f"{label}.txt", lines=(
                texts.FROM.format(date=message.date, sender=message.email_from or ''),
                texts.MESSAGE_ID.format(id=message.message_id or ''),
                texts.SUBJECT.format(subject=message.subject or ''),
                '', *html2plaintext(message.body or '').splitlines()))
            for attachment in message.attachment_ids:
                yield _file('document', attachment.name, attachment)


def _file(kind, label, attachment):
    return paper.Exhibit(kind, label, name=attachment.name or '', content=attachment.raw or b'')


def _decimal(currency, amount):
    return Decimal(str(currency.round(amount)))
