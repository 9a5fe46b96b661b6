import base64
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY
from .common_models import ModelsCase
from .test_letter_archive import text_of

DAY = timedelta(days=1)


class DisputeCase(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Dispute"), cls.ledger.customer("Other")
        cls.first, cls.second = cls.late(cls.customer, 20, 100), cls.late(cls.customer, 15, 60)
        cls.theirs = cls.late(cls.other, 20)
        cls.ledger.run(TODAY)
        cls.disputing = cls.ensure(cls.customer)
        cls.categories = cls.env['leanpay.dispute.category']
        cls.collector = new_test_user(
            cls.env, login='dispute_collector', groups='leanpay_dunning.group_collections_user',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])

    def dispute(self, moves=None, amount=None, category='quality', **values):
        items = self.ledger.items(moves or self.first)
        return self.disputing._dispute(dict.fromkeys(items, amount), category, **values)

    def resolve(self, dispute, choice, answer="Signed without reservation", **amounts):
        wizard = self.env['leanpay.dispute.resolve'].create(
            {'dispute_id': dispute.id, 'choice': choice, 'answer': answer})
        for line in wizard.line_ids:
            if line.move_id.name in amounts.get('by_name', {}):
                line.amount = amounts['by_name'][line.move_id.name]
        return wizard.action_resolve()

    def chased(self):
        """Return {entry: amount asked} of what would leave now."""
        self.plan()
        return {line.move_id: line.amount_due for line in self.pending(self.customer).line_ids}

    def mails(self):
        return self.env['mail.mail'].search(
            [('model', '=', 'leanpay.debtor'), ('res_id', '=', self.disputing.id)], order='id')


