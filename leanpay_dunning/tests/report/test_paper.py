"""Letters of every country's envelopes: the address shows, nothing else does; codes are read by a real decoder."""
import datetime
import io
import re
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import zxingcpp
from pypdf import PdfReader

from ...engine.references import epc_payload, rf_reference
from ...report import texts_en
from ...report.address import fold_address
from ...report.charge_texts import EN
from ...report.errors import LetterError
from ...report.grid_sheet import render_test_grid
from ...report.letter import (
    ChargeSegment,
    ConsumerNotice,
    LateCharges,
    Recipient,
    forbidden_words,
    letter_paragraphs,
    render_letter,
)
from ...report.paper import PAPERS, custom_paper, paper_of
from ...report.words import translated
from .common import BANK, SENDER, LetterCase, chunks, line, make_letter, many_lines, shapes

SIX = Recipient(('Durand SA', 'Service Q', 'Bât G', 'ZA Nord', '1 rue A', '69002 Lyon'))
RF = rf_reference('MED202600042')
SEGMENT = ChargeSegment(
    'FAC/1', datetime.date(2026, 7, 1), datetime.date(2026, 11, 22), 145, Decimal(1000), Decimal('12.40'),
    "ECB_MRO 2026-07-01 2.40 + 10.00", Decimal('49.26'))
CHARGES = LateCharges(
    datetime.date(2026, 11, 22), 'claimed', 'claimed', Decimal('49.26'), Decimal(40), 1, (SEGMENT,))


def page_image(content, number=0, scale=3):
    """Return a page of a PDF as a picture."""
    return pypdfium2.PdfDocument(content)[number].render(scale=scale).to_pil()


class TestPapers(LetterCase):

    def test_address_shows_in_the_window_and_nothing_else_does(self):
        for paper in PAPERS.values():
            x, y, width, height = paper.window
            left, top, right, bottom = paper.reserved
            for recipient in (SIX, Recipient(('Durand', '1 rue A', '69002 Lyon'))):
                page = self.opened(make_letter(paper=paper, recipient=recipient)).pages[0]
                address, found = fold_address(recipient.lines), []
                for chunk in chunks(page):
                    inside = chunk.x + chunk.width > left and chunk.x < right and top < chunk.y and chunk.y - 3 < bottom
                    if chunk.text in address and inside:
                        found.append(chunk)
                        self.assertAlmostEqual(chunk.x, x, delta=0.1)
                        cap = 2.6 if height / len(address) > 3.9 else 1.9  # small print where the window is low
                        self.assertGreaterEqual(chunk.y - cap, y - 0.05, (paper.name, chunk))
                        self.assertLessEqual(chunk.y + cap * 0.35, y + height + 0.05, (paper.name, chunk))
                        self.assertLessEqual(chunk.x + chunk.width, x + width + 0.1)
                    elif inside:
                        self.assertAlmostEqual(chunk.y, paper.return_line or 0, delta=0.1, msg=(paper.name, chunk))
                self.assertEqual([chunk.text for chunk in found], list(address), paper.name)

    def test_text_stays_between_the_margins_of_the_sheet(self):
        for paper in PAPERS.values():
            reader = self.opened(make_letter(paper=paper, lines=many_lines(40), rf=RF))
            for page in reader.pages:
                self.assertAlmostEqual(float(page.mediabox.width) * 25.4 / 72, paper.size[0], delta=0.1)
                for chunk in chunks(page):
                    self.assertGreaterEqual(chunk.x, paper.left - 0.1, (paper.name, chunk))
                    self.assertLessEqual(chunk.x + chunk.width, paper.size[0] - 8, (paper.name, chunk))
                    self.assertLessEqual(chunk.y, paper.size[1] - 5)

    def test_folds_and_hole(self):
        for name, marks in (('DIN_5008_B', [105, 210, 149]), ('DIN_5008_A', [87, 192, 149]), ('US_10', [93, 186])):
            found = [int(box[1] + 0.501) for box in shapes(self.opened(make_letter(paper=PAPERS[name])).pages[0])
                     if box[2] < 15 and box[3] - box[1] < 0.1]
            self.assertEqual([at for at in found if at > 5], marks, name)

    def test_country_chooses(self):
        self.assertEqual([paper_of(code).name for code in ('FR', 'de', 'CH', 'US', None, 'XX')],
                         ['FR_DL', 'DIN_5008_B', 'CH_LEFT', 'US_10', 'FR_DL', 'FR_DL'])

    def test_own_measures_are_checked(self):
        paper = custom_paper((30, 50, 80, 25), (100, 200), 20, 20)
        page = self.opened(make_letter(paper=paper, recipient=SIX)).pages[0]
        self.assertIn('DURAND SA', [chunk.text.upper() for chunk in chunks(page) if abs(chunk.x - 30) < 0.1])
        for window, margins in (((0, 50, 80, 25), (20, 20)), ((30, 200, 80, 25), (20, 20)),
                                ((30, 50, 20, 25), (20, 20)), ((30, 50, 80, 25), (50, 50))):
            with self.assertRaises(LetterError):
                custom_paper(window, (), *margins)

    def test_grid(self):
        for paper in PAPERS.values():
            content = render_test_grid(paper)
            text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
            self.assertIn(f"x {paper.window[0]:g}", text)
            self.assertIn(f"fold {paper.folds[0]:g} mm", text)
            self.assertEqual(render_test_grid(paper), content)


