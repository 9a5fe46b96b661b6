from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .common import TODAY, Ledger
from .common_models import FactsCase, ModelsCase


@tagged('post_install', '-at_install')
class TestItems(FactsCase):
    """Which journal items are items, with which amounts and dates."""

    def test_instalments_are_separate_items(self):
        days = [TODAY - timedelta(days=40), TODAY - timedelta(days=10), TODAY + timedelta(days=20)]
        self.ledger.invoice(self.customer, 300, days)
        facts = self.facts(self.customer)
        self.assertEqual([item.date_due for item in facts.items], days)
        self.assertEqual(self.residuals(facts), [Decimal('100.00')] * 3)
        self.assertEqual(len({item.move_id for item in facts.items}), 1)

    def test_paying_one_instalment_leaves_the_others(self):
        days = [TODAY - timedelta(days=40), TODAY - timedelta(days=10), TODAY + timedelta(days=20)]
        items = self.ledger.items(self.ledger.invoice(self.customer, 300, days))
        self.ledger.payment(items[1], 100)
        self.assertEqual([item.id for item in self.facts(self.customer).items], (items[0] | items[2]).ids)

    def test_partial_payment_leaves_the_residual(self):
        invoice = self.late(self.customer, 10, 100)
        self.ledger.payment(self.item(invoice), 30.5)
        self.assertEqual(self.residuals(self.facts(self.customer)), [Decimal('69.50')])

    def test_drafts_cancelled_and_reversed_are_no_items(self):
        self.late(self.customer, 10, post=False)
        self.late(self.customer, 10).button_cancel()
        self.late(self.customer, 10, post=False).button_cancel()
        reset = self.late(self.customer, 10)
        reset.button_draft()
        self.late(self.customer, 10)._reverse_moves(cancel=True)
        facts = self.facts(self.customer)
        self.assertEqual(facts.items, ())

    def test_only_receivable_accounts(self):
        bill = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.ledger.general.id, 'date': TODAY, 'line_ids': [
                Command.create({'account_id': self.ledger.accounts[name].id, 'partner_id': self.customer.id,
                                'balance': balance, 'name': name})
                for name, balance in (('income', -50), ('suspense', 50))]})
        bill.action_post()
        self.assertEqual(self.facts(self.customer).items, ())

    def test_credit_note_is_a_credit(self):
        self.late(self.customer, 10, 100)
        self.late(self.customer, 5, 40, kind='out_refund')
        self.assertEqual(sorted(self.residuals(self.facts(self.customer))), [Decimal('-40.00'), Decimal('100.00')])

    def test_unreconciled_payment_is_a_credit(self):
        self.ledger.receipt(self.customer, 75)
        facts = self.facts(self.customer)
        self.assertEqual(self.residuals(facts), [Decimal('-75.00')])
        self.assertEqual(facts.blockers, ())

    def test_opening_balance_is_an_item_once_followed_up(self):
        """Odoo excludes entries of general journals from follow-up until somebody says otherwise."""
        entry = self.opening_balance(120, date(2025, 12, 31))
        facts = self.facts(self.customer)
        self.assertEqual([(item.kind, item.residual) for item in facts.items], [('entry', Decimal('120.00'))])
        self.assertEqual(self.kinds(facts, entry), ['no_followup'])
        self.ledger.items(entry).no_followup = False
        self.assertEqual(self.facts(self.customer).blockers, ())

    def opening_balance(self, amount, due, **values):
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.ledger.general.id, 'date': date(2025, 12, 31), 'line_ids': [
                Command.create({'account_id': self.ledger.accounts['receivable'].id, 'partner_id': self.customer.id,
                                'balance': amount, 'date_maturity': due, 'name': "Opening", **values}),
                Command.create({'account_id': self.ledger.accounts['income'].id, 'balance': -amount})]})
        entry.action_post()
        return entry

    def test_entry_without_maturity_is_due_on_its_date(self):
        entry = self.opening_balance(120, False)
        item = self.ledger.items(entry)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET date_maturity = NULL WHERE id = %s", [item.id])
        item.invalidate_recordset()
        self.assertEqual(self.facts(self.customer).items[0].date_due, date(2025, 12, 31))
        self.ledger.items(entry).no_followup = False
        reminders = self.plan()
        self.assertEqual(reminders.line_ids.date_due, date(2025, 12, 31))

    def test_entry_of_a_contact_belongs_to_the_customer(self):
        contact = self.env['res.partner'].create({'name': "Shop", 'parent_id': self.customer.id, 'type': 'other'})
        entry = self.opening_balance(120, TODAY - timedelta(days=20), partner_id=contact.id)
        self.assertEqual(self.ledger.items(entry).partner_id, contact)
        facts = self.facts(self.customer)
        self.assertEqual([item.id for item in facts.items], self.ledger.items(entry).ids)
        self.ledger.items(entry).no_followup = False
        self.assertEqual(self.plan().partner_id, self.customer)

    def test_invoice_to_a_contact_belongs_to_the_customer(self):
        contact = self.env['res.partner'].create({'name': "Buyer", 'parent_id': self.customer.id, 'type': 'invoice'})
        invoice = self.late(contact, 20)
        self.assertEqual([item.move_id for item in self.facts(self.customer).items], invoice.ids)

    def test_archived_customer_is_blocked(self):
        self.late(self.customer, 20)
        self.assertEqual(self.kinds(self.facts(self.customer)), [])
        self.customer.active = False
        self.assertEqual(self.kinds(self.facts(self.customer)), ['archived'])

    def test_archived_contact_changes_nothing(self):
        contact = self.env['res.partner'].create({'name': "Buyer", 'parent_id': self.customer.id, 'type': 'invoice'})
        self.late(contact, 20)
        contact.active = False
        facts = self.facts(self.customer)
        self.assertEqual((len(facts.items), facts.blockers), (1, ()))

    def test_residual_is_in_the_currency_of_the_item(self):
        dollar = self.ledger.currency('USD', 2)
        invoice = self.late(self.customer, 20, 100, currency=dollar)
        self.ledger.payment(self.item(invoice), 30)
        item = self.facts(self.customer).items[0]
        self.assertEqual((item.currency_id, item.residual, item.amount_company), (
            dollar.id, Decimal('70.00'), Decimal('35.00')))

    def test_rates_are_those_of_the_day_and_a_missing_one_is_absent(self):
        dollar, franc = self.ledger.currency('USD', 2), self.env.ref('base.CHF')
        self.env['res.currency.rate'].create({
            'currency_id': dollar.id, 'company_id': self.company.id, 'rate': 4, 'name': TODAY + timedelta(days=1)})
        franc.rate_ids.unlink()
        rates = self.facts(self.customer).rates
        self.assertEqual((rates[dollar.id], rates[self.company.currency_id.id]), (2, 1))
        self.assertNotIn(franc.id, rates)
        self.assertEqual(self.facts(self.customer, today=TODAY + timedelta(days=1)).rates[dollar.id], 4)

    def test_category_and_country(self):
        tags = self.env['res.partner.category'].create([{'name': "A"}, {'name': "B"}])
        self.customer.category_id = tags
        facts = self.facts(self.customer)
        self.assertEqual((facts.category_ids, facts.country_id), (frozenset(tags.ids), self.env.ref('base.fr').id))

    def test_debtor_and_profile_scenarios_in_order(self):
        debtor = self.ensure(self.customer) or self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        profile = self.env.ref('leanpay_dunning.profile_bad')
        gentle = self.env.ref('leanpay_dunning.leanpay_scenario_gentle')
        debtor.write({'profile_id': profile.id, 'scenario_id': gentle.id})
        self.assertEqual(self.facts(self.customer).scenario_ids, (gentle.id, profile.scenario_id.id))


