from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.deadlines import limitation
from ..engine.outcomes import Why
from .const import LEGAL, LEVELS, READERS
from .leanpay_debtor import UNSAID_STATES
from .leanpay_debtor_blocked import domain_of_boolean


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    dunning_level = fields.Selection(
        LEVELS, compute='_compute_dunning_history', search='_search_dunning_level', compute_sudo=True,
        help="The highest step really sent for this item.", groups=READERS)
    dunning_last_date = fields.Date(
        string="Last Reminder", compute='_compute_dunning_history', compute_sudo=True, groups=READERS)
    dunning_next_date = fields.Date(
        string="Next Reminder", compute='_compute_dunning_next', compute_sudo=True, groups=READERS)
    dunning_next_step_id = fields.Many2one(
        'leanpay.scenario.step', string="Next Step", compute='_compute_dunning_next', compute_sudo=True, groups=READERS)
    dunning_why = fields.Char(string="Dunning", compute='_compute_dunning_next', compute_sudo=True, groups=READERS)
    dunning_blocked = fields.Boolean(
        compute='_compute_dunning_next', search='_search_dunning_blocked', compute_sudo=True, groups=READERS,
        help="Must not be chased now: on hold, excluded, blocked or being paid.")
    dunning_limitation_date = fields.Date(
        string="Limitation", compute='_compute_dunning_limitation_date', compute_sudo=True, groups=READERS,
        help="Last useful day to sue, from the due date alone: no reminder moves it. An acknowledgment by the "
             "customer, or a claim in court, may give a later one.")
    dunning_days_late = fields.Integer(string="Days Late", compute='_compute_dunning_days_late', groups=READERS)

    # === COMPUTE METHODS === #

    def _compute_dunning_history(self):
        found = {}
        if self.ids:
            found = {item_id: (level, day) for item_id, level, day in self.env.execute_query(
                self._dunning_history_sql(SQL("line.move_line_id = ANY(%s)", self.ids)))}
        for item in self:
            item.dunning_level, item.dunning_last_date = found.get(item.id, (False, False))

    def _search_dunning_level(self, operator, value):
        if operator != 'in':
            return NotImplemented
        found = SQL("SELECT item_id FROM (%s) AS reached(item_id, level, day) WHERE level = ANY(%s)",
                    self._dunning_history_sql(SQL("line.move_line_id IS NOT NULL")),
                    [level for level in value if level])
        domain = fields.Domain('id', 'in', found)
        if False in value:
            anything = SQL("SELECT item_id FROM (%s) AS reached(item_id, level, day)", self._dunning_history_sql(
                SQL("line.move_line_id IS NOT NULL")))
            domain |= fields.Domain('id', 'not in', anything)
        return domain

    def _dunning_history_sql(self, condition):
        """Return the SQL of (item, highest level really sent, last day): state is recomputed from facts.

        An internal activity says nothing to the customer, except the last one: the file was handed over.
        """
        self.env['leanpay.reminder'].flush_model(['state', 'sent_date'])
        self.env['leanpay.reminder.line'].flush_model(['move_line_id', 'step_id'])
        return SQL(
            """
            SELECT line.move_line_id, MAX(step.level), MAX(reminder.sent_date)
              FROM leanpay_reminder_line line
              JOIN leanpay_reminder reminder ON reminder.id = line.reminder_id AND reminder.state = 'sent'
              JOIN leanpay_scenario_step step ON step.id = line.step_id
             WHERE (reminder.channel != 'activity' OR step.level = %s) AND %s
          GROUP BY line.move_line_id
            """, LEGAL, condition)

    def _search_dunning_blocked(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return domain_of_boolean(fields.Domain('id', 'in', self.env['leanpay.debtor']._blocked_items()), value)

    def _compute_dunning_next(self):
        receivable = self.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and item.parent_state == 'posted'
            and not item.reconciled and item.id)
        debtors = self.env['leanpay.debtor']._of_moves_sudo(receivable.move_id)
        outcomes = debtors._outcomes()
        for item in self:
            outcome, decision = outcomes.get(item.id, (None, None))
            item.dunning_next_date = outcome and outcome.why != Why.BLOCKED and outcome.date
            item.dunning_next_step_id = outcome and outcome.step_id
            item.dunning_blocked = bool(outcome) and outcome.why == Why.BLOCKED
            item.dunning_why = outcome and debtors._why_text(outcome, decision)

    @api.depends('date_maturity', 'date', 'company_id', 'partner_id', 'move_id.dunning_regime_id')
    def _compute_dunning_limitation_date(self):
        laws = self.env['leanpay.late.interest']._laws_of(self.filtered(
            lambda item: item.account_id.account_type == 'asset_receivable' and item.partner_id))
        for item in self:
            regime, due = item.id in laws and laws[item.id].record, item.date_maturity or item.date
            item.dunning_limitation_date = regime and regime.limitation_years and due and limitation(
                due, regime.limitation_years, regime.limitation_from == 'year_end')

    @api.depends('date_maturity', 'date', 'company_id')
    def _compute_dunning_days_late(self):
        today = {company: company._dunning_today() for company in self.company_id}
        for item in self:
            due = item.date_maturity or item.date
            item.dunning_days_late = max(0, (today[item.company_id] - due).days) if due and item.company_id else 0

    # === CRUD METHODS === #

    def write(self, vals):
        """Mark the debtors for another look when a due date or an exclusion is changed."""
        result = super().write(vals)
        if vals.keys() & {'no_followup', 'date_maturity'}:
            self.move_id._dunning_mark()
        return result

    def unlink(self):
        """Never turn a hold on these items into one on the whole customer: without items left, it is lifted.

        Reminders not said yet that asked for these items only are voided.
        """
        # sudo: whoever may delete an entry need not know holds or reminders
        holds = self.env['leanpay.hold'].sudo().search([('item_ids', 'in', self.ids)])
        unsaid = self.env['leanpay.reminder'].sudo().search([
            ('state', 'in', UNSAID_STATES), ('line_ids.move_line_id', 'in', self.ids)])
        result = super().unlink()
        holds._items_deleted()
        # The database has emptied the lines' link: nothing that is left of them may be asked.
        unsaid.line_ids.invalidate_recordset(['move_line_id'])
        unsaid.filtered(lambda reminder: all(
            line.is_credit or not line.move_line_id for line in reminder.line_ids))._void(
                self.env._("its entry was deleted"))
        return result
