from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)
FRIDAY = TODAY + 3 * DAY
DEADLINE = TODAY + 7 * DAY  # Friday, and two working days: Tuesday


class PromiseCase(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Promise"), cls.ledger.customer("Other")
        cls.first, cls.second = cls.late(cls.customer, 20, 100), cls.late(cls.customer, 15, 60)
        cls.theirs = cls.late(cls.other, 20)
        cls.ledger.run(TODAY)
        cls.promising = cls.ensure(cls.customer)
        cls.collector = new_test_user(
            cls.env, login='promise_collector', groups='leanpay_dunning.group_collections_user',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])

    def promise(self, moves=None, day=FRIDAY, **values):
        items = self.ledger.items(moves or self.first)
        return self.promising._promise(dict.fromkeys(items), day, **values)

    def mails(self):
        return self.env['mail.mail'].search([('model', '=', 'leanpay.debtor'), ('res_id', '=', self.promising.id)])

    def chased(self):
        self.plan()
        return self.pending(self.customer).line_ids.move_id


@tagged('post_install', '-at_install')
class TestPromise(PromiseCase):
    """Promises as people note them."""

    def test_noted(self):
        promise = self.promise(source='call', note="By transfer")
        self.assertRecordValues(promise, [{
            'state': 'open', 'amount': 100, 'date': TODAY, 'date_promised': FRIDAY, 'deadline': DEADLINE,
            'source': 'call', 'note': "By transfer", 'user_id': self.env.uid, 'amount_kept': 0, 'amount_due': 100}])
        self.assertEqual(self.promising.promise_count, 1)
        self.assertFalse(self.promising.promise_kept_rate)

    def test_clock_stops_at_once_for_what_is_promised_only(self):
        reminder = self.promising.reminder_ids
        self.assertEqual(reminder.line_ids.move_id, self.first | self.second)
        self.promise()
        self.assertEqual(reminder.state, 'void')
        self.assertEqual(self.chased(), self.second)
        self.assertEqual(self.why(self.first), 'blocked')

    def test_part_of_an_item(self):
        self.promise(amount=30)
        self.plan()
        line = self.pending(self.customer).line_ids.filtered(lambda line: line.move_id == self.first)
        self.assertEqual(line.amount_due, 70)

    def test_what_was_received_is_no_longer_taken_out(self):
        """30 of 100 are promised and paid: the 70 left were never promised."""
        self.promise(amount=30)
        self.ledger.payment(self.item(self.first), 30)
        self.assertEqual(self.promising.promise_ids.state, 'kept')
        self.plan()
        line = self.pending(self.customer).line_ids.filtered(lambda line: line.move_id == self.first)
        self.assertEqual(line.amount_due, 70)

    def test_oldest_items_first(self):
        promise = self.promise(self.first | self.second, amount=120)
        self.assertEqual(promise.line_ids.mapped('amount'), [100, 20])

    def test_confirmed_in_writing_once(self):
        promise = self.promise()
        mail = self.mails()
        self.assertEqual((len(mail), mail.email_to), (1, 'promise@client.example'))
        self.assertIn(self.first.name, mail.body_html)
        self.assertIn("100", mail.subject)
        self.assertTrue(promise.confirmed_on)
        self.assertFalse(promise._confirm('leanpay_dunning.mail_template_promise'))
        self.assertEqual(len(self.mails()), 1)

    def test_no_address_asks_for_one(self):
        self.customer.email = False
        promise = self.promise()
        self.assertFalse(promise.confirmed_on)
        self.assertTrue(any("Add an e-mail address" in summary for summary in self.activities(self.promising)))

    def test_not_confirmed_when_the_company_does_not_want_it(self):
        self.company.dunning_promise_confirm = False
        self.promise()
        self.assertFalse(self.mails())

    def test_history_and_evidence(self):
        promise = self.promise(note="By transfer")
        self.assertIn("By transfer", ''.join(self.promising.message_ids.mapped('body')))
        self.env['leanpay.evidence.event']._record_events()
        entry = self.env['leanpay.evidence'].search([
            ('chain_id.debtor_id', '=', self.promising.id), ('kind', '=', 'promise')])
        self.assertIn(promise.display_name, entry.summary)

    def test_dialog_from_debtor_and_invoice(self):
        action = self.promising.with_user(self.collector).action_promise()
        wizard = Form(self.env['leanpay.promise.make'].with_user(self.collector).with_context(**action['context']))
        self.assertEqual(wizard.amount, 160)
        wizard.date_promised = FRIDAY
        wizard.source = 'call'
        wizard.save().action_promise()
        self.assertRecordValues(self.promising.promise_ids, [
            {'amount': 160, 'source': 'call', 'user_id': self.collector.id}])
        action = self.theirs.with_user(self.collector).action_dunning_promise()
        wizard = Form(self.env['leanpay.promise.make'].with_user(self.collector).with_context(**action['context']))
        self.assertEqual((wizard.debtor_id, wizard.amount), (self.debtor(self.other), 100))

    # === BAD INPUT === #

    def test_refused(self):
        paid = self.late(self.customer, 30)
        self.ledger.payment(self.item(paid), 100)
        dollars = self.late(self.customer, 9, currency=self.ledger.currency('USD', 2))
        for message, moves, values in (
                ("in the past", self.first, {'day': TODAY - DAY}),
                ("Say on which day", self.first, {'day': False}),
                ("already paid", paid, {}),
                ("is not an item of Promise", self.theirs, {}),
                ("one agreement for each currency", self.first | dollars, {}),
                ("is more than the balance", self.first, {'amount': 100.01}),
                ("more than zero", self.first, {'amount': -1}),
                ("Choose the invoices", self.env['account.move'], {})):
            with self.subTest(message), self.refused(UserError, message):
                self.promising._promise(
                    dict.fromkeys(self.ledger.items(moves)), values.pop('day', FRIDAY), **values)
        self.assertFalse(self.promising.promise_ids)

    def test_limits_of_a_collector(self):
        debtor = self.promising.with_user(self.collector)
        items = self.ledger.items(self.first | self.second)
        with self.refused(UserError, "may not go beyond"):
            debtor._promise(dict.fromkeys(items), TODAY + 31 * DAY)
        self.company.dunning_promise_max = 1
        debtor._promise(dict.fromkeys(items[0]), FRIDAY)
        with self.refused(UserError, "already has 1 open promises"):
            debtor._promise(dict.fromkeys(items[1]), FRIDAY)
        self.promising._promise(dict.fromkeys(items[1]), TODAY + 60 * DAY)  # who may decide more

    def test_item_promised_twice(self):
        self.promise()
        with self.refused(UserError, "already settled otherwise: Promise to pay"):
            self.promise(self.first | self.second)

    def test_nobody_rewrites_it(self):
        promise = self.promise().with_user(self.collector)
        for values in ({'amount': 5}, {'state': 'kept'}, {'deadline': TODAY}, {'amount_kept': 100}):
            with self.subTest(values), self.assertRaises(UserError):
                promise.write(values)
        with self.assertRaises(AccessError):
            self.env['leanpay.promise'].with_user(self.collector).create({'debtor_id': self.promising.id})
        with self.assertRaises(AccessError):
            promise.unlink()

    def test_strangers(self):
        promise = self.promise()
        other_company = self.env['res.company'].create({'name': "Elsewhere"})
        for login, groups, company in (
                ('promise_employee', 'base.group_user', self.company),
                ('promise_portal', 'base.group_portal', self.company),
                ('promise_elsewhere', 'leanpay_dunning.group_collections_manager', other_company)):
            user = new_test_user(self.env, login=login, groups=groups, company_id=company.id,
                                 company_ids=[Command.set(company.ids)])
            with self.subTest(login):
                env = self.env(user=user, context={'allowed_company_ids': company.ids})
                for act in (promise.with_env(env).action_cancel,
                            self.env['leanpay.promise.line'].browse(promise.line_ids.ids).with_env(env).read,
                            lambda env=env: self.promising.with_env(env)._promise({}, FRIDAY)):
                    with self.assertRaises(AccessError):
                        act()


