from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .const import PENDING_STATES
from .unchecked_many2one import UncheckedMany2one


class LeanpayReminderLine(models.Model):
    """An item in a reminder, with the figures as they were said."""

    _name = 'leanpay.reminder.line'
    _description = "Item of a Reminder"
    _order = 'reminder_id, id'
    _rec_name = 'reference'
    # Lines are written by the hundred thousand: what the reminder already says (who, when, company, currency) is not
    # stored again, each foreign key would cost more than reading the item.
    _log_access = False

    reminder_id = fields.Many2one('leanpay.reminder', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='reminder_id.company_id')
    move_line_id = fields.Many2one(
        'account.move.line', string="Item", ondelete='set null',
        help="Empty once the entry was deleted: the figures below stay.")
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    # Steps and scenarios in use cannot be deleted: see their `_unlink_except_used`.
    step_id = UncheckedMany2one(
        'leanpay.scenario.step', string="Step Passed",
        help="The step that this item passes with this reminder. Empty when it is only shown.")
    counts = fields.Boolean(default=True, help="Holds the (item, step) pair: set unless void or bounced.")
    is_credit = fields.Boolean()
    reference = fields.Char()
    date_invoice = fields.Date(string="Invoice Date")
    date_due = fields.Date(string="Due Date")
    days_late = fields.Integer()
    currency_id = fields.Many2one(related='reminder_id.currency_id')
    amount_total = fields.Monetary(string="Original Amount")
    amount_residual = fields.Monetary(string="Balance")
    amount_disputed = fields.Monetary(string="Not Asked Now", help="Part of the balance that is disputed.")
    amount_due = fields.Monetary(string="Amount Asked")

    # The promise "never twice", kept by the database itself: null is never equal to null, so that what does not count
    # is free. Not a partial index: it also finds the lines of an item, one index less to write for each line.
    _item_step_unique = models.UniqueIndex(
        "(move_line_id, (CASE WHEN counts THEN step_id END))",
        "This item already has a reminder at this step.")

    # === BUSINESS METHODS === #

    @api.model
    def _count_days_late(self, reminders, today):
        """Count how late the items of reminders that have not left, and of their companions, are on a day.

        :param reminders: leanpay.reminder
        :param today: day in the company's time zone
        """
        if not reminders:
            return
        reminders |= reminders.companion_ids
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_reminder_line SET days_late = GREATEST(0, %(today)s - date_due)
             WHERE reminder_id = ANY(%(reminders)s) AND days_late != GREATEST(0, %(today)s - date_due)
            """, today=today, reminders=reminders.ids))
        self.invalidate_model(['days_late'], flush=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_said(self):
        if any(line.reminder_id.state not in PENDING_STATES for line in self):
            raise UserError(self.env._("The lines of a reminder that has left are proof and cannot be deleted."))
