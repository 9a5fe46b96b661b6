"""What a letter says."""
import datetime
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import product

from pypdf import PdfReader

from odoo.tests import tagged

from ...report.letter import (
    ITEMS,
    BankDetails,
    ExtraRow,
    PastReminder,
    forbidden_words,
    letter_paragraphs,
    render_letter,
)
from .common import SENDER, LetterCase, flat, line, make_letter, many_lines

PAIR = (line('FAC/1', '1234.50', '234.50'), line('FAC/2', '500.05', disputed='0.05', days=3))


@tagged('post_install', '-at_install')
class TestLetterText(LetterCase):

    def test_french_formal_notice_says_all_it_must(self):
        text = self.text_of(make_letter(lines=PAIR))
        for expected in (
            'MISE EN DEMEURE', 'Lyon, le 22 novembre 2026', 'Mise en demeure de payer 2 factures échues',
            'MED-2026-00042', 'Établissements Moreau & Fils', 'SIREN 552 100 554', 'RCS Lyon 552 100 554',
            'SAS au capital de 120 000 €', 'TVA FR27552100554', '14, rue de la République',
            '12 septembre 2026 – Première relance (par e-mail)', '3 octobre 2026 – Deuxième relance (par courrier)',
            'Nous vous mettons en demeure de nous régler la somme de 1 500,00 €',
            'dans un délai de 8 jours à compter de la réception de la présente lettre',
            'FR76 3000 6000 0112 3456 7890 189', 'AGRIFRPP', 'Crédit Agricole', 'procédure judiciaire',
            'Pour Établissements Moreau & Fils', 'Claire Moreau', 'Directrice financière', 'Page 1 sur',
        ):
            self.assertIn(expected, text)

    def test_english_formal_notice_says_all_it_must(self):
        text = self.text_of(make_letter(lang='en_US', lines=PAIR))
        for expected in (
            'FORMAL NOTICE', 'Lyon, November 22, 2026', 'Formal notice to pay 2 overdue invoices',
            'September 12, 2026 – Première relance (by e-mail)',
            'We hereby give you formal notice to pay the sum of €1,500.00 within 8 days of receiving this letter.',
            'legal proceedings', 'Yours faithfully,', 'Claire Moreau', 'Page 1 of', 'Balance due', '€40 per invoice',
        ):
            self.assertIn(expected, text)

    def test_rows_show_dates_lateness_and_amounts(self):
        text = self.text_of(make_letter(lines=PAIR))
        self.assertIn('FAC/1 13/09/2026 13/10/2026 40 1 234,50 234,50 – 1 000,00', text)
        self.assertIn('FAC/2 20/10/2026 19/11/2026 3 500,05 – 0,05 500,00', text)
        self.assertIn('Total à régler 1 500,00 €', text)
        english = self.text_of(make_letter(lang='en_GB', lines=PAIR))
        self.assertIn('FAC/1 13 Sept 2026 13 Oct 2026 40 1,234.50 234.50 – 1,000.00', english)

    def test_disputed_column_only_when_something_is(self):
        self.assertIn('Contesté', self.text_of(make_letter(lines=PAIR)))
        self.assertNotIn('Contesté', self.text_of(make_letter()))

    def test_a_language_without_texts_gets_english(self):
        for lang in ('es_ES', 'zz', '', 'sr@latin'):
            text = self.text_of(make_letter(lang=lang))
            self.assertIn('FORMAL NOTICE', text, lang)
            self.assertIn('22 November 2026', text, lang)
        self.assertIn('MISE EN DEMEURE', self.text_of(make_letter(lang='fr_BE')))

    def test_one_or_many(self):
        one = self.text_of(make_letter(deadline_days=1))
        self.assertIn('la facture détaillée ci-dessous est échue', one)
        self.assertIn('dans un délai de 1 jour à compter', one)
        many = self.text_of(make_letter(lines=PAIR, past_reminders=()))
        self.assertIn('les factures détaillées ci-dessous sont échues', many)
        self.assertNotIn('relance', many.lower())

    def test_messages_of_one_day_and_step_are_one_line(self):
        day = datetime.date(2026, 10, 3)
        text = self.text_of(make_letter(past_reminders=(
            PastReminder(day, 'Dernière relance', 'email'), PastReminder(day, 'Dernière relance', 'sms'),
            PastReminder(day, 'Visite'))))
        self.assertIn('3 octobre 2026 – Dernière relance (par e-mail, par SMS)', text)
        self.assertEqual(text.count('3 octobre 2026'), 2)

    def test_past_reminders_are_in_order_and_may_be_tuples(self):
        past = ((datetime.date(2026, 10, 3), 'Appel', 'phone'), (datetime.date(2026, 9, 1), 'Courriel', ''),
                PastReminder(datetime.date(2026, 9, 20), 'Visite', 'par notre commercial'))
        text = self.text_of(make_letter(past_reminders=past))
        order = [text.index(part) for part in (
            '1 septembre 2026 – Courriel',
            '20 septembre 2026 – Visite (par notre commercial)', '3 octobre 2026 – Appel (par téléphone)')]
        self.assertEqual(order, sorted(order))

    def test_reminder_letter_does_not_threaten(self):
        text = self.text_of(make_letter(kind='reminder'))
        self.assertIn('RELANCE', text)
        self.assertIn('Nous vous remercions de bien vouloir nous régler la somme de 1 000,00 €', text)
        for absent in ('demeure', 'judiciaire', 'indemnité', '40 €'):
            self.assertNotIn(absent, text)

    def test_a_consumer_never_reads_about_the_indemnity(self):
        claims = {'fr_FR': ('40 €', 'indemnité', 'pénalités'), 'en_US': ('€40', 'fixed sum', 'penalties')}
        for lang, words in claims.items():
            professional = self.text_of(make_letter(lang=lang))
            consumer = self.text_of(make_letter(lang=lang, professional=False))
            for word in words:
                self.assertIn(word, professional)
                self.assertNotIn(word, consumer)

    def test_no_word_imitates_a_court_or_dates_the_deadline_from_the_letter(self):
        for lang, kind, professional in product(('fr_FR', 'en_US'), ('formal_notice', 'reminder'), (True, False)):
            text = self.text_of(make_letter(lang=lang, kind=kind, professional=professional))
            self.assertEqual(forbidden_words(text), (), text)
            self.assertNotRegex(text, r"à compter de (la présente(?! lettre)|ce jour|la date)")

    def test_forbidden_words_are_found(self):
        for text in (
            "COMMANDEMENT de payer", "Sommation interpellative", "notre huissier", "DERNIER AVIS AVANT SAISIE",
            "sous huit jours à compter de la présente.", "Commissaire de\njustice", "a bailiff will call",
        ):
            self.assertTrue(forbidden_words(text), text)
        self.assertFalse(forbidden_words("à compter de la réception de la présente lettre, written"))

    def test_payment_means(self):
        url = 'https://moreau.example/my/invoices?access_token=3f2a9c1e-77aa-4b1e-9d5f-0a8b7c6d5e4f&debtor=42'
        letter = make_letter(payment_url=url, payment_reference='RF18 5390 0754 7034')
        self.assertIn(url, self.text_of(letter).replace(' ', ''))
        self.assertIn('RF18 5390 0754 7034', self.text_of(letter))
        page = self.opened(letter).pages[0]
        targets = {note.get_object()['/A']['/URI'] for note in page['/Annots']}
        self.assertEqual(targets, {url})

    def test_an_account_that_is_no_iban(self):
        bank = BankDetails('Moreau Inc', '021000021 / 123456789', '', 'First Bank')
        text = self.text_of(make_letter(lang='en_US', sender=replace(SENDER, bank=bank)))
        self.assertIn('Account number 021000021 / 123456789 Bank First Bank', text)
        self.assertNotIn('IBAN', text)

    def test_without_account_nor_link_the_reader_knows_whom_to_ask(self):
        text = self.text_of(make_letter(sender=replace(SENDER, bank=None)))
        self.assertNotIn('IBAN', text)
        self.assertIn('Contactez-nous : comptabilite@moreau.example · 04 72 00 00 00', text)

    def test_standard_text_given_back_makes_the_same_letter(self):
        letter = make_letter(lines=PAIR)
        self.assertEqual(render_letter(replace(letter, paragraphs=letter_paragraphs(letter))), render_letter(letter))

    def test_edited_text_keeps_the_blocks(self):
        own = ('Cher Monsieur,', 'Voici où nous en sommes.\nSeconde ligne.', 'Payez **vite**, svp.', 'Bien à vous,')
        text = self.text_of(make_letter(paragraphs=own))
        places = [text.index(part) for part in (
            'Cher Monsieur,', 'Seconde ligne.', 'Reste dû', 'Nos relances précédentes', 'Payez vite, svp.', 'IBAN',
            'Bien à vous,', 'Claire Moreau')]
        self.assertEqual(places, sorted(places))
        self.assertNotIn('mettons en demeure', text)
        self.assertNotIn('[[', self.text_of(make_letter(paragraphs=(ITEMS,))))

    def test_subject_mention_and_title(self):
        letter = make_letter(subject='Notre affaire', mention='Lettre recommandée avec avis de réception', title='T1')
        text = self.text_of(letter)
        self.assertIn('Notre affaire', text)
        self.assertIn('Lettre recommandée avec avis de réception', text)
        self.assertEqual(self.opened(letter).metadata.title, 'T1')


