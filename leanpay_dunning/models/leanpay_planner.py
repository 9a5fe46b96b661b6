import logging
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine.decision import decide
from ..engine.facts import DebtorFacts
from ..engine.outcomes import Decision, Line, Reminder
from .const import PENDING_STATES

_logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
# What another process may do to us while both plan: nothing is written, the batch is simply read again.
CONCURRENCY_ERRORS = (
    psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation, psycopg2.errors.DeadlockDetected)
TRIES = 4
# Halving a batch of a thousand down to one debtor that makes it fail takes about ten failures; with many more, it is
# not the debtors that fail.
MAX_FAILURES = 60


@dataclass
class Plan:
    """What a batch of debtors leads to, before anything is written."""

    decisions: dict[int, Decision] = field(default_factory=dict)
    create: list[tuple[int, Reminder]] = field(default_factory=list)  # (debtor id, reminder)
    refresh: list[tuple[int, Reminder]] = field(default_factory=list)  # (reminder record id, reminder)
    void: list[tuple[int, str]] = field(default_factory=list)  # (reminder record id, reason code)
    grown: set[int] = field(default_factory=set)  # ids of reminders refreshed with items that they did not ask for
    kept: int = 0
    errors: dict[int, str] = field(default_factory=dict)  # debtor id: message
    locked: list[int] = field(default_factory=list)  # ids of debtors that another process is changing


