"""Where things stand on the sheet, country by country: address window, folds, margins. Millimetres from the top left.

Sources: France, zone that both 35 and 45 mm windows of a DL envelope show, see `window`; Germany and Austria, DIN
5008:2020 forms A and B; Switzerland, SN 010130:2016, left window of print houses, right window variant; United States,
#10 envelope, window of 4 1/2 by 1 1/8 inches, derived as for France.
"""
from dataclasses import dataclass

from .errors import LetterError

A4 = (210.0, 297.0)
US_LETTER = (215.9, 279.4)
LEAST_MARGIN = 10.0  # what printers leave white
LEAST_TEXT = 130.0  # the widest table needs it


@dataclass(frozen=True)
class Paper:
    """A sheet: `window` is (x, y, width, height) of the address, `reserved` (x, y, x, y) holds nothing else."""

    name: str
    window: tuple[float, float, float, float]
    reserved: tuple[float, float, float, float]
    folds: tuple[float, ...] = (99.0, 198.0)
    hole: float | None = None
    left: float = 22.0
    right_margin: float = 20.0
    size: tuple[float, float] = A4
    sender_x: float | None = None  # left edge of the sender's block; None: the margin
    sender_width: float = 74.0
    return_line: float | None = None  # baseline of the sender in small print above the address

    @property
    def width(self):
        """The width of the text."""
        return self.size[0] - self.left - self.right_margin

    @property
    def right(self):
        """The right edge of the text."""
        return self.size[0] - self.right_margin

    @property
    def foot_bottom(self):
        """The last line of the foot, as low as printers print."""
        return self.size[1] - 7.5

    @property
    def body_top(self):
        """Where the text begins at the earliest: below the window and what moves behind it."""
        return max(100.0 if self.name == 'FR_DL' else 0.0, self.reserved[3] + 5)


FR_DL = Paper('FR_DL', (110.0, 55.0, 80.0, 24.0), (100.0, 40.0, 200.0, 95.0))
DIN_5008_A = Paper(
    'DIN_5008_A', (25.0, 44.7, 80.0, 27.3), (20.0, 27.0, 110.0, 72.0), (87.0, 192.0), 148.5, 25.0, 20.0,
    sender_x=125.0, sender_width=65.0, return_line=42.5)
DIN_5008_B = Paper(
    'DIN_5008_B', (25.0, 62.7, 80.0, 27.3), (20.0, 45.0, 110.0, 90.0), (105.0, 210.0), 148.5, 25.0, 20.0,
    sender_x=125.0, sender_width=65.0, return_line=60.5)
CH_LEFT = Paper(
    'CH_LEFT', (24.0, 61.0, 81.0, 23.5), (12.0, 48.0, 118.0, 90.0), sender_x=125.0, sender_width=63.0, left=22.0)
CH_RIGHT = Paper('CH_RIGHT', (120.0, 53.0, 70.0, 23.5), (106.0, 40.0, 204.0, 90.0))
US_10 = Paper(
    'US_10', (25.0, 63.5, 83.0, 17.0), (8.0, 50.0, 138.0, 93.0), (93.1, 186.2), None, 22.0, 20.0, US_LETTER,
    sender_x=140.0, sender_width=55.0)
PAPERS = {paper.name: paper for paper in (FR_DL, DIN_5008_A, DIN_5008_B, CH_LEFT, CH_RIGHT, US_10)}
BY_COUNTRY = {
    'DE': 'DIN_5008_B', 'AT': 'DIN_5008_B', 'CH': 'CH_LEFT', 'LI': 'CH_LEFT', 'US': 'US_10', 'CA': 'US_10',
    'PR': 'US_10'}


def paper_of(country):
    """Return the usual sheet of a country (ISO code): the French one where none is known."""
    return PAPERS[BY_COUNTRY.get((country or '').upper(), 'FR_DL')]


def custom_paper(window, folds=(), left=22.0, right_margin=20.0):
    """Return an A4 sheet with a window of one's own.

    :param window: (x, y, width, height) of what the envelope shows whatever the paper's slack
    :raise LetterError: it cannot be printed, and why
    """
    x, y, width, height = window
    if x < 5 or y < 20 or width < 60 or height < 16 or x + width > A4[0] - 5 or y + height > 140:
        raise LetterError('window', window=' × '.join(f"{value:g}" for value in window))
    if min(left, right_margin) < LEAST_MARGIN or A4[0] - left - right_margin < LEAST_TEXT:
        raise LetterError('margins', left=f"{left:g}", right=f"{right_margin:g}")
    on_left = x + width / 2 < A4[0] / 2
    reserved = (x - 8, y - 10, x + width + 8, y + height + 10)
    return Paper(
        'CUSTOM', tuple(window), reserved, tuple(fold for fold in folds if 0 < fold < A4[1]), None, left, right_margin,
        sender_x=max(x + width + 10, A4[0] - right_margin - 63) if on_left else None,
        sender_width=min(63.0, A4[0] - right_margin - (x + width + 10)) if on_left else min(74.0, x - left - 6))
