"""The blocks of the letter's text: subject, paragraphs, earlier reminders, payment means, signature."""
import re

from .colors import INK, SOFT, accent, accent_text, tint
from .fonts import BOLD, REGULAR
from .layout import DASH, SIZE
from .text import parse_bold, width_mm, wrap, wrap_text
from .wording import plural

SMALL = 8.4
VALUE_INDENT = 44
SIGNATURE_X = 110.0
QR_SIZE = 27.0  # mm, quiet zone included: what telephones read at arm's length


def draw_subject(flow, letter, formats, title, subject):
    """Title and date on one line, then what the letter is about."""
    texts, color = formats.texts, letter.sender.color
    date = formats.long_date(letter.date)
    where = texts.PLACE_AND_DATE.format(place=letter.place, date=date) if letter.place else (
        texts.DATE_ONLY.format(date=date))
    flow.draw('text', flow.left, flow.y, title, 16, accent_text(color), BOLD)
    flow.draw('text', flow.right, flow.y, where, SIZE, INK, REGULAR, 'right')
    flow.draw('box', flow.left, flow.y + 2.6, 16, 0.7, accent(color))
    flow.space(8.2)
    if letter.mention:
        flow.lines(wrap([(BOLD, letter.mention)], SMALL, flow.width), SMALL, INK)
        flow.space(0.8)
    # the number stands at the right, under the date
    baseline = flow.y + flow.leading(SIZE) * 0.76
    number = f'{texts.NUMBER_LABEL} {letter.number}'
    indent = width_mm(texts.SUBJECT_LABEL, REGULAR, SIZE) + 3
    flow.draw('text', flow.left, baseline, texts.SUBJECT_LABEL, SIZE, SOFT)
    lines = wrap([(BOLD, subject)], SIZE, flow.width - indent - width_mm(number, REGULAR, SIZE) - 8)
    flow.lines(lines, SIZE, INK, flow.left + indent)
    flow.draw('text', flow.right, baseline, number, SIZE, SOFT, REGULAR, 'right')
    flow.space(3.4)


def paragraph_lines(text, width):
    """The lines of a paragraph; its line breaks are kept."""
    return [line for part in text.split('\n') for line in wrap(parse_bold(part), SIZE, width)]


def paragraph_height(flow, text):
    """What to keep free for a paragraph that goes with the signature: all of a short one, the end of a long one."""
    return flow.leading(SIZE) * min(len(paragraph_lines(text, flow.width)), 4) + flow.density.gap


def draw_paragraph(flow, text):
    flow.lines(paragraph_lines(text, flow.width), SIZE, INK)
    flow.space(flow.density.gap)


def draw_reminders(flow, letter, formats):
    """The earlier reminders, oldest first, a line for each day and step; nothing when there are none."""
    if not letter.past_reminders:
        return
    texts = formats.texts
    step = flow.leading(SMALL)
    flow.keep(flow.leading(SIZE) + step)
    flow.lines([[(REGULAR, plural(texts.REMINDERS_TITLE, len(letter.past_reminders)))]], SIZE, INK)
    channels = {}
    for past in sorted(letter.past_reminders, key=lambda past: past.date):
        said = channels.setdefault((past.date, past.label), {})
        if past.channel:
            said[texts.CHANNELS.get(past.channel, past.channel)] = True
    for (day, label), said in channels.items():
        pattern = texts.REMINDER_LINE_CHANNEL if said else texts.REMINDER_LINE
        text = pattern.format(date=formats.long_date(day), label=label, channel=', '.join(said))
        lines = wrap([(REGULAR, text)], SMALL, flow.width - 7)
        flow.keep(step * len(lines))
        flow.draw('box', flow.left + 2.6, flow.y + step * 0.42, 1, 1, accent(letter.sender.color))
        flow.lines(lines, SMALL, INK, flow.left + 6)
    flow.space(flow.density.gap)


