import base64
import hashlib
from dataclasses import replace
from decimal import Decimal

from odoo import api, models, tools

from ..engine.interest import round_half_up
from ..engine.references import epc_payload, rf_reference
from ..report import letter as paper
from ..report.charge_texts import TEXTS as CHARGE_TEXTS
from ..report.errors import LetterError
from ..report.formats import TEXTS
from ..report.statement import render_statement
from ..report.words import translated
from .const import FORMAL_NOTICE

NOTICE_COUNTRIES = ('BE', 'NL')  # whose consumers get a free first letter with mentions of its own
FREE_DAYS = 14


class LeanpayLetter(models.AbstractModel):
    """Makes the letters of reminders: collects what is printed, the report does the rest."""

    _name = 'leanpay.letter'
    _description = "Letters of Reminders"

    @api.model
    def _make(self, reminder):
        """Make, number and archive the letter of a reminder; a second message carries the letter of the first.

        :param reminder: leanpay.reminder
        :return: ir.attachment
        :raise report.errors.LetterError: one sentence that says what to do
        """
        letters, errors = self._make_all(reminder)
        for error in errors.values():
            raise error
        return letters[reminder.id]

    @api.model
    def _make_all(self, reminders):
        """Make the letters of several reminders; see `_make`.

        :return: ({reminder id: ir.attachment}, {reminder id: report.errors.LetterError} where one cannot be made)
        """
        # sudo: the archive belongs to nobody, no user may own, change or delete it
        main = {reminder.id: (reminder.primary_id or reminder).sudo() for reminder in reminders}
        made, faults, senders = {}, {}, {}
        notices = self._consumer_notices(reminders.browse(reminder.id for reminder in main.values()).sudo())
        for reminder in reminders.browse(dict.fromkeys(reminder.id for reminder in main.values())).sudo():
            if reminder.letter_id and reminder.state != 'approved':
                continue  # it has left, or a person has it in hands: what is archived does not change
            number = reminder.letter_number or self._number(reminder)
            try:
                letter = self._letter(reminder, number, senders, notices.get(reminder))
                content = paper.render_letter(letter)
            except LetterError as error:
                faults[reminder] = error
            else:
                # One that was made for a try that failed says the figures of that day: it is made again.
                if reminder.letter_id.description != hashlib.sha256(content).hexdigest():
                    made[reminder] = number, content, letter
        self._archive(made)
        return (
            {reminder_id: reminder.letter_id for reminder_id, reminder in main.items() if reminder not in faults},
            {reminder_id: faults[reminder] for reminder_id, reminder in main.items() if reminder in faults})

    def _archive(self, made):
        """Keep letters, {leanpay.reminder: (number, PDF, Letter)}, their fingerprints and what they are made of."""
        attachments = self.env['ir.attachment'].sudo().create([
            {
                'name': f"{number.replace('/', '-')}.pdf", 'raw': content, 'mimetype': 'application/pdf',
                'res_model': reminder._name, 'res_id': reminder.id, 'company_id': reminder.company_id.id,
                'description': hashlib.sha256(content).hexdigest(),
            }
            for reminder, (number, content, _letter) in made.items()])
        for (reminder, (number, _content, letter)), attachment in zip(made.items(), attachments, strict=True):
            outdated = reminder.letter_id
            reminder.with_context(leanpay_letter_remade=True).write({
                'letter_id': attachment.id, 'letter_number': number,
                'letter_inputs': self._kept(reminder.company_id, letter)})
            outdated.unlink()

    def _number(self, reminder):
        """Return the letter's number: formal notices have a sequence of their own in each company."""
        if reminder.level != FORMAL_NOTICE:
            return f"REL-{reminder.id}"
        return self.env['ir.sequence'].sudo().with_company(reminder.company_id).next_by_code('leanpay.formal.notice')

    @api.model
    def _make_statement(self, reminder):
        """Make the statement that goes with a reminder: every open item of its currency, due or not.

        :param reminder: leanpay.reminder
        :return: ir.attachment
        :raise report.errors.LetterError: one sentence that says what to do
        """
        makers, company = self.env['leanpay.statement'], reminder.company_id
        statement = makers.with_context(lang=reminder.lang)._content(
            reminder.debtor_id, reminder.sent_date or company._dunning_today(), lang=reminder.lang or None)
        statement = replace(statement, accounts=tuple(
            (account, decimals) for account, decimals in statement.accounts
            if account.currency == reminder.currency_id.name))
        return self.env['ir.attachment'].sudo().create({
            'name': makers.with_context(lang=reminder.lang)._file_name(statement, 'pdf'),
            'raw': render_statement(statement), 'mimetype': 'application/pdf', 'res_model': reminder._name,
            'res_id': reminder.id})

    @api.model
    def _error_text(self, error):
        """Return what a letter's error says, in the user's language.

        :param error: report.errors.LetterError
        """
        return self.env._(error.MESSAGES[error.code], **error.values)

    # === WHAT IS PRINTED === #

    def _letter(self, reminder, number, senders=None, notice=None):
        """Return the letter of a reminder.

        :param senders: dict that keeps the senders of a batch, which are nearly always one
        :param notice: report.letter.ConsumerNotice
        :rtype: report.letter.Letter
        """
        company, customer = reminder.company_id, reminder.partner_id
        items, credits = [], []
        for line in reminder.line_ids:
            (credits if line.is_credit else items).append(self._line(line, reminder.currency_id))
        invoice = reminder.line_ids.move_line_id.move_id.filtered(lambda move: move.is_invoice())[:1]
        letter = paper.Letter(
            kind='formal_notice' if reminder.level == FORMAL_NOTICE else 'reminder',
            number=number,
            date=reminder.sent_date or reminder.company_id._dunning_today(),
            place=company.city or '',
            lang=reminder.lang or 'en_US',
            currency=reminder.currency_id.name,
            decimals=reminder.currency_id.decimal_places,
            sender=self._sender_of(reminder, {} if senders is None else senders),
            recipient=paper.Recipient(tuple(self._address_lines(reminder))),
            lines=tuple(items),
            credits=tuple(credits),
            past_reminders=tuple(self._past(reminder)),
            deadline_days=max(reminder.step_id.answer_days, FREE_DAYS if notice else 0),
            consumer_notice=notice,
            professional=self.env['leanpay.late.interest']._customer_kind(
                company, customer, reminder.debtor_id) != 'consumer',
            payment_reference=reminder._payment_reference(),
            payment_url=invoice.get_base_url() + invoice.get_portal_url() if invoice else None,
            charges=self._late_charges(reminder),
            paper=company._dunning_paper(),
            words=self._words(reminder.lang or 'en_US'),
        )
        return self._with_code(letter)

    @api.model
    @tools.ormcache('lang')
    def _words(self, lang):
        """Return the words of letters in a language that has no texts of its own, None where some are not translated.

        :param lang: code of the language
        """
        if lang.partition('_')[0].lower() in TEXTS:
            return None
        letters = self.with_context(lang=lang)
        words = tuple(translated(texts, letters.env._) for texts in (TEXTS['en'], CHARGE_TEXTS['en']))
        return words if all(words) else None

    def _with_code(self, letter):
        """Return a letter with the creditor reference of its number and, for euros, the code that banking apps read.

        Where a code cannot be made, for want of an IBAN say, the bank's lines are all there is.
        """
        bank = letter.sender.bank
        try:
            letter = replace(letter, rf=rf_reference(letter.number))
            if letter.currency == 'EUR' and bank and letter.total > 0:
                letter = replace(letter, qr=epc_payload(
                    bank.holder[:70], bank.iban, letter.total, reference=letter.rf, bic=bank.bic))
        except ValueError:
            return letter
        return letter

    def _consumer_notices(self, reminders):
        """Return what the free first letters to consumers must say where the law asks for it, set-based.

        :return: {leanpay.reminder: report.letter.ConsumerNotice}
        """
        asked = reminders.filtered(lambda reminder: (
            reminder.company_id.country_id.code in NOTICE_COUNTRIES or reminder.debtor_id.regime_id
            or reminder.line_ids.move_line_id.move_id.dunning_regime_id))
        if not asked:
            return {}
        lines = asked.line_ids.filtered(lambda line: not line.is_credit and line.days_late and line.move_line_id)
        cases = self.env['leanpay.late.interest'].sudo()._cases(lines.move_line_id)
        found = {reminder: self._consumer_notice(reminder, reminder.line_ids & lines, cases) for reminder in asked}
        return {reminder: notice for reminder, notice in found.items() if notice}

    def _consumer_notice(self, reminder, lines, cases):
        amount, country = Decimal(0), ''
        for line in lines:
            case = cases.get(line.move_line_id.id)
            if not case or case.regime.indemnity_mode != 'after_notice' or case.debt.charges_from:
                continue
            if case.regime.code[:2] in NOTICE_COUNTRIES:
                country = case.regime.code[:2]
                owed = Decimal(str(reminder.currency_id.round(line.amount_due)))
                amount += round_half_up(case.regime.indemnity(owed), case.debt.decimals)
        if not amount:
            return None
        company, moves = reminder.company_id, lines.move_line_id.move_id
        products = [line.name for line in moves.invoice_line_ids if line.display_type == 'product' and line.name]
        return paper.ConsumerNotice(
            country, amount, company.company_registry or company.vat or '',
            ', '.join(dict.fromkeys(name.splitlines()[0] for name in products[:6])))

    def _late_charges(self, reminder):
        """Return the late interest and indemnities of a reminder as its letter prints them.

        :rtype: report.letter.LateCharges | None
        """
        charges = reminder._charges()
        if not charges:
            return None
        segments = tuple(
            paper.ChargeSegment(
                one.reference, part.date_from, part.date_to, part.days, part.principal, part.rate, part.source,
                part.interest)
            for one in charges.items if one.interest for part in one.result.segments if part.principal)
        counted = [one for one in charges.items if one.interest]
        accrued = sum((one.result.interest for one in counted), Decimal(0))
        printed = sum((part.interest for part in segments), Decimal(0))
        interest = sum((one.interest for one in counted), Decimal(0))
        return paper.LateCharges(
            until=charges.until, interest_mode=charges.interest_mode, indemnity_mode=charges.indemnity_mode,
            interest=interest, indemnity=sum((one.indemnity for one in charges.items), Decimal(0)),
            indemnity_count=sum(bool(one.indemnity) for one in charges.items), segments=segments,
            rounding=accrued - printed, settled=accrued - interest)

    def _line(self, line, currency):
        total, residual, disputed, due = (
            Decimal(str(currency.round(amount)))
            for amount in (line.amount_total, line.amount_residual, line.amount_disputed, line.amount_due))
        if line.is_credit:
            # Only the part of the credit that is deducted here is printed.
            total, residual = due, due
        return paper.LetterLine(
            reference=line.reference or '', date_invoice=line.date_invoice, date_due=line.date_due,
            days_late=line.days_late, amount_total=total, amount_paid=total - residual, amount_disputed=disputed,
            amount_due=due, kind='credit' if line.is_credit else 'item')

    def _sender_of(self, reminder, senders):
        key = reminder.company_id, reminder._bank_account(), reminder.user_id, reminder.lang
        if key not in senders:
            senders[key] = self._sender(*key)
        return senders[key]

    def _sender(self, company, bank, signatory, lang):
        address = company.partner_id
        return paper.Sender(
            name=company.name,
            address_lines=tuple(filter(None, (
                address.street, address.street2, f"{address.zip or ''} {address.city or ''}".strip(),
                address.country_id.with_context(lang=lang).name))),
            legal_lines=tuple(self._legal_lines(company)),
            email=company.email or '',
            phone=company.phone or '',
            # Odoo's own placeholder is no letterhead.
            logo=base64.b64decode(company.logo) if company.logo and not company.uses_default_logo else None,
            color=company.primary_color or company.email_secondary_color or '',
            bank=paper.BankDetails(
                holder=bank.acc_holder_name or company.name, iban=bank.acc_number or '', bic=bank.bank_bic or '',
                bank_name=bank.bank_name or '') if bank else None,
            signatory_name=signatory.name or '',
            signatory_title=signatory.partner_id.function or '',
        )

    def _legal_lines(self, company):
        """Return the mentions that a company's papers must carry, from what Odoo knows of it."""
        label = (company.country_id.code == 'FR' and "SIRET") or self.env._("Company ID")
        if company.company_registry:
            yield f"{label} {company.company_registry}"
        if company.vat:
            yield f"{company.country_id.vat_label or 'VAT'} {company.vat}"

    def _address_lines(self, reminder):
        """Yield the lines of the address block of a reminder."""
        return self._postal_lines(reminder.partner_id, reminder.contact_id, reminder.company_id)

    def _postal_lines(self, customer, contact, company):
        """Yield the lines of an address block: company, person, street, town, country when it is abroad."""
        contact = contact or customer
        place = contact if contact.street and contact.city else customer
        yield customer.name
        if contact != customer and contact.name:
            yield contact.name
        yield from filter(None, (place.street, place.street2))
        yield f"{place.zip or ''} {place.city or ''}".strip().upper()
        if place.country_id and place.country_id != company.country_id:
            yield (place.country_id.with_context(lang=company.partner_id.lang).name or '').upper()

    def _past(self, reminder):
        for past in reminder._past_reminders():
            yield paper.PastReminder(past.sent_date, past.step_id.with_context(lang=reminder.lang).name, past.channel)