@tagged('post_install', '-at_install')
class TestHoldsAsFacts(FactsCase):
    """Which holds block which items, on which days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.late(cls.customer, 30), cls.late(cls.customer, 20)
        cls.held = cls.ensure(cls.customer)

    def hold(self, moves=None, start=TODAY, **values):
        return self.env['leanpay.hold'].create({
            'debtor_id': self.held.id, 'date_from': start,
            'item_ids': [Command.set(self.ledger.items(moves).ids)] if moves else False, **values})

    def active(self, day=TODAY):
        return [
            (blocker.kind, blocker.item_id) for blocker in self.facts(self.customer).blockers if blocker.active(day)]

    def test_whole_debtor(self):
        self.hold(kind='insolvency')
        self.assertEqual(self.active(), [('insolvency', None)])

    def test_items(self):
        self.hold(self.first)
        self.assertEqual(self.active(), [('commercial', self.item(self.first).id)])
        self.assertEqual(self.plan().line_ids.move_line_id, self.item(self.second))

    def test_one_instalment_of_three(self):
        invoice = self.ledger.invoice(
            self.customer, 300, [TODAY - timedelta(days=days) for days in (19, 18, 17)])
        held = self.ledger.items(invoice)[1]
        self.env['leanpay.hold'].create({
            'debtor_id': self.held.id, 'date_from': TODAY, 'item_ids': [Command.set(held.ids)]})
        self.assertEqual(self.active(), [('commercial', held.id)])
        self.assertEqual(
            self.plan().line_ids.move_line_id,
            self.ledger.items(self.first | self.second | invoice) - held)

    def test_days(self):
        day = timedelta(days=1)
        self.hold(start=TODAY + day, date_until=TODAY + 3 * day)
        found = [bool(self.active(TODAY + number * day)) for number in range(6)]
        self.assertEqual(found, [False, True, True, True, False, False])

    def test_expired(self):
        self.hold(start=TODAY - timedelta(days=9), date_until=TODAY - timedelta(days=1))
        self.assertEqual(self.active(), [])

    def test_lifted_today_is_over_today(self):
        hold = self.hold(start=TODAY - timedelta(days=9))
        self.assertEqual(self.active(), [('commercial', None)])
        hold.action_lift()
        self.assertEqual(self.active(), [])
        self.assertEqual(self.active(TODAY - timedelta(days=1)), [('commercial', None)])

    def test_set_and_lifted_the_same_day(self):
        self.hold().action_lift()
        self.assertEqual(self.active(), [])


@tagged('post_install', '-at_install')
class TestCompanies(FactsCase):
    """Nothing of one company is a fact of another."""

    def test_two_companies_never_mix(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        mine = self.late(self.customer, 20, 100)
        customer = self.customer.with_env(other.env)
        theirs = other.invoice(customer, 700, TODAY - timedelta(days=20))
        self.env['leanpay.debtor'].with_context(allowed_company_ids=other.company.ids)._ensure_for(other.company)
        self.assertEqual([item.move_id for item in self.facts(self.customer).items], mine.ids)
        self.assertEqual([item.move_id for item in self.facts(customer, other.company).items], theirs.ids)
        self.plan()
        other.run(TODAY)
        debtors = self.env['leanpay.debtor'].with_context(allowed_company_ids=[]).search([
            ('partner_id', '=', self.customer.id)])
        self.assertEqual({debtor.company_id.name: debtor.amount_open for debtor in debtors}, {
            "Vendeur SAS": 100, "Autre SAS": 700})
        reminders = self.env['leanpay.reminder'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual({(r.company_id.name, r.amount_total, r.line_ids.move_id.company_id.name) for r in reminders}, {
            ("Vendeur SAS", 100, "Vendeur SAS"), ("Autre SAS", 700, "Autre SAS")})

    def test_run_of_one_company_does_not_move_the_other(self):
        """Peers keep the run date of the last company for all of them."""
        other = Ledger(self.env(context={}), "Autre SAS")
        other.invoice(self.customer.with_env(other.env), 700, TODAY - timedelta(days=20))
        self.late(self.customer, 20, 100)
        other.run(TODAY + timedelta(days=30))
        self.assertEqual(self.plan(TODAY).amount_total, 100)

    def test_hold_of_one_company_does_not_stop_the_other(self):
        other = Ledger(self.env(context={}), "Autre SAS")
        other.invoice(self.customer.with_env(other.env), 700, TODAY - timedelta(days=20))
        self.late(self.customer, 20, 100)
        self.env['leanpay.hold'].create({'debtor_id': self.ensure(self.customer).id, 'date_from': TODAY})
        self.assertFalse(self.plan())
        other.run(TODAY)
        self.assertTrue(self.env['leanpay.reminder'].search([('company_id', '=', other.company.id)]))

    def test_branch_uses_the_accounts_of_its_parent(self):
        branch = self.env['res.company'].create({
            'name': "Agence", 'parent_id': self.company.id, 'dunning_tz': 'Europe/Paris', 'dunning_active': True,
            'dunning_scenario_id': self.scenario.id})
        env = self.env(context={'allowed_company_ids': (branch | self.company).ids})
        mine = self.late(self.customer, 20, 100)
        theirs = mine.with_env(env).copy({'company_id': branch.id, 'invoice_date': mine.invoice_date})
        theirs.invoice_date_due = mine.invoice_date_due
        theirs.action_post()
        self.assertEqual(theirs.company_id, branch)
        customer, branch = self.customer.with_env(env), branch.with_env(env)
        self.assertEqual([item.move_id for item in self.facts(customer, branch).items], theirs.ids)
        self.assertEqual([item.move_id for item in self.facts(self.customer).items], mine.ids)


@tagged('post_install', '-at_install')
class TestQueries(ModelsCase):
    """Facts are read in the same number of queries whatever the number of debtors."""

    def test_as_many_for_five_as_for_fifty(self):
        debtors = self.env['leanpay.debtor']
        for number in range(50):
            partner = self.ledger.customer(f"Customer {number}")
            self.late(partner, number % 40)
            debtors |= self.ensure(partner)
        for debtor in debtors[::7]:
            self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'date_from': TODAY})
        self.plan()
        self.assertEqual(self.count(debtors[:5]), self.count(debtors))

    def count(self, debtors):
        facts = self.env['leanpay.facts']
        facts._read(self.company, debtors.ids, TODAY)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found, _rows = facts._read(self.company, debtors.ids, TODAY)
        self.assertEqual(len(found), len(debtors))
        return self.env.cr.sql_log_count - before
