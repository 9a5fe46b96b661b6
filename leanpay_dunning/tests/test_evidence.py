"""Evidence: recorded when it happens, chained, never changed."""

from email.message import EmailMessage
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..engine.evidence import digest
from .common import TODAY
from .common_evidence import EvidenceCase


@tagged('post_install', '-at_install')
class TestEvidence(EvidenceCase):

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
            'debtor_id': debtor.id, 'kind': 'insolvency', 'note': "Wrong price", 'date_from': TODAY,
            'item_ids': [Command.set(debtor.item_ids.ids)]})
        hold.note = "Wrong price, says Ms Martin"
        hold.action_lift()
        debtor._record_all_evidence()
        entries = debtor.chain_ids.entry_ids.sorted('sequence')
        self.assertEqual(entries.mapped('kind'), ['other'] * 3)
        for entry, said in zip(entries, ("Dunning is on hold", "Hold changed", "Hold lifted"), strict=True):
            self.assertIn(said, entry.summary)
        self.assertIn("Wrong price", entries[0].text)
        self.assertIn('"lifted_on":"2026-03-10"', entries[2].text)

    def test_what_we_decide_among_ourselves_is_no_evidence(self):
        debtor = self.ensure(self.customer)
        debtor._hold_for('reply', "Re")
        self.env['leanpay.hold'].create({'debtor_id': debtor.id, 'kind': 'commercial', 'note': "No matter"})
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
