"""The pages of the exhibits: those of their own files, or pages that show what is no PDF and say what cannot be shown.

Exhibits keep their pages as they are: what they are drawn with is copied, never written anew, and a number is laid
over it.
"""
import io
import re

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph

from .colors import SOFT, accent
from .evidence_data import file_name, title_of
from .evidence_style import MARGIN, WIDTH, document, safe, style
from .fonts import BOLD, REGULAR, embedding_lock

IMAGES = (b'\x89PNG', b'\xff\xd8\xff', b'GIF8')
# Where the visible top left corner of a turned page is, as (a, b, c, d) of its matrix and which corner it starts at.
TURNED = {0: (1, 0, 0, 1, 0, 1), 90: (0, 1, -1, 0, 2, 1), 180: (-1, 0, 0, -1, 2, 3), 270: (0, -1, 1, 0, 0, 3)}
NAME = '/LeanpayNumber'


def bodies(file, texts):
    """Return the pages of each exhibit."""
    found, reasons = {}, {}
    for index, exhibit in enumerate(file.exhibits):
        if exhibit.content and not exhibit.content.startswith(IMAGES):
            found[index], reasons[index] = _readable(exhibit.content, texts)
    written = _written(file, texts, reasons)
    return [written.get(index) or found[index] for index in range(len(file.exhibits))]


def _readable(content, texts):
    """Return (pages, '') of a file that can be merged, ([], why not) of any other."""
    if content[:1024].find(b'%PDF-') < 0:
        return [], texts.OTHER
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(''):
            return [], texts.ENCRYPTED
        probe, pages = PdfWriter(), list(reader.pages)
        for page in pages:
            probe.add_page(page)  # what is broken inside shows when it is copied, or drawn
            contents = page.get_contents()
            if contents is not None and not contents.get_data().strip() and _has_content(page):
                return [], texts.CORRUPT
        return pages, '' if pages else texts.CORRUPT
    except Exception:  # noqa: BLE001 - pypdf raises whatever a broken file makes it raise; the page says it
        return [], texts.CORRUPT


def _has_content(page):
    """Tell whether a page is drawn with something, readable or not."""
    contents = page['/Contents'].get_object()
    parts = contents if isinstance(contents, ArrayObject) else [contents]
    return any(len(getattr(part.get_object(), '_data', b'').strip()) > 8 for part in parts)


# === WRITTEN HERE === #

class _Mark(Flowable):
    """Notes on which page an exhibit that is written here begins."""

    def __init__(self, index, starts):
        super().__init__()
        self.index, self.starts = index, starts

    def wrap(self, _width, _height):
        return 0, 0

    def draw(self):
        self.starts[self.index] = self.canv.getPageNumber()


def _written(file, texts, reasons):
    """Return {index: pages} of the exhibits that are no mergeable PDF: texts, images, and notes about the others."""
    story, starts = [], {}
    for index, exhibit in enumerate(file.exhibits):
        reason = reasons.get(index)
        if reason == '':
            continue
        story += [_Mark(index, starts), Paragraph(safe(title_of(exhibit, texts)), style(14, BOLD, after=8))]
        if reason:
            story.append(Paragraph(
                safe(texts.NOT_MERGED.format(reason=reason, name=file_name(exhibit))), style(10)))
        elif exhibit.content:
            story.append(_Picture(exhibit.content, texts.CORRUPT))
        else:
            nothing = texts.NO_PDF if exhibit.kind == 'missing' else texts.EMPTY
            story += [
                Paragraph(safe(line) or '&nbsp;', style(9.5, after=3))
                for text in exhibit.lines or (nothing,) for line in _pieces(text)]
        story.append(PageBreak())
    if not story:
        return {}
    reader = document(story, file)
    order, ends = sorted(starts, key=starts.get), [*sorted(starts.values())[1:], len(reader.pages) + 1]
    return {
        index: list(reader.pages[starts[index] - 1:end - 1]) for index, end in zip(order, ends, strict=True)}


def _pieces(text):
    """Cut what has no space for too long: a paragraph cannot be wider than the page."""
    return [text[at:at + 4000] for at in range(0, len(text), 4000)] or ['']


