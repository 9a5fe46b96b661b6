from odoo import Command, models


class LeanpayDebtor(models.Model):
    """A customer that becomes a contact of a company: the company owes their items, and has one debtor for all."""

    _inherit = 'leanpay.debtor'

    def _join_company(self, items):
        """Bring debtors whose customers are contacts now to the debtors of their companies, with all that was said.

        What is planned is voided: the run plans again, for the company. A hold on the whole customer goes on for
        their items only, and a company that was not on hold is not put on hold by it.

        :param items: {debtor id: account.move.line that were the customer's until now}
        """
        held = [(debtor._whole_holds(), items[debtor.id]) for debtor in self]
        for debtor in self:
            reason = self.env._(
                "%(contact)s now belongs to %(company)s",
                contact=debtor.partner_id.name, company=debtor.partner_id.commercial_partner_id.name)
            debtor._void_pending(debtor.env['account.move.line'], reason)
            debtor.message_post(body=reason)
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo()
        customers = self.partner_id
        for customer in customers:
            wizard._merge_debtors(customer, customer)
        for holds, own_items in held:
            if own_items:
                holds.write({'item_ids': [Command.set(own_items.ids)]})
            else:  # nothing is left that it could hold
                holds.action_lift()
        joined = self.sudo().search([('partner_id', 'in', customers.commercial_partner_id.ids)])
        self.env['leanpay.planner'].sudo()._refresh(joined)
        joined._mark_stale()

    def _whole_holds(self):
        """Return the holds in force, or to come, on all that this debtor owes.

        :rtype: leanpay.hold
        """
        return self.hold_ids.filtered(lambda hold: not hold.item_ids and hold.state in ('coming', 'active'))
