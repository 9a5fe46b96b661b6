"""The English words of letters are terms that Odoo's translations turn into any other language.

French and German have texts of their own. A letter in another language carries its words, so that it can be made again.
"""
from types import ModuleType, SimpleNamespace

PATTERNS = ('SHORT_DATE',)
LONG = 25  # sentences that long are never the same in two languages


def mark(sentence):
    """Mark a sentence for translation; it is translated by who makes the letter, here nobody knows a language."""
    return sentence


def translated(texts, translate):
    """Return the words of a language, {name: text, tuple or dict of texts}, None where a long sentence has none.

    A letter that is half in one language and half in another would be worse than one in English.

    :param texts: a module or a namespace of texts
    :param translate: turns an English text into the language
    """
    known = vars(texts)
    words = {
        name: known[name] if name in PATTERNS else _walk(known[name], translate) for name in known if name.isupper()}
    long_ones = [(text, translate(text)) for name in words for text in _leaves(known[name]) if len(text) > LONG]
    return None if any(text == other for text, other in long_ones) else words


def namespace(words):
    """Return words as an object that has them as attributes, as a module of texts does."""
    return SimpleNamespace(**words)


def _walk(value, translate):
    if isinstance(value, str):
        return translate(value)
    if isinstance(value, dict):
        return {key: _walk(part, translate) for key, part in value.items()}
    return tuple(_walk(part, translate) for part in value)


def _leaves(value):
    if isinstance(value, str):
        yield value
    elif not isinstance(value, ModuleType):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
