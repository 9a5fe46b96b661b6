"""Late interest and indemnities in reminders and in the books: mentioned, claimed, frozen, booked, waived."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..engine.claim import load_charges
from .common import TODAY
from .common_models import ModelsCase
from .test_letter_archive import text_of

# 90 days late on 10 March 2026: 1000 × (12.15 % × 21 + 12.15 % × 69) / 365, rounded line by line
INTEREST = Decimal('29.96')


class ClaimsCase(ModelsCase):
    """A customer 90 days late whose next step claims."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Pro", company_registry='55208131766522')
        cls.invoice = cls.late(cls.customer, 90, 1000)
        cls.claiming = cls.make_scenario(cls.step_values(
            "Claim", 10, interest_mention='claimed', indemnity_mention='claimed', attach_letter=True))
        cls.company.dunning_scenario_id = cls.claiming
        cls.env['res.partner.bank'].create({
            'acc_number': 'FR7630006000011234567890189', 'partner_id': cls.company.partner_id.id,
            'allow_out_payment': True})
        cls.company.company_registry = '123 456 789 00011'

    def claim(self, day=TODAY):
        """Plan and prepare what is due; returns the reminder."""
        self.plan(day)
        reminder = self.reminders(self.customer).filtered(lambda one: one.state in ('planned', 'approved'))[-1:]
        self.env['leanpay.delivery']._prepare(reminder)
        return reminder

    def sent(self, reminder):
        """Record that a reminder left, and what it claimed."""
        reminder._record_sent(f'{TODAY} 09:00:00')
        self.env['leanpay.interest.book']._record_claims()
        return self.env['leanpay.interest.claim'].search([('debtor_id', '=', reminder.debtor_id.id)], order='kind DESC')

    def book(self, mode='claimed'):
        """Have the company book its claims."""
        self.company.write({
            'dunning_claim_journal_id': self.ledger.general.id,
            'dunning_interest_account_id': self.ledger.accounts['gain'].id,
            'dunning_indemnity_account_id': self.ledger.accounts['income'].id, 'dunning_claim_booking': mode})

    def waive(self, claims, **values):
        wizard = claims.env['leanpay.interest.waive'].create(
            {'claim_ids': [Command.set(claims.ids)], 'reason': "A gesture", **values})
        return wizard.action_waive()


@tagged('post_install', '-at_install')
class TestReminderCharges(ClaimsCase):

    def test_claimed_is_in_the_total_of_everything(self):
        reminder = self.claim()
        self.assertEqual(
            (reminder.amount_total, reminder.amount_interest, reminder.amount_indemnity, reminder.amount_claimed),
            (1000, float(INTEREST), 40, 1069.96))
        self.assertIn("1\xa0069,96", reminder.body)
        text = text_of(reminder.letter_id)
        for said in ("1 069,96 €", "29,96", "40,00 €", "Calcul des pénalités de retard", "12,15", "refinancement"):
            self.assertIn(said, text)

    def test_mentioned_is_not(self):
        self.claiming.step_ids.write({'interest_mention': 'mentioned', 'indemnity_mention': 'mentioned'})
        reminder = self.claim()
        self.assertEqual((reminder.amount_claimed, reminder.amount_interest), (1000, float(INTEREST)))
        self.assertIn("29,96", reminder.body)
        text = text_of(reminder.letter_id)
        self.assertIn("S’y ajoutent de plein droit", text)
        self.assertNotIn("1 069,96", text)
        self.assertFalse(self.sent(reminder))

    def test_not_mentioned_says_nothing(self):
        self.claiming.step_ids.write({'interest_mention': 'none', 'indemnity_mention': 'none'})
        reminder = self.claim()
        self.assertFalse(reminder.charges_kept)
        self.assertEqual(reminder.amount_claimed, 1000)
        self.assertNotIn("29,96", reminder.body + text_of(reminder.letter_id))

    def test_consumer_owes_neither(self):
        self.ensure(self.customer).customer_type = 'consumer'
        reminder = self.claim()
        self.assertEqual(reminder.amount_claimed, 1000)
        self.assertNotIn("40,00", text_of(reminder.letter_id))

    def test_what_was_said_never_changes(self):
        reminder = self.claim()
        self.sent(reminder)
        self.env['leanpay.interest.rate'].search([('index', '=', 'ECB_MRO')], limit=100).write({'rate': 9})
        self.company.dunning_imputation = 'interest_first'
        self.env.invalidate_all()
        self.assertEqual(reminder.amount_claimed, 1069.96)
        kept = load_charges(reminder.charges_kept)
        self.assertEqual([one.case.result() for one in kept.items], [one.result for one in kept.items])
        self.assertEqual(kept.interest, INTEREST)

    def test_edited_text_keeps_the_figures_it_quotes(self):
        self.plan(TODAY)
        reminder = self.reminders(self.customer)
        reminder.action_edit_text()
        kept = reminder.charges_kept
        self.days_later(1)
        reminder._freeze_charges()
        self.assertEqual(reminder.charges_kept, kept)
        reminder.action_reset_text()
        self.assertFalse(reminder.charges_kept)

    def test_disputed_part_bears_nothing(self):
        self.plan(TODAY)
        reminder = self.reminders(self.customer)
        reminder.line_ids.sudo().amount_disputed = 1000
        self.assertFalse(reminder._charges_today()[reminder].claimed)