@tagged('post_install', '-at_install')
class TestDispute(DisputeCase):
    """Disputes as people note them."""

    def test_noted(self):
        salesperson = new_test_user(
            self.env, login='dispute_seller', groups='account.group_account_invoice', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        self.first.invoice_user_id = salesperson
        dispute = self.dispute(description="Two boxes damaged", source='mail')
        self.assertRecordValues(dispute, [{
            'state': 'open', 'amount': 100, 'source': 'mail', 'owner_id': salesperson.id, 'date': TODAY,
            'deadline': TODAY + 21 * DAY, 'description': "Two boxes damaged", 'late': False}])
        self.assertTrue(dispute.name.startswith("LIT/2026/"))
        self.assertEqual(len(dispute.step_ids), 3)
        self.assertEqual(dispute.activity_ids.user_id, salesperson)
        self.assertEqual(dispute.activity_ids.date_deadline, dispute.deadline)
        self.assertEqual(self.disputing.open_dispute_count, 1)
        self.assertEqual(self.first.dunning_dispute_count, 1)

    def test_only_what_is_disputed_is_left_alone(self):
        reminder = self.disputing.reminder_ids
        self.dispute(amount=30)
        self.assertEqual(reminder.state, 'void')
        self.assertEqual(self.chased(), {self.first: 70, self.second: 60})

    def test_whole_item(self):
        self.dispute()
        self.assertEqual(self.chased(), {self.second: 60})

    def test_one_instalment_of_three_in_part(self):
        invoice = self.ledger.invoice(self.customer, 90, [TODAY - 40 * DAY, TODAY - 10 * DAY, TODAY - 5 * DAY])
        items = self.ledger.items(invoice)
        self.disputing._dispute({items[1]: 12.5}, 'price')
        self.plan()
        asked = {line.move_line_id: line.amount_due for line in self.pending(self.customer).line_ids}
        self.assertEqual([asked[item] for item in items], [30, 17.5, 30])

    def test_acknowledged_in_writing(self):
        self.dispute(description="Two boxes <b>damaged</b>")
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertIn(self.first.name, mail.body_html)
        self.assertIn("Two boxes &lt;b&gt;damaged", mail.body_html)
        self.company.dunning_dispute_confirm = False
        self.dispute(self.second)
        self.assertEqual(len(self.mails()), 1)

    def test_opened_between_planning_and_sending(self):
        reminder = self.disputing.reminder_ids
        before = self.env['leanpay.facts']._fingerprints(reminder)
        self.env['leanpay.dispute'].sudo().create({  # as another process would: nothing of ours is told
            'debtor_id': self.disputing.id, 'currency_id': self.company.currency_id.id, 'date': TODAY,
            'category_id': self.categories._by_code('other').id, 'amount': 100,
            'line_ids': [Command.create({'move_line_id': self.item(self.first).id, 'amount': 100})]})
        self.assertNotEqual(self.env['leanpay.facts']._fingerprints(reminder), before)
        self.deliver()
        self.assertEqual(reminder.line_ids.move_id, self.second)

    def test_refused(self):
        paid = self.late(self.customer, 30)
        self.ledger.payment(self.item(paid), 100)
        for message, amounts in (
                ("already paid", {self.item(paid): None}),
                ("is not an item of Dispute", {self.item(self.theirs): None}),
                ("more than what is left to dispute", {self.item(self.first): 100.01}),
                ("more than zero", {self.item(self.first): 0}),
                ("Choose the invoices", {})):
            with self.subTest(message), self.refused(UserError, message):
                self.disputing._dispute(amounts, 'other')
        self.dispute(amount=60)
        with self.refused(UserError, "more than what is left to dispute"):
            self.dispute(amount=50)
        self.dispute(amount=40)
        with self.refused(UserError, "already disputed in full"):
            self.dispute(amount=1)

    def test_dialog(self):
        self.dispute(amount=30)
        action = self.disputing.with_user(self.collector).action_dispute()
        form = Form(self.env['leanpay.dispute.open'].with_user(self.collector).with_context(**action['context']))
        form.category_id = self.categories._by_code('price')
        form.description = "Not what was agreed"
        with form.line_ids.edit(1) as line:
            line.amount = 15
        wizard = form.save()
        self.assertEqual(wizard.line_ids.mapped('amount'), [70, 15])
        wizard.attachment_ids = self.env['ir.attachment'].with_user(self.collector).create(
            {'name': "order.txt", 'raw': b"what was agreed"})
        opened = self.env['leanpay.dispute'].browse(wizard.action_dispute()['res_id'])
        self.assertEqual(opened.amount, 85)
        self.assertEqual(opened.attachment_ids.res_id, opened.id)
        action = self.theirs.with_user(self.collector).action_dunning_dispute()
        form = Form(self.env['leanpay.dispute.open'].with_user(self.collector).with_context(**action['context']))
        form.category_id = self.categories._by_code('price')
        self.assertEqual(form.save().line_ids.move_line_id, self.item(self.theirs))

    def test_late_by_its_deadline(self):
        dispute = self.dispute(category='paid')
        self.assertEqual((dispute.deadline, dispute.color), (TODAY + 3 * DAY, 10))
        self.go_to(dispute.deadline + DAY)
        self.env.invalidate_all()
        self.assertEqual((dispute.late, dispute.color), (True, 1))
        self.assertEqual(self.env['leanpay.dispute'].search([('late', '=', True)]), dispute)

    def test_waiting_and_back(self):
        dispute = self.dispute()
        dispute.action_wait()
        self.assertEqual(dispute.state, 'waiting')
        self.assertNotIn(self.first, self.chased())
        with self.refused(UserError, "is now “Waiting for the customer”"):
            dispute.action_wait()
        dispute.action_answered()
        self.assertEqual(dispute.state, 'open')

    def test_withdrawn(self):
        dispute = self.dispute()
        self.days_later(4)
        dispute.action_withdraw()
        self.assertRecordValues(dispute, [{'state': 'withdrawn', 'resolution_days': 4}])
        self.assertIn(self.first, self.chased())

    def test_nobody_rewrites_it(self):
        dispute = self.dispute().with_user(self.collector)
        for values in ({'amount': 5}, {'state': 'resolved'}, {'outcome': 'rejected'}, {'answer': "No"}):
            with self.subTest(values), self.assertRaises(UserError):
                dispute.write(values)
        dispute.write({'deadline': TODAY + 9 * DAY, 'owner_id': self.collector.id})
        with self.assertRaises(AccessError):
            self.env['leanpay.dispute'].with_user(self.collector).create({'debtor_id': self.disputing.id})

    def test_strangers(self):
        dispute = self.dispute()
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        for login, groups, company in (
                ('dispute_employee', 'base.group_user', self.company),
                ('dispute_portal', 'base.group_portal', self.company),
                ('dispute_elsewhere', 'leanpay_dunning.group_collections_manager', elsewhere)):
            user = new_test_user(self.env, login=login, groups=groups, company_id=company.id,
                                 company_ids=[Command.set(company.ids)])
            env = self.env(user=user, context={'allowed_company_ids': company.ids})
            with self.subTest(login):
                for act in (dispute.with_env(env).action_withdraw, dispute.with_env(env).action_print_report,
                            lambda env=env: self.disputing.with_env(env)._dispute({}, 'other')):
                    with self.assertRaises(AccessError):
                        act()


@tagged('post_install', '-at_install')
class TestDisputeResolved(DisputeCase):
    """Answers: rejected with reasons, credited, or part of each."""

    def test_rejected_resumes_where_it_was(self):
        sent = self.send(self.customer)
        dispute = self.dispute()
        self.days_later(6)
        with self.refused(UserError, "an answer is needed"):
            self.resolve(dispute, 'rejected', answer=" ")
        self.assertEqual(dispute.state, 'open')
        self.resolve(dispute, 'rejected')
        self.assertRecordValues(dispute, [{
            'state': 'resolved', 'outcome': 'rejected', 'resolution_days': 6, 'amount_accepted': 0}])
        self.assertIn("Signed without reservation", self.mails()[-1].body_html)
        self.assertFalse(dispute.activity_ids)
        level = self.item(self.first).dunning_level
        self.assertEqual(level, sent.step_id.level, "what was said before counts")
        self.go_to(TODAY + 40 * DAY)
        self.plan()
        line = self.pending(self.customer).line_ids.filtered(lambda line: line.move_id == self.first)
        self.assertGreater(line.step_id.level, level)

    def test_credited_in_whole(self):
        dispute = self.dispute()
        self.resolve(dispute, 'credit', answer="")
        credit = dispute.line_ids.credit_move_id
        self.assertRecordValues(credit, [{'state': 'posted', 'move_type': 'out_refund', 'amount_total': 100}])
        self.assertIn(self.first.payment_state, ('reversed', 'paid'))
        self.assertEqual(dispute.outcome, 'accepted')

    def test_part_with_tax(self):
        tax = self.env['account.tax'].create({
            'name': "TVA 20", 'amount': 20, 'company_id': self.company.id, 'country_id': self.ledger.country.id,
            'tax_group_id': self.env['account.tax.group'].create(
                {'name': "TVA", 'company_id': self.company.id, 'country_id': self.ledger.country.id}).id})
        invoice = self.ledger.invoice(self.customer, 99.99, TODAY - 30 * DAY, post=False)
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        dispute = self.dispute(invoice, amount=50)
        self.resolve(dispute, 'part', by_name={invoice.name: 33.33})
        credit = dispute.line_ids.credit_move_id
        self.assertAlmostEqual(credit.amount_total, 33.33)
        self.assertAlmostEqual(credit.amount_tax, 5.55, 1)
        self.assertAlmostEqual(invoice.amount_residual, invoice.amount_total - 33.33)
        self.assertRecordValues(dispute, [{'outcome': 'part', 'amount_accepted': 33.33}])

    def test_in_dollars(self):
        invoice = self.late(self.customer, 9, 50, currency=self.ledger.currency('USD', 2))
        dispute = self.dispute(invoice)
        self.resolve(dispute, 'part', by_name={invoice.name: 20})
        self.assertEqual((dispute.line_ids.credit_move_id.currency_id.name, invoice.amount_residual), ('USD', 30))

    def test_more_than_is_disputed(self):
        dispute = self.dispute(amount=30)
        with self.refused(UserError, "cannot be accepted"):
            self.resolve(dispute, 'part', by_name={self.first.name: 31})
        with self.refused(UserError, "Say how much is accepted"):
            self.resolve(dispute, 'part')
        self.assertEqual(dispute.state, 'open')
        self.assertFalse(self.first.reversal_move_ids)

    def test_credit_of_one_instalment_settles_that_one(self):
        invoice = self.ledger.invoice(self.customer, 90, [TODAY - 40 * DAY, TODAY - 10 * DAY, TODAY - 5 * DAY])
        items = self.ledger.items(invoice)
        dispute = self.disputing._dispute({items[1]: 12.5}, 'price')
        self.resolve(dispute, 'credit')
        self.assertEqual(items.mapped('amount_residual'), [30, 17.5, 30])

    def test_two_people_at_once(self):
        dispute = self.dispute()
        self.resolve(dispute, 'credit')
        with self.refused(UserError, "is now “Resolved”"):
            self.resolve(dispute, 'credit')
        self.assertEqual(len(self.first.reversal_move_ids), 1)

    def test_opened_again(self):
        dispute = self.dispute()
        self.resolve(dispute, 'rejected')
        self.assertIn(self.first, self.chased())
        dispute.action_reopen()
        self.assertNotIn(self.first, self.chased())

    def test_corrected_invoice_is_odoo_s(self):
        """Nothing is chased, and nothing is told, before it is corrected."""
        dispute = self.dispute()
        told = len(self.mails())
        action = self.resolve(dispute, 'corrected')
        self.assertEqual(action['res_model'], 'account.move.reversal')
        self.assertEqual((dispute.state, len(self.mails())), ('open', told))
        self.assertNotIn(self.first, self.chased())
        with self.refused(UserError, "is still owed in full"):
            self.resolve(dispute, 'settled')
        reversal = self.env[action['res_model']].with_context(**action['context']).create({})
        reversal.modify_moves()
        self.assertFalse(self.first.amount_residual)
        self.resolve(dispute, 'settled', answer="The corrected invoice follows")
        self.assertRecordValues(dispute, [{'state': 'resolved', 'outcome': 'accepted', 'amount_accepted': 100}])
        self.assertIn("The corrected invoice follows", self.mails()[-1].body_html)

    def test_report_for_lawyers(self):
        file = self.env['ir.attachment'].create({'name': "photo.jpg", 'datas': base64.b64encode(b"image")})
        dispute = self.dispute(description="Two boxes damaged", attachments=file)
        self.resolve(dispute, 'rejected')
        text = text_of(self.env['ir.attachment'].create({'name': "report.pdf", 'raw': dispute._report()}))
        for expected in (dispute.name, self.first.name, "Two boxes damaged", "Signed without reservation", "photo.jpg",
                         "Quality", "Rejected"):
            self.assertIn(expected, text)
        attachment = self.env['ir.attachment'].search([], order='id DESC', limit=1)
        self.assertIn('/web/content/', dispute.action_print_report()['url'])
        self.assertNotEqual(self.env['ir.attachment'].search([], order='id DESC', limit=1), attachment)