@tagged('post_install', '-at_install')
class TestPromiseKept(PromiseCase):
    """What becomes of promises is read from the payments."""

    def go(self, day):
        self.go_to(day)
        self.env.invalidate_all()
        self.plan()

    def test_broken_the_day_after_the_deadline(self):
        promise = self.promise(self.first | self.second)
        self.go(DEADLINE)
        self.assertEqual(promise.state, 'open')
        self.assertFalse(self.pending(self.customer))
        self.go(DEADLINE + DAY)
        self.assertRecordValues(promise, [{'state': 'broken', 'broken_on': DEADLINE + DAY, 'kept_rate': 0}])
        self.assertEqual(self.pending(self.customer).line_ids.move_id, self.first | self.second)
        self.assertIn("Promise broken", self.activities(self.promising))

    def test_chased_even_when_nobody_judged(self):
        """The blocker ends by itself: what the database says of the state does not decide."""
        self.promise(self.first | self.second)
        facts = self.facts(self.customer, today=DEADLINE + DAY)
        self.assertFalse([blocker for blocker in facts.blockers if blocker.active(DEADLINE + DAY)])
        self.assertTrue(all(blocker.active(DEADLINE) for blocker in facts.blockers))

    def test_kept(self):
        promise = self.promise()
        self.ledger.payment(self.item(self.first), 100, FRIDAY)
        self.assertRecordValues(promise, [{'state': 'kept', 'amount_kept': 100, 'kept_rate': 100}])
        self.assertEqual(self.promising.promise_kept_rate, 100)

    def test_money_of_the_bank_s_day_matched_late(self):
        promise = self.promise()
        self.go(DEADLINE + 5 * DAY)
        self.assertEqual(promise.state, 'broken')
        self.ledger.payment(self.item(self.first), 100, DEADLINE)
        self.assertRecordValues(promise, [{'state': 'kept', 'broken_on': False}])
        self.assertNotIn("Promise broken", self.activities(self.promising))

    def test_money_too_late(self):
        promise = self.promise()
        self.go(DEADLINE + 5 * DAY)
        self.ledger.payment(self.item(self.first), 100, DEADLINE + DAY)
        self.assertEqual(promise.state, 'broken')

    def test_partly_kept(self):
        promise = self.promise()
        self.ledger.payment(self.item(self.first), 40, FRIDAY)
        self.assertEqual((promise.state, promise.amount_kept), ('open', 40))
        self.go(DEADLINE + DAY)
        self.assertRecordValues(promise, [{'state': 'partly', 'amount_kept': 40, 'kept_rate': 40}])

    def test_payment_taken_back(self):
        promise = self.promise()
        entry = self.ledger.payment(self.item(self.first), 100, FRIDAY)
        self.item(self.first).remove_move_reconcile()
        self.assertEqual(promise.state, 'open')
        (self.ledger.items(entry) | self.item(self.first)).reconcile()
        self.go(DEADLINE + 2 * DAY)
        self.assertEqual(promise.state, 'kept')
        self.item(self.first).remove_move_reconcile()
        self.assertRecordValues(promise, [{'state': 'broken', 'broken_on': DEADLINE + 2 * DAY}])

    def test_credit_note_lowers_what_is_due(self):
        promise = self.promise()
        credit = self.ledger.invoice(self.customer, 30, TODAY, kind='out_refund')
        (self.ledger.items(credit) | self.item(self.first)).reconcile()
        self.assertEqual((promise.state, promise.amount_due), ('open', 70))
        self.ledger.payment(self.item(self.first), 70, FRIDAY)
        self.assertEqual(promise.state, 'kept')

    def test_in_dollars(self):
        dollars = self.late(self.customer, 9, 50, currency=self.ledger.currency('USD', 2))
        promise = self.promise(dollars)
        self.assertEqual((promise.currency_id.name, promise.amount), ('USD', 50))
        receipt = self.ledger.receipt(self.customer, 25, FRIDAY)  # euros
        (self.ledger.items(receipt) | self.item(dollars)).reconcile()
        self.assertEqual(promise.state, 'kept')

    def test_one_instalment_of_three(self):
        invoice = self.ledger.invoice(self.customer, 90, [TODAY - 40 * DAY, TODAY - 10 * DAY, TODAY + 20 * DAY])
        items = self.ledger.items(invoice)
        promise = self.promising._promise({items[1]: None}, FRIDAY)
        self.assertEqual(promise.amount, 30)
        self.ledger.payment(items[0], 30, FRIDAY)
        self.assertEqual((promise.state, promise.amount_kept), ('open', 0))
        self.ledger.payment(items[1], 30, FRIDAY)
        self.assertEqual(promise.state, 'kept')

    def test_cancelled(self):
        promise = self.promise(self.first | self.second)
        promise.with_user(self.collector).action_cancel()
        self.assertEqual(promise.state, 'cancelled')
        self.assertEqual(self.chased(), self.first | self.second)
        with self.refused(UserError, "is now “Cancelled”"):
            promise.action_cancel()
        self.ledger.payment(self.item(self.first), 100, FRIDAY)
        self.assertEqual(promise.state, 'cancelled')

    def test_firmer_step_the_same_day(self):
        """The scenario decides: its next step at once, or on its own day."""
        scenario = self.make_scenario(
            self.step_values("First", 1), self.step_values("Second", 60, level='2'), broken_promise='firmer')
        self.promising.scenario_id = scenario
        self.send(self.customer)
        promise = self.promise(self.first | self.second)
        self.go(DEADLINE + DAY)
        self.assertEqual(promise.state, 'broken')
        self.assertEqual(self.pending(self.customer).step_id.name, "Second")
        scenario.broken_promise = 'resume'
        self.plan()
        self.assertFalse(self.pending(self.customer))

    def test_a_payment_is_never_refused(self):
        """What goes wrong with a promise is given to the collector; the payment is booked."""
        promise = self.promise()
        with patch.object(type(promise), '_judge_one', side_effect=ValueError("broken")), mute_logger(
                'odoo.addons.leanpay_dunning.models.leanpay_agreement_mixin'):
            self.ledger.payment(self.item(self.first), 100, FRIDAY)
        self.assertTrue(self.item(self.first).reconciled)
        self.assertIn("An agreement could not be brought up to date: open it", self.activities(self.promising))
        self.env['leanpay.promise']._judge_late(self.company, DEADLINE + DAY)
        self.assertEqual(promise.state, 'kept')

    def test_one_failure_stops_no_other(self):
        broken, fine = self.promise(self.first), self.promise(self.second)
        judged = type(broken)._judge_one

        def one(promise, *args):
            if promise == broken:
                raise ValueError("broken")
            return judged(promise, *args)
        with patch.object(type(broken), '_judge_one', one), mute_logger(
                'odoo.addons.leanpay_dunning.models.leanpay_agreement_mixin'):
            self.env['leanpay.promise']._judge_late(self.company, DEADLINE + DAY)
        self.assertEqual((broken.state, fine.state), ('open', 'broken'))

    def test_it_follows_its_items(self):
        """Merged, or corrected on the entry: who owes the items has the promise."""
        promise = self.promise()
        self.first.button_draft()
        self.first.partner_id = self.other
        self.first.action_post()
        self.assertEqual(promise.debtor_id, self.debtor(self.other))
        self.env['base.partner.merge.automatic.wizard']._merge((self.other | self.customer).ids, self.customer)
        self.assertEqual(promise.debtor_id, self.debtor(self.customer))
        self.assertEqual(promise.state, 'open')

    def test_noted_between_planning_and_sending(self):
        reminder = self.promising.reminder_ids
        self.assertEqual(reminder.state, 'approved')
        before = self.env['leanpay.facts']._fingerprints(reminder)
        # As another process would: nothing of ours is told.
        self.env['leanpay.promise'].sudo().create({
            'debtor_id': self.promising.id, 'currency_id': self.company.currency_id.id, 'date_promised': FRIDAY,
            'deadline': DEADLINE, 'date': TODAY, 'amount': 100, 'line_ids': [Command.create({
                'move_line_id': self.item(self.first).id, 'amount': 100, 'amount_owed': 100, 'amount_paid_before': 0,
                'amount_credited_before': 0})]})
        self.assertNotEqual(self.env['leanpay.facts']._fingerprints(reminder), before)
        self.deliver()
        self.assertEqual(reminder.line_ids.move_id, self.second)
