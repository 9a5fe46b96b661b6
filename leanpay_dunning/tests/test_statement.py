"""Statements: the ledger's balance on any day, as PDF and workbook, sent once per period."""

import io
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import TODAY
from .common_models import ModelsCase
from .test_letter_archive import text_of

DAYS = st.integers(-60, 30).map(lambda number: TODAY + timedelta(days=number))


class StatementCase(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Buyer", company_registry='55208131766522')
        cls.statements = cls.env['leanpay.statement']
        cls.company.company_registry = '123 456 789 00011'

    def accounts(self, as_of, since=None, **options):
        """Return {currency: Account} of the customer."""
        found = self.env['leanpay.statement.facts']._accounts(self.ensure(self.customer), as_of, since, **options)
        return {account.currency: account for account in found}

    def ledger_says(self, as_of):
        """Return {currency: (in it, in company currency)} as the entries and reconciliations of a day leave it.

        A query of its own, entry by entry, so that it owes nothing to the code it judges.
        """
        self.env.flush_all()
        return {name: (Decimal(amount), Decimal(base)) for name, amount, base in self.env.execute_query(SQL(
            """
            SELECT currency.name,
                   SUM(item.amount_currency
                       - COALESCE((SELECT SUM(debit_amount_currency) FROM account_partial_reconcile
                                    WHERE debit_move_id = item.id AND max_date <= %(day)s), 0)
                       + COALESCE((SELECT SUM(credit_amount_currency) FROM account_partial_reconcile
                                    WHERE credit_move_id = item.id AND max_date <= %(day)s), 0))::text,
                   SUM(item.balance
                       - COALESCE((SELECT SUM(amount) FROM account_partial_reconcile
                                    WHERE debit_move_id = item.id AND max_date <= %(day)s), 0)
                       + COALESCE((SELECT SUM(amount) FROM account_partial_reconcile
                                    WHERE credit_move_id = item.id AND max_date <= %(day)s), 0))::text
              FROM account_move_line item JOIN res_currency currency ON currency.id = item.currency_id
              JOIN account_account account ON account.id = item.account_id
             WHERE item.partner_id = %(partner)s AND item.parent_state = 'posted' AND item.date <= %(day)s
                   AND account.account_type = 'asset_receivable' GROUP BY currency.name
            """, partner=self.customer.id, day=as_of))}

    def residuals(self):
        """Return {item id: residual} as Odoo itself says now."""
        items = self.env['account.move.line'].search([
            ('partner_id', '=', self.customer.id), ('account_id.account_type', '=', 'asset_receivable'),
            ('amount_residual_currency', '!=', 0), ('parent_state', '=', 'posted')])
        return {item.id: Decimal(str(item.currency_id.round(item.amount_residual_currency))) for item in items}


@tagged('post_install', '-at_install')
class TestStatementIsTheLedger(StatementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollars = cls.ledger.currency('USD', 2)
        cls.env['res.currency.rate'].create([
            {'currency_id': cls.dollars.id, 'company_id': cls.company.id, 'rate': rate, 'name': day}
            for day, rate in ((TODAY - timedelta(days=60), 1.7), (TODAY - timedelta(days=20), 2.3),
                              (TODAY + timedelta(days=10), 1.9))])
        cls.partner = cls.ledger.customer("Partner")
        # Known before the first invoice: one that is paid at once would leave nobody whose account is asked for.
        cls.env['leanpay.debtor'].create({'partner_id': cls.customer.id, 'company_id': cls.company.id})

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(
        st.booleans(), st.decimals(10, 900, places=2), st.integers(5, 80),
        st.lists(st.tuples(
            st.decimals(1, 700, places=2), DAYS, st.sampled_from(['same', 'same', 'EUR', 'USD', 'partner', 'refund'])),
            max_size=3)), min_size=1, max_size=4),
        st.lists(DAYS, min_size=1, max_size=3))
    def test_closing_balance_on_any_day(self, invoices, as_of_days):
        """Random invoices in two currencies whose rate moves, paid in parts, early, late, too much, by credit notes,
        in another currency or by another customer."""
        with self.env.cr.savepoint() as savepoint:
            for foreign, amount, late, payments in invoices:
                item = self.ledger.items(self.late(
                    self.customer, late, float(amount), currency=self.dollars if foreign else None))
                for paid, day, how in payments:
                    self._pay(item, float(paid), day, how)
            self._assert_the_ledger(as_of_days)
            savepoint.rollback()
            self.env.invalidate_all()

    def _pay(self, item, paid, day, how):
        currency = {'EUR': self.company.currency_id, 'USD': self.dollars}.get(how, item.currency_id)
        if how == 'refund':
            settling = self.ledger.items(self.ledger.invoice(
                self.customer, paid, day, currency=currency, kind='out_refund'))
        else:
            payer = self.partner if how == 'partner' else self.customer
            settling = self.ledger.items(self.ledger.receipt(payer, paid, day, currency))
        if not item.reconciled:
            (item | settling).reconcile()

    def _assert_the_ledger(self, as_of_days):
        for as_of in as_of_days:
            says, accounts = self.ledger_says(as_of), self.accounts(as_of)
            periods = self.accounts(as_of, as_of - timedelta(days=20))
            for name, (amount, base) in says.items():
                account, period = accounts.get(name), periods.get(name)
                self.assertEqual(account.closing if account else 0, amount, (name, as_of))
                self.assertEqual(period.closing if period else 0, amount, (name, as_of))
                if account:
                    self.assertEqual(account.closing, sum(line.balance for line in account.lines))
                if period:
                    self.assertEqual(period.opening + period.debits - period.credited, amount)
                    self.assertEqual(period.base_closing, base)
                    before = self.ledger_says(as_of - timedelta(days=21)).get(name, (0, 0))[0]
                    self.assertEqual(period.opening, before)
        for options in ({'as_of': date(2030, 1, 1)}, {'as_of': TODAY, 'live': True}):
            self.assertEqual(self.residuals(), {
                line.entry.id: line.balance for account in self.accounts(**options).values()
                for line in account.lines})

    def test_paid_in_another_currency(self):
        move = self.late(self.customer, 30, 100, currency=self.dollars)
        self.ensure(self.customer)
        receipt = self.ledger.receipt(self.customer, 80, TODAY - timedelta(days=5))
        (self.ledger.items(move) | self.ledger.items(receipt)).reconcile()
        self.assertEqual(self.accounts(TODAY - timedelta(days=6))['USD'].closing, 100)
        accounts = self.accounts(TODAY, TODAY - timedelta(days=90))
        self.assertEqual(accounts['USD'].closing, 0)
        self.assertEqual([line.status for line in accounts['USD'].lines], ['paid', 'transfer'])
        self.assertEqual(accounts['EUR'].closing, self.ledger_says(TODAY)['EUR'][0])

    def test_paid_ahead_agrees_with_the_reminder(self):
        """A bill of exchange booked at its maturity: what is asked today does not ask for it again."""
        move = self.late(self.customer, 30, 100)
        self.ledger.payment(self.item(move), 70, TODAY + timedelta(days=20))
        self.assertEqual(self.accounts(TODAY)['EUR'].closing, 100)
        debtor = self.ensure(self.customer)
        [(account, _decimals)] = self.statements._content(debtor, TODAY).accounts
        self.assertEqual(account.closing, 30)
        reminder = self.plan().filtered(lambda one: one.partner_id == self.customer)
        self.assertEqual(reminder.amount_total, 30)
        self.assertIn("30,00 €", text_of(self.env['leanpay.letter']._make_statement(reminder)))
        [(account, _decimals)] = self.statements._content(debtor, TODAY - timedelta(days=1)).accounts
        self.assertEqual(account.closing, 100, "another day: what was booked by then")

    def test_many_debtors_in_as_many_queries_as_one(self):
        self.late(self.customer, 30, 50)
        debtors = self.ensure(self.customer)
        for number in range(5):
            customer = self.ledger.customer(f"Many{number}")
            self.late(customer, 30, 100 + number)
            debtors |= self.ensure(customer)
        facts = self.env['leanpay.statement.facts']
        counts = []
        for some in (debtors[:1], debtors):
            self.env.invalidate_all()
            facts._accounts_of(list(some), TODAY, interest=True, live=True)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = facts._accounts_of(list(some), TODAY, interest=True, live=True)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual([accounts[0].closing for accounts in found], [50, 100, 101, 102, 103, 104])
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_draft_and_cancelled_entries_are_not_in_it(self):
        self.late(self.customer, 10, 70, post=False)
        self.late(self.customer, 10, 80).button_cancel()
        self.assertFalse(self.accounts(TODAY))


