"""Evidence: recorded when it happens, chained, never changed; what goes around Odoo is found and located."""

import io
import json
import re
import zipfile
from datetime import date, timedelta
from email.message import EmailMessage
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..engine.evidence import digest
from .common import TODAY
from .common_models import ModelsCase
from .report.test_evidence_file import pdf
from .test_letter_archive import text_of


@tagged('post_install', '-at_install')
class TestEvidence(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Witness")
        cls.late(cls.customer, 30)
        cls.evidence = cls.env['leanpay.evidence']

    def said(self):
        """Send a reminder and record it; returns (reminder, its chain)."""
        [reminder] = self.send(self.customer)
        self.env['leanpay.reminder']._record_evidence()
        return reminder, reminder.debtor_id.chain_ids

    def innocent(self, name):
        """Return a debtor to whom nothing was said."""
        return self.env['leanpay.debtor'].create({'partner_id': self.ledger.customer(name).id})

    def problems(self, chain):
        self.env.invalidate_all()
        return self.evidence._verify(chain).get(chain, [])

    def around_odoo(self, query, *args):
        """Run SQL as somebody does who has the keys of the database."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE leanpay_evidence DISABLE TRIGGER leanpay_evidence_stays")
        self.env.cr.execute(SQL(query, *args))
        self.env.cr.execute("ALTER TABLE leanpay_evidence ENABLE TRIGGER leanpay_evidence_stays")

    # === RECORDING === #

    def test_sent_reminder_is_recorded_once(self):
        reminder, chain = self.said()
        self.env['leanpay.reminder']._record_evidence()
        [entry] = chain.entry_ids
        self.assertEqual((entry.kind, entry.sequence, entry.res_id), ('sent', 1, reminder.id))
        self.assertEqual(entry.happened_on, reminder.sent_on)
        self.assertIn(digest(str(reminder.body or '')), entry.text)
        self.assertIn('"100.0"', entry.text)
        self.assertEqual((chain.entry_count, chain.head_hash), (1, entry.hash))
        self.assertFalse(self.problems(chain))

    def test_what_becomes_of_it_is_another_entry(self):
        reminder, chain = self.said()
        reminder._record_outcome('replied')
        reminder._record_bounced("The message came back")
        self.env['leanpay.reminder']._record_evidence()
        self.assertEqual(chain.entry_ids.sorted('sequence').mapped('kind'), ['sent', 'bounced'])
        self.assertFalse(self.problems(chain))

    def test_what_was_not_said_is_no_evidence(self):
        self.plan(TODAY)
        self.reminders(self.customer)._void("paid")
        self.env['leanpay.reminder']._record_evidence()
        self.assertFalse(self.debtor(self.customer).chain_ids)

    def answer(self, *files, record=True):
        """Have the customer answer, with (name, content) of files."""
        debtor = self.debtor(self.customer)
        debtor._answered({
            'subject': "Re: reminder", 'email_from': 'x@client.example', 'body': "<p>We shall pay</p>",
            'message_id': '<1@client>', 'attachments': [(*file, {}) for file in files] or [('proof.pdf', b'PDF')]})
        if record:
            debtor._record_all_evidence()
        return debtor.chain_ids.entry_ids.filtered(lambda one: one.kind == 'reply')

    def test_answer(self):
        _reminder, chain = self.said()
        self.answer()
        entry = chain.entry_ids.filtered(lambda one: one.kind == 'reply')
        self.assertIn(digest("<p>We shall pay</p>"), entry.text)
        self.assertIn(digest(b'PDF'), entry.text)
        self.assertFalse(self.problems(chain))

    def test_answer_waits_for_nobody(self):
        """What the mail gateway fetches is not tried again: it must not need a lock that a delivery may hold."""
        _reminder, chain = self.said()
        self.answer(record=False)
        self.assertEqual(chain.entry_count, 1)
        with patch.object(type(self.env['leanpay.evidence.chain']), '_locked_mains', side_effect=AssertionError):
            self.answer(record=False)
        self.env['leanpay.delivery']._record_what_was_said()
        self.assertEqual(chain.entry_ids.sorted('sequence').mapped('kind')[-2:], ['reply', 'reply'])
        self.assertFalse(self.problems(chain))

    def test_answer_of_any_kind_is_kept(self):
        """A forwarded message, a text, nothing at all; a subject of half characters and zeros."""
        debtor, forwarded = self.ensure(self.customer), EmailMessage()
        forwarded['Subject'] = "Old invoice"
        debtor._record_answer({'subject': "Bad \udce9\0 subject", 'body': "<p>We shall pay</p>", 'attachments': [
            ('mail.eml', forwarded, {}), ('notes.txt', "é", {}), ('none', None, {}), (None, b'x', {})]})
        debtor._record_all_evidence()
        entry = debtor.chain_ids.entry_ids
        self.assertEqual(entry.summary, "Bad ? subject")
        files = {file.name: file.raw for file in entry.attachment_ids}
        self.assertIn(b"Subject: Old invoice", files['mail.eml'])
        self.assertEqual((files['notes.txt'], files['answer.html']), ("é".encode(), b"<p>We shall pay</p>"))
        self.assertNotIn('none', files)
        self.assertFalse(self.problems(entry.chain_id))

    def test_holds_are_evidence(self):
        debtor = self.ensure(self.customer)
        hold = self.env['leanpay.hold'].create({
            'debtor_id': debtor.id, 'kind': 'dispute', 'note': "Wrong price", 'date_from': TODAY,
            'item_ids': [Command.set(debtor.item_ids.ids)]})
        hold.note = "Wrong price, says Ms Martin"
        hold.action_lift()
        debtor._record_all_evidence()
        entries = debtor.chain_ids.entry_ids.sorted('sequence')
        self.assertEqual(entries.mapped('kind'), ['dispute'] * 3)
        for entry, said in zip(entries, ("Dunning is on hold", "Hold changed", "Hold lifted"), strict=True):
            self.assertIn(said, entry.summary)
        self.assertIn("Wrong price", entries[0].text)
        self.assertIn('"lifted_on":"2026-03-10"', entries[2].text)

    def test_what_an_event_pauses_is_no_evidence(self):
        debtor = self.ensure(self.customer)
        debtor._hold_for('reply', "Re")
        self.assertFalse(debtor._has_evidence())

    def test_calls_are_evidence(self):
        debtor = self.ensure(self.customer)
        self.env['leanpay.call.result'].create({
            'debtor_id': debtor.id, 'note': "On Friday, he says", 'promise_date': TODAY}).action_promised()
        debtor._record_all_evidence()
        entries = debtor.chain_ids.entry_ids.sorted('sequence')
        self.assertEqual(entries.mapped('kind'), ['call', 'promise'])
        self.assertIn("On Friday, he says", entries[0].summary)
        self.assertIn('"promised_for":"2026-03-10"', entries[0].text)

    def test_customer_of_whom_something_is_kept_is_not_deleted(self):
        customer = self.ledger.customer("Called")
        self.env['leanpay.debtor'].create({'partner_id': customer.id})._evidence('call', "Refuses", {})
        with self.assertRaises(UserError):
            customer.unlink()

    def test_many_events_cost_as_few_queries(self):
        """A constant number of queries, whatever the number of debtors and events."""
        def cost(count):
            debtors = self.env['leanpay.debtor'].union(*(
                self.innocent(f"Many {count} {number}") for number in range(count)))
            self.env['leanpay.evidence.event']._note([
                {'debtor': debtor, 'kind': 'other', 'summary': "x", 'payload': {}}
                for debtor in debtors for _twice in '12'])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['leanpay.evidence.event']._record_events(debtors)
            self.assertFalse(self.evidence._check(debtors))
            return self.env.cr.sql_log_count - before
        cost(1)  # what is read once
        self.assertEqual(cost(3), cost(30))

    def test_postal_proof_enters_at_once(self):
        reminder, chain = self.said()
        proof = reminder._letter_proof_received('receipt', 'ar.pdf', b'%PDF receipt', TODAY)
        self.assertEqual((reminder.received_on, reminder.receipt_proof_id), (TODAY, proof))
        self.assertEqual(reminder._letter_proof_received('receipt', 'ar.pdf', b'%PDF receipt', TODAY), proof)
        [entry] = chain.entry_ids.filtered(lambda one: one.kind == 'proof')
        self.assertIn(digest(b'%PDF receipt'), entry.text)
        with self.assertRaisesRegex(UserError, "archived as proof"):
            proof.unlink()

    def test_receipt_noted_by_a_collector(self):
        reminder, chain = self.said()
        collector = new_test_user(
            self.env, 'noter', 'leanpay_dunning.group_collections_user', company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)])
        reminder.with_user(collector).received_on = TODAY
        self.env['leanpay.reminder']._record_evidence()
        self.assertIn(f'"received_on":"{TODAY}"', chain.entry_ids.sorted('sequence')[-1].text)

    def test_disputes_promises_and_waivers(self):
        _reminder, chain = self.said()
        debtor = self.debtor(self.customer)
        hold = self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'kind': 'dispute', 'note': "Broken parts"})
        hold.action_lift()
        self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'kind': 'other', 'note': "No matter"})
        entries = chain.entry_ids.sorted('sequence')
        self.assertEqual(entries.mapped('kind'), ['sent', 'dispute', 'dispute'])
        self.assertIn("Broken parts", entries[1].text)
        self.assertIn(f'"lifted_on":"{TODAY}"', entries[2].text)
        self.assertFalse(self.problems(chain))

    def test_many_debtors_in_a_batch(self):
        others = [self.ledger.customer(f"Batch {number}") for number in range(5)]
        for other in others:
            self.late(other, 30)
            self.send(other)
        self.env['leanpay.reminder']._record_evidence()
        debtors = self.env['leanpay.debtor'].search([('partner_id', 'in', [other.id for other in others])])
        self.assertEqual(debtors.mapped('evidence_count'), [1] * 5)
        self.assertFalse(self.evidence._verify(debtors.chain_ids))

    # === NOBODY CHANGES IT === #

    def test_nobody_changes_it_through_odoo(self):
        _reminder, chain = self.said()
        entry = chain.entry_ids
        for change in (
                lambda: entry.sudo().write({'summary': "x"}), lambda: entry.sudo().unlink(),
                lambda: entry.sudo().with_context(_force_unlink=True).unlink(),
                lambda: chain.sudo().with_context(_force_unlink=True).unlink(),
                lambda: chain.sudo().write({'entry_count': 0}), lambda: chain.sudo().unlink(),
                lambda: entry.sudo().copy()):
            with self.assertRaises(UserError):
                change()
        manager = new_test_user(
            self.env, 'boss', 'leanpay_dunning.group_collections_manager,account.group_account_manager',
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        for operation in ('write', 'create', 'unlink'):
            self.assertFalse(entry.with_user(manager).has_access(operation))
        with self.assertRaises(UserError):
            entry.with_user(manager).with_context(leanpay_evidence_append=True).create({'summary': "x"})

    @mute_logger('odoo.sql_db')
    def test_the_database_refuses_too(self):
        _reminder, chain = self.said()
        for query in ("UPDATE leanpay_evidence SET summary = 'x'", "DELETE FROM leanpay_evidence",
                      "TRUNCATE leanpay_evidence"):
            with self.assertRaisesRegex(Exception, "cannot be changed or deleted"), self.env.cr.savepoint():
                self.env.cr.execute(query)
        self.assertFalse(self.problems(chain))

    # === WHAT GOES AROUND IS FOUND === #

    def three(self):
        reminder, chain = self.said()
        for note in ("one", "two"):
            self.debtor(self.customer)._evidence('other', note, {'note': note})
        self.debtor(self.customer)._record_all_evidence()
        return reminder, chain

    def test_changed_text_is_located(self):
        _reminder, chain = self.three()
        self.around_odoo(
            "UPDATE leanpay_evidence SET text = replace(text, 'one', 'eno') WHERE chain_id = %s AND sequence = 2",
            chain.id)
        self.assertEqual(self.problems(chain), ["Entry 2 was changed after it was recorded."])

    def test_deleted_in_the_middle_and_at_the_end(self):
        _reminder, chain = self.three()
        self.around_odoo("DELETE FROM leanpay_evidence WHERE chain_id = %s AND sequence = 2", chain.id)
        self.assertEqual(self.problems(chain), ["Entry 2 is missing."])
        self.around_odoo("DELETE FROM leanpay_evidence WHERE chain_id = %s AND sequence = 3", chain.id)
        self.assertEqual(self.problems(chain), ["Entry 2 was cut off the end.", "Entry 3 was cut off the end."])

    def test_changed_reminder_is_found(self):
        reminder, chain = self.three()
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE leanpay_reminder SET body = 'Kind words' WHERE id = %s", reminder.id))
        self.env.cr.execute(SQL(
            "UPDATE leanpay_reminder_line SET amount_due = 1 WHERE reminder_id = %s", reminder.id))
        self.assertEqual(
            self.problems(chain), ["The reminder of entry 1 no longer says what it said: body_sha256, items."])

    def test_changed_reminder_is_not_recorded_as_the_truth(self):
        """Somebody changes what was said, then has it recorded again: its entries contradict each other."""
        reminder, chain = self.said()
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE leanpay_reminder SET body = 'Kind words', evidence_due = TRUE WHERE id = %s", reminder.id))
        self.env.invalidate_all()
        self.env['leanpay.reminder']._record_evidence()
        self.assertIn("Entry 2 tells the reminder of entry 1 otherwise: body_sha256.", self.problems(chain))

    def test_what_could_not_leave_may_be_written_anew(self):
        self.plan(TODAY)
        reminder = self.reminders(self.customer)
        reminder._record_failed("No address")
        self.env['leanpay.reminder']._record_evidence()
        reminder.with_context(leanpay_rendering=True).sudo().write({'state': 'approved', 'body': "Other words"})
        self.assertFalse(self.problems(reminder.debtor_id.chain_ids))

    def test_other_columns_are_found(self):
        """Lists show columns: they cannot tell another story than the text."""
        _reminder, chain = self.three()
        for change, named in (
                ("summary = 'Paid'", "summary"), ("kind = 'dispute'", "kind"),
                ("res_id = NULL, res_model = NULL", "source"), ("date = '2020-01-01'", "date"),
                ("happened_on = '2020-01-01'", "day")):
            with self.subTest(change=change), self.env.cr.savepoint() as savepoint:
                self.around_odoo(f"UPDATE leanpay_evidence SET {change} WHERE chain_id = %s AND sequence = 1", chain.id)
                self.assertEqual(
                    self.problems(chain), [f"Entry 1 is shown otherwise than it was recorded: {named}."])
                savepoint.rollback()

    def test_inserted_and_swapped(self):
        _reminder, chain = self.three()
        with self.env.cr.savepoint() as savepoint:
            self.around_odoo(
                "UPDATE leanpay_evidence SET sequence = sequence + 10 WHERE chain_id = %s AND sequence > 1", chain.id)
            self.around_odoo(
                "UPDATE leanpay_evidence SET sequence = 15 - sequence WHERE chain_id = %s AND sequence > 10",
                chain.id)
            found = self.problems(chain)
            self.assertIn("Entry 2 was changed after it was recorded.", found)
            self.assertIn("Entry 3 was changed after it was recorded.", found)
            savepoint.rollback()
        self.around_odoo(
            """
            INSERT INTO leanpay_evidence
                   (chain_id, sequence, happened_on, date, kind, summary, text, previous_hash, hash)
            SELECT chain_id, 4, happened_on, date, kind, summary, text, hash, hash FROM leanpay_evidence
             WHERE chain_id = %s AND sequence = 3
            """, chain.id)
        self.assertIn("Entry 4 was added outside the chain.", self.problems(chain))

    def test_what_was_said_before_evidence_was_kept(self):
        """An upgrade, or data that comes from elsewhere: recorded late, and seen to be, but not missing."""
        [reminder] = self.send(self.customer)
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE leanpay_reminder SET evidence_due = NULL WHERE id = %s", reminder.id))
        self.assertTrue(self.evidence._check(reminder.debtor_id))
        self.env['leanpay.reminder']._init_column('evidence_due')
        self.env.invalidate_all()
        copied = reminder.sudo().copy({'state': 'sent'})
        self.assertTrue(copied.evidence_due)
        reminder.debtor_id._record_all_evidence()
        self.assertEqual(reminder.debtor_id.evidence_count, 2)
        self.assertFalse(self.evidence._check(reminder.debtor_id))

    def test_changed_proof_and_statement_are_found(self):
        reminder, chain = self.said()
        debtor = reminder.debtor_id
        proof = reminder._letter_proof_received('receipt', 'ar.pdf', b'%PDF receipt', TODAY)
        self.customer.email = 'x@client.example'
        statement = self.env['leanpay.statement'].sudo()._send(debtor, TODAY)
        debtor._record_all_evidence()
        self.assertFalse(self.problems(chain))
        self.env.flush_all()
        for file in (proof, statement.pdf_id):
            self.env.cr.execute(SQL(
                "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'forged' WHERE id = %s", file.id))
        number = chain.entry_ids.filtered(lambda entry: entry.res_model == 'leanpay.statement').sequence
        self.assertEqual(self.problems(chain), [
            "The reminder of entry 1 no longer says what it said: receipt_proof_id.",
            f"The statement of account of entry {number} is gone or was changed."])

    def test_chain_of_another_customer(self):
        _reminder, chain = self.three()
        other = self.innocent("Innocent")
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE leanpay_evidence_chain SET debtor_id = %s WHERE id = %s", other.id, chain.id))
        self.assertEqual(self.problems(chain), ["This chain was written for another customer, Witness."])

    def test_chain_that_was_taken_away(self):
        reminder, chain = self.three()
        debtor, other = reminder.debtor_id, self.innocent("Innocent")
        self.assertFalse(self.evidence._check(debtor))
        self.around_odoo("DELETE FROM leanpay_evidence WHERE chain_id = %s", chain.id)
        self.env.cr.execute(SQL("DELETE FROM leanpay_evidence_chain WHERE id = %s", chain.id))
        self.env.invalidate_all()
        [[told]] = self.evidence._check(debtor).values()
        self.assertEqual(told, f"1 reminders since {reminder.sent_date} have no evidence.")
        self.assertIn(debtor, self.evidence._check())
        self.assertFalse(self.evidence._check(other))

    def test_chain_written_anew_is_found_with_an_evidence_file(self):
        _reminder, chain = self.three()
        known = (chain.id, chain.entry_count, chain.head_hash)
        self.assertFalse(self.evidence._check_known([known]))
        self.around_odoo("DELETE FROM leanpay_evidence WHERE chain_id = %s AND sequence = 3", chain.id)
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_evidence_chain SET entry_count = 2, head_hash = entry.hash FROM leanpay_evidence entry
             WHERE leanpay_evidence_chain.id = %s AND entry.chain_id = %s AND entry.sequence = 2
            """, chain.id, chain.id))
        self.assertFalse(self.problems(chain), "whoever rewrites all of it leaves nothing to compare with")
        self.assertEqual(self.evidence._check_known([known]), [
            f"Entry 3 of chain {chain.id} is not the one that the evidence file names."])

    def test_received_file_that_was_changed_or_taken_away(self):
        _reminder, chain = self.said()
        entry = self.answer(('order.pdf', b'PDF order'))
        file = entry.attachment_ids.filtered(lambda one: one.name == 'order.pdf')
        self.assertEqual(file.raw, b'PDF order')
        for change in (file.unlink, lambda: file.sudo().write({'raw': b'x'}),
                       lambda: file.sudo().write({'res_id': 0})):
            with self.assertRaisesRegex(UserError, "archived as proof"):
                change()
        self.assertFalse(self.problems(chain))
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM ir_attachment WHERE id = %s", file.id))
        self.assertEqual(self.problems(chain), [
            f"The file order.pdf of entry {entry.sequence} is gone or was changed."])

    def test_button_tells(self):
        _reminder, chain = self.three()
        debtor = self.debtor(self.customer)
        whole = debtor.action_check_evidence()['params']
        self.assertEqual(whole['type'], 'success')
        self.assertIn(chain.head_hash, whole['message'])
        self.around_odoo("DELETE FROM leanpay_evidence WHERE chain_id = %s AND sequence = 3", chain.id)
        self.env.invalidate_all()
        told = debtor.action_check_evidence()['params']
        self.assertEqual((told['type'], told['message']), ('danger', "Entry 3 was cut off the end."))

    # === CUSTOMERS MERGE === #

    def test_merged_customers_keep_both_chains(self):
        _reminder, chain = self.said()
        other = self.ledger.customer("Other")
        self.late(other, 30)
        self.send(other)
        self.env['leanpay.reminder']._record_evidence()
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge((self.customer | other).ids, other)
        debtor = self.debtor(other)
        self.assertEqual((len(debtor.chain_ids), debtor.evidence_count), (2, 3))
        self.assertEqual(debtor.chain_ids.filtered(lambda one: not one.main), chain)
        debtor._evidence('other', "after", {})
        debtor._record_all_evidence()
        self.assertFalse(self.evidence._verify(debtor.chain_ids))


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
        with patch.object(type(self.env['ir.actions.report']), 'get_wkhtmltopdf_state', return_value='install'):
            self.assertEqual(self.exhibits(debtor), [
                ('missing', self.invoice.name), ('document', f"{self.invoice.name} · invoice.pdf"),
                ('document', f"{self.invoice.name} · broken.pdf")])

    def test_copy_is_made_where_the_server_can(self):
        debtor, reports = self.ensure(self.customer), type(self.env['ir.actions.report'])
        made = {self.invoice.id: {'stream': io.BytesIO(pdf("Made now"))}}
        with patch.object(reports, 'get_wkhtmltopdf_state', return_value='ok'), \
                patch.object(reports, '_render_qweb_pdf_prepare_streams', return_value=made) as render:
            self.assertEqual(self.exhibits(debtor)[0], ('copy', self.invoice.name))
        self.assertEqual(render.call_count, 1)
        self.assertFalse(self.invoice.invoice_pdf_report_id, "the invoice stays as it is")
        with patch.object(reports, 'get_wkhtmltopdf_state', return_value='ok'), \
                patch.object(reports, '_render_qweb_pdf_prepare_streams', side_effect=UserError("no")):
            self.assertEqual(self.exhibits(debtor)[0], ('missing', self.invoice.name))

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
        with patch.object(type(self.env['ir.actions.report']), 'get_wkhtmltopdf_state', return_value='install'):
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
        action = self.invoice.action_dunning_evidence_file()
        self.assertEqual(action['params']['type'], 'success')
        other = self.late(self.ledger.customer("Other"), 30)
        with self.assertRaisesRegex(UserError, "one customer"):
            (self.invoice | other).action_dunning_evidence_file()
        draft = self.env['account.move'].create({'move_type': 'out_invoice', 'partner_id': self.customer.id})
        with self.assertRaisesRegex(UserError, "posted invoices"):
            draft.action_dunning_evidence_file()

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
        with patch.object(type(self.env['ir.actions.report']), 'get_wkhtmltopdf_state', return_value='install'):
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
        later.action_dunning_evidence_file()  # chosen by name, it is

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
