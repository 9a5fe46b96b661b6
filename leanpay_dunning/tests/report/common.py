"""Letters to test with, and eyes to read the PDF that comes out."""
import datetime
import io
from collections import namedtuple
from decimal import Decimal

from pypdf import PdfReader
from pypdf.generic import ContentStream

from odoo.tests import BaseCase

from ...report.fonts import BOLD, REGULAR
from ...report.letter import (
    BankDetails,
    Letter,
    LetterLine,
    PastReminder,
    Recipient,
    Sender,
    render_letter,
)
from ...report.text import width_mm

MM = 72 / 25.4
# x, y of the start of the baseline and width, in mm from the top left
Chunk = namedtuple('Chunk', 'text x y width')

BANK = BankDetails('Moreau & Fils', 'FR76 3000 6000 0112 3456 7890 189', 'AGRIFRPP', 'Crédit Agricole')
SENDER = Sender(
    name='Établissements Moreau & Fils',
    address_lines=('14, rue de la République', '69002 Lyon'),
    legal_lines=('SAS au capital de 120 000 €', 'SIREN 552 100 554', 'RCS Lyon 552 100 554', 'TVA FR27552100554'),
    email='comptabilite@moreau.example',
    phone='04 72 00 00 00',
    color='#0f5c63',
    bank=BANK,
    signatory_name='Claire Moreau',
    signatory_title='Directrice financière',
)
RECIPIENT = Recipient((
    'Société Générale de Charpente', 'Service comptabilité', '27, avenue du Maréchal Foch', '31000 Toulouse',
))


def line(reference='FAC/2026/0001', total='1000.00', paid='0', disputed='0', days=40, kind='item'):
    """A line whose balance is worked out here."""
    total, paid, disputed = Decimal(total), Decimal(paid), Decimal(disputed)
    due_date = datetime.date(2026, 11, 22) - datetime.timedelta(days=days)
    return LetterLine(
        reference, due_date - datetime.timedelta(days=30), due_date, days,
        total, paid, disputed, total - paid - disputed, kind,
    )


def many_lines(count):
    """Lines of 10.01, 20.01, 30.01... each recognisable by its reference."""
    return tuple(line(f'FAC/{number:04}', f'{number}0.01') for number in range(1, count + 1))


def make_letter(**changes):
    """A formal notice of one invoice, in French, after two reminders."""
    values = dict(
        kind='formal_notice', number='MED-2026-00042', date=datetime.date(2026, 11, 22), place='Lyon', lang='fr_FR',
        currency='EUR', decimals=2, sender=SENDER, recipient=RECIPIENT, lines=(line(),),
        past_reminders=(
            PastReminder(datetime.date(2026, 9, 12), 'Première relance', 'email'),
            PastReminder(datetime.date(2026, 10, 3), 'Deuxième relance', 'letter'),
        ),
        deadline_days=8, professional=True,
    )
    return Letter(**values | changes)


class LetterCase(BaseCase):
    """Reads letters as a person and as a printer would."""

    def opened(self, letter):
        return PdfReader(io.BytesIO(render_letter(letter)))

    def text_of(self, letter):
        """All the text on one line, no-break spaces made ordinary."""
        return flat(' '.join(page.extract_text() for page in self.opened(letter).pages))

    def page_texts(self, letter):
        return [flat(page.extract_text()) for page in self.opened(letter).pages]


def flat(text):
    return ' '.join(text.replace('\u00a0', ' ').split())


def _height(page):
    """Height of a page in mm."""
    return float(page.mediabox.height) / MM


def chunks(page):
    """The pieces of text of a page with their places."""
    found = []

    def visit(text, cm, tm, font, size):
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            name = BOLD if font['/BaseFont'].endswith('-Bold') else REGULAR
            found.append(Chunk(flat(text), x / MM, _height(page) - y / MM, width_mm(flat(text), name, size)))

    page.extract_text(visitor_text=visit)
    return found


def shapes(page):
    """(x1, y1, x2, y2) in mm from the top left of each line, rectangle and picture of a page."""
    found, states, matrix, start = [], [], (1, 0, 0, 1, 0, 0), None

    def box(x1, y1, x2, y2):
        xs = sorted(x * matrix[0] + matrix[4] for x in (x1, x2))
        ys = sorted(_height(page) - (y * matrix[3] + matrix[5]) / MM for y in (y1, y2))
        found.append((xs[0] / MM, ys[0], xs[1] / MM, ys[1]))

    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        numbers = [float(value) for value in operands] if operator in (b'cm', b're', b'm', b'l') else ()
        if operator == b'q':
            states.append(matrix)
        elif operator == b'Q':
            matrix = states.pop()
        elif operator == b'cm':
            a, _b, _c, d, e, f = numbers
            matrix = (
                a * matrix[0], 0, 0, d * matrix[3], e * matrix[0] + matrix[4], f * matrix[3] + matrix[5],
            )
        elif operator == b're':
            x, y, width, height = numbers
            box(x, y, x + width, y + height)
        elif operator == b'm':
            start = numbers
        elif operator == b'l':
            box(*start, *numbers)
        elif operator == b'Do':
            box(0, 0, 1, 1)
    return found
