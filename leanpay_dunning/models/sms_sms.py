from odoo import api, models


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    def write(self, vals):
        """Record on the reminder that its SMS could not leave: it no longer counts as sent."""
        result = super().write(vals)
        if vals.get('state') == 'error':
            self._dunning_failed(self.env._("The SMS could not leave: %s.", vals.get('failure_type') or ''))
        elif vals.get('state') == 'canceled':
            self._dunning_failed(self.env._("The SMS was cancelled before it left."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_record_unsent(self):
        self.filtered(lambda sms: sms.state == 'outgoing')._dunning_failed(
            self.env._("The SMS was deleted before it left."))

    def _dunning_failed(self, error):
        """Record why SMS did not leave on the reminders that they were made for.

        :param error: one sentence
        """
        if self.ids:
            # sudo: the queue that sends SMS knows nothing of reminders
            self.env['leanpay.reminder'].sudo().search([
                ('sms_id_int', 'in', self.ids), ('state', '=', 'sent')])._record_failed(error)
