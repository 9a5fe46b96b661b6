from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestDelete(ModelsCase):
    """A customer to whom nothing was said is deleted as in plain Odoo; one with a history is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Deleted")
        cls.chased = cls.env['leanpay.debtor'].create({'partner_id': cls.customer.id})
        cls.deleter = mail_new_test_user(
            cls.env, login='deleter@partner.example', groups='base.group_partner_manager',
            company_id=cls.company.id, company_ids=cls.company.ids)

    def delete(self):
        self.customer.with_user(self.deleter).unlink()

    def planned(self):
        """Plan a reminder for an invoice that is then deleted."""
        invoice = self.late(self.customer, 20)
        self.plan()
        return invoice, self.reminders(self.customer)

    def gone(self, invoice):
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()

    def test_debtor_without_reminders(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = other.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.delete()
        self.assertFalse(self.customer.exists())
        self.assertFalse(self.chased.exists() | theirs.exists())

    def test_debtor_whose_reminders_were_void(self):
        invoice, reminder = self.planned()
        self.gone(invoice)
        self.assertEqual(reminder.state, 'void')
        self.delete()
        self.assertFalse(self.customer.exists())
        self.assertFalse(reminder.exists())

    def test_history_is_kept(self):
        def sent(reminder):
            reminder._record_sent(f'{TODAY} 09:00:00')

        for make in (sent, lambda reminder: reminder._void("skipped", skipped=True)):
            invoice, reminder = self.planned()
            reminder = reminder - reminder.filtered(lambda known: known.state == 'sent')
            make(reminder)
            self.gone(invoice)
            with self.subTest(state=reminder.state), self.refused(UserError, "archive this customer instead"):
                self.delete()
            self.assertTrue(reminder.exists())
            self.days_later(1)

    def test_hold_is_kept(self):
        self.env['leanpay.hold'].create({'debtor_id': self.chased.id, 'kind': 'insolvency'})
        with self.refused(UserError, "Deleted has a collections history"):
            (self.customer | self.ledger.customer("Innocent")).with_user(self.deleter).unlink()

    def test_who_may_not_delete_customers_deletes_no_debtor(self):
        employee = mail_new_test_user(self.env, login='employee@partner.example', groups='base.group_user')
        with self.assertRaises(AccessError):
            self.customer.with_user(employee).unlink()
        self.assertTrue(self.chased.exists())

    def test_void_reminders_stay_otherwise(self):
        """The context of a client deletes no reminder."""
        _invoice, reminder = self.planned()
        reminder._void("no reason")
        manager = mail_new_test_user(
            self.env, login='manager@partner.example', groups='leanpay_dunning.group_collections_manager',
            company_id=self.company.id, company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            reminder.with_user(manager).with_context(leanpay_customer_deleted=True).unlink()
        with self.refused(UserError, "cannot be deleted"):
            reminder.unlink()


@tagged('post_install', '-at_install')
class TestMerge(ModelsCase):
    """Two customers merged as in plain Odoo are one debtor, with everything that was said to both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = cls.ledger.customer("First"), cls.ledger.customer("Second")
        cls.first = cls.late(cls.one, 20, 100)
        cls.second = cls.late(cls.two, 30, 250)

    def merge(self, *sources, into=None):
        partners = sum(sources, self.env['res.partner']) | (into or self.one)
        self.env['base.partner.merge.automatic.wizard'].create({})._merge(partners.ids, into or self.one)
        self.env.invalidate_all()

    def _give_history(self):
        """Send to both, hold the second, ask somebody something about it; returns what belongs to the second."""
        self.plan()
        for reminder in self.reminders():
            reminder._record_sent(f'{TODAY} 09:00:00')
        old = self.debtor(self.two)
        hold = self.env['leanpay.hold'].create(
            {'debtor_id': old.id, 'kind': 'paid', 'item_ids': [Command.set(self.item(self.second).ids)]})
        old._need_attention('number', "Find their number")
        return old, hold, self.reminders(self.two), old.activity_ids, old.message_ids

    def test_history_moves(self):
        old, hold, reminders, activities, messages = self._give_history()
        kept = self.debtor(self.one)
        kept._need_attention('call', "Call the first")
        self.assertTrue(reminders and activities and messages)
        self.merge(self.two)
        self.assertFalse(old.exists())
        self.assertFalse(self.two.exists())
        self.assertEqual(reminders.debtor_id, kept)
        self.assertEqual(reminders.partner_id, self.one)
        self.assertEqual(hold.debtor_id, kept)
        self.assertLessEqual(activities, kept.activity_ids)
        self.assertEqual(len(kept.activity_ids), 2)
        self.assertLessEqual(messages, kept.message_ids)
        self.assertIn("The history of Second was merged", kept.message_ids[0].body)
        self.assertEqual((kept.reminder_count, kept.hold_count), (2, 1))

    def test_figures_are_those_of_both(self):
        self._give_history()
        self.merge(self.two)
        self.assertRecordValues(self.debtor(self.one), [{'amount_open': 350, 'item_count': 2, 'level': '1'}])

    def test_nothing_is_said_twice(self):
        self._give_history()
        self.env['leanpay.hold'].search([]).action_lift()
        self.merge(self.two)
        self.assertFalse(self.plan())
        self.days_later(10)
        [reminder] = self.plan().filtered(lambda reminder: not reminder.primary_id)
        self.assertEqual((reminder.level, len(reminder.line_ids), reminder.amount_total), ('2', 2, 350))

    def test_planned_reminders_become_one(self):
        self.plan()
        self.merge(self.two)
        [reminder] = self.plan()
        self.assertEqual((len(reminder.line_ids), reminder.amount_total), (2, 350))

    def test_planned_reminders_do_not_both_leave(self):
        """Delivered before the next run: what was planned for who goes is void, the other says what is owed now."""
        self.plan()
        gone, kept = self.reminders(self.two), self.reminders(self.one)
        self.merge(self.two)
        self.assertEqual((gone.state, gone.void_reason), ('void', "merged with First"))
        self.env['leanpay.delivery']._check_again(kept)
        self.assertEqual((kept.state, kept.amount_total), ('approved', 350))

    def test_choices_of_who_stays_win(self):
        gentle = self.env.ref('leanpay_dunning.leanpay_scenario_gentle')
        profile = self.env.ref('leanpay_dunning.profile_bad')
        contact = self.env['res.partner'].create({'name': "Compta", 'parent_id': self.two.id})
        self.one.dunning_scenario_id = gentle
        self.two.write({'dunning_scenario_id': self.scenario.id, 'dunning_profile_id': profile.id,
                        'dunning_contact_id': contact.id})
        self.debtor(self.one).note = "Pays on Fridays"
        self.debtor(self.two).write({'note': "Ask for Jeanne", 'accounting_email': 'compta@second.example'})
        self.merge(self.two)
        kept = self.debtor(self.one)
        self.assertRecordValues(kept, [{
            'scenario_id': gentle.id, 'profile_id': profile.id, 'accounting_email': 'compta@second.example',
            'contact_id': contact.id}])
        self.assertIn("Fridays", kept.note)
        self.assertIn("Jeanne", kept.note)

    def test_a_profile_and_its_pin_are_one_choice(self):
        """What a person knows wins over what was only found; nobody pinned what the other one happened to have."""
        negligent = self.env.ref('leanpay_dunning.profile_negligent')
        bad = self.env.ref('leanpay_dunning.profile_bad')
        nothing = self.env['leanpay.payer.profile']
        for mine, theirs, expected in (
            ((negligent, False), (bad, True), (bad, True)),
            ((negligent, True), (bad, True), (negligent, True)),
            ((negligent, False), (bad, False), (negligent, False)),
            ((negligent, False), (nothing, True), (nothing, True)),  # somebody knows that it is unknown
            ((nothing, False), (bad, False), (bad, False)),
            ((nothing, True), (bad, False), (nothing, True)),
        ):
            stays, goes = self.ledger.customer("Stays"), self.ledger.customer("Goes")
            for customer, (profile, pinned) in ((stays, mine), (goes, theirs)):
                self.env['leanpay.debtor'].create(
                    {'partner_id': customer.id, 'profile_id': profile.id, 'profile_pinned': pinned})
            self.merge(goes, into=stays)
            kept = self.debtor(stays)
            with self.subTest(mine=mine, theirs=theirs):
                self.assertEqual((kept.profile_id, kept.profile_pinned), expected)

    def test_only_the_sources_are_debtors(self):
        self.plan()
        three = self.ledger.customer("Third")
        reminders = self.reminders()
        self.merge(self.one, self.two, into=three)
        self.assertEqual(reminders.debtor_id, self.debtor(three))
        self.assertEqual(reminders.partner_id, three)

    def test_merged_into_a_contact(self):
        """The company of the contact has the debtor."""
        self.two.is_company = False
        self.plan()
        three = self.ledger.customer("Third")
        contact = self.env['res.partner'].create({'name': "Shop", 'parent_id': three.id})
        reminder = self.reminders(self.two)
        self.merge(self.two, into=contact)
        self.assertEqual((reminder.debtor_id.partner_id, reminder.partner_id), (three, three))
        self.assertEqual(self.debtor(three).amount_open, 250)

    def test_a_company_merged_into_a_contact(self):
        """Odoo makes a company of the contact, which owes its items itself."""
        _old, hold, reminders, *_others = self._give_history()
        contact = self.env['res.partner'].create({'name': "Shop", 'parent_id': self.one.id})
        self.merge(self.two, into=contact)
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertEqual((reminders.partner_id, reminders.debtor_id), (contact, self.debtor(contact)))
        self.assertEqual(hold.debtor_id, self.debtor(contact))
        self.assertEqual((self.debtor(contact).amount_open, self.debtor(self.one).amount_open), (250, 100))

    def test_becomes_a_contact(self):
        """Merged with a contact, a person becomes one: the company has the debtor."""
        three = self.ledger.customer("Third")
        person = self.ledger.customer("Jeanne", is_company=False)
        contact = self.env['res.partner'].create({'name': "Jeanne", 'parent_id': three.id})
        self.late(person, 20, 70)
        self.plan()
        reminder = self.reminders(person)
        self.merge(contact, into=person)
        self.assertEqual(person.commercial_partner_id, three)
        self.assertEqual((reminder.debtor_id.partner_id, reminder.partner_id), (three, three))
        self.assertEqual(self.debtor(three).amount_open, 70)
        self.assertFalse(self.debtor(person))

    def test_each_company_has_its_own(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = other.env['leanpay.debtor'].create({'partner_id': self.two.id, 'note': "Theirs"})
        self.plan()
        self.merge(self.two)
        self.assertEqual(theirs.partner_id, self.one)
        self.assertEqual(len(self.env['leanpay.debtor'].search([('partner_id', '=', self.one.id)])), 2)

    def test_customers_without_debtors(self):
        a, b = self.ledger.customer("Alpha"), self.ledger.customer("Beta")
        self.merge(a, into=b)
        self.assertFalse(a.exists())
        self.assertFalse(self.debtor(b))
