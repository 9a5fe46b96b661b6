from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

ANSWER_WORKDAYS = 2
# What the asker says; what becomes of the question follows from what people do.
WRITABLE = {'debtor_id', 'item_ids', 'who', 'colleague_id', 'question', 'date_deadline', 'pause'}


class LeanpayAsk(models.Model):
    """A question to a colleague about a customer's invoices: an activity that comes back with an answer."""

    _name = 'leanpay.ask'
    _description = "Question to a Colleague"
    _order = 'id DESC'
    _rec_name = 'question'
    _check_company_auto = True

    debtor_id = fields.Many2one('leanpay.debtor', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='debtor_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id')
    item_ids = fields.Many2many(
        'account.move.line', string="About", check_company=True, help="Empty: about the customer as a whole.")
    user_id = fields.Many2one('res.users', string="Asked By", required=True, readonly=True,
                              default=lambda self: self.env.user)
    who = fields.Selection(
        [('seller', "The salesperson"), ('desk', "The delivery desk"), ('other', "Somebody else")],
        string="Ask", required=True, compute='_compute_who', store=True, readonly=False, precompute=True)
    colleague_id = fields.Many2one(
        'res.users', required=True, compute='_compute_colleague_id', store=True, readonly=False, precompute=True,
        domain=[('share', '=', False)])
    question = fields.Text(required=True)
    date_deadline = fields.Date(
        string="Answer By", required=True, compute='_compute_date_deadline', store=True, readonly=False,
        precompute=True)
    pause = fields.Boolean(
        string="Pause Until the Answer",
        help="Nobody is reminded of these items, or of anything when none is named, until the answer, or the day it is "
             "due at the latest.")
    hold_id = fields.Many2one('leanpay.hold', readonly=True, copy=False, ondelete='set null')
    activity_id = fields.Many2one('mail.activity', readonly=True, copy=False, index='btree_not_null',
                                  ondelete='set null')
    state = fields.Selection(
        [('open', "Asked"), ('answered', "Answered"), ('withdrawn', "Withdrawn")], required=True, readonly=True,
        copy=False, default='open', index=True)
    answer = fields.Text(readonly=True, copy=False)
    answered_on = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one('res.users', readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends('debtor_id', 'item_ids')
    def _compute_who(self):
        for ask in self:
            if not ask.who:
                ask.who = 'seller' if ask._seller() else 'other'

    @api.depends('who', 'debtor_id', 'item_ids')
    def _compute_colleague_id(self):
        for ask in self:
            if ask.who == 'seller':
                ask.colleague_id = ask._seller() or ask.colleague_id
            elif ask.who == 'desk':
                # sudo: a setting that everybody who asks may use
                ask.colleague_id = ask.company_id.sudo().dunning_delivery_user_id or ask.colleague_id

    @api.depends('debtor_id')
    def _compute_date_deadline(self):
        for ask in self:
            company = (ask.company_id or self.env.company).sudo()  # sudo: its calendar only
            calendar = company._dunning_window().calendar
            ask.date_deadline = ask.date_deadline or calendar.add(company._dunning_today(), ANSWER_WORKDAYS)

    def _seller(self):
        """Return who sold what it is about, else who looks after the customer."""
        self.ensure_one()
        return (self.item_ids.move_id.invoice_user_id or self.partner_id.user_id).filtered(
            lambda user: user.active and not user.share)[:1]

    # === CONSTRAINT METHODS === #

    @api.constrains('item_ids', 'debtor_id')
    def _check_items(self):
        for ask in self:
            foreign = ask.item_ids.filtered(
                lambda item, debtor=ask.debtor_id: item.partner_id.commercial_partner_id != debtor.partner_id)
            if foreign:
                raise ValidationError(self.env._(
                    "%(item)s is not an item of %(customer)s. Choose items of this customer only.",
                    item=foreign[0].display_name, customer=ask.debtor_id.display_name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Ask: give the colleague the activity, and pause the items where that is wanted."""
        if not self.env.su and set().union(*vals_list) - WRITABLE:
            raise AccessError(self._refused())
        asks = super().create(vals_list)
        for ask in asks:
            ask.debtor_id.check_access('write')
            ask._ask()
        return asks

    def write(self, vals):
        """Refuse: a question that was asked stays as it was asked."""
        if vals and not self.env.su:
            raise AccessError(self._refused())
        return super().write(vals)

    def _refused(self):
        return self.env._("A question that was asked is part of the customer's history: withdraw it and ask another.")

    # === ACTION METHODS === #

    def action_withdraw(self):
        """Take questions back that nobody answered yet: the colleague has nothing to do any more."""
        self.check_access('write')
        asked = self.filtered(lambda ask: ask.state == 'open')
        asked._close('withdrawn', self.env._("Question withdrawn"))
        # sudo: the activity is the colleague's
        asked.activity_id.sudo().unlink()

    def action_open_debtor(self):
        """Open the customer's page."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    # === ASKING === #

    def _ask(self):
        self.ensure_one()
        if self.date_deadline < self.company_id.sudo()._dunning_today():  # sudo: its clock only
            raise UserError(self.env._("The answer cannot be due in the past: choose today or a later day."))
        hold = self._pause() if self.pause else self.env['leanpay.hold']
        # sudo: what follows from asking; the activity may be where the asker has no rights
        asked = self.sudo()
        asked.write({'hold_id': hold.id, 'activity_id': asked._give_activity().id})
        asked.debtor_id.message_post(
            body=self._headed(self.env._("Question to %s", self.colleague_id.name), self.question),
            author_id=self.env.user.partner_id.id)

    def _pause(self):
        company = self.company_id.sudo()  # sudo: its clock only
        return self.env['leanpay.hold'].create({
            'debtor_id': self.debtor_id.id, 'kind': 'other', 'item_ids': [Command.set(self.item_ids.ids)],
            'note': self.env._("question to %s", self.colleague_id.name), 'date_from': company._dunning_today(),
            'date_until': self.date_deadline})

    def _give_activity(self):
        """Create the activity, where the colleague can open it: the debtor, else the invoice, else the customer."""
        moves = self.item_ids.move_id
        target = next((record for record in (self.debtor_id, moves[:1]) if record and self._sees(record)),
                      self.partner_id)
        # Mentioned with the invoice as well, its papers are at hand. One of the two tells them, not both.
        mentioned = moves if len(moves) == 1 and target != moves and self._sees(moves) else moves.browse()
        for move in mentioned:
            move.message_post(body=self._note(), author_id=self.env.user.partner_id.id,
                              partner_ids=(self.colleague_id - self.env.user).partner_id.ids)
        return target.with_context(mail_activity_quick_update=bool(mentioned)).activity_schedule(
            'leanpay_dunning.mail_activity_type_ask', date_deadline=self.date_deadline, user_id=self.colleague_id.id,
            summary=self.env._("Question about %s", self._subject()), note=self._note())

    def _sees(self, record):
        """Tell whether the colleague may open a record."""
        return record.with_user(self.colleague_id).with_company(self.company_id).has_access('read')

    def _subject(self):
        """Return the invoices that it is about, else the customer."""
        return ', '.join(dict.fromkeys(filter(None, self.item_ids.mapped('move_name')))) or self.partner_id.name

    def _note(self):
        """Return the question with links to its invoices, and what they are."""
        rows = [
            Markup('<li>%s</li>') % Markup(' · ').join(filter(None, (
                item.move_id._get_html_link(), item.currency_id.format(item.amount_residual_currency),
                format_date(self.env, item.date_maturity) if item.date_maturity else '')))
            for item in self.item_ids]
        return Markup('<p><b>%s</b></p><p>%s</p><ul>%s</ul>') % (
            self.partner_id.name, _lines(self.question), Markup().join(rows))

    # === ANSWERING === #

    def _answered(self, feedback):
        """Record the answers of colleagues who have done the activities, and tell the askers.

        :param feedback: what they wrote, may be empty
        """
        answer = (feedback or '').strip()
        for ask in self.filtered(lambda ask: ask.state == 'open'):
            by = self.env.user
            ask._close('answered', self.env._("Answer of %s", by.name), answer or self.env._("Done, without a word."), {
                'answer': answer, 'answered_on': fields.Datetime.now(), 'answered_by_id': by.id})

    def _withdrawn(self):
        """Close questions whose activities were deleted: nobody will answer, and the askers are told."""
        self.filtered(lambda ask: ask.state == 'open')._close(
            'withdrawn', self.env._("The activity was deleted: nobody will answer"))

    def _close(self, state, headline, text='', values=None):
        """End the questions, and what was paused for them.

        :param state: answered or withdrawn
        :param headline: what happened, one line
        :param text: what was answered
        """
        # sudo: the colleague who answers need have no rights on debtors
        for ask in self.sudo():
            ask.lock_for_update()
            ask.invalidate_recordset(['state'])
            if ask.state != 'open':
                continue  # somebody else was faster
            ask.write({'state': state, **(values or {})})
            if ask.hold_id.state in ('coming', 'active'):
                ask.hold_id.action_lift()
            told = (ask.user_id - self.env.user).partner_id
            ask.debtor_id.message_post(
                body=ask._headed(headline, text), author_id=self.env.user.partner_id.id, partner_ids=told.ids)

    def _headed(self, headline, text):
        """Return what the debtor's history keeps: the headline, what it is about with links, and the text."""
        links = Markup(', ').join(move._get_html_link() for move in self.item_ids.move_id)
        return Markup('<b>%s</b>%s<br/>%s') % (headline, Markup(' · %s') % links if links else '', _lines(text))


def _lines(text):
    return Markup('<br/>').join((text or '').splitlines())
