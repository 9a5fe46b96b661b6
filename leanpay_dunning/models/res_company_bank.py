from odoo import models
from odoo.tools import SQL


class ResCompany(models.Model):
    """Which bank account reminders name, and what is said when it has gone. Odoo archives a deleted account."""

    _inherit = 'res.company'

    def _dunning_bank_account(self):
        """Return the bank account to pay to when the invoices name none, empty when none is in use.

        :rtype: res.partner.bank
        """
        return self._dunning_bank_accounts().filtered('active')[:1]

    def _dunning_bank_accounts(self):
        """Return the accounts of this company, those of its bank journals first, archived ones included."""
        self.ensure_one()
        # sudo: whoever reads or sends a reminder sees where to pay
        company = self.sudo().with_context(active_test=False)
        return company.bank_journal_ids.filtered('active').bank_account_id | company.partner_id.bank_ids

    def _dunning_no_bank_text(self):
        """Return why e-mails and letters must wait, '' when they need not.

        Without any account they leave without bank details; with archived ones only, something went wrong.
        """
        accounts = self._dunning_bank_accounts()
        if not accounts or any(accounts.mapped('active')):
            return ''
        return self.env._(
            "The bank account %(account)s of %(company)s is archived and there is no other one to pay to: e-mails and "
            "letters wait. Restore it, or add another account.",
            account=accounts[0].acc_number, company=self.name)

    def _dunning_bank_trouble(self):
        """Return what is wrong with the bank accounts that reminders name, as sentences that say what to do.

        :rtype: list[str]
        """
        self.ensure_one()
        if stopped := self._dunning_no_bank_text():
            return [stopped]
        other = self._dunning_bank_account().acc_number
        journals = self.sudo().bank_journal_ids.filtered(
            lambda journal: journal.bank_account_id and not journal.bank_account_id.active)
        return [
            self.env._(
                "The bank account %(account)s of the journal %(journal)s is archived: reminders name %(other)s. Choose "
                "another account on the journal, or restore it.",
                account=journal.bank_account_id.acc_number, journal=journal.name, other=other)
            for journal in journals
        ] + [
            self.env._(
                "The bank account %(account)s is archived, but open invoices ask to be paid to it (%(count)s): their "
                "reminders name %(other)s. Choose another account on these invoices, or restore it.",
                count=count, account=account.acc_number, other=other)
            for account, count in self._dunning_invoices_of_archived_accounts()
        ]

    def _dunning_invoices_of_archived_accounts(self):
        """Return how many open invoices ask to be paid to an archived account of this company, by account.

        :return: [(res.partner.bank, number of invoices)]
        """
        archived = self._dunning_bank_accounts().filtered(lambda account: not account.active)
        self.env.flush_all()
        counts = dict(self.env.execute_query(SQL(
            """
            SELECT move.partner_bank_id, COUNT(DISTINCT move.id)
              FROM account_move move
              JOIN account_move_line line ON line.move_id = move.id
             WHERE move.partner_bank_id = ANY(%s) AND move.company_id = %s AND line.account_id = ANY(%s)
               AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
          GROUP BY move.partner_bank_id
            """, archived.ids, self.id, self.env['leanpay.facts']._receivable_accounts(self))))
        return [(account, counts[account.id]) for account in archived if account.id in counts]

    def _dunning_watch_bank(self):
        """Ask somebody, once, to repair the bank accounts that reminders name; close it when nothing is wrong.

        :return: what is wrong, see `_dunning_bank_trouble`
        """
        trouble = self._dunning_bank_trouble()
        if trouble:
            self._dunning_need_attention(
                'bank_account', self.env._("Repair the bank account that reminders name"), '\n'.join(trouble))
        else:
            self._dunning_attention_given('bank_account')
        return trouble
