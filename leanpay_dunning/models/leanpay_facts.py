from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..engine.facts import Blocker, DebtorFacts, InFlight, Item, PassedStep
from .const import IN_FLIGHT_STATES, LEGAL, READERS
from .pg_array import pg_array

# An online payment that has not moved for so long will not arrive by itself.
PENDING_DAYS = 10


class DebtorRow(NamedTuple):
    """What planning needs of a debtor besides the engine's facts."""

    id: int
    partner_id: int
    scenario_id: int | None
    profile_scenario_id: int | None
    country_id: int | None
    partner_active: bool
    collector_id: int | None
    salesperson_id: int | None


class LeanpayFacts(models.AbstractModel):
    """Reads what the engine must know, a batch of debtors at a time, in a constant number of queries."""

    _name = 'leanpay.facts'
    _description = "Facts about Debtors"

    @api.model
    def _read(self, company, debtor_ids, today):
        """Read the facts of debtors of one company.

        :param company: res.company
        :param debtor_ids: ids of leanpay.debtor, about a thousand at most
        :param today: day in the company's time zone; rates are those of that day
        :return: (facts by debtor id, rows by debtor id)
        :rtype: tuple[dict[int, engine.facts.DebtorFacts], dict[int, DebtorRow]]
        """
        self.env.flush_all()
        # Compiling these queries takes longer than running them, and their estimated cost makes the server do it.
        self.env.cr.execute("SET LOCAL jit = off")
        debtor_ids = list(debtor_ids)
        rows = {row.id: row for row in self._debtor_rows(company, debtor_ids)}
        rates = self._rates(company, today)
        items, blockers = self._items(company, rows, rates, today)
        owners = {item.id: debtor_id for debtor_id, own in items.items() for item in own}
        owned_ids = pg_array(owners)
        past, in_flight, heard = self._history(owners, owned_ids)
        holds = self._blockers(company, debtor_ids, owners, owned_ids)
        contacts = self._last_contacts(company, debtor_ids)
        categories = self._categories(debtor_ids)
        facts = {}
        for debtor_id, row in rows.items():
            last_contact, last_attempt = contacts.get(debtor_id, (None, None))
            facts[debtor_id] = DebtorFacts(
                debtor_id=debtor_id,
                items=tuple(items.get(debtor_id, ())),
                blockers=(*_archived(row), *holds.get(debtor_id, ()), *blockers.get(debtor_id, ())),
                past=tuple(past.get(debtor_id, ())),
                in_flight=tuple(in_flight.get(debtor_id, ())),
                # What was said of their items while another customer owed them was heard too.
                last_contact=max(filter(None, (last_contact, heard.get(debtor_id))), default=None),
                last_attempt=last_attempt,
                scenario_ids=tuple(filter(None, (row.scenario_id, row.profile_scenario_id))),
                category_ids=categories.get(debtor_id, frozenset()),
                country_id=row.country_id,
                rates=rates,
            )
        return facts, rows

    @api.model
    def _fingerprints(self, reminders):
        """Return what decides whether reminders may leave, as one opaque text each, to be compared a moment later.

        Cheaper than deciding again for each message, and sure: it reads the entries, payments under way and holds
        themselves, so that an event that nobody marked is noticed too.

        :param reminders: leanpay.reminder
        :rtype: dict[int, str]
        """
        self.env.flush_all()
        return dict(self.env.execute_query(SQL(
            """
            SELECT reminder.id, %s
              FROM leanpay_reminder reminder
              JOIN res_partner customer ON customer.id = reminder.partner_id
             WHERE reminder.id = ANY(%s)
            """, self._fingerprint_sql(self._accounts(reminders.company_id)), reminders.ids)))

    def _fingerprint_sql(self, accounts):
        """Return the SQL of the fingerprint of a row `reminder` whose partner is the row `customer`.

        :param accounts: what `_accounts` says of its company
        """
        return SQL(
            """
            concat_ws('/',
                   (SELECT string_agg(concat_ws(':', item.id, item.amount_residual_currency, item.parent_state,
                                                item.no_followup, item.date_maturity, move.payment_state,
                                                transaction.id, transaction.state), ','
                                      ORDER BY item.id, transaction.id)
                      FROM leanpay_reminder_line line
                      JOIN account_move_line item ON item.id = line.move_line_id
                      JOIN account_move move ON move.id = item.move_id
                 LEFT JOIN account_invoice_transaction_rel link ON link.invoice_id = move.id
                 LEFT JOIN payment_transaction transaction ON transaction.id = link.transaction_id
                     WHERE line.reminder_id = reminder.id),
                   (SELECT concat_ws(':', count(*), sum(item.amount_residual_currency))
                      FROM account_move_line item
                      JOIN res_partner partner ON partner.id = item.partner_id
                     WHERE partner.commercial_partner_id = reminder.partner_id
                       AND item.company_id = reminder.company_id AND item.account_id = ANY(%s)
                       AND item.currency_id = reminder.currency_id
                       AND item.parent_state = 'posted' AND item.reconciled IS NOT TRUE),
                   %s,
                   customer.active)
            """, accounts, self._blockers_fingerprint_sql())

    def _accounts(self, companies):
        """Return the ids of the receivable accounts of several companies."""
        return [account for company in companies for account in self._receivable_accounts(company)]

    # === READING, ONE QUERY EACH === #

    def _debtor_rows(self, company, debtor_ids):
        """Yield the rows of debtors, without the people who have left or may no longer see them."""
        able = self._able_users(company)
        for row in map(DebtorRow._make, self.env.execute_query(SQL(
            """
            SELECT debtor.id, debtor.partner_id, debtor.scenario_id, profile.scenario_id, partner.country_id,
                   partner.active, debtor.collector_id, partner.user_id
              FROM leanpay_debtor debtor
              JOIN res_partner partner ON partner.id = debtor.partner_id
         LEFT JOIN leanpay_payer_profile profile ON profile.id = debtor.profile_id
             WHERE debtor.id = ANY(%s)
            """, debtor_ids))):
            if able.issuperset(filter(None, (row.collector_id, row.salesperson_id))):
                yield row
            else:
                yield row._replace(
                    collector_id=row.collector_id if row.collector_id in able else None,
                    salesperson_id=row.salesperson_id if row.salesperson_id in able else None)

    def _able_users(self, company):
        """Return the ids of the active users who may see the debtors of a company."""
        groups = [self.env.ref(xml_id).id for xml_id in READERS.split(',')]
        return set(self.env['res.users'].sudo().search([
            ('all_group_ids', 'in', groups), ('company_ids', 'in', company.ids)]).ids)

    def _items(self, company, rows, rates, today):
        """Return the open items by debtor, and the blockers that the entries themselves carry."""
        by_partner = {row.partner_id: row.id for row in rows.values()}
        items, blockers, states = defaultdict(list), defaultdict(list), {}
        for (partner_id, line_id, move_id, currency_id, residual, due, scenario_id, kind, amount, not_before,
             no_followup, payment_state) in self.env.execute_query(self._items_query(company, list(by_partner))):
            debtor_id = by_partner[partner_id]
            item = Item(
                line_id, move_id, currency_id, Decimal(residual), due, scenario_id, kind, Decimal(amount), not_before)
            items[debtor_id].append(item)
            if item.residual <= 0:
                continue
            if no_followup:
                blockers[debtor_id].append(Blocker('no_followup', line_id))
            if payment_state == 'blocked':
                blockers[debtor_id].append(Blocker('payment_blocked', line_id))
            states[move_id] = payment_state
        for debtor_id, blocker in self._pending_payments(items, states, rates, today):
            blockers[debtor_id].append(blocker)
        return items, blockers

    def _items_query(self, company, partner_ids):
        # Walks the index on (account, partner) of unreconciled lines, customer by customer: left to itself, the server
        # reads the whole table of journal items once a batch. OFFSET 0 keeps it from undoing that.
        return SQL(
            """
              WITH account AS MATERIALIZED (SELECT unnest(%(accounts)s::int[]) AS id),
                   partner AS MATERIALIZED (
                   SELECT id, commercial_partner_id FROM res_partner
                    WHERE commercial_partner_id = ANY(%(partners)s::int[]))
            SELECT partner.commercial_partner_id, line.id, line.move_id, line.currency_id,
                   line.amount_residual_currency::text, COALESCE(line.date_maturity, line.date),
                   move.dunning_scenario_id, %(kind)s, line.amount_residual::text,
                   move.dunning_sent_date + %(grace)s, COALESCE(line.no_followup, FALSE), move.payment_state
              FROM partner
        CROSS JOIN account
        CROSS JOIN LATERAL (
                   SELECT item.id, item.move_id, item.currency_id, item.amount_residual_currency, item.amount_residual,
                          item.date_maturity, item.date, item.no_followup
                     FROM account_move_line item
                    WHERE item.account_id = account.id
                      AND item.partner_id = partner.id
                      AND item.reconciled IS NOT TRUE
                      AND item.company_id = %(company)s
                      AND item.parent_state = 'posted'
                      AND item.amount_residual_currency != 0
                   OFFSET 0) line
              JOIN account_move move ON move.id = line.move_id
          ORDER BY line.id
            """,
            kind=self._kind_sql(), partners=pg_array(partner_ids), company=company.id,
            grace=company.dunning_sent_grace, accounts=pg_array(self._receivable_accounts(company)))

    def _receivable_accounts(self, company):
        return self.env['account.account'].sudo().with_context(active_test=False).search([
            ('account_type', '=', 'asset_receivable'), ('company_ids', 'parent_of', company.id)]).ids

    def _kind_sql(self):
        """Return the SQL of an item's kind, as the conditions of scenarios and steps name it."""
        # `is_downpayment` comes with the sale add-on; nothing else marks a deposit invoice.
        deposit = SQL(
            """EXISTS (SELECT FROM account_move_line down
                        WHERE down.move_id = move.id AND down.is_downpayment)"""
        ) if 'is_downpayment' in self.env['account.move.line']._fields else SQL("FALSE")
        return SQL(
            """
            CASE WHEN move.move_type = 'entry' THEN 'entry'
                 WHEN %(deposit)s THEN 'deposit'
                 WHEN move.auto_post_origin_id IS NOT NULL OR move.auto_post NOT IN ('no', 'at_date') THEN 'recurring'
                 WHEN %(first)s THEN 'first'
                 ELSE 'invoice' END
            """, deposit=deposit, first=self._first_sql())

    def _first_sql(self):
        # Looked up only when a condition asks for it: it reads the customer's other invoices.
        asked = any(
            self.env[model].sudo().search_count([('condition_kind', '=', 'first')], limit=1)
            for model in ('leanpay.scenario', 'leanpay.scenario.step'))
        return SQL(
            """
            NOT EXISTS (SELECT FROM account_move earlier
                         WHERE earlier.commercial_partner_id = move.commercial_partner_id
                           AND earlier.company_id = move.company_id
                           AND earlier.move_type = 'out_invoice' AND earlier.state = 'posted'
                           AND (earlier.invoice_date, earlier.id) < (move.invoice_date, move.id))
            """) if asked else SQL("FALSE")

    def _pending_payments(self, items, states, rates, today):
        """Yield (debtor id, blocker) for what is being paid, each payment once, the oldest due dates first.

        :param items: {debtor id: [item, …]}
        :param states: payment state of the moves of what is owed, by move id
        :param rates: see `_rates`
        :param today: day of the decision
        """
        payments = self._payments_under_way(list(states))
        known = {move_id for _currency_id, _amount, until, move_ids in payments for move_id in move_ids
                 if not until or until >= today}
        settled = {move_id for move_id, state in states.items() if state in ('paid', 'in_payment', 'reversed')}
        paid_moves = settled.union(*(move_ids for *_payment, move_ids in payments))
        if not paid_moves:
            return
        pending_moves = defaultdict(list)
        for debtor_id, debtor_items in items.items():
            for item in debtor_items:
                if item.move_id in paid_moves and item.residual > 0:
                    pending_moves[item.move_id].append((debtor_id, item))
        for move_id in settled - known:
            for debtor_id, item in pending_moves[move_id]:
                yield debtor_id, Blocker('payment_pending', item.id)
        open_amounts = {item.id: item.residual for entries in pending_moves.values() for _id, item in entries}
        for currency_id, amount, until, move_ids in payments:
            entries = [entry for move_id in move_ids for entry in pending_moves[move_id]]
            # What is no longer waited for is only told: it leaves the items to the other payments.
            left_by_item = dict(open_amounts) if until and until < today else open_amounts
            for debtor_id, item in sorted(entries, key=lambda entry: (entry[1].date_due, entry[1].id)):
                worth = self._convert(amount, currency_id, item.currency_id, rates)
                if worth is None:
                    yield debtor_id, Blocker('payment_pending', item.id, None, None, until)
                    continue
                covered = min(worth, left_by_item[item.id])
                if covered > 0:
                    left_by_item[item.id] -= covered
                    amount -= amount if covered == worth else self._convert(
                        covered, item.currency_id, currency_id, rates)
                    yield debtor_id, Blocker('payment_pending', item.id, covered, None, until)

    def _payments_under_way(self, move_ids):
        """Return the payments without entry yet, and the online transactions under way, of entries.

        :return: [(currency id, amount, last day it is waited for or None, ids of the entries among these), …]
        """
        return [(currency_id, Decimal(amount), until, paid_ids) for currency_id, amount, until, paid_ids in
                self.env.execute_query(SQL(
            """
            SELECT payment.currency_id, payment.amount::text, NULL::date, array_agg(link.invoice_id)
              FROM account_move__account_payment link
              JOIN account_payment payment ON payment.id = link.payment_id
             WHERE link.invoice_id = ANY(%(moves)s::int[]) AND payment.move_id IS NULL
               AND payment.state IN ('in_process', 'paid')
          GROUP BY payment.id
         UNION ALL
            SELECT transaction.currency_id, transaction.amount::text,
                   CASE WHEN transaction.state != 'done'
                        THEN COALESCE(transaction.last_state_change, transaction.create_date)::date + %(days)s END,
                   array_agg(link.invoice_id)
              FROM account_invoice_transaction_rel link
              JOIN payment_transaction transaction ON transaction.id = link.transaction_id
             WHERE link.invoice_id = ANY(%(moves)s::int[])
               AND (transaction.state IN ('pending', 'authorized')
                    OR transaction.state = 'done' AND transaction.is_post_processed IS NOT TRUE)
          GROUP BY transaction.id
            """, moves=pg_array(move_ids), days=PENDING_DAYS))]

    def _convert(self, amount, from_id, to_id, rates):
        """Return an amount in another currency; None without a rate: nobody knows what would be left to ask."""
        if from_id == to_id:
            return amount
        if not {from_id, to_id} <= rates.keys():
            return None
        currency = self.env['res.currency'].browse(to_id)
        return Decimal(str(currency.round(float(amount / rates[from_id] * rates[to_id]))))

    def _history(self, owners, item_ids):
        """Return the steps that items are past, the reminders that hold a step without being sent, and the last day
        on which a message about them was heard, whoever it was for; each by debtor.

        :param owners: debtor id by item id
        :param item_ids: the same items, as `pg_array` writes them
        """
        past, in_flight, heard = defaultdict(list), defaultdict(list), {}
        for item_id, step_id, level, delay, state, activity, day in self.env.execute_query(SQL(
            """
            SELECT line.move_line_id, CASE WHEN line.counts THEN line.step_id END, step.level, step.delay,
                   reminder.state, reminder.channel = 'activity',
                   COALESCE(reminder.sent_date, reminder.write_date::date)
              FROM leanpay_reminder_line line
              JOIN leanpay_reminder reminder ON reminder.id = line.reminder_id
         LEFT JOIN leanpay_scenario_step step ON step.id = line.step_id
             WHERE line.move_line_id = ANY(%(items)s::int[])
               AND (line.counts AND line.step_id IS NOT NULL OR reminder.state = 'sent')
               AND reminder.state NOT IN ('planned', 'approved', 'bounced')
          ORDER BY line.id
            """, items=item_ids)):
            debtor_id = owners[item_id]
            if state == 'sent' and not activity:
                heard[debtor_id] = max(day, heard.get(debtor_id, day))
            if not step_id:
                continue  # only shown with the others
            if state in IN_FLIGHT_STATES:
                in_flight[debtor_id].append(InFlight(item_id, step_id, state))
            else:
                # An internal activity says nothing to the customer; the last step hands the file over.
                said = state == 'sent' and (not activity or level == LEGAL)
                past[debtor_id].append(PassedStep(item_id, step_id, int(level), delay, day, said))
        return past, in_flight, heard

    def _last_contacts(self, company, debtor_ids):
        """Return the last day each debtor heard of us, and the last day we tried without having spoken to them.

        A message that perhaps left was heard; one that failed, that a person has yet to post or to say, or that was for
        ourselves was tried.

        :return: {debtor id: (day or None, day or None), …}
        """
        return {debtor_id: days for debtor_id, *days in self.env.execute_query(SQL(
            """
            SELECT debtor_id, MAX(day) FILTER (WHERE heard), MAX(day) FILTER (WHERE NOT heard)
              FROM (SELECT debtor_id, sent_date AS day, channel != 'activity' AS heard FROM leanpay_reminder
                     WHERE debtor_id = ANY(%(debtors)s) AND state = 'sent'
                 UNION ALL
                    SELECT debtor_id, (COALESCE(sent_on, write_date) AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date, TRUE
                      FROM leanpay_reminder
                     WHERE debtor_id = ANY(%(debtors)s) AND state IN ('sending', 'uncertain')
                 UNION ALL
                    SELECT debtor_id, tried_date, FALSE FROM leanpay_reminder
                     WHERE debtor_id = ANY(%(debtors)s) AND state IN ('failed', 'todo')) contact
          GROUP BY debtor_id
            """, debtors=debtor_ids, tz=company.dunning_tz or 'UTC'))}

    def _categories(self, debtor_ids):
        return {
            debtor_id: frozenset(category_ids)
            for debtor_id, category_ids in self.env.execute_query(SQL(
                """
                SELECT debtor.id, array_agg(link.category_id)
                  FROM leanpay_debtor debtor
                  JOIN res_partner_res_partner_category_rel link ON link.partner_id = debtor.partner_id
                 WHERE debtor.id = ANY(%s)
              GROUP BY debtor.id
                """, debtor_ids))
        }

    def _rates(self, company, today):
        """Return the units of each currency for one unit of company currency; a currency without rate is absent.

        Odoo's own conversion silently uses 1 for a currency without any rate; a minimum must not.
        """
        rates = {
            currency_id: Decimal(rate)
            for currency_id, rate in self.env.execute_query(SQL(
                """
                SELECT DISTINCT ON (currency_id) currency_id, rate::text FROM res_currency_rate
                 WHERE (company_id = %(root)s OR company_id IS NULL) AND name <= %(today)s AND rate > 0
              ORDER BY currency_id, company_id, name DESC
                """, root=company.root_id.id, today=today))
        }
        base = rates.get(company.currency_id.id, Decimal(1))
        return {currency_id: rate / base for currency_id, rate in rates.items()} | {company.currency_id.id: Decimal(1)}


def _archived(row):
    """Return the blocker of a customer that was archived: nobody wants to be the one who writes to them."""
    return () if row.partner_active else (Blocker('archived'),)
