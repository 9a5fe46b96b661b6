from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.facts import Blocker
from .pg_array import pg_array


class LeanpayFacts(models.AbstractModel):
    """Reads what people and events decided not to chase: each kind of decision adds its own select."""

    _inherit = 'leanpay.facts'

    @api.model
    def _item_blocker_sources(self, company):
        """Return the selects of what blocks items, one for each kind of decision; features add theirs.

        Columns: item_id, company_id, kind, note, amount (NULL: all of the item), date_from, date_until (NULL: open).
        Only what blocks, or will, or did: dates decide for a day. Simple selects, so that a condition on the item
        reaches their indexes.

        :param company: res.company, None for those of any company
        :rtype: list[odoo.tools.SQL]
        """
        return [SQL(
            """
            SELECT link.account_move_line_id AS item_id, hold.company_id, hold.kind::text AS kind,
                   hold.note::text AS note, NULL::numeric AS amount, hold.date_from,
                   LEAST(hold.date_until, hold.lifted_on - 1) AS date_until
              FROM leanpay_hold hold
              JOIN account_move_line_leanpay_hold_rel link ON link.leanpay_hold_id = hold.id
            """)]

    def _item_blockers_sql(self, company):
        """Return the select of all that blocks items, see `_item_blocker_sources`."""
        return SQL(' UNION ALL ').join(self._item_blocker_sources(company))

    def _debtor_blockers_sql(self, _company):
        """Return the select of what blocks all that debtors owe; columns as for items, `debtor_id` for `item_id`."""
        return SQL(
            """
            SELECT hold.debtor_id, hold.company_id, hold.kind::text AS kind, hold.note::text AS note,
                   NULL::numeric AS amount, hold.date_from, LEAST(hold.date_until, hold.lifted_on - 1) AS date_until
              FROM leanpay_hold hold
             WHERE NOT EXISTS (
                   SELECT FROM account_move_line_leanpay_hold_rel link WHERE link.leanpay_hold_id = hold.id)
            """)

    def _blockers(self, company, debtor_ids, owners, item_ids):
        """Return the blockers that people or events set, by debtor: on all that they owe, or on some items.

        An item that is blocked stays so, whoever owes it since: customers join companies and leave them.

        :param owners: debtor id by item id
        :param item_ids: the same items, as `pg_array` writes them
        """
        found = defaultdict(list)
        for debtor_id, item_id, kind, note, amount, day_from, day_until in self.env.execute_query(SQL(
            """
            SELECT debtor_id, NULL, kind, note, amount::text, date_from, date_until FROM (%(wide)s) wide
             WHERE debtor_id = ANY(%(debtors)s::int[]) AND company_id = %(company)s
         UNION ALL
            SELECT NULL, item_id, kind, note, amount::text, date_from, date_until FROM (%(items)s) narrow
             WHERE item_id = ANY(%(ids)s::int[]) AND company_id = %(company)s
            """, wide=self._debtor_blockers_sql(company), items=self._item_blockers_sql(company),
            debtors=pg_array(debtor_ids), ids=item_ids, company=company.id)):
            found[debtor_id or owners[item_id]].append(Blocker(
                kind, item_id, None if amount is None else Decimal(amount), day_from, day_until, note or ''))
        for blockers in found.values():  # the same order whatever the server's plan: texts name the first of equals
            blockers.sort(key=lambda blocker: (blocker.item_id or 0, blocker.kind, str(blocker.date_from)))
        return found

    def _blockers_fingerprint_sql(self):
        """Return the SQL of what blocks the items of a row `reminder`, or its debtor, as one text."""
        row = SQL("concat_ws(':', kind, note, amount, date_from, date_until)")
        return SQL(
            """
            (SELECT string_agg(told, ',' ORDER BY told)
               FROM (SELECT concat_ws(':', item_id, %(row)s) AS told FROM (%(items)s) narrow
                      WHERE item_id IN (SELECT line.move_line_id FROM leanpay_reminder_line line
                                         WHERE line.reminder_id = reminder.id)
                  UNION ALL
                     SELECT %(row)s FROM (%(wide)s) wide WHERE debtor_id = reminder.debtor_id) blocker)
            """, row=row, items=self._item_blockers_sql(None), wide=self._debtor_blockers_sql(None))
