from odoo import Command
from odoo.tests import tagged

from .common import Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestRecipient(ModelsCase):
    """One resolver says who gets everything: contact, language, address, channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Recipient")
        cls.debtor_ = cls.env['leanpay.debtor'].create({'partner_id': cls.customer.id})

    def contact(self, name, **values):
        return self.env['res.partner'].create({
            'name': name, 'parent_id': self.customer.id, 'email': f"{name.lower()}@client.example", **values})

    def resolved(self):
        return self.env['leanpay.recipient']._resolve(self.debtor_.ids)[self.debtor_.id]

    # === ORDER === #

    def test_customer_itself(self):
        recipient = self.resolved()
        self.assertEqual(recipient._asdict(), {
            'contact_id': self.customer.id, 'lang': 'fr_FR', 'email': 'recipient@client.example',
            'phone': '+33 1 99 00 12 34', 'postal': True, 'problem': ''})

    def test_each_better_one_in_turn(self):
        self.contact("Other")
        self.assertEqual(self.resolved().email, 'recipient@client.example')
        self.debtor_.accounting_email = 'Compta <compta@client.example>'
        recipient = self.resolved()
        self.assertEqual((recipient.email, recipient.contact_id), ('compta@client.example', self.customer.id))
        invoice = self.contact("Invoice", type='invoice')
        self.assertEqual(self.resolved().contact_id, invoice.id)
        chosen = self.contact("Chosen")
        self.debtor_.contact_id = chosen
        recipient = self.resolved()
        self.assertEqual((recipient.contact_id, recipient.email), (chosen.id, 'chosen@client.example'))

    def test_customer_chosen_before_the_invoice_contact(self):
        self.contact("Invoice", type='invoice')
        self.debtor_.contact_id = self.customer
        self.assertEqual(self.resolved().email, 'recipient@client.example')

    def test_oldest_of_two_invoice_contacts(self):
        first, _second = self.contact("First", type='invoice'), self.contact("Second", type='invoice')
        self.assertEqual(self.resolved().contact_id, first.id)

    def test_invoice_contact_of_a_contact(self):
        shop = self.contact("Shop")
        invoice = self.contact("Deep", type='invoice', parent_id=shop.id)
        self.assertEqual(self.resolved().contact_id, invoice.id)

    # === FAULTS === #

    def test_next_one_when_an_address_does_not_work(self):
        invoice = self.contact("Invoice", type='invoice')
        chosen = self.contact("Chosen")
        self.debtor_.contact_id = chosen
        faults = {
            'empty': lambda: chosen.write({'email': False}),
            'junk': lambda: chosen.write({'email': 'not an address'}),
            'archived': lambda: chosen.write({'active': False}),
            'blacklisted': lambda: self.env['mail.blacklist']._add('chosen@client.example'),
            'bounced': lambda: self.debtor_.write({'bounced_email': 'Chosen@client.example'}),
        }
        for name, break_it in faults.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                break_it()
                self.assertEqual(self.resolved().contact_id, invoice.id)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self.resolved().contact_id, chosen.id)

    def test_problem_when_nothing_works(self):
        cases = {
            'no_email': {'email': False}, 'bad_email': {'email': 'nobody at home'},
        }
        for problem, values in cases.items():
            self.customer.write(values)
            with self.subTest(problem):
                recipient = self.resolved()
                self.assertEqual((recipient.problem, recipient.email, recipient.contact_id), (
                    problem, '', self.customer.id))
                self.assertEqual((recipient.phone, recipient.postal), ('+33 1 99 00 12 34', True))

    def test_problem_bounced_and_blacklisted(self):
        self.debtor_.bounced_email = 'recipient@client.example'
        self.assertEqual(self.resolved().problem, 'bounced')
        self.debtor_.bounced_email = False
        entry = self.env['mail.blacklist']._add('recipient@client.example')
        self.assertEqual(self.resolved().problem, 'blacklisted')
        entry.action_archive()
        self.assertEqual(self.resolved().problem, '')

    def test_the_telling_problem_is_named(self):
        """An address to repair says more than another one that is missing."""
        self.contact("Chosen", type='invoice', email='junk')
        self.customer.email = False
        self.assertEqual(self.resolved().problem, 'bad_email')

    def test_best_contact_keeps_the_other_channels(self):
        """Without any e-mail, a letter or a call is for the invoice contact, not for the switchboard."""
        invoice = self.contact("Invoice", type='invoice', email=False, phone='+33 6 98 00 00 02')
        self.customer.email = False
        recipient = self.resolved()
        self.assertEqual((recipient.contact_id, recipient.phone, recipient.problem), (
            invoice.id, '+33 6 98 00 00 02', 'no_email'))

    def test_bounced_address_elsewhere_is_another_address(self):
        self.debtor_.bounced_email = 'someone@else.example'
        self.assertEqual(self.resolved().email, 'recipient@client.example')

    def test_first_of_several_addresses(self):
        self.customer.email = '"Comptes" <A@Client.example>; b@client.example'
        self.assertEqual(self.resolved().email, 'a@client.example')

    # === LANGUAGE, PHONE, POST === #

    def test_language_of_the_contact_else_of_the_customer_else_of_the_company(self):
        chosen = self.contact("Chosen", lang='en_US')
        self.debtor_.contact_id = chosen
        self.assertEqual(self.resolved().lang, 'en_US')
        chosen.lang = False
        self.assertEqual(self.resolved().lang, 'fr_FR')
        self.customer.lang = False
        self.company.partner_id.lang = 'en_US'
        self.assertEqual(self.resolved().lang, 'en_US')

    def test_phone_of_the_contact_else_of_the_customer(self):
        chosen = self.contact("Chosen", phone='+33 6 98 00 00 01')
        self.debtor_.contact_id = chosen
        self.assertEqual(self.resolved().phone, '+33 6 98 00 00 01')
        chosen.phone = False
        self.assertEqual(self.resolved().phone, '+33 1 99 00 12 34')
        self.customer.phone = False
        self.assertFalse(self.resolved().reached_by('phone'))
        self.assertFalse(self.resolved().reached_by('sms'))

    def test_letter_needs_a_street_and_a_city(self):
        self.assertTrue(self.resolved().reached_by('letter'))
        self.customer.city = False
        self.assertFalse(self.resolved().reached_by('letter'))
        self.debtor_.contact_id = self.contact("Chosen", type='other', street="2 rue B", city="Lyon")
        self.assertTrue(self.resolved().reached_by('letter'))

    def test_channel(self):
        step, channel = self.step(1), self.env['leanpay.recipient']._channel
        self.assertEqual(channel(step, self.resolved()), 'email')
        self.customer.email = False
        self.assertEqual(channel(step, self.resolved()), 'letter')
        self.customer.street = False
        self.assertEqual(channel(step, self.resolved()), 'activity')

    # === COMPANIES, MANY === #

    def test_contact_of_another_company_s_dunning_is_not_ours(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = self.env['leanpay.debtor'].create({
            'partner_id': self.customer.id, 'company_id': other.company.id, 'contact_id': self.contact("Theirs").id,
            'bounced_email': 'recipient@client.example'})
        found = self.env['leanpay.recipient']._resolve((self.debtor_ | theirs).ids)
        self.assertEqual(found[self.debtor_.id].email, 'recipient@client.example')
        self.assertEqual(found[theirs.id].email, 'theirs@client.example')

    def test_contact_moved_to_another_customer_is_forgotten(self):
        chosen = self.contact("Chosen")
        self.debtor_.contact_id = chosen
        chosen.parent_id = self.ledger.customer("Elsewhere")
        self.assertEqual(self.resolved().email, 'recipient@client.example')

    def test_archived_customer_still_has_a_recipient(self):
        self.customer.active = False
        self.assertEqual(self.resolved().contact_id, self.customer.id)

    def test_same_queries_for_many(self):
        debtors = self.env['leanpay.debtor'].create([
            {'partner_id': self.ledger.customer(f"Customer {number}").id} for number in range(30)])
        self.env.flush_all()
        counts = []
        for batch in (debtors[:2], debtors):
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.env['leanpay.recipient']._resolve(batch.ids)), len(batch))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_what_the_page_shows(self):
        chosen = self.contact("Chosen", category_id=[Command.clear()])
        self.debtor_.contact_id = chosen
        self.assertRecordValues(self.debtor_, [{
            'contact_resolved_id': chosen.id, 'email_resolved': 'chosen@client.example',
            'phone_resolved': '+33 1 99 00 12 34'}])
