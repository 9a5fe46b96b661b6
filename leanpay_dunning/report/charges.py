"""Late interest and indemnities in a letter: rows of the total, a sentence, and the calculation, line by line."""
import datetime
import re
from decimal import Decimal

from babel.numbers import format_decimal

from .colors import HAIR, INK, SOFT, accent, accent_text
from .errors import LetterError
from .fonts import BOLD, REGULAR
from .layout import SIZE
from .text import width_mm, wrap, wrap_text

CELL = 0.7  # mm above and below a line
HEAD, BODY, NOTE = 7.4, 7.8, 7.0
GAP, COMFORTABLE = 4.0, 22.0
# such as "ECB_MRO 2026-07-01 2.40 + 10.00", see engine.rates
SOURCE = re.compile(r'^(?P<index>[A-Z_]+) (?P<day>\d{4}-\d\d-\d\d) (?P<rate>-?[\d.]+)(?: \+ (?P<points>[\d.]+))?$')


def texts_of(formats):
    """Return the words of a letter's language."""
    return formats.charge_texts


def charge_rows(letter, formats):
    """Return (label, amount) of what is claimed besides the items."""
    charges, rows = letter.charges, []
    if not charges:
        return rows
    texts = texts_of(formats)
    if charges.claimed_interest:
        rows.append((texts.INTEREST_ROW.format(date=formats.short_date(charges.until)), charges.claimed_interest))
    if charges.claimed_indemnity:
        label = texts.INDEMNITY_ROW[charges.indemnity_count > 1].format(count=charges.indemnity_count)
        rows.append((label, charges.claimed_indemnity))
    return rows


def charge_paragraphs(letter, formats):
    """Return the sentences that go after the table: what is only mentioned, and that interest goes on."""
    charges = letter.charges
    if not charges:
        return ()
    texts, named, sentences = texts_of(formats), [], []
    if charges.interest_mode == 'mentioned' and charges.interest:
        named.append(texts.INTEREST.format(
            amount=formats.money(charges.interest), date=formats.short_date(charges.until)))
    if charges.indemnity_mode == 'mentioned' and charges.indemnity:
        named.append(texts.INDEMNITY.format(amount=formats.money(charges.indemnity)))
    if named:
        sentences.append(texts.MENTION.format(charges=named[0] if len(named) == 1 else texts.AND.format(
            first=named[0], second=named[1])))
    if charges.claimed_interest:
        sentences.append(texts.ACCRUING)
    return tuple(sentences)


def draw_charges(flow, letter, formats):
    """Lay out the calculation of the interest that is claimed: one line per item and rate, its sum, the sources."""
    charges = letter.charges
    if not charges or not charges.claimed_interest or not charges.segments:
        return
    texts, color = texts_of(formats), letter.sender.color
    rows = [_cells(part, formats) for part in charges.segments]
    edges = _edges(flow, texts, rows)
    step = flow.leading(BODY) + 2 * CELL

    def head():
        _draw_head(flow, texts, edges, color)

    flow.keep(flow.leading(SIZE) + 2.5 * step + flow.leading(HEAD))
    title = texts.TITLE.format(date=formats.long_date(charges.until))
    flow.lines(wrap([(BOLD, title)], SIZE, flow.width), SIZE, INK)
    flow.space(0.8)
    head()
    flow.on_new_page = head
    for row in rows:
        _draw_row(flow, row, edges, REGULAR)
    flow.on_new_page = None
    _draw_sums(flow, charges, formats, texts)
    note = texts.BASE.format(sources=' ; '.join(dict.fromkeys(
        source_text(part.source, formats) for part in charges.segments)))
    flow.space(0.8)
    flow.lines(wrap([(REGULAR, note)], NOTE, flow.width), NOTE, SOFT)
    flow.space(flow.density.gap)


def source_text(source, formats):
    """Return where a rate comes from in the letter's words; what is not known is printed as it is."""
    texts, prefix = texts_of(formats), ''
    if source == 'contract' or source.startswith('contract: '):
        prefix, source = texts.CONTRACT, source[len('contract: '):]
    match = SOURCE.match(source)
    if not match:
        return f"{prefix} {source}".strip()
    text = texts.SOURCE.format(
        index=texts.INDEXES.get(match['index'], match['index']), rate=rate_text(Decimal(match['rate']), formats),
        date=formats.short_date(datetime.date.fromisoformat(match['day'])))
    if match['points']:
        text = texts.PLUS.format(source=text, points=rate_text(Decimal(match['points']), formats))
    return f"{prefix} {text}".strip()


def rate_text(rate, formats):
    return format_decimal(rate, '#,##0.00##', locale=formats.locale)


def _cells(part, formats):
    return (
        part.reference, formats.short_date(part.date_from), formats.short_date(part.date_to), str(part.days),
        formats.number(part.principal), rate_text(part.rate, formats), formats.number(part.interest))


def _edges(flow, texts, rows):
    """Return where each column ends, its start for the first one."""
    widths = [
        max(width_mm(title, BOLD, HEAD), *(width_mm(row[column], REGULAR, BODY) for row in rows))
        for column, title in enumerate(texts.COLUMNS)]
    if flow.width - sum(widths[1:]) - GAP * (len(widths) - 1) < COMFORTABLE:
        raise LetterError('amount_too_wide')
    edges, edge = [], flow.right
    for width in reversed(widths[1:]):
        edges.append(edge)
        edge -= width + GAP
    return [(flow.left, edge - flow.left), *((edge, None) for edge in reversed(edges))]


def _draw_head(flow, texts, edges, color):
    flow.space(flow.leading(HEAD))
    for title, (edge, start) in zip(texts.COLUMNS, edges, strict=True):
        flow.draw('text', edge, flow.y, title, HEAD, accent_text(color), BOLD, 'left' if start else 'right')
    flow.space(1.2)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.6, accent(color))


def _draw_row(flow, row, edges, font):
    step = flow.leading(BODY)
    reference = wrap_text(row[0], font, BODY, edges[0][1]) or ['']
    height = step * len(reference) + 2 * CELL
    flow.keep(height)
    baseline = flow.y + CELL + step * 0.76
    for index, line in enumerate(reference):
        flow.draw('text', flow.left, baseline + index * step, line, BODY, INK, font)
    for text, (edge, _start) in zip(row[1:], edges[1:], strict=True):
        flow.draw('text', edge, baseline, text, BODY, INK, font, 'right')
    flow.space(height)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.3, HAIR)


def _draw_sums(flow, charges, formats, texts):
    """The sum of the lines, and what brings it to the amount claimed."""
    sums = [(texts.SUM, sum((part.interest for part in charges.segments), Decimal(0)))]
    sums += [(label, amount) for label, amount in (
        (texts.ROUNDING, charges.rounding), (texts.SETTLED, -charges.settled)) if amount]
    if len(sums) > 1:
        label = texts.INTEREST_ROW.format(date=formats.short_date(charges.until))
        sums.append((label, charges.interest))
    step = flow.leading(BODY) + 2 * CELL
    flow.keep(step * len(sums))
    for label, amount in sums:
        baseline = flow.y + CELL + flow.leading(BODY) * 0.76
        text = formats.number(amount)
        flow.draw('text', flow.right - width_mm(text, BOLD, BODY) - 6, baseline, label, BODY, INK, REGULAR, 'right')
        flow.draw('text', flow.right, baseline, text, BODY, INK, BOLD, 'right')
        flow.space(step)
