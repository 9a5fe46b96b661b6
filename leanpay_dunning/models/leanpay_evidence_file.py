from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from ..report import evidence_file as paper


class LeanpayEvidenceFile(models.AbstractModel):
    """Gathers what proves a claim, set-based: the report makes one numbered PDF and an archive of it."""

    _name = 'leanpay.evidence.file'
    _description = "Evidence File"

    @api.model
    def _make(self, debtor, items=None):
        """Make the evidence file of a debtor and keep it in their thread.

        :param debtor: one leanpay.debtor
        :param items: account.move.line to prove; None: every open item that is overdue, and open credits
        :return: (the PDF, the ZIP) as ir.attachment
        """
        debtor.ensure_one()
        items = self._due(debtor) if items is None else items
        if not any(item.amount_currency > 0 for item in items):
            raise UserError(self.env._(
                "%s owes nothing that is due: there is nothing to prove.", debtor.partner_id.display_name))
        debtor._record_all_evidence()
        # sudo: whoever may read a debtor may prove its claim, with what others received or attached
        # In the company's language, whoever asks for it: the file is for its court.
        lang = debtor.sudo().company_id.partner_id.lang or self.env.lang or 'en_US'
        told = self.sudo().with_context(lang=lang)
        file = told._content(debtor.with_env(told.env), items.with_env(told.env))
        pdf = paper.render(file)
        bundle = paper.archive(file, pdf)
        count, day = len(file.exhibits), file.date
        stem = self.env._("Evidence file %(customer)s %(date)s", customer=debtor.partner_id.name, date=day)
        del file  # all of its originals
        # Made here: `message_post` encodes what it attaches twice over.
        attachments = self.env['ir.attachment'].create([
            {'name': name, 'raw': content, 'mimetype': mimetype, 'res_model': debtor._name, 'res_id': debtor.id,
             'company_id': debtor.company_id.id}
            for name, content, mimetype in (
                (f"{stem}.pdf", pdf, 'application/pdf'), (f"{stem}.zip", bundle, 'application/zip'))])
        debtor.message_post(
            body=self.env._("Evidence file with %s exhibits.", count), attachment_ids=attachments.ids)
        return tuple(attachments)

    @api.model
    def _content(self, debtor, items):
        """Return all that the file says.

        :rtype: report.evidence_file.EvidenceFile
        """
        company, customer = debtor.company_id, debtor.partner_id
        chain = debtor.chain_ids.filtered('main')
        return paper.EvidenceFile(
            company=company.name, customer=customer.name, date=company._dunning_today(),
            lang=self.env.lang or 'en_US', claims=self._claims(debtor, items),
            exhibits=(
                *self._documents(items), *self._reminders(debtor, items), *self._statements(debtor),
                *self._letters(debtor), *self._journal(debtor)),
            chain_id=chain.id or 0, chain_count=chain.entry_count, chain_hash=chain.head_hash or '',
            links=self._links(debtor),
            color=company.primary_color or company.email_secondary_color or '')

    def _due(self, debtor):
        """Return what can be claimed today: what falls due later cannot, credits are deducted."""
        today = debtor.sudo().company_id._dunning_today()
        return debtor.item_ids.filtered(
            lambda item: item.amount_residual_currency < 0 or (item.date_maturity or item.date) < today)

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

    # === THE CHAIN === #

    def _links(self, debtor):
        """Return the chains of a debtor, so that whoever has the file can compute their hashes again."""
        return tuple(self.env.execute_query(SQL(
            """
            SELECT entry.chain_id, entry.sequence, entry.previous_hash, entry.text, entry.hash
              FROM leanpay_evidence entry JOIN leanpay_evidence_chain chain ON chain.id = entry.chain_id
             WHERE chain.debtor_id = %s ORDER BY chain.main DESC, chain.id, entry.sequence
            """, debtor.id)))

    def _journal(self, debtor):
        """Yield the list of all that was said and received, calls, promises and disputes too."""
        kinds = dict(self.env['leanpay.evidence']._fields['kind']._description_selection(self.env))
        entries = debtor.chain_ids.entry_ids.sorted(
            lambda entry: (not entry.chain_id.main, entry.chain_id.id, entry.sequence))
        if entries:
            yield paper.Exhibit('journal', debtor.partner_id.name, name='journal.txt', lines=tuple(
                f"{entry.chain_id.id}/{entry.sequence} · {_moment(debtor, entry.happened_on)} · {kinds[entry.kind]} · "
                f"{entry.summary} · {entry.hash}" for entry in entries))


def _file(kind, label, attachment):
    return paper.Exhibit(kind, label, name=attachment.name or '', content=attachment.raw or b'')


def _decimal(currency, amount):
    return Decimal(str(currency.round(amount)))


def _moment(debtor, moment):
    """Return a moment as the company's day has it."""
    zone = ZoneInfo(debtor.company_id.dunning_tz or 'UTC')
    return moment.replace(tzinfo=UTC).astimezone(zone).strftime('%Y-%m-%d %H:%M') if moment else ''
