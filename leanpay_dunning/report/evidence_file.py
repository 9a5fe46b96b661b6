"""The evidence file: statement of claim, list of exhibits with pages and hashes, and every exhibit, numbered.

Plain Python, no Odoo. What cannot be merged gets a page that says so, and its original goes untouched into the archive.
"""
import io

from pypdf import PdfWriter

from .evidence_archive import archive
from .evidence_data import ClaimItem, EvidenceFile, Exhibit, title_of
from .evidence_front import front
from .evidence_pages import bodies, stamp, stamps, visible_size
from .evidence_texts import texts_for
from .fonts import register_fonts

__all__ = ['ClaimItem', 'EvidenceFile', 'Exhibit', 'archive', 'render', 'texts_for', 'title_of']


def render(file):
    """Return the PDF of an `EvidenceFile` as bytes, the same for the same file."""
    register_fonts()
    texts, exhibits = texts_for(file.lang), bodies(file, texts_for(file.lang))
    first = _first_pages(file, texts, exhibits)
    pages = [page for body in exhibits for page in body]
    total = len(first) + len(pages)
    labels = [''] * len(first) + [
        texts.EXHIBIT.format(number=number) for number, body in enumerate(exhibits, 1) for _page in body]
    numbers = stamps(
        [(label, texts.PAGE.format(page=number, pages=total)) for number, label in enumerate(labels, 1)],
        [visible_size(page) for page in (*first, *pages)], file.color)
    writer = PdfWriter()
    for page, number in zip((*first, *pages), numbers.pages, strict=True):
        stamp(writer, writer.add_page(page), number)
    start = len(first)
    for number, (exhibit, body) in enumerate(zip(file.exhibits, exhibits, strict=True), 1):
        writer.add_outline_item(f"{number}. {title_of(exhibit, texts)}", start)
        start += len(body)
    writer.add_metadata({
        '/Title': f"{texts.TITLE}: {texts.PARTIES.format(company=file.company, customer=file.customer)}",
        '/Author': file.company})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _first_pages(file, texts, exhibits):
    """Return the claim and the list of exhibits: how many pages they take decides which pages they name."""
    offset = len(front(file, texts, [0] * len(exhibits)).pages) if exhibits else 0
    starts = []
    for body in exhibits:
        starts.append(offset + 1)
        offset += len(body)
    return list(front(file, texts, starts).pages)
