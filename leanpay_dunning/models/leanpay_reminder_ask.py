from odoo import models


class LeanpayReminder(models.Model):
    """Asking a colleague about what a reminder lists."""

    _inherit = 'leanpay.reminder'

    def action_ask_colleague(self):
        """Open the dialog that asks a colleague about the items of this reminder that are still open."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.is_credit)
        return self.debtor_id._ask_dialog(lines.move_line_id.filtered(lambda item: not item.reconciled))
