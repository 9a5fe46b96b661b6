from odoo import models


class LeanpayCallResult(models.TransientModel):
    """What was said on the phone is evidence, whether a scenario asked for the call or not."""

    _inherit = 'leanpay.call.result'

    def _log(self):
        """Record the call."""
        message = super()._log()
        result = dict(self._fields['result']._description_selection(self.env))[self.result]
        self.debtor_id._evidence(
            'call', ' · '.join(filter(None, (self.env._("Call"), result, self.note))), {
                'result': self.result, 'note': self.note or '', 'contact': self.contact_id.name or '',
                'phone': self.phone or '', 'reminder': self.reminder_id.id or None,
                'items': list(dict.fromkeys(name or '' for name in self.item_ids.mapped('move_name'))),
                'promised_for': str(self.promise_date) if self.result == 'promised' else ''}, record=message)
        return message
