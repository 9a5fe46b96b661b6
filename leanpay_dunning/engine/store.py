"""Values of the engine and of the reports as plain JSON, and back, exactly: what was said can be computed again.

Data classes and named tuples carry their name, amounts their digits, bytes a fingerprint. A field that a class got
later takes its default.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

CLASS, DECIMAL, FRACTION, DAY, BYTES, MAP = '=', 'decimal', 'fraction', 'date', 'sha256', 'map'


class StoreError(ValueError):
    """What is read was not written by :func:`dump`, or names something that no longer exists."""


def dump(value: Any, keep: Callable[[str, bytes], None] | None = None) -> Any:
    """Return a value as JSON values.

    :param keep: called with the SHA-256 and the content of each `bytes` met
    :raise StoreError: a type that cannot be kept
    """
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    if isinstance(value, Fraction):
        return {FRACTION: str(value)}
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    if isinstance(value, bytes) and keep:
        digest = hashlib.sha256(value).hexdigest()
        keep(digest, value)
        return {BYTES: digest}
    if is_dataclass(value) or hasattr(value, '_fields'):
        return {CLASS: type(value).__name__} | {
            name: dump(getattr(value, name), keep) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {MAP: [[dump(key, keep), dump(part, keep)] for key, part in value.items()]}
    if isinstance(value, list | tuple):
        return [dump(part, keep) for part in value]
    raise StoreError(f"A {type(value).__name__} cannot be kept.")


def load(value: Any, classes: Iterable[type], content: Callable[[str], bytes] | None = None) -> Any:
    """Return the value that :func:`dump` wrote; lists come back as tuples.

    :param classes: those that may be made, nothing else is
    :param content: returns the bytes that have a SHA-256
    :raise StoreError: it was written by something else
    """
    known = {one.__name__: one for one in classes}

    def read(part):
        if isinstance(part, list):
            return tuple(read(one) for one in part)
        if not isinstance(part, dict):
            return part
        if CLASS in part:
            cls = known.get(part[CLASS])
            if cls is None:
                raise StoreError(f"Unknown class: {part[CLASS]}")
            return cls(**{name: read(one) for name, one in part.items() if name in _names(cls)})
        [(kind, one)] = part.items()
        if kind == BYTES and content:
            return content(one)
        if kind == MAP:
            return {read(key): read(inner) for key, inner in one}
        makers = {DECIMAL: Decimal, FRACTION: Fraction, DAY: date.fromisoformat}
        if kind not in makers:
            raise StoreError(f"Unknown mark: {kind}")
        return makers[kind](one)

    return read(value)


def _names(cls):
    return cls._fields if hasattr(cls, '_fields') else tuple(field.name for field in fields(cls) if field.init)
