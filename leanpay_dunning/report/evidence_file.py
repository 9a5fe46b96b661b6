"""The evidence file: statement of claim, list of exhibits with pages and hashes, and every exhibit, numbered.

Plain Python, no Odoo. Exhibits keep their pages as they are, with a line of numbers added at their foot; what cannot be
merged gets a page that says so, and its original goes untouched into the archive (see `archive`).
"""
import datetime
import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from .charges import source_text
from .colors import HAIR, INK, SOFT, accent, tint
from .errors import LetterError
from .evidence_texts import texts_for
from .fonts import BOLD, REGULAR, embedding_lock, printable, register_fonts
from .formats import formats_for

MARGIN = 51  # points: 18 mm
WIDTH = A4[0] - 2 * MARGIN
IMAGES = {b'\x89PNG': 'png', b'\xff\xd8\xff': 'jpeg', b'GIF8': 'gif'}


@dataclass(frozen=True)
class ClaimItem:
    """One item of the statement of claim; `segments` are (from, to, days, principal, rate, source, interest)."""

    reference: str
    date_due: datetime.date
    amount: Decimal
    residual: Decimal
    interest: Decimal
    indemnity: Decimal
    limitation: datetime.date | None = None
    segments: tuple[tuple, ...] = ()
    payments: tuple[tuple, ...] = ()  # (date, entry, amount)


@dataclass(frozen=True)
class Exhibit:
    """A file (`content`, shown when it is a PDF or an image) or a text (`lines`), with what it is called."""

    kind: str  # key of LABELS in evidence_texts
    label: str
    name: str = ''  # of the file in the archive
    content: bytes = b''
    lines: tuple[str, ...] = ()

    @property
    def sha256(self):
        """The fingerprint of the file, or of the text as UTF-8."""
        return hashlib.sha256(self.content or '\n'.join(self.lines).encode()).hexdigest()


@dataclass(frozen=True)
class EvidenceFile:
    """One file against one customer, in one currency per statement of claim."""

    company: str
    customer: str
    date: datetime.date
    lang: str
    claims: tuple[tuple[str, int, tuple[ClaimItem, ...]], ...]  # (currency, decimals, items)
    exhibits: tuple[Exhibit, ...]
    chain_count: int = 0
    chain_hash: str = ''
    color: str = ''


def title_of(exhibit, texts):
    """Return what the list of exhibits calls one."""
    return texts.LABELS[exhibit.kind].format(name=exhibit.label)


