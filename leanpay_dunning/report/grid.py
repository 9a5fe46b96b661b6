"""A table that flows over pages: its head comes again, and a sum is carried from page to page where one is kept."""
from dataclasses import dataclass
from decimal import Decimal

from .colors import HAIR, INK, SOFT, accent, accent_text
from .fonts import BOLD, REGULAR
from .text import width_mm, wrap_text

CELL = 0.8  # mm above and below a line
HEAD, BODY = 7.2, 7.6
CARRY = 5.0  # height of a line with a carried sum


@dataclass(frozen=True)
class Column:
    """One column: `share` of the width in percent; text goes to the left, figures to the right."""

    title: str
    share: float
    left: bool = False


@dataclass(frozen=True)
class Row:
    """Cells, one per column; `amount` is what the row adds to the sum that is carried."""

    cells: tuple[str, ...]
    amount: Decimal = Decimal(0)
    bold: bool = False


def draw_grid(flow, columns, rows, color, carry=None):
    """Lay out a table.

    :param carry: (label of a carried sum, label of a brought sum, function that formats it), or None
    """
    spots = _spots(flow, columns)
    head_height = max(len(_wrapped(column.title, BOLD, HEAD, width)) for column, (_x, width) in zip(
        columns, spots, strict=True)) * flow.leading(HEAD) + 2 * CELL
    heights = [_height(flow, row, spots) for row in rows]
    flow.keep(head_height + (heights[0] if heights else 0) + (CARRY if carry and len(rows) > 1 else 0))
    _draw_head(flow, columns, spots, head_height, color)
    flow.on_new_page = lambda: _draw_head(flow, columns, spots, head_height, color)
    total = Decimal(0)
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        reserve = CARRY if carry and index + 1 < len(rows) else 0
        if flow.y + height + reserve > flow.bottom:
            if carry and index:
                draw_carry(flow, carry[0], carry[2](total))
            flow.new_page()
            if carry and index:
                draw_carry(flow, carry[1], carry[2](total))
        _draw_row(flow, columns, spots, row, height)
        total += row.amount
    flow.on_new_page = None


def _spots(flow, columns):
    """Return (left edge, width) of each column, in mm."""
    spots, x = [], flow.left
    scale = flow.width / sum(column.share for column in columns)
    for column in columns:
        width = column.share * scale
        spots.append((x, width - 1.6))
        x += width
    return spots


def _wrapped(text, font, size, width):
    return wrap_text(text, font, size, width) or ['']


def _height(flow, row, spots):
    font = BOLD if row.bold else REGULAR
    lines = max(len(_wrapped(cell, font, BODY, width)) for cell, (_x, width) in zip(row.cells, spots, strict=True))
    return lines * flow.leading(BODY) + 2 * CELL


def _draw_cells(flow, columns, spots, cells, font, size, color, height):
    step = flow.leading(size)
    for column, (x, width), cell in zip(columns, spots, cells, strict=True):
        y = flow.y + CELL + step * 0.76
        for line in _wrapped(cell, font, size, width):
            flow.draw('text', x if column.left else x + width, y, line, size, color, font,
                      'left' if column.left else 'right')
            y += step
    flow.space(height)


def _draw_head(flow, columns, spots, height, color):
    _draw_cells(flow, columns, spots, [column.title for column in columns], BOLD, HEAD, accent_text(color), height)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.9, accent(color))


def _draw_row(flow, columns, spots, row, height):
    _draw_cells(flow, columns, spots, row.cells, BOLD if row.bold else REGULAR, BODY, INK, height)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.35, HAIR)


def draw_carry(flow, label, amount):
    """Draw a line with a sum that goes from one page to the next."""
    baseline = flow.y + CARRY / 2 + BODY * 0.125
    flow.draw('text', flow.right - width_mm(amount, BOLD, BODY) - 5, baseline, label, BODY, SOFT, REGULAR, 'right')
    flow.draw('text', flow.right, baseline, amount, BODY, INK, BOLD, 'right')
    flow.space(CARRY)
    flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.35, HAIR)
