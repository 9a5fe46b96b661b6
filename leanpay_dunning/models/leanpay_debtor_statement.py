from odoo import fields, models


class LeanpayDebtor(models.Model):
    """What comes back to a statement of account says nothing of the reminders."""

    _inherit = 'leanpay.debtor'

    def _message_receive_bounce(self, email, partner):
        """Override of ours: a statement that came back is recorded there, no reminder is."""
        named = self.env.context.get('leanpay_bounced_ids') or ()
        done = self.browse()
        if named and not self.env.context.get('leanpay_still_under_way'):
            statements = self._statements_named(named)
            statements._record_bounced(self.env._(
                "The message came back: %s does not accept it.", email or statements[:1].address))
            done = self.browse(statements.debtor_id.ids)
        return super(LeanpayDebtor, self - done)._message_receive_bounce(email, partner)

    def _reminders_answered(self, references):
        """Override of ours: an answer to a statement answers no reminder, unless it names one as well."""
        statements = self._statements_named(references)
        statements.filtered(lambda statement: not statement.answered_on).answered_on = fields.Datetime.now()
        if statements:
            return self._reminders_named(references)
        return super()._reminders_answered(references)

    def _statements_named(self, message_ids):
        """Return the statements that these Message-IDs name."""
        # sudo: whoever the mail gateway runs as
        return self.env['leanpay.statement'].sudo().search([
            ('debtor_id', 'in', self.ids), ('message_id', 'in', list(message_ids))])
