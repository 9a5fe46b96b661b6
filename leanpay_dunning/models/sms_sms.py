from odoo import models


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    def write(self, vals):
        """Record on the reminder that its SMS could not leave: it no longer counts as sent."""
        result = super().write(vals)
        if vals.get('state') == 'error':
            # sudo: the queue that sends SMS knows nothing of reminders
            failed = self.env['leanpay.reminder'].sudo().search([
                ('sms_id_int', 'in', self.ids), ('state', '=', 'sent')])
            failed._record_failed(self.env._("The SMS could not leave: %s.", vals.get('failure_type') or ''))
        return result
