"""Worked examples of late-payment law, evaluated with the engine: a JSON list of {id, title, input, expected}.

The first two letters of an id are the seller's country; `BK` are bank formats, `LT` letters. What an example asks is
told by the names of its inputs, and of `expected` each value is compared, never only some.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from ...engine.interest import Debt, Movement, Options, late_interest
from ...engine.rates import Contract, contract_is_valid, regime_code
from . import law_data
from .vectors_other import ALONE, OTHERS


def evaluate(vectors):
    """Yield (id, {name: (expected, got)} of what differs) for each vector; empty when all is as expected."""
    law = Law()
    for vector in vectors:
        try:
            got = law.answer(vector)
        except Exception as error:  # noqa: BLE001  an example that breaks the engine is reported, the next ones go on
            yield vector['id'], {'error': (None, repr(error))}
            continue
        expected = vector['expected']
        yield vector['id'], {
            name: (wanted, got.get(name)) for name, wanted in expected.items() if not same(wanted, got.get(name))}


def same(wanted, got):
    """Tell whether two values are the same: amounts as numbers, dates as days, lists one by one."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(same(value, got.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list | tuple) and len(wanted) == len(got) and all(map(same, wanted, got))
    if isinstance(got, date):
        return wanted == got.isoformat()
    if isinstance(got, Decimal):
        try:
            return Decimal(str(wanted)) == got
        except InvalidOperation:
            return False
    return wanted == got


class Law:
    """The shipped regimes and rates, asked as the examples ask."""

    def __init__(self):
        self.book, self.regimes = law_data.rate_book(), law_data.regimes()

    def answer(self, vector):
        """Return every value that the engine has for a vector, by name."""
        given = vector['input']
        names = frozenset(given)
        for wanted, function in OTHERS:
            if wanted <= names:
                return function(given)
        if names in ALONE:
            return ALONE[names](given)
        regime = self.regime(vector)
        if 'checks' in given:
            return {'valid': [
                contract_is_valid(Contract('fixed', Decimal(rate)), regime, self.book, date.fromisoformat(day))
                for rate, day in given['checks']]}
        if 'invoices' in given:
            return self.several(given, regime)
        return self.one(given, regime)

    def regime(self, vector):
        """Return the regime that an example is about."""
        title, country = vector['title'].lower(), vector['id'][:2]
        given = vector['input']
        kind = given.get('customer_type') or (
            'public' if 'deadline' in given or 'public buyer' in title else
            'consumer' if 'b2c' in title or 'consumer' in title else 'professional')
        code = given.get('regime') or regime_code(country, kind, self.regimes)
        regime = self.regimes[code]
        if 'judgment' in title:  # two months after it is enforceable, the legal rate rises by five points
            regime = replace(regime, margin=regime.margin + 5, starts='due')
        return regime

    def compute(self, given, regime, **options):
        """Return the engine's result for one debt."""
        due = date.fromisoformat(given.get('due') or given['deadline'])
        received = given.get('formal_notice_received')
        debt = Debt(
            Decimal(given['amount']), due,
            payments=tuple(Movement(date.fromisoformat(day), Decimal(paid)) for day, paid in given.get('payments', ())),
            credits=tuple(_credit(credit, due) for credit in given.get('credits', ())),
            formal_notice=date.fromisoformat(received) if received else due,
            insolvency=date.fromisoformat(given['insolvency']) if given.get('insolvency') else None)
        contract = Contract('fixed', Decimal(given['contract_rate'])) if given.get('contract_rate') else None
        until = date.fromisoformat(given.get('until') or given['paid'])
        options.setdefault('imputation', given.get('imputation', 'principal_first'))
        return late_interest(debt, until, regime, self.book, contract, Options(**options))

    def several(self, given, regime):
        """Answer for several invoices of one customer: each on its own, then summed."""
        results = [
            self.compute({'amount': amount, 'due': due, 'until': given['until']}, regime)
            for amount, due in given['invoices']]
        return {
            'interest': [result.interest for result in results],
            'interest_total': sum(result.interest for result in results),
            'lump_sum': sum(result.indemnity for result in results),
            'total': sum(result.total for result in results),
        }

    def one(self, given, regime):
        """Answer for one debt: with its variants, so that an example may compare them."""
        result = self.compute(given, regime)
        segments = result.segments
        answer = {
            'days': result.days, 'interest': result.interest, 'interest_rounded_once': result.interest_rounded_once,
            'lump_sum': result.indemnity, 'total_due': result.total, 'interest_open': result.interest_open,
            'interest_at_payment': result.interest_paid, 'principal_after': result.principal,
            'segments': [
                {'from': part.date_from, 'to': part.date_to, 'days': part.days, 'principal': part.principal,
                 'rate': part.rate, 'interest': part.interest} for part in segments],
        }
        if len({part.rate for part in segments}) == 1:
            answer['rate'] = segments[0].rate
        for name, day_count in (('act365', 'act/365'), ('actact366', 'act/act'), ('act360', 'act/360'),
                                ('d30_360', '30/360')):
            answer[name] = self.compute(given, regime, day_count=day_count).interest
        if regime.reset == 'frozen':
            answer['wrong_if_reanchored'] = self.compute(given, replace(regime, reset='half_year')).interest
        if regime.capitalised:
            simple = self.compute(given, replace(regime, capitalised=False))
            bases = sorted({part.principal for part in segments})
            answer['simple_interest_for_comparison'] = simple.interest
            for year, base in enumerate(bases, 1):
                answer[f'base_year{year}'] = base
                answer[f'year{year}'] = sum(part.interest for part in segments if part.principal == base)
        return answer


def _credit(credit, due):
    """A credit note is an amount, or (day, amount)."""
    if isinstance(credit, list):
        return Movement(date.fromisoformat(credit[0]), Decimal(credit[1]))
    return Movement(due, Decimal(credit))
