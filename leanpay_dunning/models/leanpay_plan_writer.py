from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .const import PENDING_STATES

# In the order of `_reminder_row`, then what all reminders of a batch have in common.
REMINDER_COLUMNS = (
    'id', 'debtor_id', 'partner_id', 'primary_id', 'step_id', 'level', 'channel', 'state', 'currency_id',
    'amount_total', 'user_id', 'contact_id', 'address', 'lang',
    'company_id', 'run_id', 'date_planned', 'create_uid', 'write_uid', 'create_date', 'write_date',
)
COMMON = 7
INSERT_REMINDERS = f"INSERT INTO leanpay_reminder ({', '.join(REMINDER_COLUMNS)}) VALUES %s"


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
        steps = self.env['leanpay.scenario.step'].sudo().browse(
            {reminder.step_id for _debtor_id, reminder in plan.create})
        steps_by_id = {step.id: step for step in steps}
        recipients = self.env['leanpay.recipient'].with_company(run.company_id)._resolve(
            {debtor_id for debtor_id, _reminder in plan.create})
        able = self.env['leanpay.facts']._able_users(run.company_id)
        reminder_rows, lines = [], []
        ids = iter(self._new_ids(2 * len(plan.create)))
        for debtor_id, reminder in plan.create:
            step, recipient, row = steps_by_id[reminder.step_id], recipients[debtor_id], rows[debtor_id]
            primary_id = next(ids)
            channels = self._channels(step, recipient)
            user_id = self._responsible(step, row, run.company_id, able)
            for position, channel in enumerate(channels):
                reminder_id = next(ids) if position else primary_id
                reminder_rows.append(self._reminder_row(
                    reminder_id, primary_id if position else None, run, row, reminder, step, channel, recipient,
                    user_id))
                # Only the first message passes the steps: the others are about the same items.
                lines += [
                    (reminder_id, line.item_id, None if position else line.step_id, line.amount)
                    for line in reminder.lines]
        now = fields.Datetime.now()
        common = self.env.cr.mogrify(
            ', '.join(['%s'] * COMMON),
            (run.company_id.id, run.id, run.date, self.env.uid, self.env.uid, now, now)).decode()
        own = ', '.join(['%s'] * (len(REMINDER_COLUMNS) - COMMON))
        self.env.cr.execute_values(
            INSERT_REMINDERS, reminder_rows, template=f"({own}, {common})", page_size=len(reminder_rows))
        self._insert_lines(lines, run.date)
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
        reminders.write({'error': why})

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
        rows = []
        for reminder in reminders | companions:
            lines = lines_by_reminder[(reminder.primary_id or reminder).id]
            rows += [(reminder.id, line.item_id, None if reminder.primary_id else line.step_id, line.amount)
                     for line in lines]
            reminder.amount_total = sum(line.amount for line in lines)
        self._insert_lines(rows, day or reminders.company_id._dunning_today())
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

    def _responsible(self, step, row, company, able):
        """Return the id of who does it, passing over people who left or may not see the debtor; None when nobody may.

        :param able: ids of the users who may
        """
        chosen = {
            'collector': row.collector_id, 'salesperson': row.salesperson_id, 'user': step.user_id.id,
        }[step.responsible]
        users = (chosen, row.collector_id, company.dunning_user_id.id)
        return next((user_id for user_id in users if user_id in able), None)

    def _reminder_row(self, reminder_id, primary_id, run, row, reminder, step, channel, recipient, user_id):
        approved = step.approval == 'automatic' and run.company_id.dunning_approved
        return (
            reminder_id, row.id, row.partner_id, primary_id, step.id, step.level, channel,
            'approved' if approved else 'planned', reminder.currency_id, reminder.total, user_id,
            recipient.contact_id, {'email': recipient.email}.get(channel, recipient.phone) or None, recipient.lang,
        )

    def _new_ids(self, count):
        return [new_id for [new_id] in self.env.execute_query(SQL(
            "SELECT nextval('leanpay_reminder_id_seq') FROM generate_series(1, %s)", count))]

    def _insert_lines(self, lines, day):
        """Insert lines given as (reminder id, item id, step id, amount asked), with the items' figures of a day."""
        if not lines:
            return
        reminder_ids, item_ids, step_ids, amounts = (list(column) for column in zip(*lines, strict=True))
        self.env.cr.execute(SQL(
            """
            INSERT INTO leanpay_reminder_line
                   (reminder_id, move_line_id, step_id, counts, is_credit, reference, date_invoice, date_due,
                    days_late, amount_total, amount_residual, amount_disputed, amount_due)
            SELECT new.reminder_id, item.id, new.step_id, TRUE, new.amount < 0,
                   COALESCE(NULLIF(move.name, '/'), item.name, ''),
                   COALESCE(move.invoice_date, item.date), COALESCE(item.date_maturity, item.date),
                   GREATEST(0, %(day)s::date - COALESCE(item.date_maturity, item.date)),
                   item.amount_currency, item.amount_residual_currency,
                   CASE WHEN new.amount < 0 THEN 0 ELSE item.amount_residual_currency - new.amount END,
                   new.amount
              FROM unnest(%(reminders)s::int[], %(items)s::int[], %(steps)s::int[], %(amounts)s::numeric[])
                   WITH ORDINALITY AS new(reminder_id, item_id, step_id, amount, position)
              JOIN account_move_line item ON item.id = new.item_id
              JOIN account_move move ON move.id = item.move_id
          ORDER BY new.position
            """,
            day=day, reminders=reminder_ids, items=item_ids, steps=step_ids, amounts=amounts))
