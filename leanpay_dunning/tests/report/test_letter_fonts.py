from odoo.tests import tagged

from .common import RECIPIENT, LetterCase, Recipient, flat, line, make_letter

# More than one subset of 256 can hold, common characters included.
MANY = ''.join(map(chr, [*range(0x100, 0x17f), *range(0x391, 0x3a1), *range(0x400, 0x45f)]))


@tagged('post_install', '-at_install')
class TestLetterFonts(LetterCase):

    def fonts(self, letter):
        """The font programs embedded in a letter, and their widths, by name and subset."""
        resources = self.opened(letter).pages[0]['/Resources']['/Font']
        fonts = [font.get_object() for name, font in resources.items() if '+' in name]
        return {font['/BaseFont']: (font['/FontDescriptor']['/FontFile2'].get_data(), list(font['/Widths']))
                for font in fonts}

    def test_letters_of_common_characters_embed_the_same_fonts(self):
        fonts = self.fonts(make_letter())
        other = make_letter(recipient=Recipient(('Quiz & Jeux', '3 rue du Whisky', '80100 Abbeville')),
                            lines=(line('ZX-98', '77.30'),))
        self.assertEqual(sorted(name.split('+')[1] for name in fonts), ['NotoSans-Bold', 'NotoSans-Regular'])
        self.assertEqual(self.fonts(other), fonts)

    def test_other_characters_are_embedded_in_their_letter_only(self):
        fonts, foreign = self.fonts(make_letter()), make_letter(lines=(line('Łódź'),))
        self.assertIn('Łódź', self.text_of(foreign))
        self.assertNotEqual(self.fonts(foreign), fonts)
        self.assertEqual(self.fonts(make_letter()), fonts)

    def test_more_characters_than_a_subset_holds(self):
        """Words of both subsets, in turns on the same lines, stay what and where they are."""
        text = f"Début {MANY} milieu Ωя fin {MANY[:9]} (suite) {MANY[-9:]} été."
        letter = make_letter(paragraphs=(text, "Salutations."))
        self.assertGreater(len(self.fonts(letter)), 2)
        self.assertIn(text.replace(' ', ''), self.text_of(letter).replace(' ', ''))
        self.assertIn(flat(RECIPIENT.lines[0]), self.text_of(letter))

    def test_marks_that_mean_something_to_pdf(self):
        reference = r'A(1)\B) (C'
        self.assertIn(reference, self.text_of(make_letter(lines=(line(reference),))))
