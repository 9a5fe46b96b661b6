from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..engine.facts import Blocker
from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestOrderHold(ModelsCase):
    """Orders of late payers: who is held, who says so, who releases them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({'dunning_order_hold': 'block', 'dunning_order_hold_days': 30})
        cls.customer, cls.good = cls.ledger.customer("Held"), cls.ledger.customer("Good")
        cls.invoice, cls.fresh = cls.late(cls.customer, 45), cls.late(cls.good, 3)
        cls.held, cls.free = cls.ensure(cls.customer), cls.ensure(cls.good)
        cls.seller = cls._person('order_seller', 'account.group_account_invoice')
        cls.collector = cls._person('order_collector', 'leanpay_dunning.group_collections_user')
        cls.manager = cls._person('order_manager', 'leanpay_dunning.group_collections_manager')

    @classmethod
    def _person(cls, login, group):
        return cls.env['res.users'].create({
            'name': login, 'login': login, 'company_id': cls.company.id, 'company_ids': [Command.set(cls.company.ids)],
            'group_ids': [Command.set(cls.env.ref(group).ids)]})

    def state(self, debtor=None):
        self.env.invalidate_all()
        return (debtor or self.held).order_hold

    def release(self, user=None, **values):
        releases = self.env['leanpay.order.release'].with_user(user or self.manager)
        return releases.create({'debtor_id': self.held.id, 'reason': "Pays on delivery", **values})

    # === WHO IS HELD === #

    def test_overdue_for_too_long(self):
        self.assertEqual((self.state(), self.state(self.free)), ('block', 'none'))
        self.assertEqual(self.held.order_hold_text, "Orders and deliveries are on hold: overdue for 45 days.")
        self.assertFalse(self.free.order_hold_text)
        self.company.dunning_order_hold_days = 45
        self.assertEqual(self.state(), 'none')

    def test_modes(self):
        self.company.dunning_order_hold = 'warn'
        self.assertEqual(self.state(), 'warn')
        self.assertIn("Look before you deliver", self.held.order_hold_text)
        self.company.dunning_order_hold = 'off'
        self.assertEqual(self.state(), 'none')
        self.company.write({'dunning_order_hold': 'block', 'dunning_active': False})
        self.assertEqual(self.state(), 'none')

    def test_level_really_sent(self):
        self.company.write({'dunning_order_hold_days': 0, 'dunning_order_hold_level': '1'})
        self.assertEqual(self.state(), 'none')
        self.send(self.customer)
        self.assertEqual(self.state(), 'block')
        self.assertIn("reminded up to “Level 1”", self.held.order_hold_text)
        self.company.dunning_order_hold_level = '2'
        self.assertEqual(self.state(), 'none')
        self.company.dunning_order_hold_level = False
        self.assertEqual(self.state(), 'none')

    def test_paying_frees(self):
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.assertEqual(self.state(), 'none')

    def test_reason_not_to_pay(self):
        items = self.ledger.items(self.invoice)
        dispute = self.held._dispute(items, 'other')
        self.assertEqual(self.state(), 'none')
        dispute.action_withdraw()
        promise = self.held._promise(items, TODAY)
        self.assertEqual(self.state(), 'none')
        promise.action_cancel()
        self.env['leanpay.hold'].create({
            'debtor_id': self.held.id, 'kind': 'commercial', 'date_from': TODAY,
            'item_ids': [Command.set(items.ids)]})
        self.assertEqual(self.state(), 'block')

    def test_credit_limit(self):
        self.company.write({'account_use_credit_limit': True, 'dunning_order_hold_days': 0})
        self.good.with_company(self.company).credit_limit = 150
        self.assertEqual(self.state(self.free), 'none')
        service = self.env['leanpay.order.hold']
        fits, verdict = service._judge_amounts(self.company, [(self.good, 50), (self.good, 60)])
        self.assertEqual((fits.mode, verdict.mode), ('none', 'block'))
        self.assertIn("160.00", service._text(self.company, verdict))
        self.late(self.good, -20, amount=80)
        self.assertEqual(self.state(self.free), 'block')
        self.company.dunning_order_hold_limit = False
        self.assertEqual(self.state(self.free), 'none')

    def test_customer_without_debtor(self):
        nobody = self.ledger.customer("Nobody")
        self.assertEqual(self.env['leanpay.order.hold']._judge(self.company, nobody)[nobody].mode, 'none')
        self.assertEqual(nobody.dunning_order_hold, 'none')

    def test_other_company_s_debts(self):
        other = self.env['res.company'].create({'name': "Other", 'dunning_active': True, 'dunning_order_hold': 'block'})
        judged = self.env['leanpay.order.hold']._judge(other, self.customer)
        self.assertEqual(judged[self.customer].mode, 'none')

    def test_search_says_what_the_page_says(self):
        debtors = self.env['leanpay.debtor'].search([('company_id', '=', self.company.id)])
        found = {mode: debtors.search([('order_hold', '=', mode), ('company_id', '=', self.company.id)])
                 for mode in ('none', 'warn', 'block')}
        self.assertEqual(found, {'none': self.free, 'warn': debtors.browse(), 'block': self.held})
        self.assertEqual(
            debtors.search([('order_hold', '!=', 'none'), ('company_id', '=', self.company.id)]), self.held)
        self.assertEqual(len(debtors.search([
            ('order_hold', 'in', ('none', 'block')), ('company_id', '=', self.company.id)])), 2)
        self.company.dunning_order_hold = 'off'
        self.assertFalse(debtors.search([('order_hold', '=', 'block'), ('company_id', '=', self.company.id)]))

    # === WHERE IT IS SHOWN === #

    def test_partner_and_its_contact_say_so(self):
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.customer.id})
        for partner in (self.customer, contact):
            self.assertEqual(partner.with_user(self.seller).dunning_order_hold, 'block')
            self.assertIn("45 days", partner.with_user(self.seller).dunning_order_hold_text)

    def test_new_invoice_says_so(self):
        form = Form(self.env['account.move'].with_context(
            default_move_type='out_invoice', default_journal_id=self.ledger.sales.id))
        self.assertFalse(form.dunning_order_hold_text)
        form.partner_id = self.customer
        self.assertIn("45 days", form.dunning_order_hold_text)
        form.partner_id = self.good
        self.assertFalse(form.dunning_order_hold_text)
        self.assertFalse(self.invoice.dunning_order_hold_text)  # posted: too late to say it

    # === RELEASE === #

    def test_manager_releases_until_a_day(self):
        release = self.release(date_until=TODAY + 2 * DAY)
        self.assertRecordValues(release, [{
            'company_id': self.company.id, 'user_id': self.manager.id, 'state': 'active',
            'held_because': "Orders and deliveries are on hold: overdue for 45 days."}])
        self.assertEqual((self.state(), self.held.order_released_until), ('none', TODAY + 2 * DAY))
        self.assertIn("Orders are let through until", self.held.order_hold_text)
        self.assertIn("Pays on delivery", self.held.message_ids[0].body)
        for day, state, hold in ((TODAY + 2 * DAY, 'active', 'none'), (TODAY + 3 * DAY, 'expired', 'block')):
            self.go_to(day)
            self.env.invalidate_all()
            self.assertEqual((release.state, self.state()), (state, hold))

    def test_taken_back(self):
        release = self.release(date_until=TODAY + 9 * DAY)
        release.with_user(self.manager).action_end()
        self.assertRecordValues(release, [{'state': 'ended', 'ended_on': TODAY, 'ended_by_id': self.manager.id}])
        self.assertEqual(self.state(), 'block')
        self.assertIn("taken back", self.held.message_ids[0].body)
        ended_on = release.ended_on
        self.go_to(TODAY + DAY)
        release.with_user(self.manager).action_end()
        self.assertEqual(release.ended_on, ended_on)

    def test_dialog(self):
        action = self.held.with_user(self.manager).action_release_orders()
        form = Form(self.env['leanpay.order.release'].with_user(self.manager).with_context(**action['context']),
                    view=action['views'][0][0])
        self.assertEqual(form.date_until, TODAY)
        form.reason = "Paid by card"
        form.save()
        self.assertEqual(self.state(), 'none')

    def test_from_the_partner(self):
        """Also of a customer who owes nothing yet."""
        nobody = self.ledger.customer("Nobody")
        action = nobody.with_user(self.manager).action_release_orders()
        self.assertEqual(self.ensure(nobody).id, action['context']['default_debtor_id'])

    def test_is_evidence(self):
        self.release().with_user(self.manager).action_end()
        self.held._record_all_evidence()
        entries = self.env['leanpay.evidence'].search([('debtor_id', '=', self.held.id), (
            'res_model', '=', 'leanpay.order.release')], order='id')
        self.assertEqual(len(entries), 2)
        self.assertIn("Pays on delivery", entries[0].summary)

    def test_releases_are_told_on_request(self):
        self.release()
        [told] = self.held._personal_data()['releases']
        self.assertEqual((told['reason'], told['by']), ("Pays on delivery", self.manager.name))

    def test_only_managers_release(self):
        for user in (self.seller, self.collector):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.release(user)
        release = self.release(date_until=TODAY + DAY)
        for user in (self.seller, self.collector):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                release.with_user(user).action_end()
        self.assertEqual(release.state, 'active')

    def test_release_is_history(self):
        release = self.release()
        for values in ({'date_until': TODAY + 99 * DAY}, {'user_id': self.collector.id}, {'ended_on': TODAY}):
            with self.subTest(values), self.assertRaises(AccessError):
                release.with_user(self.manager).write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                self.release(ended_by_id=self.manager.id, **values)
        with self.assertRaises(AccessError):
            release.with_user(self.manager).unlink()

    def test_refused_releases(self):
        with self.refused(ValidationError, "today or a later day"):
            self.release(date_until=TODAY - DAY)
        with self.refused(ValidationError, "Say why"):
            self.release(reason="  ")

    def test_refusal_names_who_can_release(self):
        service = self.env['leanpay.order.hold'].with_user(self.seller)
        verdict = service._judge(self.company, self.customer)[self.customer]
        text = service._refusal(self.company, self.customer, verdict)
        for part in (self.customer.name, "45 days", self.manager.name):
            self.assertIn(part, text)
        self.assertNotIn(self.collector.name, text)

    def test_constant_number_of_queries(self):
        debtors = self.held | self.free
        debtors.mapped('order_hold')  # warm
        for one in ('Fourth', 'Fifth', 'Sixth'):
            partner = self.ledger.customer(one)
            self.late(partner, 60)
            debtors |= self.ensure(partner)
        self.env.flush_all()
        self.env.invalidate_all()
        debtors.mapped('partner_id.name')
        before = self.env.cr.sql_log_count
        self.assertEqual(debtors.mapped('order_hold').count('block'), 4)
        many = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        self.held.mapped('partner_id.name')
        before = self.env.cr.sql_log_count
        self.held.mapped('order_hold')
        self.assertLessEqual(many, self.env.cr.sql_log_count - before + 3)

    def test_part_in_dispute(self):
        """A dispute about a part leaves the rest of the invoice late."""
        item = self.ledger.items(self.invoice)
        for amount, expected in ((40, 'block'), (100, 'none')):
            blocker = Blocker('dispute', item.id, Decimal(amount), TODAY)
            with self.subTest(amount=amount), patch.object(
                    type(self.env['leanpay.facts']), '_blockers', lambda *args, found=blocker: {self.held.id: [found]}):
                self.assertEqual(self.state(), expected)
