"""The blocks of the letter's text: subject, paragraphs, earlier reminders, payment means, signature."""
import re

from .colors import INK, SOFT, accent, accent_text, tint
from .fonts import BOLD, REGULAR
from .layout import DASH, LEFT, RIGHT, SIZE, WIDTH
from .text import parse_bold, width_mm, wrap, wrap_text
from .wording import plural

SMALL = 8.4
VALUE_INDENT = 44
SIGNATURE_X = 110.0


def draw_subject(flow, letter, formats, title, subject):
    """Title and date on one line, then what the letter is about."""
    texts, color = formats.texts, letter.sender.color
    date = formats.long_date(letter.date)
    where = texts.PLACE_AND_DATE.format(place=letter.place, date=date) if letter.place else (
        texts.DATE_ONLY.format(date=date))
    flow.draw('text', LEFT, flow.y, title, 16, accent_text(color), BOLD)
    flow.draw('text', RIGHT, flow.y, where, SIZE, INK, REGULAR, 'right')
    flow.draw('box', LEFT, flow.y + 2.6, 16, 0.7, accent(color))
    flow.space(8.2)
    if letter.mention:
        flow.lines(wrap([(BOLD, letter.mention)], SMALL, WIDTH), SMALL, INK)
        flow.space(0.8)
    # the number stands at the right, under the date
    baseline = flow.y + flow.leading(SIZE) * 0.76
    number = f'{texts.NUMBER_LABEL} {letter.number}'
    indent = width_mm(texts.SUBJECT_LABEL, REGULAR, SIZE) + 3
    flow.draw('text', LEFT, baseline, texts.SUBJECT_LABEL, SIZE, SOFT)
    lines = wrap([(BOLD, subject)], SIZE, WIDTH - indent - width_mm(number, REGULAR, SIZE) - 8)
    flow.lines(lines, SIZE, INK, LEFT + indent)
    flow.draw('text', RIGHT, baseline, number, SIZE, SOFT, REGULAR, 'right')
    flow.space(3.4)


def paragraph_lines(text):
    """The lines of a paragraph; its line breaks are kept."""
    return [line for part in text.split('\n') for line in wrap(parse_bold(part), SIZE, WIDTH)]


def paragraph_height(flow, text):
    """What to keep free for a paragraph that goes with the signature: all of a short one, the end of a long one."""
    return flow.leading(SIZE) * min(len(paragraph_lines(text)), 4) + flow.density.gap


def draw_paragraph(flow, text):
    flow.lines(paragraph_lines(text), SIZE, INK)
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
        lines = wrap([(REGULAR, text)], SMALL, WIDTH - 7)
        flow.keep(step * len(lines))
        flow.draw('box', LEFT + 2.6, flow.y + step * 0.42, 1, 1, accent(letter.sender.color))
        flow.lines(lines, SMALL, INK, LEFT + 6)
    flow.space(flow.density.gap)


def draw_payment(flow, letter, formats):
    """How to pay: the reference to quote, the bank account, the link."""
    texts, step, color = formats.texts, flow.leading(SMALL), letter.sender.color
    reference = letter.payment_reference or letter.number
    means = _payment_rows(letter, texts)
    beside = _fits_beside_title(reference, texts)
    if not beside:
        means.insert(0, (texts.REFERENCE, reference, BOLD, None))
    rows = [
        (label if index == 0 else '', line, font, link)
        for label, value, font, link in means
        for index, line in enumerate(wrap_text(value, font, SMALL, WIDTH - VALUE_INDENT - 5))
    ]
    height = step * (len(rows) + 1) + 5.6
    flow.keep(height)
    flow.draw('box', LEFT, flow.y, WIDTH, height, tint(color))
    flow.draw('box', LEFT, flow.y, 0.8, height, accent(color))
    y = flow.y + 2.3 + step * 0.76
    flow.draw('text', LEFT + 5, y, texts.PAYMENT_TITLE, SMALL, accent_text(color), BOLD)
    if beside:
        reach = RIGHT - 5 - width_mm(reference, BOLD, SMALL)
        flow.draw('text', reach - 2, y, texts.REFERENCE, SMALL, SOFT, REGULAR, 'right')
        flow.draw('text', reach, y, reference, SMALL, INK, BOLD)
    y += 0.8
    for label, text, font, link in rows:
        y += step
        flow.draw('text', LEFT + 5, y, label, SMALL, SOFT)
        flow.draw('text', LEFT + VALUE_INDENT, y, text, SMALL, INK, font)
        if link:
            flow.draw('link', LEFT + VALUE_INDENT, y - step * 0.76, width_mm(text, font, SMALL), step, link)
    flow.space(height + 3)


def _fits_beside_title(reference, texts):
    """Whether the reference has room on the title's line: one invoice's has, several invoices' have not."""
    words = width_mm(texts.PAYMENT_TITLE, BOLD, SMALL) + width_mm(texts.REFERENCE, REGULAR, SMALL)
    return words + width_mm(reference, BOLD, SMALL) <= WIDTH - 10 - 2 - 6


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
    if letter.payment_url:
        rows.append((texts.ONLINE, letter.payment_url, REGULAR, letter.payment_url))
    if not rows:
        contact = ' · '.join(filter(None, (sender.email, sender.phone))) or sender.name
        rows.append((texts.ASK_US, texts.ASK_US_VALUE.format(contact=contact), REGULAR, None))
    return rows


def _signature_lines(letter, formats):
    """(lines over the hand, name, title) of the signature."""
    sender, width = letter.sender, RIGHT - SIGNATURE_X
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
