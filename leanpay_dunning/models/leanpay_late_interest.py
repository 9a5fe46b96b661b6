from decimal import Decimal
from typing import Any, NamedTuple

from odoo import api, models

from ..engine.claim import Case
from ..engine.rates import Contract, Rate, RateBook, Regime, Tier, regime_code


class Law(NamedTuple):
    """What governs an item: the currency and the debtor are records."""

    regime: Regime
    contract: Contract | None
    indemnity_currency: Any
    debtor: Any
    record: Any  # leanpay.interest.regime


class LeanpayLateInterest(models.AbstractModel):
    """Finds the law that governs items; the engine computes what they bear."""

    _name = 'leanpay.late.interest'
    _description = "Late Interest of Items"

    @api.model
    def _of_items(self, items, until=None):
        """Return what items bear when they are paid on a day.

        :param items: account.move.line, receivable items
        :param until: last day that counts; None: today in each company's time zone
        :return: {item id: engine.interest.LateInterest}; an item without a regime is absent
        """
        return {item_id: case.result() for item_id, case in self._cases(items, until).items()}

    @api.model
    def _cases(self, items, until=None):
        """Return all that the engine needs to compute what items bear; see `_of_items`.

        The indemnity is due once per invoice, by its first late instalment (C. com. D441-5), unless the company says
        once per instalment.

        :return: {item id: engine.claim.Case}
        """
        items = self._bearing(items)
        laws = self._laws_of(items)
        items = items.filtered(lambda item: item.id in laws)
        book, debts = self._book(), self.env['leanpay.interest.facts']._debts_of(items, laws, until)
        found, charged = {}, set()
        for item in items.sorted(lambda item: (item.date_maturity, item.id)):
            law, company = laws[item.id], item.company_id
            once = item.move_id if company.dunning_indemnity_per == 'invoice' else item
            case = Case(
                debts[item.id], until or company._dunning_today(), law.regime, book, law.contract,
                company._interest_options(),
                Decimal(0) if once in charged else self._indemnity_factor(item, law.indemnity_currency))
            if once not in charged and case.result().indemnity:
                charged.add(once)
            found[item.id] = case
        return found

    def _bearing(self, items):
        """Return the items that can bear interest: sale documents, and entries where the company says so.

        An opening balance does not tell what was sold to whom. A claim of interest never bears interest itself.
        """
        return items.filtered(lambda item: (
            item.amount_currency > 0 and item.date_maturity and not item.move_id.dunning_claim_move
            and (item.move_id.is_sale_document(include_receipts=True)
                 or (item.company_id.dunning_entry_interest and item.move_id.move_type == 'entry'))))

    @api.model
    def _regime_of(self, company, customer_type):
        """Return the regime record of a company's claims on a kind of customer, empty when the law is not known.

        :rtype: leanpay.interest.regime
        """
        # sudo: the law is the same for everybody
        regimes = self.env['leanpay.interest.regime'].sudo().search([('country_id', '=', company.country_id.id)])
        by_code = {regime.code: regime for regime in regimes}
        code = regime_code(company.country_id.code, customer_type, by_code)
        return by_code.get(code, regimes.browse())

    def _indemnity_factor(self, item, currency):
        """Return what turns an indemnity into the currency of an item, at the rate of its due date.

        :return: Decimal; 0 while no rate is known
        """
        company = item.company_id
        if not currency or currency == item.currency_id:
            return Decimal(1)
        for involved in (currency, item.currency_id):
            rates = involved.rate_ids.filtered(lambda rate: rate.company_id in (company.browse(), company.root_id))
            if involved != company.currency_id and not rates:
                return Decimal(0)  # Odoo would take one for one
        rate = self.env['res.currency']._get_conversion_rate(currency, item.currency_id, company, item.date_maturity)
        return Decimal(str(rate))

    # === THE LAW === #

    @api.model
    def _customer_kind(self, company, customer, debtor):
        """Return what kind of customer the law sees in somebody.

        :return: key of `CUSTOMER_TYPES`
        """
        kind = debtor.customer_type or customer._dunning_customer_type()
        if kind == 'consumer' and not debtor.customer_type and company.dunning_unknown_type == 'professional':
            return 'professional'
        return kind

    def _laws_of(self, items):
        """Return {item id: Law} of the items whose law is known.

        The regime is the invoice's own, the customer's, else the one of the company's country; so is the agreed rate,
        but a company's general terms bind professionals only: a public buyer's rate is fixed by law.
        """
        debtors = self._debtors_of(items)
        found, by_kind, engines = {}, {}, {}
        for item in items:
            company, move = item.company_id, item.move_id
            customer = item.partner_id.commercial_partner_id
            debtor = debtors.get((company, customer), self.env['leanpay.debtor'])
            kind = self._customer_kind(company, customer, debtor)
            if (company, kind) not in by_kind:
                by_kind[company, kind] = self._regime_of(company, kind)
            regime = move.dunning_regime_id or debtor.regime_id or by_kind[company, kind]
            if not regime:
                continue
            if regime not in engines:
                engines[regime] = self._engine_regime(regime)
            terms = (move, debtor, company) if kind == 'professional' else (move, debtor)
            contract = next((clause for said, clause in map(_agreed, terms) if said), None)
            found[item.id] = Law(engines[regime], contract, regime.sudo().indemnity_currency_id, debtor, regime.sudo())
        return found

    def _debtors_of(self, items):
        """Return {(company, customer): leanpay.debtor} of items."""
        return {
            (debtor.company_id, debtor.partner_id): debtor
            for debtor in self.env['leanpay.debtor'].sudo().search([
                ('partner_id', 'in', items.partner_id.commercial_partner_id.ids),
                ('company_id', 'in', items.company_id.ids)])}

    def _engine_regime(self, regime):
        """Return a regime record as the engine knows it.

        :rtype: engine.rates.Regime
        """
        regime = regime.sudo()
        return Regime(
            code=regime.code, index=regime.index or '', margin=_decimal(regime.margin), reset=regime.reset,
            round_up=_decimal(regime.round_up), starts=regime.starts, capitalised=regime.capitalised,
            day_count=regime.day_count, floor_index=regime.floor_index or '',
            floor_multiple=_decimal(regime.floor_multiple),
            tiers=tuple(
                Tier(_decimal(tier.up_to) or None, _decimal(tier.amount), _decimal(tier.percent), tier.included)
                for tier in regime.tier_ids.sorted(lambda tier: (not tier.up_to, tier.up_to))),
            indemnity_minimum=_decimal(regime.indemnity_minimum),
            indemnity_maximum=_decimal(regime.indemnity_maximum), indemnity_mode=regime.indemnity_mode)

    def _book(self):
        """Return every known reference rate as an `engine.rates.RateBook`."""
        rates = self.env['leanpay.interest.rate'].sudo().search_fetch(
            [], ['index', 'valid_from', 'rate', 'source', 'confidence'])
        return RateBook.of(
            (rate.index, Rate(rate.valid_from, _decimal(rate.rate), rate.source, rate.confidence)) for rate in rates)


def _agreed(terms):
    return terms.sudo()._agreed_rate()


def _decimal(value):
    return Decimal(str(value or 0))