class LeanpayPlanner(models.AbstractModel):
    """Turns facts into planned reminders: facts, `decide`, then the writing, a batch of debtors at a time."""

    _name = 'leanpay.planner'
    _description = "Dunning Planner"

    # === BUSINESS METHODS === #

    @api.model
    def _plan_company(self, run):
        """Plan every debtor of the run's company for the run's day.

        Each batch is committed by itself in a cron, so that a crash loses one batch at most.

        :param run: leanpay.run
        :return: counts by name, `errors` and `notes`, lists of messages
        """
        self._safely(run, lambda: self._prepare_company(run.company_id))
        counts, errors, locked = Counter(), [], []
        for debtor_ids in split_every(BATCH_SIZE, self._debtors_to_plan(run.company_id)):
            locked += self._plan_part(run, list(debtor_ids), counts, errors)
        if locked:  # somebody was changing them: they are done by now, most of the time
            locked = self._plan_part(run, locked, counts, errors)
        notes = self._locked_notes(locked)
        for note in notes:
            _logger.warning("Dunning run %s: %s", run.id, note)
        return {name: counts[name] for name in ('debtors', 'items', 'planned', 'kept', 'void')} | {
            'errors': errors, 'notes': notes}

    def _plan_part(self, run, debtor_ids, counts, errors):
        """Plan debtors together; when that fails in a cron, halve again and again: only who makes it fail is left out.

        :param counts: Counter, added to
        :param errors: list of messages, added to
        :return: ids of the debtors that another process holds
        """
        parts, failures, locked = [debtor_ids], 0, []
        while parts:
            part = parts.pop()
            try:
                plan, part_counts = self._safely(run, partial(self._plan_batch, run, part))
            except Exception as error:
                failures += 1
                if not self.env.context.get('cron_id') or failures > MAX_FAILURES:
                    raise
                self.env.cr.rollback()
                _logger.warning("Dunning cannot plan %s debtors from %s on", len(part), part[0], exc_info=True)
                half = len(part) // 2
                if half:
                    parts += [part[half:], part[:half]]
                else:
                    errors += self._record_error(run, part[0], error)
                continue
            counts.update(part_counts)
            errors += [f"{self._debtor_name(debtor_id)}: {error}" for debtor_id, error in plan.errors.items()]
            locked += plan.locked
            self.env.invalidate_all()
        return locked

    def _locked_notes(self, debtor_ids):
        return [
            self.env._("%s: being changed by somebody else, the next run looks at it", debtor.display_name)
            for debtor in self.env['leanpay.debtor'].browse(debtor_ids).exists()]

    def _record_error(self, run, debtor_id, error):
        """Give a debtor that could not be planned to a person; returns the messages of the run."""
        message = f"{type(error).__name__}: {error}"
        debtor = self.env['leanpay.debtor'].sudo().browse(debtor_id)
        self._safely(run, lambda: debtor._report_errors({debtor_id: message}))
        return [f"{self._debtor_name(debtor_id)}: {message}"]

    @api.model
    def _plan_debtors(self, debtors, today=None):
        """Plan these debtors now: somebody is looking at them.

        :param debtors: leanpay.debtor
        :param today: day, today when None
        """
        for company, batch in debtors.grouped('company_id').items():
            company._check_dunning_ready()
            run = self.env['leanpay.run'].sudo().create(
                {'company_id': company.id, 'date': today or company._dunning_today()})
            plan, counts = self._plan_batch(run, batch.ids)
            run.write({
                'state': 'errors' if plan.errors else 'done', 'started_on': fields.Datetime.now(),
                'debtor_count': counts['debtors'], 'planned_count': counts['planned'],
                'item_count': counts['items'], 'kept_count': counts['kept'], 'void_count': counts['void'],
                'error_count': len(plan.errors),
                'log': '\n'.join([*plan.errors.values(), *self._locked_notes(plan.locked)]) or False,
            })

    @api.model
    def _refresh(self, debtors):
        """Rebuild the stored figures of these debtors from the facts, without planning anything.

        :param debtors: leanpay.debtor
        """
        for company, batch in debtors.grouped('company_id').items():
            today = company._dunning_today()
            for debtor_ids in split_every(BATCH_SIZE, batch.ids):
                facts, _rows = self.env['leanpay.facts']._read(company, list(debtor_ids), today)
                self._store(facts, company._dunning_policy(), today)

    def _store(self, facts, policy, today):
        self.env['leanpay.debtor']._store_indicators(facts, self._decide_all(facts, policy, today), today)

    # === ONE BATCH === #

    def _debtors_to_plan(self, company):
        return [debtor_id for [debtor_id] in self.env.execute_query(SQL(
            "SELECT id FROM leanpay_debtor WHERE company_id = %s ORDER BY id", company.id))]

    def _prepare_company(self, company):
        company._dunning_policy()  # what is wrong for everybody fails here, not once for each debtor
        self.env['leanpay.debtor']._ensure_for(company)
        self.env['leanpay.hold']._notify_expired(company, company._dunning_today())
        self.env['leanpay.promise']._judge_late(company, company._dunning_today())
        self.env['leanpay.plan']._watch(company, company._dunning_today())

    def _safely(self, run, work):
        """Do a part of the planning in its own transaction when a cron runs, again if another process was faster."""
        if not self.env.context.get('cron_id'):
            return work()
        for attempt in range(TRIES):
            try:
                result = work()
                self.env['ir.cron']._commit_progress()
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
                _logger.info("Dunning of company %s met another process, try %s", run.company_id.id, attempt + 1)
            else:
                return result
        raise RuntimeError("Dunning could not plan: another process keeps planning the same debtors.")

    def _plan_batch(self, run, debtor_ids):
        """Plan a batch: lock, read, decide, write.

        :return: (Plan, Counter)
        """
        company, today = run.company_id, run.date
        debtors = self.env['leanpay.debtor'].sudo().browse(debtor_ids).try_lock_for_update(allow_referencing=True)
        facts, rows = self.env['leanpay.facts']._read(company, debtors.ids, today)
        policy = company._dunning_policy()
        plan = self._decide_all(facts, policy, today)
        plan.locked = sorted(set(debtor_ids) - set(debtors.ids))
        pending = self._pending(debtors.ids)
        waiting = [reminder_id for records in pending.values() for reminder_id, *_rest in records]
        self._compare(plan, pending, facts, policy, today)
        writer = self.env['leanpay.plan.writer']
        writer._void(plan)
        writer._refresh(plan, run)
        # Those that wait for a person say every morning how late the items are.
        self.env['leanpay.reminder.line']._count_days_late(self.env['leanpay.reminder'].sudo().browse(waiting), today)
        planned = writer._insert(plan, run, rows)
        debtors._store_indicators(facts, plan, today)
        debtors._report_errors(plan.errors)
        return plan, Counter(
            debtors=len(debtors), items=sum(len(fact.items) for fact in facts.values()), planned=planned,
            kept=plan.kept, void=len(plan.void))

    def _decide_all(self, facts: dict[int, DebtorFacts], policy, today):
        """Decide for each debtor; one debtor's error is kept on that debtor and does not stop the others."""
        plan = Plan()
        for debtor_id, fact in facts.items():
            try:
                plan.decisions[debtor_id] = decide(fact, policy, today)
            except Exception as error:
                _logger.exception("Dunning cannot decide for debtor %s", debtor_id)
                plan.errors[debtor_id] = f"{type(error).__name__}: {error}"
                plan.decisions[debtor_id] = Decision((), None, ())
        return plan

    def _pending(self, debtor_ids):
        """Return the reminders not under way: {(debtor id, currency id): [(reminder id, step id, lines)]}."""
        pending = {}
        for reminder_id, debtor_id, currency_id, step_id, lines in self.env.execute_query(SQL(
            """
            SELECT reminder.id, reminder.debtor_id, reminder.currency_id, reminder.step_id,
                   jsonb_agg(jsonb_build_array(line.move_line_id, line.step_id, line.amount_due::text))
              FROM leanpay_reminder reminder
         LEFT JOIN leanpay_reminder_line line ON line.reminder_id = reminder.id
             WHERE reminder.debtor_id = ANY(%s) AND reminder.state = ANY(%s) AND reminder.primary_id IS NULL
          GROUP BY reminder.id
          ORDER BY reminder.id
            """, debtor_ids, list(PENDING_STATES))):
            listed = {Line(item_id, passed, Decimal(amount or 0)) for item_id, passed, amount in lines}
            pending.setdefault((debtor_id, currency_id), []).append((reminder_id, step_id, listed))
        return pending

    def _compare(self, plan, pending, facts, policy, today):
        """Tell what to create, refresh, keep or void so that what is pending is what was just decided."""
        for debtor_id, decision in plan.decisions.items():
            if debtor_id in plan.errors:
                continue
            for reminder in decision.reminders:
                records = pending.pop((debtor_id, reminder.currency_id), ())
                if not self._match(plan, records, reminder):
                    plan.create.append((debtor_id, reminder))
        for (debtor_id, currency_id), records in pending.items():
            if debtor_id in plan.errors:
                continue
            # What was planned before the last contact stays: the gap keeps new messages from being planned.
            gapless = decide(facts[debtor_id].ignoring_contacts(), policy, today)
            reminder = next((r for r in gapless.reminders if r.currency_id == currency_id), None)
            if reminder:
                self._match(plan, records, reminder)
            else:
                plan.void += [(reminder_id, 'no_longer_owed') for reminder_id, _step_id, _lines in records]

    def _match(self, plan, records, reminder):
        """Keep or refresh the pending record that says the same as a decided reminder, void the others.

        :return: whether there is one
        """
        at_step = [(reminder_id, lines) for reminder_id, step_id, lines in records if step_id == reminder.step_id]
        # The one that passes the same items first; when items join or leave, what a person wrote or approved is kept.
        at_step.sort(key=lambda record: _passed(record[1]) != _passed(reminder.lines))
        same = at_step[:1]
        plan.void += [(reminder_id, 'replaced') for reminder_id, _step_id, _lines in records
                      if [reminder_id] != [kept_id for kept_id, _kept_lines in same]]
        for reminder_id, lines in same:
            if lines == set(reminder.lines):
                plan.kept += 1
            else:
                plan.refresh.append((reminder_id, reminder))
                if _items(reminder.lines) - _items(lines):
                    plan.grown.add(reminder_id)
        return bool(same)

    def _debtor_name(self, debtor_id):
        return self.env['leanpay.debtor'].browse(debtor_id).display_name

    # === DRY RUN === #

    @api.model
    def _preview(self, company, date, partners=None, texts=True):
        """Tell what would leave on a day, to whom and with which text. Nothing is written.

        The real planning is done and undone: what is shown is what would happen, not what another code believes.

        :param company: res.company
        :param date: any day
        :param partners: commercial partners to look at; every customer of the company when None
        :param texts: render the texts too, which takes far longer than planning
        :return: one dict per message: debtor_id (False for a customer who has none yet), partner_id, step_id, level,
            channel, contact_id, address, currency_id, amount_total, item_count, and with texts: subject, body
        """
        # Notifications leave after the commit, out of reach of the savepoint: nobody is notified of an activity.
        planner = self.with_context(mail_activity_quick_update=True)
        existing = set(self.env['leanpay.debtor'].search([('company_id', '=', company.id)]).ids)
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            self.env['leanpay.debtor']._ensure_for(company, partners and partners.ids)
            asked = fields.Domain('company_id', '=', company.id)
            if partners is not None:
                asked &= fields.Domain('partner_id', 'in', partners.ids)
            debtors = self.env['leanpay.debtor'].search(asked)
            run = self.env['leanpay.run'].sudo().create({'company_id': company.id, 'date': date})
            for debtor_ids in split_every(BATCH_SIZE, debtors.ids):
                planner._plan_batch(run, list(debtor_ids))
            reminders = self.env['leanpay.reminder'].sudo().search([
                ('debtor_id', 'in', debtors.ids), ('state', 'in', PENDING_STATES)])
            return [
                values | {'debtor_id': values['debtor_id'] in existing and values['debtor_id']}
                for values in reminders._preview_values(texts)]
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)


def _passed(lines):
    """Return the (item, step) pairs that lines pass."""
    return {(line.item_id, line.step_id) for line in lines if line.step_id}


def _items(lines):
    """Return the ids of the items that lines ask for, credits left out."""
    return {line.item_id for line in lines if line.amount > 0}
