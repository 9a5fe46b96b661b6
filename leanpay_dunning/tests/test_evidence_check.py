"""What goes around Odoo is found and located."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TODAY
from .common_evidence import EvidenceCase


@tagged('post_install', '-at_install')
class TestEvidenceCheck(EvidenceCase):

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
