"""Bad input gets one sentence that says what to do."""
import io
import random
from dataclasses import replace
from decimal import Decimal

from PIL import Image

from odoo.tests import tagged

from ...report.colors import accent, accent_text, contrast_on_white
from ...report.fonts import BOLD, REGULAR, printable, register_fonts
from ...report.letter import LetterError, Recipient, render_letter
from ...report.logo import read_logo
from ...report.text import parse_bold, width_mm, wrap
from .common import SENDER, LetterCase, line, make_letter, shapes


def picture(size, mode='RGB', form='PNG', color=(10, 90, 100)):
    output = io.BytesIO()
    Image.new(mode, size, color if mode == 'RGB' else (*color, 255) if mode == 'RGBA' else 128).save(output, form)
    return output.getvalue()


@tagged('post_install', '-at_install')
class TestLetterRefusals(LetterCase):

    def assertRefused(self, code, sentence, **changes):
        with self.assertRaisesRegex(LetterError, sentence) as caught:
            render_letter(make_letter(**changes))
        self.assertEqual(caught.exception.code, code)

    def test_amounts(self):
        good = line()
        self.assertRefused('amounts_inconsistent', 'FAC/2026/0001 does not add up',
                           lines=(replace(good, amount_due=Decimal('999.99')),))
        self.assertRefused('amount_decimals', 'round the amount', lines=(line(total='10.005'),))
        self.assertRefused('amount_decimals', '0 decimals', currency='JPY', decimals=0, lines=(line(total='10.5'),))
        self.assertRefused('amount_sign', 'wrong sign', lines=(line(total='-5'),))
        self.assertRefused('amount_sign', 'wrong sign', credits=(line(total='5', kind='credit'),))

    def test_nothing_owed_is_never_claimed(self):
        credit = line('RFAC/1', '-1000.00', kind='credit')
        self.assertRefused('nothing_due', 'must not be sent', credits=(credit,))
        self.assertRefused('nothing_due', 'must not be sent', lines=())

    def test_kinds_deadline_currency_link_color(self):
        self.assertRefused('kind', 'neither', kind='summons')
        self.assertRefused('kind', 'neither', lines=(line(kind='credit'),))
        self.assertRefused('deadline', 'at least one day', deadline_days=0)
        self.assertRefused('currency', 'three letters', currency='€')
        self.assertRefused('payment_url', 'web address', payment_url='javascript:alert(1)')
        self.assertRefused('color', 'not a colour', sender=replace(SENDER, color='teal'))

    def test_a_script_that_the_font_lacks_is_refused_not_boxed(self):
        self.assertRefused('character', '北.*“北京公司”', recipient=Recipient(('北京公司', '1 rue A', '69002 Lyon')))
        self.assertRefused('character', 'Latin', lines=(line('חשבונית'),))

    def test_emoji_and_invisible_characters_vanish(self):
        self.assertEqual(printable('Chez\u200b Léa 🍕\tet\r\nMax −5'), 'Chez Léa  et  Max –5')
        self.assertEqual(printable('Le\u0301a'), 'Léa')


