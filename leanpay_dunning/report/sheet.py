"""A plain document: a title, facts, texts and tables. Its words come translated; it only lays them out.

Used for what needs neither an envelope nor an exhibit number: report of disputes, schedule of a plan, listing of a
hand-over.
"""
import io
from dataclasses import dataclass

from pypdf import PdfWriter
from reportlab.platypus import Paragraph, Spacer

from .evidence_style import cell, document, safe, style, table
from .fonts import BOLD, register_fonts


@dataclass(frozen=True)
class SheetTable:
    """A table; `shares` of the width sum to one, `left` are the columns that are text."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    left: tuple[int, ...] = (0,)
    total: bool = False  # the last row is a sum


@dataclass(frozen=True)
class SheetPart:
    """One part under its own heading: (label, value) facts, paragraphs, tables."""

    heading: str = ''
    facts: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()
    tables: tuple[SheetTable, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One document of a company about a customer."""

    company: str
    customer: str
    title: str
    parts: tuple[SheetPart, ...]
    subtitle: str = ''
    color: str = ''


def render_sheet(sheet):
    """Return the PDF of a `Sheet` as bytes, the same for the same sheet."""
    register_fonts()
    story = [Paragraph(safe(sheet.title), style(18, BOLD, after=4))]
    if sheet.subtitle:
        story.append(Paragraph(safe(sheet.subtitle), style(11, after=10)))
    for part in sheet.parts:
        story += _part(sheet, part)
    writer = PdfWriter()
    for page in document(story, sheet).pages:
        writer.add_page(page)
    writer.add_metadata({'/Title': sheet.title, '/Author': sheet.company})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _part(sheet, part):
    story = [Paragraph(safe(part.heading), style(12, BOLD, before=10, after=4))] if part.heading else []
    story += [
        Paragraph(f"<b>{safe(label)}</b> {safe(value)}".replace('<b>', f'<font name="{BOLD}">').replace(
            '</b>', '</font>'), style(9, after=2))
        for label, value in part.facts if value]
    for text in part.texts:
        story += [Paragraph(safe(line), style(9, after=3)) for line in text.splitlines() if line.strip()]
    for each in part.tables:
        rows = [tuple(cell(value) if column in each.left else value for column, value in enumerate(row))
                for row in each.rows]
        story += [Spacer(1, 4), table(sheet, each.titles, rows, each.shares, total=each.total, left=each.left),
                  Spacer(1, 6)]
    return story
