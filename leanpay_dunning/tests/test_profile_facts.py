from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, Ledger
from .common_profiles import ProfilesCase


@tagged('post_install', '-at_install')
class TestProfileFacts(ProfilesCase):
    """What debtors did, as it is read of their entries, reminders and holds."""

    def test_days_late_at_full_payment(self):
        self.paid(12)
        self.paid(-3)
        self.paid(30, amount=90, parts=3)
        self.late(self.customer, 20)
        invoices = self.behaviour().invoices
        self.assertEqual(self.days(), [12, -3, 30, 20])
        self.assertEqual([i.amount for i in invoices], [100, 100, 90, 100])
        self.assertEqual([i.parts for i in invoices], [1, 0, 3, 0])
        self.assertEqual([bool(i.paid_on) for i in invoices], [True, True, True, False])

    def test_window(self):
        self.paid(5, age=725)
        self.paid(5, age=740)
        self.late(self.customer, 800)
        self.late(self.customer, 0)
        self.late(self.customer, -10)
        self.assertEqual(self.days(), [5, 800])

    def test_what_is_no_payment(self):
        """An invoice that a credit note cancelled was never paid; half credited, it was paid when the rest came."""
        cancelled, half = self.late(self.customer, 50), self.late(self.customer, 51)
        for invoice, amount in ((cancelled, 100), (half, 50)):
            refund = self.ledger.invoice(self.customer, amount, TODAY, kind='out_refund')
            (self.ledger.items(invoice) | self.ledger.items(refund)).reconcile()
        self.ledger.payment(self.ledger.items(half), 50, TODAY - timedelta(days=41))
        self.assertTrue(self.ledger.items(cancelled | half)[0].reconciled)
        self.assertEqual(self.days(), [10])

    def test_instalments_are_one_invoice(self):
        day = TODAY - timedelta(days=60)
        invoice = self.ledger.invoice(self.customer, 300, [day, day + timedelta(days=10), day + timedelta(days=20)])
        for item, late in zip(self.ledger.items(invoice), (1, 25, 3), strict=True):
            self.ledger.payment(item, 100, item.date_maturity + timedelta(days=late))
        self.assertEqual([(i.amount, i.paid_on - i.due) for i in self.behaviour().invoices],
                         [(300, timedelta(days=25))])

    def test_currency(self):
        """The entry of an exchange difference is no payment, and amounts are the company's."""
        dollar = self.ledger.currency('USD', 2)
        invoice = self.ledger.invoice(self.customer, 200, TODAY - timedelta(days=50), currency=dollar)
        self.env['res.currency.rate'].create({
            'currency_id': dollar.id, 'company_id': self.company.id, 'rate': 4, 'name': TODAY - timedelta(days=45)})
        self.ledger.payment(self.ledger.items(invoice), 200, TODAY - timedelta(days=40))
        self.assertTrue(self.ledger.items(invoice).reconciled)
        [read] = self.behaviour().invoices
        self.assertEqual((read.amount, read.paid_on, read.parts), (100, TODAY - timedelta(days=40), 1))

    def test_most_was_paid_and_the_rest_held_back(self):
        due = TODAY - timedelta(days=120)
        for first, day_first, day_rest in ((70, 5, 60), (30, 5, 60), (70, 5, 20), (70, -20, 60), (70, 50, 60)):
            invoice = self.ledger.invoice(self.customer, 100, due)
            for amount, day in ((first, day_first), (100 - first, day_rest)):
                self.ledger.payment(self.ledger.items(invoice), amount, due + timedelta(days=day))
        still_open = self.ledger.invoice(self.customer, 100, due)
        self.ledger.payment(self.ledger.items(still_open), 60, due)
        self.assertEqual(
            [i.withheld for i in self.behaviour().invoices], [True, False, False, False, False, True],
            "not when the first part was small, nor when the rest followed, nor a deposit")

    def test_disputes(self):
        disputed, other, later = self.paid(70), self.paid(2), self.late(self.customer, 15)
        debtor = self.owner()
        items = self.ledger.items(disputed)
        items.remove_move_reconcile()  # nobody disputes what is paid
        debtor._dispute(items, 'other').sudo().date = TODAY - timedelta(days=90)
        self.assertEqual({i.disputed for i in self.behaviour().invoices}, {True, False})
        self.assertEqual(sum(i.disputed for i in self.behaviour().invoices), 1)
        self.assertTrue(other.line_ids and later.line_ids)

    def test_insolvency_and_promises(self):
        debtor = self.owner()
        self.env['leanpay.hold'].sudo().create({
            'debtor_id': debtor.id, 'kind': 'insolvency', 'date_from': TODAY - timedelta(days=90)})
        for days in (3, 9):
            debtor._promise(self.ledger.items(self.late(self.customer, days)), TODAY + timedelta(days=days))
        self.assertEqual((self.behaviour().insolvency, self.behaviour().promised), (True, 2))

    def test_reminders_before_the_payment(self):
        invoice = self.late(self.customer, 20)
        self.send(self.customer)
        self.days_later(15)
        self.send(self.customer)
        self.ledger.payment(self.ledger.items(invoice), 100, TODAY + timedelta(days=3))
        debtor = self.owner()
        [read] = self.env['leanpay.profile.facts']._read(self.company, debtor.ids, self._day)[debtor.id].invoices
        self.assertEqual((read.reminders, read.level), (1, 1), "the second one came after the money")

    def test_calls(self):
        self.late(self.customer, 20)
        reminder = self.send(self.customer)[0]
        reminder.sudo().write({'channel': 'phone', 'outcome': 'refuses'})
        self.assertEqual((self.behaviour().refused, self.behaviour().disputes), (1, 0))
        reminder.sudo().write({'outcome': 'dispute'})
        self.assertEqual((self.behaviour().refused, self.behaviour().disputes), (0, 1))

    def test_public_bodies(self):
        for registry, industry, country, expected in (
            ('213500283', False, 'base.fr', True), ('130 005 481 00010', False, 'base.fr', True),
            ('552100554', False, 'base.fr', False), ('213500283', False, 'base.us', False),
            (False, 'base.res_partner_industry_O', 'base.us', True), (False, False, 'base.fr', False),
        ):
            self.customer.write({
                'country_id': self.env.ref(country).id, 'company_registry': registry,
                'industry_id': industry and self.env.ref(industry).id})
            with self.subTest(registry=registry, industry=industry, country=country):
                self.assertEqual(self.behaviour().public, expected)

    def test_groups(self):
        self.ledger.customer("Contact", parent_id=self.customer.id, is_company=False)
        self.assertEqual(self.behaviour().group, 0)
        daughters = [self.ledger.customer(name, parent_id=self.customer.id) for name in ("North", "South")]
        self.assertEqual(self.behaviour().group, 2)
        self.assertEqual(self.behaviour(daughters[0]).group, 2, "its parent and its sister")

    def test_direct_debit_agreed(self):
        method = self.env['account.payment.method'].sudo().create({
            'name': "SEPA", 'code': 'sepa_direct_debit', 'payment_type': 'inbound'})
        line = self.env['account.payment.method.line'].create({
            'payment_method_id': method.id, 'journal_id': self.ledger.bank.id})
        self.assertFalse(self.behaviour().direct_debit)
        self.customer.property_inbound_payment_method_line_id = line
        self.assertTrue(self.behaviour().direct_debit)

    def test_payments_by_direct_debit_and_rejected(self):
        method = self.env['account.payment.method'].sudo().create({
            'name': "SEPA", 'code': 'sdd', 'payment_type': 'inbound'})
        line = self.env['account.payment.method.line'].create({
            'payment_method_id': method.id, 'journal_id': self.ledger.bank.id,
            'payment_account_id': self.ledger.accounts['outstanding'].id})
        invoice, _by_transfer = self.late(self.customer, 20), self.paid(0)
        payments = self.env['account.payment'].create([
            {'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': self.customer.id,
             'journal_id': self.ledger.bank.id, 'payment_method_line_id': line.id, 'amount': 100,
             'date': TODAY - timedelta(days=20)} for _number in range(2)])
        payments.action_post()
        (self.ledger.items(payments[0].move_id) | self.ledger.items(invoice)).reconcile()
        payments[1].move_id.button_draft()
        payments[1].state = 'rejected'
        self.env.flush_all()
        behaviour = self.behaviour()
        self.assertEqual([i.direct_debit for i in behaviour.invoices], [True, False])
        self.assertEqual(behaviour.bounced, 1)

    def test_other_companies_do_not_count(self):
        other = Ledger(self.env(context={}), "Other SAS")
        due = TODAY - timedelta(days=60)
        for _number in range(3):
            invoice = other.invoice(self.customer, 100, due)
            other.payment(other.items(invoice), 100, due + timedelta(days=40))
        self.assertEqual(self.days(), [])
        self.assertEqual(len(self.behaviour(company=other.company).invoices), 3)
        debtors = self.owner(), self.owner(company=other.company)
        self.env['leanpay.debtor']._suggest_profiles(self.company)
        self.assertFalse(debtors[1].suggested_profile_id)
        self.env['leanpay.debtor']._suggest_profiles(other.company)
        self.assertEqual([debtor.suggested_profile_id.code for debtor in debtors], [False, 'bad'])

    def test_queries_do_not_follow_the_number(self):
        def count(debtors):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.suggest(*debtors)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        batches = []
        for customers, invoices in ((1, 3), (1, 3), (4, 9)):
            partners = [self.ledger.customer(f"Many {number}") for number in range(customers)]
            batches.append([self.pays_late(partner, 30 + number, invoices) for number, partner in enumerate(partners)])
        _warm, few, many = [count(debtors) for debtors in batches]
        self.assertEqual([debtor.suggested_profile_id.code for debtor in batches[2]], ['bad'] * 4)
        self.assertEqual(many, few)
