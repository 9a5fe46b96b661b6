from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import TODAY
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestConditionsOnInvoices(ModelsCase):
    """Conditions choose scenario and steps on real invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Conditions")
        cls.company.dunning_scenario_id = cls.make_scenario(cls.step_values("Default", 5), name="Default")

    def planned_step(self, moves):
        self.plan()
        steps = self.pending(self.customer).line_ids.filtered(
            lambda line: line.move_line_id in self.ledger.items(moves)).step_id
        return steps.mapped('name')

    def special(self, **condition):
        return self.make_scenario(self.step_values("Special", 5), name="Special", **condition)

    def test_invoice_then_debtor_then_profile_then_company(self):
        invoice = self.late(self.customer, 20)
        debtor = self.ensure(self.customer)
        self.assertEqual(self.planned_step(invoice), ["Default"])
        by_profile, by_debtor, by_invoice = (
            self.make_scenario(self.step_values(name, 5), name=name, company_id=False)
            for name in ("Profile", "Debtor", "Invoice"))
        debtor.profile_id = self.env['leanpay.payer.profile'].create({'name': "Own", 'scenario_id': by_profile.id})
        self.assertEqual(self.planned_step(invoice), ["Profile"])
        debtor.scenario_id = by_debtor
        self.assertEqual(self.planned_step(invoice), ["Debtor"])
        self.assertEqual(debtor.effective_scenario_id, by_debtor)
        invoice.dunning_scenario_id = by_invoice
        self.assertEqual(self.planned_step(invoice), ["Invoice"])

    def test_applied_scenario_is_the_engine_s(self):
        self.late(self.customer, 20, 50)
        debtor = self.ensure(self.customer)
        special = self.special(condition_amount_min=100)
        debtor.invalidate_recordset()
        self.assertEqual(debtor.effective_scenario_id.name, "Default")
        oldest = self.late(self.customer, 30, 100)
        debtor.invalidate_recordset()
        self.assertEqual(debtor.effective_scenario_id, special)
        self.assertEqual(self.planned_step(oldest), ["Special"])
        own = self.make_scenario(self.step_values("Own", 5), name="Own")
        debtor.scenario_id = own
        self.assertEqual(debtor.effective_scenario_id, own)
        with Form(debtor) as form:
            form.scenario_id = self.env['leanpay.scenario']
            self.assertEqual(form.effective_scenario_id, special)
        own.condition_amount_max = 10
        debtor.scenario_id = own
        debtor.invalidate_recordset()
        self.assertEqual(debtor.effective_scenario_id, special, "the condition of its own does not hold")

    def test_applied_scenario_without_items(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id, 'company_id': self.company.id})
        self.assertEqual(debtor.effective_scenario_id.name, "Default")

    def test_tag(self):
        tag = self.env['res.partner.category'].create({'name': "Key account"})
        self.special(condition_category_ids=[Command.set(tag.ids)])
        invoice = self.late(self.customer, 20)
        self.assertEqual(self.planned_step(invoice), ["Default"])
        self.customer.category_id = tag
        self.assertEqual(self.planned_step(invoice), ["Special"])

    def test_country(self):
        self.special(condition_country_ids=[Command.set(self.env.ref('base.be').ids)])
        invoice = self.late(self.customer, 20)
        self.assertEqual(self.planned_step(invoice), ["Default"])
        self.customer.country_id = self.env.ref('base.be')
        self.assertEqual(self.planned_step(invoice), ["Special"])

    def test_amount_in_company_currency(self):
        dollar = self.ledger.currency('USD', 2)
        self.special(condition_amount_min=100, condition_amount_max=200)
        expected = {99.99: "Default", 100: "Special", 200: "Special", 200.01: "Default"}
        invoices = {amount: self.late(self.customer, 20, amount) for amount in expected}
        self.plan()
        for amount, name in expected.items():
            with self.subTest(amount):
                self.assertEqual(self.planned_step(invoices[amount]), [name])
        self.assertEqual(self.planned_step(self.late(self.customer, 20, 200, currency=dollar)), ["Special"])

    def test_kinds(self):
        self.customer.write({'name': "Kinds"})
        first, second = self.late(self.customer, 50), self.late(self.customer, 20)
        recurring = self.late(self.customer, 20, auto_post='monthly', auto_post_until=TODAY + timedelta(days=300))
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.ledger.general.id, 'date': TODAY, 'line_ids': [
                Command.create({'account_id': self.ledger.accounts['receivable'].id, 'partner_id': self.customer.id,
                                'balance': 10}),
                Command.create({'account_id': self.ledger.accounts['income'].id, 'balance': -10})]})
        entry.action_post()
        self.special(condition_kind='first')
        kinds = {item.move_id: item.kind for item in self.facts(self.customer).items}
        self.assertEqual(kinds, {
            first.id: 'first', second.id: 'invoice', recurring.id: 'recurring', entry.id: 'entry'})
        self.assertEqual(
            (self.planned_step(first), self.planned_step(second)), (["Special"], ["Default"]))

    def test_first_is_by_customer_and_looks_at_paid_invoices(self):
        self.special(condition_kind='first')
        paid = self.late(self.customer, 80)
        self.ledger.payment(self.item(paid), 100)
        self.late(self.customer, 20)
        other = self.ledger.customer("Other")
        self.late(other, 20)
        self.assertEqual([item.kind for item in self.facts(self.customer).items], ['invoice'])
        self.assertEqual([item.kind for item in self.facts(other).items], ['first'])

    def test_deposit_when_sales_are_installed(self):
        """The sales add-on adds the flag: the column is added here for the time of the test when it is not there."""
        invoice = self.late(self.customer, 20)
        lines = self.env['account.move.line']
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE account_move_line ADD COLUMN IF NOT EXISTS is_downpayment boolean")
        self.env.cr.execute(
            "UPDATE account_move_line SET is_downpayment = TRUE WHERE move_id = %s AND display_type = 'product'",
            [invoice.id])
        known = dict(lines._fields) | {'is_downpayment': fields.Boolean()}
        with patch.object(type(lines), '_fields', known):
            kinds = [item.kind for item in self.facts(self.customer).items]
        self.assertEqual(kinds, ['deposit'])

    def test_step_condition(self):
        self.company.dunning_scenario_id = self.make_scenario(
            self.step_values("Small", 5, condition_amount_max=50),
            self.step_values("Big", 8, '2', condition_amount_min=50.01))
        small, big = self.late(self.customer, 20, 50), self.late(self.customer, 20, 51)
        self.assertEqual((self.planned_step(small), self.planned_step(big)), (["Small"], ["Big"]))
