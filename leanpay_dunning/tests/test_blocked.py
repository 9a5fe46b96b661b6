from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestBlocked(ModelsCase):
    """What must not be chased now is found in the invoices, the items and the worklist, as the engine says it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Blocked"), cls.ledger.customer("Free")
        cls.invoice, cls.same_customer = cls.late(cls.customer, 20), cls.late(cls.customer, 10)
        cls.free = cls.late(cls.other, 20)
        cls.chased, cls.unconcerned = cls.ensure(cls.customer), cls.ensure(cls.other)

    def found(self, value=True):
        """Return the invoices, the items and the debtors that a search finds."""
        self.env.flush_all()
        mine = [('company_id', '=', self.company.id)]
        return (
            self.env['account.move'].search([*mine, ('dunning_blocked', '=', value)]),
            self.env['account.move.line'].search([
                *mine, ('dunning_blocked', '=', value), ('account_type', '=', 'asset_receivable')]),
            self.env['leanpay.debtor'].search([*mine, ('dunning_blocked', '=', value)]))

    def check(self, *moves, debtors=None):
        """Check that exactly these invoices are blocked, searched and computed."""
        blocked = self.env['account.move'].union(*moves)
        free = (self.invoice | self.same_customer | self.free) - blocked
        debtors = self.chased if debtors is None else debtors
        self.env.invalidate_all()
        self.assertEqual(self.found(), (blocked, self.ledger.items(blocked), debtors))
        found_free, items, others = self.found(False)
        self.assertEqual(found_free & (blocked | free), free)
        self.assertLessEqual(self.ledger.items(free), items)
        self.assertEqual(others, (self.chased | self.unconcerned) - debtors)
        self.assertEqual((blocked | free).filtered('dunning_blocked'), blocked)
        self.assertEqual((self.chased | self.unconcerned).filtered('dunning_blocked'), debtors)

    def test_nothing(self):
        self.check(debtors=self.env['leanpay.debtor'])

    def test_hold_on_one_item(self):
        self.env['leanpay.hold'].create({
            'debtor_id': self.chased.id, 'item_ids': [Command.set(self.item(self.invoice).ids)]})
        self.check(self.invoice)
        self.assertIn("not chased", self.invoice.dunning_why)

    def test_hold_on_the_debtor_as_long_as_it_lasts(self):
        hold = self.env['leanpay.hold'].create({'debtor_id': self.chased.id, 'date_until': TODAY + DAY})
        self.check(self.invoice, self.same_customer)
        self.days_later(1)
        self.check(self.invoice, self.same_customer)
        self.days_later(1)
        self.check(debtors=self.env['leanpay.debtor'])
        self.go_to(TODAY)
        hold.action_lift()
        self.check(debtors=self.env['leanpay.debtor'])

    def test_hold_to_come(self):
        self.env['leanpay.hold'].create({'debtor_id': self.chased.id, 'date_from': TODAY + DAY})
        self.check(debtors=self.env['leanpay.debtor'])

    def test_excluded_or_blocked_on_the_entry(self):
        self.item(self.invoice).no_followup = True
        self.check(self.invoice)
        self.item(self.invoice).no_followup = False
        self.same_customer.payment_state = 'blocked'
        self.check(self.same_customer)

    def test_archived_customer(self):
        self.customer.active = False
        self.check(self.invoice, self.same_customer)

    def test_one_instalment(self):
        invoice = self.ledger.invoice(self.customer, 300, [TODAY - 5 * DAY, TODAY + 30 * DAY])
        self.env['leanpay.hold'].create({
            'debtor_id': self.chased.id, 'item_ids': [Command.set(self.ledger.items(invoice)[1].ids)]})
        found, items, _debtors = self.found()
        self.assertEqual((found, items), (invoice, self.ledger.items(invoice)[1]))
        self.assertTrue(invoice.dunning_blocked)
        self.assertIn("not chased", invoice.dunning_why, "what is blocked is said first")

    def test_paid_is_not_blocked(self):
        self.item(self.invoice).no_followup = True
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.check(debtors=self.env['leanpay.debtor'])

    def test_other_companies(self):
        """A customer of two companies, on hold in one of them."""
        other = Ledger(self.env(context={}), "Autre SAS")
        theirs = other.invoice(self.customer.with_env(other.env), 70, TODAY - 20 * DAY)
        other.env['leanpay.debtor']._ensure_for(other.company)
        self.env['leanpay.hold'].create({'debtor_id': self.chased.id})
        self.check(self.invoice, self.same_customer)
        both = self.env['account.move'].with_context(allowed_company_ids=(self.company | other.company).ids)
        self.assertEqual(both.search([('dunning_blocked', '=', True)]), self.invoice | self.same_customer)
        everywhere = self.env(context={})['leanpay.debtor'].search([('dunning_blocked', '=', True)])
        self.assertIn(self.chased, everywhere)
        self.assertNotIn(theirs.partner_id.id, (everywhere - self.chased).partner_id.ids)

    def test_whoever_reads_invoices_finds_them(self):
        reader = mail_new_test_user(
            self.env, login='reader@blocked.example', groups='account.group_account_readonly',
            company_id=self.company.id, company_ids=self.company.ids)
        self.item(self.invoice).no_followup = True
        self.env.flush_all()
        moves = self.env['account.move'].with_user(reader).search([('dunning_blocked', '=', True)])
        self.assertEqual(moves.ids, self.invoice.ids)
        self.assertTrue(moves.dunning_blocked)

    def test_filters(self):
        for model, name in (('account.move', 'dunning_blocked'), ('leanpay.debtor', 'blocked')):
            view = 'account.view_account_invoice_filter' if model == 'account.move' else (
                'leanpay_dunning.leanpay_debtor_view_search')
            self.assertIn(
                f'<filter name="{name}"', self.env[model].get_view(self.env.ref(view).id, 'search')['arch'])
