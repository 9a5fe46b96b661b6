from odoo import Command, models
from odoo.exceptions import UserError


class LeanpayDispute(models.Model):
    """Credit notes made from a dispute, by Odoo's own reversal."""

    _inherit = 'leanpay.dispute'

    def _credit(self, line, amount):
        """Post a credit note of what is accepted of a disputed item, and match it with that item.

        The whole invoice is reversed line by line when all of it is accepted; a part takes the same share of each of
        its lines, so that taxes follow.

        :param line: leanpay.dispute.line
        :param amount: what is accepted, tax included, in the invoice's currency
        :return: account.move
        """
        self.ensure_one()
        move, currency = line.move_id, self.currency_id
        if not move.is_sale_document():
            raise UserError(self.env._(
                "%s is not an invoice: correct its entry in the accounting, then reject or withdraw the dispute.",
                move.display_name))
        self.env['account.move'].check_access('create')
        today = self.company_id._dunning_today()
        credit = move._reverse_moves([{
            'date': today, 'invoice_date': today, 'ref': self.env._("Dispute %s", self.name),
            'invoice_payment_term_id': False, 'journal_id': move.journal_id.id}])
        if currency.compare_amounts(amount, move.amount_total):
            self._scale(credit, amount / move.amount_total)
        self._settle_rounding(credit, amount)
        credit.action_post()
        receivable = credit.line_ids.filtered(lambda each: each.account_id == line.move_line_id.account_id)
        # Posting a reversal matches it with any instalment of its invoice: what was disputed is settled, nothing else.
        if receivable.matched_debit_ids.debit_move_id != line.move_line_id:
            receivable.remove_move_reconcile()
            if not line.move_line_id.reconciled:  # paid meanwhile: the credit note is owed to the customer
                (receivable | line.move_line_id).reconcile()
        return credit

    def _scale(self, credit, share):
        """Keep that share of each line of a draft credit note."""
        credit.write({'invoice_line_ids': [
            Command.update(each.id, {'price_unit': each.price_unit * share})
            for each in credit.invoice_line_ids if each.display_type == 'product']})

    def _settle_rounding(self, credit, amount):
        """Bring the total of a draft credit note to the cent that was accepted: taxes are rounded line by line."""
        difference = self.currency_id.round(amount - credit.amount_total)
        if self.currency_id.is_zero(difference):
            return
        lines = credit.invoice_line_ids.filtered(lambda each: each.display_type == 'product')
        biggest = max(lines, key=lambda each: abs(each.price_subtotal))
        credit.write({'invoice_line_ids': [Command.create({
            'name': self.env._("Rounding"), 'quantity': 1, 'price_unit': difference, 'tax_ids': [Command.clear()],
            'account_id': biggest.account_id.id})]})
