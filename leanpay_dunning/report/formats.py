"""Dates and amounts as the debtor's language writes them."""
import copy
import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import get_currency_name

from . import texts_de, texts_en, texts_fr
from .charge_texts import TEXTS as CHARGE_TEXTS
from .words import namespace

TEXTS = {'fr': texts_fr, 'en': texts_en, 'de': texts_de}
# European English: the day before the month, which the default English of CLDR has the other way round
FALLBACK = 'en_GB'


class Formats:
    """How one language writes one currency; get it from `formats_for`, which keeps them."""

    def __init__(self, lang, currency, decimals, words=None):
        self.locale = _locale_of(lang, anyway=bool(words))
        self.texts = namespace(words[0]) if words else TEXTS[self.locale.language]
        self.charge_texts = namespace(words[1]) if words else CHARGE_TEXTS[self.locale.language]
        self.currency = currency
        self.step = Decimal(1).scaleb(-decimals)
        self._money = _with_decimals(self.locale.currency_formats['standard'], decimals)
        self._number = _with_decimals(self.locale.decimal_formats[None], decimals)

    @property
    def html_lang(self):
        """The language as BCP 47 writes it, for the document's /Lang."""
        return str(self.locale).replace('_', '-')

    def money(self, amount):
        """`amount` (Decimal) with its currency: 1 234,50 €."""
        return _legible(self._money.apply(amount, self.locale, currency=self.currency, currency_digits=False))

    def number(self, amount):
        """`amount` (Decimal) without its currency, for the columns of a table."""
        return _legible(self._number.apply(amount, self.locale))

    def long_date(self, date):
        return _format_date(date, 'long', self.locale)

    def short_date(self, date):
        """`date` for a table, '' when there is none."""
        return _format_date(date, self.texts.SHORT_DATE, self.locale) if date else ''

    def currency_name(self):
        return get_currency_name(self.currency, count=2, locale=self.locale)


def _locale_of(lang, anyway=False):
    """Return the locale of a language code; without texts of its own it is English, unless `anyway`."""
    try:
        locale = Locale.parse(lang.partition('@')[0].partition('.')[0].replace('-', '_'))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK)
    return locale if anyway or locale.language in TEXTS else Locale.parse(FALLBACK)


def _legible(number):
    """CLDR's narrow no-break space is so narrow in print that 10 876 reads as one word: use the ordinary one."""
    return number.replace('\u202f', '\u00a0')


def _with_decimals(pattern, decimals):
    pattern = copy.copy(pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern


@lru_cache(maxsize=2048)
def _format_date(date: datetime.date, pattern: str, locale: Locale):
    return format_date(date, pattern, locale=locale)


@lru_cache(maxsize=256)
def formats_for(lang, currency, decimals):
    """The `Formats` of a language ('fr_FR', 'en_US'...), a currency code and its number of decimals.

    A language without texts of its own gets English.
    """
    return Formats(lang, currency, decimals)


def formats_of(letter):
    """Return the `Formats` of a letter: with the words that it carries, where its language has no texts here."""
    if letter.words:
        return Formats(letter.lang, letter.currency, letter.decimals, letter.words)
    return formats_for(letter.lang, letter.currency, letter.decimals)
