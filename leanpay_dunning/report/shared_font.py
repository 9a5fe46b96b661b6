"""A TrueType font whose common characters are embedded the same way in every document, and so made ready only once.

reportlab numbers the characters of each document as they come: each document then has a subset of its own, cut out of
the font, compressed and described anew, which takes half of the time of a one-page letter.
"""
import copy
import zlib
from functools import lru_cache
from typing import NamedTuple

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFTrueTypeFont,
)
from reportlab.pdfbase.ttfonts import FF_NONSYMBOLIC, FF_SYMBOLIC, SUBSETN, TTFont, makeToUnicodeCMap
from reportlab.pdfgen.textobject import PDFTextObject

# What French and English letters are made of. Other characters come after these, in their documents only.
COMMON = ''.join(map(chr, range(0x21, 0x7f))) + 'àâæçèéêëîïôœùûüÿÀÂÆÇÈÉÊËÎÏÔŒÙÛÜŸ«»\u2018\u2019“”–—…·•°€£§²'


class _Parts(NamedTuple):
    """What a document embeds of a subset that does not depend on the document."""

    widths: bytes
    unicode_map: bytes  # deflated
    file: bytes  # deflated
    file_length: int  # before


class SharedFont(TTFont):
    """A font to be registered once per process; documents made by several threads must be saved one at a time."""

    def __init__(self, name, filename):
        super().__init__(name, filename, asciiReadable=False)
        self._numbered = self.State(False, self)
        template = _Template()
        self.state[template] = self._numbered
        self.splitString(COMMON, template)

    def splitString(self, text, doc, encoding='utf-8'):
        """Return [(number of the subset, codes), …]; see `TTFont`."""
        self._begin(doc)
        return super().splitString(text, doc, encoding)

    def getSubsetInternalName(self, subset, doc):
        """Return the name of a subset in a document, in use from now on; see `TTFont`."""
        self._begin(doc)
        return super().getSubsetInternalName(subset, doc)

    def _begin(self, doc):
        """Give a document the codes of the common characters."""
        if doc not in self.state:
            self.state[doc] = state = copy.copy(self._numbered)
            state.assignments = dict(state.assignments)
            state.subsets = [list(subset) for subset in state.subsets]

    def addObjects(self, doc):
        """Embed the subsets that a document uses; see `TTFont`."""
        for number, subset in enumerate(self.state[doc].subsets):
            name = self.getSubsetInternalName(number, doc)[1:]
            base = (SUBSETN(number) + b'+' + self.face.name + self.face.subfontNameX).decode('pdfdoc')
            parts = _parts(self, base, tuple(subset))
            font = PDFTrueTypeFont()
            font.Name, font.BaseFont = name, base
            font.FirstChar, font.LastChar, font.Widths = 0, len(subset) - 1, parts.widths
            font.ToUnicode = doc.Reference(_stream(parts.unicode_map), f'toUnicodeCMap:{base}')
            file = doc.Reference(_stream(parts.file, Length1=parts.file_length), f'fontFile:{base}')
            font.FontDescriptor = doc.Reference(self._descriptor(base, file), f'fontDescriptor:{base}')
            doc.Reference(font, name)
            doc.idToObject['BasicFonts'].dict[name] = font
        del self.state[doc]

    def _descriptor(self, base, file):
        face = self.face
        return PDFDictionary({
            'Type': '/FontDescriptor', 'FontName': PDFName(base), 'FontFile2': file,
            'Ascent': face.ascent, 'CapHeight': face.capHeight, 'Descent': face.descent,
            'Flags': face.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC, 'FontBBox': PDFArray(face.bbox),
            'ItalicAngle': face.italicAngle, 'StemV': face.stemV, 'MissingWidth': face.defaultWidth})

    @property
    def common_codes(self):
        """{character: its code in the first subset} of the common characters, as numbers."""
        return {code: number for code, number in self._numbered.assignments.items() if code} | {
            0xa0: 32}  # a no-break space is drawn as a space


class Writing(PDFTextObject):
    """A text object for lines that each have their own origin: it does not follow the cursor along them."""

    def __init__(self, canvas, fonts):
        """`fonts`: {name: SharedFont}, all that is written with."""
        super().__init__(canvas)
        self._fonts = fonts

    def setTextOrigin(self, x, y):
        """Begin a line, in points from the bottom left corner."""
        self._code.append(f'1 0 0 1 {x:.2f} {y:.2f} Tm')

    def textOut(self, text):
        """Write a text where the last one ended."""
        font = self._fonts[self._fontname]
        operator = _operator(font, text)
        if not operator:
            operator = self._formatText(text)
        elif self._curSubset != 0:
            self._curSubset = 0
            self._code.append(f'{font.getSubsetInternalName(0, self._canvas._doc)} {self._fontsize:.2f} Tf')
        self._code.append(operator)


class _Template:
    """Stands for a document: the key of the codes that all documents have."""


@lru_cache(maxsize=64)  # the common characters, and those with what foreign names add
def _parts(font, base, subset):
    """The `_Parts` of a subset, a tuple of Unicode numbers."""
    widths = ' '.join(f'{font.face.getCharWidth(code):.6g}' for code in subset)
    content = font.face.makeSubset(subset)
    unicode_map = makeToUnicodeCMap(base, subset).encode()
    return _Parts(
        f'[ {widths} ]'.encode(), zlib.compress(unicode_map, 9), zlib.compress(content, 9), len(content))


def _stream(deflated, **entries):
    return PDFStream(PDFDictionary(entries | {'Filter': '/FlateDecode'}), deflated)


@lru_cache(maxsize=8192)  # most texts of a letter are those of the letter before
def _operator(font, text):
    """The PDF operator that writes a text, None unless all of it is in the first subset of every document."""
    codes = _common_codes(font)
    try:
        content = bytes([codes[ord(character)] for character in text])
    except KeyError:
        return None
    return f"({_escaped(content)}) Tj"


@lru_cache
def _common_codes(font):
    return font.common_codes


def _escaped(content):
    return ''.join(
        f'\\{code:03o}' if code < 32 or code >= 127 else f'\\{chr(code)}' if chr(code) in '\\()' else chr(code)
        for code in content)
