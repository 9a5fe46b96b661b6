"""What surrounds the text: letterhead, address in the window, fold marks, heads and feet of the pages."""
from .colors import HAIR, INK, SOFT, accent, accent_text
from .fonts import BOLD, REGULAR
from .layout import DASH, SENDER_TOP, leading_mm
from .logo import read_logo
from .text import width_mm, wrap_text

ADDRESS_SIZES = (10, 9.5, 9)
ADDRESS_STEP = 3.95
FOOT_SIZE = 6.6


def draw_letterhead(flow, letter, formats):
    """Logo or name, then the sender's address, in the left column; return where it ends (mm)."""
    sender, texts, paper = letter.sender, formats.texts, letter.paper
    x, room = paper.sender_x or paper.left, paper.sender_width
    flow.draw('box', 0, 0, paper.size[0], 2.2, accent(sender.color))
    y = SENDER_TOP
    if sender.logo:
        logo = read_logo(sender.logo)
        flow.draw('image', x, y - 2, logo)
        y += logo.height_mm + 4.5
        size = 10
    else:
        y += 3
        size = _fitting_size(sender.name, (15, 14, 13, 12), room)
    for line in wrap_text(sender.name, BOLD, size, room):
        flow.draw('text', x, y, line, size, accent_text(sender.color), BOLD)
        y += leading_mm(size)
    contact = (sender.phone and texts.PHONE.format(phone=sender.phone), sender.email)
    y += 0.4
    for text in (*sender.address_lines, *filter(None, contact)):
        for line in wrap_text(text, REGULAR, 8.2, room):
            flow.draw('text', x, y, line, 8.2, SOFT)
            y += leading_mm(8.2)
    return y


def draw_address(flow, letter):
    """The address behind the window, smaller then narrower when a line is too wide, closer where it is low."""
    lines, (x, top, room, height) = letter.recipient.lines, letter.paper.window
    widest = max(lines, key=lambda line: width_mm(line, REGULAR, 10))
    size = next((size for size in ADDRESS_SIZES if width_mm(widest, REGULAR, size) <= room), ADDRESS_SIZES[-1])
    scale = min(100, int(100 * room / width_mm(widest, REGULAR, size)))
    step = min(ADDRESS_STEP, (height - 0.3) / len(lines))
    size = min(size, step * 2.53)  # lines do not touch
    # few lines stand in the middle of the window
    y = top + 3.2 * step / ADDRESS_STEP + max(height - 0.3 - step * len(lines), 0) / 2
    for line in lines:
        flow.draw('text', x, y, line, size, INK, REGULAR, 'left', scale)
        y += step
    if letter.paper.return_line:
        sender = letter.sender
        text = _fitted(' · '.join((sender.name, *sender.address_lines)), REGULAR, 6.2, room)
        flow.draw('text', x, letter.paper.return_line, text, 6.2, SOFT)
        flow.draw('line', x, letter.paper.return_line + 1, x + room, letter.paper.return_line + 1, 0.3, HAIR)


def draw_folds(flow):
    """Marks where the sheet is folded, and where it is punched."""
    for y in flow.paper.folds:
        flow.draw('line', 4.5, y, 9, y, 0.4, SOFT)
    if flow.paper.hole:
        flow.draw('line', 4.5, flow.paper.hole, 7, flow.paper.hole, 0.4, SOFT)


def draw_page_heads(pages, letter, formats, title):
    """Head of the pages after the first: who writes, what this is, to whom."""
    color, paper = letter.sender.color, letter.paper
    date = formats.long_date(letter.date)
    name = _fitted(letter.sender.name, BOLD, 8.2, paper.width / 2 - 4)
    for page in pages[1:]:
        page += [
            ('box', (0, 0, paper.size[0], 2.2, accent(color))),
            ('text', (paper.left, 15, name, 8.2, accent_text(color), BOLD)),
            ('text', (paper.right, 15, f"{title} {DASH} {date}", 8.2, SOFT, REGULAR, 'right')),
            ('text', (paper.left, 19, _fitted(letter.recipient.lines[0], REGULAR, 8.2, paper.width), 8.2, SOFT)),
            ('line', (paper.left, 22, paper.right, 22, 0.4, HAIR)),
        ]


def legal_lines(letter):
    """The sender's legal identity in lines; short mentions stay whole."""
    parts = [
        part.replace(' ', '\u00a0') if width_mm(part, REGULAR, FOOT_SIZE) < letter.paper.width / 2 else part
        for part in (letter.sender.name, *letter.sender.legal_lines)
    ]
    return wrap_text('\u00a0· '.join(parts), REGULAR, FOOT_SIZE, letter.paper.width)


def foot_top(legal, paper):
    """Where the foot of a page begins, its last line being as low as printers print."""
    return paper.foot_bottom - 3.4 - leading_mm(FOOT_SIZE) * (len(legal) - 1)


def draw_page_feet(pages, legal, formats, title, paper):
    """Foot of every page: the sender's legal identity, the letter's number, page x of y."""
    top = foot_top(legal, paper)
    for number, page in enumerate(pages, 1):
        where = formats.texts.PAGE.format(page=number, pages=len(pages))
        page += [
            ('text', (paper.left, top - 1.6, _fitted(title, REGULAR, 7, paper.width - 30), 7, SOFT)),
            ('text', (paper.right, top - 1.6, where, 7, SOFT, REGULAR, 'right')),
            ('line', (paper.left, top, paper.right, top, 0.4, HAIR)),
        ]
        for index, line in enumerate(legal):
            y = top + 3.4 + index * leading_mm(FOOT_SIZE)
            page.append(('text', ((paper.left + paper.right) / 2, y, line, FOOT_SIZE, SOFT, REGULAR, 'center')))


def _fitting_size(name, sizes, room):
    return next((size for size in sizes if width_mm(name, BOLD, size) <= room), sizes[-1])


def _fitted(text, font, size, width):
    """The text on one line, with an ellipsis when it is too long for it."""
    if width_mm(text, font, size) <= width:
        return text
    while text and width_mm(text + '…', font, size) > width:
        text = text[:-1]
    return text.rstrip() + '…'


def body_top(letterhead_bottom, paper):
    """Where the text begins: below the window's zone and below the letterhead."""
    return max(paper.body_top, letterhead_bottom + 5)
