"""The evidence file that a button makes: what is in it, in which order, for whom."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TODAY
from .common_models import ModelsCase
from .report.test_evidence_file import pdf
from .test_letter_archive import text_of


@tagged('post_install', '-at_install')
class TestEvidenceFile(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Defendant", company_registry='55208131766522')
        cls.invoice = cls.late(cls.customer, 90, 3000)
        cls.attached = cls.env['ir.attachment'].create([
            {'name': name, 'raw': content, 'res_model': 'account.move', 'res_id': cls.invoice.id}
            for name, content in (("invoice.pdf", pdf("The invoice")), ("broken.pdf", b'%PDF nothing'))])

    def setUp(self):
        super().setUp()
        # whether this machine can make PDFs of invoices decides nothing, where it is not what is tested
        self.reports = type(self.env['ir.actions.report'])
        self.startPatcher(patch.object(self.reports, 'get_wkhtmltopdf_state', return_value='install'))

    def test_one_click(self):
        [reminder] = self.send(self.customer)
        reminder._letter_proof_received('receipt', 'ar.pdf', pdf("The receipt"), TODAY)
        debtor = reminder.debtor_id
        debtor.message_post(body="We shall pay", message_type='email', email_from='x@client.example', subject="Re")
        action = debtor.action_evidence_file()
        self.assertEqual(action['tag'], 'display_notification')
        file, bundle = (self.env['ir.attachment'].browse(int(re.search(r'content/(\d+)', link['url'])[1]))
                        for link in action['params']['links'])
        text = text_of(file)
        for said in ("The invoice", "The receipt", "We shall pay", "cannot be shown", "3,000.00", "Limitation",
                     "Journal of what was said", reminder.step_id.name, debtor.chain_ids.head_hash[:16]):
            self.assertIn(said, text)
        with zipfile.ZipFile(io.BytesIO(bundle.raw)) as archive:
            self.assertIn(self.attached[0].raw, [archive.read(name) for name in archive.namelist()])
            known = json.loads(archive.read('manifest.json'))['chain']
        self.assertEqual((known['id'], known['entries']), (debtor.chain_ids.id, debtor.chain_ids.entry_count))
        self.assertFalse(self.env['leanpay.evidence']._check_known([tuple(known.values())]))

    def exhibits(self, debtor, items=None):
        """Return (kind, label) of what the file holds, in its order."""
        content = self.env['leanpay.evidence.file'].sudo()._content(debtor, items or debtor.item_ids)
        return [(exhibit.kind, exhibit.label) for exhibit in content.exhibits]

    def test_invoice_without_pdf_says_so(self):
        """What is attached under another name is no proof of what was sent as the invoice."""
        debtor = self.ensure(self.customer)
        self.assertEqual(self.exhibits(debtor), [
            ('missing', self.invoice.name), ('document', f"{self.invoice.name} · invoice.pdf"),
            ('document', f"{self.invoice.name} · broken.pdf")])

    def test_copy_is_made_where_the_server_can(self):
        debtor, reports = self.ensure(self.customer), self.reports
        made = {self.invoice.id: {'stream': io.BytesIO(pdf("Made now"))}}
        with patch.object(reports, 'get_wkhtmltopdf_state', return_value='ok'), \
                patch.object(reports, '_render_qweb_pdf_prepare_streams', return_value=made) as render:
            self.assertEqual(self.exhibits(debtor)[0], ('copy', self.invoice.name))
        self.assertEqual(render.call_count, 1)
        self.assertFalse(self.invoice.invoice_pdf_report_id, "the invoice stays as it is")
        with patch.object(reports, 'get_wkhtmltopdf_state', return_value='ok'), \
                patch.object(reports, '_render_qweb_pdf_prepare_streams', side_effect=UserError("no")):
            self.assertEqual(self.exhibits(debtor)[0], ('missing', self.invoice.name))

    def test_copies_are_made_one_by_one_where_the_server_can_do_no_more(self):
        self.late(self.customer, 60)
        debtor = self.ensure(self.customer)

        def render(_self, _report, _data, res_ids):
            if len(res_ids) > 1:
                raise UserError(str(res_ids))  # as for several documents at once
            return {res_ids[0]: {'stream': io.BytesIO(pdf("Made now"))}}
        with patch.object(self.reports, 'get_wkhtmltopdf_state', return_value='ok'), \
                patch.object(self.reports, '_render_qweb_pdf_prepare_streams', render):
            self.assertEqual([kind for kind, _label in self.exhibits(debtor)].count('copy'), 2)

    def test_original_pdf_is_the_one_that_was_sent(self):
        debtor, original = self.ensure(self.customer), pdf("As it was sent")
        named = self.env['ir.attachment'].create({
            'name': f"{self.invoice.name.replace('/', '_')}.pdf", 'raw': pdf("By hand"), 'res_model': 'account.move',
            'res_id': self.invoice.id})
        self.assertEqual(self.exhibits(debtor)[0], ('invoice', self.invoice.name))
        self.env['ir.attachment'].create({
            'name': "sent.pdf", 'raw': original, 'res_model': 'account.move', 'res_id': self.invoice.id,
            'res_field': 'invoice_pdf_report_file'})
        self.invoice.invalidate_recordset()
        content = self.env['leanpay.evidence.file'].sudo()._content(debtor, debtor.item_ids)
        self.assertEqual(content.exhibits[0].content, original)
        self.assertIn(('document', f"{self.invoice.name} · {named.name}"), self.exhibits(debtor))

    def test_credit_note_is_an_exhibit(self):
        debtor = self.ensure(self.customer)
        credit = self.ledger.invoice(self.customer, 500, TODAY, move_type='out_refund')
        (self.ledger.items(self.invoice) | self.ledger.items(credit)).reconcile()
        self.assertIn(('missing', credit.name), self.exhibits(debtor))
        content = self.env['leanpay.evidence.file'].sudo()._content(debtor, debtor.item_ids)
        [[_currency, _decimals, [item]]] = content.claims
        self.assertEqual((item.residual, item.payments[0][2]), (2500, 500))

    def test_correspondence_both_ways_without_notes(self):
        debtor = self.ensure(self.customer)
        debtor.message_post(body="Among us", message_type='comment', subtype_xmlid='mail.mt_note')
        debtor.message_post(
            body="Dear customer", message_type='comment', subtype_xmlid='mail.mt_comment', subject="Ours")
        debtor.message_post(body="We shall pay", message_type='email', email_from='x@client.example', subject="Theirs",
                            author_id=self.customer.id)
        self.env['leanpay.call.result'].create({'debtor_id': debtor.id, 'note': "Refuses"}).action_refuses()
        found = self.exhibits(debtor)
        self.assertIn(('written', "Ours"), found)
        self.assertIn(('answer', "Theirs"), found)
        self.assertIn('call', [kind for kind, _label in found])
        content = self.env['leanpay.evidence.file'].sudo()._content(debtor, debtor.item_ids)
        said = '\n'.join(line for exhibit in content.exhibits for line in exhibit.lines)
        self.assertNotIn("Among us", said)

    def test_statements_that_were_sent(self):
        self.customer.email = 'x@client.example'
        debtor = self.ensure(self.customer)
        self.env['leanpay.statement'].sudo()._send(debtor, TODAY)
        self.assertIn(('statement', str(TODAY)), self.exhibits(debtor))

    def test_reminder_is_no_answer(self):
        [reminder] = self.send(self.customer)
        message = reminder.debtor_id.message_post(
            body="Pay", message_type='email_outgoing', subject="Reminder", message_id='<own@x>')
        reminder.sudo().mail_message_id = message
        kinds = [kind for kind, _label in self.exhibits(reminder.debtor_id)]
        self.assertEqual(kinds.count('reminder'), 1)
        self.assertNotIn('written', kinds)

    def test_invoices_from_their_list(self):
        action = self.invoice.action_evidence_file()
        self.assertEqual(action['params']['type'], 'success')
        other = self.late(self.ledger.customer("Other"), 30)
        with self.assertRaisesRegex(UserError, "one customer"):
            (self.invoice | other).action_evidence_file()
        draft = self.env['account.move'].create({'move_type': 'out_invoice', 'partner_id': self.customer.id})
        with self.assertRaisesRegex(UserError, "one customer"):
            draft.action_evidence_file()

    def test_first_limitation_is_shown_before_it_is_near(self):
        debtor = self.ensure(self.customer)
        self.assertEqual(debtor.limitation_date, self.ledger.items(self.invoice).dunning_limitation_date)
        self.assertFalse(debtor.limitation_near)
        self.go_to(debtor.limitation_date - timedelta(days=100))
        self.env.invalidate_all()
        self.assertTrue(debtor.limitation_near)

    def test_country_whose_law_is_not_known_has_no_date(self):
        self.company.country_id = self.company.account_fiscal_country_id = self.env.ref('base.jp')
        self.env.invalidate_all()
        self.assertFalse(self.ledger.items(self.invoice).dunning_limitation_date)
        self.assertFalse(self.ensure(self.customer).limitation_date)

    def test_queries_do_not_grow_with_the_items(self):
        def cost(count):
            customer = self.ledger.customer(f"Big {count}")
            for number in range(count):
                move = self.late(customer, 30 + number, 100)
                self.env['ir.attachment'].create({
                    'name': "a.pdf", 'raw': b'%PDF', 'res_model': 'account.move', 'res_id': move.id})
            debtor = self.ensure(customer)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['leanpay.evidence.file'].sudo()._content(debtor, debtor.item_ids)
            return self.env.cr.sql_log_count - before
        cost(1)
        self.assertLessEqual(cost(12), cost(2) + 2)

    def test_only_some_items(self):
        other = self.late(self.customer, 30, 77)
        debtor = self.ensure(self.customer)
        pdf_file, _bundle = self.env['leanpay.evidence.file']._make(debtor, self.ledger.items(other))
        self.assertNotIn("The invoice", text_of(pdf_file))
        self.assertIn("77.00", text_of(pdf_file))

    def test_what_falls_due_later_is_not_claimed(self):
        debtor = self.ensure(self.customer)
        later = self.late(self.customer, -30, 77)
        pdf_file, _bundle = self.env['leanpay.evidence.file']._make(debtor)
        self.assertNotIn("77.00", text_of(pdf_file))
        customer = self.ledger.customer("Punctual")
        self.late(customer, -30)
        with self.assertRaisesRegex(UserError, "nothing to prove"):
            self.ensure(customer).action_evidence_file()
        later.action_evidence_file()  # chosen by name, it is

    def test_links_of_the_customer_are_told_to_nobody(self):
        [reminder] = self.send(self.customer)
        reminder.sudo().with_context(leanpay_rendering=True).body = (
            '<p>Pay <a href="https://x.example/my/invoices/1?access_token=secret">online</a></p>'
            '<br/><br/><br/><p>Yes</p>')
        content = self.env['leanpay.evidence.file'].sudo()._content(reminder.debtor_id, reminder.debtor_id.item_ids)
        [exhibit] = [one for one in content.exhibits if one.kind == 'reminder']
        self.assertNotIn("secret", ' '.join(exhibit.lines))
        self.assertEqual(list(exhibit.lines[-3:])[1], '')
        self.assertIn("E-mail", exhibit.label)

    def test_task_among_colleagues_is_no_evidence(self):
        [reminder] = self.send(self.customer)
        reminder.sudo().channel = 'activity'
        reminder.debtor_id._record_all_evidence()
        self.assertFalse(reminder.debtor_id.chain_ids)
        self.assertFalse(self.env['leanpay.evidence']._check(reminder.debtor_id))
        self.assertNotIn('reminder', [kind for kind, _label in self.exhibits(reminder.debtor_id)])

    def test_nothing_to_prove(self):
        with self.assertRaisesRegex(UserError, "nothing to prove"):
            debtor = self.env['leanpay.debtor'].create({'partner_id': self.ledger.customer("Clean").id})
            self.env['leanpay.evidence.file']._make(debtor)

    def test_limitation_follows_the_law_and_never_moves(self):
        item = self.ledger.items(self.invoice)
        due = item.date_maturity
        self.assertEqual(item.dunning_limitation_date, due.replace(year=due.year + 5))
        self.send(self.customer)
        self.env.invalidate_all()
        self.assertEqual(item.dunning_limitation_date, due.replace(year=due.year + 5))
        debtor = self.ensure(self.customer)
        debtor.customer_type = 'consumer'
        self.env.invalidate_all()
        self.assertEqual(item.dunning_limitation_date, due.replace(year=due.year + 2))
        debtor.customer_type = 'public'
        self.env.invalidate_all()
        self.assertEqual(item.dunning_limitation_date, date(due.year + 4, 12, 31))

    def test_stranger_makes_no_file(self):
        stranger = new_test_user(self.env, 'nobody_evidence', 'base.group_user', company_id=self.company.id,
                                 company_ids=[Command.set(self.company.ids)])
        with self.assertRaises(AccessError):
            self.ensure(self.customer).with_user(stranger).action_evidence_file()
