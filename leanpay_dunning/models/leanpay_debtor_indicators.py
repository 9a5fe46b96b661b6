from odoo import models
from odoo.tools import SQL

from ..engine.facts import ZERO
from ..engine.outcomes import Why
from .pg_array import pg_rows

# The id and the figures, in the order of `_indicators`.
INDICATOR_TYPES = (
    'int', 'numeric', 'numeric', 'date', 'int', 'text', 'date', 'date', 'int', 'int', 'text', 'text')
# Outcomes that only a person can resolve.
NEEDS_PERSON = (Why.NO_RATE, Why.NEVER_REMINDED, Why.NO_SCENARIO)


class LeanpayDebtor(models.Model):
    """The stored figures of the worklist: rebuilt from facts, a batch in one statement."""

    _inherit = 'leanpay.debtor'

    def _store_indicators(self, facts, plan, today):
        """Write the figures of a batch.

        :param facts: engine.facts.DebtorFacts by debtor id
        :param plan: leanpay_planner.Plan of these debtors
        :param today: day in the company's time zone
        """
        rows = [
            (debtor_id, *self._indicators(fact, plan.decisions[debtor_id], plan.errors.get(debtor_id), today))
            for debtor_id, fact in facts.items()]
        if not rows:
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_debtor debtor
               SET amount_open = new.amount_open, amount_overdue = new.amount_overdue,
                   oldest_due_date = new.oldest, item_count = new.items, level = new.level,
                   last_contact_date = new.last_contact, next_date = new.next_date, next_step_id = new.next_step,
                   priority = new.priority, status = new.status, attention = new.attention, stale = FALSE,
                   planned_on = now() AT TIME ZONE 'UTC'
              FROM %s AS new(id, amount_open, amount_overdue, oldest, items, level, last_contact, next_date, next_step,
                             priority, status, attention)
             WHERE debtor.id = new.id
            """, pg_rows(rows, INDICATOR_TYPES)))
        self._attention_of_forgotten(list(facts))
        self._status_of_pending(list(facts))
        self.env['leanpay.debtor'].invalidate_model()

    def _indicators(self, fact, decision, error, today):
        """Return the figures of one debtor, in the order of the statement above."""
        overdue = [item for item in fact.items if item.residual > 0 and item.date_due < today]
        amount_overdue = sum([item.amount_company for item in overdue], ZERO)
        level = max((passed.level for passed in fact.past if passed.sent), default=None)
        attention = error or self._attention(fact, decision, today)
        return (
            sum([item.amount_company for item in fact.items], ZERO),
            amount_overdue,
            min([item.date_due for item in overdue], default=None),
            len(fact.items),
            str(level) if level is not None else None,
            fact.last_contact,
            decision.next_date,
            decision.reminders[0].step_id if decision.reminders else self._following_step_id(decision),
            (level or 0) * 100_000_000 + int(min(amount_overdue, 99_999_999)),
            self._status(decision, attention, amount_overdue),
            attention,
        )

    def _following_step_id(self, decision):
        following = min(
            (outcome for outcome in decision.outcomes if outcome.step_id and outcome.date),
            key=lambda outcome: (outcome.date, -outcome.step_id), default=None)
        return following and following.step_id

    def _status(self, decision, attention, amount_overdue):
        if attention:
            return 'attention'
        if decision.reminders or any(outcome.why == Why.IN_FLIGHT for outcome in decision.outcomes):
            return 'due'
        if amount_overdue > 0 and any(
            outcome.why == Why.BLOCKED and outcome.blocker.item_id is None for outcome in decision.outcomes):
            return 'held'
        return 'waiting' if decision.next_date else 'clear'

    def _attention(self, fact, decision, today):
        """Return what a person must do first, None when nothing."""
        states = {flight.state for flight in fact.in_flight}
        if 'uncertain' in states:
            return self.env._("Say whether an uncertain message was sent")
        if 'failed' in states:
            return self.env._("Repair a reminder that failed")
        if any(blocker.kind == 'payment_pending' and blocker.date_until and blocker.date_until < today
               for blocker in fact.blockers):
            return self.env._("Look at an online payment that has been pending for too long")
        whys = {outcome.why for outcome in decision.outcomes}
        return next((self._need_text(why) for why in NEEDS_PERSON if why in whys), None)

    def _need_text(self, why):
        return {
            Why.NO_RATE: self.env._("Add a rate to the currency of these items"),
            Why.NEVER_REMINDED: self.env._("A formal notice is due but no reminder was ever sent"),
            Why.NO_SCENARIO: self.env._("No scenario applies: choose one"),
        }[why]

    def _attention_of_forgotten(self, debtor_ids):
        """A letter to post or a call to make whose activity has gone would wait for ever: a person must see it."""
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_debtor debtor
               SET status = 'attention',
                   attention = CASE WHEN forgotten.channel = 'phone' THEN %(call)s ELSE %(task)s END
              FROM (SELECT DISTINCT ON (reminder.debtor_id) reminder.debtor_id, reminder.channel
                      FROM leanpay_reminder reminder
                 LEFT JOIN mail_activity activity ON activity.id = reminder.activity_id AND activity.active
                     WHERE reminder.debtor_id = ANY(%(debtors)s) AND reminder.state = 'todo' AND activity.id IS NULL
                  ORDER BY reminder.debtor_id, reminder.id) forgotten
             WHERE debtor.id = forgotten.debtor_id AND debtor.attention IS NULL
            """,
            debtors=debtor_ids, call=self.env._("Record the result of a call"),
            task=self.env._("Finish or skip a reminder that nobody is asked to do any more")))

    def _status_of_pending(self, debtor_ids):
        """A reminder that waits for approval is what a person looks for first."""
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_debtor debtor SET status = 'approve'
             WHERE debtor.id = ANY(%s) AND debtor.status != 'attention'
               AND EXISTS (SELECT FROM leanpay_reminder reminder
                            WHERE reminder.debtor_id = debtor.id AND reminder.state = 'planned')
            """, debtor_ids))

    def _report_errors(self, errors):
        """Ask a person to look at the debtors that could not be decided.

        :param errors: message by debtor id
        """
        for debtor_id, error in errors.items():
            self.browse(debtor_id)._need_attention(
                'dunning_failed', self.env._("Dunning failed for this customer"), note=error)
