"""Refuse or tidy a letter before it is laid out: what is printed must be true, legible and add up."""
from dataclasses import replace
from decimal import Decimal

from .address import fold_address
from .errors import LetterError
from .fonts import printable
from .letter_data import ExtraRow, PastReminder, Recipient

KINDS = ('formal_notice', 'reminder', 'statement')
AMOUNTS = ('amount_total', 'amount_paid', 'amount_disputed', 'amount_due')
# what binary floats leave behind is tidied, a real fraction of a cent is refused
NOISE = Decimal('0.000001')


def checked(letter):
    """Return `letter` with printable texts, folded address and exact amounts; raise `LetterError` otherwise."""
    if letter.kind not in KINDS:
        raise LetterError('kind', kind=letter.kind)
    if letter.deadline_days < 1:
        raise LetterError('deadline', days=letter.deadline_days)
    if not (len(letter.currency) == 3 and letter.currency.isalpha()):
        raise LetterError('currency', currency=letter.currency)
    url = letter.payment_url
    if url and not url.lower().startswith(('https://', 'http://')):
        raise LetterError('payment_url', url=url)
    letter = _clean(
        letter,
        sender=clean_sender(letter.sender),
        recipient=Recipient(fold_address(letter.recipient.lines)),
        lines=tuple(_clean_line(line, letter, 'item') for line in letter.lines),
        credits=tuple(_clean_line(line, letter, 'credit') for line in letter.credits),
        past_reminders=tuple(_clean(PastReminder(*_values(past))) for past in letter.past_reminders),
        interest_block=tuple(_clean_row(row, letter) for row in letter.interest_block or ()),
        consumer_notice=letter.consumer_notice and _clean(
            letter.consumer_notice, amount=_exact(letter.consumer_notice.amount, 'consumer notice', letter)),
        words=letter.words,
        qr=letter.qr,  # its line breaks count, nobody reads it as text
        charges=letter.charges and _clean_charges(letter.charges, letter),
        paragraphs=letter.paragraphs and tuple('\n'.join(map(printable, p.splitlines())) for p in letter.paragraphs),
    )
    if letter.total <= 0:
        raise LetterError('nothing_due', number=letter.number, amount=letter.total)
    return letter


def _values(record):
    """The fields of a dataclass, or the tuple itself."""
    return record if isinstance(record, tuple) else tuple(vars(record).values())


def _clean(record, **changes):
    """`record` with every text printable, and with `changes`."""
    for name, value in vars(record).items():
        if name in changes:
            continue
        if isinstance(value, str):
            changes[name] = printable(value)
        elif isinstance(value, tuple):
            changes[name] = tuple(printable(part) for part in value if part)
    return replace(record, **changes)


def clean_sender(sender):
    """Return a sender whose texts the fonts can print."""
    return _clean(sender, bank=sender.bank and _clean(sender.bank))


def _clean_line(line, letter, kind):
    if line.kind != kind:
        raise LetterError('kind', kind=line.kind)
    amounts = {name: _exact(getattr(line, name), line.reference, letter) for name in AMOUNTS}
    line = _clean(line, **amounts)
    expected = line.amount_total - line.amount_paid - line.amount_disputed
    if expected != line.amount_due:
        raise LetterError(
            'amounts_inconsistent', reference=line.reference, expected=expected, amount=line.amount_due,
        )
    if line.amount_due * (1 if kind == 'item' else -1) < 0:
        raise LetterError('amount_sign', reference=line.reference, amount=line.amount_due)
    return line


def _clean_row(row, letter):
    label, amount = _values(row)
    return ExtraRow(printable(label), _exact(amount, label, letter))


def _clean_charges(charges, letter):
    """Refuse a calculation that does not add up: it is what a court reads first."""
    charges = replace(
        charges, segments=tuple(
            _clean(part, interest=_exact(part.interest, part.reference, letter)) for part in charges.segments),
        **{name: _exact(getattr(charges, name), name, letter) for name in (
            'interest', 'indemnity', 'rounding', 'settled')})
    expected = sum((part.interest for part in charges.segments), charges.rounding) - charges.settled
    if charges.segments and expected != charges.interest:
        raise LetterError('amounts_inconsistent', reference='', expected=expected, amount=charges.interest)
    return charges


def _exact(amount, reference, letter):
    exact = amount.quantize(Decimal(1).scaleb(-letter.decimals))
    if abs(exact - amount) > NOISE:
        raise LetterError(
            'amount_decimals', reference=reference, amount=amount, currency=letter.currency, decimals=letter.decimals,
        )
    return exact
