from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Somebody answered: the call was made, and its step is passed.
REACHED = ('promised', 'dispute', 'refuses')
PROMISE_WORKDAYS = 5


class LeanpayCallResult(models.TransientModel):
    """What a customer said on the phone, recorded in one click, with what follows from it.

    Works for a call that a scenario asks for (`reminder_id`) as for one somebody made on their own account.
    """

    _name = 'leanpay.call.result'
    _description = "Result of a Call"
    _check_company_auto = True

    debtor_id = fields.Many2one('leanpay.debtor', required=True, check_company=True, readonly=True)
    reminder_id = fields.Many2one('leanpay.reminder', string="Call", check_company=True, readonly=True)
    company_id = fields.Many2one(related='debtor_id.company_id')
    partner_id = fields.Many2one(related='debtor_id.partner_id')
    currency_id = fields.Many2one(related='debtor_id.currency_id')
    amount_overdue = fields.Monetary(related='debtor_id.amount_overdue')
    contact_id = fields.Many2one('res.partner', string="Person to Call", compute='_compute_contact')
    phone = fields.Char(compute='_compute_contact')
    call_script = fields.Html(compute='_compute_call_script')
    item_ids = fields.Many2many(
        'account.move.line', string="Items", check_company=True, compute='_compute_item_ids', store=True,
        readonly=False, help="What the call is about. A promise or a dispute puts these items on hold, and no others.")
    result = fields.Selection(
        [('promised', "Promised to pay"), ('dispute', "Disputes"), ('no_answer', "No answer"),
         ('wrong_number', "Wrong number"), ('refuses', "Refuses to pay")])
    note = fields.Char(help="What was said, in the words of the customer.")
    category_id = fields.Many2one(
        'leanpay.dispute.category', string="About", help="What the dispute is about: says who answers, and by when.")
    promise_date = fields.Date(
        string="Will Pay On", compute='_compute_dates', store=True, readonly=False)
    promise_amount = fields.Monetary(
        string="Will Pay", compute='_compute_promise_amount', store=True, readonly=False,
        currency_field='promise_currency_id',
        help="Less than the balance of the items: the oldest are paid first, and the rest is still chased.")
    promise_currency_id = fields.Many2one('res.currency', compute='_compute_promise_amount', store=True)
    next_call_date = fields.Date(
        string="Call Again On", compute='_compute_dates', store=True, readonly=False)

    # === COMPUTE METHODS === #

    @api.depends('debtor_id', 'reminder_id')
    def _compute_contact(self):
        for wizard in self:
            contact = wizard.reminder_id.contact_id or wizard.debtor_id.contact_resolved_id or wizard.partner_id
            wizard.contact_id = contact
            wizard.phone = contact.phone or wizard.partner_id.phone

    @api.depends('reminder_id', 'debtor_id')
    def _compute_call_script(self):
        for wizard in self:
            step = wizard.reminder_id.step_id or wizard.debtor_id.next_step_id
            wizard.call_script = step.call_script

    @api.depends('reminder_id', 'debtor_id')
    def _compute_item_ids(self):
        for wizard in self:
            lines = wizard.reminder_id.line_ids.filtered(lambda line: not line.is_credit)
            items = lines.move_line_id.filtered('amount_residual') or wizard.debtor_id._overdue_items()
            wizard.item_ids = items

    @api.depends('item_ids')
    def _compute_promise_amount(self):
        for wizard in self:
            currency = wizard.item_ids.currency_id[:1] or wizard.currency_id
            wizard.promise_currency_id = currency
            wizard.promise_amount = sum(
                item.amount_residual_currency for item in wizard.item_ids if item.currency_id == currency)

    @api.depends('debtor_id')
    def _compute_dates(self):
        for wizard in self:
            company = wizard.company_id or self.env.company
            calendar, today = company._dunning_window().calendar, company._dunning_today()
            wizard.promise_date = calendar.add(today, PROMISE_WORKDAYS)
            wizard.next_call_date = calendar.add(today, 1)

    # === ACTION METHODS === #

    def action_promised(self):
        """Record that the customer will pay on `promise_date`."""
        return self._apply('promised')

    def action_dispute(self):
        """Record that the customer disputes the items."""
        return self._apply('dispute')

    def action_refuses(self):
        """Record that the customer will not pay; the scenario goes on."""
        return self._apply('refuses')

    def action_no_answer(self):
        """Record that nobody answered; the call is planned again for `next_call_date`."""
        return self._apply('no_answer')

    def action_wrong_number(self):
        """Record that the number is not the customer's; somebody must find the right one."""
        return self._apply('wrong_number')

    def action_apply(self):
        """Record `result`.

        :raise UserError: when no result is chosen
        """
        if not self.result:
            raise UserError(self.env._("Choose what the customer said before you save the call."))
        return self._apply(self.result)

    # === BUSINESS METHODS === #

    def _apply(self, result):
        """Record the result and what follows from it, and close the dialog.

        :param result: key of `result`
        """
        self.ensure_one()
        # Writing on the debtor's history is what tells a collector from somebody who may only look.
        self.debtor_id.check_access('write')
        self.result = result
        call = self._log()
        if result in REACHED:
            # Before what follows from it: a hold voids the calls not made yet.
            self._finish_call(call)
        getattr(self, f'_follow_{result}')()
        self.env['leanpay.planner'].sudo()._refresh(self.debtor_id)  # sudo: the figures follow from the facts
        self.debtor_id._mark_stale()  # rebuilding forgets the mark that stops a message being sent at this moment
        return {'type': 'ir.actions.act_window_close'}

    def _follow_promised(self):
        self.debtor_id._promise(
            dict.fromkeys(self.item_ids), self.promise_date, source='call', note=self.note or '',
            amount=self.promise_amount or None)

    def _follow_dispute(self):
        self.debtor_id._dispute(
            dict.fromkeys(self.item_ids), self.category_id or 'other', self.note or '', source='call')

    def _follow_refuses(self):
        """Do nothing more: the call is made and the scenario goes on with a firmer step."""

    def _follow_no_answer(self):
        """Plan the next call. The step is not passed: nothing was said."""
        if not self.next_call_date:
            raise UserError(self.env._("Say on which day to call %(customer)s again.", customer=self.partner_id.name))
        activity = self.reminder_id.activity_id
        if activity:
            # sudo: the activity may be a colleague's
            activity.sudo().write({'date_deadline': self.next_call_date})
        else:
            self.debtor_id.activity_schedule(
                'leanpay_dunning.mail_activity_type_call', date_deadline=self.next_call_date, note=self.note or '',
                summary=self.env._("Call again"), user_id=self.debtor_id._default_collector().id)
        if self.reminder_id.state == 'todo':
            self.reminder_id._by_button()._record_outcome('no_answer', self.note)

    def _follow_wrong_number(self):
        """Ask for the right number. The step is not passed: nothing was said."""
        self.debtor_id._need_attention(
            f'wrong_number_{self.contact_id.id}',
            self.env._("Find the right phone number of %(contact)s", contact=self.contact_id.name),
            note=self.env._("%(phone)s is a wrong number.", phone=self.phone or self.env._("The number called")))
        if self.reminder_id.state == 'todo':
            self.reminder_id._by_button()._record_outcome('wrong_number', self.note)

    def _finish_call(self, call):
        """Pass the step of the call: somebody was reached.

        :param call: mail.message that tells about it
        """
        reminder = self.reminder_id._by_button()
        if reminder.state == 'todo' and reminder.channel == 'phone':
            reminder._record_sent(fields.Datetime.now(), outcome=self.result)
            reminder.write({'outcome_note': self.note, 'mail_message_id': call.id})
            reminder.activity_id.unlink()
        elif reminder.state == 'sent':
            reminder._record_outcome(self.result, self.note)

    def _log(self):
        """Write the call in the debtor's history.

        :rtype: mail.message
        """
        results = dict(self._fields['result']._description_selection(self.env))
        dated = {'promised': 'promise_date', 'no_answer': 'next_call_date'}.get(self.result)
        rows = [
            (self.env._("Call"), results[self.result]),
            (self.env._("With"), ' · '.join(filter(None, (self.contact_id.name, self.phone)))),
            (self.env._("About"), ', '.join(dict.fromkeys(self.item_ids.mapped('move_name')))),
            (self.env._("Note"), self.note),
        ]
        if dated:
            label = self._fields[dated]._description_string(self.env)
            rows.insert(1, (label, format_date(self.env, self[dated])))
        body = Markup('<br/>').join(
            self.env._("%(label)s: %(value)s", label=Markup('<b>%s</b>') % label, value=value)
            for label, value in rows if value)
        return self.debtor_id.message_post(body=body, subtype_xmlid='leanpay_dunning.mt_call')
