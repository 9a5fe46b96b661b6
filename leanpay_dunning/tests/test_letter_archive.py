import base64
import hashlib
import io
from datetime import timedelta
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.translate import CodeTranslations

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase

DAY = timedelta(days=1)


def text_of(attachment):
    """Return the text of a PDF, its spaces made plain."""
    text = '\n'.join(page.extract_text() for page in PdfReader(io.BytesIO(attachment.raw)).pages)
    return text.replace('\u202f', ' ').replace('\xa0', ' ')


@tagged('post_install', '-at_install')
class TestLetterArchive(ModelsCase):
    """Letters are numbered, archived and never changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({'company_registry': '123 456 789 00011'})
        cls.env['res.partner.bank'].create({
            'acc_number': 'FR7630006000011234567890189', 'partner_id': cls.company.partner_id.id})
        cls.customer = cls.ledger.customer("Letters")
        cls.invoice = cls.late(cls.customer, 90)
        cls.notice = cls.notice_for(cls.customer)
        cls.letters = cls.env['leanpay.letter']

    @classmethod
    def notice_for(cls, partner, ledger=None):
        """Bring a customer to the formal notice; returns its first message."""
        ledger = ledger or cls.ledger
        reminders = ledger.env['leanpay.reminder']
        mine = [('partner_id', '=', partner.id), ('company_id', '=', ledger.company.id), ('state', '!=', 'sent')]
        for days in (60, 40, 20):
            day = TODAY - days * DAY
            ledger.run(day)
            for reminder in reminders.search(mine):
                reminder._record_sent(f'{day} 09:00:00')
        ledger.run(TODAY)
        notice = reminders.search([*mine, ('primary_id', '=', False)])
        assert notice.level == '4', notice.level
        return notice

    def test_number_is_a_sequence_of_the_company(self):
        other = Ledger(self.env(context={}), "Autre SAS", dunning_scenario_id=self.scenario.id, company_registry='9')
        second = self.ledger.customer("Second")
        self.late(second, 90)
        theirs = self.customer.with_env(other.env)
        other.invoice(theirs, 50, TODAY - 90 * DAY)
        notices = [self.notice, self.notice_for(second), self.notice_for(theirs, other)]
        for notice in notices:
            self.letters._make(notice)
        self.assertEqual(
            [notice.letter_number for notice in notices], ['MED/2026/00001', 'MED/2026/00002', 'MED/2026/00001'])

    def test_made_once(self):
        letter = self.letters._make(self.notice)
        number = self.notice.letter_number
        self.assertEqual(self.letters._make(self.notice), letter)
        self.assertEqual(self.notice.letter_number, number)
        self.assertEqual(letter.description, hashlib.sha256(letter.raw).hexdigest())
        self.assertEqual((letter.mimetype, letter.res_model, letter.res_id), (
            'application/pdf', 'leanpay.reminder', self.notice.id))

    def test_second_message_carries_the_same_letter(self):
        companion = self.notice.companion_ids
        self.assertEqual((self.notice.channel, companion.channel), ('letter', 'email'))
        self.assertEqual(self.letters._make(companion), self.letters._make(self.notice))
        self.assertFalse(companion.letter_number)

    def test_what_is_printed(self):
        text = text_of(self.letters._make(self.notice))
        for expected in (self.notice.letter_number, self.invoice.name, "100,00", "LETTERS", "123 456 789 00011"):
            self.assertIn(expected.lower(), text.lower())
        self.assertIn("mise en demeure", text.lower())

    def test_reminder_letters_are_numbered_apart(self):
        customer = self.ledger.customer("Paper", email=False)
        self.late(customer, 10)
        self.plan()
        reminder = self.pending(customer)
        self.assertEqual(reminder.channel, 'letter')
        self.letters._make(reminder)
        self.assertEqual(reminder.letter_number, f"REL-{reminder.id}")
        self.letters._make(self.notice)
        self.assertEqual(self.notice.letter_number, 'MED/2026/00001')

    # === PROOF === #

    def everybody(self):
        """Yield the environments of people who would like to change a letter, the superuser included."""
        admin = self.env.ref('base.user_admin')
        manager = self.env['res.users'].create({
            'name': "Manager", 'login': 'manager@letters.example', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)], 'group_ids': [Command.set((
                self.env.ref('leanpay_dunning.group_collections_manager') | self.env.ref('base.group_system')).ids)]})
        admin.company_ids |= self.company
        for user in (self.env.user, admin, manager):
            yield self.env(user=user)

    def test_archived_letter_cannot_be_changed(self):
        letter = self.letters._make(self.notice)
        content = letter.raw
        for env in self.everybody():
            for values in ({'raw': b'other'}, {'datas': 'b3RoZXI='}, {'name': "other.pdf"}, {'res_id': 1},
                           {'res_model': 'res.partner'}, {'description': "other"}, {'mimetype': 'text/plain'},
                           {'type': 'url', 'url': 'https://other.example'}, {'company_id': False}):
                with self.subTest(user=env.user.login, values=values), self.refused(UserError, "archived as proof"):
                    letter.with_env(env).sudo().write(values)
        self.assertEqual(letter.raw, content)

    def test_archived_letter_cannot_be_deleted(self):
        letter = self.letters._make(self.notice)
        for env in self.everybody():
            with self.subTest(user=env.user.login), self.refused(UserError, "archived as proof"):
                letter.with_env(env).sudo().unlink()
        self.assertTrue(letter.exists())

    def test_archived_letter_cannot_be_taken_off_its_reminder(self):
        letter = self.letters._make(self.notice)
        for values in ({'letter_id': False}, {'letter_number': "1"}):
            with self.subTest(values), self.refused(UserError, "archived as proof"):
                self.notice.write(values)
        self.notice.state = 'approved'
        with self.refused(UserError, "cannot be deleted"):
            self.notice.unlink()
        self.notice.write({'letter_id': letter.id})
        self.assertEqual(self.notice.letter_id, letter)

    def test_other_attachments_are_free(self):
        attachment = self.env['ir.attachment'].create({'name': "a.txt", 'raw': b'a'})
        attachment.write({'name': "b.txt", 'raw': b'b'})
        attachment.unlink()
        self.assertFalse(attachment.exists())

    # === ERRORS === #

    def test_letter_that_cannot_be_made_fails_with_a_sentence(self):
        self.customer.name = "上海 Letters"  # the font of letters has no Chinese
        texts = {}
        for lang in ('en_US', 'fr_FR'):
            reminder = self.notice
            reminder.state = 'approved'
            self.env['leanpay.delivery'].with_context(lang=lang)._prepare(reminder.with_context(lang=lang))
            self.assertEqual(reminder.state, 'failed')
            texts[lang] = reminder.error
        self.assertTrue(all(text.endswith('.') for text in texts.values()), texts)
        self.assertNotEqual(texts['en_US'], texts['fr_FR'])
        self.assertFalse(self.notice.letter_id)
        self.assertIn("A reminder could not leave", self.activities(self.debtor(self.customer)))

    # === PRINTED === #

    def test_printed_then_posted(self):
        """Who opens the letter to post it has printed it; looking at it later, or without rights, changes nothing."""
        self.notice.write({'channel': 'letter', 'state': 'todo'})
        self.letters._make(self.notice)
        groups = {'reader': 'account.group_account_readonly', 'collector': 'leanpay_dunning.group_collections_user'}
        users = {
            name: mail_new_test_user(
                self.env, login=f'{name}@letter.example', groups=group, company_id=self.company.id,
                company_ids=self.company.ids)
            for name, group in groups.items()}
        for name, outcome in (('reader', False), ('collector', 'printed')):
            action = self.notice.with_user(users[name]).action_print_letter()
            self.assertEqual(action['url'], f'/web/content/{self.notice.letter_id.id}')
            self.assertEqual(self.notice.outcome, outcome)
        self.assertEqual(self.notice.state, 'todo', "nobody has received it yet")
        self.notice.with_user(users['collector']).action_mark_posted()
        self.notice.with_user(users['collector']).action_print_letter()
        self.assertEqual((self.notice.state, self.notice.outcome), ('sent', 'posted'))

    # === STATEMENT === #

    def test_statement_equals_the_ledger(self):
        self.late(self.customer, 30, 1234.56)
        self.late(self.customer, -20, 65.44)
        self.late(self.customer, 5, 200, kind='out_refund')
        self.ledger.payment(self.item(self.invoice), 40)
        self.ledger.receipt(self.customer, 10)
        self.late(self.customer, 30, 999, currency=self.ledger.currency('USD', 2))
        self.late(self.ledger.customer("Other"), 30, 5555)
        items = self.debtor(self.customer).item_ids.filtered(
            lambda item: item.currency_id == self.company.currency_id)
        total = sum(items.mapped('amount_residual_currency'))
        self.assertAlmostEqual(total, 60 + 1234.56 + 65.44 - 200 - 10, 2)
        statement = self.letters._make_statement(self.notice)
        text = text_of(statement)
        self.assertIn("1 150,00", text)
        for item in items.filtered(lambda item: item.move_id.is_invoice()):
            self.assertIn(item.move_name, text)
        self.assertNotIn("999,00", text)
        self.assertNotIn("5 555,00", text)

    def test_same_bytes_years_later(self):
        """Whatever has changed since: the customer, the company, its logo, the rates, the templates."""
        self.company.logo = self.customer_logo()
        letter = self.letters._make(self.notice)
        self.notice._record_sent(f'{TODAY} 09:00:00')
        self.company.write({'name': "Renamed SAS", 'logo': False, 'phone': '+33 1 00 00 00 00', 'city': "Nice"})
        self.customer.write({'name': "Renamed too", 'street': "Elsewhere"})
        self.ledger.payment(self.ledger.items(self.invoice), 40)
        self.go_to(TODAY.replace(year=2031))
        self.env.invalidate_all()
        self.assertEqual(self.letters._made_again(self.notice), letter.raw)

    def test_what_a_letter_is_made_again_from_stays(self):
        self.company.logo = self.customer_logo()
        self.letters._make(self.notice)
        logo = self.env['ir.attachment'].search([('name', 'like', 'leanpay-letter-logo-')], limit=1)
        for change in (logo.unlink, lambda: logo.write({'raw': b'x'})):
            with self.assertRaisesRegex(UserError, "archived as proof"):
                change()
        with self.assertRaisesRegex(UserError, "archived as proof"):
            self.notice.sudo().letter_inputs = False

    def test_a_letter_without_inputs_says_so(self):
        with self.assertRaisesRegex(UserError, "before its inputs were kept"):
            self.letters._made_again(self.notice)

    def customer_logo(self):
        buffer = io.BytesIO()
        Image.new('RGB', (120, 40), (160, 30, 30)).save(buffer, 'PNG')
        return base64.b64encode(buffer.getvalue())

    def consumer_letter(self, country, **values):
        """Return the text of the first letter to a consumer of a seller in a country, and the letter's reminder."""
        self.company.country_id = self.company.partner_id.country_id = self.env.ref(f'base.{country}')
        person = self.ledger.customer("Consumer", is_company=False, lang='en_US')
        self.late(person, 30, 700)
        self.plan(TODAY)
        [reminder] = self.reminders(person)
        return text_of(self.letters._make(reminder)), reminder

    def test_free_letter_to_a_belgian_consumer(self):
        text, reminder = self.consumer_letter('be')
        for said in ("free of charge", "€75.00", "123 456 789 00011", "Service", "14 days"):
            self.assertIn(said, text)  # 65 € and 5 % of what is above 500 €
        reminder._record_sent(f'{TODAY} 09:00:00')
        item = reminder.line_ids.move_line_id
        law = self.env['leanpay.late.interest']
        self.assertEqual(law._of_items(item, TODAY + 10 * DAY)[item.id].indemnity, 0)
        self.assertEqual(law._of_items(item, TODAY + 30 * DAY)[item.id].indemnity, 75)

    def test_free_letter_to_a_dutch_consumer(self):
        text, _reminder = self.consumer_letter('nl')
        self.assertIn("€105.00", text)  # 15 % of the first 2 500 €
        self.assertIn("from the day after you receive this letter", text)

    def test_french_consumer_gets_no_such_notice(self):
        text, _reminder = self.consumer_letter('fr')
        self.assertNotIn("free of charge", text)

    def test_words_of_a_language_that_is_translated(self):
        """Spanish has no texts of its own here: English until every term is translated, then Spanish."""
        self.env['res.lang']._activate_lang('es_ES')
        self.assertIsNone(self.letters._words('es_ES'))
        self.assertIsNone(self.letters._words('fr_FR'), "it has its own")
        self.env.registry.clear_cache()
        with patch.object(CodeTranslations, 'get_python_translations', lambda _self, _module, _lang: EverySpanish()):
            words, _charges = self.letters._words('es_ES')
        self.assertEqual(words['SALUTATION'], "ES Dear Sir or Madam,")
        self.env.registry.clear_cache()


class EverySpanish(dict):
    """Translates everything."""

    def get(self, key, default=None):
        return f'ES {key}'

    def __contains__(self, key):
        return True
