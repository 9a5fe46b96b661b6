"""The page: sizes, places, header, footer, and how blocks flow over pages.

Lengths are millimetres from the top left corner of the page, sizes of type are points.
"""
from dataclasses import dataclass
from functools import lru_cache

from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from .fonts import REGULAR, register_fonts
from .paper import FR_DL
from .shared_font import Writing
from .text import MM, width_mm

SENDER_TOP, NEXT_BODY_TOP = 14.0, 29.0
SIZE = 8.9
DASH = '\u2013'
QR_MASK = 2


@dataclass(frozen=True)
class Density:
    """How much air a letter has: line distance (times the size of type), then mm: cells, paragraphs, signature."""

    leading: float
    cell: float
    gap: float
    hand: float


AIRY = Density(leading=1.36, cell=1.15, gap=2.1, hand=13)
# what saves a second sheet of paper; still well readable
TIGHT = Density(leading=1.22, cell=0.8, gap=1.4, hand=9.5)


def leading_mm(size, density=AIRY):
    """Distance between two lines of type."""
    return size * density.leading / MM


class Flow:
    """Puts blocks one under the other; pages hold drawing operations (method of `Pen`, arguments) for later.

    Drawing waits until all is laid out, since the first page already says how many there are.
    """

    def __init__(self, bottom, density=AIRY, paper=FR_DL):
        """`bottom` is where the text of each page ends at the latest."""
        self.pages = [[]]
        self.density = density
        self.paper = paper
        self.left, self.right, self.width = paper.left, paper.right, paper.width
        self.y = paper.body_top
        self.bottom = bottom
        self.on_new_page = None

    @property
    def operations(self):
        return self.pages[-1]

    def leading(self, size):
        """Distance between two lines of type in this letter."""
        return leading_mm(size, self.density)

    def keep(self, height):
        """Begin a new page unless `height` fits on this one."""
        top = self.paper.body_top if len(self.pages) == 1 else NEXT_BODY_TOP
        if self.y + height > self.bottom and self.y > top:
            self.new_page()

    def new_page(self):
        self.pages.append([])
        self.y = NEXT_BODY_TOP
        if self.on_new_page:
            self.on_new_page()

    def space(self, height):
        self.y += height

    def draw(self, method, *arguments):
        self.operations.append((method, arguments))

    def lines(self, lines, size, color, x=None):
        """Lines of runs from the current height on, a new page where they do not fit (never a lone line)."""
        step, count = self.leading(size), len(lines)
        for index, line in enumerate(lines):
            if index == 0 and count <= 3:
                together = count
            else:
                together = 2 if index in (0, count - 2) else 1
            self.keep(step * together)
            self.draw('runs', self.left if x is None else x, self.y + step * 0.76, line, size, color)
            self.y += step


@lru_cache(maxsize=64)
def qr_modules(payload):
    """Return the modules of a QR code, row by row, True where dark.

    Error level M and version 13 at most, as EPC069-12 asks.

    :raise ValueError: the payload does not fit
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(payload))
    code.version = code.calculate_version()
    # `make` draws the code eight times to find the prettiest mask: a decoder reads them all.
    code.makeImpl(False, QR_MASK)
    if code.version > 13:
        raise ValueError("What the QR code says does not fit.")
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def _runs(modules):
    """Yield (first, last + 1) of dark modules side by side."""
    start = None
    for index, dark in enumerate((*modules, False)):
        if dark and start is None:
            start = index
        elif not dark and start is not None:
            yield start, index
            start = None


class Pen:
    """Draws one page on a reportlab canvas, in millimetres from the top left.

    Shapes are drawn at once, text is gathered and drawn by `finish` over them: one text object for the whole page
    is what makes a page cheap.
    """

    def __init__(self, canvas, paper=FR_DL):
        self.canvas = canvas
        self.height = paper.size[1] * MM
        self.writing = Writing(canvas, register_fonts())
        self._state = [None, None, 100]

    def finish(self):
        """Write the texts and end the page."""
        self.canvas.drawText(self.writing)
        self.canvas.showPage()

    def text(self, x, y, text, size, color, font=REGULAR, align='left', scale=100):
        """One line of text with its baseline at `y`; `align` says what `x` is of it, `scale` narrows it (percent)."""
        if align != 'left':
            x -= width_mm(text, font, size) * (0.5 if align == 'center' else 1)
        self.runs(x, y, [(font, text)], size, color, scale)

    def runs(self, x, y, runs, size, color, scale=100):
        """One line of runs with its baseline at `y`."""
        writing, state = self.writing, self._state
        writing.setTextOrigin(round(x * MM, 2), round(self.height - y * MM, 2))
        if state[1] != color:
            writing.setFillColor(color)
        if state[2] != scale:
            writing.setHorizScale(scale)
        for font, text in runs:
            if state[0] != (font, size):
                writing.setFont(font, size)
                state[0] = (font, size)
            writing.textOut(text)
        state[1:] = color, scale

    def line(self, x1, y1, x2, y2, thickness, color):
        """A line, `thickness` in points."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x1 * MM, self.height - y1 * MM, x2 * MM, self.height - y2 * MM)

    def box(self, x, y, width, height, color):
        """A filled rectangle, its top left corner at (x, y)."""
        self.canvas.setFillColor(color)
        self.canvas.rect(x * MM, self.height - (y + height) * MM, width * MM, height * MM, stroke=0, fill=1)

    def image(self, x, y, logo):
        """A `Logo`, its top left corner at (x, y)."""
        logo.draw(self.canvas, x * MM, self.height - (y + logo.height_mm) * MM, logo.width_mm * MM, logo.height_mm * MM)

    def qr(self, x, y, size, payload):
        """A QR code of error level M with its quiet zone of four modules, its top left corner at (x, y)."""
        rows = qr_modules(payload)
        step = size / (len(rows) + 8)
        self.canvas.setFillColor((0, 0, 0))
        left, top, side = (x + 4 * step) * MM, self.height - (y + 5 * step) * MM, step * MM
        # A path object formats each number four times as slowly.
        self.canvas._code.append(' '.join(
            f'{left + first * side:.3f} {top - row * side:.3f} {(last - first) * side:.3f} {side:.3f} re'
            for row, modules in enumerate(rows) for first, last in _runs(modules)) + ' f')

    def link(self, x, y, width, height, url):
        """Make a rectangle a link, its top left corner at (x, y)."""
        rectangle = (x * MM, self.height - (y + height) * MM, (x + width) * MM, self.height - y * MM)
        self.canvas.linkURL(url, rectangle, relative=0, thickness=0)