@tagged('post_install', '-at_install')
class TestLetterMoney(LetterCase):

    def test_total_is_the_sum_of_the_printed_balances(self):
        letter = make_letter(lines=many_lines(60), credits=(line('RFAC/1', '-100.10', '-0.10', kind='credit'),))
        text = self.text_of(letter)
        number = r'-?\d{1,3}(?: \d{3})*,\d\d'
        rows = re.findall(rf'(?:FAC/\d{{4}}|À déduire : RFAC/1) .*?({number}) (?:–|{number}) ({number})(?= )', text)
        self.assertEqual(len(rows), 61)
        due = sum(Decimal(amount.replace(' ', '').replace(',', '.')) for _total, amount in rows)
        self.assertEqual(due, Decimal('18200.60'))  # 10 × (1 + … + 60) + 60 × 0,01 − 100,00
        self.assertEqual(letter.total, due)
        self.assertIn('18 200,60 €', text)

    def test_credit_is_deducted_and_not_late(self):
        letter = make_letter(credits=(line('RFAC/9', '-250.00', days=90, kind='credit'),))
        text = self.text_of(letter)
        self.assertIn('À déduire : RFAC/9 25/07/2026 – -250,00 – -250,00', text)
        self.assertIn('régler la somme de 750,00 €', text)

    def test_extra_rows_add_to_the_total(self):
        rows = (ExtraRow('Pénalités au 22/11/2026', Decimal('12.34')), ('Autre', Decimal('1')))
        text = self.text_of(make_letter(interest_block=rows))
        for expected in ('Sous-total 1 000,00 €', 'Pénalités au 22/11/2026 12,34 €', 'Autre 1,00 €',
                         'Total à régler 1 013,34 €', 'la somme de 1 013,34 €'):
            self.assertIn(expected, text)

    def test_currencies_and_their_decimals(self):
        yen = self.text_of(make_letter(currency='JPY', decimals=0, lines=(line(total='1234567'),)))
        self.assertIn('1 234 567', yen)
        self.assertNotIn('1 234 567,', yen)
        self.assertIn('Montants en yens japonais', yen)
        dinar = self.text_of(make_letter(currency='KWD', decimals=3, lines=(line(total='1.234'),), lang='en_US'))
        self.assertIn('1.234', dinar)
        dollar = self.text_of(make_letter(currency='USD', lang='en_US'))
        self.assertIn('$1,000.00', dollar)
        # what Odoo rounds to, not what CLDR thinks
        self.assertIn('1 000 ', self.text_of(make_letter(decimals=0)))

    def test_noise_of_floats_is_tidied(self):
        noisy = replace(line(total='0.3'), amount_total=Decimal(0.1 + 0.2), amount_due=Decimal('0.3'))
        self.assertIn('0,30 €', self.text_of(make_letter(lines=(noisy,))))

    def test_very_long_amounts_stay_in_their_columns(self):
        letter = make_letter(lines=(line('F' * 70, '123456789012.34', '1.34', '11.00'),))
        self.assertIn('123 456 789 000,00 €', self.text_of(letter))


