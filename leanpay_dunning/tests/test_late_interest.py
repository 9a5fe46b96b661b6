"""What items bear: from the ledger and the shipped law to the customer's page and the invoice."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TODAY
from .common_models import ModelsCase

DUE = date(2026, 1, 31)
APRIL = date(2026, 4, 30)


@tagged('post_install', '-at_install')
class TestLateInterest(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Pro", company_registry='55208131766522')

    def bears(self, moves, until=APRIL):
        """Return {item: LateInterest} of the items of invoices, oldest first."""
        items = self.ledger.items(moves)
        found = self.env['leanpay.late.interest']._of_items(items, until)
        return [found[item.id] for item in items if item.id in found]

    def test_payment_is_read_from_the_reconciliation(self):
        move = self.ledger.invoice(self.customer, 3000, DUE)
        self.ledger.payment(self.ledger.items(move), 1000, date(2026, 3, 2))
        [result] = self.bears(move)
        self.assertEqual((result.interest, result.indemnity), (Decimal('69.24'), Decimal('40.00')))
        self.assertEqual([part.days for part in result.segments], [30, 59])
        self.assertEqual(result.principal, 2000)

    def test_paid_late_still_bears_until_its_payment(self):
        move = self.ledger.invoice(self.customer, 36500, DUE)
        self.ledger.payment(self.ledger.items(move), 36500, DUE + timedelta(days=10))
        [result] = self.bears(move)
        self.assertEqual((result.interest, result.principal), (Decimal('121.50'), 0))

    def test_credit_note_reduces_the_debt_from_the_start(self):
        move = self.ledger.invoice(self.customer, 3000, DUE)
        note = self.ledger.invoice(self.customer, 1000, TODAY, kind='out_refund')
        (self.ledger.items(move) | self.ledger.items(note)).reconcile()
        [result] = self.bears(move)
        self.assertEqual({part.principal for part in result.segments}, {Decimal(2000)})

    def test_one_indemnity_for_an_invoice_in_instalments(self):
        move = self.ledger.invoice(self.customer, 3000, [DUE, DUE + timedelta(days=10), DUE + timedelta(days=20)])
        results = self.bears(move)
        self.assertEqual([result.indemnity for result in results], [Decimal('40.00'), 0, 0])
        self.assertTrue(all(result.interest for result in results))

    def test_unreconciled_payment_never_stopped_the_days(self):
        move = self.ledger.invoice(self.customer, 1000, DUE)
        entry = self.ledger.payment(self.ledger.items(move), 1000, DUE)
        self.assertEqual(self.bears(move)[0].total, 0)
        entry.line_ids.remove_move_reconcile()
        self.assertEqual(self.bears(move)[0].days, 89)
        self.assertTrue(self.bears(move)[0].interest)

    def test_who_is_not_known_owes_no_indemnity(self):
        unknown = self.ledger.customer("Unknown")
        [result] = self.bears(self.ledger.invoice(unknown, 1000, DUE))
        self.assertEqual((result.indemnity, result.interest), (0, 0))
        self.ensure(unknown).customer_type = 'professional'
        [result] = self.bears(self.ledger.invoice(unknown, 1000, DUE))
        self.assertEqual(result.indemnity, 40)

    def test_public_buyer_and_overrides(self):
        move = self.ledger.invoice(self.customer, 1000, DUE)
        debtor = self.ensure(self.customer)
        debtor.customer_type = 'public'
        self.assertEqual(debtor.applied_regime_id.code, 'FR_PUBLIC')
        self.assertEqual(self.bears(move)[0].segments[0].rate, Decimal('10.15'))
        debtor.regime_id = self.env.ref('leanpay_dunning.regime_de_b2b')
        self.assertEqual(self.bears(move)[0].segments[0].rate, Decimal('10.27'))
        move.dunning_regime_id = self.env.ref('leanpay_dunning.regime_be_b2b')
        self.assertEqual(self.bears(move)[0].segments[0].rate, Decimal('10.5'))

    def test_indemnity_of_another_currency_is_converted_or_not_claimed(self):
        move = self.ledger.invoice(self.customer, 500, DUE)
        move.dunning_regime_id = self.env.ref('leanpay_dunning.regime_gb_b2b')
        pounds = self.env.ref('base.GBP')
        pounds.rate_ids.unlink()
        self.assertEqual(self.bears(move)[0].indemnity, 0)
        self.env['res.currency.rate'].create({
            'currency_id': pounds.id, 'name': '2026-01-01', 'rate': 0.8, 'company_id': self.company.id})
        self.assertEqual(self.bears(move)[0].indemnity, 50)

    def test_consumer_is_refused_the_law_of_professionals(self):
        self.ledger.invoice(self.customer, 1000, DUE)
        debtor = self.ensure(self.customer)
        with self.assertRaises(ValidationError):
            debtor.write({
                'customer_type': 'consumer', 'regime_id': self.env.ref('leanpay_dunning.regime_fr_b2b').id})

    def test_missing_half_year_is_said_on_the_page(self):
        self.ledger.invoice(self.customer, 1000, DUE)
        debtor = self.ensure(self.customer)
        debtor.interest_date = date(2027, 2, 1)
        self.assertIn('ECB_MRO', debtor._interest_values(date(2027, 2, 1))['missing'][0])
        self.assertIn('ECB_MRO', str(debtor._origin.env['ir.qweb']._render(
            'leanpay_dunning.late_interest_table', debtor._interest_values(date(2027, 2, 1)))))

    def test_page_and_invoice_say_the_same(self):
        move = self.ledger.invoice(self.customer, 36500, DUE)
        debtor = self.ensure(self.customer)
        self.assertEqual((move.dunning_interest, move.dunning_indemnity), (461.70, 40))
        self.assertIn('461.70', debtor.interest_html)
        self.assertIn('ECB_MRO 2026-01-01 2.15 + 10.00', debtor.interest_html)
        self.assertIn('12.15', debtor.interest_html)
        early = self.ledger.customer("Early")
        self.ledger.invoice(early, 100, TODAY + timedelta(days=5))
        self.assertEqual(self.ensure(early)._interest_values()['blocks'], [])

    def test_next_half_year_is_asked_once_and_closed_when_entered(self):
        def asked():
            return self.company.partner_id.activity_ids.filtered(
                lambda activity: activity.dunning_code == 'interest_rate')
        self.plan(date(2026, 12, 14))
        self.assertFalse(asked())
        for _day in range(2):
            self.company._dunning_watch_rates(date(2026, 12, 15))
        self.assertEqual(len(asked()), 1)
        self.assertIn('ECB_MRO', asked().note)
        self.env['leanpay.interest.rate'].create([
            {'index': index, 'valid_from': date(2027, 1, 1), 'rate': 2.65, 'source': "Test"}
            for index in ('ECB_MRO', 'FR_LEGAL_PRO')])
        self.company._dunning_watch_rates(date(2026, 12, 15))
        self.assertFalse(asked())

    def test_queries_do_not_grow_with_items(self):
        few = self.ledger.items(self.ledger.invoice(self.customer, 100, DUE))
        many = few | self.ledger.items(self.env['account.move'].concat(*(
            self.ledger.invoice(self.customer, 100, DUE) for _index in range(8))))
        counts = []
        for items in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['leanpay.late.interest']._of_items(items, APRIL)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