@tagged('post_install', '-at_install')
class TestStatement(StatementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoices = cls.late(cls.customer, 40, 1000) | cls.late(cls.customer, -10, 500)
        cls.ledger.receipt(cls.customer, 120, TODAY - timedelta(days=3))
        cls.debtor_record = cls.ensure(cls.customer)

    def wizard(self, **values):
        return self.env['leanpay.statement.wizard'].with_context(
            active_model='leanpay.debtor', active_ids=self.debtor_record.ids).create(values)

    def file(self, action):
        return self.env['ir.attachment'].browse(int(action['url'].partition('?')[0].rpartition('/')[2]))

    def test_pdf(self):
        self.debtor_record._dispute(self.ledger.items(self.invoices[0]), 'other')
        file = self.file(self.wizard(with_interest=True).action_pdf())
        text = text_of(file)
        for said in ("RELEVÉ DE COMPTE", "En litige", "À échoir", "Règlement non\nlettré", "1 380,00 €",
                     "31 à 60 jours", "Pénalités de retard", "Vendeur SAS"):
            self.assertIn(said, text)

    def test_activity(self):
        file = self.file(self.wizard(kind='activity', date_from=TODAY - timedelta(days=80)).action_pdf())
        text = text_of(file)
        for said in ("Mouvements du", "Débit", "Solde au", "1 380,00 €"):
            self.assertIn(said, text)
        with self.assertRaisesRegex(UserError, "must not come after"):
            self.wizard(kind='activity', date_from=TODAY + timedelta(days=1)).action_pdf()

    def test_workbook_has_dates_numbers_formulas_and_filters(self):
        self.customer.name = "=cmd|evil"
        book = load_workbook(io.BytesIO(self.file(self.wizard().action_xlsx()).raw))
        sheet, summary = book.worksheets
        first = sheet[5]
        self.assertEqual(first[0].value.date(), self.invoices[0].date)
        self.assertEqual((first[5].value, first[6].value, first[5].data_type), (1000, 1000, 'n'))
        self.assertEqual(first[4].value, "Échue")
        self.assertEqual(sheet['G8'].value, "=SUM(G5:G7)")
        self.assertEqual(sheet.auto_filter.ref, 'A4:G7')
        self.assertEqual(summary['B8'].value, "='Relevé EUR'!G8")
        self.assertEqual(summary['A1'].data_type, 's')
        cached = load_workbook(io.BytesIO(self.file(self.wizard().action_xlsx()).raw), data_only=True)
        self.assertEqual(cached.worksheets[0]['G8'].value, 1380)

    def test_group(self):
        mother = self.ledger.customer("Mother")
        sister = self.ledger.customer("Sister", parent_id=False)
        self.late(sister, 20, 77)
        self.late(mother, 20, 33)
        debtors = self.debtor_record | self.ensure(sister) | self.ensure(mother)
        wizard = self.wizard(consolidated=True, debtor_ids=[Command.set(debtors.ids)])
        text = text_of(self.file(wizard.action_pdf()))
        for said in ("Sister", "Mother", "Buyer", "1 490,00 €"):
            self.assertIn(said, text)
        wizard.consolidated = False
        with self.assertRaisesRegex(UserError, "One statement at a time"):
            wizard.action_pdf()

    def test_sent_with_both_files_and_kept(self):
        self.wizard().action_send()
        [statement] = self.statements.search([('debtor_id', '=', self.debtor_record.id)])
        mail = self.env['mail.mail'].browse(statement.mail_id_int)
        self.assertEqual(mail.email_to, 'buyer@client.example')
        self.assertIn("1\xa0380,00", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 2)
        self.debtor_record._record_all_evidence()
        self.assertIn(statement.sha256, self.debtor_record.chain_ids.entry_ids[:1].text)
        for change in (statement.sudo().unlink, lambda: statement.pdf_id.sudo().unlink(),
                       lambda: statement.pdf_id.sudo().write({'raw': b'x'})):
            with self.assertRaises(UserError):
                change()

    def test_nobody_to_send_to(self):
        self.customer.email = False
        self.assertIn('warning', str(self.wizard().action_send()))
        self.assertIn("Add an e-mail address", str(self.debtor_record.activity_ids.mapped('summary')))

    def test_what_a_customer_reads_of_what_is_blocked(self):
        """A dispute is told, an answer that we have not read yet is not, whatever we noted."""
        debtor, [late, early] = self.debtor_record, self.invoices
        self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'kind': 'reply', 'note': "shouted at us"})
        debtor._promise(self.ledger.items(early), TODAY + timedelta(days=3))
        [account] = self.accounts(TODAY).values()
        self.assertEqual(account.by_status, {'overdue': 1000, 'promised': 500, 'payment': -120})
        late.line_ids.no_followup = True
        [account] = self.accounts(TODAY).values()
        self.assertEqual(account.by_status, {'held': 1000, 'promised': 500, 'payment': -120})
        self.assertNotIn("shouted", text_of(self.file(self.wizard().action_pdf())))

    def test_interest_of_an_activity_counts_what_is_open(self):
        [opened] = self.accounts(TODAY, interest=True).values()
        [period] = self.accounts(TODAY, TODAY - timedelta(days=2), interest=True).values()
        self.assertFalse(period.lines)
        self.assertGreater(opened.interest, 0)
        self.assertEqual((period.interest, period.indemnity), (opened.interest, opened.indemnity))

    def test_stranger_gets_none(self):
        other = self.env['res.company'].sudo().create({'name': "Elsewhere"})
        for groups, company in (
                ('base.group_user', self.company), ('leanpay_dunning.group_collections_manager', other)):
            user = new_test_user(self.env, f'statement_{company.id}', groups, company_id=company.id,
                                 company_ids=[Command.set(company.ids)])
            with self.assertRaises(AccessError):
                self.env['leanpay.statement.wizard'].with_user(user).create(
                    {'debtor_ids': [Command.set(self.debtor_record.ids)]}).action_pdf()


