from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)
FRIDAY = TODAY + 3 * DAY


@tagged('post_install', '-at_install')
class TestReply(ModelsCase):
    """Answers of customers: proposed, confirmed by a person, and what follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Answer")
        cls.first, cls.second = cls.late(cls.customer, 20, 100), cls.late(cls.customer, 15, 60)
        cls.ledger.run(TODAY)
        cls.answering = cls.ensure(cls.customer)
        cls.collector = new_test_user(
            cls.env, login='reply_collector', groups='leanpay_dunning.group_collections_user',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])

    def answer(self, text, subject="Re: reminder", **values):
        """Let the customer answer; returns the answer to read."""
        self.answering.message_update({
            'subject': subject, 'body': f"<p>{text}</p>", 'email_from': 'answer@client.example',
            'message_id': '<1@client.example>', 'author_id': self.customer.id, **values})
        return self.answering.reply_ids[:1].with_user(self.collector)

    def form(self, action):
        return Form(self.env[action['res_model']].with_user(self.collector).with_context(**action['context']))

    def kinds(self):
        return self.answering.hold_ids.filtered(lambda hold: hold.state == 'active').mapped('kind')

    def test_pauses_and_proposes(self):
        reply = self.answer(f"Bonjour,<br/>La facture {self.first.name} sera payée vendredi, 100,00 €.<br/>Merci")
        self.assertRecordValues(reply, [{
            'state': 'to_read', 'proposed_kind': 'promise', 'proposed_date': FRIDAY, 'proposed_amount': 100,
            'item_ids': self.item(self.first).ids, 'kind': False}])
        self.assertIn("sera payée vendredi", reply.sentence)
        self.assertEqual(self.kinds(), ['reply'])
        self.assertEqual(self.answering.reply_to_read_id, reply)
        self.assertEqual(self.answering.action_read_reply()['res_id'], reply.id)
        self.plan()
        self.assertFalse(self.pending(self.customer))

    def test_promise_in_two_clicks(self):
        reply = self.answer(f"La facture {self.first.name} sera payée vendredi, 60,00 €.")
        form = self.form(reply.action_promise())
        self.assertEqual((form.date_promised, form.amount, form.source), (FRIDAY, 60, 'mail'))
        form.save().action_promise()
        self.assertRecordValues(self.answering.promise_ids, [{
            'amount': 60, 'date_promised': FRIDAY, 'source': 'mail', 'user_id': self.collector.id}])
        self.assertRecordValues(reply, [{'state': 'answered', 'kind': 'promise', 'read_by_id': self.collector.id}])
        self.assertFalse(self.kinds())
        self.assertNotIn("Read the customer's answer", self.activities(self.answering))
        with self.refused(UserError, "was already read"):
            reply.action_promise()

    def test_dispute(self):
        reply = self.answer(f"We dispute {self.second.name}: two boxes arrived damaged.")
        self.assertEqual(reply.proposed_kind, 'dispute')
        form = self.form(reply.action_dispute())
        form.category_id = self.env['leanpay.dispute.category']._by_code('quality')
        self.assertIn("damaged", form.description)
        form.save().action_dispute()
        self.assertEqual(self.answering.dispute_ids._items(), self.item(self.second))
        self.assertEqual(reply.state, 'answered')

    def test_plan(self):
        reply = self.answer("Pouvons-nous payer en trois fois ?")
        self.assertEqual(reply.proposed_kind, 'plan')
        self.form(reply.action_plan()).save().action_draft()
        self.assertEqual(self.answering.plan_ids.amount, 160)
        self.assertEqual(reply.kind, 'plan')

    def test_already_paid(self):
        reply = self.answer("C'est déjà payé, virement effectué lundi.")
        self.assertEqual((reply.proposed_kind, reply.proposed_date), ('paid', TODAY - DAY))
        reply.action_paid()
        self.assertEqual(self.kinds(), ['paid'])
        self.assertEqual(self.answering.hold_ids.filtered(lambda hold: hold.kind == 'paid').date_until, TODAY + 7 * DAY)
        self.assertIn("Find the payment that the customer says was made", self.activities(self.answering))

    def test_question_and_nothing(self):
        question = self.answer("Pouvez-vous m'envoyer la facture ?")
        self.assertEqual(question.action_question()['res_model'], 'mail.compose.message')
        self.assertFalse(self.kinds())
        other = self.answer("Bien reçu")
        other.action_other()
        self.assertEqual((question.kind, other.kind), ('question', 'other'))
        self.assertFalse(self.kinds())

    def test_two_answers_both_are_read(self):
        first = self.answer("Bien reçu")
        second = self.answer("Autre chose", message_id='<2@client.example>')
        first, second = self.answering.reply_ids.with_user(self.collector)
        first.action_other()
        self.assertEqual(self.kinds(), ['reply'])
        second.action_ignore()
        self.assertFalse(self.kinds())
        with self.refused(UserError, "is now “Ignored”"):
            second.action_other()

    def test_resume_reads_them(self):
        reply = self.answer("Bien reçu")
        self.answering.with_user(self.collector).action_resume()
        self.assertEqual(reply.state, 'answered')
        self.assertFalse(self.kinds())

    def test_machines_pause_nobody(self):
        for text, subject in (("Je suis absent jusqu'au 20 mars, de retour le 21.", "Re: Relance"),
                              ("Merci", "Réponse automatique : relance"), ("I am out of the office", "Re: reminder")):
            with self.subTest(text):
                self.assertFalse(self.answer(text, subject))
                self.assertFalse(self.kinds())

    def test_nobody_rewrites_it(self):
        reply = self.answer("Bien reçu")
        for values in ({'state': 'answered'}, {'kind': 'paid'}, {'text': "Other"}, {'proposed_kind': 'paid'}):
            with self.subTest(values), self.assertRaises(UserError):
                reply.write(values)
        for login, groups in (('reply_employee', 'base.group_user'), ('reply_portal', 'base.group_portal')):
            user = new_test_user(self.env, login=login, groups=groups, company_id=self.company.id,
                                 company_ids=[Command.set(self.company.ids)])
            for act in (reply.with_user(user).action_other, reply.with_user(user).action_paid):
                with self.subTest(login), self.assertRaises(AccessError):
                    act()
