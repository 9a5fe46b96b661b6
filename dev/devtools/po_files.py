"""Reads and writes translation files; runs with Odoo's Python, which has polib.

`python -m devtools.po_files check|merge FRESH.pot SHIPPED.pot LANGUAGE.po…`
"""
import re
import sys
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sdrf]|\{\{.*?\}\}|\$\{.*?\}")


def terms(file):
    """{(context, term): entry} of the entries in use."""
    return {(entry.msgctxt, entry.msgid): entry for entry in file if not entry.obsolete}


def _short(term):
    return f"“{' '.join(term.split())[:70]}”"


def _difference(name, fresh, have):
    lines = [f"{name}: {_short(key[1])} is missing (run `make i18n`)" for key in fresh.keys() - have.keys()]
    return lines + [f"{name}: {_short(key[1])} is not in use any more (run `make i18n`)"
                    for key in have.keys() - fresh.keys()]


def entry_problem(entry):
    """Why a translation cannot be used, or None."""
    if entry.fuzzy:
        return "is marked fuzzy"
    if not entry.msgstr.strip():
        return "is not translated"
    if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr)):
        return "has other placeholders in its translation"
    return None


def check(fresh, shipped, languages):
    """Sentences on what is missing or wrong."""
    wanted = terms(polib.pofile(str(fresh)))
    problems = []
    for path in (shipped, *languages):
        if not path.exists():
            problems.append(f"{path.name} does not exist (run `make i18n`)")
            continue
        have = terms(polib.pofile(str(path)))
        problems += _difference(path.name, wanted, have)
        if path != shipped:
            problems += [f"{path.name}: {_short(entry.msgid)} {entry_problem(entry)}"
                         for key, entry in have.items() if key in wanted and entry_problem(entry)]
    return sorted(problems)


def merge(fresh, shipped, languages):
    """Replace the shipped terms by the fresh ones, and bring each language up to date."""
    pot = polib.pofile(str(fresh), wrapwidth=0)
    if not shipped.exists() or terms(polib.pofile(str(shipped))).keys() != terms(pot).keys():
        shipped.write_bytes(fresh.read_bytes())
    lines = [f"{shipped.name}: {len(pot)} terms"]
    for path in languages:
        file = polib.pofile(str(path), wrapwidth=0) if path.exists() else _new(pot, path.stem)
        file.merge(pot)
        for entry in file.obsolete_entries():
            file.remove(entry)
        file.save(str(path))
        todo = [entry for entry in file if entry_problem(entry)]
        lines.append(f"{path.name}: {len(file)} terms, {len(todo)} to translate or correct")
    return lines


def _new(pot, language):
    file = polib.POFile(wrapwidth=0)
    file.metadata = dict(pot.metadata, Language=language)
    return file


if __name__ == "__main__":
    action, fresh, shipped, *languages = sys.argv[1:]
    function = {"check": check, "merge": merge}[action]
    for line in function(Path(fresh), Path(shipped), [Path(path) for path in languages]):
        print(line)