@tagged('post_install', '-at_install')
class TestSchedule(StatementCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.due = TODAY + timedelta(days=20)
        cls.ledger.invoice(cls.customer, 500, cls.due)
        cls.profile = cls.env.ref('leanpay_dunning.profile_good')
        cls.scheduled = cls.ensure(cls.customer)
        cls.scheduled.profile_id = cls.profile

    def sent(self, day):
        """Run the schedule on a day, twice; returns how many statements there are."""
        self.go_to(day)
        for _again in range(2):
            self.statements._cron_statements()
        return self.statements.search_count([('debtor_id', '=', self.scheduled.id)])

    def test_monthly_once_a_month_from_its_day_on(self):
        self.profile.statement_day = 15
        self.assertEqual(self.sent(date(2026, 3, 14)), 0)
        self.assertEqual(self.sent(date(2026, 3, 17)), 1, "late, but not forgotten")
        self.assertEqual(self.sent(date(2026, 3, 31)), 1)
        self.assertEqual(self.sent(date(2026, 4, 15)), 2)

    def test_before_each_due_date(self):
        self.profile.write({'statement_schedule': 'before_due', 'statement_days': 7})
        self.assertEqual(self.sent(self.due - timedelta(days=8)), 0)
        self.assertEqual(self.sent(self.due - timedelta(days=6)), 1)
        self.assertEqual(self.sent(self.due), 1)
        self.assertEqual(self.sent(self.due + timedelta(days=1)), 1)

    def test_who_owes_nothing_or_is_on_hold_gets_none(self):
        hold = self.env['leanpay.hold'].create({'debtor_id': self.scheduled.id, 'kind': 'other'})
        self.assertEqual(self.sent(TODAY), 0)
        hold.action_lift()
        self.ledger.payment(self.ledger.items(self.env['account.move'].search(
            [('partner_id', '=', self.customer.id)], limit=1)), 500)
        self.assertEqual(self.sent(TODAY), 0)

    def test_the_database_refuses_two_for_a_period(self):
        values = {'debtor_id': self.scheduled.id, 'company_id': self.company.id, 'date': TODAY, 'period': '2026-03'}
        self.statements.sudo().create(values)
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'):
            self.statements.sudo().create(values)

    def test_defaults(self):
        monthly = self.env['leanpay.payer.profile'].search([('statement_schedule', '=', 'monthly')])
        self.assertEqual(set(monthly.mapped('code')), {'good', 'automatic'})
