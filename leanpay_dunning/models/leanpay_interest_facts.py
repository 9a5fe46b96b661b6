from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..engine.deadlines import belgian_first_reminder, free_reminder
from ..engine.interest import Debt, Movement, Pause
from ..engine.workdays import Calendar
from .const import FORMAL_NOTICE

MONDAY_TO_SATURDAY = frozenset(range(6))


class LeanpayInterestFacts(models.AbstractModel):
    """Reads, set-based, what happened to items that counts for late interest: payments, notices, suspensions."""

    _name = 'leanpay.interest.facts'
    _description = "Facts of Late Interest"

    @api.model
    def _debts_of(self, items, laws, until=None):
        """Return {item id: engine.interest.Debt}.

        :param items: account.move.line
        :param laws: {item id: Law}, see `leanpay.late.interest`
        :param until: last day that counts; None: today
        """
        movements, notices = self._movements(items), self._notices(items, laws)
        suspensions = self._suspensions(laws)
        debts = {}
        for item in items:
            law, currency, company = laws[item.id], item.currency_id, item.company_id
            payments, credits = movements[item.id]
            received, charges_from = notices.get(item.id, (None, None))
            debts[item.id] = Debt(
                amount=Decimal(str(currency.round(item.amount_currency))), due=self._due(item),
                payments=tuple(payments), credits=tuple(credits), decimals=currency.decimal_places,
                formal_notice=received, charges_from=charges_from,
                insolvency=law.debtor.insolvency_date or None,
                pauses=tuple(
                    Pause(one.date_from, one.date_until or until or max(one.date_from, company._dunning_today()))
                    for one in suspensions.get(law.debtor, ())
                    if (not one.item_ids or item in one.item_ids)
                    and (one.date_until or not until or until >= one.date_from)))
        return debts

    def _due(self, item):
        """Return the due date, moved to the next working day where the company says so."""
        company = item.company_id
        if company.dunning_due_roll != 'next':
            return item.date_maturity
        place = company.partner_id
        calendar = Calendar(
            company.country_id.code or None, (place.state_id.code or None) if place.country_id else None)
        return calendar.next_workday(item.date_maturity)

    def _movements(self, items):
        """Return {item id: (payments, credit notes)} as lists of `Movement`, from reconciliations."""
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

    def _suspensions(self, laws):
        """Return {leanpay.debtor: leanpay.interest.suspension} of those that stop interest."""
        debtors = self.env['leanpay.debtor'].union(*(law.debtor for law in laws.values()))
        # sudo: whoever sees what an item bears need not see why it bore nothing for a while
        found = self.env['leanpay.interest.suspension'].sudo().search([('debtor_id', 'in', debtors.ids)])
        return found.filtered(lambda one: one._pauses()).grouped('debtor_id')

    def _notices(self, items, laws):
        """Return {item id: (day a formal notice was received, first day on which an indemnity is owed)}.

        The first one only where a receipt is recorded; the second only after a letter, which carries the mentions that
        the law asks for: nothing is claimed that cannot be proved.
        """
        asked = [item.id for item in items if (
            laws[item.id].regime.starts == 'formal_notice' or laws[item.id].regime.indemnity_mode == 'after_notice')]
        if not asked:
            return {}
        self.env['leanpay.reminder'].flush_model()
        self.env['leanpay.reminder.line'].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT line.move_line_id,
                   MIN(reminder.received_on) FILTER (WHERE reminder.level = %(formal)s),
                   ARRAY_AGG(ARRAY[reminder.sent_date::text, reminder.received_on::text,
                                   (reminder.channel = 'letter')::text] ORDER BY reminder.sent_date, reminder.id)
                       FILTER (WHERE reminder.letter_id IS NOT NULL)
              FROM leanpay_reminder_line line
              JOIN leanpay_reminder reminder ON reminder.id = line.reminder_id
             WHERE line.move_line_id = ANY(%(items)s) AND reminder.state = 'sent' AND reminder.level != '0'
          GROUP BY line.move_line_id
            """, formal=FORMAL_NOTICE, items=asked))
        companies = {item.id: item.company_id for item in items}
        found = {}
        for item_id, received, letters in rows:
            regime, company = laws[item_id].regime, companies[item_id]
            starts = [day for letter in letters or () if (day := self._charges_from(regime, company, *letter))]
            found[item_id] = received, min(starts, default=None)
        return found

    def _charges_from(self, regime, company, sent, received, posted):
        """Return the first day on which a consumer who got a free reminder owes an indemnity, None while unknown.

        :param sent, received: ISO dates, None when unknown
        :param posted: 'true' for a letter on paper
        """
        posted = posted == 'true'
        if regime.code.startswith('BE_'):
            calendar = Calendar('BE', weekdays=MONDAY_TO_SATURDAY) if company.dunning_notice_days == 'mon_sat' else None
            return sent and belgian_first_reminder(
                date.fromisoformat(sent), posted, *filter(None, [calendar])).charges_from
        if received or not posted:
            return (day := received or sent) and free_reminder(date.fromisoformat(day))
        return None
