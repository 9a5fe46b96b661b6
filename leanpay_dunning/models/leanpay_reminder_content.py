import logging
import re
import uuid

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date, is_html_empty

_logger = logging.getLogger(__name__)

INDENTATION = re.compile(r'\n\s*')
PLACE = '[leanpay-text]'


class LeanpayReminder(models.Model):
    """What a reminder says: its templates rendered in the recipient's language, and the blocks they use."""

    _inherit = 'leanpay.reminder'

    preview_subject = fields.Char(compute='_compute_preview', string="Subject as Sent")
    preview_html = fields.Html(compute='_compute_preview', string="Text as Sent", sanitize=False)
    past_reminder_ids = fields.Many2many('leanpay.reminder', compute='_compute_past_reminder_ids', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends('state', 'subject', 'body', 'line_ids', 'step_id', 'lang')
    def _compute_preview(self):
        rendered = self.filtered(lambda reminder: not reminder.body)._render_content()
        for reminder in self:
            content = rendered.get(reminder.id) or {'subject': reminder.subject, 'body': reminder.body}
            reminder.preview_subject = content.get('subject')
            if content.get('error'):
                reminder.preview_html = Markup('<p class="text-danger">%s</p>') % content['error']
            else:
                reminder.preview_html = content.get('body')

    def _compute_past_reminder_ids(self):
        # Texts, letters and threads all quote them: read once for a whole batch. `write` forgets them with each state.
        self.env.flush_all()
        past = dict(self.env.execute_query(SQL(
            """
            SELECT found.reminder_id, array_agg(found.past_id ORDER BY found.sent_date, found.past_id)
              FROM (SELECT DISTINCT line.reminder_id, past.id AS past_id, past.sent_date
                      FROM leanpay_reminder_line line
                      JOIN leanpay_reminder_line earlier ON earlier.move_line_id = line.move_line_id
                      JOIN leanpay_reminder past ON past.id = earlier.reminder_id
                     WHERE line.reminder_id = ANY(%s) AND past.id != line.reminder_id AND past.state = 'sent'
                       AND past.level != '0' AND past.channel != 'activity') found
          GROUP BY found.reminder_id
            """, self.ids)))
        for reminder in self:
            reminder.past_reminder_ids = self.browse(past.get(reminder._origin.id, ()))

    # === RENDERING === #

    def _render_content(self):
        """Render the texts of these reminders, each in its recipient's language.

        :return: {id: {'subject', 'body'}}, with 'error', one sentence, where a template fails
        """
        contents = {}
        self._ensure_portal_tokens()
        for step, reminders in self.grouped('step_id').items():
            emails = reminders.filtered(lambda reminder: reminder.channel in ('email', 'letter'))
            sms = reminders.filtered(lambda reminder: reminder.channel == 'sms')
            calls = reminders - emails - sms
            # sudo: whoever wrote a template was allowed to; whoever sends it need not be a template editor
            contents |= emails._render_safely(step.mail_template_id.sudo(), _render_email)
            contents |= sms._render_safely(step.sms_template_id.sudo(), _render_sms)
            contents |= calls._render_script(step)
        return contents

    def _render_safely(self, template, render):
        """Render all at once; when that fails, one by one, so that one broken language stops nobody else."""
        if not self or not template:
            return {reminder.id: {'subject': reminder.step_id.name, 'body': ''} for reminder in self}
        try:
            return render(template, self)
        except Exception:
            if len(self) > 1:
                contents = {}
                for reminder in self:
                    contents |= reminder._render_safely(template, render)
                return contents
            _logger.warning("Template %s fails for reminder %s", template.display_name, self.id, exc_info=True)
            return {self.id: {'error': self.env._(
                "The template “%(template)s” cannot be rendered in the language %(lang)s. Correct it, then retry.",
                template=template.name, lang=self.lang or '')}}

    def _render_script(self, step):
        """Return the call script, or the description of an internal activity, with the items."""
        contents = {}
        for reminder in self:
            script = step.with_context(lang=reminder.user_id.lang or self.env.lang).call_script or Markup()
            contents[reminder.id] = {'subject': step.name, 'body': script + reminder._items_table()}
        return contents

    def _preview_values(self, texts=True):
        """Return what these reminders say and to whom, one dict each, for the dry run.

        :param texts: with `subject` and `body`
        """
        contents = self._render_content() if texts else {}
        return [
            {
                'debtor_id': reminder.debtor_id.id, 'partner_id': reminder.partner_id.id,
                'step_id': reminder.step_id.id, 'level': reminder.level, 'channel': reminder.channel,
                'contact_id': reminder.contact_id.id, 'address': reminder.address,
                'currency_id': reminder.currency_id.id, 'amount_total': reminder.amount_total,
                'item_count': reminder._due_count, 'state': reminder.state,
            } | ({
                'subject': contents[reminder.id].get('subject'),
                'body': contents[reminder.id].get('body') or contents[reminder.id].get('error'),
            } if texts else {})
            for reminder in self
        ]

    # === BLOCKS FOR THE TEMPLATES === #

    @property
    def _due_count(self):
        """Number of items asked for, credits left out."""
        return len(self.line_ids.filtered(lambda line: not line.is_credit))

    @property
    def _days_late(self):
        """Days late of the oldest item, 0 before its due date."""
        return max(self.line_ids.mapped('days_late'), default=0)

    def _fmt_amount(self, amount):
        """Return an amount with its currency, as the recipient's language writes it."""
        return format_amount(self.env, amount, self.currency_id, lang_code=self.lang)

    def _fmt_amount_sms(self, amount):
        """Return an amount with plain spaces: the no-break ones are no GSM letters and would halve a message's room."""
        return self._fmt_amount(amount).replace('\u202f', ' ').replace('\xa0', ' ')

    def _fmt_count(self):
        """Return the number of items asked for in words, such as “3 invoices”."""
        reminder = self._in_lang()
        if self._due_count == 1:
            return reminder.env._("1 invoice")
        return reminder.env._("%s invoices", self._due_count)

    def _fmt_date(self, day):
        """Return a date as the recipient's language writes it."""
        return format_date(self.env, day, lang_code=self.lang) if day else ''

    def _in_lang(self):
        return self.with_context(lang=self.lang or self.env.lang)

    def _greeting(self):
        """Return the opening of a letter: the contact's name when there is a person, else everybody."""
        contact = self.contact_id
        if contact and not contact.is_company and contact.name:
            return self._in_lang().env._("Dear %s,", contact.name)
        return self._in_lang().env._("Dear Sir or Madam,")

    def _previous_sentence(self):
        """Return the sentence that quotes the reminders already sent for these items, '' when there is none."""
        past = self._past_reminders()
        if not past:
            return ''
        dates = ', '.join(self._fmt_date(day) for day in sorted({reminder.sent_date for reminder in past}))
        return self._in_lang().env._("Our previous messages of %s have remained without effect.", dates)

    def _not_due_sentence(self):
        """Return the sentence that says how much of the total is not due yet, '' when all of it is or nothing is."""
        early = self.line_ids.filtered(lambda line: not line.is_credit and not line.days_late)
        if not early or not self._days_late:
            return ''
        return self._in_lang().env._(
            "This total includes %s not due yet, shown so that you can settle everything at once.",
            self._fmt_amount(sum(early.mapped('amount_due'))))

    def _past_reminders(self):
        """Return the reminders really sent before for the items of this one, oldest first, preventive ones aside."""
        return self.past_reminder_ids

    def _items_table(self):
        """Return the table of the items as HTML."""
        amounts = {
            amount: self._fmt_amount(amount)
            for line in self.line_ids for amount in (line.amount_total, line.amount_due)}
        lines = [
            {
                'reference': line.reference,
                'date_invoice': self._fmt_date(line.date_invoice),
                'date_due': self._fmt_date(line.date_due),
                'days_late': line.days_late,
                'total': amounts[line.amount_total],
                'due': amounts[line.amount_due],
                'is_credit': line.is_credit,
                'is_preventive': not line.is_credit and not line.days_late,
            }
            for line in self.line_ids
        ]
        return self._block('leanpay_dunning.mail_items_table', {
            'lines': lines, 'total': self._fmt_amount(self.amount_claimed)} | self._charges_values())

    def _pay_button(self):
        """Return the button to Odoo's own payment page of the oldest invoice, empty without one."""
        invoices = self.line_ids.move_line_id.move_id.filtered(lambda move: move.is_invoice())
        if not invoices:
            return Markup()
        invoice = invoices.sorted(lambda move: (move.invoice_date_due or move.date, move.id))[0]
        return self._block('leanpay_dunning.mail_pay_button', {
            'url': invoice.get_base_url() + invoice.get_portal_url()})

    def _ensure_portal_tokens(self):
        """Give the invoices of a batch the tokens of their payment pages, in one statement.

        Written through `account.move`, each token would balance its entry again and mark it as modified by hand.
        """
        invoices = self.line_ids.move_line_id.move_id
        moves = invoices.filtered(lambda move: not move.access_token)
        if moves:
            self.env.cr.execute_values(
                "UPDATE account_move move SET access_token = new.token FROM (VALUES %s) AS new(id, token) "
                "WHERE move.id = new.id AND move.access_token IS NULL",
                [(move_id, str(uuid.uuid4())) for move_id in moves.ids], page_size=len(moves))
            moves.invalidate_recordset(['access_token'], flush=False)
            invoices.fetch(['access_token'])

    def _bank_block(self):
        """Return the bank account to pay to as HTML, empty when the company has none."""
        bank = self._bank_account()
        if not bank:
            return Markup()
        return self._block('leanpay_dunning.mail_bank_block', {
            'holder': bank.acc_holder_name or self.company_id.name,
            'iban': bank.acc_number, 'bic': bank.bank_bic or '', 'bank_name': bank.bank_name or '',
            'reference': self._payment_reference()})

    def _payment_reference(self):
        """Return what to write on the transfer: the invoice's own reference, or the customer's for several."""
        moves = self.line_ids.filtered(lambda line: not line.is_credit).move_line_id.move_id
        if len(moves) == 1:
            return moves.payment_reference or moves.name
        return ', '.join(moves[:6].mapped('name'))

    def _block(self, template, values):
        reminder = self._in_lang()
        return reminder._render_block(template, {'reminder': reminder, 'company': reminder.company_id} | values)

    def _render_block(self, template, values):
        html = self.env['ir.qweb']._render(template, values, lang=self.env.lang)
        return Markup(INDENTATION.sub('\n', html.strip()))  # a quarter of what is stored, encoded and sent

    def _wrap_frame(self, body):
        """Return a text inside the company's frame: name, colours, signature, legal identity."""
        # Put in afterwards: the line breaks of the text itself may count.
        return self._frame().replace(PLACE, Markup(body))

    def _frame(self):
        """Return the frame with PLACE where the text goes, the same for all reminders alike in `_frame_key`.

        It is not given the reminder: what a site adds to it can never show one customer's data to another.
        """
        reminder = self._in_lang()
        company, collector, lang = reminder._frame_key()
        return reminder._render_block('leanpay_dunning.mail_frame', {
            'company': company, 'collector': collector, 'lang': lang, 'body': PLACE})

    def _frame_key(self):
        return self.company_id, self.user_id, self.lang or 'en'


def _render_email(template, reminders):
    subjects, bodies, frames = {}, {}, {}
    for own in reminders.grouped('company_id').values():
        for in_lang, ids in template._classify_per_lang(own.ids).values():
            subjects |= in_lang._render_field('subject', ids)
            bodies |= _render_bodies(in_lang, reminders.browse(ids))
    for alike in reminders.grouped(lambda reminder: reminder._frame_key()).values():
        frames |= dict.fromkeys(alike.ids, alike[0]._frame())
    contents = {}
    for reminder in reminders:
        subject, body = subjects[reminder.id], bodies[reminder.id]
        if not (subject or '').strip() or is_html_empty(body):
            raise ValueError(f"{template.display_name}: empty subject or text")
        contents[reminder.id] = {'subject': subject, 'body': frames[reminder.id].replace(PLACE, Markup(body))}
    return contents


def _render_bodies(template, reminders):
    """Render the text of a template for reminders of its language and one company, all in one go.

    Odoo compiles a template anew for each record, which costs more than rendering it.
    """
    source = template.body_html or ''
    if len(reminders) == 1 or 't-set' in source:  # a variable would be seen by the next reminder
        return template._render_field('body_html', reminders.ids)
    end = uuid.uuid4().hex
    [joined] = template._render_template(
        f'<t t-foreach="reminders" t-as="object">{source}<t t-out="end"/></t>', reminders._name, reminders.ids[:1],
        engine='qweb', add_context={'reminders': reminders, 'end': end}, options={'post_process': True}).values()
    *bodies, rest = joined.split(end)
    if len(bodies) != len(reminders) or rest.strip():
        raise ValueError(f"{template.display_name}: the texts of several reminders cannot be told apart")
    return dict(zip(reminders.ids, bodies, strict=True))


def _render_sms(template, reminders):
    bodies = template._render_field('body', reminders.ids, compute_lang=True)
    if not all((body or '').strip() for body in bodies.values()):
        raise ValueError(f"{template.display_name}: empty text")
    return {reminder.id: {'subject': reminder.step_id.name, 'body': bodies[reminder.id]} for reminder in reminders}
