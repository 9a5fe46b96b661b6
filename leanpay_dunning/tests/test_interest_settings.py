"""What the law leaves open: each company's answers reach the computation, and each default claims the least."""

from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_models import ModelsCase

DUE = date(2026, 1, 31)
APRIL = date(2026, 4, 30)


@tagged('post_install', '-at_install')
class TestInterestSettings(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Pro", company_registry='55208131766522')
        cls.invoice = cls.ledger.invoice(cls.customer, 3000, DUE)
        cls.item = cls.ledger.items(cls.invoice)
        cls.law = cls.env['leanpay.late.interest']

    def borne(self, item=None, until=APRIL):
        item = item or self.item
        return self.law._of_items(item, until)[item.id]

    def test_day_count_and_days(self):
        self.assertEqual(self.borne().interest, Decimal('88.88'))
        self.company.dunning_day_count = 'act/360'
        self.assertEqual(self.borne().interest, Decimal('90.11'))
        self.company.write({'dunning_day_count': 'regime', 'dunning_interest_days': 'from_due'})
        self.assertEqual(self.borne().segments[0].date_from, DUE)

    def test_floor_of_2024(self):
        item = self.ledger.items(self.ledger.invoice(self.customer, 1000, date(2024, 1, 31)))
        self.assertEqual(self.borne(item, date(2024, 2, 29)).segments[0].rate, Decimal('14.5'))
        self.company.dunning_low_statutory = 'raise'
        self.assertEqual(self.borne(item, date(2024, 2, 29)).segments[0].rate, Decimal('15.21'))

    def test_agreed_rates_and_their_order(self):
        self.company.write({'dunning_rate_kind': 'fixed', 'dunning_rate_value': 15})
        self.assertEqual(self.borne().segments[0].rate, 15)
        debtor = self.ensure(self.customer)
        debtor.write({'dunning_rate_kind': 'index', 'dunning_rate_value': 12, 'dunning_rate_index': 'ECB_MRO'})
        self.assertEqual(self.borne().segments[0].rate, Decimal('14.15'))
        self.invoice.write({
            'dunning_rate_kind': 'multiple', 'dunning_rate_value': 4, 'dunning_rate_index': 'FR_LEGAL_PRO'})
        self.assertEqual(self.borne().segments[0].rate, Decimal('10.48'))
        self.invoice.dunning_rate_kind = 'statutory'
        self.assertEqual(self.borne().segments[0].rate, Decimal('12.15'))
        debtor.customer_type = 'public'
        self.invoice.dunning_rate_kind = debtor.dunning_rate_kind = False
        self.assertEqual(self.borne().segments[0].rate, Decimal('10.15'), "general terms do not bind a public buyer")

    def test_agreed_rate_under_the_floor(self):
        debtor = self.ensure(self.customer)
        debtor.write({'dunning_rate_kind': 'fixed', 'dunning_rate_value': 5})
        self.assertEqual(self.borne().segments[0].rate, Decimal('12.15'))
        self.assertIn("claims use the legal rate", debtor.agreed_rate_warning)
        self.company.dunning_low_contract = 'floor'
        self.assertEqual(self.borne().segments[0].rate, Decimal('7.86'))
        self.assertIn("claims use that least rate", debtor.agreed_rate_warning)
        debtor.dunning_rate_value = 8
        self.assertFalse(debtor.agreed_rate_warning)

    def test_agreed_rates_that_are_none(self):
        debtor = self.ensure(self.customer)
        for values in ({'dunning_rate_kind': 'fixed', 'dunning_rate_value': -1},
                       {'dunning_rate_kind': 'multiple', 'dunning_rate_value': 3},
                       {'dunning_rate_kind': 'index', 'dunning_rate_value': 3, 'dunning_rate_index': 'NOBODY'}):
            with self.assertRaises(ValidationError):
                debtor.write(values)

    def test_imputation_and_credits(self):
        self.ledger.payment(self.item, 1000, date(2026, 3, 31))
        self.assertEqual(self.borne().principal, 2000)
        self.company.dunning_imputation = 'interest_first'
        self.assertGreater(self.borne().principal, 2000)
        other = self.ledger.invoice(self.customer, 1000, DUE)
        note = self.ledger.invoice(self.customer, 400, date(2026, 3, 31), kind='out_refund')
        (self.ledger.items(other) | self.ledger.items(note)).reconcile()
        start = self.borne(self.ledger.items(other))
        self.company.dunning_credit_effect = 'from_date'
        self.assertGreater(self.borne(self.ledger.items(other)).interest, start.interest)

    def test_indemnity_per_instalment(self):
        move = self.ledger.invoice(self.customer, 3000, [DUE, DUE + timedelta(days=10)])
        items = self.ledger.items(move)
        self.assertEqual(sum(one.indemnity for one in self.law._of_items(items, APRIL).values()), 40)
        self.company.dunning_indemnity_per = 'instalment'
        self.assertEqual(sum(one.indemnity for one in self.law._of_items(items, APRIL).values()), 80)

    def test_suspensions(self):
        debtor, whole = self.ensure(self.customer), self.borne().interest
        pause = self.env['leanpay.interest.suspension'].create({
            'debtor_id': debtor.id, 'kind': 'plan', 'date_from': date(2026, 2, 1), 'date_until': date(2026, 2, 28)})
        self.assertEqual(sum(part.days for part in self.borne().segments), 61)
        self.company.dunning_plan_interest = 'all'
        self.assertEqual(self.borne().interest, whole)
        pause.kind = 'refund'
        self.assertEqual(self.borne().interest, whole)
        self.company.dunning_refund_interest = 'refund'
        self.assertLess(self.borne().interest, whole)
        pause.write({'kind': 'grace', 'item_ids': [Command.set(self.ledger.items(
            self.ledger.invoice(self.customer, 10, DUE)).ids)]})
        self.assertEqual(self.borne().interest, whole, "another item's suspension")
        pause.write({'item_ids': [Command.clear()], 'date_until': False})
        self.assertEqual(self.borne().interest, 0)
        with self.assertRaisesRegex(ValidationError, "ends before it starts"):
            pause.date_until = date(2026, 1, 1)

    def test_insolvency(self):
        self.ensure(self.customer).insolvency_date = date(2026, 3, 1)
        self.assertEqual(self.borne().segments[-1].date_to, date(2026, 2, 28))

    def test_due_date_on_a_day_off(self):
        self.assertEqual(DUE.weekday(), 5)
        self.company.dunning_due_roll = 'next'
        self.assertEqual(self.borne().segments[0].date_from, date(2026, 2, 3))

    def test_unknown_customers_and_missing_rates(self):
        stranger = self.ledger.customer("Unknown")
        item = self.ledger.items(self.ledger.invoice(stranger, 1000, DUE))
        self.assertEqual(self.borne(item).indemnity, 0)
        self.company.dunning_unknown_type = 'professional'
        self.assertEqual(self.borne(item).indemnity, 40)
        far = date(2031, 12, 31)
        self.assertTrue(self.borne(item, far).missing)
        known = self.borne(item, far).interest
        self.company.dunning_missing_rate = 'provisional'
        self.assertGreater(self.borne(item, far).interest, known)

    def test_opening_balances(self):
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.ledger.general.id, 'date': DUE, 'line_ids': [
                Command.create({'account_id': self.ledger.accounts[name].id, 'partner_id': self.customer.id,
                                'balance': balance, 'date_maturity': DUE, 'name': "Opening"})
                for name, balance in (('receivable', 500), ('income', -500))]})
        entry.action_post()
        item = entry.line_ids.filtered(lambda line: line.account_id == self.ledger.accounts['receivable'])
        self.assertFalse(self.law._of_items(item, APRIL))
        self.company.dunning_entry_interest = True
        self.assertTrue(self.law._of_items(item, APRIL)[item.id].interest)

    def test_rounding_once_on_the_total(self):
        self.company.dunning_rounding = 'total'
        self.assertEqual(self.borne().interest, self.borne().interest_rounded_once)

    def test_consumer_interest_runs_from_the_receipt_of_the_notice(self):
        self.ensure(self.customer).customer_type = 'consumer'
        self.assertEqual(self.borne().interest, 0)
        [reminder] = self.send(self.customer)
        reminder.sudo().write({'level': '4', 'received_on': date(2026, 3, 31)})
        self.assertEqual([(part.date_from, part.rate) for part in self.borne().segments], [
            (date(2026, 4, 1), Decimal('2.62'))])
