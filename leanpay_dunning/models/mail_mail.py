from odoo import models


class MailMail(models.Model):
    """Tells statements of account what became of their e-mails."""

    _inherit = 'mail.mail'

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Override of `mail`: a statement left, or the mail server refused it. Reminders keep their own record."""
        if self.ids and not self.env.context.get('leanpay_reminder'):
            # sudo: whoever empties the mail queue
            statements = self.env['leanpay.statement'].sudo().search([('mail_id_int', 'in', self.ids)])
            reason = failure_reason or (failure_type and self.env._("The mail server did not take the message."))
            statements._mail_processed(str(reason or ''))
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type)
