"""A sheet with a grid of millimetres, the address window and the folds: print it, fold it, look through the window."""
import io

from reportlab.pdfgen.canvas import Canvas

from .colors import HAIR, INK, SOFT
from .fonts import REGULAR, embedding_lock, register_fonts
from .text import MM

WINDOW, FOLD, RESERVED = (0.75, 0.1, 0.1), (0.1, 0.35, 0.75), (1.0, 0.93, 0.93)


def render_test_grid(paper):
    """Return the PDF of a test sheet as bytes; a line each 5 mm, figures each 10 mm, from the top left."""
    register_fonts()
    output = io.BytesIO()
    width, height = paper.size
    canvas = Canvas(output, pagesize=(width * MM, height * MM), invariant=1)
    canvas.setTitle(f"Test grid {paper.name}")

    def box(x, y, right, bottom, **how):
        canvas.rect(x * MM, (height - bottom) * MM, (right - x) * MM, (bottom - y) * MM, **how)

    def line(x1, y1, x2, y2):
        canvas.line(x1 * MM, (height - y1) * MM, x2 * MM, (height - y2) * MM)

    canvas.setFillColor(RESERVED)
    box(*paper.reserved, stroke=0, fill=1)
    _grid(canvas, paper, line)
    x, y, window_width, window_height = paper.window
    canvas.setStrokeColor(WINDOW)
    canvas.setLineWidth(1.4)
    box(x, y, x + window_width, y + window_height, stroke=1, fill=0)
    _label(canvas, x + 2, height - y - 5, f"x {x:g}  y {y:g}  {window_width:g} × {window_height:g} mm", WINDOW, 8)
    canvas.setStrokeColor(FOLD)
    canvas.setDash(4, 3)
    for fold in paper.folds:
        line(0, fold, width, fold)
        _label(canvas, width - 40, height - fold + 1.2, f"fold {fold:g} mm", FOLD, 8)
    canvas.setDash()
    for x in (paper.left, paper.right):
        line(x, 0, x, height)
    with embedding_lock:
        canvas.save()
    return output.getvalue()


def _grid(canvas, paper, line):
    width, height = paper.size
    for step in range(0, int(max(paper.size)), 5):
        canvas.setStrokeColor(SOFT if step % 50 == 0 else HAIR)
        canvas.setLineWidth(0.5 if step % 10 == 0 else 0.2)
        if step < width:
            line(step, 0, step, height)
        if step < height:
            line(0, step, width, step)
        if step % 10 == 0 and step:
            if step < width - 5:
                _label(canvas, step + 0.4, height - 4, str(step), INK, 5)
            if step < height - 5:
                _label(canvas, 1, height - step + 0.5, str(step), INK, 5)


def _label(canvas, x, y, text, color, size):
    canvas.setFillColor(color)
    canvas.setFont(REGULAR, size)
    canvas.drawString(x * MM, y * MM, text)
