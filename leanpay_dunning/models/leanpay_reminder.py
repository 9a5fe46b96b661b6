from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .const import CHANNELS, IN_FLIGHT_STATES, LEVELS, PENDING_STATES, REMINDER_STATES
from .safe_html import safe_mail_html

# What a person may write by hand; everything else changes through the buttons.
WRITABLE = {'subject', 'body', 'user_id', 'tracking_number', 'received_on', 'outcome_note'}


class LeanpayReminder(models.Model):
    """One contact with one debtor about a list of items at one step: the outbox row, then the record of what was said.

    A second message about the same items by another channel is a reminder of its own whose `primary_id` is the first:
    only the first one's lines pass the step, so that (item, step) stays unique.
    """

    _name = 'leanpay.reminder'
    _description = "Reminder"
    _order = 'date_planned DESC, id DESC'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, readonly=True)
    debtor_id = fields.Many2one(
        'leanpay.debtor', required=True, index=True, ondelete='restrict', readonly=True, check_company=True)
    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True)
    run_id = fields.Many2one('leanpay.run', index='btree_not_null', readonly=True, ondelete='set null')
    primary_id = fields.Many2one(
        'leanpay.reminder', string="Goes With", index='btree_not_null', readonly=True, ondelete='cascade')
    companion_ids = fields.One2many('leanpay.reminder', 'primary_id', string="Sent With", readonly=True)
    step_id = fields.Many2one('leanpay.scenario.step', required=True, readonly=True, ondelete='restrict')
    level = fields.Selection(LEVELS, required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(REMINDER_STATES, required=True, default='planned', readonly=True)
    date_planned = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    amount_total = fields.Monetary(string="Amount", readonly=True, help="The sum of the lines.")
    line_ids = fields.One2many('leanpay.reminder.line', 'reminder_id', string="Items", readonly=True)
    user_id = fields.Many2one('res.users', string="Responsible")

    # Whom it is for: chosen by the resolver when planned, and again when it leaves.
    contact_id = fields.Many2one('res.partner', string="Recipient", readonly=True)
    address = fields.Char(readonly=True, help="E-mail address or phone number used.")
    lang = fields.Char(string="Language", readonly=True)

    # What is said: rendered when it leaves, or as soon as a person edits it; frozen once sent.
    subject = fields.Char()
    # Not sanitized by the field, which would take the layout of our own mails away: `write` does it.
    body = fields.Html(sanitize=False, help="Text as a person edited it, then text as it was sent.")
    body_edited = fields.Boolean(readonly=True)
    # Without the bypass, Odoo leaves out the invoices' own PDFs, which are the value of a field.
    attachment_ids = fields.Many2many('ir.attachment', string="Attachments", readonly=True, bypass_search_access=True)
    letter_number = fields.Char(readonly=True, copy=False)
    letter_inputs = fields.Json(readonly=True, copy=False, help="All that the letter was made of.")
    letter_id = fields.Many2one(
        'ir.attachment', readonly=True, copy=False, ondelete='restrict', index='btree_not_null')

    # What became of it.
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    message_id = fields.Char(string="Message-ID", readonly=True, copy=False, index='btree_not_null')
    mail_message_id = fields.Many2one('mail.message', readonly=True, copy=False, index='btree_not_null',
                                      ondelete='set null')
    sms_id_int = fields.Integer(readonly=True, copy=False, index='btree_not_null')
    activity_id = fields.Many2one(
        'mail.activity', readonly=True, copy=False, ondelete='set null', index='btree_not_null')
    sent_on = fields.Datetime(readonly=True, copy=False)
    sent_date = fields.Date(readonly=True, copy=False, index='btree_not_null', help="Day in the company's time zone.")
    tried_date = fields.Date(
        readonly=True, copy=False, help="Last day on which it failed, or was given to a person to post or to say.")
    outcome = fields.Selection(
        [('replied', "Answered"), ('done', "Done"), ('printed', "Printed"), ('posted', "Posted"),
         ('promised', "Promised"), ('dispute', "Disputes"), ('no_answer', "No answer"),
         ('wrong_number', "Wrong number"), ('refuses', "Refuses")],
        readonly=True, copy=False)
    outcome_on = fields.Datetime(readonly=True, copy=False)
    outcome_note = fields.Text(readonly=True, copy=False)
    tracking_number = fields.Char(copy=False, help="Number of the registered letter.")
    void_reason = fields.Char(readonly=True, copy=False)
    skipped = fields.Boolean(readonly=True, copy=False, help="A person decided to pass this step without saying it.")
    error = fields.Text(readonly=True, copy=False)
    read_again = fields.Boolean(
        readonly=True, copy=False, help="It changed after somebody wrote or approved it: only a person lets it leave.")
    late_changes = fields.Integer(
        readonly=True, copy=False, help="Deliveries in a row that found it changed just before it left.")
    color = fields.Integer(compute='_compute_color')

    _deliver_index = models.Index("(company_id, channel, id) WHERE state IN ('approved', 'sending')")
    # Only what waits is ever searched by state or person; what was sent is nearly all of the table.
    _waiting_index = models.Index("(state, user_id) WHERE state IN ('planned', 'todo', 'failed', 'uncertain')")
    _contact_index = models.Index("(debtor_id, sent_date) WHERE state = 'sent'")

    # === COMPUTE METHODS === #

    @api.depends('partner_id', 'step_id')
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = f"{reminder.partner_id.name} · {reminder.step_id.name}"

    @api.depends('state')
    def _compute_color(self):
        colors = {'planned': 4, 'approved': 4, 'todo': 3, 'sent': 10, 'failed': 1, 'uncertain': 2, 'bounced': 1}
        for reminder in self:
            reminder.color = colors.get(reminder.state, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep the lines' place in the (item, step) index true to the state, and sent reminders unchanged."""
        if not self.env.su and vals.keys() - WRITABLE:
            raise AccessError(self.env._(
                "What becomes of a reminder is the proof of what was said: it changes through its buttons only."))
        # Only our own code renders, in sudo: a context alone comes from anybody.
        rendering = self.env.su and self.env.context.get('leanpay_rendering')
        if vals.keys() & {'subject', 'body'} and not rendering:
            self._check_editable()
            vals = vals | {'body_edited': True}
            if 'body' in vals:
                # Shown to colleagues, and sent: what our own templates render is already safe, and stays as it is.
                vals['body'] = safe_mail_html(vals['body'])
        if vals.keys() & {'letter_id', 'letter_number', 'letter_inputs'}:
            self._check_letter_kept(vals)
        result = super().write(vals)
        if 'state' in vals or 'skipped' in vals:
            self.env['leanpay.reminder'].invalidate_model(['past_reminder_ids'], flush=False)
            counts = vals.get('state', 'void') not in ('void', 'bounced') or bool(vals.get('skipped'))
            lines = self.line_ids.filtered(lambda line: line.counts != counts and line.step_id)
            if lines:
                lines.write({'counts': counts})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_said(self):
        # Only our own code deletes with the customer what was voided before it was said.
        gone = self.env.su and self.env.context.get('leanpay_customer_deleted')
        unsaid = (*PENDING_STATES, 'void') if gone else PENDING_STATES
        if any(reminder.state not in unsaid or reminder.skipped or reminder.letter_id for reminder in self):
            raise UserError(self.env._(
                "A reminder is the proof of what was said and cannot be deleted. Void it if it has not left yet."))

    # === CONSTRAINT METHODS === #

    def _check_editable(self):
        said = self.filtered(lambda reminder: reminder.state not in PENDING_STATES)
        if said:
            raise UserError(self.env._(
                "The text of the reminder to %(customer)s can no longer be changed: it is %(state)s.",
                customer=said[0].partner_id.name,
                state=dict(self._fields['state']._description_selection(self.env))[said[0].state]))

    def _check_letter_kept(self, vals):
        """Refuse to take an archived letter, or its number, off the reminder it was made for."""
        remade = self.env.su and self.env.context.get('leanpay_letter_remade')
        for reminder in self.filtered('letter_id'):
            if remade and reminder.state == 'approved':
                continue  # nobody has received it yet
            if (vals.get('letter_id', reminder.letter_id.id) != reminder.letter_id.id
                    or vals.get('letter_number', reminder.letter_number) != reminder.letter_number
                    or vals.get('letter_inputs', reminder.letter_inputs) != reminder.letter_inputs):
                raise UserError(self.env._(
                    "The letter to %s is archived as proof: it cannot be taken off its reminder.",
                    reminder.partner_id.name))

    # === BUSINESS METHODS === #

    def _void(self, reason, skipped=False):
        """Void reminders that have not left, with their companions.

        :param reason: one line, kept on the reminder and in the debtor's history
        :param skipped: the step counts as passed although nothing was said
        """
        self._check_voidable()
        reminders = self | self.companion_ids.filtered(lambda reminder: reminder.state in PENDING_STATES)
        companions = reminders.filtered('primary_id')
        (reminders - companions).write({'state': 'void', 'void_reason': reason, 'skipped': skipped})
        companions.write({'state': 'void', 'void_reason': reason})
        reminders.activity_id.sudo().unlink()  # sudo: the activity may be a colleague's

    def _check_voidable(self):
        gone = self.filtered(lambda reminder: reminder.state not in (*PENDING_STATES, *IN_FLIGHT_STATES))
        under_way = self.filtered(lambda reminder: reminder.state == 'sending')
        if gone or under_way:
            raise UserError(self.env._(
                "The reminder to %s has left or is leaving: it cannot be voided.",
                (gone or under_way)[0].partner_id.name))
