"""The standard text of a letter, and the words that no letter of a creditor may use."""
import re
import unicodedata

from .charges import charge_paragraphs
from .consumer_texts import consumer_paragraphs
from .letter_data import ITEMS, PAYMENT, REMINDERS

# A letter that looks like an act of a court or a bailiff is an offence (Code pénal 433-13), and a deadline
# counted from the letter's date cannot be proved.
FORBIDDEN = (
    'commandement', 'sommation', 'huissier', 'commissaire de justice', 'assignation', 'dernier avis avant',
    'a compter de la presente', 'a compter de ce jour', 'a compter de la date de la presente',
    # German: nobody but a court or its officer gives notice of enforcement
    'gerichtsvollzieher', 'vollstreckungsbescheid', 'mahnbescheid', 'pfandung', 'gerichtliche anordnung',
    'ab dem datum dieses schreibens', 'ab briefdatum',
    'bailiff', 'court order', 'summons', 'writ', 'notice before seizure', 'of the date of this letter',
)


def forbidden_words(text):
    """The expressions in `text` that imitate a court or count a deadline from the letter itself."""
    decomposed = unicodedata.normalize('NFKD', text).casefold()
    plain = ''.join(character for character in decomposed if not unicodedata.combining(character))
    plain = ' '.join(plain.split())
    return tuple(word for word in FORBIDDEN if re.search(rf'(?<!\w){re.escape(word)}s?(?!\w)', plain))


def plural(forms, count):
    """The singular or the plural of (singular, plural)."""
    return forms[count > 1]


def standard_paragraphs(letter, formats):
    """The letter's text in its language: paragraphs, and the places of the blocks among them."""
    texts, kind, past = formats.texts, letter.kind, len(letter.past_reminders)
    items = len(letter.lines)
    days = plural(texts.DAYS, letter.deadline_days).format(count=letter.deadline_days)
    despite = plural(texts.DESPITE, past) if past else ''
    paragraphs = [
        texts.SALUTATION,
        plural(texts.OPENING[kind], items).format(despite=despite),
        ITEMS,
        *charge_paragraphs(letter, formats),
        *consumer_paragraphs(letter, formats),
        REMINDERS,
        texts.DEMAND[kind].format(total=formats.money(letter.total), days=days),
        PAYMENT,
    ]
    if kind == 'formal_notice':
        paragraphs.append(texts.PROCEEDINGS)
        if letter.professional and not charge_paragraphs(letter, formats):
            paragraphs.append(texts.RESERVATION)
    return (*paragraphs, texts.ALREADY_PAID, texts.CLOSING)


def with_places(paragraphs):
    """Paragraphs edited by a person, with the blocks whose place they lost put where they belong."""
    paragraphs = [text for text in paragraphs if text.strip()]
    if ITEMS not in paragraphs:
        salutation = bool(paragraphs) and len(paragraphs[0]) < 60 and paragraphs[0].rstrip().endswith((',', '!'))
        paragraphs.insert(min(len(paragraphs), 2 if salutation else 1), ITEMS)
    if REMINDERS not in paragraphs:
        paragraphs.insert(paragraphs.index(ITEMS) + 1, REMINDERS)
    if PAYMENT not in paragraphs:
        # before the closing sentence, but always after the table
        paragraphs.insert(max(len(paragraphs) - 1, paragraphs.index(REMINDERS) + 1), PAYMENT)
    return paragraphs
