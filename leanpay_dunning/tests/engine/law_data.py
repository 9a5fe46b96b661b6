"""The law as the add-on ships it, read from its data files without Odoo."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from lxml import etree

from ...engine.rates import Rate, RateBook, Regime, Tier

DATA = Path(__file__).parents[2] / 'data'


def records(name, model):
    """Return {xml id: {field: text or referred xml id}} of the records of a model in a data file."""
    tree = etree.parse(DATA / name)
    return {
        record.get('id'): {
            field.get('name'): field.get('ref') or field.get('eval') or (field.text or '').strip()
            for field in record.iter('field')}
        for record in tree.iter('record') if record.get('model') == model}


def rate_book():
    """Return the shipped reference rates."""
    rows = records('leanpay_interest_rate_data.xml', 'leanpay.interest.rate').values()
    return RateBook.of(
        (row['index'], Rate(date.fromisoformat(row['valid_from']), Decimal(row['rate']), row['source'],
                            row['confidence'])) for row in rows)


def regimes():
    """Return {code: engine.rates.Regime} of the shipped regimes."""
    name = 'leanpay_interest_regime_data.xml'
    tiers = {}
    for tier in records(name, 'leanpay.interest.tier').values():
        tiers.setdefault(tier['regime_id'], []).append(Tier(
            _decimal(tier, 'up_to') or None, _decimal(tier, 'amount'), _decimal(tier, 'percent'),
            tier.get('included', 'True') not in ('False', '0')))
    return {
        row['code']: Regime(
            code=row['code'], index=row.get('index', ''), margin=_decimal(row, 'margin'), reset=row['reset'],
            round_up=_decimal(row, 'round_up'), starts=row.get('starts', 'due'),
            capitalised=row.get('capitalised', 'False') in ('True', '1'), day_count=row.get('day_count', 'act/365'),
            floor_index=row.get('floor_index', ''), floor_multiple=_decimal(row, 'floor_multiple'),
            tiers=tuple(sorted(tiers.get(xml_id, ()), key=lambda tier: (tier.up_to is None, tier.up_to or 0))),
            indemnity_minimum=_decimal(row, 'indemnity_minimum'),
            indemnity_maximum=_decimal(row, 'indemnity_maximum'),
            indemnity_mode=row.get('indemnity_mode', 'lump'))
        for xml_id, row in records(name, 'leanpay.interest.regime').items()}


def _decimal(row, name):
    return Decimal(row.get(name) or 0)
