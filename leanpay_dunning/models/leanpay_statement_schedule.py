import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine.statement_schedule import Due, Told, before_due
from .leanpay_planner import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)
RECENT_DAYS = 25  # a reminder that carried a statement stands for the one of the schedule
LONGEST_BREAK = 15  # days off in a row, holidays and week-ends, by which a statement may come earlier


class LeanpayStatement(models.Model):
    """The statements that the profiles' schedules ask for, inside the send window, one failure stopping no other."""

    _inherit = 'leanpay.statement'

    @api.model
    def _cron_statements(self):
        """Send the statements that the profiles' schedules ask for, company by company."""
        companies = self.env['res.company'].search([('dunning_active', '=', True), ('dunning_approved', '=', True)])
        for company in companies:
            if not company._dunning_window_open():
                continue
            today = company._dunning_today()
            for debtor_id, period in self._due_statements(company, today):
                self.with_company(company)._send_scheduled(debtor_id, today, period)
                if self.env.context.get('cron_id') and not self.env['ir.cron']._commit_progress():
                    return

    def _send_scheduled(self, debtor_id, today, period):
        """Send one debtor the statement of a period; what goes wrong with it is given to a person."""
        debtor = self.env['leanpay.debtor'].browse(debtor_id)
        try:
            with self.env.cr.savepoint():
                self._send(debtor, today, period)
        except CONCURRENCY_ERRORS:
            _logger.info("The statement to debtor %s met another process: the next hour looks again", debtor_id)
        except Exception as error:
            _logger.warning("No statement to debtor %s", debtor_id, exc_info=True)
            debtor._need_attention(
                'statement', self.env._("The statement of account could not be sent"), note=str(error))

    @api.model
    def _due_statements(self, company, today):
        """Return [(debtor id, period)] of the statements to send on a day and not sent yet.

        Monthly ones from their day of the month on; those before due dates as `engine.statement_schedule` says. Only
        who owes something gets one, and nobody who is archived, or on hold as a whole, or whose scenario sends one.
        """
        self.env.flush_all()
        return sorted([*self._due_monthly(company, today), *self._due_before(company, today)])

    def _due_monthly(self, company, today):
        """Return those of each month. One that a reminder carried, or will carry within the month, stands for it."""
        return self.env.execute_query(SQL(
            """
            SELECT debtor.id, to_char(%(today)s::date, 'YYYY-MM') AS period
              FROM (%(wanted)s) debtor
             WHERE debtor.statement_schedule = 'monthly' AND EXTRACT(DAY FROM %(today)s::date) >= debtor.statement_day
                   AND NOT EXISTS (
                       SELECT FROM leanpay_statement known
                        WHERE known.debtor_id = debtor.id AND known.period = to_char(%(today)s::date, 'YYYY-MM'))
                   AND NOT EXISTS (%(carried)s)
                   AND NOT EXISTS (
                       SELECT FROM leanpay_scenario_step step
                        WHERE step.id = debtor.next_step_id AND step.attach_statement
                              AND debtor.next_date < date_trunc('month', %(today)s::date) + INTERVAL '1 month')
          GROUP BY debtor.id
            """, wanted=self._wanted_sql(company, today), today=today,
            carried=self._carried_sql(SQL("%s::date", min(today.replace(day=1), today - timedelta(days=RECENT_DAYS))))))

    def _due_before(self, company, today):
        """Return those before due dates."""
        rows = self.env.execute_query(SQL(
            """
            SELECT debtor.id, debtor.statement_days, debtor.item_id, debtor.due
              FROM (%(wanted)s) debtor
             WHERE debtor.statement_schedule = 'before_due'
                   AND debtor.due BETWEEN %(today)s AND %(today)s::date + debtor.statement_days + %(longest)s
                   AND NOT EXISTS (%(carried)s)
            """, wanted=self._wanted_sql(company, today), today=today, longest=LONGEST_BREAK,
            carried=self._carried_sql(SQL("%s::date - GREATEST(debtor.statement_days, 1) + 1", today))))
        dues, days = {}, {}
        for debtor_id, before, item_id, due in rows:
            dues.setdefault(debtor_id, []).append(Due(item_id, due))
            days[debtor_id] = before
        told = self._told(dues, today - timedelta(days=2 * max(days.values(), default=0) + 1))
        calendar = company._dunning_window().calendar
        for debtor_id, items in dues.items():
            first = before_due(days[debtor_id], items, told.get(debtor_id, ()), today, calendar)
            if first:
                yield debtor_id, f'due-{first}'

    def _told(self, debtor_ids, since):
        """Return {debtor id: [engine.statement_schedule.Told]} of the statements that went out since a day."""
        found = {}
        # sudo: see `_send_one`
        for statement in self.sudo().search([('debtor_id', 'in', list(debtor_ids)), ('date', '>=', since)]):
            items = None if statement.listed_ids is False else frozenset(statement.listed_ids)
            found.setdefault(statement.debtor_id.id, []).append(Told(statement.date, items))
        return found

    def _wanted_sql(self, company, today):
        """Return the query of (debtor, its schedule, an item that it owes and the day it falls due)."""
        return SQL(
            """
            SELECT debtor.id, debtor.next_step_id, debtor.next_date, profile.statement_schedule,
                   profile.statement_day, profile.statement_days, item.id AS item_id, item.date_maturity AS due
              FROM leanpay_debtor debtor
              JOIN leanpay_payer_profile profile
                ON profile.id = debtor.profile_id AND profile.statement_schedule != 'none'
              JOIN res_partner owner ON owner.id = debtor.partner_id AND owner.active
              JOIN res_partner customer ON customer.commercial_partner_id = debtor.partner_id
              JOIN account_move_line item ON item.partner_id = customer.id AND item.company_id = debtor.company_id
              JOIN account_account account ON account.id = item.account_id
             WHERE debtor.company_id = %(company)s AND item.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable' AND item.reconciled IS NOT TRUE
                   AND item.amount_residual_currency > 0
                   AND NOT EXISTS (
                       SELECT FROM leanpay_hold hold
                        WHERE hold.debtor_id = debtor.id AND hold.date_from <= %(today)s AND hold.lifted_on IS NULL
                              AND (hold.date_until IS NULL OR hold.date_until >= %(today)s)
                              AND NOT EXISTS (SELECT FROM account_move_line_leanpay_hold_rel rel
                                               WHERE rel.leanpay_hold_id = hold.id))
            """, company=company.id, today=today)

    def _carried_sql(self, since):
        """Return the query of the reminders that carried a statement since a day, or are about to."""
        return SQL(
            """
            SELECT FROM leanpay_reminder reminder
              JOIN leanpay_scenario_step step ON step.id = reminder.step_id AND step.attach_statement
             WHERE reminder.debtor_id = debtor.id
                   AND (reminder.state IN ('planned', 'approved', 'sending', 'uncertain')
                        OR reminder.state = 'sent' AND reminder.sent_date >= %s)
            """, since)
