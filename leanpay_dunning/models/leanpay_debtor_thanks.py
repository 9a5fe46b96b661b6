from odoo import models


class LeanpayDebtor(models.Model):
    """Who was reminded and has paid is thanked, later: see `leanpay.thanks`."""

    _inherit = 'leanpay.debtor'

    def _settled(self, items):
        """Override of ours to remember whom to thank."""
        result = super()._settled(items)
        self.env['leanpay.thanks'].sudo()._mark(items)  # sudo: whoever books a payment
        return result

    def _thanked_on(self, day):
        """Tell whether this debtor was thanked on a day already."""
        self.ensure_one()
        last = self.env['leanpay.thanks'].search(
            [('debtor_id', '=', self.id), ('state', '=', 'sent')], order='sent_on DESC', limit=1)
        if not last:
            return False
        return last.sent_on and self.company_id._dunning_day_of(last.sent_on) == day
