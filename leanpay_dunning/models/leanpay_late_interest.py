from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.interest import Debt, Movement, late_interest
from ..engine.rates import Rate, RateBook, Regime, Tier, regime_code


class LeanpayLateInterest(models.AbstractModel):
    """Reads the law and the payments of items, set-based; the engine computes what they bear."""

    _name = 'leanpay.late.interest'
    _description = "Late Interest of Items"

    @api.model
    def _of_items(self, items, until=None):
        """Return what items bear when they are paid on a day.

        Only sale documents: an opening balance does not tell what was sold to whom. The indemnity is due once per
        invoice, by its first late instalment (C. com. D441-5).

        :param items: account.move.line, receivable items
        :param until: last day that counts; None: today in each company's time zone
        :return: {item id: engine.interest.LateInterest}; an item without a regime is absent
        """
        items = items.filtered(lambda item: (
            item.move_id.is_sale_document(include_receipts=True) and item.amount_currency > 0 and item.date_maturity))
        laws = self._regimes_of(items)
        book, movements = self._book(), self._movements(items)
        found, charged = {}, set()
        for item in items.sorted(lambda item: (item.date_maturity, item.id)):
            if item.id not in laws:
                continue
            regime, indemnity_currency = laws[item.id]
            payments, credits = movements[item.id]
            currency = item.currency_id
            debt = Debt(
                Decimal(str(currency.round(item.amount_currency))), item.date_maturity, tuple(payments),
                tuple(credits), currency.decimal_places)
            result = late_interest(debt, until or item.company_id._dunning_today(), regime, book)
            indemnity = 0 if item.move_id in charged else self._indemnity_of(item, result.indemnity, indemnity_currency)
            found[item.id] = result.with_indemnity(Decimal(indemnity))
            if indemnity:
                charged.add(item.move_id)
        return found

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

    def _indemnity_of(self, item, indemnity, currency):
        """Return an indemnity in the currency of an item, at the rate of its due date; 0 while no rate is known.

        :param indemnity: Decimal, in the currency that the law names
        """
        company = item.company_id
        if not indemnity or not currency or currency == item.currency_id:
            return indemnity
        for involved in (currency, item.currency_id):
            rates = involved.rate_ids.filtered(lambda rate: rate.company_id in (company.browse(), company.root_id))
            if involved != company.currency_id and not rates:
                return Decimal(0)  # Odoo would take one for one
        converted = currency._convert(float(indemnity), item.currency_id, company, item.date_maturity)
        return Decimal(str(item.currency_id.round(converted)))

    # === READING === #

    def _regimes_of(self, items):
        """Return {item id: (engine.rates.Regime, currency of its indemnity)}.

        The regime is the invoice's own, the customer's, else the one of the company's country.
        """
        debtors = {
            (debtor.company_id, debtor.partner_id): debtor
            for debtor in self.env['leanpay.debtor'].sudo().search([
                ('partner_id', 'in', items.partner_id.commercial_partner_id.ids),
                ('company_id', 'in', items.company_id.ids)])}
        chosen, by_kind = {}, {}
        for item in items:
            customer = item.partner_id.commercial_partner_id
            debtor = debtors.get((item.company_id, customer), self.env['leanpay.debtor'])
            kind = debtor.customer_type or customer._dunning_customer_type()
            if (item.company_id, kind) not in by_kind:
                by_kind[item.company_id, kind] = self._regime_of(item.company_id, kind)
            chosen[item.id] = (
                item.move_id.dunning_regime_id or debtor.regime_id or by_kind[item.company_id, kind])
        law = {
            regime: (self._engine_regime(regime), regime.sudo().indemnity_currency_id)
            for regime in set(chosen.values()) if regime}
        return {item_id: law[regime] for item_id, regime in chosen.items() if regime}

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

    def _movements(self, items):
        """Return {item id: (payments, credit notes)} as lists of `engine.interest.Movement`, from reconciliations."""
        movements = defaultdict(lambda: ([], []))
        if not items:
            return movements
        self.env['account.partial.reconcile'].flush_model()
        self.env['account.move.line'].flush_model(['date', 'move_id'])
        self.env['account.move'].flush_model(['move_type'])
        rows = self.env.execute_query(SQL(
            """
            SELECT partial.debit_move_id, counterpart.date, partial.debit_amount_currency::text,
                   move.move_type = 'out_refund'
              FROM account_partial_reconcile partial
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id
             WHERE partial.debit_move_id = ANY(%s) AND partial.debit_amount_currency > 0
          ORDER BY counterpart.date, partial.id
            """, items.ids))
        for item_id, day, amount, is_credit in rows:
            movements[item_id][is_credit].append(Movement(day, Decimal(amount)))
        return movements


def _decimal(value):
    return Decimal(str(value or 0))
