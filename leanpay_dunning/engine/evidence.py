"""The chain of what was said and received: each entry holds the hash of the one before it.

What an entry says is canonical JSON, so that its hash can be computed again by anybody, with any program: SHA-256 of
the previous hash, a line feed, the number of the entry, a line feed, and the text of the entry, in UTF-8.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

START = '0' * 64  # what the first entry of a chain is chained to


class Entry(NamedTuple):
    """One link: `text` is canonical JSON."""

    sequence: int
    text: str
    previous_hash: str
    hash: str


class Head(NamedTuple):
    """What a chain is known to hold: how many entries, and the hash of the last one."""

    count: int
    hash: str


class Finding(NamedTuple):
    """Something that was tampered with: `what` is changed, unchained, missing, added, cut or head."""

    sequence: int
    what: str


def clean(value: Any) -> Any:
    """Return a value whose texts can be stored and encoded: headers of e-mails hold anything, half characters too."""
    if isinstance(value, str):
        return value.encode('utf-8', 'replace').decode().replace('\0', '')
    if isinstance(value, Mapping):
        return {clean(key): clean(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(one) for one in value]
    return value


def canonical(values: Mapping[str, Any]) -> str:
    """Return values as JSON text that only depends on them.

    :raise TypeError: a value that JSON does not know
    :raise ValueError: a number that is not finite
    """
    return json.dumps(clean(values), sort_keys=True, ensure_ascii=False, separators=(',', ':'), allow_nan=False)


def digest(content: bytes | str) -> str:
    """Return the SHA-256 of a content, a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def chain(head: Head, texts: Sequence[str]) -> tuple[list[Entry], Head]:
    """Return the entries that continue a chain, and its new head."""
    entries, previous = [], head.hash
    for number, text in enumerate(texts, head.count + 1):
        link = _hash(previous, number, text)
        entries.append(Entry(number, text, previous, link))
        previous = link
    return entries, Head(head.count + len(texts), previous)


def verify(entries: Sequence[Entry], head: Head) -> list[Finding]:
    """Return what is wrong with a chain, in order; nothing when it is whole.

    An entry whose text was changed is `changed`; one that does not follow the one before is `unchained`; numbers that
    are not there are `missing`, twice there `added`, gone from the end `cut`. The last hash is compared with the head.

    :param entries: in any order
    """
    findings, previous, expected = [], START, 1
    for entry in sorted(entries):
        if entry.sequence < expected:
            findings.append(Finding(entry.sequence, 'added'))
            continue
        findings += [Finding(number, 'missing') for number in range(expected, entry.sequence)]
        if _hash(entry.previous_hash, entry.sequence, entry.text) != entry.hash:
            findings.append(Finding(entry.sequence, 'changed'))
        if entry.previous_hash != previous and entry.sequence == expected:
            findings.append(Finding(entry.sequence, 'unchained'))
        previous, expected = entry.hash, entry.sequence + 1
    findings += [Finding(number, 'cut') for number in range(expected, head.count + 1)]
    if expected - 1 > head.count:
        findings += [Finding(number, 'added') for number in range(head.count + 1, expected)]
    elif expected - 1 == head.count and previous != head.hash:
        findings.append(Finding(head.count, 'head'))
    return findings


def holds(entries: Sequence[Entry], known: Head) -> bool:
    """Tell whether a chain still holds what it held when its head was written down elsewhere.

    This finds even a chain that was written anew from its start, with its head.
    """
    return not known.count or any(entry.sequence == known.count and entry.hash == known.hash for entry in entries)


def _hash(previous: str, number: int, text: str) -> str:
    return digest(f"{previous}\n{number}\n{text}")
