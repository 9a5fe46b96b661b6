from odoo import api, models


class StockPicking(models.Model):
    """A delivery to a customer whose orders are on hold leaves with a warning, or not at all."""

    _name = 'stock.picking'
    _inherit = ['stock.picking', 'leanpay.order.hold.mixin']

    @api.depends('partner_id', 'company_id', 'state', 'picking_type_id', 'location_dest_id')
    @api.depends_context('lang')
    def _compute_dunning_order_hold(self):
        return super()._compute_dunning_order_hold()

    # === ACTION METHODS === #

    def button_validate(self):
        """Override of `stock` to ask whether the customers' deliveries are let through.

        A dialog, such as the one that asks for a backorder, comes here again: it warns only once.
        """
        self._dunning_check_hold(warned=bool(self.env.context.get('button_validate_picking_ids')))
        return super().button_validate()

    # === BUSINESS METHODS === #

    def _dunning_may_be_held(self):
        """Return the deliveries to customers that have not left, those of orders paid in advance left out."""
        return self.filtered(
            lambda picking: picking.picking_type_code == 'outgoing' and picking.state not in ('done', 'cancel')
            and picking.location_dest_id.usage == 'customer' and not picking._dunning_prepaid())

    def _dunning_sale(self):
        """Return the sales order of a delivery, None without one: whether `sale_stock` is installed or not."""
        self.ensure_one()
        return self.sale_id if 'sale_id' in self._fields and self.sale_id else None

    def _dunning_prepaid(self):
        """Tell whether the order of a delivery is paid: what is due for other orders does not hold it."""
        order = self._dunning_sale()
        if not order or order.amount_total <= 0:
            return False
        paid = order.amount_paid
        for invoice in order.invoice_ids.filtered(lambda move: move.state == 'posted'):
            sign = 1 if invoice.move_type == 'out_invoice' else -1
            if invoice.currency_id == order.currency_id and not order.transaction_ids & invoice.transaction_ids:
                paid += sign * (invoice.amount_total - invoice.amount_residual)
        return order.currency_id.compare_amounts(paid, order.amount_total) >= 0

    def _dunning_customer(self):
        """Return who is invoiced for the order, who may be another one than who receives it; else who receives it."""
        self.ensure_one()
        order = self._dunning_sale()
        return ((order and order.partner_invoice_id) or self.partner_id).commercial_partner_id