@tagged('post_install', '-at_install')
class TestLogoAndColor(LetterCase):

    def test_logo_of_twenty_megabytes_makes_a_small_letter(self):
        noise = Image.frombytes('RGB', (2700, 2600), random.Random(7).randbytes(2700 * 2600 * 3))
        buffer = io.BytesIO()
        noise.save(buffer, 'PNG')
        self.assertGreater(len(buffer.getvalue()), 20_000_000)
        letter = make_letter(sender=replace(SENDER, logo=buffer.getvalue()))
        self.assertLess(len(render_letter(letter)), 1_000_000)

    def test_corrupt_logos(self):
        output = io.BytesIO()
        Image.effect_noise((300, 100), 60).save(output, 'PNG')
        png = output.getvalue()
        jpeg = picture((300, 100), form='JPEG')
        flipped = bytearray(png)
        flipped[len(png) // 2] ^= 1
        for content in (
            b'not a picture', png[:60], png[:-40], png[:-1], bytes(flipped), jpeg[:-2], jpeg[:len(jpeg) // 2],
            b'<svg xmlns="http://www.w3.org/2000/svg"/>', picture((300, 100), form='GIF'),
        ):
            with self.assertRaisesRegex(LetterError, 'upload it again as a PNG or JPEG', msg=content[-20:]):
                render_letter(make_letter(sender=replace(SENDER, logo=content)))
        for content in (png, jpeg, jpeg + b'trailing'):
            self.assertTrue(read_logo(content).data)

    def test_a_bomb_is_not_unpacked(self):
        with self.assertRaisesRegex(LetterError, 'pixels are too many'):
            read_logo(picture((9000, 8000), mode='L'))

    def test_large_logos_are_scaled_down(self):
        logo = read_logo(picture((5000, 1500), form='JPEG'))
        self.assertLessEqual(logo.width, 733)
        self.assertLessEqual(logo.height, 225)
        self.assertAlmostEqual(logo.width_mm / logo.height_mm, 5000 / 1500, delta=0.02)

    def test_logo_is_embedded_once_and_stays_in_its_corner(self):
        for mode in ('RGB', 'RGBA', 'L'):
            for size in ((5000, 1500), (300, 300), (40, 400)):
                letter = make_letter(sender=replace(SENDER, logo=picture(size, mode)))
                reader = self.opened(letter)
                images = reader.pages[0].images
                self.assertEqual(len(images), 1)
                self.assertEqual(images[0].image.getpixel((5, 5)), (128,) * 3 if mode == 'L' else (10, 90, 100))
                x1, _top, x2, y2 = next(box for box in shapes(reader.pages[0]) if 11 < box[1] < 13)
                self.assertGreaterEqual(x1, 21.9)
                self.assertLessEqual(x2, 22 + 62.1)
                self.assertLessEqual(y2, 12 + 19.1)

    def test_transparency_becomes_paper(self):
        output = io.BytesIO()
        image = Image.new('RGBA', (100, 50), (0, 0, 0, 0))
        image.putpixel((0, 0), (255, 0, 0, 255))
        image.putpixel((99, 49), (255, 0, 0, 255))
        image.save(output, 'PNG')
        reader = self.opened(make_letter(sender=replace(SENDER, logo=output.getvalue())))
        self.assertEqual(reader.pages[0].images[0].image.getpixel((50, 25)), (255, 255, 255))

    def test_text_in_the_company_colour_is_readable(self):
        for color in ('#ffffff', '#ffd400', '#0f5c63', '#000', '', '#0F0'):
            self.assertGreaterEqual(contrast_on_white(accent_text(color)), 4.5, color)
        self.assertEqual(accent('#ffd400'), (1.0, 212 / 255, 0.0))
        self.assertAlmostEqual(contrast_on_white((0, 0, 0)), 21)


@tagged('post_install', '-at_install')
class TestText(LetterCase):

    def test_both_fonts_print_the_same_characters(self):
        faces = register_fonts()
        self.assertEqual(set(faces[REGULAR].face.charToGlyph), set(faces[BOLD].face.charToGlyph))
        for character in 'éœŸŁșΩЖ€£’–…№\u00a0\u202f':
            self.assertIn(ord(character), faces[REGULAR].face.charToGlyph)

    def test_bold_marks(self):
        self.assertEqual(parse_bold('a **b** c'), [(REGULAR, 'a '), (BOLD, 'b'), (REGULAR, ' c')])
        self.assertEqual(parse_bold('2**3 is 8'), [(REGULAR, '2**3 is 8')])
        self.assertEqual(parse_bold('**a** and **b'), [(BOLD, 'a'), (REGULAR, ' and **b')])

    def test_wrapped_lines_fit_and_lose_nothing(self):
        text = "Nous vous **mettons en demeure**, sans délai, " * 6 + 'W' * 200 + ' fin'
        lines = wrap(parse_bold(text), 9, 60)
        for runs in lines:
            self.assertLessEqual(sum(width_mm(part, font, 9) for font, part in runs), 60.01)
        joined = ''.join(''.join(part for _font, part in runs) for runs in lines)
        self.assertEqual(joined.replace(' ', ''), text.replace('**', '').replace(' ', ''))

    def test_no_break_spaces_do_not_break(self):
        for runs in wrap([(REGULAR, 'la somme de 1\u00a0234\u00a0567,89\u00a0€ ' * 8)], 9, 47):
            self.assertEqual(runs[0][1].count('1\u00a0'), runs[0][1].count('\u00a0€'))
