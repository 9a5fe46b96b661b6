"""How an evidence file looks: pages, paragraphs and tables, made with reportlab."""
import io
from xml.sax.saxutils import escape

from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from .colors import HAIR, INK, accent, tint
from .errors import LetterError
from .fonts import BOLD, REGULAR, embedding_lock, printable

MARGIN = 51  # points: 18 mm
PADDING = 6  # what reportlab leaves around a page's text
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING


def table(file, titles, rows, shares, total=False, left=(0,)):
    """Return a table whose head comes again on each page."""
    made = Table([titles, *rows], colWidths=[share * WIDTH for share in shares], repeatRows=1)
    look = [
        ('FONT', (0, 0), (-1, -1), REGULAR, 7.4), ('FONT', (0, 0), (-1, 0), BOLD, 7.2),
        ('TEXTCOLOR', (0, 0), (-1, -1), INK), ('ALIGN', (0, 0), (-1, -1), 'RIGHT'),
        ('VALIGN', (0, 0), (-1, -1), 'TOP'), ('LINEBELOW', (0, 1), (-1, -1), 0.4, HAIR),
        ('LINEBELOW', (0, 0), (-1, 0), 0.9, accent(file.color)), ('TOPPADDING', (0, 0), (-1, -1), 2.4),
        ('BOTTOMPADDING', (0, 0), (-1, -1), 2.6), ('LEFTPADDING', (0, 0), (-1, -1), 2),
        ('RIGHTPADDING', (0, 0), (-1, -1), 3)]
    look += [('ALIGN', (column, 0), (column, -1), 'LEFT') for column in left]
    if total:
        look += [('FONT', (0, -1), (-1, -1), BOLD, 7.6), ('BACKGROUND', (0, -1), (-1, -1), tint(file.color))]
    made.setStyle(TableStyle(look))
    return made


def cell(text, size=7.4):
    """Return what a cell holds whose text may need several lines."""
    return Paragraph(safe(text), style(size))


def style(size, font=REGULAR, before=0, after=0):
    """Return a paragraph's style; sizes in points."""
    return ParagraphStyle(
        'x', fontName=font, fontSize=size, leading=size * 1.3, textColor=INK, spaceBefore=before, spaceAfter=after,
        splitLongWords=1)


def safe(text):
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


def document(story, file):
    """Return what is laid out as a PdfReader."""
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=file.customer, author=file.company, invariant=1)
    with embedding_lock:
        document.build(story)
    return PdfReader(buffer)
