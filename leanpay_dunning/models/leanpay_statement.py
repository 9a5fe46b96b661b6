import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..report.errors import LetterError
from ..report.letter_data import Recipient
from ..report.statement import Statement, render_statement
from ..report.statement_xlsx import render_workbook


class LeanpayStatement(models.Model):
    """A statement of account that was sent: frozen, at most one per debtor and period."""

    _name = 'leanpay.statement'
    _description = "Statement of Account"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    debtor_id = fields.Many2one(
        'leanpay.debtor', required=True, index=True, readonly=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id', string="Customer")
    date = fields.Date(required=True, readonly=True, help="The account at the end of this day.")
    period = fields.Char(readonly=True, help="What the schedule sent it for; empty when somebody asked for it.")
    address = fields.Char(readonly=True)
    lang = fields.Char(readonly=True)
    pdf_id = fields.Many2one('ir.attachment', readonly=True, ondelete='restrict')
    workbook_id = fields.Many2one('ir.attachment', readonly=True, ondelete='restrict')
    sha256 = fields.Char(string="SHA-256 of the PDF", readonly=True)
    mail_id_int = fields.Integer(readonly=True, index='btree_not_null')
    listed_ids = fields.Json(readonly=True, help="Ids of the items that it lists as owed.")

    _period_unique = models.UniqueIndex(
        "(debtor_id, period) WHERE period IS NOT NULL", "This statement was already sent for this period.")

    @api.depends('partner_id', 'date')
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = f"{statement.partner_id.name} · {statement.date}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        raise UserError(self.env._("A statement that was sent is kept as proof."))

    # === MAKING === #

    @api.model
    def _content(self, debtors, as_of, since=None, interest=False, lang=None):
        """Return the statement of debtors taken together, to the first of them.

        :param debtors: leanpay.debtor of one company
        :rtype: report.statement.Statement
        """
        debtor, letters = debtors[0], self.env['leanpay.letter'].sudo()
        company = debtor.company_id.sudo()
        recipient = self.env['leanpay.recipient'].sudo()._resolve([debtor.id])[debtor.id]
        lang = lang or recipient.lang or company.partner_id.lang or 'en_US'
        contact = self.env['res.partner'].sudo().browse(recipient.contact_id)
        accounts = self.env['leanpay.statement.facts'].sudo()._accounts(
            debtors, as_of, since, interest, live=as_of == company._dunning_today())
        currencies = {currency.name: currency.decimal_places for currency in self.env['res.currency'].with_context(
            active_test=False).search([('name', 'in', [account.currency for account in accounts])])}
        return Statement(
            sender=letters._sender(company, company._dunning_bank_account(), debtor.collector_id, lang),
            recipient=Recipient(tuple(letters._postal_lines(debtor.partner_id, contact, company))),
            customer=debtor.partner_id.name, date=as_of, lang=lang,
            accounts=tuple((account, currencies[account.currency]) for account in accounts), since=since,
            owners=len(debtors) > 1, place=company.city or '', paper=company._dunning_paper())

    @api.model
    def _file_name(self, statement, extension):
        return f"{self.env._('Statement')} {statement.customer} {statement.date}.{extension}".replace('/', '-')

    @api.model
    def _render(self, statement, kinds=('pdf',)):
        """Return the files of a statement, [(name, content)].

        :raise UserError: it cannot be printed, and why
        """
        makers = {'pdf': render_statement, 'xlsx': render_workbook}
        try:
            return [(self._file_name(statement, kind), makers[kind](statement)) for kind in kinds]
        except LetterError as error:
            raise UserError(self.env['leanpay.letter']._error_text(error)) from error

    # === SENDING === #

    @api.model
    def _send(self, debtors, as_of, period=None, kinds=('pdf',), **content):
        """Send each of these debtors the statement of their account, once per period.

        The record, its files and the e-mail come in one transaction: what is sent twice at once is refused by the
        database, and a crash leaves neither.

        :return: the statements sent; a debtor without an address, or who owes nothing, has none
        """
        recipients = self.env['leanpay.recipient'].sudo()._resolve(debtors.ids)
        sent = self.browse()
        for debtor in debtors:
            recipient = recipients[debtor.id]
            if not recipient.email:
                debtor.sudo()._need_attention(
                    'statement', self.env._("Add an e-mail address: the statement of account could not be sent"))
                continue
            statement = self._content(debtor, as_of, lang=recipient.lang, **content)
            if statement.accounts:
                sent |= self._send_one(debtor, statement, recipient, period, kinds)
        return sent

    def _send_one(self, debtor, statement, recipient, period, kinds):
        files = self._render(statement, kinds)
        # sudo: what was sent belongs to nobody, no user may change it
        record = self.sudo().create({
            'debtor_id': debtor.id, 'company_id': debtor.company_id.id, 'date': statement.date, 'period': period,
            'address': recipient.email, 'lang': statement.lang, 'sha256': hashlib.sha256(files[0][1]).hexdigest(),
            'listed_ids': [item_id for account, _decimals in statement.accounts for item_id in account.open_ids]})
        attachments = self.env['ir.attachment'].sudo().create([
            {'name': name, 'raw': content, 'res_model': self._name, 'res_id': record.id,
             'company_id': debtor.company_id.id} for name, content in files])
        record.pdf_id = attachments[0]
        record.workbook_id = attachments[1:2]
        record._queue(attachments)
        debtor.sudo()._evidence('other', self.env._("Statement of account of %s", statement.date), {
            'statement': record.id, 'date': statement.date.isoformat(), 'address': recipient.email,
            'pdf_sha256': record.sha256, 'balances': {
                account.currency: str(account.closing) for account, _decimals in statement.accounts}}, record)
        return record

    def _mail(self, attachments):
        """Queue the e-mail of a statement, in its customer's thread."""
        self.ensure_one()
        template = self.env.ref('leanpay_dunning.mail_template_account_statement').sudo()
        values = template.with_context(lang=self.lang)._generate_template([self.id], ('subject', 'body_html'))[self.id]
        company = self.company_id
        frame = self.with_context(lang=self.lang).env['ir.qweb']._render('leanpay_dunning.mail_frame', {
            'company': company, 'collector': self.debtor_id.collector_id, 'lang': self.lang,
            'body': values['body_html']}, lang=self.lang)
        sender = self.env['leanpay.delivery.mail']._sender(company)
        reply_to = self.debtor_id._notify_get_reply_to(default=sender, author_id=company.partner_id.id)
        return self.env['mail.mail'].sudo().create({
            'subject': values['subject'], 'body_html': frame, 'body': frame, 'email_to': self.address,
            'email_from': sender, 'reply_to': reply_to[self.debtor_id.id], 'model': 'leanpay.debtor',
            'res_id': self.debtor_id.id, 'message_type': 'email_outgoing', 'auto_delete': False,
            'attachment_ids': [(6, 0, attachments.ids)]})

    def _balance_text(self):
        """Return what is to be paid, currency by currency, in the customer's language."""
        accounts = self.env['leanpay.statement.facts'].sudo()._accounts(
            self.debtor_id, self.date, live=self.date == self.company_id._dunning_today())
        currencies = {currency.name: currency for currency in self.env['res.currency'].search(
            [('name', 'in', [account.currency for account in accounts])])}
        return ', '.join(
            format_amount(self.env, float(account.closing), currencies[account.currency], lang_code=self.lang)
            for account in accounts)
