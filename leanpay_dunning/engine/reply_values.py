"""Dates and amounts as customers write them, in French and English."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from .reply_phrases import MONTHS, WEEKDAYS

_MONTH = '|'.join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = '|'.join(WEEKDAYS)
ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
SLASHED = re.compile(r"\b(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?\b(?![.,]?\d)")
DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)?(?: of)? ({_MONTH})\b(?: (20\d\d))?")
MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (20\d\d))?")
DAY_ALONE = re.compile(r"\b(?:le|au|the|on the) (\d{1,2})(?:er|st|nd|rd|th)?\b(?! ?(?:%|eur|fois|/|\.\d|heures|h\b))")
IN_DAYS = re.compile(r"\b(?:d'ici|dans|sous|in|within) (\d{1,3}) (jours?|days?|semaines?|weeks?)\b")
NAMED = re.compile(rf"\b(?:(next|this) )?({_WEEKDAY})\b(?: (prochain))?")
MONTH_END = re.compile(r"\b(?:fin (?:de|du) mois|fin de ce mois|end of (?:the|this) month|month[- ]end)\b(?! prochain)")
NEXT_MONTH_END = re.compile(r"\b(?:fin du mois prochain|end of next month)\b")
NAMED_MONTH_END = re.compile(rf"\b(?:fin|end of) ({_MONTH})\b")
WEEK_END = re.compile(r"\b(?:fin de (?:la |cette )?semaine|end of (?:the|this) week|cette semaine|this week)\b")
NEXT_WEEK = re.compile(r"\b(?:la )?(?:fin de la )?semaine prochaine\b|\b(?:end of )?next week\b")
TOMORROW = re.compile(r"\b(demain|tomorrow)\b")
TODAY = re.compile(r"\b(aujourd'hui|ce jour|today)\b")
YESTERDAY = re.compile(r"\b(hier|yesterday)\b")
_NUMBER = r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{1,2})?"
AMOUNT = re.compile(
    rf"(?:(?:€|eur|usd|\$|gbp|£) ?({_NUMBER})(?![\d/]))"
    rf"|(?:\b({_NUMBER}) ?(?:€|euros?\b|eur\b|usd\b|\$|dollars?\b|gbp\b|£))")


def dates(text: str, today: date, future: bool) -> list[tuple[int, date]]:
    """Return the (position, day) that a plain text names, in the order of the text.

    A day without its year is the next one, or the last one for what is already done.

    :param future: what is told is to come
    """
    found = [each for each in _dates(text, today, future) if each[1]]
    return sorted(found)


def _dates(text: str, today: date, future: bool) -> Iterator[tuple[int, date | None]]:
    for each in ISO.finditer(text):
        yield each.start(), _day(*map(int, each.groups()))
    for each in SLASHED.finditer(text):
        day, month, year = each.groups()
        yield each.start(), _near(int(day), int(month), year, today, future)
    for each in DAY_MONTH.finditer(text):
        day, month, year = each.groups()
        yield each.start(), _near(int(day), MONTHS[month], year, today, future)
    for each in MONTH_DAY.finditer(text):
        month, day, year = each.groups()
        yield each.start(), _near(int(day), MONTHS[month], year, today, future)
    for each in DAY_ALONE.finditer(text):
        if not re.match(rf" ?({_MONTH})", text[each.end():]):
            yield each.start(), _alone(int(each.group(1)), today, future)
    for each in IN_DAYS.finditer(text):
        number = int(each.group(1)) * (7 if each.group(2)[0] in 'sw' else 1)
        yield each.start(), today + timedelta(number)
    for each in NAMED.finditer(text):
        yield each.start(), _weekday(WEEKDAYS[each.group(2)], today, future)
    yield from _relative(text, today)


def _relative(text: str, today: date) -> Iterator[tuple[int, date]]:
    for pattern, day in (
            (NEXT_MONTH_END, _month_end(_month_end(today) + timedelta(1))), (MONTH_END, _month_end(today)),
            (WEEK_END, today + timedelta((4 - today.weekday()) % 7)),
            (NEXT_WEEK, today + timedelta(11 - today.weekday())), (TOMORROW, today + timedelta(1)), (TODAY, today),
            (YESTERDAY, today - timedelta(1))):
        for each in pattern.finditer(text):
            yield each.start(), day
    for each in NAMED_MONTH_END.finditer(text):
        month = MONTHS[each.group(1)]
        year = today.year + (month < today.month)
        yield each.start(), _month_end(date(year, month, 1))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _near(day: int, month: int, year: str | None, today: date, future: bool) -> date | None:
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _day(today.year, month, day)
    if found and future and found < today:
        return _day(today.year + 1, month, day)
    if found and not future and found > today:
        return _day(today.year - 1, month, day)
    return found


def _alone(day: int, today: date, future: bool) -> date | None:
    months = range(12) if future else range(0, -12, -1)
    for shift in months:
        year, month = divmod(today.month - 1 + shift, 12)
        found = _day(today.year + year, month + 1, day)
        if found and (found >= today if future else found <= today):
            return found
    return None


def _weekday(weekday: int, today: date, future: bool) -> date:
    if future:
        return today + timedelta((weekday - today.weekday()) % 7 or 7)
    return today - timedelta((today.weekday() - weekday) % 7 or 7)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def amounts(text: str) -> list[tuple[int, Decimal]]:
    """Return the (position, amount) that a plain text names with a currency, in the order of the text."""
    found = []
    for each in AMOUNT.finditer(text):
        amount = number(each.group(1) or each.group(2))
        if amount:
            found.append((each.start(), amount))
    return found


def number(text: str) -> Decimal | None:
    """Read a number written with spaces, dots or commas; the last mark followed by one or two digits is decimal."""
    text = text.replace(' ', '')
    mark = max(text.rfind('.'), text.rfind(','))
    if mark >= 0 and len(text) - mark - 1 <= 2:
        text = re.sub(r'[.,]', '', text[:mark]) + '.' + text[mark + 1:]
    else:
        text = re.sub(r'[.,]', '', text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