@tagged('post_install', '-at_install')
class TestClaims(ClaimsCase):

    def test_recorded_once_and_brought_up_to_date(self):
        claims = self.sent(self.claim())
        self.assertEqual([(claim.kind, claim.amount, claim.state) for claim in claims], [
            ('interest', float(INTEREST), 'open'), ('indemnity', 40, 'open')])
        self.env['leanpay.interest.book']._record_claims()
        self.assertFalse(claims.booking_ids, "nothing is booked unless the company says so")
        result = self.env['leanpay.late.interest']._of_items(claims.move_line_id, TODAY + timedelta(days=30))
        self.env['leanpay.interest.claim']._ensure(
            claims.debtor_id, {claims.move_line_id: result[claims.move_line_id.id]}, TODAY)
        self.assertEqual([claim.amount for claim in claims], [39.95, 40])

    def test_nothing_is_claimed_by_what_did_not_leave(self):
        reminder = self.claim()
        self.env['leanpay.interest.book']._record_claims()
        self.assertFalse(self.env['leanpay.interest.claim'].search([('debtor_id', '=', reminder.debtor_id.id)]))

    def test_debit_note(self):
        self.book()
        before = self.invoice.read(['amount_total', 'amount_residual', 'write_date'])
        claims = self.sent(self.claim())
        [note] = claims.booking_ids.move_id
        self.assertEqual((note.state, note.move_type, note.date), ('posted', 'entry', TODAY))
        self.assertFalse(note.line_ids.tax_ids or note.line_ids.tax_line_id)
        amounts = {line.account_id: line.balance for line in note.line_ids}
        self.assertEqual(amounts, {
            self.ledger.accounts['receivable']: 69.96, self.ledger.accounts['gain']: -29.96,
            self.ledger.accounts['income']: -40})
        self.assertEqual([claim.state for claim in claims], ['booked', 'booked'])
        self.assertEqual(self.invoice.read(['amount_total', 'amount_residual', 'write_date']), before)

    def test_only_the_difference_is_booked_next_time(self):
        self.book()
        claims = self.sent(self.claim())
        item = claims.move_line_id
        later = self.env['leanpay.late.interest']._of_items(item, TODAY + timedelta(days=30))[item.id]
        self.env['leanpay.interest.claim']._ensure(claims.debtor_id, {item: later}, TODAY)
        self.env['leanpay.interest.book']._book(claims, TODAY)
        self.assertEqual([claim.amount_booked for claim in claims], [39.95, 40])
        self.assertEqual(len(claims.booking_ids.move_id), 2)
        self.assertFalse(self.env['leanpay.interest.book']._book(claims, TODAY))

    def test_debit_note_bears_no_interest_and_is_not_claimed_twice(self):
        self.book()
        self.company.dunning_entry_interest = True
        claims = self.sent(self.claim())
        note = self.ledger.items(claims.booking_ids.move_id)
        self.assertFalse(self.env['leanpay.late.interest']._of_items(note, date(2026, 12, 31)))
        reminder = self.reminders(self.customer)
        self.assertFalse(reminder._charges_today()[reminder].claimed)

    def test_draft_debit_note_counts_for_nothing(self):
        self.book()
        claims = self.sent(self.claim())
        claims.booking_ids.move_id.button_draft()
        self.assertEqual([claim.state for claim in claims], ['open', 'open'])

    def test_closed_period_tells_somebody_and_tries_again(self):
        self.book()
        reminder = self.claim()
        noise = 'odoo.addons.leanpay_dunning.models.leanpay_interest_book'
        with self.patch_post(UserError("closed")), mute_logger(noise):
            self.assertFalse(self.sent(reminder))
        self.assertTrue(reminder.charges_to_record)
        self.assertTrue(self.env['mail.activity'].search_count([('summary', '=', "Late interest cannot be booked")]))
        self.env['leanpay.interest.book']._record_claims()
        self.assertFalse(reminder.charges_to_record)

    def patch_post(self, error):
        return patch.object(self.env.registry['leanpay.interest.book'], '_post', side_effect=error)

    def test_booking_needs_its_accounts(self):
        with self.assertRaisesRegex(ValidationError, "choose a journal"):
            self.company.dunning_claim_booking = 'claimed'

    def test_booked_when_collected(self):
        self.book('collected')
        claims = self.sent(self.claim())
        self.assertFalse(claims.booking_ids)
        receipt = self.ledger.receipt(self.customer, 69.96)
        self.env['leanpay.interest.book']._book_exact_payments(self.company)
        self.assertEqual([claim.state for claim in claims], ['booked', 'booked'])
        receivable = (receipt | claims.booking_ids.move_id).line_ids.filtered(
            lambda line: line.account_id == self.ledger.accounts['receivable'])
        self.assertEqual(receivable.mapped('reconciled'), [True, True])

    def test_another_amount_is_booked_by_hand_only(self):
        self.book('collected')
        claims = self.sent(self.claim())
        self.ledger.receipt(self.customer, 50)
        self.env['leanpay.interest.book']._book_exact_payments(self.company)
        self.assertFalse(claims.booking_ids)
        claims.action_book_collected()
        self.assertEqual(sum(claims.mapped('amount_booked')), 50)
        with self.assertRaisesRegex(UserError, "no payment left"):
            claims.action_book_collected()

    def test_claim_in_another_currency(self):
        self.book()
        dollars = self.ledger.currency('USD', 2)
        self.late(self.customer, 90, 500, currency=dollars)
        self.plan(TODAY)
        reminder = self.reminders(self.customer).filtered(lambda one: one.currency_id == dollars)
        self.env['leanpay.delivery']._prepare(reminder)
        reminder._record_sent(f'{TODAY} 09:00:00')
        self.env['leanpay.interest.book']._record_claims()
        [note] = self.env['leanpay.interest.claim'].search([('reminder_id', '=', reminder.id)]).booking_ids.move_id
        receivable = self.ledger.items(note)
        self.assertEqual((receivable.amount_currency, receivable.balance), (94.98, 47.49))


