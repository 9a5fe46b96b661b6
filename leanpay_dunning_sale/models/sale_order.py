from odoo import api, models


class SaleOrder(models.Model):
    """A quotation of a customer whose orders are on hold is confirmed with a warning, or not at all."""

    _name = 'sale.order'
    _inherit = ['sale.order', 'leanpay.order.hold.mixin']

    @api.depends('partner_id', 'partner_invoice_id', 'company_id', 'state', 'amount_total', 'amount_paid',
                 'currency_rate')
    @api.depends_context('lang')
    def _compute_dunning_order_hold(self):
        return super()._compute_dunning_order_hold()

    # === ACTION METHODS === #

    def action_confirm(self):
        """Override of `sale` to ask whether the customers' orders are let through."""
        self._dunning_check_hold()
        return super().action_confirm()

    # === BUSINESS METHODS === #

    def _dunning_may_be_held(self):
        """Return the quotations, those that are paid in advance left out."""
        return self.filtered(lambda order: order.state in ('draft', 'sent') and not order._dunning_prepaid())

    def _dunning_prepaid(self):
        """Tell whether an order is paid before it is confirmed: nothing is lent to its customer."""
        self.ensure_one()
        return self.amount_total > 0 and self.currency_id.compare_amounts(self.amount_paid, self.amount_total) >= 0

    def _dunning_customer(self):
        """Return who is invoiced, who may be another one than who orders."""
        self.ensure_one()
        return (self.partner_invoice_id or self.partner_id).commercial_partner_id

    def _dunning_ordered(self):
        """Return what is still to be paid of the order, in company currency."""
        self.ensure_one()
        return (self.amount_total - self.amount_paid) / (self.currency_rate or 1)

    def _validate_order(self):
        """Override of `sale`, called when a customer accepts online: what is on hold waits for a salesperson."""
        held = self.browse(
            record.id for record, verdict in self._dunning_verdicts().items() if verdict.mode == 'block')
        for order in held:
            order._dunning_wait()
        rest = self - held
        return super(SaleOrder, rest)._validate_order() if rest else None

    def _dunning_wait(self):
        """Ask the salesperson to have an order released that its customer has accepted."""
        self.ensure_one()
        manager = self.env['leanpay.order.hold']._managers(self.company_id)[:1]
        self.activity_schedule(
            'mail.mail_activity_data_todo', user_id=(self.user_id or manager or self.env.user).id,
            summary=self.env._("Accepted by the customer, but on hold: have it released, then confirm it"),
            note=self.dunning_order_hold_text)
