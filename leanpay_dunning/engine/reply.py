"""Reads a customer's answer and proposes what it means, with the sentence that says so. A person decides.

Rules, no learning: the same text gives the same proposal, and `why` tells which words made it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .machine import Machine
from .reply_phrases import AUTOMATIC_BODIES, AUTOMATIC_SUBJECTS, DENIALS, KINDS, QUOTES, SIGNATURES
from .reply_values import amounts, dates

MACHINE = Machine('reply', {
    ('to_read', 'answer'): 'answered',
    ('to_read', 'ignore'): 'ignored',
    ('ignored', 'reopen'): 'to_read',
    ('answered', 'reopen'): 'to_read',
})
LONGEST = 20000  # characters looked at: nobody explains themselves longer, and machines do
SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
_ANY = {kind: re.compile('|'.join(phrases)) for kind, phrases in KINDS}
_DENIED = {kind: re.compile('|'.join(phrases)) if phrases else None for kind, phrases in DENIALS.items()}
_QUOTE = re.compile('|'.join(QUOTES))
_SIGNATURE = re.compile('|'.join(SIGNATURES))
_AUTO_SUBJECT = re.compile('|'.join(AUTOMATIC_SUBJECTS))
_AUTO_BODY = re.compile('|'.join(AUTOMATIC_BODIES), re.DOTALL)


class Reading(NamedTuple):
    """What an answer seems to mean."""

    kind: str  # dispute, plan, paid, promise, question, other, automatic
    sentence: str = ''  # of the customer, as it was written
    date: date | None = None  # when they will pay, or have paid
    amount: Decimal | None = None
    references: tuple[str, ...] = ()  # of ours, found in the text
    why: str = ''  # the words that decided


def read(text: str, subject: str, today: date, references: Iterable[str] = ()) -> Reading:
    """Tell what an answer seems to mean.

    :param text: plain text of the message, with whatever it quotes
    :param today: day on which it came
    :param references: numbers of invoices that it may name
    """
    text = text[:LONGEST]
    own = written(text)
    named = _named(f"{own}\n{subject}", references)
    kind, sentence, why = _meant(own)
    automatic = _AUTO_SUBJECT.search(plain(subject).strip()) or (
        # Somebody who is away on Monday and promises to pay has answered.
        kind in ('', 'question') and _AUTO_BODY.search(plain(own)))
    if automatic:
        return Reading('automatic', why=automatic.group())
    if kind:
        return Reading(kind, sentence, _date(own, sentence, kind, today), _amount(own, sentence), named, why)
    found = _date(own, own, 'promise', today)
    if found and found >= today:
        # Nothing but a day: "Friday." answers the question when it will be paid.
        sentence = next((each for each in sentences(own) if dates(plain(each), today, future=True)), '')
        if len(plain(own).split()) <= 12:
            return Reading('promise', sentence, found, _amount(own, own), named, sentence)
    return Reading('other', next(iter(sentences(own)), ''), None, _amount(own, own), named)


def plain(text: str) -> str:
    """Return a text without accents, in small letters, its quotes and spaces plain; its length may differ."""
    decomposed = unicodedata.normalize('NFKD', text.replace('’', "'"))
    bare = ''.join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r'[^\S\n]+', ' ', bare.casefold())


def written(text: str) -> str:
    """Return what the customer wrote: without older messages below, without the signature."""
    kept = []
    for line in text.splitlines():
        bare = plain(line).strip()
        if kept and _QUOTE.match(bare):
            break
        if any(each.strip() for each in kept) and _SIGNATURE.match(bare):
            break
        if not _QUOTE.match(bare):
            kept.append(line)
    return '\n'.join(kept).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, as they were written; each is a part of it."""
    return [found.strip() for found in SENTENCE.findall(text) if found.strip()]


def _meant(text: str) -> tuple[str, str, str]:
    """Return (kind, sentence, the words that decided) of the first kind that a sentence says, else empty ones."""
    for kind, _phrases in KINDS:
        for sentence in sentences(text):
            match = _says(kind, plain(sentence))
            if match:
                return kind, sentence, match.group()
    return '', '', ''


def _says(kind: str, sentence: str) -> re.Match | None:
    match = _ANY[kind].search(sentence)
    denied = _DENIED[kind]
    return None if match is None or (denied and denied.search(sentence)) else match


def _named(text: str, references: Iterable[str]) -> tuple[str, ...]:
    bare = re.sub(r'\W', '', plain(text))
    return tuple(reference for reference in references
                 if len(re.sub(r'\W', '', reference)) >= 4 and re.sub(r'\W', '', plain(reference)) in bare)


def _date(text: str, sentence: str, kind: str, today: date) -> date | None:
    if kind not in ('promise', 'paid', 'plan'):
        return None
    future = kind != 'paid'
    for part in (sentence, text):
        for _position, day in dates(plain(part), today, future):
            if (day >= today) if future else (day <= today):
                return day
    return None


def _amount(text: str, sentence: str) -> Decimal | None:
    for part in (sentence, text):
        found = amounts(plain(part))
        if found:
            return found[0][1]
    return None
