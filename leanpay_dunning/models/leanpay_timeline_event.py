import re

from odoo import api, fields, models
from odoo.tools import SQL, format_date
from odoo.tools.mail import html_to_inner_content

from .const import CHANNELS, LEVELS, REMINDER_STATES

FORMAL_NOTICE = '4'
LINE_BREAK = re.compile(r'<br\s*/?>')
# A reminder, the two ends of a hold, a message and each kind of agreement give an event its own id.
SOURCES = 8
AGREEMENTS = {'promise': 4, 'dispute': 5, 'plan': 6}
ICONS = {
    'email': 'fa-envelope', 'sms': 'fa-commenting', 'letter': 'fa-file-text', 'notice': 'fa-gavel',
    'call': 'fa-phone', 'task': 'fa-check-square-o', 'answer': 'fa-reply', 'message': 'fa-comment',
    'promise': 'fa-handshake-o', 'dispute': 'fa-balance-scale', 'plan': 'fa-calendar-check-o',
    'hold': 'fa-pause', 'lifted': 'fa-play', 'expired': 'fa-play'}
TONES = {
    'planned': 'warning', 'approved': 'info', 'sending': 'info', 'todo': 'warning', 'sent': 'success',
    'failed': 'danger', 'uncertain': 'warning', 'bounced': 'danger', 'void': 'muted',
    'answer': 'primary', 'call': 'success', 'message': 'success', 'promise': 'info',
    'dispute': 'warning', 'plan': 'info', 'hold': 'info', 'lifted': 'info', 'expired': 'info'}


