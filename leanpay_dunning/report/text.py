"""Text in lines: words, bold runs and widths. A run is (font, text); a line is a tuple of runs."""
from functools import lru_cache

from .fonts import BOLD, REGULAR, unit_width

MM = 72 / 25.4


def width_mm(text, font, size):
    """Width of `text` in mm at `size` points."""
    return unit_width(text, font) * size / MM


def parse_bold(text):
    """Runs of a text where ** ** is bold; an unpaired ** stays as it is."""
    parts = text.split('**')
    if len(parts) % 2 == 0:
        parts[-2:] = ['**'.join(parts[-2:])]
    return [(BOLD if index % 2 else REGULAR, part) for index, part in enumerate(parts) if part]


def wrap(runs, size, width):
    """Break runs into lines of at most `width` mm at `size` points; a word that is too long is broken anywhere."""
    return _wrapped(tuple(runs), size, width)


@lru_cache(maxsize=4096)  # most of a letter is the same as in the letter before
def _wrapped(runs, size, width):
    limit = width * MM / size
    lines, line, used = [], [], 0
    for word in _words(runs):
        for piece in _fitting(word, limit):
            length = _length(piece)
            gap = unit_width(' ', line[-1][0]) if line else 0
            if line and used + gap + length > limit:
                lines.append(line)
                line, used, gap = [], 0, 0
            _append(line, piece, space=bool(line))
            used += gap + length
    return tuple(map(tuple, [*lines, line] if line else lines))


def wrap_text(text, font, size, width):
    """The lines of a text in one font, as strings."""
    return [line[0][1] for line in wrap([(font, text)], size, width)] if text else []


def _words(runs):
    """Words as lists of runs: a word goes on over a change of font until a space (no-break spaces do not count)."""
    word = []
    for font, text in runs:
        for index, part in enumerate(text.split(' ')):
            if index:
                if word:
                    yield word
                word = []
            if part:
                word.append((font, part))
    if word:
        yield word


def _length(word):
    return sum(unit_width(text, font) for font, text in word)


def _fitting(word, limit):
    """The word, or its pieces when it is wider than a line."""
    if _length(word) <= limit:
        return [word]
    pieces, piece, used = [], [], 0
    for font, text in word:
        for character in text:
            step = unit_width(character, font)
            if piece and used + step > limit:
                pieces.append(piece)
                piece, used = [], 0
            if piece and piece[-1][0] == font:
                piece[-1] = (font, piece[-1][1] + character)
            else:
                piece.append((font, character))
            used += step
    return [*pieces, piece]


def _append(line, word, space):
    """Add a word to a line, joining runs of the same font."""
    for index, (font, text) in enumerate(word):
        if space and not index:
            last_font, last_text = line[-1]
            line[-1] = (last_font, last_text + ' ')
        if line and line[-1][0] == font:
            line[-1] = (font, line[-1][1] + text)
        else:
            line.append((font, text))
