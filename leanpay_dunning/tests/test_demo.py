from collections import Counter
from datetime import timedelta

from stdnum.be import vat as be_vat
from stdnum.de import vat as de_vat
from stdnum.fr import siren, siret, tva
from stdnum.gb import vat as gb_vat

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..demo import behaviours, identifiers
from ..demo.customers import CUSTOMERS, SHOWCASE, SPECIAL
from ..demo.leanpay_demo import XML_MODULE
from ..demo.leanpay_demo_ledger import receivable
from ..demo.products import DELIVERY, PRODUCTS
from ..engine.profiles import SEVERITY, Current, suggest

DELAYS = {'0': -5, '1': 3, '2': 15, '3': 30, '4': 45, '5': 75}
# Customers who owe something that is late, and must hear nothing of it today.
SILENT = (
    'credit_open', 'reversed', 'unreconciled', 'no_followup', 'blocked', 'pending', 'hold', 'dispute', 'promise')


@tagged('post_install', '-at_install')
class TestDemo(TransactionCase):
    """The demo company, made in a fresh company for one fixed day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.to_date('2026-03-10')  # a Tuesday
        cls.company = cls.env['res.company'].create({'name': "Demo of the tests"})
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.book = cls.env['leanpay.demo']._build(cls.company, cls.today)
        cls.env.flush_all()
        cls.moves = cls.env['account.move'].search([('company_id', '=', cls.company.id)])
        cls.reminders = cls.env['leanpay.reminder'].search([('company_id', '=', cls.company.id)])
        cls.preview = cls.env['leanpay.planner']._preview(cls.company, cls.today)

    def _debtor(self, key):
        return self.env['leanpay.debtor'].search([
            ('company_id', '=', self.company.id), ('partner_id', '=', self.book.partners[key].id)])

    def _previewed(self, key):
        partner = self.book.partners[key]
        return [row for row in self.preview if row['partner_id'] == partner.id]

    # === THE COMPANY AND ITS CUSTOMERS === #

    def test_company_is_french_and_complete(self):
        company = self.company
        self.assertEqual((company.country_id.code, company.currency_id.name), ('FR', 'EUR'))
        self.assertTrue(tva.is_valid(company.vat))
        self.assertTrue(siret.is_valid(company.company_registry))
        bank = self.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'bank')])
        iban = bank.bank_account_id.acc_number.replace(' ', '')
        self.assertEqual(len(iban), 27)
        self.assertEqual(int(''.join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97, 1)
        self.assertFalse(company.uses_default_logo)
        self.assertTrue(company.dunning_active and company.dunning_approved and company.dunning_user_id)
        self.assertEqual(company.dunning_scenario_id, self.env.ref('leanpay_dunning.leanpay_scenario_standard'))
        accountant = company.dunning_user_id
        self.assertEqual(accountant.login, 'compta')
        self.assertTrue(accountant.has_group('leanpay_dunning.group_collections_user'))
        self.assertFalse(accountant.has_group('leanpay_dunning.group_collections_manager'))

    def test_customers_cover_every_kind(self):
        partners = self.book.partners
        self.assertEqual(len(partners), len(CUSTOMERS))
        self.assertTrue(55 <= len(partners) <= 70, len(partners))
        self.assertEqual(sum(not partner.is_company for partner in partners.values()), 2)
        countries = Counter(partner.country_id.code for partner in partners.values())
        self.assertEqual([countries[code] for code in ('DE', 'BE', 'GB')], [1, 1, 1])
        group = partners['groupe_valmont']
        subsidiaries = group.child_ids.filtered('is_company')
        self.assertEqual(len(subsidiaries), 2)
        self.assertEqual(subsidiaries.commercial_partner_id, subsidiaries, "each subsidiary is a debtor of its own")
        self.assertEqual(siren.compact(partners['mairie_saint_aubin'].company_registry)[0], '2', "a public body")
        people = group.child_ids - subsidiaries
        self.assertEqual(people.filtered(lambda p: p.type == 'invoice').mapped('function'), ["Réception des factures"])
        self.assertIn("Comptabilité", people.mapped('function'))

    def test_identifiers_pass_every_check(self):
        for customer in CUSTOMERS:
            partner = self.book.partners[customer.key]
            if customer.person:
                continue
            if customer.country == 'FR':
                self.assertTrue(siret.is_valid(partner.company_registry), customer.name)
                self.assertTrue(tva.is_valid(partner.vat), customer.name)
        numbers = [partner.vat for partner in self.book.partners.values() if partner.vat]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertTrue(de_vat.is_valid(self.book.partners['koehler'].vat))
        self.assertTrue(be_vat.is_valid(self.book.partners['outillage_vandeputte'].vat))
        self.assertTrue(gb_vat.is_valid(self.book.partners['harrow_finch'].vat))
        self.assertFalse(siren.is_valid('990079197'))
        self.assertEqual(identifiers.french_vat('732829320'), 'FR44732829320')

    def test_nobody_real_is_ever_written_to(self):
        partners = self.env['res.partner'].search([('company_id', '=', self.company.id)])
        addresses = [email for email in partners.mapped('email') if email]
        self.assertGreater(len(addresses), 100)
        self.assertEqual([email for email in addresses if not email.endswith('.example')], [])

    def test_every_profile_is_shown(self):
        debtors = self.env['leanpay.debtor'].search([('company_id', '=', self.company.id)])
        profiles = self.env['leanpay.payer.profile'].search([('code', '!=', False)])
        self.assertEqual(debtors.profile_id, profiles)
        self.assertEqual(len(profiles), 7)
        self.assertTrue(debtors.filtered(lambda debtor: not debtor.profile_id))
        self.assertEqual(debtors.collector_id, self.company.dunning_user_id)

    def test_behaviour_shows_the_profiles(self):
        """Each customer was made to behave like a profile: the engine, which is not told it, finds it again."""
        debtors = self.env['leanpay.debtor'].search([('company_id', '=', self.company.id)])
        behaviours = self.env['leanpay.profile.facts']._read(self.company, debtors.ids, self.today)
        found = {debtor.partner_id: suggest(behaviours[debtor.id], Current(), self.today) for debtor in debtors}
        shown = Counter()
        for customer in CUSTOMERS:
            suggestion = found.get(self.book.partners[customer.key])
            if customer.profile and suggestion:
                shown[customer.profile, suggestion.code] += 1
        for code in SEVERITY:
            right = shown.pop((code, code), 0)
            wrong = sum(count for (made_for, _code), count in shown.items() if made_for == code)
            self.assertGreater(right, 2, code)
            self.assertLessEqual(wrong, 1, code)

    def test_some_profiles_are_suggested(self):
        suggested = self.env['leanpay.debtor'].search([
            ('company_id', '=', self.company.id), ('suggested_profile_id', '!=', False)])
        self.assertGreater(len(suggested), 5)
        self.assertTrue(all(debtor.suggestion_reason for debtor in suggested))
        self.assertFalse(suggested & self._debtor('renovation_express'), "a bad payer whom everybody knows")
        worse = self._debtor('couverture_lacaze')
        self.assertEqual((worse.profile_id.code, worse.suggested_profile_id.code), ('negligent', 'bad'))

    def test_profiles_pay_as_they_are_said_to(self):
        """Late days of what was paid in full, as the reconciliations say."""
        delays = {code: [] for code in ('good', 'automatic', 'negligent', 'bad', 'administrative')}
        for customer in CUSTOMERS:
            if customer.profile in delays:
                for number in range(customer.count):
                    for item in receivable(self.book.invoices[f'{customer.key}_{number + 1}']):
                        if item.reconciled:
                            paid_on = max(item.matched_credit_ids.credit_move_id.mapped('date'))
                            delays[customer.profile].append((paid_on - item.date_maturity).days)
        typical = {code: sorted(days)[len(days) // 2] for code, days in delays.items()}
        self.assertLessEqual(max(delays['good'] + delays['automatic']), 0)
        self.assertGreaterEqual(typical['negligent'], 14)
        self.assertGreaterEqual(min(delays['negligent']), 10)
        self.assertGreater(typical['administrative'], typical['negligent'])
        self.assertGreater(typical['bad'], 45)

    # === THE BOOKS === #

    def test_as_many_invoices_as_a_real_company(self):
        posted = self.moves.filtered(lambda move: move.move_type == 'out_invoice' and move.state == 'posted')
        self.assertTrue(380 <= len(posted) <= 460, len(posted))
        self.assertLess(min(posted.mapped('invoice_date')), self.today - timedelta(days=500))
        self.assertLess(max(posted.mapped('invoice_date')), self.today)
        states = Counter(posted.mapped('payment_state'))
        self.assertGreater(states['paid'], 200)
        self.assertGreater(states['not_paid'], 60)
        self.assertGreater(states['partial'], 3)
        late = posted.filtered(lambda move: move.amount_residual and move.invoice_date_due < self.today)
        self.assertTrue(30 <= len(late) <= 120, len(late))
        self.assertIn('USD', posted.currency_id.mapped('name'))

    def test_invoice_numbers_follow_their_dates(self):
        invoices = self.moves.filtered(lambda move: move.move_type == 'out_invoice' and move.state == 'posted')
        for _year, batch in invoices.grouped(lambda move: move.invoice_date.year).items():
            dates = batch.sorted('sequence_number').mapped('invoice_date')
            self.assertEqual(dates, sorted(dates))

    def test_trial_balance_sums_to_zero(self):
        [[balance]] = self.env['account.move.line']._read_group(
            [('company_id', '=', self.company.id), ('parent_state', '=', 'posted')], [], ['balance:sum'])
        self.assertTrue(self.company.currency_id.is_zero(balance), balance)
        for move in self.moves:
            self.assertTrue(self.company.currency_id.is_zero(sum(move.line_ids.mapped('balance'))), move.name)

    def test_same_seed_same_amounts(self):
        plan = behaviours.plan(self.today, DELAYS)
        self.assertEqual(plan, behaviours.plan(self.today, DELAYS))
        self.assertNotEqual(plan, behaviours.plan(self.today, DELAYS, seed=43))
        prices = {code: price for code, _name, price, _quantity in [*PRODUCTS, DELIVERY]}
        for spec in plan:
            invoice = self.book.invoices[spec.key]
            if invoice.currency_id == self.company.currency_id:
                self.assertAlmostEqual(
                    invoice.amount_untaxed, sum(prices[code] * quantity for code, quantity in spec.lines), 2)
            self.assertEqual(invoice.invoice_date, spec.date)
            self.assertEqual(receivable(invoice).sorted('date_maturity').mapped('date_maturity'), spec.due_dates)

    def test_special_cases_are_what_they_show(self):
        special = self.book.special
        states = {case: special[case].payment_state for case in (
            'partial', 'instalments', 'credit_part', 'credit_open', 'reversed', 'unreconciled', 'no_followup',
            'blocked', 'pending', 'open_credit_note')}
        self.assertEqual(states, {
            'partial': 'partial', 'instalments': 'partial', 'credit_part': 'partial', 'credit_open': 'not_paid',
            'reversed': 'reversed', 'unreconciled': 'not_paid', 'no_followup': 'not_paid', 'blocked': 'blocked',
            'pending': 'not_paid', 'open_credit_note': 'not_paid'})
        self.assertEqual((special['cancelled'].state, special['draft'].state), ('cancel', 'draft'))
        self.assertTrue(special['no_followup'].no_followup)
        self.assertEqual(special['transaction'].state, 'pending')
        self.assertEqual(special['transaction'].amount, special['pending'].amount_residual)
        self.assertEqual(special['transaction'].company_id, self.company)
        self.assertFalse(receivable(special['opening']).no_followup)
        self.assertEqual(special['opening'].move_type, 'entry')
        self.assertEqual(
            receivable(special['unmatched_payment'].move_id).amount_residual,
            -special['unreconciled'].amount_residual)
        items = receivable(special['instalments']).sorted('date_maturity')
        self.assertEqual(items.mapped('reconciled'), [True, False])
        unmatched = self.env['account.bank.statement.line'].search(
            [('company_id', '=', self.company.id), ('is_reconciled', '=', False)])
        self.assertEqual(len(unmatched), 2)

    # === DUNNING === #

    def test_past_weeks_of_reminders(self):
        self.assertEqual(set(self.reminders.mapped('state')), {'sent'})
        self.assertEqual(set(self.reminders.mapped('level')), set('012345'))
        self.assertLess(max(self.reminders.mapped('sent_date')), self.today - timedelta(days=5))
        for letter in self.reminders.filtered(lambda reminder: reminder.channel == 'letter'):
            self.assertTrue(letter.letter_id.raw.startswith(b'%PDF'))
            earlier = letter._past_reminders().filtered(lambda past, letter=letter: past.sent_date < letter.sent_date)
            self.assertTrue(earlier, "a formal notice follows a reminder")
        emails = self.reminders.filtered(lambda reminder: reminder.channel == 'email')
        self.assertTrue(all(email.subject and email.body for email in emails))

    def test_today_shows_every_level(self):
        for level, customer in SHOWCASE.items():
            rows = self._previewed(customer.key)
            self.assertEqual({row['level'] for row in rows}, {level}, customer.name)
            self.assertEqual(
                {row['amount_total'] for row in rows}, {self.book.invoices[f'showcase_{level}'].amount_residual})
        self.assertGreater(len(self.preview), 20)

    def test_today_leaves_special_cases_alone(self):
        said = {case: self._previewed(SPECIAL[case].key) for case in SILENT}
        self.assertEqual(said, {case: [] for case in SILENT})
        for key in ('reversed', 'blocked', 'no_followup', 'unreconciled'):
            self.assertLess(self.book.special[key].invoice_date_due, self.today)

    def test_today_asks_for_what_is_left(self):
        for case in ('partial', 'instalments', 'credit_part'):
            rows = self._previewed(SPECIAL[case].key)
            self.assertTrue(rows, case)
            self.assertEqual({row['amount_total'] for row in rows}, {self.book.special[case].amount_residual}, case)
        [opening] = {row['amount_total'] for row in self._previewed(SPECIAL['opening'].key)}
        self.assertEqual(opening, 1846.20)

    def test_holds_of_every_scope(self):
        holds = self.book.holds
        self.assertFalse(holds['hold'].item_ids)
        dispute = self.book.debtors['isolation_leclair'].dispute_ids
        self.assertEqual(dispute._items().move_id, self.book.special['dispute'])
        self.assertEqual(
            self.book.debtors['toitures_noel'].promise_ids.date_promised, self.today + timedelta(days=7))
        self.assertLess(holds['ended'].date_until, self.today)

    def test_installing_again_changes_nothing(self):
        demo = self.env['leanpay.demo']
        self.env['ir.model.data'].search([('module', '=', XML_MODULE), ('name', '=', 'company')]).unlink()
        demo._name_records({'company': self.company})
        before = self.env['account.move'].search_count([])
        self.assertEqual(demo._install(), self.company)
        self.assertEqual(self.env['account.move'].search_count([]), before)
