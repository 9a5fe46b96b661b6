from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount

from ..engine.promise import MACHINE, MOVES, PromisedItem, judge
from .const import SOURCES


class LeanpayPromise(models.Model):
    """The customer said that they will pay so much by a day. Whether they did is computed from what was reconciled."""

    _name = 'leanpay.promise'
    _description = "Promise to Pay"
    _inherit = ['leanpay.agreement.mixin']
    _order = 'date_promised DESC, id DESC'
    _check_company_auto = True

    _machine = MACHINE
    _evidence_kind = 'promise'

    date_promised = fields.Date(string="Will Pay On", required=True, readonly=True, index=True)
    deadline = fields.Date(
        required=True, readonly=True, index=True,
        help="Last day on which money counts: the day promised, and the working days that a bank takes.")
    source = fields.Selection(SOURCES, required=True, readonly=True, default='person')
    line_ids = fields.One2many('leanpay.promise.line', 'promise_id', string="Items", readonly=True)
    amount = fields.Monetary(string="Promised", readonly=True)
    amount_due = fields.Monetary(
        string="Still Owed of It", readonly=True, help="What was promised, less what credit notes have settled since.")
    amount_kept = fields.Monetary(string="Received in Time", readonly=True)
    state = fields.Selection([
        ('open', "Open"), ('kept', "Kept"), ('partly', "Partly kept"), ('broken', "Broken"),
        ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='open', index=True, group_expand=True)
    broken_on = fields.Date(readonly=True, help="Day on which it was found that it had not been kept.")
    reason = fields.Char(string="Why It Was Cancelled", readonly=True)
    kept_rate = fields.Float(
        string="Kept (%)", compute='_compute_kept_rate', store=True, aggregator='avg',
        help="Share of what was promised that was received in time; nothing while it is open.")

    # === COMPUTE METHODS === #

    @api.depends('state', 'amount_kept', 'amount_due')
    def _compute_kept_rate(self):
        for promise in self:
            judged = promise.state in ('kept', 'partly', 'broken')
            share = promise.amount_kept / promise.amount_due if promise.amount_due else promise.state == 'kept'
            promise.kept_rate = 100 * share if judged else 0

    @api.depends('amount', 'currency_id', 'date_promised')
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s by %(date)s", amount=format_amount(self.env, promise.amount, promise.currency_id),
                date=promise._date_text(promise.date_promised))

    # === ACTION METHODS === #

    def action_cancel(self):
        """Cancel open promises: the scenario goes on from the next run."""
        self.check_access('write')
        for promise in self:
            promise._move('cancel', reason=promise.reason or self.env._("Cancelled by %s", self.env.user.name))
            promise._tell(self.env._("Promise cancelled"))
        self._start_the_clock()

    def action_view_debtor(self):
        """Open the page of the customer who promised."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    # === BUSINESS METHODS === #

    def _items(self):
        return self.line_ids.move_line_id

    def _trace_parts(self):
        return [self.display_name]

    def _evidence_payload(self):
        return super()._evidence_payload() | {
            'amount': str(self.currency_id.round(self.amount)), 'currency': self.currency_id.name,
            'date_promised': str(self.date_promised), 'deadline': str(self.deadline), 'source': self.source,
            'received': str(self.currency_id.round(self.amount_kept))}

    @api.model
    def _judge_late(self, company, today):
        """Judge the open promises of a company whose deadline has passed: the broken ones are chased the same day."""
        self.search([
            ('company_id', '=', company.id), ('state', '=', 'open'), ('deadline', '<', today)])._judge(today)

    def _judge(self, today=None):
        """Compute from what was really reconciled what became of these promises, and act on what has changed.

        Also called inside the transaction of whoever books a payment, which nothing here may refuse.

        :param today: day in the company's time zone; today when None
        """
        # sudo: whoever books a payment need not see promises; the verdict follows from the payments
        promises = self.sudo().filtered(lambda promise: promise.state != 'cancelled')
        if not promises:
            return  # nearly every payment: reading what was settled would cost each of them a query
        settlements = self.env['leanpay.settlements'].sudo()._of(promises._items())
        promises._one_by_one(lambda promise: promise._judge_one(
            settlements, today or promise.company_id._dunning_today()))

    def _judge_one(self, settlements, today):
        verdict = judge(self._promised_items(), settlements, self.deadline, today)
        values = {'amount_kept': float(verdict.received), 'amount_due': float(verdict.due)}
        if verdict.state == self.state:
            self.write(values)
            return
        missed = verdict.state in ('partly', 'broken')
        self._move(MOVES[verdict.state], broken_on=missed and (self.broken_on or today), **values)
        self._judged(verdict.state)

    def _promised_items(self):
        def exact(amount):
            return Decimal(str(self.currency_id.round(amount)))
        return [PromisedItem(
            line.move_line_id.id, exact(line.amount), exact(line.amount_owed), exact(line.amount_paid_before),
            exact(line.amount_credited_before)) for line in self.line_ids]

    def _judged(self, state):
        """Say what became of this promise, and ask the collector to act when it was not kept."""
        headlines = {
            'kept': self.env._("Promise kept"), 'partly': self.env._("Promise partly kept"),
            'broken': self.env._("Promise broken"),
            'open': self.env._("Promise open again: its payment was taken back")}
        self._tell(headlines[state])
        code = f'promise_{self.id}'
        if state in ('partly', 'broken'):
            self.debtor_id._need_attention(code, headlines[state], note=self._trace(headlines[state]))
        else:
            self.debtor_id._attention_given([code])
        self.debtor_id._mark_stale()
