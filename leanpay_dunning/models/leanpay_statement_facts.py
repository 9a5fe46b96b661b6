from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.statement import Entry, Match, activity, open_items, with_interest

BLOCKED = {'dispute': 'disputed', 'promise': 'promised', 'plan': 'planned', 'direct_debit': 'paying'}


class LeanpayStatementFacts(models.AbstractModel):
    """Reads the accounts of debtors as of a day, set-based, from the ledger and its reconciliations."""

    _name = 'leanpay.statement.facts'
    _description = "Facts of Statements"

    @api.model
    def _accounts(self, debtors, as_of, since=None, interest=False):
        """Return the accounts of debtors taken together, one per currency.

        :param debtors: leanpay.debtor of one company: one customer, or a group
        :param since: first day of an activity; None: what is open
        :param interest: tell what the law adds
        :rtype: list[engine.statement.Account]
        """
        entries = [entry for own in self._entries(debtors, as_of, since is None).values() for entry in own]
        accounts = open_items(entries, as_of) if since is None else activity(entries, since, as_of)
        return self._with_interest(accounts, as_of) if interest else accounts

    @api.model
    def _entries(self, debtors, as_of, only_open):
        """Return {debtor id: [engine.statement.Entry]} of receivable entries up to a day.

        :param only_open: leave out what was settled by that day: nothing of it would be printed
        """
        rows = self._rows(debtors, as_of, only_open)
        matches, blocked = self._matches([row['id'] for row in rows]), self._blocked(debtors, as_of)
        names = {debtor.id: debtor.partner_id.name for debtor in debtors}
        entries = {debtor.id: [] for debtor in debtors}
        for row in rows:
            debtor_id, amount = row['debtor_id'], Decimal(row['amount'])
            kind = 'item' if amount > 0 else 'credit' if row['is_refund'] else 'payment'
            entries[debtor_id].append(Entry(
                id=row['id'], date=row['date'], due=row['due'], reference=row['reference'] or '',
                currency=row['currency'], amount=amount, base=Decimal(row['base']), kind=kind,
                label=row['label'] or '', owner=names[debtor_id],
                blocked=blocked.get((debtor_id, row['id'])) or blocked.get((debtor_id, None)) or (
                    'held' if row['excluded'] else ''),
                matches=tuple(matches.get(row['id'], ()))))
        return entries

    def _rows(self, debtors, as_of, only_open):
        self.env.flush_all()
        still_open = SQL(
            """AND (item.reconciled IS NOT TRUE OR EXISTS (
                    SELECT FROM account_partial_reconcile later
                     WHERE (later.debit_move_id = item.id OR later.credit_move_id = item.id)
                           AND later.max_date > %s))""", as_of) if only_open else SQL()
        self.env.cr.execute(SQL(
            """
            SELECT debtor.id AS debtor_id, item.id, item.date, COALESCE(item.date_maturity, item.date) AS due,
                   move.name AS reference, item.name AS label, currency.name AS currency,
                   item.amount_currency::text AS amount, item.balance::text AS base,
                   move.move_type = 'out_refund' AS is_refund, item.no_followup AS excluded
              FROM leanpay_debtor debtor
              JOIN res_partner customer ON customer.commercial_partner_id = debtor.partner_id
              JOIN account_move_line item ON item.partner_id = customer.id AND item.company_id = debtor.company_id
              JOIN account_account account ON account.id = item.account_id
              JOIN account_move move ON move.id = item.move_id
              JOIN res_currency currency ON currency.id = item.currency_id
             WHERE debtor.id = ANY(%s) AND item.parent_state = 'posted' AND item.date <= %s
                   AND account.account_type = 'asset_receivable' %s
          ORDER BY item.date, item.id
            """, debtors.ids, as_of, still_open))
        return self.env.cr.dictfetchall()

    def _matches(self, item_ids):
        """Return {item id: [Match]}; a partial counts on both of its entries, in the currency of each."""
        found = {}
        for item_id, day, amount, base in self.env.execute_query(SQL(
            """
            SELECT debit_move_id, max_date, debit_amount_currency::text, amount::text
              FROM account_partial_reconcile WHERE debit_move_id = ANY(%(ids)s)
             UNION ALL
            SELECT credit_move_id, max_date, credit_amount_currency::text, amount::text
              FROM account_partial_reconcile WHERE credit_move_id = ANY(%(ids)s)
            """, ids=item_ids)):
            found.setdefault(item_id, []).append(Match(day, Decimal(amount), Decimal(base)))
        return found

    def _blocked(self, debtors, as_of):
        """Return {(debtor id, item id or None for all): status} of what was on hold on a day."""
        # sudo: whoever makes a statement may not see why something is on hold, only that it is
        holds = self.env['leanpay.hold'].sudo().search([
            ('debtor_id', 'in', debtors.ids), ('date_from', '<=', as_of),
            '|', ('date_until', '=', False), ('date_until', '>=', as_of),
            '|', ('lifted_on', '=', False), ('lifted_on', '>', as_of)])
        found = {}
        for hold in holds:
            for item_id in hold.item_ids.ids or [None]:
                found[hold.debtor_id.id, item_id] = BLOCKED.get(hold.kind, 'held')
        return found

    def _with_interest(self, accounts, as_of):
        law, claims = self.env['leanpay.late.interest'].sudo(), self.env['leanpay.interest.claim'].sudo()
        items = self.env['account.move.line'].sudo().browse(
            [line.entry.id for account in accounts for line in account.lines if line.entry.amount > 0])
        results, settled = law._of_items(items, as_of), claims._settled(items)
        told = []
        for account in accounts:
            interest = indemnity = Decimal(0)
            for line in account.lines:
                result = results.get(line.entry.id)
                if result:
                    one, two = settled(line.entry.id, result)
                    interest += max(result.interest_open - one, 0)
                    indemnity += max(result.indemnity - two, 0)
            told.append(with_interest(account, interest, indemnity))
        return told
