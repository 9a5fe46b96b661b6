"""Where things are on the paper."""
from dataclasses import replace
from datetime import date

from odoo.tests import tagged

from ...report.address import fold_address
from ...report.fonts import REGULAR
from ...report.letter import PastReminder, Recipient
from ...report.text import width_mm
from .common import SENDER, LetterCase, chunks, line, make_letter, many_lines, shapes
from .test_letter_input import picture

WIDE = Recipient(('WWWWWWWWWW MMMMMMMMMM WWWWWWWWWW MMMMM', 'Service', 'Bât', 'ZA', '1 rue A', '69002 LYON'))
SIX = Recipient(('Durand SA', 'Service Q', 'Bât G', 'ZA Nord', '1 rue A', '69002 Lyon'))
LEGAL = ' · '.join((SENDER.name, *SENDER.legal_lines))
FOOT_TOP = 286.1  # one line of legal identity


@tagged('post_install', '-at_install')
class TestWindow(LetterCase):

    def letters(self):
        crowded = replace(
            SENDER, name='Compagnie européenne de fournitures industrielles et de services associés du Sud-Ouest',
            address_lines=('Une ligne de notre adresse, bien assez longue pour être pliée',) * 5,
            logo=picture((300, 300)),
        )
        for sender in (SENDER, crowded):
            for recipient in (SIX, WIDE, Recipient(('Durand', '1 rue A', '69002 Lyon'))):
                yield make_letter(sender=sender, recipient=recipient)

    def test_the_address_is_inside_the_window_whatever_the_slack(self):
        for letter in self.letters():
            page = self.opened(letter).pages[0]
            address = fold_address(letter.recipient.lines)
            found = {chunk.text: chunk for chunk in chunks(page) if chunk.x > 105 and 45 < chunk.y < 90}
            self.assertEqual(set(found), set(address))
            for chunk in found.values():
                self.assertAlmostEqual(chunk.x, 110, delta=0.1)
                # cap height 2.6 mm above and descender 0.9 mm below the baseline, 35 and 45 mm windows
                self.assertGreaterEqual(chunk.y - 2.6, 55)
                self.assertLessEqual(chunk.y + 0.9, 79)
            heights = [found[part].y for part in address]
            self.assertEqual(heights, sorted(heights))

    def test_a_wide_line_is_narrowed_to_the_window(self):
        code = self.opened(make_letter(recipient=WIDE)).pages[0].get_contents().get_data().decode('latin-1')
        scales = [int(part.split()[-1]) for part in code.split(' Tz')[:-1]]
        self.assertTrue(scales)
        self.assertLessEqual(width_mm(WIDE.lines[0], REGULAR, 9) * min(scales) / 100, 80)
        self.assertEqual(scales[-1], 100)

    def test_nothing_else_shows_in_the_window(self):
        for letter in self.letters():
            page = self.opened(letter).pages[0]
            address = fold_address(letter.recipient.lines)
            for chunk in chunks(page):
                if chunk.text in address and chunk.x > 105:
                    continue
                right = chunk.x + chunk.width
                in_zone = right > 100 and chunk.x < 200 and chunk.y > 40 and chunk.y - 4 < 95
                self.assertFalse(in_zone, chunk)
            for x1, y1, x2, y2 in shapes(page):
                self.assertFalse(x2 > 100 and x1 < 200 and y2 > 40 and y1 < 95, (x1, y1, x2, y2))

    def test_fold_marks(self):
        marks = [box for box in shapes(self.opened(make_letter()).pages[0]) if box[2] < 15 and box[3] - box[1] < 0.1]
        self.assertEqual([round(box[1]) for box in marks], [99, 198])


