"""The statement of account as a PDF: on the letterhead, a table per currency, ageing, what is disputed or promised."""
import datetime
from dataclasses import dataclass, replace
from decimal import Decimal

from . import furniture
from .address import fold_address
from .colors import INK, SOFT, accent, accent_text, tint
from .errors import LetterError
from .fonts import BOLD, REGULAR, printable, register_fonts
from .formats import formats_for
from .grid import Column, Row, draw_grid
from .layout import AIRY, SIZE, Flow
from .letter import write_pages
from .letter_check import clean_sender
from .letter_data import Recipient, Sender
from .paper import FR_DL, Paper
from .statement_texts import statement_texts
from .text import width_mm, wrap_text

SHARES = (10, 30, 10, 8, 16, 13, 13)
ACTIVITY_SHARES = (10, 30, 10, 15, 12, 12, 13)
BAR = 4.2  # height of the ageing bar, mm


@dataclass(frozen=True)
class Statement:
    """A statement to one customer, or consolidated over a group (`owners`: each line says whose it is).

    `accounts` are engine.statement.Account with the number of decimals of each, `since` is None for open items.
    """

    sender: Sender
    recipient: Recipient
    customer: str
    date: datetime.date
    lang: str
    accounts: tuple[tuple, ...]  # (Account, decimals)
    since: datetime.date | None = None
    owners: bool = False
    number: str = ''
    place: str = ''
    paper: Paper = FR_DL


def render_statement(statement):
    """Return the PDF of a `Statement` as bytes, always the same for the same statement.

    Raises `LetterError`, one sentence saying what to do.
    """
    register_fonts()
    texts = statement_texts(statement.lang)
    formats = formats_for(statement.lang, 'EUR', 2)
    statement = _checked(statement)
    title = texts.DOCUMENT_TITLE.format(customer=statement.customer)
    legal = furniture.legal_lines(statement)
    flow = Flow(furniture.foot_top(legal, statement.paper) - 5.5, AIRY, statement.paper)
    flow.y = furniture.body_top(furniture.draw_letterhead(flow, statement, formats), statement.paper)
    furniture.draw_address(flow, statement)
    furniture.draw_folds(flow)
    _draw_title(flow, statement, formats, texts)
    for account, decimals in statement.accounts:
        _draw_account(flow, statement, account, formats_for(statement.lang, account.currency, decimals), texts)
    text = texts.ASK if statement.accounts else texts.NOTHING
    flow.keep(8)
    flow.space(2)
    flow.lines([[(REGULAR, line)] for line in wrap_text(text, REGULAR, SIZE, flow.width)], SIZE, INK)
    furniture.draw_page_heads(flow.pages, statement, formats, title)
    furniture.draw_page_feet(flow.pages, legal, formats, title, statement.paper)
    return write_pages(statement, formats, flow.pages, title, title)


def _checked(statement):
    return replace(
        statement, sender=clean_sender(statement.sender), recipient=Recipient(fold_address(statement.recipient.lines)),
        customer=printable(statement.customer), place=printable(statement.place))


def _draw_title(flow, statement, formats, texts):
    color, day = statement.sender.color, formats.long_date(statement.date)
    flow.draw('text', flow.left, flow.y, texts.TITLE, 16, accent_text(color), BOLD)
    where = formats.texts.PLACE_AND_DATE.format(place=statement.place, date=day) if statement.place else (
        formats.texts.DATE_ONLY.format(date=day))
    flow.draw('text', flow.right, flow.y, where, SIZE, INK, REGULAR, 'right')
    flow.draw('box', flow.left, flow.y + 2.6, 16, 0.7, accent(color))
    flow.space(8.2)
    subject = texts.OPEN.format(date=day) if statement.since is None else texts.ACTIVITY.format(
        since=formats.long_date(statement.since), date=day)
    flow.lines([[(BOLD, f"{statement.customer} – {subject}")]], SIZE, INK)
    flow.space(3.4)


def _draw_account(flow, statement, account, formats, texts):
    color = statement.sender.color
    if len(statement.accounts) > 1:
        flow.keep(24)
        flow.lines([[(BOLD, texts.CURRENCY.format(currency=formats.currency_name()))]], SIZE, accent_text(color))
        flow.space(0.8)
    if statement.since is None:
        _draw_open(flow, statement, account, formats, texts)
    else:
        _draw_activity(flow, statement, account, formats, texts)
    _draw_ageing(flow, account, formats, texts, color)
    flow.space(4)


def _name(statement, line):
    name = line.entry.reference or line.entry.label
    return printable(f"{line.entry.owner} · {name}" if statement.owners and line.entry.owner else name)


