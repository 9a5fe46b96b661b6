from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices have their evidence file made from their list."""

    _inherit = 'account.move'

    def action_dunning_evidence_file(self):
        """Make the evidence file of these invoices.

        :raise UserError: when they are of several customers or companies, or nothing is owed by them
        """
        self.check_access('read')
        items = self.line_ids.filtered(lambda item: (
            item.account_id.account_type == 'asset_receivable' and item.parent_state == 'posted'
            and item.partner_id and item.amount_currency > 0))
        customers = items.partner_id.commercial_partner_id
        if not items:
            raise UserError(self.env._("Nothing is claimed by these entries: choose posted invoices of a customer."))
        if len(customers) > 1 or len(items.company_id) > 1:
            raise UserError(self.env._("An evidence file is against one customer: choose invoices of one only."))
        debtors = self.env['leanpay.debtor']
        domain = [('partner_id', '=', customers.id), ('company_id', '=', items.company_id.id)]
        debtor = debtors.search(domain)
        if not debtor:
            # sudo: the run makes the debtors, nobody decides on it
            debtors.sudo()._ensure_for(items.company_id, customers.ids)
            debtor = debtors.search(domain)
        if not debtor:
            raise UserError(self.env._(
                "%s owes nothing that is still open: there is nothing to prove.", customers.display_name))
        return debtor._evidence_file(items)
