from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestAsk(ModelsCase):
    """Questions between colleagues: who gets them, where, and how the answer comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._person('ask_collector', 'leanpay_dunning.group_collections_user')
        cls.seller = cls._person('ask_seller', 'account.group_account_invoice')
        cls.driver = cls._person('ask_driver', 'base.group_user')
        cls.customer, cls.other = cls.ledger.customer("Asked"), cls.ledger.customer("Other")
        cls.customer.user_id = cls.driver
        cls.first = cls.late(cls.customer, 20, invoice_user_id=cls.seller.id)
        cls.second = cls.late(cls.customer, 15)
        cls.theirs = cls.late(cls.other, 20)
        cls.ledger.run(TODAY)
        cls.account = cls.ensure(cls.customer)

    @classmethod
    def _person(cls, login, group):
        return cls.env['res.users'].create({
            'name': login, 'login': login, 'email': f'{login}@vendeur.example', 'company_id': cls.company.id,
            'company_ids': [Command.set(cls.company.ids)], 'group_ids': [Command.set(cls.env.ref(group).ids)]})

    def ask(self, move=None, user=None, **values):
        items = self.ledger.items(move) if move else self.env['account.move.line']
        return self.env['leanpay.ask'].with_user(user or self.collector).create({
            'debtor_id': self.account.id, 'item_ids': [Command.set(items.ids)], 'question': "Was it delivered?",
            **values})

    def done(self, ask, user, feedback="Yes, on Monday"):
        ask.activity_id.with_user(user).action_feedback(feedback=feedback)
        self.env.invalidate_all()

    # === ASKING === #

    def test_dialog_from_an_invoice(self):
        action = self.first.with_user(self.collector).action_ask_colleague()
        form = Form(self.env['leanpay.ask'].with_user(self.collector).with_context(**action['context']),
                    view=action['views'][0][0])
        self.assertEqual((form.who, form.colleague_id), ('seller', self.seller))
        self.assertEqual(form.date_deadline, TODAY + 2 * DAY)
        form.question = "Was it delivered?"
        ask = form.save()
        self.assertRecordValues(ask, [{
            'debtor_id': self.account.id, 'state': 'open', 'user_id': self.collector.id, 'pause': False,
            'item_ids': self.ledger.items(self.first).ids}])
        activity = ask.activity_id.sudo()
        self.assertRecordValues(activity, [{
            'res_model': 'leanpay.debtor', 'res_id': self.account.id, 'user_id': self.seller.id,
            'date_deadline': TODAY + 2 * DAY, 'summary': f"Question about {self.first.name}",
            'create_uid': self.collector.id}])
        self.assertIn("Was it delivered?", activity.note)
        self.assertIn(f'data-oe-id="{self.first.id}"', activity.note)
        self.assertIn("Was it delivered?", self.account.message_ids[0].body)
        mention = self.first.message_ids[0]
        self.assertIn("Was it delivered?", mention.body)
        self.assertEqual(mention.notified_partner_ids, self.seller.partner_id)

    def test_dialog_from_the_debtor_asks_who_looks_after_the_customer(self):
        action = self.account.with_user(self.collector).action_ask_colleague()
        form = Form(self.env['leanpay.ask'].with_user(self.collector).with_context(**action['context']),
                    view=action['views'][0][0])
        self.assertEqual((form.who, form.colleague_id), ('seller', self.driver))
        self.company.dunning_delivery_user_id = self.seller
        form.who = 'desk'
        self.assertEqual(form.colleague_id, self.seller)
        form.who = 'other'
        form.colleague_id = self.collector
        form.question = "A note to myself"
        self.assertEqual(form.save().colleague_id, self.collector)

    def test_nobody_sells(self):
        account = self.ensure(self.other)
        form = Form(self.env['leanpay.ask'].with_context(**account.action_ask_colleague()['context']),
                    view='leanpay_dunning.leanpay_ask_view_form_dialog')
        self.assertEqual((form.who, form.colleague_id.id), ('other', False))

    def test_from_a_reminder(self):
        reminder = self.account.reminder_ids
        action = reminder.action_ask_colleague()
        [[_code, _zero, item_ids]] = action['context']['default_item_ids']
        self.assertEqual(set(item_ids), set(self.ledger.items(self.first | self.second).ids))

    def test_colleague_without_rights_finds_it_on_the_customer(self):
        ask = self.ask(self.second, who='other', colleague_id=self.driver.id)
        self.assertEqual((ask.activity_id.sudo().res_model, ask.activity_id.sudo().res_id),
                         ('res.partner', self.customer.id))
        self.done(ask, self.driver)
        self.assertRecordValues(ask, [{
            'state': 'answered', 'answer': "Yes, on Monday", 'answered_by_id': self.driver.id}])

    def test_foreign_items(self):
        with self.refused(ValidationError, "is not an item of Asked"):
            self.ask(self.theirs, who='other', colleague_id=self.seller.id)

    def test_not_in_the_past(self):
        with self.refused(UserError, "in the past"):
            self.ask(self.first, date_deadline=TODAY - DAY)

    # === PAUSING AND ANSWERING === #

    def test_answer_comes_back(self):
        ask = self.ask(self.first, pause=True)
        self.assertRecordValues(ask.hold_id, [{
            'state': 'active', 'date_until': TODAY + 2 * DAY, 'item_ids': self.ledger.items(self.first).ids}])
        self.assertEqual(self.why(self.first), 'blocked')
        self.assertNotEqual(self.why(self.second), 'blocked')
        self.done(ask, self.seller)
        self.assertRecordValues(ask, [{
            'state': 'answered', 'answer': "Yes, on Monday", 'answered_by_id': self.seller.id}])
        self.assertEqual(ask.hold_id.state, 'lifted')
        self.assertNotEqual(self.why(self.first), 'blocked')
        told = self.account.message_ids.filtered(lambda message: "Yes, on Monday" in message.body)
        told = told.filtered(lambda message: "Answer of" in message.body)
        self.assertEqual(told.author_id, self.seller.partner_id)
        self.assertIn(self.collector.partner_id, told.notified_partner_ids)

    def test_done_without_a_word(self):
        ask = self.ask(self.first)
        self.done(ask, self.seller, feedback=False)
        self.assertEqual((ask.state, ask.answer), ('answered', ''))

    def test_answered_once(self):
        ask = self.ask(self.first)
        self.done(ask, self.seller)
        ask.sudo()._answered("Something else")
        ask.sudo()._withdrawn()
        self.assertEqual((ask.state, ask.answer), ('answered', "Yes, on Monday"))

    def test_pause_ends_without_an_answer(self):
        ask = self.ask(self.first, pause=True)
        self.go_to(TODAY + 3 * DAY)
        self.env.invalidate_all()
        self.assertEqual((ask.state, ask.hold_id.state), ('open', 'expired'))
        self.done(ask, self.seller)
        self.assertEqual((ask.state, ask.hold_id.state), ('answered', 'expired'))

    def test_hold_lifted_by_hand_stays_lifted(self):
        ask = self.ask(self.first, pause=True)
        ask.hold_id.action_lift()
        self.done(ask, self.seller)
        self.assertEqual((ask.hold_id.state, ask.hold_id.lifted_by_id), ('lifted', self.collector))

    def test_deleted_activity(self):
        ask = self.ask(self.first, pause=True)
        ask.activity_id.with_user(self.seller).unlink()
        self.env.invalidate_all()
        self.assertEqual((ask.state, ask.hold_id.state), ('withdrawn', 'lifted'))
        self.assertIn("nobody will answer", self.account.message_ids[0].body)

    def test_withdraw(self):
        ask = self.ask(self.first, pause=True)
        activity = ask.activity_id
        ask.action_withdraw()
        self.assertEqual((ask.state, ask.hold_id.state), ('withdrawn', 'lifted'))
        self.assertFalse(activity.exists())
        ask.action_withdraw()
        self.assertEqual(ask.state, 'withdrawn')

    # === RIGHTS === #

    def test_what_was_asked_stays(self):
        ask = self.ask(self.first)
        for values in ({'question': "Other"}, {'state': 'answered'}, {'answer': "x"}, {'colleague_id': self.driver.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                ask.write(values)
        with self.assertRaises(AccessError):
            self.ask(self.first, state='answered')
        with self.assertRaises(AccessError):
            self.ask(self.first, user=self.seller)

    # === LISTS AND THE CIRCUIT === #

    def test_my_customers(self):
        action = self.env.ref('leanpay_dunning.leanpay_debtor_view_search_ask')
        self.assertIn('my_customers', action.arch)
        domain = ['|', ('partner_id.user_id', '=', self.seller.id), ('partner_id.invoice_ids', 'any', [
            ('invoice_user_id', '=', self.seller.id), ('payment_state', 'in', ('not_paid', 'partial'))])]
        debtors = self.env['leanpay.debtor'].with_user(self.seller)
        self.assertEqual(debtors.search(domain), self.account)

    def test_open_questions_are_counted(self):
        ask = self.ask(self.first)
        self.assertEqual(self.account.open_ask_count, 1)
        self.done(ask, self.seller)
        self.assertEqual(self.account.open_ask_count, 0)

    def test_questions_are_told_on_request(self):
        self.done(self.ask(self.first), self.seller)
        [told] = self.account._personal_data()['questions']
        self.assertEqual((told['question'], told['answer']), ("Was it delivered?", "Yes, on Monday"))

    def test_circuit(self):
        self.assertFalse(self.account.has_circuit)
        account = self.account.with_user(self.collector)
        account.write({
            'approval_circuit': "<p>Ms Martin orders the payment</p>", 'approval_days': 20, 'platform': 'chorus',
            'payment_days_of_month': "10, 25", 'service_code': "SRV12", 'commitment_number_required': True})
        call = self.env['leanpay.call.result'].with_user(self.collector).create({'debtor_id': account.id})
        self.assertRecordValues(call, [{
            'has_circuit': True, 'approval_days': 20, 'platform': 'chorus', 'service_code': "SRV12",
            'payment_days_of_month': "10, 25", 'commitment_number_required': True}])
        self.assertIn("Ms Martin", call.approval_circuit)
        with self.assertRaises(AccessError):
            self.account.with_user(self.seller).write({'platform': 'own'})

    def test_payment_days(self):
        for good in ("10", "10, 25", "5;15;31", " 1 15 ", False):
            self.account.payment_days_of_month = good
        for wrong in ("0", "32", "10 and 25", "-5", "10,,x"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.account.payment_days_of_month = wrong