class TestCode(LetterCase):

    def test_a_real_decoder_reads_what_is_to_be_paid(self):
        payload = epc_payload(BANK.holder, BANK.iban, Decimal('1089.26'), reference=RF, bic=BANK.bic)
        for lang in ('fr_FR', 'en_US', 'de_DE'):
            content = render_letter(make_letter(lang=lang, charges=CHARGES, rf=RF, qr=payload))
            [code] = zxingcpp.read_barcodes(page_image(content))
            self.assertEqual(code.bytes, payload.encode())
            self.assertEqual(code.ec_level, 'M')
            self.assertIn(f"EUR1089.26\n\n{RF}".encode(), code.bytes)
            text = PdfReader(io.BytesIO(content)).pages[0].extract_text().replace('\u00a0', ' ')
            self.assertIn(' '.join(RF[at:at + 4] for at in range(0, len(RF), 4)), text)

    def test_letter_without_code_has_the_lines_of_the_bank(self):
        content = render_letter(make_letter())
        self.assertFalse(zxingcpp.read_barcodes(page_image(content)))
        self.assertIn("IBAN", PdfReader(io.BytesIO(content)).pages[0].extract_text())


class TestLongLetters(LetterCase):

    def test_sums_are_carried_and_pages_numbered(self):
        letter = make_letter(lines=many_lines(300))
        reader = self.opened(letter)
        pages = [page.extract_text().replace('\xa0', ' ') for page in reader.pages]
        self.assertGreater(len(pages), 5)
        sums = []
        for number, page in enumerate(pages, 1):
            self.assertIn(f"Page {number} sur {len(pages)}", page)
            carried = re.search(r'À reporter\s+([\d ]+,\d\d)', page)
            brought = re.search(r'(?<!À )Report\s+([\d ]+,\d\d)', page)
            if brought:
                self.assertEqual(brought[1], sums[-1])
            if carried:
                sums.append(carried[1])
        self.assertGreater(len(sums), 4)
        last = letter.lines.index(next(one for one in letter.lines if one.reference in pages[1]))
        first_page = sum(one.amount_due for one in letter.lines[:last])
        self.assertEqual(Decimal(sums[0].replace(' ', '').replace(',', '.')), first_page)

    def test_a_letter_of_one_page_carries_nothing(self):
        self.assertNotIn("À reporter", self.text_of(make_letter(lines=many_lines(3))))


