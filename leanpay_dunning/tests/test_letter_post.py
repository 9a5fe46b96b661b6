"""Letters on their way: one PDF in envelope order, mail house by folder, proofs, and what must not leave."""

import base64
import csv
import io
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.letter_checks import LetterFacts, letter_problems
from ..models.leanpay_letter_provider_mail_house import ROOT
from ..models.letter_drop import DropError, FolderDrop
from .common import TODAY
from .common_models import ModelsCase
from .report.test_evidence_file import pdf


class PostCase(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = '123 456 789 00011'
        cls.company.dunning_scenario_id = cls.make_scenario(cls.step_values("Letter", 10, channel='letter'))
        cls.customers = cls.env['res.partner'].union(*(
            cls.ledger.customer(name, zip=code)
            for name, code in (("Zoe", '01000'), ("Abel", '75002'), ("Max", '13001'))))
        for customer in cls.customers:
            cls.late(customer, 40, 100)
        cls.collector = new_test_user(
            cls.env, 'poster', 'leanpay_dunning.group_collections_user', company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)])

    def waiting(self):
        """Plan and deliver letters: they wait in somebody's hands."""
        self.plan(TODAY)
        self.deliver()
        return self.reminders().filtered(lambda reminder: reminder.state == 'todo')

    def wizard(self, **values):
        return self.env['leanpay.letter.post'].create(values)


@tagged('post_install', '-at_install')
class TestBatch(PostCase):

    def test_printed_in_the_order_of_the_envelopes(self):
        letters = self.waiting()
        self.assertEqual(len(letters), 3)
        wizard = self.wizard()
        action = wizard.action_print()
        file = self.env['ir.attachment'].browse(int(action['url'].rpartition('/')[2]))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(file.raw)).pages]
        self.assertEqual(
            [next(name for name in ("Zoe", "Max", "Abel") if name in page) for page in pages], ["Zoe", "Max", "Abel"])
        self.assertEqual(set(letters.mapped('outcome')), {'printed'})
        again = self.env['ir.attachment'].browse(int(wizard.action_print()['url'].rpartition('/')[2]))
        self.assertEqual(again.raw, file.raw)
        wizard.duplex = True
        both = self.env['ir.attachment'].browse(int(wizard.action_print()['url'].rpartition('/')[2]))
        self.assertEqual(len(PdfReader(io.BytesIO(both.raw)).pages), 6)

    def test_posted_with_tracking_numbers(self):
        letters = self.waiting()
        wizard = self.wizard()
        for number, line in enumerate(wizard.line_ids):
            line.tracking_number = f' 1A00{number} '
        wizard.action_posted()
        self.assertEqual(set(letters.mapped('state')), {'sent'})
        self.assertEqual(sorted(letters.mapped('tracking_number')), ['1A000', '1A001', '1A002'])
        with self.assertRaisesRegex(UserError, "posted or voided meanwhile"):
            wizard.action_posted()

    def test_same_number_twice_is_refused(self):
        letters = self.waiting()
        wizard = self.wizard()
        wizard.line_ids.tracking_number = '1A'
        with self.assertRaisesRegex(UserError, "same tracking number"):
            wizard.action_posted()
        self.assertEqual(set(letters.mapped('state')), {'todo'})

    def test_paid_meanwhile_is_not_posted(self):
        letters = self.waiting()
        wizard = self.wizard()
        paid = letters.filtered(lambda letter: letter.partner_id.name == "Abel")
        self.ledger.payment(paid.line_ids.move_line_id, 100)
        told = wizard.action_posted()
        self.assertIn("Abel", told['params']['message'])
        self.assertEqual((paid.state, (letters - paid).mapped('state')), ('void', ['sent', 'sent']))

    def test_proof_by_hand(self):
        letter = self.waiting()[0]
        self.wizard().action_posted()
        proof = self.env['leanpay.letter.proof'].with_user(self.collector).create({
            'reminder_id': letter.id, 'file': base64.b64encode(pdf("Receipt")), 'file_name': 'ar.pdf',
            'received_on': TODAY})
        proof.action_attach()
        self.assertEqual((letter.received_on, letter.receipt_proof_id.name), (TODAY, 'ar.pdf'))
        self.assertIn('ar.pdf', letter.debtor_id.message_ids.attachment_ids.mapped('name'))
        proof.file = base64.b64encode(b'MZ evil')
        with self.assertRaisesRegex(UserError, "PDF or a picture"):
            proof.action_attach()

    def test_a_plain_employee_posts_nothing(self):
        self.waiting()
        employee = new_test_user(self.env, 'plain', 'base.group_user', company_id=self.company.id,
                                 company_ids=[Command.set(self.company.ids)])
        with self.assertRaises(AccessError):
            self.env['leanpay.letter.post'].with_user(employee).create({})


