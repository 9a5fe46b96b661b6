import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..engine.machine import RefusedMove
from .leanpay_planner import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)


class LeanpayAgreementMixin(models.AbstractModel):
    """Something agreed with a debtor, or said by them, about items: stops the clock, confirmed in writing, evidence.

    Concrete models name their state machine, add a `state` and say which items they are about. States change by moves
    only, so that two people at once cannot both decide.
    """

    _name = 'leanpay.agreement.mixin'
    _description = "Agreement with a Debtor"

    _machine = None  # engine.machine.Machine
    _evidence_kind = 'other'  # see `leanpay.evidence`
    _writable = frozenset({'note', 'user_id'})  # what people may write by hand

    debtor_id = fields.Many2one(
        'leanpay.debtor', required=True, readonly=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='debtor_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id', string="Customer")
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    user_id = fields.Many2one(
        'res.users', string="Noted By", readonly=True, default=lambda self: self.env.user)
    date = fields.Date(
        string="Noted On", required=True, readonly=True, default=lambda self: self.env.company._dunning_today())
    note = fields.Char(string="Details")
    confirmed_on = fields.Datetime(
        string="Confirmed in Writing On", readonly=True, copy=False, help="When the written confirmation was made.")

    # === CRUD METHODS === #

    def write(self, vals):
        """Refuse that people write what follows from moves, payments or papers."""
        if not self.env.su and vals.keys() - self._writable:
            raise UserError(self.env._(
                "What was agreed is part of the customer's history and cannot be rewritten. Use the buttons of the "
                "form, or cancel this one and note another."))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _items(self):
        """Return the items that these are about.

        :rtype: account.move.line
        """
        raise NotImplementedError

    def _move(self, move, **values):
        """Make a move of the state machine, alone: the record is locked and its state read again.

        :param move: name of a move, see `_machine`
        :param values: what is written with the new state
        :raise UserError: the move is not possible any more, and what the state is
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(['state'])
        try:
            state = self._machine.after(self.state, move)
        except RefusedMove as error:
            states = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "%(record)s is now “%(state)s”: this is no longer possible. Open it again to see what happened.",
                record=self.display_name, state=states.get(self.state, self.state))) from error
        self.sudo().write({'state': state, **values})  # sudo: nobody writes a state, this is the only way to change it

    def _trace(self, headline):
        """Return the line that the debtor's history keeps about this.

        :param headline: what has just happened
        """
        self.ensure_one()
        return ' · '.join(filter(None, [headline, *self._trace_parts(), self._invoices_text(), self.note]))

    def _invoices_text(self):
        """Return the numbers of the invoices that this is about, each once whatever its instalments."""
        names = list(dict.fromkeys(filter(None, self._items().mapped('move_name'))))
        return ', '.join(names[:5]) + (f" (+{len(names) - 5})" if len(names) > 5 else '')

    def _trace_parts(self):
        """Return what tells this one from others: an amount, a day."""
        return []

    def _tell(self, headline, **payload):
        """Write in the debtor's history what happened, and keep it as evidence.

        :param headline: what has just happened
        :param payload: what the evidence says besides
        """
        for record in self:
            trace = record._trace(headline)
            # sudo: also said by jobs and by whoever books a payment
            for thread in (record.debtor_id.sudo(), record.sudo()):
                if 'message_ids' in thread._fields:  # some agreements have a thread of their own
                    thread.message_post(body=trace)
            record.debtor_id.sudo()._evidence(
                self._evidence_kind, trace, record._evidence_payload() | payload, record)

    def _evidence_payload(self):
        """Return what evidence says of this record."""
        self.ensure_one()
        return {
            'state': self.state, 'note': self.note or '', 'noted_by': self.user_id.login or '',
            'noted_on': str(self.date), 'items': [
                [item.move_name or '', str(item.currency_id.round(item.amount_residual_currency)),
                 item.currency_id.name] for item in self._items().sorted('id')]}

    def _one_by_one(self, act):
        """Do something with each of these records, each in its own savepoint: one failure stops no other.

        What fails is given to the collector; what another process holds is left to the next run.

        :param act: function of one record
        """
        for record in self.try_lock_for_update(allow_referencing=True):
            try:
                with self.env.cr.savepoint():
                    act(record)
            except CONCURRENCY_ERRORS:
                _logger.info("%s met another process: the next run looks again", record)
            except Exception as error:
                _logger.warning("%s could not be brought up to date", record, exc_info=True)
                record.debtor_id.sudo()._need_attention(  # sudo: the worklist belongs to whoever is in charge
                    f'{record._table}_{record.id}', self.env._("An agreement could not be brought up to date: open it"),
                    note=f"{type(error).__name__}: {error}")

    def _follow_items(self):
        """Bring agreements to the debtor who owes their items now, when that is one customer."""
        for record in self.sudo():  # sudo: whoever corrects a customer need not know of agreements
            customers = record._items().partner_id.commercial_partner_id
            if len(customers) == 1 and customers != record.partner_id:
                record.debtor_id = record.debtor_id._debtor_of(customers)

    def _stop_the_clock(self, reason):
        """Void the reminders not said yet about these items, and have the worklist say so at once.

        :param reason: one line
        """
        for record in self:
            record.debtor_id._void_pending(record._items(), reason)
        self._refresh_debtors()

    def _start_the_clock(self):
        """Have the worklist say that these items are chased again: the next run goes on where it was."""
        self._refresh_debtors()

    def _refresh_debtors(self):
        debtors = self.debtor_id
        # sudo: the figures follow from the facts, whoever caused them
        self.env['leanpay.planner'].sudo()._refresh(debtors)
        # Rebuilding forgets the mark, which is also what stops a message that is being sent at this very moment.
        debtors._mark_stale()

    def _confirm(self, template_xmlid, attachments=None):
        """Write to the customer what was agreed, once.

        :param template_xmlid: mail.template on this model
        :param attachments: ir.attachment
        :return: mail.mail, empty when there is no address or it was confirmed already
        """
        self.ensure_one()
        if self.confirmed_on:
            return self.env['mail.mail']
        mail = self.debtor_id._write_to(template_xmlid, self, attachments)
        if mail:
            self.sudo().write({'confirmed_on': fields.Datetime.now()})  # sudo: follows from the mail
        return mail

    def _agreed_lines(self):
        """Return what the written confirmation lists: [(account.move.line, amount)].

        :rtype: list[tuple[account.move.line, float]]
        """
        return [(item, item.amount_residual_currency) for item in self._items()]

    def _agreed_table(self, lang):
        """Return the table of these items and amounts as HTML, in the customer's language.

        :param lang: code of the language
        """
        self.ensure_one()
        record = self.with_context(lang=lang).sudo()  # sudo: the items are those of this agreement
        return record.env['ir.qweb']._render('leanpay_dunning.mail_agreed_table', {'lines': [
            {'reference': item.move_name or item.name or '', 'due': record._date_text(item.date_maturity, lang),
             'amount': format_amount(record.env, amount, self.currency_id, lang_code=lang)}
            for item, amount in record._agreed_lines()]}, lang=lang)

    def _bank_text(self):
        """Return where to pay, as one line; empty when the company has no account to name."""
        account = self.company_id.sudo()._dunning_bank_account()  # sudo: printed on every invoice
        return ' · '.join(filter(None, (account.acc_holder_name or account.partner_id.name, account.acc_number,
                                        account.bank_bic))) if account else ''

    @api.model
    def _date_text(self, day, lang=None):
        """Return a day as people of a language write it."""
        return format_date(self.env, day, lang_code=lang) if day else ''
