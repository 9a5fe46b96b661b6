import re
from datetime import timedelta
from types import SimpleNamespace

from markupsafe import Markup

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ..engine.facts import Blocker
from ..engine.outcomes import Outcome, Why
from ..models.const import HOLD_KINDS
from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)
CODES = {value for name, value in vars(Why).items() if name.isupper()}


class DebtorCase(ModelsCase):
    """One customer, and shorthands to look at its debtor after a run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Debtor")

    @property
    def looked_at(self):
        return self.debtor(self.customer)

    def ledger_balance(self, partner, *, overdue=False):
        """Return the residual of a customer in company currency, as plain Odoo says."""
        domain = [
            ('partner_id', 'child_of', partner.id), ('account_id.account_type', '=', 'asset_receivable'),
            ('parent_state', '=', 'posted'), ('company_id', '=', self.company.id), ('reconciled', '=', False)]
        if overdue:
            domain += [('date_maturity', '<', TODAY), ('amount_residual', '>', 0)]
        return sum(self.env['account.move.line'].search(domain).mapped('amount_residual'))


@tagged('post_install', '-at_install')
class TestIndicators(DebtorCase):
    """The stored figures are those of the ledger and of what was really sent."""

    def test_amounts_equal_the_ledger_in_three_currencies(self):
        dollar, pound = self.ledger.currency('USD', 1.3), self.ledger.currency('GBP', 0.87)
        contact = self.env['res.partner'].create({'name': "Shop", 'parent_id': self.customer.id, 'type': 'invoice'})
        self.late(self.customer, 20, 100.01)
        self.late(contact, 10, 333.33, currency=dollar)
        invoice = self.late(self.customer, 30, 77.77, currency=pound)
        self.ledger.payment(self.item(invoice), 11.11)
        self.late(self.customer, -10, 50)
        self.late(self.customer, 5, 20, kind='out_refund')
        self.ledger.receipt(self.customer, 12.34)
        self.plan()
        self.assertAlmostEqual(self.looked_at.amount_open, self.ledger_balance(self.customer), 2)
        self.assertAlmostEqual(self.looked_at.amount_overdue, self.ledger_balance(self.customer, overdue=True), 2)
        self.assertGreater(self.looked_at.amount_open, 300)
        self.assertEqual((self.looked_at.item_count, self.looked_at.oldest_due_date), (6, TODAY - 30 * DAY))
        self.assertEqual(len(self.looked_at.item_ids), 6)
        self.assertAlmostEqual(
            sum(self.looked_at.item_ids.mapped('amount_residual')), self.looked_at.amount_open, 2)

    def test_level_is_what_was_really_sent_and_falls_when_paid(self):
        self.late(self.customer, 10, 50)
        self.plan()
        self.assertFalse(self.looked_at.level)
        self.send(self.customer)
        self.plan()
        self.assertEqual((self.looked_at.level, self.looked_at.last_contact_date), ('1', TODAY))
        self.days_later(12)
        self.send(self.customer)
        self.plan()
        self.assertEqual(self.looked_at.level, '2')
        later = self.late(self.customer, 2, 70)
        self.days_later(1)
        self.send(self.customer)
        self.assertEqual(later.dunning_level, '1')
        self.ledger.payment(self.ledger.items(self.looked_at.item_ids.move_id - later), 50)
        self.plan()
        self.assertEqual(self.looked_at.level, '1')
        self.ledger.payment(self.item(later), 70)
        self.plan()
        self.assertRecordValues(self.looked_at, [{
            'level': False, 'status': 'clear', 'amount_open': 0, 'amount_overdue': 0, 'item_count': 0,
            'next_date': False, 'next_step_id': False, 'oldest_due_date': False, 'priority': 0}])

    def test_bounced_and_failed_do_not_make_a_level(self):
        self.late(self.customer, 10)
        self.send(self.customer)._record_bounced("No such user")
        self.plan()
        self.assertFalse(self.looked_at.level)

    def test_status_clear(self):
        self.late(self.customer, 10, 50, kind='out_refund')
        self.plan()
        self.assertRecordValues(self.looked_at, [{'status': 'clear', 'next_date': False, 'amount_open': -50}])

    def test_status_waiting(self):
        self.late(self.customer, -10)
        self.plan()
        self.assertRecordValues(self.looked_at, [{
            'status': 'waiting', 'next_date': TODAY + 5 * DAY, 'next_step_id': self.step(0).id,
            'amount_open': 100, 'amount_overdue': 0, 'attention': False}])

    def test_status_due(self):
        self.late(self.customer, 10)
        self.plan()
        self.assertRecordValues(self.looked_at, [{
            'status': 'due', 'next_date': TODAY, 'next_step_id': self.step(1).id, 'amount_overdue': 100}])

    def test_status_approve(self):
        self.step(1).approval = 'manual'
        self.late(self.customer, 10)
        self.plan()
        self.assertEqual(self.looked_at.status, 'approve')
        self.pending(self.customer).action_approve()
        self.assertEqual(self.looked_at.status, 'due')

    def test_status_held(self):
        self.late(self.customer, 10)
        self.env['leanpay.hold'].create({
            'debtor_id': self.ensure(self.customer).id, 'date_from': TODAY, 'date_until': TODAY + 3 * DAY})
        self.plan()
        self.assertRecordValues(self.looked_at, [{'status': 'held', 'next_date': TODAY + 4 * DAY}])

    def test_hold_on_nothing_overdue_is_not_held(self):
        self.late(self.customer, -40)
        self.env['leanpay.hold'].create({'debtor_id': self.ensure(self.customer).id, 'date_from': TODAY})
        self.plan()
        self.assertEqual(self.looked_at.status, 'clear')

    def test_status_attention(self):
        cases = {
            'failed': (lambda reminder: reminder._record_failed("No network"), "Repair a reminder that failed"),
            'uncertain': (lambda reminder: reminder._record_uncertain("Killed"),
                          "Say whether an uncertain message was sent")}
        for name, (happen, attention) in cases.items():
            customer = self.ledger.customer(name)
            self.late(customer, 10)
            self.plan()
            happen(self.pending(customer))
            self.plan()
            with self.subTest(name):
                self.assertRecordValues(self.debtor(customer), [{'status': 'attention', 'attention': attention}])

    def test_attention_without_rate(self):
        franc = self.env.ref('base.CHF')
        franc.active = True
        franc.rate_ids.unlink()
        self.scenario.minimum_amount = 5
        self.late(self.customer, 10, currency=franc)
        self.plan()
        self.assertRecordValues(self.looked_at, [{
            'status': 'attention', 'attention': "Add a rate to the currency of these items"}])
        self.assertFalse(self.pending(self.customer))

    def test_attention_without_scenario(self):
        self.late(self.customer, 10)
        self.company.dunning_scenario_id = False
        debtor = self.ensure(self.customer)
        self.env['leanpay.planner']._refresh(debtor)
        self.assertRecordValues(debtor, [{'status': 'attention', 'attention': "No scenario applies: choose one"}])

    def test_attention_is_in_the_language_of_who_runs(self):
        self.late(self.customer, 10)
        self.company.dunning_scenario_id = False
        debtor = self.ensure(self.customer)
        self.env['leanpay.planner'].with_context(lang='fr_FR')._refresh(debtor)
        self.assertNotEqual(debtor.attention, "No scenario applies: choose one")
        self.assertTrue(debtor.attention)

    def test_priority_is_level_then_amount(self):
        names = {'big': 9000, 'small': 10, 'firm': 20, 'coming': 99999}
        partners = {name: self.ledger.customer(name) for name in names}
        for name, amount in names.items():
            self.late(partners[name], -30 if name == 'coming' else 10, amount)
        self.send(partners['firm'])
        self.plan()
        debtors = self.env['leanpay.debtor'].search([('company_id', '=', self.company.id)])
        self.assertEqual(debtors.mapped('partner_id.name'), ['firm', 'big', 'small', 'coming'])

    def test_refresh_plans_nothing(self):
        self.late(self.customer, 10)
        debtor = self.ensure(self.customer)
        self.assertTrue(debtor.stale)
        self.env['leanpay.planner']._refresh(debtor)
        self.assertEqual((debtor.stale, debtor.amount_overdue, debtor.status), (False, 100, 'due'))
        self.assertFalse(self.reminders())

    def test_figures_may_always_be_rebuilt(self):
        self.late(self.customer, 10)
        self.send(self.customer)
        self.plan()
        names = ['amount_open', 'amount_overdue', 'level', 'priority', 'status', 'next_date', 'next_step_id',
                 'item_count', 'oldest_due_date', 'last_contact_date', 'attention']
        before = self.looked_at.read(names)
        self.env.cr.execute(
            "UPDATE leanpay_debtor SET amount_open = 0, amount_overdue = 7, level = '5', priority = 3, "
            "status = 'held', next_date = NULL, item_count = 99, oldest_due_date = NULL, last_contact_date = NULL "
            "WHERE id = %s",
            [self.looked_at.id])
        self.env.invalidate_all()
        self.env['leanpay.planner']._refresh(self.looked_at)
        self.assertEqual(self.looked_at.read(names), before)


@tagged('post_install', '-at_install')
class TestWhy(DebtorCase):
    """Every outcome has a sentence in both languages, and the page says what the run does."""

    def sentence(self, code, lang, **values):
        debtor = self.ensure(self.customer).with_context(lang=lang)
        outcome = Outcome(0, code, self.step(2).id, TODAY + 5 * DAY, **values)
        return str(debtor._why_text(outcome, SimpleNamespace()))

    def test_every_code_in_both_languages(self):
        self.late(self.customer, 10)
        self.assertEqual(set(self.ensure(self.customer)._why_sentences()), CODES)
        for code in sorted(CODES):
            values = {'blocker': Blocker('dispute'), 'detail': 'failed'}
            english, french = (self.sentence(code, lang, **values) for lang in ('en_US', 'fr_FR'))
            with self.subTest(code):
                self.assertNotEqual(english, french)
                for text in (english, french):
                    self.assertNotIn('%(', text)
                    self.assertFalse(re.search(r'\b\w+_\w+\b', text), text)

    def test_every_blocker_in_both_languages(self):
        self.late(self.customer, 10)
        kinds = [key for key, _label in HOLD_KINDS] + [
            'dispute', 'promise', 'plan', 'case', 'no_followup', 'payment_blocked', 'payment_pending', 'archived']
        for kind in kinds:
            english, french = (self.sentence(Why.BLOCKED, lang, blocker=Blocker(kind)) for lang in ('en_US', 'fr_FR'))
            with self.subTest(kind):
                self.assertNotEqual(english.split(': ')[1], french.split(': ')[1])
                self.assertNotIn('_', english + french)

    def test_what_a_person_typed_is_shown(self):
        self.late(self.customer, 10)
        text = self.sentence(Why.BLOCKED, 'en_US', blocker=Blocker('promise', label="Pays on Friday"))
        self.assertEqual(text, "not chased until 03/15/2026: Promise to pay (Pays on Friday)")

    def test_headlines(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.assertEqual(self.text(debtor), "Nothing is open: there is nothing to chase.")
        invoice = self.late(self.customer, 10)
        self.assertIn(f"To contact now: {self.step(1).name}.", self.text(debtor))
        self.assertIn(f"{invoice.name} now: {self.step(1).name}", self.text(debtor))
        self.send(self.customer)
        self.assertIn("Next contact on 03/20/2026.", self.text(debtor))
        self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'date_from': TODAY, 'kind': 'commercial'})
        self.assertIn("No contact is planned.", self.text(debtor))
        self.assertIn("not chased: Commercial decision", self.text(debtor))

    def text(self, debtor):
        self.env.invalidate_all()
        text = html2plaintext(debtor.why_html).replace('*', '')
        return ' '.join(text.split())

    def test_any_day(self):
        self.late(self.customer, -10)
        debtor = self.ensure(self.customer)
        self.assertIn("Next contact on 03/15/2026.", self.text(debtor))
        with Form(debtor) as form:
            form.why_date = TODAY + 5 * DAY
            self.assertIn(f"To contact now: {self.step(0).name}.", form.why_html)
            form.why_date = TODAY + 200 * DAY
            self.assertIn(f"To contact now: {self.step(1).name}.", form.why_html)

    def test_twelve_items_and_the_rest(self):
        for number in range(14):
            self.late(self.customer, 10 + number)
        self.assertIn("and 2 more items", self.text(self.ensure(self.customer)))

    def test_items_without_due_date(self):
        """A manual entry may have none: its own date stands for it."""
        entry = self.ledger.receipt(self.customer, -70, TODAY - 30 * DAY)
        self.item(entry).date_maturity = False
        invoice = self.late(self.customer, 10)
        self.plan()
        self.assertFalse(self.item(entry).date_maturity)
        explained = html2plaintext(Markup().join(self.looked_at._explain()))
        self.assertLess(explained.index(entry.name), explained.index(invoice.name))

    def test_names_are_escaped(self):
        invoice = self.late(self.customer, 10)
        debtor = self.ensure(self.customer)
        self.env['leanpay.hold'].create({
            'debtor_id': debtor.id, 'date_from': TODAY, 'note': "<script>alert(1)</script>"})
        self.assertTrue(invoice)
        self.env.invalidate_all()
        self.assertNotIn('<script', debtor.why_html)

    def test_says_what_the_run_does(self):
        """The same function answers and acts."""
        moves = [self.late(self.customer, days, 60 + days) for days in (-30, -3, 0, 2, 3, 20, 40)]
        self.late(self.customer, 1, 13, kind='out_refund')
        debtor = self.ensure(self.customer)
        said = {item_id: outcome.why for item_id, (outcome, _decision) in debtor._outcomes().items()}
        reminders = self.plan()
        passed = reminders.line_ids.filtered('step_id').move_line_id.ids
        shown = reminders.line_ids.filtered(lambda line: not line.step_id and not line.is_credit).move_line_id.ids
        self.assertEqual({item for item, why in said.items() if why == Why.REMIND}, set(passed))
        self.assertEqual({item for item, why in said.items() if why == Why.SHOWN}, set(shown))
        self.assertEqual(len(said), len(moves) + 1)


@tagged('post_install', '-at_install')
class TestAgeing(DebtorCase):
    """The ageing bar."""

    def test_sums_to_what_is_open(self):
        dollar = self.ledger.currency('USD', 2)
        for days, amount in ((-5, 1), (0, 2), (1, 4), (30, 8), (31, 16), (60, 32), (61, 64), (90, 128), (91, 256)):
            self.late(self.customer, days, amount)
        self.late(self.customer, 45, 1024, currency=dollar)
        self.late(self.customer, 5, 2048, kind='out_refund')
        ageing = self.ensure(self.customer)._ageing()
        amounts = {bucket['name']: bucket['amount'] for bucket in ageing['buckets']}
        expected = {'not_due': 3, '1_30': 12, '31_60': 48 + 512, '61_90': 192, 'over_90': 256}
        self.assertEqual(amounts, {name: self.company.currency_id.format(value) for name, value in expected.items()})
        self.assertEqual(ageing['total'], sum(expected.values()))
        positive = self.looked_at.item_ids.filtered(lambda item: item.amount_residual > 0)
        self.assertAlmostEqual(ageing['total'], sum(positive.mapped('amount_residual')), 2)
        self.assertAlmostEqual(sum(bucket['share'] for bucket in ageing['buckets']), 100, 6)

    def test_both_languages(self):
        self.late(self.customer, 10)
        debtor = self.ensure(self.customer)
        self.assertIn("1–30 days", debtor.ageing_html)
        self.env.invalidate_all()
        self.assertNotIn("1–30 days", debtor.with_context(lang='fr_FR').ageing_html)

    def test_nothing_open(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.assertEqual((debtor._ageing()['total'], debtor._ageing()['buckets']), (0, []))
        self.assertFalse(html2plaintext(debtor.ageing_html or '').strip())


@tagged('post_install', '-at_install')
class TestDebtorPage(DebtorCase):
    """Counts and buttons of the debtor's page."""

    def test_counts(self):
        self.late(self.customer, 10)
        self.plan()._void("mistake")
        self.plan()
        self.env['leanpay.hold'].create({'debtor_id': self.looked_at.id, 'date_from': TODAY + DAY})
        self.env.invalidate_all()
        self.assertRecordValues(self.looked_at, [{'reminder_count': 1, 'hold_count': 1}])

    def test_actions(self):
        self.late(self.customer, 10)
        self.plan()
        debtor = self.looked_at
        self.assertEqual(
            self.env['leanpay.reminder'].search(debtor.action_view_reminders()['domain']), self.reminders())
        self.assertEqual(
            self.env['account.move.line'].search(debtor.action_view_items()['domain']), debtor.item_ids)
        self.assertEqual(debtor.action_view_partner()['res_id'], self.customer.id)
        self.assertEqual(debtor.action_write()['context']['default_partner_ids'], self.customer.ids)
        self.assertEqual(debtor.action_log_call()['context']['default_debtor_id'], debtor.id)

    def test_attention_is_asked_once(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        for _number in range(3):
            debtor._need_attention('this', "Look at this", note="Because")
        debtor._need_attention('that', "And at that")
        self.assertEqual(self.activities(debtor), ["Look at this", "And at that"])

    def test_somebody_is_always_in_charge(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.assertEqual(debtor._default_collector(), self.env.ref('base.user_admin'))
        user, collector = self.worker('u'), self.worker('c')
        self.company.dunning_user_id = user
        self.assertEqual(debtor._default_collector(), user)
        debtor.collector_id = collector
        self.assertEqual(debtor._default_collector(), collector)

    def worker(self, login, group='leanpay_dunning.group_collections_user', **values):
        return self.env['res.users'].create({
            'name': login, 'login': f'{login}@debtor.example', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.set(self.env.ref(group).ids)], **values})

    def test_people_who_left_get_no_work(self):
        """Who is archived, works elsewhere or may not see debtors is passed over, here and in what is planned."""
        debtor = self.ensure(self.late(self.customer, 20).partner_id)
        boss, gone = self.worker('boss'), self.worker('gone')
        clerk = self.worker('clerk', 'base.group_user')
        self.company.dunning_user_id = boss
        elsewhere = self.worker('elsewhere')
        other = self.env['res.company'].create({'name': "Elsewhere"})
        elsewhere.write({'company_id': other.id, 'company_ids': [Command.set(other.ids)]})
        step = self.step(1)
        for user in (gone, clerk, elsewhere):
            step.write({'responsible': 'user', 'user_id': user.id})
            debtor.collector_id = user
            gone.active = False
            with self.subTest(user.name):
                self.assertEqual(debtor._default_collector(), boss)
                self.assertEqual(step._responsible_of(debtor), boss)
                self.env.flush_all()
                [row] = self.env['leanpay.facts']._debtor_rows(self.company, debtor.ids)
                self.assertIsNone(row.collector_id)
                debtor._need_attention(user.name, f"Repair for {user.name}", user=user)
                self.assertEqual(debtor.activity_ids.filtered(
                    lambda activity, user=user: user.name in activity.summary).user_id, boss)
        boss.active = False
        self.assertEqual(debtor._default_collector(), self.env.ref('base.user_admin'))

    def test_what_customers_write_is_no_html(self):
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        debtor._need_attention('reply', "Read it", note="<b>Re</b> & <script>alert(1)</script>")
        self.assertIn("&lt;b&gt;Re&lt;/b&gt; &amp; &lt;script", debtor.activity_ids.note)

    def test_choices_are_followed(self):
        """A change of profile, scenario or collector is in the history and marks the debtor."""
        debtor = self.env['leanpay.debtor'].create({'partner_id': self.customer.id})
        self.env.cr.flush()
        debtor.stale = False
        debtor.scenario_id = self.env.ref('leanpay_dunning.leanpay_scenario_firm')
        self.env.cr.flush()
        self.assertTrue(debtor.stale)
        self.assertIn('scenario_id', debtor.message_ids.tracking_value_ids.field_id.mapped('name'))
