"""The law as records: what is shipped, who may change it, what is refused."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestInterestRegime(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref('leanpay_dunning.regime_fr_b2b')
        cls.rate = cls.env.ref('leanpay_dunning.rate_ecb_mro_20260701')

    def test_every_country_is_there_with_its_source(self):
        regimes = self.env['leanpay.interest.regime'].search([])
        self.assertEqual(
            set(regimes.country_id.mapped('code')),
            {'FR', 'DE', 'AT', 'BE', 'NL', 'ES', 'IT', 'LU', 'PT', 'IE', 'PL', 'GB', 'CH', 'SE', 'DK', 'FI', 'CZ'})
        self.assertTrue(all(regime.legal_basis and regime.confidence for regime in regimes))
        self.assertTrue(all(rate.source for rate in self.env['leanpay.interest.rate'].search([])))
        consumers = regimes.filtered(lambda regime: regime.customer_type == 'consumer')
        self.assertFalse(consumers.filtered(lambda regime: regime.indemnity_mode == 'lump'))

    def test_no_rate_of_next_year_is_invented(self):
        self.assertFalse(self.env['leanpay.interest.rate'].search([('valid_from', '>=', '2027-01-01')]))
        self.assertEqual(self.rate.display_name, 'ECB_MRO 2026-07-01: 2.40 %')

    def test_only_a_manager_changes_the_law(self):
        accountant = new_test_user(self.env, 'law_reader', 'account.group_account_invoice')
        collector = new_test_user(self.env, 'law_user', 'leanpay_dunning.group_collections_user')
        manager = new_test_user(self.env, 'law_manager', 'leanpay_dunning.group_collections_manager')
        stranger = new_test_user(self.env, 'law_stranger', 'base.group_user')
        for user in (accountant, collector):
            self.assertTrue(self.rate.with_user(user).rate)
            with self.assertRaises(AccessError):
                self.rate.with_user(user).rate = 99
            with self.assertRaises(AccessError):
                self.france.with_user(user).margin = 99
        with self.assertRaises(AccessError):
            self.rate.with_user(stranger).read(['rate'])
        self.rate.with_user(manager).rate = 2.65
        self.assertEqual(self.rate.rate, 2.65)

    def test_a_reference_has_one_rate_a_day(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.rate.copy()

    def test_nonsense_is_refused(self):
        for values in (
            {'index': False}, {'index': False, 'reset': 'none', 'margin': -1}, {'round_up': -1},
            {'floor_index': False}, {'tier_ids': [(0, 0, {'amount': 1})]},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.france.write(values)
        for values in ({'amount': -1}, {'percent': 101}, {'up_to': -1}):
            with self.subTest(values=values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.france.tier_ids.write(values)
