from odoo import models


class AccountMove(models.Model):
    """Asking a colleague about an invoice."""

    _inherit = 'account.move'

    def action_ask_colleague(self):
        """Open the dialog that asks a colleague about this invoice."""
        self.ensure_one()
        items = self.line_ids.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and not item.reconciled)
        debtor = self.partner_id.with_company(self.company_id)._dunning_debtor()
        return debtor._ask_dialog(items)