class _Picture(Flowable):
    """An image as large as the page allows; a broken one says so."""

    def __init__(self, content, broken):
        super().__init__()
        self.broken = broken
        try:
            self.image = ImageReader(io.BytesIO(content))
            self.image.getRGBData()
            width, height = self.image.getSize()
            scale = min(WIDTH / width, (A4[1] - 2 * MARGIN - 60) / height, 1)
            self.size = width * scale, height * scale
        except Exception:  # noqa: BLE001 - Pillow raises whatever a broken file makes it raise; the page says it
            self.image, self.size = None, (WIDTH, 20)

    def wrap(self, _width, _height):
        return self.size

    def draw(self):
        if self.image is None:
            self.canv.setFont(REGULAR, 10)
            self.canv.drawString(0, 4, self.broken)
        else:
            self.canv.drawImage(self.image, 0, 0, *self.size, mask='auto')


# === NUMBERS === #

def stamps(labels, sizes, color):
    """Return a PDF with a page for each page of the file that holds nothing but its numbers.

    :param labels: (what is said at the top left, what at the bottom right) of each page
    :param sizes: what is visible of each page, (width, height) in points
    """
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for (exhibit, number), (width, height) in zip(labels, sizes, strict=True):
        canvas.setPageSize((width, height))
        canvas.setFont(BOLD, 8)
        canvas.setFillColor(accent(color))
        canvas.drawString(20, height - 16, exhibit)
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(SOFT)
        canvas.drawRightString(width - 20, 10, number)
        canvas.showPage()
    with embedding_lock:
        canvas.save()
    return PdfReader(buffer)


def visible_size(page):
    """Return the width and height of a page as it is shown, in points."""
    width, height = float(page.cropbox.width), float(page.cropbox.height)
    return (height, width) if _turn(page) in (90, 270) else (width, height)


def stamp(writer, page, numbers):
    """Lay a page of `stamps` over a page of the writer, upright as it is shown, whatever that page is drawn with."""
    form = DecodedStreamObject()
    form.set_data(numbers.get_contents().get_data())
    form.update({
        NameObject('/Type'): NameObject('/XObject'), NameObject('/Subtype'): NameObject('/Form'),
        NameObject('/BBox'): ArrayObject(map(FloatObject, numbers.mediabox)),
        NameObject('/Resources'): numbers['/Resources'].get_object().clone(writer, force_duplicate=False)})
    resources = DictionaryObject(page.get('/Resources', DictionaryObject()).get_object())
    shown = DictionaryObject(resources.get('/XObject', DictionaryObject()).get_object())
    shown[NameObject(NAME)] = writer._add_object(form)
    resources[NameObject('/XObject')] = shown
    # copies: several pages may share theirs
    page[NameObject('/Resources')] = resources
    own = page.raw_get('/Contents') if '/Contents' in page else ArrayObject()
    known = own.get_object() if own is not None else ArrayObject()
    parts = list(known) if isinstance(known, ArrayObject) else [own]
    a, b, c, d, x, y = TURNED[_turn(page)]
    corner = [float(value) for value in page.cropbox]
    matrix = f"{a} {b} {c} {d} {corner[x]:.4f} {corner[y]:.4f} cm"
    page[NameObject('/Contents')] = ArrayObject([
        _part(writer, "q\n"), *parts,
        _part(writer, f"\n{'Q ' * (1 + _left_open(page))}\nq {matrix} {NAME} Do Q\n")])


def _part(writer, text):
    stream = DecodedStreamObject()
    stream.set_data(text.encode())
    return writer._add_object(stream)


def _left_open(page):
    """Return how many graphic states a page leaves open, which would move what is drawn after it."""
    contents = page.get_contents()
    words = re.findall(rb'(?<!\S)[qQ](?!\S)', contents.get_data()) if contents is not None else []
    return max(words.count(b'q') - words.count(b'Q'), 0)


def _turn(page):
    return int(page.rotation) % 360 if int(page.rotation) % 90 == 0 else 0
