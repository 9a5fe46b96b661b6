"""Whether new orders and deliveries of a customer are let through: what is late, how far it was chased, the credit.

What the customer has a reason not to pay yet, a dispute, a promise, a plan that runs or a payment under way, is not
held against them; what we decided among ourselves not to chase is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .facts import ZERO, DebtorFacts, Level

MODES = ('none', 'warn', 'block')
EXCUSES = frozenset({'dispute', 'promise', 'plan', 'payment_pending', 'direct_debit'})


class Rule(NamedTuple):
    """What one company decided."""

    mode: str = 'none'  # one of `MODES`: what happens to who is held; none: nothing is ever held
    level: int | None = None  # from this level really reached on; None: levels do not matter
    days: int | None = None  # overdue for more days than these; None: lateness does not matter
    limit: bool = False  # over the credit limit


class Exposure(NamedTuple):
    """What a customer owes late without a reason, credits deducted from the oldest items first."""

    level: int | None = None  # the highest really sent for an item of these
    days: int = 0  # days late of the oldest of these
    overdue: Mapping[int, Decimal] = {}  # by currency id


class Credit(NamedTuple):
    """A credit limit and what it is used for, in company currency; a limit of zero is none."""

    limit: Decimal = ZERO
    used: Decimal = ZERO  # balance, orders not invoiced yet, and this order


class Reason(NamedTuple):
    """Why a customer is held: `code` is level, late or limit."""

    code: str
    level: int | None = None
    days: int = 0
    credit: Credit = Credit()


class Verdict(NamedTuple):
    """What becomes of a customer's orders; `released` tells until when somebody lets them through all the same."""

    mode: str = 'none'
    reasons: tuple[Reason, ...] = ()
    released: date | None = None


def exposure(facts: DebtorFacts, today: date) -> Exposure:
    """Return what a customer owes late, without a reason, on a day."""
    owed, credit = {}, defaultdict(Decimal)
    for item in facts.items:
        if item.residual < 0:
            credit[item.currency_id] -= item.residual
    late = sorted((item for item in facts.items if item.residual > 0 and item.date_due < today),
                  key=lambda item: (item.date_due, item.id))
    for item in late:
        left = item.residual - _excused(facts, item.id, item.residual, today)
        paid = min(left, credit[item.currency_id])
        credit[item.currency_id] -= paid
        if left > paid:
            owed[item.id] = (item, left - paid)
    overdue = defaultdict(Decimal)
    for item, left in owed.values():
        overdue[item.currency_id] += left
    return Exposure(
        level=max((step.level for step in facts.past if step.sent and step.item_id in owed), default=None),
        days=max(((today - item.date_due).days for item, _left in owed.values()), default=0),
        overdue=dict(overdue))


def _excused(facts: DebtorFacts, item_id: int, residual: Decimal, today: date) -> Decimal:
    """Return the part of an item that its customer has a reason not to pay yet."""
    found = [blocker for blocker in facts.blockers
             if blocker.kind in EXCUSES and blocker.item_id in (None, item_id) and blocker.active(today)]
    if any(blocker.amount is None for blocker in found):
        return residual
    return min(residual, sum((blocker.amount for blocker in found), ZERO))


def judge(rule: Rule, owes: Exposure, credit: Credit, today: date, released: date | None = None) -> Verdict:
    """Return what becomes of the orders of a customer.

    :param released: last day on which somebody lets them through; None: nobody does
    """
    if rule.mode == 'none':
        return Verdict()
    reasons = []
    # A preventive message reproaches nothing: it never holds an order.
    if rule.level is not None and owes.level is not None and owes.level >= max(rule.level, Level.FIRST):
        reasons.append(Reason('level', level=owes.level))
    if rule.days is not None and owes.days > rule.days:
        reasons.append(Reason('late', days=owes.days))
    if rule.limit and 0 < credit.limit < credit.used:
        reasons.append(Reason('limit', credit=credit))
    if not reasons:
        return Verdict()
    if released is not None and today <= released:
        return Verdict('none', tuple(reasons), released)
    return Verdict(rule.mode, tuple(reasons))
