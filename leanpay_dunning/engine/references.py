"""Payment references and bank formats: ISO 11649, EPC069-12, Swiss QRR, Belgian OGM/VCS, CFONB120.

Check digits come from python-stdnum where it has them. Sources: ISO 11649; EPC069-12 v2.1; SIX Swiss Payment
Standards; Febelfin's structured communication; CFONB brochure of the 120-character statement.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from stdnum import iso11649
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

# Number of an EPC069-12 character set, by Python's name of it.
CHARSETS = {'1': 'utf-8', '2': 'iso8859-1', '3': 'iso8859-2', '4': 'iso8859-4', '5': 'iso8859-5', '6': 'iso8859-7',
            '7': 'iso8859-10', '8': 'iso8859-15'}
OVERPUNCH = {**{char: (digit, 1) for digit, char in enumerate('{ABCDEFGHI')},
             **{char: (digit, -1) for digit, char in enumerate('}JKLMNOPQR')}}


def rf_reference(base: str) -> str:
    """Return the ISO 11649 creditor reference of an invoice number, without spaces.

    :raise ValueError: nothing is left of it, or more than 21 letters and digits
    """
    base = re.sub('[^A-Z0-9]', '', base.upper())
    if not 1 <= len(base) <= 21:
        raise ValueError("A creditor reference is made from 1 to 21 letters and digits: shorten the invoice number.")
    return f"RF{mod_97_10.calc_check_digits(base + 'RF')}{base}"


def is_rf(text: str) -> bool:
    """Tell whether a text is a valid creditor reference, spaces allowed."""
    return iso11649.is_valid(text)


def is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN by its shape and check digits (ISO 13616), spaces allowed.

    Not `stdnum.iban`, which reads the banks of each country from a file: the engine reads none.
    """
    compact = re.sub(r'\s', '', text).upper()
    return bool(re.fullmatch('[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}', compact)) and mod_97_10.is_valid(
        compact[4:] + compact[:4])


def epc_payload(
    name: str, iban: str, amount: Decimal, *, reference: str = '', text: str = '', bic: str = '', charset: str = '1',
) -> str:
    """Return what the QR code of a SEPA credit transfer says (EPC069-12, version 002).

    :param amount: euros
    :param reference: structured reference; excludes `text`
    :raise ValueError: what is wrong, and what to do
    """
    if not 1 <= len(name) <= 70:
        raise ValueError("The name of who is paid has 1 to 70 characters: shorten it.")
    if not is_iban(iban):
        raise ValueError(f"{iban} is not a valid IBAN: correct the bank account.")
    if not Decimal('0.01') <= amount <= Decimal('999999999.99') or amount != round(amount, 2):
        raise ValueError("A transfer is of 0.01 to 999999999.99 euros, in whole cents.")
    if reference and text:
        raise ValueError("Give a structured reference or a text, not both.")
    if len(reference) > 35 or len(text) > 140:
        raise ValueError("A reference has at most 35 characters and a text 140: shorten it.")
    if any('\n' in value or '\r' in value for value in (name, bic, reference, text)):
        raise ValueError("What a QR code says stands on one line each: take the line breaks out.")
    compact = re.sub(r'\s', '', iban).upper()
    lines = ['BCD', '002', charset, 'SCT', bic, name, compact, f"EUR{amount:.2f}", '', reference, text]
    payload = '\n'.join(lines).rstrip('\n')
    if len(payload.encode(CHARSETS[charset])) > 331:
        raise ValueError("What the QR code says is longer than 331 bytes: shorten the name or the text.")
    return payload


def ogm(base: str) -> str:
    """Return the Belgian structured communication of ten digits, as it is printed.

    :raise ValueError: not ten digits
    """
    if not re.fullmatch('[0-9]{10}', base):
        raise ValueError("A Belgian structured communication is made from ten digits.")
    digits = f"{base}{int(base) % 97 or 97:02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def is_ogm(text: str) -> bool:
    """Tell whether a text is a valid Belgian structured communication, however it is written."""
    digits = re.sub(r'[\s+/*]', '', text)
    return bool(re.fullmatch('[0-9]{12}', digits)) and int(digits[10:]) == (int(digits[:10]) % 97 or 97)


def qrr(base: str) -> str:
    """Return the Swiss QR reference of at most 26 digits: 27 digits, the last one checking (modulo 10, recursive).

    :raise ValueError: not digits, or more than 26
    """
    if not re.fullmatch('[0-9]{1,26}', base):
        raise ValueError("A Swiss QR reference is made from 1 to 26 digits.")
    base = base.zfill(26)
    return f"{base}{esr.calc_check_digit(base)}"


def is_qrr(text: str) -> bool:
    """Tell whether a text is a valid Swiss QR reference, spaces allowed."""
    digits = re.sub(r'\s', '', text)
    return bool(re.fullmatch('[0-9]{27}', digits)) and str(esr.calc_check_digit(digits[:-1])) == digits[-1]


class Cfonb04(NamedTuple):
    """A movement of a French bank statement (record 04 of CFONB120)."""

    code: str
    bank: str
    internal_code: str
    branch: str
    currency: str
    decimals: int
    account: str
    interbank_code: str
    booking_date: date
    reject_code: str  # with a debit such as interbank code B1: an unpaid direct debit
    value_date: date
    label: str
    entry_no: str
    amount: Decimal
    reference: str


def cfonb_amount(raw: str, decimals: int = 2) -> Decimal:
    """Return an amount whose last character carries its sign (zoned decimal).

    :raise ValueError: not such an amount
    """
    if not re.fullmatch(r'[0-9]+[{}A-R]', raw):
        raise ValueError(f"{raw} is not an amount of CFONB120: digits, then a signed last one.")
    digit, sign = OVERPUNCH[raw[-1]]
    return sign * Decimal(f"{raw[:-1]}{digit}").scaleb(-decimals)


def cfonb_movement(line: str) -> Cfonb04:
    """Read a record 04 of CFONB120; trailing spaces may be lost.

    :raise ValueError: not such a record
    """
    line = line.rstrip('\r\n').ljust(120)
    if line[:2] != '04' or not line[19].isdigit():
        raise ValueError("A movement of CFONB120 is a line of 120 characters that starts with 04.")
    decimals = int(line[19])
    return Cfonb04(
        line[:2], line[2:7].strip(), line[7:11].strip(), line[11:16].strip(), line[16:19], decimals,
        line[21:32].strip(), line[32:34], _day(line[34:40]), line[40:42].strip(), _day(line[42:48]),
        line[48:79].strip(), line[81:88].strip(), cfonb_amount(line[90:104], decimals), line[104:120].strip())


def _day(raw: str) -> date:
    """Return the day of DDMMYY: banks write of 2000 and later."""
    return date(2000 + int(raw[4:6]), int(raw[2:4]), int(raw[:2]))
