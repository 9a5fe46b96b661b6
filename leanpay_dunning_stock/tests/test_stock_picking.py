from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.leanpay_dunning.tests.common import TODAY, DunningCase


@tagged('post_install', '-at_install')
class TestStockPicking(DunningCase):
    """Deliveries to late payers, from the warehouse to those who release."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.dunning_order_hold = 'block'
        cls.customer, cls.good = cls.ledger.customer("Late"), cls.ledger.customer("Good")
        cls.ledger.invoice(cls.customer, 100, TODAY - timedelta(days=45))
        cls.env['leanpay.debtor']._ensure_for(cls.company)
        cls.storekeeper = cls._person('glue_storekeeper', 'stock.group_stock_user')
        cls.manager = cls._person(
            'glue_releaser', 'leanpay_dunning.group_collections_manager', 'stock.group_stock_user')
        cls.warehouse = cls.env['stock.warehouse'].search([('company_id', '=', cls.company.id)], limit=1)
        cls.product = cls.env['product.product'].create({'name': "Crate", 'type': 'consu'})

    @classmethod
    def _person(cls, login, *groups):
        return cls.env['res.users'].create({
            'name': login, 'login': login, 'email': f'{login}@vendeur.example', 'company_id': cls.company.id,
            'company_ids': [Command.set(cls.company.ids)],
            'group_ids': [Command.set([cls.env.ref(group).id for group in groups])]})

    def picking(self, partner=None, kind='out', **values):
        stock, customers = self.warehouse.lot_stock_id, self.env.ref('stock.stock_location_customers')
        source, target = (stock, customers) if kind == 'out' else (customers, stock)
        picking = self.env['stock.picking'].with_user(self.storekeeper).create({
            'partner_id': (partner or self.customer).id, 'picking_type_id': self.warehouse[f'{kind}_type_id'].id,
            'location_id': source.id, 'location_dest_id': target.id,
            'move_ids': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 1, 'location_id': source.id,
                'location_dest_id': target.id})], **values})
        picking.action_confirm()
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        return picking

    def test_banner(self):
        held, free = self.picking(), self.picking(self.good)
        self.assertEqual((held | free).mapped('dunning_order_hold'), ['block', 'none'])
        self.assertIn("45 days", held.dunning_order_hold_text)

    def test_refused_and_who_can_release(self):
        picking = self.picking()
        with self.assertRaises(UserError) as caught:
            picking.button_validate()
        for part in (self.customer.name, "45 days", self.manager.name):
            self.assertIn(part, str(caught.exception))
        self.assertNotEqual(picking.state, 'done')

    def test_contact_who_receives_it(self):
        site = self.env['res.partner'].create({'name': "Site", 'parent_id': self.customer.id, 'type': 'delivery'})
        self.assertEqual(self.picking(site).dunning_order_hold, 'block')

    def test_manager_releases_from_the_delivery(self):
        picking = self.picking()
        action = picking.with_user(self.manager).action_release_orders()
        form = Form(self.env['leanpay.order.release'].with_user(self.manager).with_context(**action['context']),
                    view=action['views'][0][0])
        form.reason = "Paid on Friday, seen"
        form.save()
        self.env.invalidate_all()
        picking.button_validate()
        self.assertEqual(picking.state, 'done')

    def test_warned_once(self):
        self.company.dunning_order_hold = 'warn'
        picking = self.picking()
        picking.button_validate()
        self.assertEqual(picking.state, 'done')
        self.assertEqual(
            len(picking.message_ids.filtered(lambda message: "Let through although" in message.body)), 1)
        self.assertEqual(picking.dunning_order_hold, 'none')  # it has left

    def test_dialog_warns_no_second_time_and_lets_nothing_through(self):
        picking = self.picking()
        again = picking.with_context(button_validate_picking_ids=picking.ids)
        with self.assertRaises(UserError):
            again.button_validate()
        self.company.dunning_order_hold = 'warn'
        again.button_validate()
        self.assertEqual(picking.state, 'done')
        self.assertFalse(picking.message_ids.filtered(lambda message: "Let through" in message.body))

    def test_what_comes_back_is_never_held(self):
        picking = self.picking(kind='in')
        self.assertEqual(picking.dunning_order_hold, 'none')
        picking.button_validate()
        self.assertEqual(picking.state, 'done')

    def test_off_and_good_customers(self):
        self.picking(self.good).button_validate()
        self.company.dunning_order_hold = 'off'
        picking = self.picking()
        picking.button_validate()
        self.assertEqual(picking.state, 'done')

    def test_delivery_to_nobody(self):
        picking = self.picking(self.good)
        picking.partner_id = False
        picking.button_validate()
        self.assertEqual(picking.state, 'done')

    def test_who_is_invoiced_counts(self):
        """With sales orders, and only then."""
        if 'sale_id' not in self.env['stock.picking']._fields:
            return
        order = self.env['sale.order'].create({
            'partner_id': self.good.id, 'partner_invoice_id': self.customer.id, 'company_id': self.company.id,
            'order_line': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 1, 'price_unit': 60, 'tax_ids': [Command.clear()]})]})
        order.sudo().action_confirm()
        picking = order.picking_ids.with_user(self.storekeeper)
        self.assertEqual(picking.dunning_order_hold, 'block')
        invoice = self.ledger.invoice(self.customer, 60, TODAY)
        invoice.invoice_line_ids.sale_line_ids = order.order_line
        self.ledger.payment(self.ledger.items(invoice), 60)
        self.env.invalidate_all()
        self.assertEqual(picking.dunning_order_hold, 'none')