def render(file):
    """Return the PDF of an `EvidenceFile` as bytes, the same for the same file."""
    register_fonts()
    texts = texts_for(file.lang)
    bodies = _bodies(file, texts)
    front = _front(file, texts, [0] * len(bodies))
    pages, starts = len(front.pages), []
    for body in bodies:
        starts.append(pages + 1)
        pages += len(body)
    if bodies:
        front = _front(file, texts, starts)
    writer = PdfWriter()
    numbers = iter(_numbers(file, texts, len(front.pages), bodies, pages).pages)
    for page in front.pages:
        writer.add_page(page).merge_page(next(numbers))
    for number, (exhibit, body) in enumerate(zip(file.exhibits, bodies, strict=True), 1):
        first = len(writer.pages)
        for page in body:
            writer.add_page(page).merge_page(next(numbers))
        writer.add_outline_item(f"{number}. {title_of(exhibit, texts)}", first)
    writer.add_metadata({
        '/Title': f"{texts.TITLE}: {texts.PARTIES.format(company=file.company, customer=file.customer)}",
        '/Author': file.company})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def archive(file, pdf):
    """Return a ZIP as bytes: the PDF, the originals byte for byte, a manifest and the hashes for `sha256sum -c`."""
    texts, entries, used = texts_for(file.lang), [('evidence.pdf', pdf, None)], {'evidence.pdf'}
    for number, exhibit in enumerate(file.exhibits, 1):
        name = f"exhibits/{number:03d} {_file_name(exhibit)}"
        content = exhibit.content or '\n'.join(exhibit.lines).encode()
        entries.append((name, content, title_of(exhibit, texts)))
        used.add(name)
    hashes = [(name, hashlib.sha256(content).hexdigest(), title) for name, content, title in entries]
    manifest = {
        'company': file.company, 'customer': file.customer, 'date': file.date.isoformat(),
        'chain': {'entries': file.chain_count, 'last_hash': file.chain_hash},
        'files': [{'name': name, 'sha256': digest, 'title': title} for name, digest, title in hashes]}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for name, content, _title in entries:
            bundle.writestr(_info(name, file.date), content)
        bundle.writestr(_info('manifest.json', file.date), json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr(
            _info('SHA256SUMS', file.date), ''.join(f"{digest}  {name}\n" for name, digest, _title in hashes))
    return buffer.getvalue()


def _info(name, day):
    info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _file_name(exhibit):
    name = exhibit.name or f"{exhibit.label}.txt"
    return re.sub(r'[^\w.() -]+', '-', name).strip(' .')[-120:] or 'file'


# === EXHIBITS === #

def _bodies(file, texts):
    """Return the pages of each exhibit."""
    written, wanted = _written(file, texts), []
    for index, exhibit in enumerate(file.exhibits):
        wanted.append(written[index] if index in written else _pages_of(exhibit))
    return wanted


def _pages_of(exhibit):
    return list(PdfReader(io.BytesIO(exhibit.content)).pages)


def _why_not(exhibit, texts):
    """Return why a file cannot be merged, '' when it can."""
    if exhibit.content[:1024].find(b'%PDF-') < 0:
        return texts.OTHER
    try:
        reader = PdfReader(io.BytesIO(exhibit.content))
        if reader.is_encrypted:
            return texts.ENCRYPTED
        # what is broken inside shows when the pages are copied
        probe = PdfWriter()
        for page in reader.pages:
            probe.add_page(page)
        return '' if reader.pages else texts.CORRUPT
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return texts.CORRUPT


class _Mark(Flowable):
    """Notes on which page an exhibit that is written here begins."""

    def __init__(self, index, starts):
        super().__init__()
        self.index, self.starts = index, starts

    def wrap(self, _width, _height):
        return 0, 0

    def draw(self):
        self.starts[self.index] = self.canv.getPageNumber()


def _written(file, texts):
    """Return {index: pages} of the exhibits that are no mergeable PDF: texts, images, and notes about the others."""
    story, starts = [], {}
    for index, exhibit in enumerate(file.exhibits):
        image = next((kind for mark, kind in IMAGES.items() if exhibit.content.startswith(mark)), None)
        reason = exhibit.content and not image and _why_not(exhibit, texts)
        if exhibit.content and not image and not reason:
            continue
        story += [_Mark(index, starts), Paragraph(_safe(title_of(exhibit, texts)), _style(14, BOLD, after=8))]
        if reason:
            story.append(Paragraph(
                _safe(texts.NOT_MERGED.format(reason=reason, name=_file_name(exhibit))), _style(10)))
        elif image:
            story.append(_Picture(exhibit.content, texts.CORRUPT))
        else:
            story += [
                Paragraph(_safe(line) or '&nbsp;', _style(9.5, after=3))
                for text in exhibit.lines or (texts.EMPTY,) for line in _pieces(text)]
        story.append(PageBreak())
    if not story:
        return {}
    reader = _document(story, file)
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


# === THE FRONT === #

def _front(file, texts, starts):
    """Return the statement of claim and the list of exhibits as a PdfReader."""
    story = [
        Paragraph(_safe(texts.TITLE), _style(20, BOLD, after=4)),
        Paragraph(_safe(texts.PARTIES.format(company=file.company, customer=file.customer)), _style(12, BOLD, after=2)),
    ]
    formats = formats_for(file.lang, 'EUR', 2)
    story.append(Paragraph(_safe(texts.MADE.format(date=formats.long_date(file.date))), _style(9, after=14)))
    for currency, decimals, items in file.claims:
        story += _claim(file, texts, formats_for(file.lang, currency, decimals), items)
    story.append(Paragraph(_safe(texts.LIST), _style(13, BOLD, before=12, after=6)))
    rows = [
        (str(number), _cell(title_of(exhibit, texts)), str(page), _cell(exhibit.sha256, 5.6))
        for number, (exhibit, page) in enumerate(zip(file.exhibits, starts, strict=True), 1)]
    story.append(_table(file, texts.LIST_COLUMNS, rows, (0.06, 0.42, 0.07, 0.45), left=(0, 1, 3)))
    if file.chain_hash:
        story.append(Paragraph(
            _safe(texts.CHAIN.format(count=file.chain_count, hash=file.chain_hash)), _style(7, before=8)))
    return _document(story, file)


def _claim(file, texts, formats, items):
    """Return the statement of claim of one currency, its calculation and the payments counted."""
    number, short = formats.number, formats.short_date
    rows = [(
        _cell(item.reference), short(item.date_due), number(item.amount), number(item.residual), number(item.interest),
        number(item.indemnity), number(item.residual + item.interest + item.indemnity), short(item.limitation) or '–')
        for item in items]
    sums = [sum((getattr(item, name) for item in items), Decimal(0)) for name in ('residual', 'interest', 'indemnity')]
    rows.append((texts.TOTAL, '', '', *map(number, sums), formats.money(sum(sums)), ''))
    story = [
        Paragraph(_safe(texts.CLAIM.format(date=formats.long_date(file.date))), _style(13, BOLD, before=8, after=6)),
        _table(file, texts.CLAIM_COLUMNS, rows, (0.19, 0.11, 0.12, 0.12, 0.11, 0.1, 0.14, 0.11), total=True),
        Paragraph(_safe(texts.LIMITATION_NOTE), _style(7.5, before=3, after=8))]
    segments = [(
        _cell(item.reference), short(start), short(end), str(days), number(principal), f"{rate:f}",
        _cell(source_text(source, formats), 6.4), number(interest))
        for item in items for start, end, days, principal, rate, source, interest in item.segments]
    if segments:
        story += [
            Paragraph(_safe(texts.SEGMENTS), _style(11, BOLD, before=6, after=4)),
            _table(file, texts.SEGMENT_COLUMNS, segments, (0.18, 0.11, 0.11, 0.07, 0.13, 0.09, 0.2, 0.11), left=(0, 6))]
    payments = [
        (_cell(item.reference), short(day), _cell(entry), number(amount))
        for item in items for day, entry, amount in item.payments]
    story.append(Paragraph(_safe(texts.PAYMENTS), _style(11, BOLD, before=8, after=4)))
    story.append(
        _table(file, texts.PAYMENT_COLUMNS, payments, (0.3, 0.15, 0.35, 0.2), left=(0, 2)) if payments
        else Paragraph(_safe(texts.NO_PAYMENTS), _style(9)))
    return story


def _table(file, titles, rows, shares, total=False, left=(0,)):
    """Return a table whose head comes again on each page."""
    table = Table([titles, *rows], colWidths=[share * WIDTH for share in shares], repeatRows=1)
    style = [
        ('FONT', (0, 0), (-1, -1), REGULAR, 7.4), ('FONT', (0, 0), (-1, 0), BOLD, 7.2),
        ('TEXTCOLOR', (0, 0), (-1, -1), INK), ('ALIGN', (0, 0), (-1, -1), 'RIGHT'),
        ('VALIGN', (0, 0), (-1, -1), 'TOP'), ('LINEBELOW', (0, 1), (-1, -1), 0.4, HAIR),
        ('LINEBELOW', (0, 0), (-1, 0), 0.9, accent(file.color)), ('TOPPADDING', (0, 0), (-1, -1), 2.4),
        ('BOTTOMPADDING', (0, 0), (-1, -1), 2.6), ('LEFTPADDING', (0, 0), (-1, -1), 2),
        ('RIGHTPADDING', (0, 0), (-1, -1), 3)]
    style += [('ALIGN', (column, 0), (column, -1), 'LEFT') for column in left]
    if total:
        style += [('FONT', (0, -1), (-1, -1), BOLD, 7.6), ('BACKGROUND', (0, -1), (-1, -1), tint(file.color))]
    table.setStyle(TableStyle(style))
    return table


def _cell(text, size=7.4):
    return Paragraph(_safe(text), _style(size))


def _style(size, font=REGULAR, before=0, after=0):
    return ParagraphStyle(
        'x', fontName=font, fontSize=size, leading=size * 1.3, textColor=INK, spaceBefore=before, spaceAfter=after,
        splitLongWords=1)


def _safe(text):
    """Return text for a paragraph; a character that the font lacks is shown as a question mark, never as nothing."""
    try:
        text = printable(text)
    except LetterError:
        text = ''.join(_known(character) for character in text)
    return escape(text)


def _known(character):
    try:
        return printable(character) or (' ' if character.isspace() else '')
    except LetterError:
        return '?'


def _document(story, file):
    """Return what is laid out as a PdfReader."""
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=file.customer, author=file.company, invariant=1)
    with embedding_lock:
        document.build(story)
    return PdfReader(buffer)


def _numbers(file, texts, front, bodies, pages):
    """Return a PDF of `pages` pages that hold nothing but the numbers at their feet, to be laid over the others."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    labels = [''] * front + [
        texts.EXHIBIT.format(number=number) for number, body in enumerate(bodies, 1) for _page in body]
    sizes = [A4] * front + [_size(page) for body in bodies for page in body]
    for number, (label, (width, height)) in enumerate(zip(labels, sizes, strict=True), 1):
        canvas.setPageSize((width, height))
        canvas.setFont(BOLD, 8)
        canvas.setFillColor(accent(file.color))
        canvas.drawString(20, height - 16, label)
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(SOFT)
        canvas.drawRightString(width - 20, 10, texts.PAGE.format(page=number, pages=pages))
        canvas.showPage()
    with embedding_lock:
        canvas.save()
    return PdfReader(buffer)


def _size(page):
    box = page.mediabox
    return float(box.width), float(box.height)
