import datetime
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.statement import Entry, Match, activity, open_items, with_charges

# What a customer may read of a reason; '' is ours alone: an answer to read, an address to repair, our own questions.
BLOCKED = {
    'dispute': 'disputed', 'promise': 'promised', 'plan': 'planned', 'direct_debit': 'paying',
    'payment_pending': 'paying', 'reply': '', 'bounce': '', 'other': '', 'archived': ''}
NEVER = datetime.date.max


class LeanpayStatementFacts(models.AbstractModel):
    """Reads the accounts of debtors as of a day, set-based, from the ledger and its reconciliations."""

    _name = 'leanpay.statement.facts'
    _description = "Facts of Statements"

    @api.model
    def _accounts(self, debtors, as_of, since=None, interest=False, live=False):
        """Return the accounts of debtors taken together, one per currency; see `_accounts_of`.

        :param debtors: leanpay.debtor of one company: one customer, or a group
        :rtype: list[engine.statement.Account]
        """
        return self._accounts_of([debtors], as_of, since, interest, live)[0]

    @api.model
    def _accounts_of(self, groups, as_of, since=None, interest=False, live=False):
        """Return the accounts of groups of debtors, each taken together, in as many queries as for one.

        :param groups: list of leanpay.debtor, of one company; no debtor is in two of them
        :param since: first day of an activity; None: what is open
        :param interest: tell what the law adds
        :param live: what is open now, as the ledger says: entries and payments dated ahead count, as in reminders
        :return: for each group, a list of engine.statement.Account
        """
        debtors = groups[0].union(*groups)
        through = NEVER if live and since is None else as_of
        by_debtor = self._entries(debtors, as_of, since is None, through)
        found = []
        for group in groups:
            entries = [entry for debtor in group for entry in by_debtor[debtor.id]]
            found.append(
                open_items(entries, as_of, through) if since is None else activity(entries, since, as_of))
        return self._with_interest(found, as_of) if interest else found

    @api.model
    def _entries(self, debtors, as_of, only_open, through=None):
        """Return {debtor id: [engine.statement.Entry]} of receivable entries up to a day.

        :param only_open: leave out what was settled by that day: nothing of it would be printed
        :param through: last day of what counts, when entries dated ahead do; None: that day
        """
        rows = self._rows(debtors, through or as_of, only_open)
        matches, blocked = self._matches([row['id'] for row in rows]), self._blocked(debtors, as_of)
        names = {debtor.id: debtor.partner_id.name for debtor in debtors}
        entries = {debtor.id: [] for debtor in debtors}
        for row in rows:
            debtor_id, amount = row['debtor_id'], Decimal(row['amount'])
            reason, part = blocked.get((debtor_id, row['id'])) or blocked.get((debtor_id, None)) or (
                'held' if row['excluded'] else '', None)
            entries[debtor_id].append(Entry(
                id=row['id'], date=row['date'], due=row['due'], reference=row['reference'] or '',
                currency=row['currency'], amount=amount, base=Decimal(row['base']), kind=_kind(amount, row),
                label=row['label'] or '', owner=names[debtor_id], blocked=reason, blocked_amount=part,
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
        for item_id, day, amount, base, number in self.env.execute_query(SQL(
            """
            SELECT debit_move_id, max_date, debit_amount_currency::text, amount::text, id
              FROM account_partial_reconcile WHERE debit_move_id = ANY(%(ids)s)
             UNION ALL
            SELECT credit_move_id, max_date, credit_amount_currency::text, amount::text, id
              FROM account_partial_reconcile WHERE credit_move_id = ANY(%(ids)s)
            """, ids=item_ids)):
            found.setdefault(item_id, []).append(Match(day, Decimal(amount), Decimal(base), number))
        return found

    def _blocked(self, debtors, as_of):
        """Return {(debtor id, item id or None for all): (status, amount or None for all)} of what was blocked on a day.

        Holds are known for any day, what a payment under way covers only for today.
        """
        # sudo: whoever makes a statement may not see why something is on hold, only that it is
        holds = self.env['leanpay.hold'].sudo().search([
            ('debtor_id', 'in', debtors.ids), ('date_from', '<=', as_of),
            '|', ('date_until', '=', False), ('date_until', '>=', as_of),
            '|', ('lifted_on', '=', False), ('lifted_on', '>', as_of)])
        found = {}
        for company, own in debtors.grouped('company_id').items():
            if as_of >= company._dunning_today():
                found |= self._blocked_today(company, own, as_of)
        for hold in holds:
            status = BLOCKED.get(hold.kind, 'held')
            for item_id in (hold.item_ids.ids or [None]) if status else ():
                found[hold.debtor_id.id, item_id] = status, None
        return found

    def _blocked_today(self, company, debtors, day):
        """Return the same of what the engine itself says blocks an item, holds on whole customers left out."""
        facts, _rows = self.env['leanpay.facts'].sudo()._read(company, debtors.ids, day)
        found = {}
        for debtor_id, fact in facts.items():
            for blocker in fact.blockers:
                status = BLOCKED.get(blocker.kind, 'held')
                if not status or blocker.item_id is None or not blocker.active(day):
                    continue
                known, part = found.get((debtor_id, blocker.item_id), (status, Decimal(0)))
                if blocker.amount is None or part is None:
                    part = None
                elif known == status:
                    part += blocker.amount
                found[debtor_id, blocker.item_id] = known, part
        return found

    def _with_interest(self, found, as_of):
        """Return lists of accounts with what the law adds to their open items, less what is waived or booked."""
        law, claims = self.env['leanpay.late.interest'].sudo(), self.env['leanpay.interest.claim'].sudo()
        items = self.env['account.move.line'].sudo().browse(
            [item_id for accounts in found for account in accounts for item_id in account.open_ids])
        results, settled = law._of_items(items, as_of), claims._settled(items)
        charges = {}
        for item_id, result in results.items():
            interest, indemnity = settled(item_id, result)
            charges[item_id] = (
                max(result.interest_open - interest, Decimal(0)), max(result.indemnity - indemnity, Decimal(0)))
        return [[with_charges(account, charges) for account in accounts] for accounts in found]


def _kind(amount, row):
    """Return the kind of an entry: a credit that is no credit note is money received that settles nothing yet."""
    if amount > 0:
        return 'item'
    return 'credit' if row['is_refund'] else 'payment'
