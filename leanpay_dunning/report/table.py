"""The table of items: its head comes again on each page, its total never stands alone."""
from dataclasses import dataclass
from decimal import Decimal

from .charges import charge_rows
from .colors import HAIR, INK, SOFT, accent, accent_text, tint
from .errors import LetterError
from .fonts import BOLD, REGULAR
from .grid import CARRY, draw_carry
from .layout import DASH
from .text import MM, width_mm, wrap_text

# sizes of type tried one after the other until the widest amounts fit
SIZES = (8.6, 8.1, 7.6, 7.0, 6.4, 5.8)
COMFORTABLE, BEARABLE = 34.0, 18.0
GAP = 4.2
HEAD_SIZE = 7.6


@dataclass(frozen=True)
class Column:
    """One column: what its head says and where its text ends (its start, for the reference)."""

    name: str
    title: str
    edge: float
    width: float


def draw_items(flow, letter, formats):
    """Lay out the items, credits, extra rows and total of a letter."""
    rows = [_cells(line, formats) for line in (*letter.lines, *letter.credits)]
    columns, size = _columns(flow, rows, letter, formats)
    color = letter.sender.color
    summary = _summary(letter, formats)
    heights = [_row_height(flow, row, columns, size) for row in rows]
    summary_height = sum(height for *_, height in summary)

    def head():
        _draw_head(flow, columns, color)

    flow.keep(_head_height(flow, columns) + heights[0] + (summary_height if len(rows) == 1 else 0))
    head()
    flow.on_new_page = head
    carried = Decimal(0)
    for index, (line, row, height) in enumerate(zip((*letter.lines, *letter.credits), rows, heights, strict=True)):
        last = index == len(rows) - 1
        if flow.y + height + (summary_height if last else CARRY) > flow.bottom:
            _carry(flow, formats, carried, index)
        _draw_row(flow, row, columns, size, height)
        carried += line.amount_due
    flow.on_new_page = None
    caption = formats.texts.AMOUNTS_IN.format(currency=formats.currency_name())
    _draw_summary(flow, summary, caption, color)
    flow.space(3.4)


def _carry(flow, formats, carried, index):
    """Go on to the next page with the sum of the rows so far, at the end of one page and at the start of the next."""
    if index:
        draw_carry(flow, formats.texts.CARRIED, formats.number(carried))
    flow.new_page()
    if index:
        draw_carry(flow, formats.texts.BROUGHT, formats.number(carried))


def _cells(line, formats):
    """The texts of one row by column name."""
    credit = line.kind == 'credit'
    reference = formats.texts.CREDIT.format(reference=line.reference) if credit else line.reference
    amounts = {
        name: formats.number(value) if value else DASH
        for name, value in (('amount_paid', line.amount_paid), ('amount_disputed', line.amount_disputed))
    }
    return {
        'reference': reference,
        'date_invoice': formats.short_date(line.date_invoice),
        'date_due': '' if credit else formats.short_date(line.date_due),
        'days_late': str(line.days_late) if not credit and (line.days_late or 0) > 0 else DASH,
        'amount_total': formats.number(line.amount_total),
        'amount_due': formats.number(line.amount_due),
        **amounts,
    }


def _columns(flow, rows, letter, formats):
    """The columns and the size of type with which the widest texts fit beside the reference."""
    titles = dict(formats.texts.COLUMNS)
    if not any(line.amount_disputed for line in (*letter.lines, *letter.credits)):
        del titles['amount_disputed']
    for size in SIZES:
        widths = {
            name: max(
                *(width_mm(row[name], BOLD if name == 'amount_due' else REGULAR, size) for row in rows),
                *(width_mm(word, BOLD, HEAD_SIZE) for word in title.split(' ')),
            )
            for name, title in titles.items() if name != 'reference'
        }
        free = flow.width - sum(widths.values()) - GAP * len(widths)
        if free >= COMFORTABLE:
            break
    if free < BEARABLE:
        raise LetterError('amount_too_wide')
    # a very wide first column would tear its row apart: share what is more than enough
    spread = max(0.0, (free - 52.0) / len(widths))
    columns, edge = [Column('reference', titles['reference'], flow.left, free - spread * len(widths))], flow.right
    for name in reversed(widths):
        columns.append(Column(name, titles[name], edge, widths[name] + spread))
        edge -= widths[name] + spread + GAP
    return [columns[0], *reversed(columns[1:])], size


def _head_lines(columns):
    return {column.name: wrap_text(column.title, BOLD, HEAD_SIZE, column.width + 0.01) for column in columns}


def _head_height(flow, columns):
    return max(map(len, _head_lines(columns).values())) * flow.leading(HEAD_SIZE) + 2 * flow.density.cell


def _draw_head(flow, columns, color):
    height, step = _head_height(flow, columns), flow.leading(HEAD_SIZE)
    for column in columns:
        lines = _head_lines(columns)[column.name]
        y = flow.y + height - flow.density.cell - step * (len(lines) - 0.76)
        for line in lines:
            align = 'left' if column.name == 'reference' else 'right'
            flow.draw('text', column.edge, y, line, HEAD_SIZE, accent_text(color), BOLD, align)
            y += step
    flow.space(height)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.9, accent(color))


def _reference_lines(row, columns, size):
    return wrap_text(row['reference'], REGULAR, size, columns[0].width) or [DASH]


def _row_height(flow, row, columns, size):
    return len(_reference_lines(row, columns, size)) * flow.leading(size) + 2 * flow.density.cell


def _draw_row(flow, row, columns, size, height):
    baseline = flow.y + flow.density.cell + flow.leading(size) * 0.76
    for index, line in enumerate(_reference_lines(row, columns, size)):
        flow.draw('text', flow.left, baseline + index * flow.leading(size), line, size, INK)
    for column in columns[1:]:
        font = BOLD if column.name == 'amount_due' else REGULAR
        flow.draw('text', column.edge, baseline, row[column.name], size, INK, font, 'right')
    flow.space(height)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.4, HAIR)


def _summary(letter, formats):
    """The rows under the items: (label, amount, size, font, height)."""
    texts, rows = formats.texts, []
    extra = [(row.label, row.amount) for row in letter.interest_block or ()] + charge_rows(letter, formats)
    if extra:
        rows.append((texts.SUBTOTAL, formats.money(letter.subtotal), 8.6, REGULAR, 6.0))
        rows += [(label, formats.money(amount), 8.6, REGULAR, 6.0) for label, amount in extra]
    return [*rows, (texts.TOTAL, formats.money(letter.total), 10.5, BOLD, 8.6)]


def _draw_summary(flow, summary, caption, color):
    for label, amount, size, font, height in summary:
        total = font == BOLD
        # half the height of capitals below the middle
        baseline = flow.y + height / 2 + size * 0.357 / MM
        edge = flow.right - (2.2 if total else 0)
        if total:
            flow.draw('box', flow.left, flow.y, flow.right - flow.left, height, tint(color))
            flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.9, accent(color))
            flow.draw('text', flow.left + 2.2, baseline, caption, 7, SOFT)
        reach = width_mm(amount, font, size) + 6
        flow.draw('text', edge - reach, baseline, label, size, INK, font, 'right')
        flow.draw('text', edge, baseline, amount, size, accent_text(color) if total else INK, font, 'right')
        flow.space(height)
