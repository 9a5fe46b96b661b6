from odoo import models


class AccountMove(models.Model):
    """Notes promises from the invoice."""

    _inherit = 'account.move'

    def action_dunning_promise(self):
        """Open the dialog that notes a promise about this invoice."""
        self.ensure_one()
        action = self._dunning_debtor().action_promise()
        action['context'] |= {'default_item_ids': self._dunning_open_items().ids}
        return action

    def _dunning_debtor(self):
        """Return the debtor of the customer of this invoice, created when it is missing.

        :rtype: leanpay.debtor
        """
        self.ensure_one()
        if not self.dunning_debtor_id:
            # sudo: a debtor exists for whoever owes something
            self.env['leanpay.debtor'].sudo()._ensure_for(self.company_id, self.partner_id.commercial_partner_id.ids)
            self.invalidate_recordset(['dunning_debtor_id'])
        return self.env['leanpay.debtor'].browse(self.dunning_debtor_id.id)

    def _dunning_open_items(self):
        """Return the items of this invoice that are still owed.

        :rtype: account.move.line
        """
        return self.line_ids.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and not item.reconciled
            and item.amount_residual_currency > 0)
