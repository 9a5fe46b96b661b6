from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.leanpay_debtor_profile import MODEL_LOGGER
from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestProfileSuggestion(ModelsCase):
    """The profile that a debtor's behaviour shows: what is read, what is suggested, who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = {profile.code: profile for profile in cls.env['leanpay.payer.profile'].search([])}
        cls.customer = cls.ledger.customer("Alba")
        cls.collector = cls.make_user('profile_collector', 'leanpay_dunning.group_collections_user')
        cls.billing = cls.make_user('profile_billing', 'account.group_account_invoice')

    @classmethod
    def make_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login=login, groups=group, company_id=company.id, company_ids=[Command.set(company.ids)])

    # === MAKING === #

    @classmethod
    def paid(cls, days_late, partner=None, age=100, amount=100, parts=1):
        """Create an invoice that fell due `age` days ago and was paid so many days after, in equal parts."""
        due = TODAY - timedelta(days=age)
        invoice = cls.ledger.invoice(partner or cls.customer, amount, due)
        for part in range(parts):
            cls.ledger.payment(
                cls.ledger.items(invoice), amount / parts, due + timedelta(days=days_late - 5 * (parts - 1 - part)))
        return invoice

    @classmethod
    def pays_late(cls, partner=None, days_late=40, count=3):
        """Create a customer's invoices, paid so late; returns the debtor."""
        for number in range(count):
            cls.paid(days_late, partner, age=60 + number)
        return cls.owner(partner)

    @classmethod
    def owner(cls, partner=None, company=None):
        """Return the debtor of a customer; the one who owes nothing any more is created."""
        partner, company = partner or cls.customer, company or cls.company
        debtors = cls.env['leanpay.debtor'].with_company(company)
        found = debtors.search([('partner_id', '=', partner.id), ('company_id', '=', company.id)])
        return found or debtors.create({'partner_id': partner.id, 'company_id': company.id})

    def suggest(self, *debtors, company=None):
        company = company or self.company
        self.env['leanpay.debtor']._suggest_profiles(company, [debtor.id for debtor in debtors] or None)

    def behaviour(self, partner=None, company=None):
        """Return what the engine is told about a customer."""
        debtor = self.owner(partner, company)
        return self.env['leanpay.profile.facts']._read(debtor.company_id, debtor.ids, TODAY)[debtor.id]

    def days(self, partner=None):
        """Return how late each invoice was paid; open ones are late until today."""
        return [((i.paid_on or TODAY) - i.due).days for i in self.behaviour(partner).invoices]

    # === WHAT IS READ === #

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
        hold = self.env['leanpay.hold'].sudo().create({
            'debtor_id': debtor.id, 'kind': 'dispute', 'item_ids': [Command.set(self.ledger.items(disputed).ids)],
            'date_from': TODAY - timedelta(days=90)})
        self.assertEqual([i.disputed for i in self.behaviour().invoices], [True, False, False])
        hold.write({'item_ids': [Command.clear()], 'date_from': TODAY - timedelta(days=90),
                    'lifted_on': TODAY - timedelta(days=40)})
        self.assertEqual([i.disputed for i in self.behaviour().invoices], [True, False, False],
                         "all that was open then")
        hold.write({'lifted_on': False})
        self.assertEqual([i.disputed for i in self.behaviour().invoices], [True, False, True])
        self.assertTrue(other.line_ids and later.line_ids)

    def test_insolvency_and_promises(self):
        debtor = self.owner()
        for kind in ('insolvency', 'promise', 'promise'):
            self.env['leanpay.hold'].sudo().create({
                'debtor_id': debtor.id, 'kind': kind, 'date_from': TODAY - timedelta(days=90)})
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

    # === WHAT IS SUGGESTED === #

    def test_suggestion(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        self.assertRecordValues(debtor, [{
            'suggested_profile_id': self.profiles['bad'].id, 'profile_id': False, 'profile_reviewed_on': TODAY,
            'suggestion_reason': "paid 3 of 3 invoices 30 days late or more"}])
        self.assertIn(debtor, self.env['leanpay.debtor'].search([('suggested_profile_id', '!=', False)]))

    def test_reasons_in_the_reader_s_language(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        self.assertEqual(
            debtor.with_context(lang='fr_FR').suggestion_reason,
            "factures payées avec 30 jours de retard ou plus : 3 sur 3")
        self.assertEqual(
            debtor.with_context(lang='en_US').suggestion_reason, "paid 3 of 3 invoices 30 days late or more")

    def test_every_reason_has_a_sentence_in_french(self):
        figures = {'count': 2, 'of': 5, 'days': 30, 'reminders': 3, 'amount': '1234.5'}
        debtor = self.owner()
        for code, sentence in debtor._reason_sentences().items():
            french = debtor.with_context(lang='fr_FR')._reasons_text([[code, figures]])
            with self.subTest(code):
                self.assertTrue(french)
                self.assertNotIn('%', french)
                self.assertNotEqual(french, debtor._reasons_text([[code, figures]]), sentence)
        self.assertIn(
            "1\u00a0234,50\u00a0€", debtor.with_context(lang='fr_FR')._reasons_text([['stopped', figures]]))

    def test_amounts_of_reasons_are_kept_to_the_cent(self):
        for age in (90, 91, 92):
            self.late(self.customer, age, amount=33.35)
        debtor = self.ensure(self.customer)
        self.suggest(debtor)
        self.assertEqual(debtor.suggested_profile_id.code, 'insolvent')
        self.assertEqual(debtor.suggestion_facts, [['stopped', {'count': 3, 'days': 60, 'amount': '100.05'}]])

    def test_nothing_without_history(self):
        self.paid(60)
        debtor = self.owner()
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id or debtor.suggestion_reason)
        self.assertEqual(debtor.profile_reviewed_on, TODAY)

    def test_a_suggestion_that_no_longer_holds_goes_away(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        for number in range(9):
            self.paid(0, age=50 + number)
        self.suggest(debtor)
        self.assertNotEqual(debtor.suggested_profile_id.code, 'bad')

    def test_profile_that_fits_already(self):
        debtor = self.pays_late()
        debtor.sudo().write({'profile_id': self.profiles['bad'].id, 'profile_since': TODAY - timedelta(days=400)})
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    def test_not_so_soon_after_a_change(self):
        debtor = self.pays_late()
        debtor.profile_id = self.profiles['good']
        self.assertEqual(debtor.profile_since, TODAY)
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)
        self.days_later(90)
        self.suggest(debtor)
        self.assertEqual(debtor.suggested_profile_id.code, 'bad')

    def test_profile_of_the_house(self):
        debtor = self.pays_late()
        own = self.env['leanpay.payer.profile'].sudo().create({'name': "Friend"})
        debtor.sudo().write({'profile_id': own.id, 'profile_since': TODAY - timedelta(days=400)})
        self.suggest(debtor)
        own.code = 'friend'
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    def test_archived_profile_is_not_suggested(self):
        debtor = self.pays_late()
        self.profiles['bad'].sudo().active = False
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    # === WHO DECIDES === #

    def test_use_it(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).action_use_suggested_profile()
        self.assertRecordValues(debtor, [{
            'profile_id': self.profiles['bad'].id, 'profile_since': TODAY, 'suggested_profile_id': False,
            'suggestion_facts': False, 'profile_pinned': False, 'stale': True}])
        [note] = [message for message in debtor.message_ids if "Suggested profile used" in message.body]
        self.assertIn("Suggested profile used: Bad payer.", note.body)
        self.assertIn("Paid 3 of 3 invoices 30 days late or more", note.body)
        self.assertEqual(note.author_id, self.collector.partner_id)

    def test_keep_the_current_one(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).with_context(lang='fr_FR').action_keep_profile()
        self.assertRecordValues(debtor, [{
            'profile_id': False, 'profile_pinned': True, 'suggested_profile_id': False, 'suggestion_facts': False}])
        [note] = [message for message in debtor.message_ids if "Profil conservé" in message.body]
        self.assertIn("Factures payées avec 30 jours de retard ou plus : 3 sur 3", note.body)
        self.days_later(400)
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id, "it was decided")

    def test_unpinned(self):
        debtor = self.pays_late()
        debtor.profile_pinned = True
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)
        debtor.profile_pinned = False
        self.suggest(debtor)
        self.assertTrue(debtor.suggested_profile_id)

    def test_answered_already(self):
        debtor = self.pays_late()
        for method in ('action_use_suggested_profile', 'action_keep_profile'):
            with self.subTest(method), self.assertRaisesRegex(UserError, "No profile is suggested for Alba any more"):
                getattr(debtor, method)()

    def test_another_choice_answers_too(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).profile_id = self.profiles['litigious']
        self.assertFalse(debtor.suggested_profile_id)
        self.assertEqual(debtor.profile_since, TODAY)

    def test_saying_the_same_again_changes_nothing(self):
        debtor = self.owner()
        debtor.sudo().write({
            'profile_id': self.profiles['good'].id, 'profile_since': TODAY - timedelta(days=400),
            'suggested_profile_id': self.profiles['bad'].id})
        debtor.profile_id = self.profiles['good']
        self.assertEqual(debtor.profile_since, TODAY)
        debtor.sudo().profile_since = TODAY - timedelta(days=400)
        debtor.write({'profile_id': self.profiles['good'].id})
        self.assertEqual(debtor.profile_since, TODAY - timedelta(days=400))

    def test_rights(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        other = self.env['res.company'].sudo().create({'name': "Somebody Else"})
        stranger = self.make_user('profile_stranger', 'leanpay_dunning.group_collections_manager', other)
        for user in (self.billing, stranger):
            for method in ('action_use_suggested_profile', 'action_keep_profile'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(debtor.with_user(user), method)()
        self.assertEqual(debtor.with_user(self.billing).suggested_profile_id.code, 'bad')
        for name in ('suggested_profile_id', 'suggestion_facts', 'profile_since', 'profile_reviewed_on'):
            with self.subTest(name), self.assertRaises(AccessError):
                debtor.with_user(self.collector).write({name: False})

    def test_banner(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        with Form(debtor.with_user(self.collector)) as form:
            self.assertEqual(form.suggested_profile_id.code, 'bad')
            form.profile_pinned = True
        self.assertFalse(debtor.suggested_profile_id)

    # === BY ITSELF === #

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_suggest_profiles').method_direct_trigger()
        self.env.invalidate_all()

    def test_accepted_by_itself(self):
        self.company.dunning_profile_mode = 'accept'
        self.company.partner_id.lang = 'fr_FR'
        debtor, pinned = self.pays_late(), self.pays_late(self.ledger.customer("Pin"))
        pinned.profile_pinned = True
        self.run_cron()
        self.assertEqual((debtor.profile_id.code, debtor.profile_since), ('bad', TODAY))
        self.assertFalse(debtor.suggested_profile_id or pinned.profile_id)
        [note] = [message for message in debtor.message_ids if "Mauvais payeur" in message.body]
        self.assertIn("Factures payées avec 30 jours de retard ou plus : 3 sur 3", note.body)

    def test_suggested_only_by_default(self):
        debtor = self.pays_late()
        self.assertEqual(self.company.dunning_profile_mode, 'suggest')
        self.run_cron()
        self.assertEqual((debtor.profile_id.code, debtor.suggested_profile_id.code), (False, 'bad'))

    def test_once_a_week(self):
        debtor = self.pays_late()
        self.run_cron()
        debtor.sudo().suggested_profile_id = False
        self.days_later(5)
        self.run_cron()
        self.assertFalse(debtor.suggested_profile_id)
        self.days_later(2)
        self.run_cron()
        self.assertTrue(debtor.suggested_profile_id)

    def test_company_without_dunning(self):
        debtor = self.pays_late()
        self.company.dunning_active = False
        self.run_cron()
        self.assertFalse(debtor.profile_reviewed_on)

    def test_what_fails_is_given_to_a_person(self):
        debtor = self.pays_late()
        model = type(self.env['leanpay.profile.facts'])
        with patch.object(model, '_read', side_effect=ValueError("broken")), mute_logger(MODEL_LOGGER):
            self.run_cron()
        asked = self.company.partner_id.activity_ids
        self.assertEqual(asked.mapped('dunning_code'), ['profiles_failed'])
        self.assertIn("ValueError: broken", asked.note)
        self.assertFalse(debtor.profile_reviewed_on)
        self.run_cron()
        self.assertEqual(debtor.suggested_profile_id.code, 'bad')
        self.assertFalse(self.company.partner_id.activity_ids)

    def test_setting(self):
        with Form(self.env['res.config.settings']) as form:
            form.dunning_profile_mode = 'accept'
        form.record.execute()
        self.assertEqual(self.company.dunning_profile_mode, 'accept')