class TestCharges(LetterCase):

    def test_claimed_adds_up_and_says_how(self):
        text = self.text_of(make_letter(charges=CHARGES))
        for said in ("1 089,26 €", "Sous-total", "Pénalités de retard arrêtées au 22/11/2026", "Calcul des pénalités",
                     "12,40", "145", "taux de refinancement de la BCE au 01/07/2026 2,40 % + 10,00 points",
                     "continuent de courir"):
            self.assertIn(said, text)
        self.assertNotIn("Nous réservons tous nos droits", text)

    def test_lines_that_do_not_add_up_are_refused(self):
        for wrong in (replace(CHARGES, interest=Decimal('49.27')), replace(CHARGES, settled=Decimal(1))):
            with self.assertRaises(LetterError):
                render_letter(make_letter(charges=wrong))
        render_letter(make_letter(charges=replace(CHARGES, interest=Decimal('48.26'), settled=Decimal(1))))

    def test_printed_lines_add_up_to_the_printed_total(self):
        segments = tuple(
            replace(SEGMENT, reference=f'FAC/{number}', interest=Decimal(number)) for number in range(1, 31))
        total = sum((part.interest for part in segments), Decimal(0))
        charges = replace(CHARGES, segments=segments, interest=total)
        text = self.text_of(make_letter(charges=charges))
        self.assertIn("Total du calcul", text)
        self.assertIn("465,00", text)

    def test_consumer_letter_names_no_indemnity(self):
        text = self.text_of(make_letter(professional=False))
        self.assertNotIn("40", re.sub(r'MED-2026-00042|40 ', '', text))
        self.assertNotIn("indemnité", text)


class TestConsumerNotice(LetterCase):

    def test_mentions_of_each_country_and_language(self):
        notice = ConsumerNotice('BE', Decimal('65.00'), '0403.170.701', 'Abonnement')
        for lang, said in (
                ('fr_BE', ("gratuit", "quatorze jours", "65,00 €", "0403.170.701", "Abonnement")),
                ('en_GB', ("free of charge", "fourteen days", "€65.00")), ('de_BE', ("kostenlos", "vierzehn Tagen"))):
            letter = make_letter(kind='reminder', professional=False, lang=lang, consumer_notice=notice)
            text = self.text_of(letter)
            for part in said:
                self.assertIn(part, text)
            for paragraph in letter_paragraphs(letter):
                self.assertFalse(forbidden_words(paragraph), paragraph)
        dutch = self.text_of(make_letter(
            kind='reminder', professional=False, lang='en_GB', consumer_notice=replace(notice, country='NL')))
        self.assertIn("from the day after you receive this letter", dutch)


class TestGerman(LetterCase):

    def test_whole_and_without_forbidden_words(self):
        for kind in ('formal_notice', 'reminder'):
            letter = make_letter(lang='de_DE', kind=kind, charges=CHARGES)
            text = self.text_of(letter)
            for said in ("nach Erhalt dieses Schreibens", "Verzugszinsen", "Seite 1 von", "1.089,26 €"):
                self.assertIn(said, text)
            for paragraph in letter_paragraphs(letter):
                self.assertFalse(forbidden_words(paragraph), paragraph)

    def test_forbidden_words(self):
        self.assertTrue(forbidden_words("Der Gerichtsvollzieher kommt"))
        self.assertTrue(forbidden_words("zahlbar ab dem Datum dieses Schreibens"))


class TestSender(LetterCase):

    def test_letterhead_of_a_left_window_stands_on_the_right(self):
        page = self.opened(make_letter(paper=PAPERS['DIN_5008_B'])).pages[0]
        [name] = [chunk for chunk in chunks(page) if chunk.text.startswith(SENDER.name[:12]) and chunk.y < 40]
        self.assertAlmostEqual(name.x, 125, delta=0.1)

    def test_currency_without_minor_units(self):
        text = self.text_of(make_letter(
            currency='JPY', decimals=0, lines=(line(total='1000'),)))
        self.assertIn("1 000 ¥", text.replace('JPY', '¥').replace('JP¥', '¥'))


class TestTranslated(LetterCase):

    def spanish(self, term):
        return f'ES {term}'

    def test_a_letter_in_another_language_carries_its_words(self):
        words = (translated(texts_en, self.spanish), translated(EN, self.spanish))
        letter = make_letter(lang='es_ES', words=words, charges=CHARGES)
        text = self.text_of(letter)
        for said in ("ES FORMAL NOTICE", "ES Late interest to", "22 de noviembre de 2026", "ES Page 1 of"):
            self.assertIn(said, text)
        self.assertEqual(self.opened(letter).trailer['/Root']['/Lang'], 'es-ES')

    def test_half_a_translation_is_none(self):
        half = translated(texts_en, lambda term: term if term.startswith("Unless") else f'ES {term}')
        self.assertIsNone(half)
        self.assertIsNone(translated(texts_en, lambda term: term))

    def test_without_words_it_is_english(self):
        self.assertIn("FORMAL NOTICE", self.text_of(make_letter(lang='es_ES')))
