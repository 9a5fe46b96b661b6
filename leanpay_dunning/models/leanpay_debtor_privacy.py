import json

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL, html2plaintext

# What is told on request: what we noted about somebody, not what follows from the books.
TOLD = (
    'profile_id', 'suggested_profile_id', 'suggestion_reason', 'scenario_id', 'collector_id', 'contact_id',
    'accounting_email', 'bounced_email', 'note', 'approval_circuit', 'customer_type', 'insolvency_date', 'level',
    'last_contact_date')


class LeanpayDebtor(models.Model):
    """Personal data: notes and profiles go some time after everything is paid; what is kept is told on request."""

    _inherit = 'leanpay.debtor'

    def _settled_before(self, company, day):
        """Return the debtors of a company that owe nothing since before a day, and were told nothing since either.

        :param day: naive date
        """
        self.env.flush_all()
        return self.browse(debtor_id for [debtor_id] in self.env.execute_query(SQL(
            """
            SELECT debtor.id FROM leanpay_debtor debtor
             WHERE debtor.company_id = %(company)s
                   AND NOT EXISTS (
                       SELECT FROM account_move_line item
                         JOIN account_account account ON account.id = item.account_id
                         JOIN res_partner customer ON customer.id = item.partner_id
                        WHERE customer.commercial_partner_id = debtor.partner_id
                              AND item.company_id = debtor.company_id AND item.parent_state = 'posted'
                              AND account.account_type = 'asset_receivable'
                              AND (NOT item.reconciled OR item.date >= %(day)s))
                   AND NOT EXISTS (
                       SELECT FROM leanpay_reminder reminder
                        WHERE reminder.debtor_id = debtor.id AND reminder.sent_date >= %(day)s)
                   AND debtor.create_date < %(day)s
            """, company=company.id, day=day)))

    @api.model
    def _cron_purge(self):
        """Erase notes, and profiles with their reasons, of customers who have owed nothing for long enough.

        What the accounting law has kept, entries and what was sent, stays. Each kind has its own time in each company.
        """
        companies = self.env['res.company'].search([('dunning_active', '=', True)])
        for company in companies:
            self._purge(company, company.dunning_note_months, {
                'note': False, 'approval_circuit': False})
            self._purge(company, company.dunning_profile_months, {
                'profile_id': False, 'profile_pinned': False, 'suggested_profile_id': False, 'suggestion_facts': False})
            if self.env.context.get('cron_id'):
                self.env['ir.cron']._commit_progress()

    def _purge(self, company, months, values):
        if months <= 0:
            return
        settled = self._settled_before(company, company._dunning_today() - relativedelta(months=months))
        found = settled.filtered(lambda debtor: any(debtor[name] for name in values))
        # Nothing is said in the thread of what was erased, nor tracked: it would keep it.
        found.with_context(tracking_disable=True).write(values)

    def action_export_personal_data(self):
        """Give everything that dunning keeps about this customer, as a file that they can be sent."""
        self.ensure_one()
        self.check_access('read')
        debtor = self.sudo()  # sudo: what is kept is told whole, whoever is asked for it
        content = json.dumps(debtor._personal_data(), ensure_ascii=False, indent=1, default=str)
        attachment = self.env['ir.attachment'].create({
            'name': self.env._("Personal data of %s.json", self.partner_id.name), 'raw': content.encode(),
            'mimetype': 'application/json', 'res_model': self._name, 'res_id': self.id})
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{attachment.id}?download=true'}

    def _personal_data(self):
        """Return all that is kept about a customer here, as JSON values and what `str` writes."""
        def told(name):
            value = self[name]
            if self._fields[name].relational:
                return value.mapped('display_name')
            return html2plaintext(value) if name in ('note', 'approval_circuit') and value else value

        return {
            'customer': self.partner_id.display_name, 'company': self.company_id.name,
            'noted': {self._fields[name]._description_string(self.env): told(name) for name in TOLD},
            'holds': [{'from': hold.date_from, 'until': hold.date_until, 'kind': hold.kind, 'note': hold.note}
                      for hold in self.hold_ids],
            'reminders': [{
                'sent_on': reminder.sent_on, 'step': reminder.step_id.name, 'channel': reminder.channel,
                'state': reminder.state, 'address': reminder.address, 'subject': reminder.subject,
                'outcome': reminder.outcome, 'note': reminder.outcome_note,
                'text': html2plaintext(reminder.body or '')} for reminder in self.reminder_ids],
            'messages': [{
                'date': message.date, 'from': message.email_from, 'subject': message.subject,
                'text': html2plaintext(message.body or '')} for message in self.message_ids],
            'evidence': [json.loads(entry.text) for entry in self.chain_ids.entry_ids.sorted(
                lambda entry: (entry.chain_id.id, entry.sequence))],
        }
