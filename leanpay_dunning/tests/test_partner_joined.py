from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestJoined(ModelsCase):
    """A customer that becomes a contact of a company: the company owes their items, on one page with all that was said.

    As everywhere in Odoo, the person who does it is anybody who may change contacts.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.ledger.customer("Shop", is_company=False)
        cls.holding = cls.ledger.customer("Holding")
        cls.invoice = cls.late(cls.shop, 20, 100)
        cls.clerk = mail_new_test_user(
            cls.env, login='clerk@partner.example', groups='base.group_user,base.group_partner_manager',
            company_id=cls.company.id, company_ids=cls.company.ids)

    def join(self):
        self.shop.with_user(self.clerk).parent_id = self.holding
        self.env.invalidate_all()

    def holding_owes(self):
        """Give the company an item, and a debtor, of its own."""
        invoice = self.late(self.holding, 20, 250)
        self.ensure(self.holding)
        return invoice

    def test_the_company_is_the_debtor(self):
        self.holding_owes()
        self.send(self.shop)
        old, sent = self.debtor(self.shop), self.reminders(self.shop)
        self.join()
        kept = self.debtor(self.holding)
        self.assertFalse(old.exists())
        self.assertEqual((sent.debtor_id, sent.partner_id, sent.state), (kept, self.holding, 'sent'))
        self.assertIn("Shop now belongs to Holding", ' '.join(kept.message_ids.mapped('body')))
        self.assertRecordValues(kept, [{'amount_open': 350, 'item_count': 2, 'level': '1'}])
        self.assertEqual(self.invoice.dunning_debtor_id, kept)
        self.assertEqual(self.shop.dunning_debtor_id, kept)

    def test_the_company_had_no_debtor(self):
        self.send(self.shop)
        debtor, sent = self.debtor(self.shop), self.reminders(self.shop)
        self.join()
        self.assertEqual((debtor.partner_id, sent.partner_id), (self.holding, self.holding))
        self.assertEqual(debtor.amount_open, 100)

    def choose(self):
        """Choose everything that can be chosen for the person."""
        self.ensure(self.shop).write({
            'accounting_email': 'private@shop.example', 'profile_pinned': True, 'note': "Calls at noon",
            'profile_id': self.env.ref('leanpay_dunning.profile_good').id, 'collector_id': self.env.user.id,
            'scenario_id': self.env.ref('leanpay_dunning.leanpay_scenario_gentle').id,
            'contact_id': self.env['res.partner'].create(
                {'name': "Spouse", 'parent_id': self.shop.id, 'email': 'spouse@shop.example'}).id})

    def check_choices_left(self):
        """The company is written to at its own address, as it was before; what was left behind is told."""
        company = self.debtor(self.holding)
        self.assertRecordValues(company, [{
            'accounting_email': False, 'profile_id': False, 'profile_pinned': False, 'scenario_id': False,
            'contact_id': False, 'collector_id': self.env.user.id}])
        self.assertIn("Calls at noon", company.note)
        told = ' '.join(company.message_ids.mapped('body'))
        for choice in ('private@shop.example', "Spouse", "Good", "Gentle", "Keep This Profile"):
            self.assertIn(choice, told)
        self.plan()
        self.assertEqual(self.pending(self.holding).address, 'holding@client.example')

    def test_the_company_is_not_written_to_at_a_private_address(self):
        self.choose()
        self.holding_owes()
        self.debtor(self.holding).collector_id = False
        self.join()
        self.check_choices_left()

    def test_a_company_without_debtor_is_not_either(self):
        self.choose()
        self.join()
        self.check_choices_left()

    def test_nor_by_a_merge_with_one_of_its_contacts(self):
        self.choose()
        contact = self.env['res.partner'].create({'name': "Shop", 'parent_id': self.holding.id})
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.shop | contact).ids, contact)
        self.env.invalidate_all()
        self.check_choices_left()

    def test_what_the_company_chose_stays(self):
        self.choose()
        self.holding_owes()
        self.debtor(self.holding).accounting_email = 'compta@holding.example'
        self.join()
        self.plan()
        self.assertEqual(self.pending(self.holding).address, 'compta@holding.example')

    def test_what_was_planned_is_planned_again(self):
        own = self.holding_owes()
        self.plan()
        before = self.pending(self.shop)
        self.join()
        self.assertEqual((before.state, before.void_reason), ('void', "Shop now belongs to Holding"))
        [reminder] = self.plan()
        self.assertEqual(reminder.partner_id, self.holding)
        self.assertEqual(reminder.line_ids.move_line_id, self.ledger.items(own | self.invoice))
        self.assertEqual(reminder.address, 'holding@client.example')

    def test_a_letter_to_post_is_not_posted(self):
        self.plan()
        letter = self.pending(self.shop)
        letter.write({'channel': 'letter', 'state': 'todo'})
        self.join()
        self.assertEqual(letter.state, 'void')

    def test_nothing_is_said_twice(self):
        self.send(self.shop)
        self.join()
        self.assertFalse(self.plan(), "the first level was said")
        self.days_later(11)
        self.assertEqual(self.plan().filtered(lambda reminder: not reminder.primary_id).level, '2')

    def test_disputed_items_stay_disputed(self):
        own, debtor = self.holding_owes(), self.ensure(self.shop)
        self.env['leanpay.hold'].create({
            'debtor_id': debtor.id, 'kind': 'commercial', 'item_ids': [Command.set(self.item(self.invoice).ids)]})
        self.join()
        self.assertEqual((self.why(self.invoice), self.why(own)), ('blocked', 'remind'))

    def test_a_hold_on_the_customer_is_none_on_the_company(self):
        own, debtor = self.holding_owes(), self.ensure(self.shop)
        hold = self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'kind': 'insolvency'})
        self.join()
        self.assertEqual((self.why(self.invoice), self.why(own)), ('blocked', 'remind'))
        self.assertEqual(hold.item_ids, self.item(self.invoice))

    def test_a_hold_without_items_ends(self):
        person = self.ledger.customer("Person", is_company=False)
        hold = self.env['leanpay.hold'].create({'debtor_id': self.ensure_debtor(person).id, 'kind': 'insolvency'})
        own = self.holding_owes()
        person.parent_id = self.holding
        self.assertEqual((hold.state, self.why(own)), ('lifted', 'remind'))

    def ensure_debtor(self, partner):
        return self.env['leanpay.debtor'].create({'partner_id': partner.id})

    def test_no_longer_a_company(self):
        """A branch has a parent and is a customer of its own, until somebody unticks its box."""
        branch = self.ledger.customer("Branch", parent_id=self.holding.id)
        invoice = self.late(branch, 20, 70)
        self.plan()
        self.assertEqual(self.debtor(branch).amount_open, 70)
        branch.is_company = False
        self.env.invalidate_all()
        self.assertFalse(self.debtor(branch))
        self.assertEqual(self.debtor(self.holding).amount_open, 70)
        self.assertEqual(invoice.dunning_debtor_id, self.debtor(self.holding))

    def test_a_branch_moves_to_another_holding(self):
        """It is a customer of its own before and after: nothing changes."""
        branch = self.ledger.customer("Branch", parent_id=self.holding.id)
        self.late(branch, 20, 70)
        self.plan()
        branch.parent_id = self.ledger.customer("Other")
        self.assertEqual(self.debtor(branch).amount_open, 70)
        self.assertEqual(self.pending(branch).state, 'approved')

    def test_a_contact_leaves(self):
        """The company's items stay the company's, as in Odoo; the contact is not written to any more."""
        contact = self.env['res.partner'].create({
            'name': "Accounts", 'parent_id': self.holding.id, 'type': 'invoice', 'email': 'accounts@client.example'})
        invoice = self.holding_owes()
        self.plan()
        self.assertEqual(self.pending(self.holding).address, 'accounts@client.example')
        contact.parent_id = False
        self.assertEqual(self.debtor(self.holding).amount_open, 250)
        self.assertEqual(invoice.dunning_debtor_id, self.debtor(self.holding))
        self.env['leanpay.delivery']._prepare(self.pending(self.holding))
        self.assertEqual(self.pending(self.holding).address, 'holding@client.example')

    def test_each_company_has_its_own(self):
        other = Ledger(self.env(context={}), "Autre SAS", dunning_scenario_id=self.scenario.id)
        theirs = other.invoice(self.shop.with_env(other.env), 50, TODAY - timedelta(days=20))
        other.run(TODAY)
        self.plan()
        self.join()
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', 'in', (self.shop | self.holding).ids)])
        self.assertEqual(debtors.partner_id, self.holding)
        self.assertEqual(debtors.company_id, self.company | other.company)
        self.assertEqual(sorted(debtors.mapped('amount_open')), [50, 100])
        self.assertEqual(theirs.dunning_debtor_id.company_id, other.company)
