from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.leanpay_dunning.tests.common import TODAY, DunningCase


@tagged('post_install', '-at_install')
class TestSaleOrder(DunningCase):
    """Quotations of late payers, from those who sell to those who release."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.dunning_order_hold = 'block'
        cls.customer, cls.good = cls.ledger.customer("Late"), cls.ledger.customer("Good")
        cls.invoice = cls.ledger.invoice(cls.customer, 100, TODAY - timedelta(days=45))
        cls.env['leanpay.debtor']._ensure_for(cls.company)
        cls.seller = cls._person('glue_seller', 'sales_team.group_sale_salesman')
        cls.manager = cls._person(
            'glue_manager', 'leanpay_dunning.group_collections_manager', 'sales_team.group_sale_salesman')
        cls.product = cls.env['product.product'].create({'name': "Service", 'type': 'service', 'list_price': 100})

    @classmethod
    def _person(cls, login, *groups):
        return cls.env['res.users'].create({
            'name': login, 'login': login, 'email': f'{login}@vendeur.example', 'company_id': cls.company.id,
            'company_ids': [Command.set(cls.company.ids)],
            'group_ids': [Command.set([cls.env.ref(group).id for group in groups])]})

    def order(self, partner=None, **values):
        return self.env['sale.order'].with_user(self.seller).create({
            'partner_id': (partner or self.customer).id, 'user_id': self.seller.id, 'company_id': self.company.id,
            'order_line': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 1, 'price_unit': 100, 'tax_ids': [Command.clear()]})],
            **values})

    def test_banner(self):
        held, free = self.order(), self.order(self.good)
        self.assertRecordValues(held | free, [
            {'dunning_order_hold': 'block',
             'dunning_order_hold_text': "Orders and deliveries are on hold: overdue for 45 days."},
            {'dunning_order_hold': 'none', 'dunning_order_hold_text': False}])

    def test_banner_follows_the_customer_in_the_form(self):
        form = Form(self.env['sale.order'].with_user(self.seller))
        form.partner_id = self.good
        self.assertEqual(form.dunning_order_hold, 'none')
        form.partner_id = self.customer
        self.assertEqual(form.dunning_order_hold, 'block')

    def test_refused_and_who_can_release(self):
        order = self.order()
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        for part in (self.customer.name, "45 days", self.manager.name):
            self.assertIn(part, str(caught.exception))
        self.assertEqual(order.state, 'draft')

    def test_customer_whom_no_run_has_seen(self):
        new = self.ledger.customer("New")
        self.ledger.invoice(new, 100, TODAY - timedelta(days=45))
        with self.assertRaises(UserError):
            self.order(new).action_confirm()

    def test_one_held_order_refuses_all(self):
        orders = self.order(self.good) | self.order()
        with self.assertRaises(UserError):
            orders.action_confirm()
        self.assertEqual(set(orders.mapped('state')), {'draft'})

    def test_manager_releases_from_the_quotation(self):
        order = self.order()
        action = order.with_user(self.manager).action_release_orders()
        form = Form(self.env['leanpay.order.release'].with_user(self.manager).with_context(**action['context']),
                    view=action['views'][0][0])
        form.reason = "Paid on Friday, seen"
        form.save()
        self.env.invalidate_all()
        order.action_confirm()
        self.assertEqual((order.state, order.dunning_order_hold), ('sale', 'none'))

    def test_warned(self):
        self.company.dunning_order_hold = 'warn'
        order = self.order()
        self.assertEqual(order.dunning_order_hold, 'warn')
        order.action_confirm()
        self.assertEqual(order.state, 'sale')
        [told] = order.message_ids.filtered(lambda message: "Let through although" in message.body)
        self.assertIn("45 days", told.body)
        self.assertEqual(told.author_id, self.seller.partner_id)

    def test_not_held(self):
        order = self.order(self.good)
        order.action_confirm()
        self.assertEqual(order.state, 'sale')
        self.assertFalse(order.message_ids.filtered(lambda message: "although" in message.body))

    def test_off(self):
        self.company.dunning_order_hold = 'off'
        order = self.order()
        order.action_confirm()
        self.assertEqual(order.state, 'sale')

    def test_who_is_invoiced_counts(self):
        self.assertEqual(self.order(self.good, partner_invoice_id=self.customer.id).dunning_order_hold, 'block')
        self.assertEqual(self.order(self.customer, partner_invoice_id=self.good.id).dunning_order_hold, 'none')

    def test_this_order_counts_for_the_credit_limit(self):
        self.company.write({'account_use_credit_limit': True, 'dunning_order_hold_days': 0})
        self.good.with_company(self.company).credit_limit = 150
        first, second = self.order(self.good), self.order(self.good)
        self.assertEqual((first | second).mapped('dunning_order_hold'), ['none', 'none'])
        first.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(second.dunning_order_hold, 'block')
        self.assertIn("200.00", second.dunning_order_hold_text)

    def test_order_accepted_online_waits(self):
        order = self.order()
        order.sudo()._validate_order()
        self.assertEqual(order.state, 'draft')
        self.assertIn("on hold", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.seller)
        good = self.order(self.good)
        good.sudo()._validate_order()
        self.assertEqual(good.state, 'sale')

    def test_what_is_paid_online_is_confirmed(self):
        """A payment that was made is not refused: its order is confirmed, and says that it was on hold."""
        order = self.order()
        order.sudo().action_confirm()
        self.assertEqual(order.state, 'sale')
        self.assertTrue(order.message_ids.filtered(lambda message: "although" in message.body))

    def test_customers_read_nothing_of_it(self):
        self.assertEqual(self.env['sale.order']._fields['dunning_order_hold'].groups, 'base.group_user')
        self.assertEqual(self.env['sale.order']._fields['dunning_order_hold_text'].groups, 'base.group_user')