@tagged('post_install', '-at_install')
class TestWaive(ClaimsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, 'waiver', 'leanpay_dunning.group_collections_manager,account.group_account_invoice',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.clerk = new_test_user(
            cls.env, 'clerk', 'leanpay_dunning.group_collections_user', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])

    def test_for_good(self):
        claims = self.sent(self.claim())
        self.waive(claims.with_user(self.manager), extent='for_good')
        self.assertEqual([claim.state for claim in claims], ['waived', 'waived'])
        self.assertFalse(self.env['leanpay.interest.claim']._settled(claims.move_line_id)(
            claims.move_line_id.id, self.env['leanpay.late.interest']._of_items(
                claims.move_line_id, date(2026, 12, 31))[claims.move_line_id.id])[0] <= INTEREST)
        self.assertIn("A gesture", ''.join(claims.debtor_id.message_ids.mapped('body')))
        claims.debtor_id._record_all_evidence()
        entry = claims.debtor_id.chain_ids.entry_ids.filtered(lambda one: one.kind == 'waiver')
        self.assertIn('"reason":"A gesture"', entry.text)

    def test_before_anything_was_claimed(self):
        debtor = self.ensure(self.customer)
        action = debtor.with_user(self.manager).action_waive_interest()
        claims = self.env['leanpay.interest.claim'].browse(action['context']['default_claim_ids'])
        self.waive(claims.with_user(self.manager), extent='for_good')
        self.assertEqual(self.claim().amount_claimed, 1000)

    def test_a_part_oldest_first(self):
        self.late(self.customer, 60, 1000)
        claims = self.sent(self.claim())
        indemnities = claims.filtered(lambda claim: claim.kind == 'indemnity').sorted(
            lambda claim: claim.move_line_id.date_maturity)
        self.waive(indemnities, extent='part', amount=50)
        self.assertEqual(indemnities.mapped('amount_waived'), [40, 10])
        self.assertEqual(indemnities.mapped('amount_open'), [0, 30])

    def test_what_was_booked_is_taken_back(self):
        self.book()
        claims = self.sent(self.claim())
        self.waive(claims, extent='to_date')
        self.assertEqual(claims.mapped('amount_booked'), [0, 0])
        self.assertTrue(all(self.ledger.items(claims.booking_ids.move_id).mapped('reconciled')))
        self.assertEqual(sum(self.ledger.items(claims.booking_ids.move_id).mapped('balance')), 0)

    def test_refusals(self):
        claims = self.sent(self.claim())
        with self.assertRaisesRegex(UserError, "No more can be waived"):
            self.waive(claims, extent='part', amount=1000)
        with self.assertRaisesRegex(UserError, "must be positive"):
            self.waive(claims, extent='part', amount=-1)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.waive(claims, reason="  ")
        with self.assertRaises(AccessError):
            self.waive(claims.with_user(self.clerk))
        with self.assertRaisesRegex(UserError, "Only a collections manager"):
            claims.debtor_id.with_user(self.clerk).action_waive_interest()
        self.assertFalse(claims.waiver_ids)

    def test_waiver_stays_as_decided(self):
        claims = self.sent(self.claim())
        self.waive(claims)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            claims.waiver_ids[:1].amount = 1
        with self.assertRaises(AccessError):
            claims.waiver_ids.with_user(self.manager).unlink()
