from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .const import PENDING_STATES
from .pg_array import pg_array, pg_rows

# The columns that reminders of a batch do not share, with their types: arrays in the statement that inserts them.
REMINDER_COLUMNS = {
    'id': 'int', 'debtor_id': 'int', 'partner_id': 'int', 'primary_id': 'int', 'step_id': 'int', 'level': 'text',
    'channel': 'text', 'state': 'text', 'currency_id': 'int', 'amount_total': 'numeric', 'user_id': 'int',
    'contact_id': 'int', 'address': 'text', 'lang': 'text',
}


class StepRow(NamedTuple):
    """What writing needs of a step, read once: thousands of reminders share it."""

    id: int
    level: str
    channel: str
    fallback_channel: str | None
    also_channel: str | None
    responsible: str
    user_id: int | None
    automatic: bool


class LeanpayPlanWriter(models.AbstractModel):
    """Writes what was planned: some statements a batch, whatever the number of reminders and lines."""

    _name = 'leanpay.plan.writer'
    _description = "Writer of Planned Reminders"

    @api.model
    def _insert(self, plan, run, rows):
        """Insert the new reminders, their companions on other channels, and their lines.

        Plain SQL on purpose: nothing computes, tracks or notifies on these rows, and the ORM would take ten times
        longer than planning itself.

        :param plan: leanpay_planner.Plan
        :param run: leanpay.run
        :param rows: DebtorRow by debtor id
        :return: number of reminders inserted
        """
        if not plan.create:
            return 0
        steps = self._step_rows({reminder.step_id for _debtor_id, reminder in plan.create}, run.company_id)
        recipients = self.env['leanpay.recipient'].with_company(run.company_id)._resolve(
            {debtor_id for debtor_id, _reminder in plan.create})
        able, fallback_id = self.env['leanpay.facts']._able_users(run.company_id), run.company_id.dunning_user_id.id
        reminder_rows, primaries, lines = [], [], []
        ids = iter(self._new_ids(2 * len(plan.create)))
        for debtor_id, reminder in plan.create:
            step, recipient, row = steps[reminder.step_id], recipients[debtor_id], rows[debtor_id]
            primary_id = next(ids)
            user_id = self._responsible(step, row, fallback_id, able)
            for position, channel in enumerate(self._channels(step, recipient)):
                reminder_id = next(ids) if position else primary_id
                reminder_rows.append(self._reminder_row(
                    reminder_id, primary_id if position else None, row, reminder, step, channel, recipient, user_id))
                primaries.append((primary_id, reminder_id))
            lines += [(primary_id, *line) for line in reminder.lines]
        self._insert_reminders(reminder_rows, run)
        self._insert_lines(lines, primaries, run.date)
        self.env['leanpay.reminder'].invalidate_model()
        return len(reminder_rows)

    @api.model
    def _refresh(self, plan, run):
        """Give reminders that still hold their new lines and totals.

        What a person wrote about other amounts, or approved without the items that joined, waits for a person again.
        """
        if not plan.refresh:
            return
        reminder_ids = [reminder_id for reminder_id, _reminder in plan.refresh]
        reminders = self.env['leanpay.reminder'].sudo().browse(reminder_ids)
        self._replace_lines({
            reminder_id: reminder.lines for reminder_id, reminder in plan.refresh}, reminders, run.date)
        edited = self._edited(reminders)
        self._back_to_person(edited, self.env._(
            "The amounts changed after the text was edited. Read the text again, then approve."))
        automatic = 'automatic' if run.company_id.dunning_approved else False
        approved = (reminders - edited).filtered(
            lambda reminder: reminder.id in plan.grown and reminder.approved_by_id
            and reminder.step_id.approval != automatic)
        self._back_to_person(approved, self.env._("Other items fell due after it was approved. Approve it again."))

    def _edited(self, reminders):
        """Return the reminders whose text a person wrote, or that of a message that goes with them."""
        return reminders.filtered(lambda reminder: reminder.body_edited or any(
            companion.body_edited and companion.state in PENDING_STATES for companion in reminder.companion_ids))

    def _back_to_person(self, reminders, why):
        """Have reminders approved again, with the messages that go with them."""
        pending = (reminders | reminders.companion_ids).filtered(lambda reminder: reminder.state in PENDING_STATES)
        pending.write({'state': 'planned', 'approved_by_id': False, 'approved_on': False})
        reminders.write({'error': why, 'read_again': True})

    @api.model
    def _replace_lines(self, lines_by_reminder, reminders, day=None):
        """Replace the lines of pending reminders of one company, and those of their companions, by these.

        :param lines_by_reminder: {reminder id: engine.decision.Line, …}
        :param reminders: leanpay.reminder of these ids
        :param day: the day that lateness is counted to; today when None
        """
        companions = reminders.companion_ids.filtered(lambda reminder: reminder.state in PENDING_STATES)
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "DELETE FROM leanpay_reminder_line WHERE reminder_id = ANY(%s)", [*reminders.ids, *companions.ids]))
        messages = reminders | companions
        for reminder in messages:
            lines = lines_by_reminder[(reminder.primary_id or reminder).id]
            reminder.amount_total = sum(line.amount for line in lines)
        self._insert_lines(
            [(reminder.id, *line) for reminder in reminders for line in lines_by_reminder[reminder.id]],
            [((reminder.primary_id or reminder).id, reminder.id) for reminder in messages],
            day or reminders.company_id._dunning_today())
        self.env['leanpay.reminder.line'].invalidate_model()

    @api.model
    def _void(self, plan):
        """Void the pending reminders that no longer hold, and say why."""
        texts = {
            'replaced': self.env._("replaced: the items or the step changed"),
            'no_longer_owed': self.env._("no longer owed, or not to be chased now"),
        }
        by_reason = defaultdict(list)
        for reminder_id, reason in plan.void:
            by_reason[reason].append(reminder_id)
        for reason, reminder_ids in by_reason.items():
            self.env['leanpay.reminder'].sudo().browse(reminder_ids)._void(texts[reason])
        self.env.flush_all()

    # === ROWS === #

    def _channels(self, step, recipient):
        """Return the channels of a step for a recipient, each once; the second message is dropped if unreachable."""
        first = self.env['leanpay.recipient']._channel(step, recipient)
        also = step.also_channel
        return [first, also] if also and also != first and recipient.reached_by(also) else [first]

    def _step_rows(self, step_ids, company):
        """Return the StepRow of each step; what is automatic waits for the approval of a company's first run."""
        return {
            step.id: StepRow(
                step.id, step.level, step.channel, step.fallback_channel, step.also_channel, step.responsible,
                step.user_id.id, step.approval == 'automatic' and company.dunning_approved)
            for step in self.env['leanpay.scenario.step'].sudo().browse(step_ids)}

    def _responsible(self, step, row, fallback_id, able):
        """Return the id of who does it, passing over people who left or may not see the debtor; None when nobody may.

        :param fallback_id: id of the user in charge of the company's dunning
        :param able: ids of the users who may
        """
        chosen = {'collector': row.collector_id, 'salesperson': row.salesperson_id, 'user': step.user_id}
        users = (chosen[step.responsible], row.collector_id, fallback_id)
        return next((user_id for user_id in users if user_id in able), None)

    def _reminder_row(self, reminder_id, primary_id, row, reminder, step, channel, recipient, user_id):
        """Return the values of REMINDER_COLUMNS."""
        address = recipient.email if channel == 'email' else recipient.phone
        return (
            reminder_id, row.id, row.partner_id, primary_id, step.id, step.level, channel,
            'approved' if step.automatic else 'planned', reminder.currency_id, reminder.total, user_id,
            recipient.contact_id or None, address or None, recipient.lang,
        )

    def _new_ids(self, count):
        return [new_id for [new_id] in self.env.execute_query(SQL(
            "SELECT nextval('leanpay_reminder_id_seq') FROM generate_series(1, %s)", count))]

    def _insert_reminders(self, rows, run):
        """Insert reminders given as `_reminder_row` makes them; their run tells who made them."""
        names = SQL(', ').join(map(SQL.identifier, REMINDER_COLUMNS))
        self.env.cr.execute(SQL(
            """
            INSERT INTO leanpay_reminder (%(names)s, company_id, run_id, date_planned, create_date, write_date)
            SELECT *, %(company)s, %(run)s, %(day)s::date, %(now)s::timestamp, %(now)s::timestamp
              FROM %(rows)s
            """,
            names=names, company=run.company_id.id, run=run.id, day=run.date,
            now=fields.Datetime.now(), rows=pg_rows(rows, REMINDER_COLUMNS.values())))

    def _insert_lines(self, lines, primaries, day):
        """Insert lines with the items' figures of a day, for first messages and the companions that say the same.

        Only first messages pass steps: the others are about the same items.

        :param lines: [(id of the first message, item id, step id or None, amount asked), …]
        :param primaries: [(id of the first message, id of a message with its lines, the first one included), …]
        """
        if not lines:
            return
        self._mark_used({step_id for _primary_id, _item_id, step_id, _amount in lines if step_id})
        primary_ids, item_ids, step_ids, amounts = map(pg_array, zip(*lines, strict=True))
        first_ids, message_ids = map(pg_array, zip(*primaries, strict=True))
        self.env.cr.execute(SQL(
            """
            INSERT INTO leanpay_reminder_line
                   (reminder_id, move_line_id, step_id, counts, is_credit, reference, date_invoice, date_due,
                    days_late, amount_total, amount_residual, amount_disputed, amount_due)
            SELECT message.id, item.id, CASE WHEN message.id = new.primary_id THEN new.step_id END, TRUE,
                   new.amount < 0, COALESCE(NULLIF(item.move_name, '/'), item.name, ''),
                   COALESCE(item.invoice_date, item.date), COALESCE(item.date_maturity, item.date),
                   GREATEST(0, %(day)s::date - COALESCE(item.date_maturity, item.date)),
                   item.amount_currency, item.amount_residual_currency,
                   CASE WHEN new.amount < 0 THEN 0 ELSE item.amount_residual_currency - new.amount END,
                   new.amount
              FROM unnest(%(primaries)s::int[], %(items)s::int[], %(steps)s::int[], %(amounts)s::numeric[])
                   WITH ORDINALITY AS new(primary_id, item_id, step_id, amount, position)
              JOIN account_move_line item ON item.id = new.item_id
              JOIN unnest(%(firsts)s::int[], %(messages)s::int[]) AS message(primary_id, id)
                ON message.primary_id = new.primary_id
          ORDER BY message.id, new.position
            """,
            day=day, primaries=primary_ids, items=item_ids, steps=step_ids, amounts=amounts, firsts=first_ids,
            messages=message_ids))

    def _mark_used(self, step_ids):
        """Keep steps from being deleted: lines have no foreign key to them."""
        self.env.cr.execute(SQL(
            "UPDATE leanpay_scenario_step SET used = TRUE WHERE id = ANY(%s) AND used IS NOT TRUE", list(step_ids)))
        if self.env.cr.rowcount:
            self.env['leanpay.scenario.step'].invalidate_model(['used'])
