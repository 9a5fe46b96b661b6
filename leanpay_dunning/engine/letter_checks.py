"""Whether a letter may be handed to somebody who posts it, or sends it as an electronic registered letter."""

from __future__ import annotations

from dataclasses import dataclass

CODES = (
    'no_letter', 'no_address', 'no_email', 'disputed', 'no_consent', 'too_early', 'no_earlier_reminder', 'not_waiting')


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What is known of a letter that waits to be posted."""

    waiting: bool  # in somebody's hands, neither posted nor voided
    made: bool  # its PDF exists
    complete_address: bool
    disputed: bool
    formal_notice: bool
    earlier_reminder: bool  # one that was really sent
    days_late: int
    professional: bool
    consent: bool = False  # to electronic registered letters
    email: bool = False


def letter_problems(facts: LetterFacts, electronic: bool = False, minimum_days_late: int = 0) -> list[str]:
    """Return the codes of what stands against sending a letter, worst first; nothing when it may leave.

    A consumer gets an electronic registered letter only with their consent (code des postes, art. L. 100).

    :param minimum_days_late: of the oldest item, for formal notices
    """
    problems = []
    if not facts.waiting:
        problems.append('not_waiting')
    if not facts.made:
        problems.append('no_letter')
    if electronic:
        if not facts.email:
            problems.append('no_email')
        if not facts.professional and not facts.consent:
            problems.append('no_consent')
    elif not facts.complete_address:
        problems.append('no_address')
    if facts.disputed:
        problems.append('disputed')
    if facts.formal_notice:
        if not facts.earlier_reminder:
            problems.append('no_earlier_reminder')
        if facts.days_late < minimum_days_late:
            problems.append('too_early')
    return problems
