from datetime import date, datetime, time, timedelta

from odoo import Command
from odoo.tests import TransactionCase, freeze_time

# A Tuesday without anything special: the months around it have no day of the French calendar that matters here.
TODAY = date(2026, 3, 10)
WHOLE_DAY = {'dunning_window_start': 0, 'dunning_window_end': 24, 'dunning_weekdays': 'all'}


class Ledger:
    """A small company with what it takes to invoice and be paid: made in a tenth of the time of a chart of accounts.

    Used by tests inside their transaction, and by processes that commit what they make.
    """

    def __init__(self, env, name="Vendeur SAS", **values):
        self.country = env.ref('base.fr')
        self.company = env['res.company'].create({
            'name': name, 'currency_id': env.ref('base.EUR').id,
            'email': 'compta@vendeur.example', 'street': "2 rue du Port", 'zip': '69001', 'city': "Lyon",
            'dunning_tz': 'Europe/Paris', 'dunning_active': True, 'dunning_approved': True,
            'dunning_contact_gap': 0, **WHOLE_DAY, **values})
        # Outside a test's transaction, Odoo installs modules for a company created with its country.
        self.company.partner_id.country_id = self.country
        self.env = env(context={**env.context, 'allowed_company_ids': self.company.ids})
        self.company = self.company.with_env(self.env)
        self._make_accounts()
        self._make_journals()

    def _make_accounts(self):
        kinds = {
            'receivable': ('411000', 'asset_receivable'), 'income': ('706000', 'income'),
            'bank': ('512000', 'asset_cash'), 'suspense': ('471000', 'asset_current'),
            'outstanding': ('511000', 'asset_current'), 'gain': ('766000', 'income_other'),
            'loss': ('666000', 'expense')}
        accounts = self.env['account.account'].create([
            {'code': code, 'name': name, 'account_type': kind, 'reconcile': name in ('receivable', 'outstanding'),
             'company_ids': [Command.set(self.company.ids)]}
            for name, (code, kind) in kinds.items()])
        self.accounts = dict(zip(kinds, accounts, strict=True))
        self.env['ir.default'].set(
            'res.partner', 'property_account_receivable_id', self.accounts['receivable'].id, company_id=self.company.id)

    def _make_journals(self):
        self.sales, self.bank, self.general = self.env['account.journal'].create([
            {'name': "Sales", 'code': 'VEN', 'type': 'sale', 'company_id': self.company.id,
             'default_account_id': self.accounts['income'].id},
            {'name': "Bank", 'code': 'BNK', 'type': 'bank', 'company_id': self.company.id,
             'default_account_id': self.accounts['bank'].id, 'suspense_account_id': self.accounts['suspense'].id},
            {'name': "General", 'code': 'OD', 'type': 'general', 'company_id': self.company.id}])
        self.company.write({
            'currency_exchange_journal_id': self.general.id,
            'income_currency_exchange_account_id': self.accounts['gain'].id,
            'expense_currency_exchange_account_id': self.accounts['loss'].id})

    def customer(self, name, **values):
        """Create a French company with an e-mail address, a phone and a postal address."""
        return self.env['res.partner'].create({
            'name': name, 'is_company': True, 'email': f"{name.split()[0].lower()}@client.example", 'lang': 'fr_FR',
            'phone': '+33 1 99 00 12 34', 'street': "1 rue de la Paix", 'zip': '75002', 'city': "Paris",
            'country_id': self.country.id, **values})

    def invoice(self, partner, amount, due, *, post=True, currency=None, kind='out_invoice', **values):
        """Create an invoice of one line without tax.

        :param due: date, or a list of dates: as many instalments of the same amount
        """
        instalments = due if isinstance(due, list) else [due]
        issued = min(instalments) - timedelta(days=30)
        move = self.env['account.move'].create({
            'move_type': kind, 'partner_id': partner.id, 'journal_id': self.sales.id,
            'currency_id': (currency or self.company.currency_id).id, 'invoice_date': issued, 'date': issued,
            'invoice_date_due': instalments[0],
            'invoice_payment_term_id': self._term(issued, instalments).id if len(instalments) > 1 else False,
            'invoice_line_ids': [Command.create({
                'name': "Service", 'quantity': 1, 'price_unit': amount, 'tax_ids': [Command.clear()],
                'account_id': self.accounts['income'].id})], **values})
        if post:
            move.action_post()
        return move

    def _term(self, issued, instalments):
        share = round(100 / len(instalments), 6)
        shares = [share] * (len(instalments) - 1)
        return self.env['account.payment.term'].create({'name': "Instalments", 'line_ids': [
            Command.create({
                'value': 'percent', 'value_amount': value, 'delay_type': 'days_after', 'nb_days': (day - issued).days})
            for day, value in zip(instalments, [*shares, 100 - sum(shares)], strict=True)]})

    def payment(self, items, amount, day=TODAY):
        """Book money received and match it with items of one customer; returns the entry."""
        entry = self.receipt(items.partner_id, amount, day, items.currency_id)
        (entry.line_ids.filtered(lambda line: line.account_id == self.accounts['receivable']) | items).reconcile()
        return entry

    def receipt(self, partner, amount, day=TODAY, currency=None):
        """Book money received from a customer, matched with nothing."""
        currency = currency or self.company.currency_id
        balance = currency._convert(amount, self.company.currency_id, self.company, day)
        entry = self.env['account.move'].create({
            'move_type': 'entry', 'journal_id': self.general.id, 'date': day, 'line_ids': [
                Command.create({
                    'account_id': self.accounts[name].id, 'partner_id': partner.id, 'currency_id': currency.id,
                    'amount_currency': sign * amount, 'balance': sign * balance, 'name': "Payment"})
                for name, sign in (('outstanding', 1), ('receivable', -1))]})
        entry.action_post()
        return entry

    def items(self, moves):
        """Return the receivable items of entries, by due date."""
        return moves.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable').sorted(
            lambda line: (line.date_maturity, line.id))

    def currency(self, name, rate):
        """Switch a currency on, worth `rate` for one euro."""
        currency = self.env['res.currency'].with_context(active_test=False).search([('name', '=', name)])
        currency.active = True
        self.env['res.currency.rate'].create({
            'currency_id': currency.id, 'company_id': self.company.id, 'rate': rate, 'name': date(2020, 1, 1)})
        return currency

    def mail_server(self, port):
        """Send every message of this database to an SMTP server of this machine."""
        self.env['ir.mail_server'].search([]).active = False
        return self.env['ir.mail_server'].create({
            'name': "Catcher", 'smtp_host': '127.0.0.1', 'smtp_port': port, 'smtp_encryption': 'none', 'sequence': 1})

    def alias_domain(self, name='relances.example'):
        """Let the company receive mail: answers and bounces have an address."""
        self.company.alias_domain_id = self.env['mail.alias.domain'].create({
            'name': name, 'bounce_alias': 'bounce', 'catchall_alias': 'catchall', 'default_from': 'notifications'})
        return self.company.alias_domain_id

    def run(self, day):
        """Plan a day; returns the leanpay.run."""
        run = self.env['leanpay.run'].create({'company_id': self.company.id, 'date': day})
        run._execute()
        return run


