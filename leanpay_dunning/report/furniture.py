"""What surrounds the text: letterhead, address in the window, fold marks, heads and feet of the pages."""
from .address import MAX_LINES
from .colors import HAIR, INK, SOFT, accent, accent_text
from .fonts import BOLD, REGULAR
from .layout import (
    DASH,
    FOLDS,
    LEFT,
    PAGE_WIDTH,
    RESERVED,
    RIGHT,
    SENDER_TOP,
    SENDER_WIDTH,
    WIDTH,
    WINDOW_RIGHT,
    WINDOW_TOP,
    WINDOW_X,
    leading_mm,
)
from .logo import read_logo
from .text import width_mm, wrap_text

ADDRESS_SIZES = (10, 9.5, 9)
ADDRESS_STEP = 3.95
FOOT_BOTTOM = 289.5
FOOT_SIZE = 6.6


def draw_letterhead(flow, letter, formats):
    """Logo or name, then the sender's address, in the left column; return where it ends (mm)."""
    sender, texts = letter.sender, formats.texts
    flow.draw('box', 0, 0, PAGE_WIDTH, 2.2, accent(sender.color))
    y = SENDER_TOP
    if sender.logo:
        logo = read_logo(sender.logo)
        flow.draw('image', LEFT, y - 2, logo)
        y += logo.height_mm + 4.5
        size = 10
    else:
        y += 3
        size = _fitting_size(sender.name, (15, 14, 13, 12))
    for line in wrap_text(sender.name, BOLD, size, SENDER_WIDTH):
        flow.draw('text', LEFT, y, line, size, accent_text(sender.color), BOLD)
        y += leading_mm(size)
    contact = (sender.phone and texts.PHONE.format(phone=sender.phone), sender.email)
    y += 0.4
    for text in (*sender.address_lines, *filter(None, contact)):
        for line in wrap_text(text, REGULAR, 8.2, SENDER_WIDTH):
            flow.draw('text', LEFT, y, line, 8.2, SOFT)
            y += leading_mm(8.2)
    return y


def draw_address(flow, recipient):
    """The address behind the window, smaller then narrower when a line is too wide."""
    room = WINDOW_RIGHT - WINDOW_X
    widest = max(recipient.lines, key=lambda line: width_mm(line, REGULAR, 10))
    size = next((size for size in ADDRESS_SIZES if width_mm(widest, REGULAR, size) <= room), ADDRESS_SIZES[-1])
    scale = min(100, int(100 * room / width_mm(widest, REGULAR, size)))
    # few lines stand in the middle of the window
    y = WINDOW_TOP + 3.2 + (MAX_LINES - len(recipient.lines)) * ADDRESS_STEP / 2
    for line in recipient.lines:
        flow.draw('text', WINDOW_X, y, line, size, INK, REGULAR, 'left', scale)
        y += ADDRESS_STEP


def draw_folds(flow):
    for y in FOLDS:
        flow.draw('line', 4.5, y, 9, y, 0.4, SOFT)


def draw_page_heads(pages, letter, formats, title):
    """Head of the pages after the first: who writes, what this is, to whom."""
    color = letter.sender.color
    date = formats.long_date(letter.date)
    for page in pages[1:]:
        page += [
            ('box', (0, 0, PAGE_WIDTH, 2.2, accent(color))),
            ('text', (LEFT, 15, _fitted(letter.sender.name, BOLD, 8.2, WIDTH / 2 - 4), 8.2, accent_text(color), BOLD)),
            ('text', (RIGHT, 15, f"{title} {DASH} {date}", 8.2, SOFT, REGULAR, 'right')),
            ('text', (LEFT, 19, _fitted(letter.recipient.lines[0], REGULAR, 8.2, WIDTH), 8.2, SOFT)),
            ('line', (LEFT, 22, RIGHT, 22, 0.4, HAIR)),
        ]


def legal_lines(letter):
    """The sender's legal identity in lines; short mentions stay whole."""
    parts = [
        part.replace(' ', '\u00a0') if width_mm(part, REGULAR, FOOT_SIZE) < WIDTH / 2 else part
        for part in (letter.sender.name, *letter.sender.legal_lines)
    ]
    return wrap_text('\u00a0· '.join(parts), REGULAR, FOOT_SIZE, WIDTH)


def foot_top(legal):
    """Where the foot of a page begins, its last line being as low as printers print."""
    return FOOT_BOTTOM - 3.4 - leading_mm(FOOT_SIZE) * (len(legal) - 1)


def draw_page_feet(pages, legal, formats, title):
    """Foot of every page: the sender's legal identity, the letter's number, page x of y."""
    top = foot_top(legal)
    for number, page in enumerate(pages, 1):
        where = formats.texts.PAGE.format(page=number, pages=len(pages))
        page += [
            ('text', (LEFT, top - 1.6, _fitted(title, REGULAR, 7, WIDTH - 30), 7, SOFT)),
            ('text', (RIGHT, top - 1.6, where, 7, SOFT, REGULAR, 'right')),
            ('line', (LEFT, top, RIGHT, top, 0.4, HAIR)),
        ]
        for index, line in enumerate(legal):
            y = top + 3.4 + index * leading_mm(FOOT_SIZE)
            page.append(('text', ((LEFT + RIGHT) / 2, y, line, FOOT_SIZE, SOFT, REGULAR, 'center')))


def _fitting_size(name, sizes):
    return next((size for size in sizes if width_mm(name, BOLD, size) <= SENDER_WIDTH), sizes[-1])


def _fitted(text, font, size, width):
    """The text on one line, with an ellipsis when it is too long for it."""
    if width_mm(text, font, size) <= width:
        return text
    while text and width_mm(text + '…', font, size) > width:
        text = text[:-1]
    return text.rstrip() + '…'


def body_top(letterhead_bottom, default):
    """Where the text begins: below the window's zone and below the letterhead."""
    return max(default, RESERVED[3] + 3, letterhead_bottom + 5)
