"""Postal addresses as NF Z 10-011 wants them behind the window of an envelope."""
import re

from .errors import LetterError
from .fonts import printable

MAX_LINES = 6
MAX_CHARS = 38
_PUNCTUATION = re.compile(r"[.,;:!?\"«»]+")


def fold_address(lines):
    """Fold an address into at most six lines of 38 characters; the last three are in capitals, unpunctuated.

    Long lines are wrapped; when that makes too many, short neighbours share a line, the name and the town (and
    country) staying alone. Nothing is ever cut off: what cannot fit raises `LetterError`.
    """
    lines = [line for line in (printable(line) for text in lines for line in text.splitlines()) if line]
    # a contact often repeats its company's name
    lines = [line for index, line in enumerate(lines) if line.casefold() not in map(str.casefold, lines[:index])]
    if not lines:
        raise LetterError('address_empty')
    capitals = min(3, len(lines) - 1)
    head, tail = lines[:len(lines) - capitals], lines[len(lines) - capitals:]
    tail = [' '.join(_PUNCTUATION.sub(' ', line).split()).upper() for line in tail]
    folded = [part for line in (*head, *tail) if line for part in _wrapped(line)]
    while len(folded) > MAX_LINES:
        index = _best_joint(folded)
        if index is None:
            raise LetterError('address_too_long', name=lines[0])
        folded[index:index + 2] = [f"{folded[index]} {folded[index + 1]}"]
    return tuple(folded)


def _wrapped(line):
    """`line` in pieces of at most 38 characters, broken at spaces where there are any."""
    pieces = []
    while len(line) > MAX_CHARS:
        at = line.rfind(' ', 1, MAX_CHARS + 1)
        at = at if at > 0 else MAX_CHARS
        pieces.append(line[:at].rstrip())
        line = line[at:].lstrip()
    return [*pieces, line]


def _best_joint(lines):
    """Index of the two neighbours that make the shortest line together, None when none fits."""
    lengths = {
        index: len(lines[index]) + 1 + len(lines[index + 1])
        for index in range(1, len(lines) - 3)
    }
    index = min(lengths, key=lengths.get)
    return index if lengths[index] <= MAX_CHARS else None
