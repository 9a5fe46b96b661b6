"""How the demo's customers buy and pay, as plain values: no Odoo, no clock; same day and same seed, same result."""
import random
from datetime import date, timedelta
from typing import NamedTuple

from .customers import CUSTOMERS, SHOWCASE, SPECIAL
from .products import DELIVERY, PRODUCTS

MONTHS_OF_HISTORY = 18
# (share of the invoice in percent, days) of each instalment
TERMS = {'15': [(100, 15)], '30': [(100, 30)], '60': [(100, 60)], '30_60': [(50, 30), (50, 60)]}
GROWTH = 1.5  # 1 spreads orders evenly; more brings them nearer to today, as in a company that grows
SIZES = {'S': (1, 2, 0.5), 'M': (2, 3, 1.0), 'L': (3, 6, 2.5)}  # fewest lines, most lines, quantity
PAYER_DELAYS = {  # days after the due date
    'good': (-6, 0), 'automatic': (0, 0), 'negligent': (16, 24), 'bad': (54, 68), 'administrative': (22, 45),
}
_UNDER_LENS = {customer.key for customer in (*SHOWCASE.values(), *SPECIAL.values())}


class Settlement(NamedTuple):
    """Money that comes in for an invoice: `share` of its total, by `how`: payment, bank or register."""

    date: date
    share: float
    how: str


class Invoice(NamedTuple):
    """An invoice to make: `lines` of (product code, quantity), and what is paid of it and when."""

    key: str
    customer: str
    date: date
    terms: str
    lines: tuple[tuple[str, float], ...]
    settlements: tuple[Settlement, ...] = ()

    @property
    def due_dates(self):
        """The due date of each instalment."""
        return [self.date + timedelta(days=days) for _share, days in TERMS[self.terms]]


def plan(today, delays, seed=42):
    """Return every ordinary invoice of the demo, oldest first.

    :param date today: the day that the demo is for
    :param dict delays: days from the due date of each level of the standard scenario, by level
    :param int seed: another seed is another company's life
    :rtype: list[Invoice]
    """
    rng = random.Random(seed)
    invoices = []
    for customer in CUSTOMERS:
        invoices += _plan_customer(rng, customer, today)
    for level, customer in SHOWCASE.items():
        day = today - timedelta(days=delays[level] + 30)
        invoices.append(Invoice(f'showcase_{level}', customer.key, day, '30', order(rng, 'M')))
    return sorted(invoices, key=lambda invoice: (invoice.date, invoice.key))


def order(rng, size):
    """Return the lines of one order: (product code, quantity)."""
    fewest, most, factor = SIZES[size]
    products = rng.sample(PRODUCTS, rng.randint(fewest, most))
    lines = [
        (code, float(max(1, round(rng.randint(1, most_sold) * factor)))) for code, _name, _price, most_sold in products]
    if rng.random() < 0.4:
        lines.append((DELIVERY[0], 1.0))
    return tuple(lines)


def workday(day):
    """Return `day`, or the Friday before a week-end."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _plan_customer(rng, customer, today):
    """Spread a customer's orders over the history, each with the payments of someone who pays that way."""
    days = MONTHS_OF_HISTORY * 30
    # Customers under the lens have no recent order of their own: only the one that is looked at may be late.
    newest = 120 if customer.key in _UNDER_LENS else 2
    invoices = []
    for number in range(customer.count):
        left = 1 - (number + rng.random()) / customer.count
        age = newest + (days - newest) * left ** GROWTH
        day = workday(today - timedelta(days=round(age)))
        draft = Invoice(f'{customer.key}_{number + 1}', customer.key, day, customer.terms, order(rng, customer.size))
        settlements = _settle(rng, customer, draft, today)
        invoices.append(draft._replace(settlements=tuple(s for s in settlements if s.date <= today)))
    return invoices


def _settle(rng, customer, invoice, today):
    """Return what will ever be paid of an invoice, whenever that is."""
    profile = customer.profile
    if profile == 'insolvent':
        return _settle_insolvent(rng, invoice, today)
    settlements = []
    for (share, _days), due in zip(TERMS[invoice.terms], invoice.due_dates, strict=True):
        if profile == 'litigious' and rng.random() < 0.45:
            # Pays what he does not contest, and the rest once the dispute is over.
            settlements.append(_pay(rng, due, 12, share * 0.7))
            settlements.append(_pay(rng, due, 85, share * 0.3))
        elif profile == 'bad' and rng.random() < 0.25:
            settlements.append(_pay(rng, due, 40, share * 0.4))
            settlements.append(_pay(rng, due, 78, share * 0.6))
        else:
            settlements.append(_pay(rng, due, _delay(rng, profile), share, automatic=profile == 'automatic'))
    return settlements


def _settle_insolvent(rng, invoice, today):
    """Someone whose money ran out seven months ago: late before, a first part at best since."""
    due = invoice.due_dates[-1]
    if due < today - timedelta(days=210):
        return [_pay(rng, due, rng.randint(12, 40), 100)]
    return [_pay(rng, due, 45, 30)] if rng.random() < 0.5 else []


def _delay(rng, profile):
    """Return how many days after the due date somebody of this profile pays; negative: before it."""
    if profile in PAYER_DELAYS:
        return rng.randint(*PAYER_DELAYS[profile])
    return rng.randint(-3, 2) if rng.random() < 0.6 else rng.randint(5, 15)


def _pay(rng, due, delay, share, automatic=False):
    """Return the payment of `share` percent, `delay` days after the due date or on the working day before."""
    day = due + timedelta(days=delay)
    how = 'bank' if automatic else rng.choices(['payment', 'bank', 'register'], [74, 23, 3])[0]
    return Settlement(workday(day), round(share / 100, 4), how)