class DunningCase(TransactionCase):
    """A test whose clock is stopped on :data:`TODAY`, with a company of its own: `cls.ledger`, `cls.company`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        freezer = freeze_time(datetime.combine(TODAY, time(10)))
        cls._clock = freezer.start()
        cls.addClassCleanup(freezer.stop)
        cls.env['res.company'].search([]).dunning_active = False
        cls.env.user.tz = False
        cls.ledger = Ledger(cls.env)
        cls.env, cls.company = cls.ledger.env, cls.ledger.company
        cls.scenario = cls.env.ref('leanpay_dunning.leanpay_scenario_standard')
        cls.company.dunning_scenario_id = cls.scenario

    def setUp(self):
        super().setUp()
        self.go_to(TODAY)

    # === CLOCK === #

    @classmethod
    def go_to(cls, day, at=time(10)):
        """Move the clock to a moment, given in UTC."""
        cls._day = day
        cls._clock.move_to(datetime.combine(day, at))

    @classmethod
    def days_later(cls, days):
        """Move the clock; returns the day it is."""
        cls.go_to(cls._day + timedelta(days=days))
        return cls._day

    # === RUN === #

    def plan(self, day=None):
        """Plan today and return the reminders that wait or have just been planned."""
        self.ledger.run(day or self.company._dunning_today())
        return self.reminders().filtered(lambda reminder: reminder.state in ('planned', 'approved'))

    def deliver(self):
        """Deliver what is approved, as the scheduled action does."""
        delivery = self.env['leanpay.delivery'].with_company(self.company)
        delivery._recover(self.company)
        delivery._deliver_company(self.company)

    def plan_and_deliver(self):
        """One pass of the daily job; returns the reminders that it planned."""
        reminders = self.plan()
        self.deliver()
        return reminders

    # === READING === #

    def reminders(self, partner=None):
        """Return the reminders of the company, or of one customer, oldest first."""
        domain = [('company_id', '=', self.company.id)]
        if partner:
            domain.append(('partner_id', '=', partner.id))
        return self.env['leanpay.reminder'].search(domain, order='id')

    def debtor(self, partner):
        """Return the debtor of a customer in the test's company."""
        return self.env['leanpay.debtor'].search([
            ('partner_id', '=', partner.id), ('company_id', '=', self.company.id)])

    def why(self, move, today=None):
        """Return the code of what becomes of an invoice's first item now."""
        debtor = self.debtor(move.commercial_partner_id)
        today = today or self.company._dunning_today()
        facts, _rows = self.env['leanpay.facts']._read(self.company, debtor.ids, today)
        plan = self.env['leanpay.planner']._decide_all(facts, self.company._dunning_policy(), today)
        return next(outcome.why for outcome in plan.decisions[debtor.id].outcomes
                    if outcome.item_id in self.ledger.items(move).ids)

    def activities(self, debtor):
        """Return what a person is asked to do about a debtor, as a list of summaries."""
        return debtor.activity_ids.sorted('id').mapped('summary')

    @classmethod
    def step(cls, level):
        """Return the standard scenario's step of a level."""
        return cls.scenario.step_ids.filtered(lambda step: step.level == str(level))
