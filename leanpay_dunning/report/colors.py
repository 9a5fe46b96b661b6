"""The company's colour, made fit for lines, titles and tints. Colours are (red, green, blue) from 0 to 1."""
import re
from functools import lru_cache

from .errors import LetterError

DEFAULT = '#1f2a44'
INK = (0.11, 0.12, 0.13)
SOFT = (0.34, 0.36, 0.39)  # contrast 6.9:1 on white
HAIR = (0.83, 0.85, 0.87)
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
    return tuple(int(text[at:at + 2], 16) / 255 for at in (1, 3, 5))


@lru_cache(maxsize=256)
def accent_text(color):
    """The colour darkened until text in it is readable on white."""
    shade = accent(color)
    while contrast_on_white(shade) < READABLE:
        shade = tuple(part * 0.92 for part in shade)
    return shade


@lru_cache(maxsize=256)
def tint(color):
    """A very light surface in the colour, for text to stand on."""
    return tuple(1 - (1 - part) * 0.055 for part in accent_text(color))


def contrast_on_white(color):
    """Contrast ratio of WCAG 2, from 1 to 21."""
    def linear(part):
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    luminance = sum(weight * linear(part) for weight, part in zip((0.2126, 0.7152, 0.0722), color, strict=True))
    return 1.05 / (luminance + 0.05)
