"""Letters put together for the printer: one PDF in the order of the envelopes, each letter on a sheet of its own."""
import io

from pypdf import PdfReader, PdfWriter


def merge_letters(contents, duplex=False):
    """Return PDFs put one after the other as bytes, always the same for the same letters.

    :param contents: PDFs as bytes
    :param duplex: begin each letter on a front side: a blank page follows one with an odd number of pages
    """
    writer = PdfWriter()
    for content in contents:
        reader = PdfReader(io.BytesIO(content))
        for page in reader.pages:
            writer.add_page(page)
        if duplex and len(reader.pages) % 2:
            box = reader.pages[-1].mediabox
            writer.add_blank_page(box.width, box.height)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