@tagged('post_install', '-at_install')
class TestPages(LetterCase):

    def test_an_ordinary_letter_is_one_page(self):
        past = (*make_letter().past_reminders, PastReminder(date(2026, 10, 24), 'Dernière relance amiable', 'letter'))
        for count in (1, 2, 3):
            letter = make_letter(lines=many_lines(count), past_reminders=past)
            self.assertEqual(len(self.opened(letter).pages), 1, count)
        self.assertEqual(len(self.opened(make_letter(kind='reminder', lines=many_lines(5))).pages), 1)

    def test_sixty_lines(self):
        letter = make_letter(lines=many_lines(60))
        texts = self.page_texts(letter)
        self.assertGreater(len(texts), 2)
        for number, text in enumerate(texts, 1):
            self.assertIn(f'Page {number} sur {len(texts)}', text)
            self.assertIn('MED-2026-00042', text)
            self.assertIn('SIREN 552 100 554', text)
            # the table's head wherever there are rows
            self.assertEqual('FAC/' in text, 'Échéance' in text and 'Reste dû' in text, number)
        joined = ' '.join(texts)
        for row in letter.lines:
            self.assertEqual(joined.count(f'{row.reference} '), 1)

    def test_total_and_last_line_share_a_page_and_all_stays_on_the_paper(self):
        for count in range(1, 75):
            reader = self.opened(make_letter(lines=many_lines(count)))
            texts = [page.extract_text() for page in reader.pages]
            with_total = next(text for text in texts if 'Total à régler' in text)
            self.assertIn(f'FAC/{count:04}', with_total)
            signed = next(text for text in texts if 'Directrice' in text)
            self.assertIn('distinguées', signed)
            self.assertIn('croisé', signed)
            for number, page in enumerate(reader.pages, 1):
                below = [chunk for chunk in chunks(page) if chunk.y > FOOT_TOP - 5]
                self.assertEqual(
                    ' '.join(chunk.text for chunk in below),
                    f'Mise en demeure n° MED-2026-00042 Page {number} sur {len(texts)} {LEGAL}', count,
                )
                self.assertLess(max(chunk.y for chunk in below), 292)

    def test_long_texts_flow(self):
        own = ('Bonjour,', 'Une phrase assez longue pour remplir la page. ' * 250, 'Cordialement,')
        reader = self.opened(make_letter(paragraphs=own))
        self.assertGreater(len(reader.pages), 2)
        joined = ' '.join(self.page_texts(make_letter(paragraphs=own)))
        self.assertEqual(joined.count('remplir'), 250)

    def test_long_references_wrap_in_their_column(self):
        reference = 'FACTURE-' + 'ABCDEFGHIJ' * 9
        page = self.opened(make_letter(lines=(line(reference),))).pages[0]
        rows = [chunk for chunk in chunks(page) if chunk.x < 25 and set(chunk.text) <= set('FACTURE-ABCDEFGHIJ')
                and len(chunk.text) > 8 and ' ' not in chunk.text]
        self.assertEqual(''.join(chunk.text for chunk in rows), reference)
        dates = next(chunk for chunk in chunks(page) if chunk.text.startswith('13/09/2026'))
        for chunk in rows:
            self.assertLess(chunk.x + chunk.width, dates.x)

    def test_table_stays_between_the_margins(self):
        for changes in ({}, {'lines': (line('F', '123456789012.34', '1.34', '11.00'),)}):
            for chunk in chunks(self.opened(make_letter(**changes)).pages[0]):
                self.assertGreaterEqual(chunk.x, 21.9, chunk)
                self.assertLessEqual(chunk.x + chunk.width, 190.1, chunk)

    def test_a_full_letterhead_pushes_the_text_down(self):
        crowded = replace(SENDER, address_lines=tuple(f'Ligne {number}' for number in range(25)))
        found = chunks(self.opened(make_letter(sender=crowded)).pages[0])
        last = max(chunk.y for chunk in found if chunk.text.startswith(('Ligne', 'Tél', 'compta')) and chunk.x < 100)
        title = next(chunk for chunk in found if chunk.text.startswith('MISE EN DEMEURE'))
        self.assertGreater(title.y - 4, last)

    def test_a_long_payment_reference_has_its_own_line(self):
        short, long = "FAC/2026/00001", ', '.join(f'FAC/2026/0000{number}' for number in range(1, 7))
        for reference, beside in ((short, True), (long, False)):
            letter = make_letter(payment_reference=reference)
            found = chunks(self.opened(letter).pages[0])
            title = next(chunk for chunk in found if chunk.text == 'Comment régler')
            label = next(chunk for chunk in found if chunk.text.startswith('Référence à indiquer'))
            self.assertEqual(abs(label.y - title.y) < 0.1, beside)
            if beside:
                self.assertGreater(label.x, title.x + title.width)
            self.assertIn(reference, self.text_of(letter))
