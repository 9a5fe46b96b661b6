from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestPartner(ModelsCase):
    """The partner shows and sets what its debtor of the current company says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Partner")
        cls.contact = cls.env['res.partner'].create({'name': "Contact", 'parent_id': cls.customer.id})
        cls.gentle = cls.env.ref('leanpay_dunning.leanpay_scenario_gentle')

    def test_first_choice_creates_the_debtor(self):
        profile = self.env.ref('leanpay_dunning.profile_good')
        self.assertFalse(self.customer.dunning_debtor_id)
        self.customer.write({
            'dunning_profile_id': profile.id, 'dunning_scenario_id': self.gentle.id,
            'dunning_collector_id': self.env.user.id, 'dunning_contact_id': self.contact.id})
        debtor = self.debtor(self.customer)
        self.assertRecordValues(debtor, [{
            'profile_id': profile.id, 'scenario_id': self.gentle.id, 'collector_id': self.env.user.id,
            'contact_id': self.contact.id, 'company_id': self.company.id}])
        self.env.invalidate_all()
        self.assertRecordValues(self.customer, [{
            'dunning_debtor_id': debtor.id, 'dunning_profile_id': profile.id, 'dunning_scenario_id': self.gentle.id,
            'dunning_collector_id': self.env.user.id, 'dunning_contact_id': self.contact.id}])

    def test_a_user_types_it(self):
        with Form(self.customer) as form:
            form.dunning_scenario_id = self.gentle
        self.assertEqual(self.debtor(self.customer).scenario_id, self.gentle)

    def _person(self, *groups):
        return mail_new_test_user(
            self.env, login=f"{groups[0]}@partner.example", groups=','.join(('base.group_partner_manager', *groups)),
            company_id=self.company.id, company_ids=self.company.ids)

    def test_billing_creates_and_corrects_customers(self):
        """Their form sends the choices with everything else: nothing chosen asks for no right on debtors."""
        for group in ('account.group_account_invoice', 'account.group_account_manager'):
            user = self._person(group)
            partners = self.env['res.partner'].with_user(user).with_context(
                allowed_company_ids=self.company.ids)
            with self.subTest(group=group):
                with Form(partners) as form:
                    form.name = "Nouveau"
                created = form.record
                self.assertFalse(self.debtor(created))
                with Form(created) as form:
                    form.street = "3 rue Neuve"
                created.write(dict.fromkeys(
                    ('dunning_profile_id', 'dunning_scenario_id', 'dunning_collector_id', 'dunning_contact_id'), False))
                self.assertFalse(self.debtor(created))
                self.customer.dunning_scenario_id = self.gentle
                with Form(self.customer.with_env(partners.env)) as form:
                    form.street = f"4 rue de {group}"
                self.customer.with_env(partners.env).dunning_scenario_id = self.gentle
                self.assertEqual(self.debtor(self.customer).scenario_id, self.gentle)

    def test_new_contact_keeps_the_company_s_choices(self):
        self.customer.dunning_scenario_id = self.gentle
        contact = self.env['res.partner'].create({
            'name': "Second", 'parent_id': self.customer.id, 'dunning_scenario_id': False, 'dunning_profile_id': False})
        self.assertEqual(self.debtor(self.customer).scenario_id, self.gentle)
        self.assertEqual(contact.dunning_scenario_id, self.gentle)

    def test_choice_on_a_contact_is_the_company_s(self):
        self.contact.dunning_scenario_id = self.gentle
        self.assertEqual(self.debtor(self.customer).scenario_id, self.gentle)
        self.assertEqual(self.customer.dunning_scenario_id, self.gentle)

    def test_each_company_has_its_own(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        self.customer.dunning_scenario_id = self.gentle
        theirs = self.customer.with_context(allowed_company_ids=other.company.ids)
        self.assertFalse(theirs.dunning_scenario_id)
        theirs.dunning_scenario_id = self.scenario
        self.env.invalidate_all()
        self.assertEqual((self.customer.dunning_scenario_id, theirs.dunning_scenario_id), (self.gentle, self.scenario))

    def test_figures(self):
        self.late(self.customer, 20)
        self.send(self.customer)
        self.days_later(1)
        self.plan()
        self.env.invalidate_all()
        self.assertRecordValues(self.customer | self.contact, [
            {'dunning_level': '1', 'dunning_overdue': 100, 'dunning_next_date': TODAY + timedelta(days=10)}] * 2)

    def test_page(self):
        self.assertEqual(self.contact.action_view_dunning()['res_id'], self.debtor(self.customer).id)

    def test_only_who_may_change_debtors_may_choose(self):
        users = {
            group: self._person(group)
            for group in ('account.group_account_invoice', 'leanpay_dunning.group_collections_user')}
        with self.assertRaises(AccessError):
            self.customer.with_user(users['account.group_account_invoice']).dunning_scenario_id = self.gentle
        self.customer.with_user(users['leanpay_dunning.group_collections_user']).dunning_scenario_id = self.gentle
        self.assertEqual(self.debtor(self.customer).scenario_id, self.gentle)

    def test_debtor_is_a_company_not_its_contact(self):
        with self.refused(UserError, "is a contact of Partner. Dunning follows the company"):
            self.env['leanpay.debtor'].create({'partner_id': self.contact.id})

    def test_one_debtor_per_company(self):
        self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        with self.assertRaises(Exception) as caught, self.quiet_sql():
            self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.assertEqual(type(caught.exception).__name__, 'UniqueViolation')

    def test_ensure_twice(self):
        self.late(self.customer, 20)
        self.late(self.contact, 20)
        debtors = self.env['leanpay.debtor']
        debtors._ensure_for(self.company)
        debtors._ensure_for(self.company)
        self.assertEqual(len(debtors.search([('partner_id', 'in', (self.customer | self.contact).ids)])), 1)

    def test_ensure_gives_the_default_collector(self):
        self.company.dunning_user_id = self.env.user
        self.late(self.customer, 20)
        self.assertEqual(self.ensure(self.customer).collector_id, self.env.user)

    def test_changes_that_mark(self):
        self.late(self.customer, 20)
        self.plan()
        debtor = self.debtor(self.customer)
        for values in ({'email': 'x@client.example'}, {'phone': '+33 1 99 00 00 99'}, {'street': "Elsewhere"},
                       {'country_id': self.env.ref('base.be').id}):
            debtor.stale = False
            self.customer.write(values)
            self.assertTrue(debtor.stale, values)
        debtor.stale = False
        self.customer.website = 'https://client.example'
        self.assertFalse(debtor.stale)

    def test_repaired_address_is_used_again(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        debtor.bounced_email = 'partner@client.example'
        self.assertFalse(debtor.email_resolved)
        debtor.accounting_email = 'compta@client.example'
        self.assertEqual((debtor.bounced_email, debtor.email_resolved), (False, 'compta@client.example'))
