from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    @api.model_create_multi
    def create(self, vals_list):
        """Void what is planned for items that were just paid; the rest is for the run to decide."""
        partials = super().create(vals_list)
        partials._dunning_changed(self.env._("a payment or a credit was matched"))
        return partials

    def unlink(self):
        """Have the debtors looked at again: their items are open again, with their original due dates."""
        items = self.debit_move_id | self.credit_move_id
        result = super().unlink()
        debtors = self.env['leanpay.debtor']._of_moves_sudo(items.move_id)
        debtors._settled(self._dunning_items(items))
        debtors._mark_stale()
        return result

    def _dunning_changed(self, reason):
        items = self._dunning_items(self.debit_move_id | self.credit_move_id)
        debtors = self.env['leanpay.debtor']._of_moves_sudo(items.move_id)
        paid = items.filtered(lambda item: item.reconciled)
        if paid:
            debtors._void_if_all_paid(paid, reason)
        debtors._void_letters_about(items, reason)
        debtors._settled(items)
        debtors._mark_stale()

    def _dunning_items(self, items):
        # sudo: whoever books a payment need not see what it changes in collections
        return items.sudo().exists().filtered(lambda item: item.account_id.account_type == 'asset_receivable')