@tagged('post_install', '-at_install')
class TestMailHouse(PostCase):

    def setUp(self):
        super().setUp()
        self.root = Path(tempfile.mkdtemp(prefix='leanpay-letters-'))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.env['ir.config_parameter'].sudo().set_param(ROOT, str(self.root))
        self.provider = self.env['leanpay.letter.provider'].create({
            'name': "Mail House", 'company_id': self.company.id, 'folder': 'house', 'registered': True})
        self.box = self.root / 'house'

    def handed(self):
        letters = self.waiting()
        self.wizard(provider_id=self.provider.id).action_hand_over()
        return letters

    def comes_back(self, rows, name='status.csv'):
        text = io.StringIO()
        writer = csv.DictWriter(text, ('ref', 'status', 'date', 'tracking', 'note'), delimiter=';')
        writer.writeheader()
        writer.writerows(rows)
        (self.box / 'inbox' / name).write_text(text.getvalue())
        self.fetch()

    def fetch(self):
        self.provider._fetch()
        self.env.cr.postcommit.run()

    def files(self, box):
        return sorted(path.name for path in (self.box / box).iterdir())

    def test_files_out(self):
        letters = self.handed()
        refs = sorted(letters.mapped('provider_ref'))
        names = self.files('outbox')
        self.assertEqual([name for name in names if name.endswith('.pdf')], sorted(f'{ref}.pdf' for ref in refs))
        [listing] = [name for name in names if name.endswith('.csv')]
        rows = list(csv.DictReader((self.box / 'outbox' / listing).open(encoding='utf-8', newline=''), delimiter=';'))
        self.assertEqual({row['ref'] for row in rows}, set(refs))
        zoe = next(row for row in rows if row['address_1'] == "Zoe")
        self.assertEqual((zoe['country'], zoe['pages'], zoe['registered']), ('FR', '1', '0'))
        self.assertEqual((self.box / 'outbox' / f"{zoe['ref']}.pdf").read_bytes(), letters.filtered(
            lambda letter: letter.provider_ref == zoe['ref']).letter_id.raw)
        self.assertEqual(set(letters.mapped('state')), {'todo'}, "only what was posted counts as said")

    def test_handed_over_twice_writes_the_same_files(self):
        letters = self.handed()
        before = {name: (self.box / 'outbox' / name).read_bytes() for name in self.files('outbox')}
        letters.provider_id = False  # as after a crash before the commit
        self.provider._send(letters)
        self.assertEqual({name: (self.box / 'outbox' / name).read_bytes() for name in self.files('outbox')}, before)
        self.assertFalse(self.provider._send(letters), "what it has is not sent again")

    def test_statuses_back(self):
        letter = self.handed()[0]
        ref = letter.provider_ref
        self.comes_back([{'ref': ref, 'status': 'posted', 'date': '2026-03-11', 'tracking': '2C1'}])
        self.assertEqual(
            (letter.state, letter.sent_date.isoformat(), letter.tracking_number), ('sent', '2026-03-11', '2C1'))
        self.comes_back([{'ref': ref, 'status': 'delivered', 'date': '2026-03-13', 'tracking': '2C1'}], 'two.csv')
        self.assertEqual(letter.received_on.isoformat(), '2026-03-13')
        self.assertEqual((self.files('inbox'), self.files('done')), ([], ['status.csv', 'two.csv']))
        self.comes_back([{'ref': ref, 'status': 'delivered', 'date': '2026-03-13', 'tracking': '2C1'}], 'again.csv')
        self.env['leanpay.reminder']._record_evidence()
        self.assertFalse(self.env['leanpay.evidence']._verify(letter.debtor_id.chain_ids))

    def test_proofs_back(self):
        letter = self.handed()[0]
        self.comes_back([{'ref': letter.provider_ref, 'status': 'posted', 'date': '2026-03-11'}])
        for kind in ('deposit', 'receipt'):
            (self.box / 'inbox' / f'{letter.provider_ref}_{kind}.pdf').write_bytes(pdf(kind))
        self.fetch()
        self.assertEqual((letter.deposit_proof_id.raw, letter.receipt_proof_id.raw), (pdf("deposit"), pdf("receipt")))
        self.assertEqual(self.files('inbox'), [])

    def test_bad_lines_are_named_and_the_good_ones_count(self):
        letters = self.handed()
        self.comes_back([
            {'ref': 'NOBODY', 'status': 'posted', 'date': '2026-03-11'},
            {'ref': letters[0].provider_ref, 'status': 'posted', 'date': '2026-03-11'},
            {'ref': letters[1].provider_ref, 'status': 'posted', 'date': 'yesterday'},
            {'ref': letters[1].provider_ref, 'status': 'eaten', 'date': '2026-03-11'}])
        self.assertEqual(letters.mapped('state'), ['sent', 'todo', 'todo'])
        told = (self.box / 'error' / 'status.csv.txt').read_text()
        for said in ("Line 2", "NOBODY", "Line 4", "yesterday", "Line 5", "eaten"):
            self.assertIn(said, told)
        self.assertNotIn("Line 3", told)
        self.assertTrue(self.env['mail.activity'].search_count([('summary', 'like', "Mail House")]))

    def test_files_that_are_none(self):
        self.handed()
        for name, content in (('a.csv', b'\xff\xfe\x00'), ('b.csv', b'x,y\n1,2'), ('c.txt', b'hello'),
                              ('L-1_receipt.pdf', pdf("x")), ('.partial.csv', b'ref')):
            (self.box / 'inbox' / name).write_bytes(content)
        self.fetch()
        self.assertEqual(self.files('inbox'), ['.partial.csv'])
        self.assertEqual([name for name in self.files('error') if not name.endswith('.txt')],
                         ['L-1_receipt.pdf', 'a.csv', 'b.csv'])

    def test_came_back(self):
        letter = self.handed()[0]
        self.comes_back([{'ref': letter.provider_ref, 'status': 'returned', 'date': '2026-03-11', 'note': "unknown"}])
        self.assertIn("A letter came back", ''.join(letter.debtor_id.activity_ids.mapped('summary')))

    def test_nothing_leaves_the_folder(self):
        for folder in ('../elsewhere', '/etc', 'a/../../b'):
            self.provider.folder = folder
            with self.assertRaisesRegex(UserError, "leaves the one"):
                self.provider._drop()
        drop = FolderDrop(self.root, 'house')
        for name in ('../x', 'a/b', '', '..'):
            with self.assertRaises(DropError):
                drop.put(name, b'x')
        self.env['ir.config_parameter'].sudo().set_param(ROOT, '')
        with self.assertRaisesRegex(UserError, "Ask the administrator"):
            self.provider._drop()

    def test_another_company_does_not_see_it(self):
        other = self.env['res.company'].sudo().create({'name': "Elsewhere"})
        manager = new_test_user(
            self.env, 'other_boss', 'leanpay_dunning.group_collections_manager', company_id=other.id,
            company_ids=[Command.set(other.ids)])
        providers = self.env(context={}, user=manager)['leanpay.letter.provider']
        self.assertFalse(providers.search([], limit=1))

    def test_what_stands_against_it_is_said(self):
        letters = self.waiting()
        letters[0].debtor_id._dispute(letters[0].line_ids.move_line_id, 'other')
        letters[0].sudo().state = 'todo'  # a dispute withdraws what is not posted: this one is in the post room already
        with self.assertRaisesRegex(UserError, "settle the dispute first"):
            self.provider._send(letters)
        self.assertFalse(letters.provider_id)
        self.assertEqual(self.files('outbox') if self.box.exists() else [], [])

    def test_electronic_registered_letter_is_one_more_provider(self):
        """What another module adds: a kind, and its three methods."""
        letters = self.waiting()
        self.provider.electronic = True
        letters[0].debtor_id.customer_type = 'consumer'
        with self.assertRaisesRegex(UserError, "only with their consent"):
            self.provider._send(letters[0])
        letters[0].debtor_id.electronic_letter_consent = TODAY
        sent = []
        providers = type(self.provider)
        with patch.object(providers, '_send_mail_house', lambda self, reminders: sent.extend(reminders.ids)), \
                patch.object(providers, '_fetch_mail_house', lambda self: self._status(letters[0], 'delivered', TODAY)):
            self.provider._send(letters[0])
            self.provider._fetch()
        self.assertEqual((sent, letters[0].state, letters[0].received_on), (letters[0].ids, 'sent', TODAY))

    def test_snailmail(self):
        letters = self.waiting()
        self.provider.kind = 'snailmail'
        with patch.object(type(self.env['snailmail.letter']), '_snailmail_print', lambda self, immediate=True: None):
            self.provider._send(letters)
        snail = self.env['snailmail.letter'].search([('attachment_id', 'in', letters.letter_id.ids)])
        self.assertEqual(snail.attachment_id, letters.letter_id)
        snail[0].state = 'sent'
        self.provider._fetch()
        self.assertEqual(letters.filtered(lambda one: one.letter_id == snail[0].attachment_id).state, 'sent')


