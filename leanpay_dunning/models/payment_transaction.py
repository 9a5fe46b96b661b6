from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to have the debtor looked at again: an online payment under way is not chased."""
        processed = super()._update_state(allowed_states, target_state, state_message)
        self.env['leanpay.debtor']._of_moves_sudo(processed.invoice_ids)._mark_stale()
        return processed
