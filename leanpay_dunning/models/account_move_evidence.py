from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices have their evidence file made from their list."""

    _inherit = 'account.move'

    def action_evidence_file(self):
        """Make the evidence file of these invoices.

        :raise UserError: when they are not of one customer of one company who owes something
        """
        self.check_access('read')
        items = self.line_ids.filtered(lambda item: (
            item.account_id.account_type == 'asset_receivable' and item.parent_state == 'posted'
            and item.partner_id and item.amount_currency > 0))
        customers, company = items.partner_id.commercial_partner_id, items.company_id
        debtors = self.env['leanpay.debtor']
        if len(customers) == 1 and len(company) == 1:
            # sudo: the run makes the debtors, nobody decides on it
            debtors.sudo()._ensure_for(company, customers.ids)
            debtors = debtors.search([('partner_id', '=', customers.id), ('company_id', '=', company.id)])
        if not debtors:
            raise UserError(self.env._(
                "An evidence file is about one customer who owes something: choose invoices of one customer."))
        return debtors._evidence_file(items)