@tagged('post_install', '-at_install')
class TestLetterChecks(PostCase):

    GOOD = {'waiting': True, 'made': True, 'complete_address': True, 'disputed': False, 'formal_notice': True,
            'earlier_reminder': True, 'days_late': 21, 'professional': True}

    def test_each_reason(self):
        self.assertEqual(letter_problems(LetterFacts(**self.GOOD), minimum_days_late=21), [])
        for change, electronic, problem in (
                ({'waiting': False}, False, 'not_waiting'), ({'made': False}, False, 'no_letter'),
                ({'complete_address': False}, False, 'no_address'), ({'disputed': True}, False, 'disputed'),
                ({'earlier_reminder': False}, False, 'no_earlier_reminder'), ({'days_late': 20}, False, 'too_early'),
                ({'email': True, 'professional': False}, True, 'no_consent'), ({}, True, 'no_email')):
            self.assertEqual(letter_problems(LetterFacts(**self.GOOD | change), electronic, 21), [problem])
        consented = self.GOOD | {'professional': False, 'consent': True, 'email': True, 'complete_address': False}
        self.assertEqual(letter_problems(LetterFacts(**consented), True, 21), [])
        simple = self.GOOD | {'formal_notice': False, 'earlier_reminder': False, 'days_late': 1}
        self.assertEqual(letter_problems(LetterFacts(**simple), False, 21), [])

    def test_facts_of_a_letter(self):
        letter = self.waiting()[0]
        facts = letter._letter_facts()
        self.assertTrue(facts.waiting and facts.made and facts.complete_address)
        self.assertEqual((facts.days_late, facts.disputed, facts.formal_notice), (40, False, False))
        letter.partner_id.street = False
        self.assertFalse(letter._letter_facts().complete_address)
        self.assertEqual(TODAY - timedelta(days=40), letter.line_ids.date_due)
