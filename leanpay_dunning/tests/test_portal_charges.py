"""What customers see of late interest on their invoice's page, when the company says so."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import TODAY
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestPortalCharges(ModelsCase, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Pro", company_registry='55208131766522', lang='en_US')
        cls.invoice = cls.late(cls.customer, 90, 1000)
        cls.invoice._portal_ensure_token()

    def page(self):
        self.env.flush_all()
        response = self.url_open(self.invoice.get_portal_url())
        self.assertEqual(response.status_code, 200)
        return response.text.replace('\xa0', ' ')

    def test_only_when_the_company_says_so(self):
        self.assertFalse(self.invoice._dunning_portal_charges())
        self.assertNotIn('o_leanpay_portal_charges', self.page())
        self.company.dunning_portal_charges = True
        page = self.page()
        for said in ('o_leanpay_portal_charges', "29.96", "40.00", "1,069.96"):
            self.assertIn(said, page)

    def test_nothing_where_nothing_is_owed(self):
        self.company.dunning_portal_charges = True
        self.ensure(self.customer).customer_type = 'consumer'
        self.assertFalse(self.invoice._dunning_portal_charges())
        self.assertNotIn('o_leanpay_portal_charges', self.page())

    def test_what_was_waived_is_not_shown(self):
        self.company.dunning_portal_charges = True
        item = self.ledger.items(self.invoice)
        result = self.env['leanpay.late.interest']._of_items(item)[item.id]
        claims = self.env['leanpay.interest.claim']._ensure(self.ensure(self.customer), {item: result}, TODAY)
        self.env['leanpay.interest.waive'].create(
            {'claim_ids': [Command.set(claims.ids)], 'reason': "A gesture"}).action_waive()
        self.assertFalse(self.invoice._dunning_portal_charges())

    def test_the_law_itself_stays_with_the_company(self):
        """A customer reads their own invoice through Odoo, but not what decides about them."""
        user = self.env['res.users'].create({
            'name': "Customer", 'login': 'portal_charges', 'partner_id': self.customer.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)],
            'company_id': self.company.id, 'company_ids': [Command.set(self.company.ids)]})
        for name in ('dunning_rate_value', 'dunning_interest', 'dunning_regime_id'):
            self.assertFalse(self.invoice.with_user(user)._has_field_access(self.invoice._fields[name], 'read'))
