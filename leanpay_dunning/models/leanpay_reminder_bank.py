from odoo import models


class LeanpayReminder(models.Model):
    """Where reminders ask to be paid."""

    _inherit = 'leanpay.reminder'

    def _bank_account(self):
        """Return the account that the invoices ask to be paid to, else the company's first one.

        One that is archived is never named; `res.company._dunning_bank_trouble` says so.
        """
        own = self.company_id.partner_id
        asked = self.line_ids.move_line_id.move_id.partner_bank_id.filtered(
            lambda bank: bank.active and bank.partner_id == own)
        return asked[:1] or self.company_id._dunning_bank_account()

    def _wait_for_bank_account(self):
        """Keep back the e-mails and letters of companies whose bank accounts have all gone, and ask to repair it.

        They stay approved: nothing was said, the next delivery tries again.

        :return: the reminders that wait
        """
        waiting = self.browse()
        written = self.filtered(lambda reminder: reminder.channel in ('email', 'letter'))
        for company, own in written.grouped('company_id').items():
            if text := company._dunning_no_bank_text():
                own.filtered(lambda reminder, text=text: reminder.error != text).write({'error': text})
                company._dunning_watch_bank()
                waiting |= own
        return waiting