class LeanpayTimelineEvent(models.Model):
    """What happened with a debtor, of all kinds in one list. Nothing is stored: each event is read where it is kept."""

    _name = 'leanpay.timeline.event'
    _description = "Event of a Debtor's Timeline"
    _auto = False
    _order = 'moment DESC, id DESC'
    _rec_name = 'title'
    _depends = {
        'leanpay.reminder': [
            'debtor_id', 'company_id', 'channel', 'level', 'state', 'sent_on', 'date_planned', 'create_date',
            'amount_total', 'currency_id', 'user_id', 'mail_message_id'],
        'leanpay.hold': [
            'debtor_id', 'company_id', 'date_from', 'date_until', 'lifted_on', 'lifted_by_id', 'user_id',
            'create_date', 'write_date'],
        'leanpay.promise': ['debtor_id', 'company_id', 'user_id', 'amount', 'currency_id', 'create_date'],
        'leanpay.dispute': ['debtor_id', 'company_id', 'user_id', 'amount', 'currency_id', 'create_date'],
        'leanpay.plan': ['debtor_id', 'company_id', 'user_id', 'amount', 'currency_id', 'create_date'],
        'leanpay.debtor': ['company_id'],
        'res.company': ['dunning_tz'],
        'mail.message': ['model', 'res_id', 'message_type', 'subtype_id', 'date', 'author_id'],
        'res.users': ['partner_id', 'share'],
    }

    debtor_id = fields.Many2one('leanpay.debtor', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    moment = fields.Datetime(string="When", readonly=True)
    kind = fields.Selection(
        [('email', "E-mail"), ('sms', "SMS"), ('letter', "Letter"), ('notice', "Formal notice"), ('call', "Call"),
         ('task', "Internal activity"), ('answer', "Answer"), ('message', "Message"), ('hold', "On hold"),
         ('lifted', "Hold lifted"), ('expired', "Hold ended"), ('promise', "Promise"), ('dispute', "Dispute"),
         ('plan', "Payment plan")], readonly=True)
    promise_id = fields.Many2one('leanpay.promise', readonly=True)
    dispute_id = fields.Many2one('leanpay.dispute', readonly=True)
    plan_id = fields.Many2one('leanpay.plan', readonly=True)
    reminder_id = fields.Many2one('leanpay.reminder', readonly=True)
    hold_id = fields.Many2one('leanpay.hold', readonly=True)
    message_id = fields.Many2one('mail.message', readonly=True)
    user_id = fields.Many2one('res.users', string="By", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    level = fields.Selection(LEVELS, readonly=True)
    state = fields.Selection(REMINDER_STATES, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    outcome = fields.Selection(related='reminder_id.outcome')
    # sudo: who sees the event may read what it is about, and nothing else of it
    title = fields.Char(compute='_compute_texts', compute_sudo=True)
    detail = fields.Char(compute='_compute_texts', compute_sudo=True)
    icon = fields.Char(compute='_compute_look')
    tone = fields.Char(compute='_compute_look', help="Colour: success, info, warning, danger, primary or muted.")

    # === COMPUTE METHODS === #

    @api.depends('kind', 'state')
    def _compute_look(self):
        for event in self:
            event.icon = ICONS.get(event.kind)
            event.tone = TONES.get(event.state or event.kind, 'muted')

    @api.depends('reminder_id', 'hold_id', 'message_id', 'promise_id', 'dispute_id', 'plan_id')
    @api.depends_context('lang')
    def _compute_texts(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for event in self:
            if event.reminder_id:
                event.title, details = event.reminder_id.step_id.name, event._reminder_details()
            elif event.hold_id:
                event.title = f"{kinds[event.kind]} · {event.hold_id.display_name}"
                details = event._hold_details()
            elif event.kind in AGREEMENTS:
                agreement = event[f'{event.kind}_id']
                states = dict(agreement._fields['state']._description_selection(self.env))
                event.title = f"{kinds[event.kind]} · {agreement.display_name}"
                details = [states.get(agreement.state), agreement._invoices_text(), agreement.note]
            else:
                event.title, details = event._message_texts(kinds[event.kind])
            event.detail = ' · '.join(detail for detail in details if detail)

    def _reminder_details(self):
        reminder = self.reminder_id
        contact = reminder.contact_id.name if reminder.channel != 'activity' else ''
        address = reminder.address if reminder.channel in ('email', 'sms', 'phone') else ''
        channels = dict(self._fields['channel']._description_selection(self.env))
        return [
            # The icon of a formal notice does not tell how it left.
            channels[reminder.channel] if self.kind == 'notice' else '', reminder.letter_number, contact, address,
            reminder.tracking_number, reminder.outcome_note,
            reminder.void_reason if reminder.state == 'void' else reminder.error]

    def _hold_details(self):
        hold = self.hold_id
        # Each instalment is an item of its own: their invoice is named once.
        names = list(dict.fromkeys(filter(None, (item.move_name or item.name for item in hold.item_ids))))
        shown = ', '.join(names[:5]) + ("…" if len(names) > 5 else '')
        until = hold.date_until and self.env._("until %s", format_date(self.env, hold.date_until))
        return [hold.note, shown, until if self.kind == 'hold' else '']

    def _message_texts(self, kind):
        """Return (title, details) of what was said or written; a call was logged line by line, its result first."""
        message = self.message_id
        if self.kind == 'call':
            result, *others = map(html_to_inner_content, LINE_BREAK.split(message.body or kind))
            return result, others
        subject = (message.subject or '').strip()
        return subject or kind, [message.author_id.name or message.email_from, message.preview]

    # === ACTION METHODS === #

    def action_open(self):
        """Open what the event is about: its reminder or its hold; a message is in the thread beside."""
        self.ensure_one()
        record = self.reminder_id or self.hold_id or self.promise_id or self.dispute_id or self.plan_id
        return record._get_records_action() if record else False

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(' UNION ALL ').join([
            self._reminders_sql(), self._holds_sql(), self._ended_holds_sql(), self._messages_sql(),
            *(self._agreements_sql(kind) for kind in AGREEMENTS)])

    def _agreements_sql(self, kind):
        """Return what was promised, disputed or agreed, when it was noted."""
        links = SQL(', ').join(
            SQL("agreement.id") if each == kind else SQL("NULL::integer") for each in AGREEMENTS)
        return SQL(
            """
            SELECT agreement.id::bigint * %(sources)s + %(source)s, agreement.debtor_id, agreement.company_id,
                   agreement.create_date, %(kind)s, NULL::integer, NULL::integer, NULL::integer, agreement.user_id,
                   NULL, NULL, NULL, agreement.amount, agreement.currency_id, %(links)s
              FROM %(table)s agreement
            """, sources=SOURCES, source=AGREEMENTS[kind], kind=kind, links=links,
            table=SQL.identifier(f'leanpay_{kind}'))

    def _reminders_sql(self):
        # Not sent yet, or never: the day it is planned for.
        planned = self._moment_sql(SQL("reminder.date_planned"), SQL("reminder.create_date"))
        return SQL(
            """
            SELECT reminder.id::bigint * %(sources)s AS id, reminder.debtor_id, reminder.company_id,
                   COALESCE(reminder.sent_on, %(planned)s) AS moment,
                   CASE WHEN reminder.level = %(notice)s AND reminder.channel IN ('email', 'letter') THEN 'notice'
                        WHEN reminder.channel = 'phone' THEN 'call'
                        WHEN reminder.channel = 'activity' THEN 'task'
                        ELSE reminder.channel END AS kind,
                   reminder.id AS reminder_id, NULL::integer AS hold_id, NULL::integer AS message_id,
                   reminder.user_id, reminder.channel, reminder.level, reminder.state,
                   reminder.amount_total AS amount, reminder.currency_id, NULL::integer AS promise_id,
                   NULL::integer AS dispute_id, NULL::integer AS plan_id
              FROM leanpay_reminder reminder
              JOIN res_company company ON company.id = reminder.company_id
            """, sources=SOURCES, notice=FORMAL_NOTICE, planned=planned)

    def _holds_sql(self):
        return self._hold_sql(
            SQL("1"), SQL("'hold'"), self._moment_sql(SQL("hold.date_from"), SQL("hold.create_date")),
            SQL("hold.user_id"), SQL("TRUE"))

    def _ended_holds_sql(self):
        lifted = self._moment_sql(SQL("hold.lifted_on"), SQL("hold.write_date"))
        # A hold that nobody lifts ends with its last day, at midnight in its company.
        ended = self._utc_sql(SQL("(hold.date_until + 1)::timestamp"))
        return self._hold_sql(
            SQL("2"), SQL("CASE WHEN hold.lifted_on IS NULL THEN 'expired' ELSE 'lifted' END"),
            SQL("CASE WHEN hold.lifted_on IS NULL THEN %s ELSE %s END", ended, lifted), SQL("hold.lifted_by_id"),
            SQL("hold.lifted_on IS NOT NULL OR %s <= %s::timestamp", ended, fields.Datetime.now()))

    def _hold_sql(self, source, kind, moment, user, condition):
        return SQL(
            """
            SELECT hold.id::bigint * %(sources)s + %(source)s, hold.debtor_id, hold.company_id, %(moment)s, %(kind)s,
                   NULL::integer, hold.id, NULL::integer, %(user)s, NULL, NULL, NULL, NULL::numeric, NULL::integer,
                   NULL::integer, NULL::integer, NULL::integer
              FROM leanpay_hold hold
              JOIN res_company company ON company.id = hold.company_id
             WHERE %(condition)s
            """, sources=SOURCES, source=source, kind=kind, moment=moment, user=user, condition=condition)

    def _moment_sql(self, day, written):
        """Return the moment, in UTC, of what happened on a day of its company: when it was written, if that was on this
        very day, else at noon. A day alone has no hour."""
        return SQL(
            """CASE WHEN (%(written)s AT TIME ZONE 'UTC' AT TIME ZONE company.dunning_tz)::date = %(day)s
                    THEN %(written)s ELSE %(noon)s END""",
            day=day, written=written, noon=self._utc_sql(SQL("(%s + TIME '12:00')", day)))

    def _utc_sql(self, local):
        """Return an hour of the company's clock in UTC, as Odoo keeps moments."""
        return SQL("(%s AT TIME ZONE company.dunning_tz AT TIME ZONE 'UTC')", local)

    def _messages_sql(self):
        """Return what came in, what somebody wrote by hand, and the calls that no reminder tells about."""
        subtype_id = self.env['ir.model.data'].sudo()._xmlid_to_res_id
        colleague = self.env['leanpay.debtor']._colleague_sql(SQL("message.author_id"))
        return SQL(
            """
            SELECT message.id::bigint * %(sources)s + 3, debtor.id, debtor.company_id, message.date,
                   CASE WHEN message.subtype_id = %(call)s THEN 'call'
                        WHEN message.message_type = 'email' AND colleague.user_id IS NULL THEN 'answer'
                        ELSE 'message' END,
                   NULL::integer, NULL::integer, message.id, colleague.user_id,
                   NULL, NULL, NULL, NULL::numeric, NULL::integer, NULL::integer, NULL::integer, NULL::integer
              FROM mail_message message
              JOIN leanpay_debtor debtor ON debtor.id = message.res_id
        CROSS JOIN LATERAL (%(colleague)s) colleague
             WHERE message.model = 'leanpay.debtor'
               AND (message.message_type = 'email' OR message.subtype_id = %(call)s
                    OR message.message_type = 'comment' AND message.subtype_id = %(comment)s)
               AND NOT EXISTS (SELECT FROM leanpay_reminder told WHERE told.mail_message_id = message.id)
            """, sources=SOURCES, colleague=colleague,
            # Somebody may have deleted them: none is NULL.
            call=subtype_id('leanpay_dunning.mt_call') or None, comment=subtype_id('mail.mt_comment') or None)
