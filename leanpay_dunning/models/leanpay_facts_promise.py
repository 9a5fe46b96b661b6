from odoo import api, models
from odoo.tools import SQL


class LeanpayFacts(models.AbstractModel):
    """What is promised is not chased until its deadline; when it is broken, the scenario may go on faster."""

    _inherit = 'leanpay.facts'

    @api.model
    def _item_blocker_sources(self, company):
        """Extend with what is promised and not received yet; its deadline ends it, even when no job runs."""
        return [*super()._item_blocker_sources(company), SQL(
            """
            SELECT line.move_line_id, line.company_id, 'promise', promise.note,
                   GREATEST(0, line.amount - (line.amount_owed - item.amount_residual_currency)),
                   promise.date, promise.deadline
              FROM leanpay_promise_line line
              JOIN leanpay_promise promise ON promise.id = line.promise_id
              JOIN account_move_line item ON item.id = line.move_line_id
             WHERE promise.state = 'open'
            """)]

    def _items(self, company, rows, rates, today):
        """Extend to tell on which day the last promise about an item was broken."""
        items, blockers = super()._items(company, rows, rates, today)
        broken = self._broken_promises(company, [item.id for own in items.values() for item in own], today)
        if broken:
            for debtor_id, own in items.items():
                items[debtor_id] = [
                    item._replace(broken_on=broken[item.id]) if item.id in broken else item for item in own]
        return items, blockers

    def _broken_promises(self, company, item_ids, today):
        return dict(self.env.execute_query(SQL(
            """
            SELECT line.move_line_id, MAX(promise.broken_on)
              FROM leanpay_promise promise
              JOIN leanpay_promise_line line ON line.promise_id = promise.id
             WHERE promise.state IN ('broken', 'partly') AND promise.company_id = %s
               AND promise.broken_on BETWEEN %s::date - 365 AND %s AND line.move_line_id = ANY(%s)
          GROUP BY line.move_line_id
            """, company.id, today, today, item_ids)))