def draw_payment(flow, letter, formats):
    """How to pay: the reference to quote, the bank account, the link, and the code that a banking app reads."""
    texts, step, color = formats.texts, flow.leading(SMALL), letter.sender.color
    room = flow.width - (QR_SIZE + 8 if letter.qr else 0)
    reference = letter.payment_reference or letter.number
    means = _payment_rows(letter, texts)
    beside = _fits_beside_title(room, reference, texts)
    if not beside:
        means.insert(0, (texts.REFERENCE, reference, BOLD, None))
    rows = [
        (label if index == 0 else '', line, font, link)
        for label, value, font, link in means
        for index, line in enumerate(wrap_text(value, font, SMALL, room - VALUE_INDENT - 5))
    ]
    height = max(step * (len(rows) + 1) + 5.6, QR_SIZE + 9 if letter.qr else 0)
    flow.keep(height)
    flow.draw('box', flow.left, flow.y, flow.width, height, tint(color))
    flow.draw('box', flow.left, flow.y, 0.8, height, accent(color))
    if letter.qr:
        _draw_qr(flow, letter, texts)
    y = flow.y + 2.3 + step * 0.76
    flow.draw('text', flow.left + 5, y, texts.PAYMENT_TITLE, SMALL, accent_text(color), BOLD)
    if beside:
        reach = flow.left + room - 5 - width_mm(reference, BOLD, SMALL)
        flow.draw('text', reach - 2, y, texts.REFERENCE, SMALL, SOFT, REGULAR, 'right')
        flow.draw('text', reach, y, reference, SMALL, INK, BOLD)
    y += 0.8
    for label, text, font, link in rows:
        y += step
        flow.draw('text', flow.left + 5, y, label, SMALL, SOFT)
        flow.draw('text', flow.left + VALUE_INDENT, y, text, SMALL, INK, font)
        if link:
            flow.draw('link', flow.left + VALUE_INDENT, y - step * 0.76, width_mm(text, font, SMALL), step, link)
    flow.space(height + 3)


def _draw_qr(flow, letter, texts):
    """The code at the right of the block, on white with its quiet zone, and what it is for."""
    x, y = flow.right - QR_SIZE - 3, flow.y + 2
    flow.draw('box', x, y, QR_SIZE, QR_SIZE, (1, 1, 1))
    flow.draw('qr', x, y, QR_SIZE, letter.qr)
    flow.draw('text', x + QR_SIZE / 2, y + QR_SIZE + 3.4, texts.SCAN, 6.8, SOFT, REGULAR, 'center')


def _fits_beside_title(room, reference, texts):
    """Whether the reference has room on the title's line: one invoice's has, several invoices' have not."""
    words = width_mm(texts.PAYMENT_TITLE, BOLD, SMALL) + width_mm(texts.REFERENCE, REGULAR, SMALL)
    return words + width_mm(reference, BOLD, SMALL) <= room - 10 - 2 - 6


def _payment_rows(letter, texts):
    """(label, value, font, link) of each means of payment."""
    bank, sender = letter.sender.bank, letter.sender
    rows = []
    if bank:
        iban = ''.join(bank.iban.split())
        is_iban = re.match('[A-Z]{2}[0-9]{2}', iban)
        number = '\u00a0'.join(iban[at:at + 4] for at in range(0, len(iban), 4)) if is_iban else bank.iban
        rows = [
            (texts.HOLDER, bank.holder, REGULAR, None),
            (texts.IBAN if is_iban else texts.ACCOUNT, number, BOLD, None),
        ]
        known = [pair for pair in ((texts.BIC, bank.bic), (texts.BANK, bank.bank_name)) if pair[1]]
        label, value = (f' {DASH} '.join(parts) for parts in zip(*known, strict=True)) if known else ('', '')
        rows.append((label, value, REGULAR, None))
    if letter.rf:
        grouped = '\u00a0'.join(letter.rf[at:at + 4] for at in range(0, len(letter.rf), 4))
        rows.append((texts.RF, grouped, BOLD, None))
    if letter.payment_url:
        rows.append((texts.ONLINE, letter.payment_url, REGULAR, letter.payment_url))
    if not rows:
        contact = ' · '.join(filter(None, (sender.email, sender.phone))) or sender.name
        rows.append((texts.ASK_US, texts.ASK_US_VALUE.format(contact=contact), REGULAR, None))
    return rows


def _signature_lines(letter, formats):
    """(lines over the hand, name, title) of the signature."""
    sender, width = letter.sender, letter.paper.right - SIGNATURE_X
    return (
        wrap([(REGULAR, formats.texts.SIGNED_FOR.format(name=sender.name))], SIZE, width),
        wrap([(BOLD, sender.signatory_name)], SIZE, width),
        wrap([(REGULAR, sender.signatory_title)], SMALL, width),
    )


def signature_height(flow, letter, formats):
    """Height in mm of the signature, for what must stay with it."""
    return flow.leading(SIZE) * sum(map(len, _signature_lines(letter, formats))) + 1.5 + flow.density.hand


def draw_signature(flow, letter, formats):
    """Who signs, with room for the hand."""
    signed_for, name, title = _signature_lines(letter, formats)
    flow.keep(signature_height(flow, letter, formats))
    flow.space(1.5)
    flow.lines(signed_for, SIZE, INK, SIGNATURE_X)
    flow.space(flow.density.hand)
    flow.lines(name, SIZE, INK, SIGNATURE_X)
    flow.lines(title, SMALL, SOFT, SIGNATURE_X)
