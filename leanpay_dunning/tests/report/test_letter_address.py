"""The address behind the window."""
from odoo.tests import tagged

from ...report.address import MAX_CHARS, MAX_LINES, fold_address
from ...report.letter import LetterError, Recipient
from .common import LetterCase, make_letter


@tagged('post_install', '-at_install')
class TestFoldAddress(LetterCase):

    def test_last_lines_in_capitals_without_punctuation(self):
        self.assertEqual(
            fold_address(('Société Durand', 'M. Paul Durand', "12, rue de l'Église", 'B.P. 3', '75011 Paris, Cedex')),
            ('Société Durand', 'M. Paul Durand', "12 RUE DE L'ÉGLISE", 'B P 3', '75011 PARIS CEDEX'),
        )

    def test_a_short_address_keeps_its_name(self):
        self.assertEqual(fold_address(('Paul Durand', '69002 Lyon')), ('Paul Durand', '69002 LYON'))
        self.assertEqual(fold_address(('Paul Durand',)), ('Paul Durand',))

    def test_empty_and_repeated_lines_go(self):
        self.assertEqual(
            fold_address(('Durand SA', '', '  ', 'DURAND SA', 'Rue A\nBât. B', '69002 Lyon')),
            ('Durand SA', 'RUE A', 'BÂT B', '69002 LYON'),
        )

    def test_long_names_are_wrapped(self):
        name = "Syndicat intercommunal d'adduction d'eau potable et d'assainissement du Haut-Jura"
        folded = fold_address((name, '1 rue A', '39200 Saint-Claude'))
        self.assertEqual(' '.join(folded[:-2]), name)
        self.assertTrue(all(len(part) <= MAX_CHARS for part in folded))

    def test_a_word_without_spaces_is_cut_but_complete(self):
        folded = fold_address(('X' * 90, '1 rue A', '69002 Lyon'))
        self.assertEqual(''.join(folded[:3]), 'X' * 90)
        self.assertTrue(all(len(part) <= MAX_CHARS for part in folded))

    def test_ten_short_lines_are_folded_without_loss(self):
        lines = ('Acme', 'Compta', 'M. X', 'Bât A', 'Esc 2', 'Porte 4', 'ZA Nord', '1 rue B', '69002 Lyon', 'France')
        folded = fold_address(lines)
        self.assertEqual(len(folded), MAX_LINES)
        self.assertEqual(folded[0], 'Acme')
        self.assertEqual(folded[-2:], ('69002 LYON', 'FRANCE'))
        self.assertEqual(' '.join(folded).casefold(), ' '.join(lines).casefold())
        self.assertTrue(all(len(part) <= MAX_CHARS for part in folded))

    def test_ten_long_lines_are_refused_by_name(self):
        lines = tuple(f'Ligne numéro {number} assez longue ici' for number in range(10))
        with self.assertRaisesRegex(LetterError, 'Ligne numéro 0.*shorten it'):
            fold_address(lines)

    def test_no_address_is_refused(self):
        for lines in ((), ('', ' '), ('\u200b',)):
            with self.assertRaisesRegex(LetterError, 'no postal address'):
                fold_address(lines)

    def test_every_line_is_printed(self):
        lines = ('Acme', 'Compta', 'M. X', 'Bât A', 'Esc 2', 'Porte 4', 'ZA Nord', '1 rue B', '69002 Lyon', 'France')
        text = self.text_of(make_letter(recipient=Recipient(lines)))
        for part in fold_address(lines):
            self.assertIn(part, text)
