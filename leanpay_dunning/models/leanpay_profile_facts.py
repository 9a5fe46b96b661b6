from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine.profiles import Behaviour, Invoice
from .pg_array import pg_array

MONTHS = 24
# Of a preferred payment method, of a payment's, or of an online one; bills of exchange are drawn in the same way.
DIRECT_DEBITS = [
    'sdd', 'sepa_direct_debit', 'sepa_direct_debit_b2b', 'ach_direct_debit', 'bacs_direct_debit', 'becs_direct_debit',
    'fr_lcr']
# Withheld: most of an invoice was paid, and the rest waited for so long. What came long before the due date is a
# deposit.
WITHHELD_DAYS, DEPOSIT_DAYS = 30, 15


class ItemRow(NamedTuple):
    """An item paid in the window, or overdue."""

    partner_id: int
    id: int
    group: tuple  # items of one invoice are one: (invoice id, None), or (None, item id)
    amount: Decimal
    due: date
    paid_on: date | None
    parts: int
    withheld: bool
    direct_debit: bool
    reminders: int
    level: int


class LeanpayProfileFacts(models.AbstractModel):
    """Reads what debtors did, a batch at a time, in a constant number of queries."""

    _name = 'leanpay.profile.facts'
    _description = "Behaviour of Debtors"

    @api.model
    def _read(self, company, debtor_ids, today):
        """Read the behaviour of debtors of one company over the last two years.

        :param company: res.company
        :param debtor_ids: ids of leanpay.debtor, about a thousand at most
        :param today: day in the company's time zone
        :rtype: dict[int, engine.profiles.Behaviour]
        """
        self.env.flush_all()
        # Compiling these queries takes longer than running them.
        self.env.cr.execute("SET LOCAL jit = off")
        since = today - relativedelta(months=MONTHS)
        partners = self._partners(company, list(debtor_ids))
        items = self._items(company, partners, since, today)
        disputes, insolvent, promises = self._said(list(debtor_ids), since)
        calls = self._calls(list(debtor_ids), since)
        bounced = self._bounced(company, partners, since)
        behaviours = {}
        for debtor_id, (partner_id, public, group, agreed) in partners.items():
            said = calls.get(debtor_id, {})
            behaviours[debtor_id] = Behaviour(
                invoices=_invoices(items.get(partner_id, ()), disputes.get(debtor_id, ()), today),
                promised=max(said.get('promised', 0), promises.get(debtor_id, 0)),
                disputes=said.get('dispute', 0), refused=said.get('refuses', 0),
                bounced=bounced.get(partner_id, 0), insolvency=debtor_id in insolvent,
                public=public, group=group, direct_debit=agreed)
        return behaviours

    # === READING, ONE QUERY EACH === #

    def _partners(self, company, debtor_ids):
        """Return what is known of the customers: {debtor id: (partner id, public body, companies of its group,
        direct debit agreed)}.

        French administrations have the SIREN numbers that begin with 1 and 2.
        """
        industry = self.env.ref('base.res_partner_industry_O', raise_if_not_found=False)
        return {debtor_id: values for debtor_id, *values in self.env.execute_query(SQL(
            """
            SELECT debtor.id, partner.id,
                   COALESCE(partner.industry_id = %(industry)s, FALSE)
                   OR COALESCE(country.code = 'FR' AND partner.is_company
                               AND regexp_replace(partner.company_registry, '\\D', '', 'g')
                                   ~ '^[12](\\d{8}|\\d{13})$', FALSE),
                   (SELECT count(*) FROM res_partner relative
                     WHERE relative.is_company AND relative.active AND relative.id != partner.id
                       AND (relative.parent_id IN (partner.id, partner.parent_id)
                            OR relative.id = partner.parent_id)),
                   COALESCE(method.code = ANY(%(codes)s), FALSE)
              FROM leanpay_debtor debtor
              JOIN res_partner partner ON partner.id = debtor.partner_id
         LEFT JOIN res_country country ON country.id = partner.country_id
         LEFT JOIN account_payment_method_line line
                ON line.id = (partner.property_inbound_payment_method_line_id ->> %(company)s)::int
         LEFT JOIN account_payment_method method ON method.id = line.payment_method_id
             WHERE debtor.id = ANY(%(debtors)s) AND debtor.company_id = %(company_id)s
            """,
            industry=industry.id if industry else None, codes=DIRECT_DEBITS, company=str(company.id),
            company_id=company.id, debtors=debtor_ids))}

    def _items(self, company, partners, since, today):
        """Return the items that fell due in the window and are paid, and all that are overdue, by customer."""
        items = defaultdict(list)
        partner_ids = [partner_id for partner_id, *_known in partners.values()]
        for partner_id, item_id, invoice_id, amount, *values in self.env.execute_query(
                self._items_query(company, partner_ids, since, today)):
            group = (invoice_id, None) if invoice_id else (None, item_id)
            items[partner_id].append(ItemRow(partner_id, item_id, group, Decimal(amount), *values))
        return items

    def _items_query(self, company, partner_ids, since, today):
        return SQL(
            """
              WITH item AS MATERIALIZED (
                   SELECT partner.commercial_partner_id AS partner_id, line.id, move.id AS move_id, move.move_type,
                          line.balance, COALESCE(line.date_maturity, line.date) AS due,
                          line.reconciled IS TRUE AS settled
                     FROM res_partner partner
                     JOIN account_move_line line ON line.partner_id = partner.id
                     JOIN account_move move ON move.id = line.move_id
                    WHERE partner.commercial_partner_id = ANY(%(partners)s::int[])
                      AND line.company_id = %(company)s
                      AND line.account_id = ANY(%(accounts)s::int[])
                      AND line.parent_state = 'posted' AND line.balance > 0
                      AND (line.reconciled IS TRUE AND COALESCE(line.date_maturity, line.date) >= %(since)s
                           OR line.reconciled IS NOT TRUE AND COALESCE(line.date_maturity, line.date) < %(today)s)
                      AND %(owed)s)
            SELECT item.partner_id, item.id, CASE WHEN item.move_type != 'entry' THEN item.move_id END,
                   item.balance::text, item.due, CASE WHEN item.settled THEN paid.last END, COALESCE(paid.parts, 0),
                   COALESCE(paid.last_or_today - item.due >= %(withheld)s
                            AND paid.early * 2 >= item.balance AND paid.early < item.balance, FALSE),
                   COALESCE(paid.direct_debit, FALSE), said.reminders, COALESCE(said.level, 0)
              FROM item
         LEFT JOIN LATERAL %(paid)s paid ON TRUE
         LEFT JOIN LATERAL %(said)s said ON TRUE
             WHERE NOT item.settled OR paid.last IS NOT NULL
          ORDER BY item.id
            """,
            partners=pg_array(partner_ids), company=company.id, since=since, today=today, withheld=WITHHELD_DAYS,
            accounts=pg_array(self.env['leanpay.facts']._receivable_accounts(company)),
            owed=self._owed_sql(company), paid=self._paid_sql(today), said=self._said_sql())

    def _owed_sql(self, company):
        """Return the condition on what a customer owes: an invoice, or an item of before; not a payment sent back."""
        return SQL(
            """
            (move.move_type IN ('out_invoice', 'out_receipt')
             OR move.move_type = 'entry' AND move.origin_payment_id IS NULL AND move.statement_line_id IS NULL
                AND move.reversed_entry_id IS NULL AND move.journal_id IS DISTINCT FROM %s)
            """, company.currency_exchange_journal_id.id or None)

    def _paid_sql(self, today):
        """Return the payments of the row `item`, without credit notes and exchange differences, as one row."""
        return SQL(
            """
            (SELECT MAX(day) AS last,
                    CASE WHEN item.settled THEN MAX(day) ELSE %(today)s END AS last_or_today,
                    COUNT(DISTINCT day) FILTER (WHERE day > item.due) AS parts,
                    bool_or(direct_debit) AS direct_debit,
                    SUM(amount) FILTER (
                        WHERE day >= item.due - %(deposit)s
                          AND day <= CASE WHEN item.settled THEN last ELSE %(today)s END - %(withheld)s) AS early
               FROM (SELECT partial.max_date AS day, partial.amount, MAX(partial.max_date) OVER () AS last,
                            COALESCE(method.code = ANY(%(codes)s) OR online.code = ANY(%(codes)s), FALSE)
                            AS direct_debit
                       FROM account_partial_reconcile partial
                       JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                       JOIN account_move other ON other.id = counterpart.move_id
                  LEFT JOIN account_payment payment ON payment.id = other.origin_payment_id
                  LEFT JOIN account_payment_method_line line ON line.id = payment.payment_method_line_id
                  LEFT JOIN account_payment_method method ON method.id = line.payment_method_id
                  LEFT JOIN payment_transaction transaction ON transaction.id = payment.payment_transaction_id
                  LEFT JOIN payment_method online ON online.id = transaction.payment_method_id
                      WHERE partial.debit_move_id = item.id
                        AND other.move_type NOT IN ('out_refund', 'in_invoice')
                        AND NOT EXISTS (SELECT FROM account_partial_reconcile exchange
                                         WHERE exchange.exchange_move_id = other.id)) payment)
            """, today=today, deposit=DEPOSIT_DAYS, withheld=WITHHELD_DAYS, codes=DIRECT_DEBITS)

    def _said_sql(self):
        """Return the reminders about the row `item` that really left before it was paid, as one row."""
        return SQL(
            """
            (SELECT COUNT(DISTINCT reminder.id) AS reminders, MAX(reminder.level)::int AS level
               FROM leanpay_reminder_line line
               JOIN leanpay_reminder reminder ON reminder.id = line.reminder_id
              WHERE line.move_line_id = item.id AND reminder.state = 'sent' AND reminder.channel != 'activity'
                AND reminder.primary_id IS NULL AND reminder.level != '0'
                AND (NOT item.settled OR reminder.sent_date <= paid.last))
            """)

    def _said(self, debtor_ids, since):
        """Return the disputes by debtor, as (item id or None, first day, last day or None), the debtors under
        insolvency proceedings, and the number of promises by debtor."""
        disputes, insolvent, promises = defaultdict(list), set(), defaultdict(int)
        for debtor_id, kind, item_id, day_from, day_until in self.env.execute_query(SQL(
            """
            SELECT dispute.debtor_id, 'dispute', line.move_line_id, dispute.date,
                   CASE WHEN dispute.state = 'withdrawn' THEN COALESCE(dispute.resolved_on, dispute.write_date::date)
                        ELSE dispute.resolved_on END
              FROM leanpay_dispute dispute
              JOIN leanpay_dispute_line line ON line.dispute_id = dispute.id
             WHERE dispute.debtor_id = ANY(%(debtors)s)
               AND (dispute.date >= %(since)s OR dispute.state IN ('open', 'waiting'))
         UNION ALL
            SELECT debtor_id, 'promise', NULL, date, NULL FROM leanpay_promise
             WHERE debtor_id = ANY(%(debtors)s) AND date >= %(since)s AND state != 'cancelled'
         UNION ALL
            SELECT debtor_id, kind, NULL, date_from, NULL FROM leanpay_hold
             WHERE debtor_id = ANY(%(debtors)s) AND kind = 'insolvency'
               AND (date_from >= %(since)s OR LEAST(date_until, lifted_on) IS NULL)
          ORDER BY 4
            """, debtors=debtor_ids, since=since)):
            if kind == 'dispute':
                disputes[debtor_id].append((item_id, day_from, day_until))
            elif kind == 'insolvency':
                insolvent.add(debtor_id)
            else:
                promises[debtor_id] += 1
        return disputes, insolvent, promises

    def _calls(self, debtor_ids, since):
        """Return how many calls had each result: {debtor id: {result: count}}."""
        calls = defaultdict(dict)
        for debtor_id, outcome, count in self.env.execute_query(SQL(
            """
            SELECT debtor_id, outcome, COUNT(*)
              FROM leanpay_reminder
             WHERE debtor_id = ANY(%s) AND state = 'sent' AND sent_date >= %s
               AND channel = 'phone' AND outcome IN ('promised', 'dispute', 'refuses')
          GROUP BY debtor_id, outcome
            """, debtor_ids, since)):
            calls[debtor_id][outcome] = count
        return calls

    def _bounced(self, company, partners, since):
        """Return how many payments the bank rejected, by customer."""
        return dict(self.env.execute_query(SQL(
            """
            SELECT partner.commercial_partner_id, COUNT(*)
              FROM res_partner partner
              JOIN account_payment payment ON payment.partner_id = partner.id
             WHERE partner.commercial_partner_id = ANY(%s::int[]) AND payment.company_id = %s
               AND payment.payment_type = 'inbound' AND payment.state = 'rejected' AND payment.date >= %s
          GROUP BY partner.commercial_partner_id
            """, pg_array([partner_id for partner_id, *_known in partners.values()]), company.id, since)))


def _invoices(rows, disputes, today):
    """Return the engine's invoices: the items of an invoice are one, as late as the latest of them.

    :param rows: ItemRow of one customer
    :param disputes: (item id or None for all, first day, last day or None) of its debtor
    """
    groups = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    return tuple(_invoice(group, disputes, today) for group in groups.values())


def _invoice(rows, disputes, today):
    worst = max(rows, key=lambda row: ((row.paid_on or today) - row.due, not row.paid_on, row.id))
    return Invoice(
        amount=sum((row.amount for row in rows), Decimal(0)),
        due=worst.due, paid_on=worst.paid_on,
        reminders=max(row.reminders for row in rows), level=max(row.level for row in rows),
        parts=max(row.parts for row in rows),
        disputed=any(_disputed(row, disputes) for row in rows), withheld=any(row.withheld for row in rows),
        direct_debit=all(row.direct_debit for row in rows))


def _disputed(row, disputes):
    """Tell whether an item was disputed by itself, or was open while all of the debtor's were."""
    return any(
        item_id == row.id or (
            item_id is None and (day_until is None or row.due <= day_until)
            and (row.paid_on is None or row.paid_on >= day_from))
        for item_id, day_from, day_until in disputes)
