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

    def booked(self, as_of):
        """Return {currency: (sum in it, sum in company currency)} as the general ledger says."""
        self.env.flush_all()
        return {name: (Decimal(amount), Decimal(base)) for name, amount, base in self.env.execute_query(SQL(
            """
            SELECT currency.name, SUM(item.amount_currency)::text, SUM(item.balance)::text
              FROM account_move_line item JOIN res_currency currency ON currency.id = item.currency_id
              JOIN account_account account ON account.id = item.account_id
             WHERE item.partner_id = %s AND item.parent_state = 'posted' AND item.date <= %s
                   AND account.account_type = 'asset_receivable' GROUP BY currency.name
            """, self.customer.id, as_of))}


@tagged('post_install', '-at_install')
class TestStatementIsTheLedger(StatementCase):

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(
        st.booleans(), st.decimals(10, 900, places=2), st.integers(5, 80),
        st.lists(st.tuples(st.decimals(1, 700, places=2), DAYS), max_size=2)), min_size=1, max_size=4),
        st.lists(DAYS, min_size=1, max_size=3))
    def test_closing_balance_on_any_day(self, invoices, as_of_days):
        """Random invoices in two currencies, paid in parts, early, late or too much."""
        with self.env.cr.savepoint() as savepoint:
            dollars = self.ledger.currency('USD', 2)
            moves = self.env['account.move']
            for foreign, amount, late, payments in invoices:
                move = self.late(self.customer, late, float(amount), currency=dollars if foreign else None)
                moves |= move
                for paid, day in payments:
                    item = self.ledger.items(move)
                    if item.amount_residual_currency:
                        self.ledger.payment(item, float(paid), day)
                    else:
                        self.ledger.receipt(self.customer, float(paid), day, item.currency_id)
            for as_of in as_of_days:
                booked, accounts = self.booked(as_of), self.accounts(as_of)
                for name, (amount, base) in booked.items():
                    account = accounts.get(name)
                    self.assertEqual(account.closing if account else 0, amount, (name, as_of))
                    if account:
                        self.assertEqual(account.base_closing, base)
                for name, account in self.accounts(as_of, as_of - timedelta(days=20)).items():
                    self.assertEqual(account.closing, booked[name][0])
            far = {line.entry.id: line.balance for account in self.accounts(date(2030, 1, 1)).values()
                   for line in account.lines}
            items = self.env['account.move.line'].search([
                ('partner_id', '=', self.customer.id), ('account_id.account_type', '=', 'asset_receivable'),
                ('amount_residual_currency', '!=', 0), ('parent_state', '=', 'posted')])
            self.assertEqual(far, {
                item.id: Decimal(str(item.currency_id.round(item.amount_residual_currency))) for item in items})
            savepoint.rollback()
            self.env.invalidate_all()

    def test_paid_in_another_currency(self):
        dollars = self.ledger.currency('USD', 2)
        move = self.late(self.customer, 30, 100, currency=dollars)
        self.ensure(self.customer)
        receipt = self.ledger.receipt(self.customer, 50, TODAY - timedelta(days=5))
        (self.ledger.items(move) | receipt.line_ids.filtered(
            lambda line: line.account_id == self.ledger.accounts['receivable'])).reconcile()
        self.assertEqual(self.accounts(TODAY - timedelta(days=6))['USD'].closing, 100)
        self.assertFalse(self.accounts(TODAY))

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
        self.env['leanpay.hold'].create({
            'debtor_id': self.debtor_record.id, 'kind': 'dispute', 'item_ids': [Command.set(
                self.ledger.items(self.invoices[0]).ids)]})
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
