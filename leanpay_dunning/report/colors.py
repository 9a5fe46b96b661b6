"""The company's colour, made fit for lines, titles and tints."""
import re
from functools import lru_cache

from reportlab.lib.colors import Color, HexColor

from .errors import LetterError

DEFAULT = '#1f2a44'
INK = HexColor('#1c1e22')
SOFT = HexColor('#565b63')  # contrast 6.9:1 on white
HAIR = HexColor('#d5d8dd')
# WCAG AA for small text
READABLE = 4.5


@lru_cache(maxsize=256)
def accent(color):
    """The colour as given, for lines and surfaces. '' is a sober blue; what is no colour raises `LetterError`."""
    text = (color or DEFAULT).strip()
    if re.fullmatch('#[0-9a-fA-F]{3}', text):
        text = '#' + ''.join(digit * 2 for digit in text[1:])
    if not re.fullmatch('#[0-9a-fA-F]{6}', text):
        raise LetterError('color', color=color)
    return HexColor(text)


@lru_cache(maxsize=256)
def accent_text(color):
    """The colour darkened until text in it is readable on white."""
    shade = accent(color)
    while contrast_on_white(shade) < READABLE:
        shade = Color(shade.red * 0.92, shade.green * 0.92, shade.blue * 0.92)
    return shade


@lru_cache(maxsize=256)
def tint(color):
    """A very light surface in the colour, for text to stand on."""
    shade = accent_text(color)
    return Color(*(1 - (1 - part) * 0.055 for part in (shade.red, shade.green, shade.blue)))


def contrast_on_white(color):
    """Contrast ratio of WCAG 2, from 1 to 21."""
    def linear(part):
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    luminance = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    return 1.05 / (luminance + 0.05)