def _columns(titles, shares, left):
    pairs = zip(titles, shares, strict=True)
    return [Column(title, share, index in left) for index, (title, share) in enumerate(pairs)]


def _draw_open(flow, statement, account, formats, texts):
    rows = [
        Row((formats.short_date(line.entry.date), _name(statement, line), formats.short_date(line.entry.due),
             str(line.days_late) if line.days_late else '–', texts.STATUSES[line.status],
             formats.number(line.entry.amount), formats.number(line.balance)), line.balance)
        for line in account.lines]
    draw_grid(flow, _columns(texts.COLUMNS, SHARES, (0, 1, 4)), rows, statement.sender.color,
              (texts.CARRIED, texts.BROUGHT, formats.number))
    sums = []
    if account.credits:
        sums.append((texts.CREDITS, formats.money(account.credits)))
    if account.overdue:
        sums.append((texts.OVERDUE, formats.money(account.overdue)))
    day = formats.short_date(statement.date)
    _draw_sums(flow, sums, (texts.DUE, formats.money(account.closing)), statement.sender.color)
    if account.interest or account.indemnity:
        _draw_sums(flow, [
            (label, formats.money(amount)) for label, amount in (
                (texts.INTEREST.format(date=day), account.interest), (texts.INDEMNITY, account.indemnity)) if amount])


def _draw_activity(flow, statement, account, formats, texts):
    before = formats.short_date(statement.since - datetime.timedelta(days=1))
    rows = [Row(
        ('', texts.OPENING.format(date=before), '', '', '', '', formats.number(account.opening)),
        account.opening, True)]
    for line in account.lines:
        amount = line.entry.amount
        rows.append(Row((
            formats.short_date(line.entry.date), _name(statement, line),
            formats.short_date(line.entry.due) if amount > 0 else '', texts.STATUSES[line.status],
            formats.number(amount) if amount > 0 else '', formats.number(-amount) if amount < 0 else '',
            formats.number(line.balance)), amount))
    draw_grid(flow, _columns(texts.ACTIVITY_COLUMNS, ACTIVITY_SHARES, (0, 1, 3)), rows, statement.sender.color,
              (texts.CARRIED, texts.BROUGHT, formats.number))
    closing = texts.CLOSING.format(date=formats.short_date(statement.date))
    _draw_sums(flow, [], (closing, formats.money(account.closing)), statement.sender.color)


def _draw_sums(flow, sums, total=None, color=''):
    for label, amount in sums:
        flow.keep(5.4)
        _draw_sum(flow, label, amount, 5.4, 8.2, REGULAR)
    if total:
        flow.keep(8.6)
        flow.draw('box', flow.left, flow.y, flow.width, 8.6, tint(color))
        flow.draw('line', flow.left, flow.y, flow.right, flow.y, 0.9, accent(color))
        _draw_sum(flow, *total, 8.6, 10.5, BOLD)


def _draw_sum(flow, label, amount, height, size, font):
    baseline = flow.y + height / 2 + size * 0.126
    flow.draw('text', flow.right - 1.6 - width_mm(amount, font, size) - 6, baseline, label, size, INK, font, 'right')
    flow.draw('text', flow.right - 1.6, baseline, amount, size, INK, font, 'right')
    flow.space(height)


def _draw_ageing(flow, account, formats, texts, color):
    """The ageing bar and its figures; nothing where nothing is open."""
    total = sum(account.ageing, Decimal(0))
    if not total:
        return
    step = flow.width / len(account.ageing)
    flow.keep(BAR + 16)
    flow.space(3)
    x = flow.left
    shades = [tuple(1 - (1 - part) * weight for part in accent(color)) for weight in (0.25, 0.45, 0.62, 0.8, 1)]
    for amount, shade in zip(account.ageing, shades, strict=True):
        width = float(amount / total) * flow.width
        if width:
            flow.draw('box', x, flow.y, width, BAR, shade)
        x += width
    flow.space(BAR + 3.4)
    for index, (label, amount, shade) in enumerate(zip(texts.AGEING, account.ageing, shades, strict=True)):
        left = flow.left + index * step
        flow.draw('box', left, flow.y - 2, 2.2, 2.2, shade)
        flow.draw('text', left + 3.4, flow.y, label, 7, SOFT)
        flow.draw('text', left + 3.4, flow.y + 4, formats.number(amount), 8.2, INK, BOLD)
    flow.space(6)


__all__ = ['LetterError', 'Recipient', 'Sender', 'Statement', 'render_statement']
