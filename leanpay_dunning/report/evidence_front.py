"""The first pages of an evidence file: the statement of claim by segments, and the list of exhibits."""
from decimal import Decimal

from reportlab.platypus import Paragraph

from .charges import rate_text, source_text
from .evidence_data import title_of
from .evidence_style import cell, document, safe, style, table
from .fonts import BOLD
from .formats import formats_for


def front(file, texts, starts):
    """Return the statement of claim and the list of exhibits as a PdfReader."""
    story = [
        Paragraph(safe(texts.TITLE), style(20, BOLD, after=4)),
        Paragraph(safe(texts.PARTIES.format(company=file.company, customer=file.customer)), style(12, BOLD, after=2)),
    ]
    formats = formats_for(file.lang, 'EUR', 2)
    story.append(Paragraph(safe(texts.MADE.format(date=formats.long_date(file.date))), style(9, after=14)))
    for currency, decimals, items in file.claims:
        story += _claim(file, texts, formats_for(file.lang, currency, decimals), items)
    story.append(Paragraph(safe(texts.LIST), style(13, BOLD, before=12, after=6)))
    rows = [
        (str(number), cell(title_of(exhibit, texts)), str(page), cell(exhibit.sha256, 5.6))
        for number, (exhibit, page) in enumerate(zip(file.exhibits, starts, strict=True), 1)]
    story.append(table(file, texts.LIST_COLUMNS, rows, (0.06, 0.42, 0.07, 0.45), left=(0, 1, 3)))
    if file.chain_hash:
        story.append(Paragraph(
            safe(texts.CHAIN.format(count=file.chain_count, hash=file.chain_hash)), style(7, before=8)))
    return document(story, file)


def _claim(file, texts, formats, items):
    """Return the statement of claim of one currency, its calculation and the payments counted."""
    number, short = formats.number, formats.short_date
    rows = [(
        cell(item.reference), short(item.date_due), number(item.amount), number(item.residual), number(item.interest),
        number(item.indemnity), number(item.residual + item.interest + item.indemnity), short(item.limitation) or '–')
        for item in items]
    sums = [sum((getattr(item, name) for item in items), Decimal(0)) for name in ('residual', 'interest', 'indemnity')]
    rows.append((texts.TOTAL, '', '', *map(number, sums), formats.money(sum(sums)), ''))
    story = [
        Paragraph(safe(texts.CLAIM.format(date=formats.long_date(file.date))), style(13, BOLD, before=8, after=6)),
        table(file, texts.CLAIM_COLUMNS, rows, (0.19, 0.11, 0.12, 0.12, 0.11, 0.1, 0.14, 0.11), total=True),
        Paragraph(safe(texts.LIMITATION_NOTE), style(7.5, before=3, after=8))]
    segments = [row for item in items for row in _segments(item, texts, formats)]
    if segments:
        segments.append((texts.TOTAL, '', '', '', '', '', '', number(sums[1])))
        story += [
            Paragraph(safe(texts.SEGMENTS), style(11, BOLD, before=6, after=4)),
            table(file, texts.SEGMENT_COLUMNS, segments, (0.18, 0.11, 0.11, 0.07, 0.13, 0.09, 0.2, 0.11), left=(0, 6),
                  total=True)]
    payments = [
        (cell(item.reference), short(day), cell(entry), number(amount))
        for item in items for day, entry, amount in item.payments]
    story.append(Paragraph(safe(texts.PAYMENTS), style(11, BOLD, before=8, after=4)))
    story.append(
        table(file, texts.PAYMENT_COLUMNS, payments, (0.3, 0.15, 0.35, 0.2), left=(0, 2)) if payments
        else Paragraph(safe(texts.NO_PAYMENTS), style(9)))
    return story


def _segments(item, texts, formats):
    """Return the rows that add up to the interest of an item."""
    number, short = formats.number, formats.short_date
    rows = [(
        cell(item.reference), short(start), short(end), str(days), number(principal), rate_text(rate, formats),
        cell(source_text(source, formats), 6.4), number(interest))
        for start, end, days, principal, rate, source, interest in item.segments]
    settled = sum((segment[-1] for segment in item.segments), Decimal(0)) - item.interest
    if settled:
        rows.append((cell(item.reference), '', '', '', '', '', cell(texts.SETTLED, 6.4), number(-settled)))
    return rows
