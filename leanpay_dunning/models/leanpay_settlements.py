from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.settlement import Settlement


class LeanpaySettlements(models.AbstractModel):
    """Reads what was reconciled on items: money received and credit notes, with their own days."""

    _name = 'leanpay.settlements'
    _description = "Settlements of Items"

    @api.model
    def _of(self, items):
        """Return what was reconciled on receivable items that are owed.

        :param items: account.move.line
        :return: {item id: [Settlement, …]} by day; an item without any has an empty list
        :rtype: dict[int, list[engine.settlement.Settlement]]
        """
        self.env.flush_all()
        found = defaultdict(list, {item_id: [] for item_id in items.ids})
        for item_id, amount, day, kind in self.env.execute_query(SQL(
            """
            SELECT partial.debit_move_id, partial.debit_amount_currency::text, counterpart.date,
                   CASE WHEN move.move_type IN ('out_refund', 'out_invoice') THEN 'credit' ELSE 'payment' END
              FROM account_partial_reconcile partial
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id
             WHERE partial.debit_move_id = ANY(%s) AND partial.debit_amount_currency != 0
          ORDER BY counterpart.date, partial.id
            """, items.ids)):
            found[item_id].append(Settlement(item_id, Decimal(amount), day, kind))
        return dict(found)
