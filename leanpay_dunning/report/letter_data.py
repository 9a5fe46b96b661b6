"""What a letter says: plain values, nothing formatted. Amounts are `Decimal` in the letter's one currency."""
import datetime
from dataclasses import dataclass
from decimal import Decimal

from .paper import FR_DL, Paper

# places of the blocks among the paragraphs, see Letter.paragraphs
ITEMS = '[[items]]'
REMINDERS = '[[reminders]]'
PAYMENT = '[[payment]]'


@dataclass(frozen=True)
class BankDetails:
    """The account to pay to; `iban` with or without spaces."""

    holder: str
    iban: str
    bic: str = ''
    bank_name: str = ''


@dataclass(frozen=True)
class Sender:
    """The creditor.

    `legal_lines` (legal form and capital, SIREN, RCS, VAT number) go to the foot of every page, `logo` is a PNG or
    JPEG, `color` is '#rrggbb' and colours lines and titles.
    """

    name: str
    address_lines: tuple[str, ...] = ()
    legal_lines: tuple[str, ...] = ()
    email: str = ''
    phone: str = ''
    logo: bytes | None = None
    color: str = ''
    bank: BankDetails | None = None
    signatory_name: str = ''
    signatory_title: str = ''


@dataclass(frozen=True)
class Recipient:
    """The debtor's postal address, name first, town or country last; folded to six lines of 38 characters."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class LetterLine:
    """One item (amounts positive) or one credit (amounts negative): total less paid less disputed = due.

    `kind` is 'item' or 'credit'; `days_late` is 0 or None when there is no lateness to print.
    """

    reference: str
    date_invoice: datetime.date | None
    date_due: datetime.date | None
    days_late: int | None
    amount_total: Decimal
    amount_paid: Decimal
    amount_disputed: Decimal
    amount_due: Decimal
    kind: str = 'item'


@dataclass(frozen=True)
class PastReminder:
    """An earlier reminder that was really sent; `channel` is a known code (email, sms, letter...) or free text."""

    date: datetime.date
    label: str
    channel: str = ''


@dataclass(frozen=True)
class ExtraRow:
    """A row after the items that adds to the total, such as late interest."""

    label: str
    amount: Decimal


@dataclass(frozen=True)
class ChargeSegment:
    """Days of one item at one rate, the payment day included: principal × rate × days ÷ base = interest."""

    reference: str
    date_from: datetime.date
    date_to: datetime.date
    days: int
    principal: Decimal
    rate: Decimal
    source: str
    interest: Decimal


@dataclass(frozen=True)
class LateCharges:
    """Late interest and indemnities to a day; a mode is 'none', 'mentioned' (a sentence) or 'claimed' (in the total).

    The interest is the sum of the segments, plus `rounding` where it is rounded once on the total, less `settled`: what
    is paid, invoiced or waived already.
    """

    until: datetime.date
    interest_mode: str = 'none'
    indemnity_mode: str = 'none'
    interest: Decimal = Decimal(0)
    indemnity: Decimal = Decimal(0)
    indemnity_count: int = 0
    segments: tuple[ChargeSegment, ...] = ()
    rounding: Decimal = Decimal(0)
    settled: Decimal = Decimal(0)

    @property
    def claimed_interest(self):
        """The interest that is in the total."""
        return self.interest if self.interest_mode == 'claimed' else Decimal(0)

    @property
    def claimed_indemnity(self):
        """The indemnities that are in the total."""
        return self.indemnity if self.indemnity_mode == 'claimed' else Decimal(0)


@dataclass(frozen=True)
class ConsumerNotice:
    """What a consumer of `country` (BE, NL) must be told before anything is charged: the amount that would apply."""

    country: str
    amount: Decimal
    enterprise_number: str = ''
    products: str = ''


@dataclass(frozen=True)
class Letter:
    """One letter to one debtor in one currency.

    `deadline_days` is counted from the letter's receipt. `paragraphs` replaces the standard text: plain text, ** **
    around what is bold, and `ITEMS`, `REMINDERS`, `PAYMENT` as paragraphs where these blocks go (a block without a
    place is put where it belongs, so that none is lost). `professional` adds the sentence about late-payment
    penalties and the recovery indemnity, which a consumer never owes. `past_reminders` may be plain tuples
    (date, label, channel), `interest_block` plain tuples (label, amount). `rf` is the creditor reference (ISO 11649) to
    quote, without spaces, `qr` what a banking app reads (EPC069-12). `words` are those of `texts_en` and `charge_texts`
    in the letter's language, where it is neither French, English nor German, see `words`.
    """

    kind: str
    number: str
    date: datetime.date
    place: str
    lang: str
    currency: str
    decimals: int
    sender: Sender
    recipient: Recipient
    lines: tuple[LetterLine, ...]
    credits: tuple[LetterLine, ...] = ()
    past_reminders: tuple[PastReminder, ...] = ()
    deadline_days: int = 8
    professional: bool = False
    subject: str | None = None
    paragraphs: tuple[str, ...] | None = None
    mention: str = ''
    payment_reference: str = ''
    payment_url: str | None = None
    interest_block: tuple[ExtraRow, ...] | None = None
    title: str | None = None
    charges: LateCharges | None = None
    paper: Paper = FR_DL
    words: tuple[dict, dict] | None = None
    consumer_notice: ConsumerNotice | None = None
    rf: str = ''
    qr: str = ''

    @property
    def subtotal(self):
        """What the items leave to pay once the credits are taken off."""
        return sum((line.amount_due for line in (*self.lines, *self.credits)), Decimal(0))

    @property
    def total(self):
        """The sum of all that the table prints: what the letter asks for."""
        charges = self.charges
        return (self.subtotal + sum((row.amount for row in self.interest_block or ()), Decimal(0))
                + (charges.claimed_interest + charges.claimed_indemnity if charges else Decimal(0)))
