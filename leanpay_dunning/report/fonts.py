"""Noto Sans, shipped in static/fonts: only common characters, and those that a document uses, are embedded in it."""
import threading
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics

from .errors import LetterError
from .shared_font import SharedFont

FOLDER = Path(__file__).resolve().parent.parent / 'static' / 'fonts'
# names of our own: another add-on may register "NotoSans" with another file
REGULAR = 'LeanpayNotoSans'
BOLD = 'LeanpayNotoSans-Bold'
FILES = {REGULAR: 'NotoSans-Regular.ttf', BOLD: 'NotoSans-Bold.ttf'}

# reportlab seeks in the shared font while it makes a subset: one document at a time may be finished
embedding_lock = threading.Lock()
_registering_lock = threading.Lock()


@cache
def _faces():
    """Register both fonts once per process; return {name: SharedFont}."""
    fonts = {name: SharedFont(name, str(FOLDER / file)) for name, file in FILES.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


def register_fonts():
    """Make the fonts known to reportlab; free after the first call."""
    with _registering_lock:
        return _faces()


@lru_cache(maxsize=16384)
def unit_width(text, font):
    """Width of `text` in points at a size of one point."""
    return register_fonts()[font].stringWidth(text, 1)


class _Printable(dict):
    """Translation table for `str.translate`, filled with the characters met: what the font can print of each."""

    # what people and other programs type, for want of the glyph itself
    LOOKALIKES = {0x2212: '\u2013', 0x2192: '>', 0x2190: '<', 0x2028: ' ', 0x2029: ' '}

    def __missing__(self, code):
        self[code] = printed = self._printed(chr(code))
        return printed

    def _printed(self, character):
        category = unicodedata.category(character)
        if character.isspace() and character not in '\u00a0\u202f':
            return ' '
        if category in ('Cc', 'Cf'):
            return None
        glyphs = register_fonts()[REGULAR].face.charToGlyph
        if ord(character) in glyphs:
            return character
        if ord(character) in self.LOOKALIKES:
            return self.LOOKALIKES[ord(character)]
        plain = unicodedata.normalize('NFKC', character)
        if plain != character and all(ord(part) in glyphs for part in plain):
            return plain
        if category in ('So', 'Sk', 'Mn', 'Cn', 'Co', 'Cs'):
            return None  # emoji and ornaments carry nothing that a letter owes its reader
        raise LetterError('character', character=character, text='')


_PRINTABLE = _Printable()


def printable(text):
    """Return `text` on one line, with the characters that the fonts have.

    Emoji and invisible characters are dropped; a letter or digit of a script that the fonts lack raises
    `LetterError`, because a name must not be printed as empty boxes.
    """
    try:
        return ' '.join(unicodedata.normalize('NFC', text).translate(_PRINTABLE).split(' ')).strip(' ')
    except LetterError as error:
        raise LetterError('character', character=error.values['character'], text=text) from None