@tagged('post_install', '-at_install')
class TestLetterDocument(LetterCase):

    def test_same_letter_same_bytes(self):
        letter = make_letter(lines=many_lines(40))
        first = render_letter(letter)
        render_letter(make_letter(lang='en_US', lines=PAIR))
        self.assertEqual(render_letter(replace(letter)), first)
        self.assertNotEqual(render_letter(replace(letter, number='MED-2026-00043')), first)

    def test_letters_made_at_once_do_not_mix(self):
        letters = [make_letter(lines=(line(text),)) for text in ('ABC', 'Ελλάδα', 'Україна', 'żółć')] * 6
        alone = [render_letter(letter) for letter in letters]
        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(render_letter, letters)), alone)

    def test_metadata_and_language(self):
        for lang, expected in (('fr_FR', 'fr-FR'), ('en_US', 'en-US'), ('de_DE', 'de-DE'), ('es_ES', 'en-GB')):
            reader = self.opened(make_letter(lang=lang))
            self.assertEqual(reader.root_object['/Lang'], expected)
        reader = self.opened(make_letter())
        self.assertEqual(flat(reader.metadata.title), 'Mise en demeure n° MED-2026-00042')
        self.assertEqual(reader.metadata.author, 'Établissements Moreau & Fils')
        self.assertEqual(reader.metadata.subject, 'Mise en demeure de payer une facture échue')
        self.assertEqual(reader.metadata.creation_date.date(), datetime.date(2026, 11, 22))
        self.assertTrue(reader.root_object['/ViewerPreferences']['/DisplayDocTitle'])

    def test_every_font_used_is_embedded(self):
        reader = PdfReader(io.BytesIO(render_letter(make_letter())))
        used = set()
        for page in reader.pages:
            code = page.get_contents().get_data().decode('latin-1')
            fonts = page['/Resources']['/Font']
            for name in set(re.findall(r'(/F\d+\+?\d*) [\d.]+ Tf', code)):
                font = fonts[name].get_object()
                used.add(font['/BaseFont'].split('+')[-1])
                if '+' in font['/BaseFont']:
                    self.assertIn('/FontFile2', font['/FontDescriptor'])
        self.assertEqual({name for name in used if 'Noto' in name}, {'NotoSans-Regular', 'NotoSans-Bold'})
        self.assertFalse({name for name in used if 'Noto' not in name})

    def test_other_scripts_of_europe(self):
        letter = make_letter(lines=(line('Ελλάδα-Україна-Łódź'),))
        self.assertIn('Ελλάδα-Україна-Łódź', self.text_of(letter))
