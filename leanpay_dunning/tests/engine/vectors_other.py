"""Worked examples about deadlines, references, bank formats and windows: what each asks, by the names of its inputs."""

from datetime import date
from decimal import Decimal

from ...engine import deadlines, references
from ...report.window import visible_zone


def _days(texts):
    return [date.fromisoformat(text) for text in texts]


def _terms(given):
    return deadlines.term_ceilings(date.fromisoformat(given['invoice_date']))._asdict()


def _service(given):
    return {'deadline': [deadlines.service_deadline(day) for day in _days(given['orders'])]}


def _limitation(given):
    due = date.fromisoformat(given['due'])
    return {'b2b': deadlines.limitation(due, 5), 'b2c': deadlines.limitation(due, 2)}


def _working_day(given):
    return {'next_working_day': deadlines.rolled(date.fromisoformat(given['date']))}


def _belgian_reminder(given):
    sent = date.fromisoformat(given['sent'])
    return {
        name: deadlines.belgian_first_reminder(sent, name == 'post')._asdict() for name in ('post', 'electronic')}


def _creditor_references(given):
    made = [references.rf_reference(base) for base in given['bases']]
    # a reference with a wrong check digit, and one cut short, as the examples have them
    wrong = [f"RF19{made[0][4:]}", made[0][:-1]]
    return {'rf': made, 'invalid': [text for text in wrong if not references.is_rf(text)]}


def _epc(given):
    amount, charset = Decimal(given['amount']), given.get('charset', '1')
    payload = references.epc_payload(
        given['name'], given['iban'], amount, text=given.get('text', ''), reference=given.get('reference', ''),
        bic=given.get('bic', ''), charset=charset)
    size = len(payload.encode(references.CHARSETS[charset]))
    trimmed = len(f"{amount:.2f}") - len(f"{amount.normalize():f}")
    return {'payload': payload, 'bytes': size, f"bytes_if_amount_trimmed_EUR{amount.normalize():f}".replace(
        '.', '_'): size - trimmed}


def _amounts(given):
    return {'amount': [references.cfonb_amount(raw) for raw in given['raw']]}


def _movement(given):
    return references.cfonb_movement(given['line'])._asdict()


def _base(given):
    base = given['base']
    if len(base) == 10:
        return {'ogm': references.ogm(base)}
    whole = references.qrr(base)
    return {'qrr': whole, 'check': int(whole[-1])}


def _window(given):
    """The zone of a page folded in three that a window always shows, for windows 45 and 35 mm high."""
    return {f"h{height}": visible_zone(height) for height in (45, 35)}


OTHERS = [
    ({'invoice_date'}, _terms), ({'orders'}, _service), ({'date'}, _working_day), ({'sent'}, _belgian_reminder),
    ({'bases'}, _creditor_references), ({'name', 'iban'}, _epc), ({'raw'}, _amounts), ({'line'}, _movement),
    ({'base'}, _base), ({'env', 'window'}, _window),
]
ALONE = {frozenset({'due'}): _limitation}
