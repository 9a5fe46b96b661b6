import hashlib
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from ..report.errors import LetterError
from ..report.letter_data import Recipient
from ..report.statement import Statement, render_statement
from ..report.statement_xlsx import render_workbook

_logger = logging.getLogger(__name__)
RECENT_DAYS = 25  # a reminder that carried a statement stands for the one of the schedule


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
    mail_id_int = fields.Integer(readonly=True)

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
            'address': recipient.email, 'lang': statement.lang, 'sha256': hashlib.sha256(files[0][1]).hexdigest()})
        attachments = self.env['ir.attachment'].sudo().create([
            {'name': name, 'raw': content, 'res_model': self._name, 'res_id': record.id,
             'company_id': debtor.company_id.id} for name, content in files])
        record.pdf_id = attachments[0]
        record.workbook_id = attachments[1:2]
        record.mail_id_int = record._mail(attachments).id
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

    # === THE SCHEDULE === #

    @api.model
    def _cron_statements(self):
        """Send the statements that the profiles' schedules ask for, company by company; one failure stops no other."""
        companies = self.env['res.company'].search([('dunning_active', '=', True), ('dunning_approved', '=', True)])
        for company in companies:
            for debtor_id, period in self._due_statements(company, company._dunning_today()):
                debtor = self.env['leanpay.debtor'].browse(debtor_id)
                try:
                    with self.env.cr.savepoint():
                        self.with_company(company)._send(debtor, company._dunning_today(), period)
                except UserError as error:
                    _logger.warning("No statement to debtor %s: %s", debtor_id, error)
                    debtor._need_attention(
                        'statement', self.env._("The statement of account could not be sent"), note=str(error))
                if self.env.context.get('cron_id') and not self.env['ir.cron']._commit_progress():
                    return

    @api.model
    def _due_statements(self, company, today):
        """Return [(debtor id, period)] of the statements to send on a day and not sent yet.

        Monthly ones from their day of the month on; those before a due date from so many days before it until it. Only
        who owes something gets one, and nobody who had one with a reminder, or is on hold as a whole.
        """
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """
            WITH wanted AS (
                SELECT debtor.id, CASE profile.statement_schedule
                           WHEN 'monthly' THEN to_char(%(today)s::date, 'YYYY-MM')
                           ELSE 'due-' || MIN(item.date_maturity)::text END AS period
                  FROM leanpay_debtor debtor
                  JOIN leanpay_payer_profile profile ON profile.id = debtor.profile_id
                  JOIN res_partner customer ON customer.commercial_partner_id = debtor.partner_id
                  JOIN account_move_line item ON item.partner_id = customer.id AND item.company_id = debtor.company_id
                  JOIN account_account account ON account.id = item.account_id
                 WHERE debtor.company_id = %(company)s AND item.parent_state = 'posted'
                       AND account.account_type = 'asset_receivable' AND item.reconciled IS NOT TRUE
                       AND item.amount_residual_currency > 0
                       AND ((profile.statement_schedule = 'monthly'
                                AND EXTRACT(DAY FROM %(today)s::date) >= profile.statement_day)
                            OR (profile.statement_schedule = 'before_due'
                                AND item.date_maturity BETWEEN %(today)s AND %(today)s + profile.statement_days))
              GROUP BY debtor.id, profile.statement_schedule)
            SELECT wanted.id, wanted.period FROM wanted
             WHERE NOT EXISTS (SELECT FROM leanpay_statement known
                                WHERE known.debtor_id = wanted.id AND known.period = wanted.period)
                   AND NOT EXISTS (
                       SELECT FROM leanpay_reminder reminder
                         JOIN leanpay_scenario_step step ON step.id = reminder.step_id
                        WHERE reminder.debtor_id = wanted.id AND reminder.state = 'sent' AND step.attach_statement
                              AND reminder.sent_date > %(recent)s)
                   AND NOT EXISTS (
                       SELECT FROM leanpay_hold hold
                        WHERE hold.debtor_id = wanted.id AND hold.date_from <= %(today)s AND hold.lifted_on IS NULL
                              AND (hold.date_until IS NULL OR hold.date_until >= %(today)s)
                              AND NOT EXISTS (SELECT FROM account_move_line_leanpay_hold_rel rel
                                               WHERE rel.leanpay_hold_id = hold.id))
          ORDER BY wanted.id
            """, company=company.id, today=today, recent=today - timedelta(days=RECENT_DAYS)))
