from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.reply import MACHINE

KINDS = [
    ('promise', "Promises to pay"), ('dispute', "Disputes"), ('plan', "Asks for a plan"), ('paid', "Says it is paid"),
    ('question', "Asks a question"), ('other', "Something else"),
]
# Working days that the bank and the accountant need to find a payment that a customer says was made.
SEARCH_DAYS = 5


class LeanpayReply(models.Model):
    """An answer of a customer: what it seems to mean is proposed with the sentence that says so; a person decides."""

    _name = 'leanpay.reply'
    _description = "Answer of a Customer"
    _inherit = ['leanpay.agreement.mixin']
    _order = 'received_on DESC, id DESC'
    _check_company_auto = True

    _machine = MACHINE

    reminder_id = fields.Many2one('leanpay.reminder', string="Answers", readonly=True, index='btree_not_null')
    message_id = fields.Many2one('mail.message', readonly=True, ondelete='set null', index='btree_not_null')
    subject = fields.Char(readonly=True)
    text = fields.Text(readonly=True, help="What the customer wrote, without older messages below.")
    received_on = fields.Datetime(readonly=True, index=True)
    proposed_kind = fields.Selection(KINDS, string="It Seems", readonly=True)
    sentence = fields.Char(string="Because of", readonly=True, help="The sentence that decided, as it was written.")
    proposed_date = fields.Date(string="Day Named", readonly=True)
    proposed_amount = fields.Monetary(string="Amount Named", readonly=True)
    item_ids = fields.Many2many(
        'account.move.line', string="Items Named", readonly=True, check_company=True,
        help="Invoices whose numbers are in the text; else those of the reminder it answers.")
    state = fields.Selection(
        [('to_read', "To read"), ('answered', "Read"), ('ignored', "Ignored")], required=True, readonly=True,
        default='to_read', index=True, group_expand=True)
    kind = fields.Selection(KINDS, string="It Was", readonly=True, help="What a person said it was.")
    read_by_id = fields.Many2one('res.users', readonly=True)
    read_on = fields.Datetime(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends('partner_id', 'received_on')
    def _compute_display_name(self):
        for reply in self:
            reply.display_name = f"{reply.partner_id.name} · {reply._date_text(reply.received_on)}"

    # === ACTION METHODS === #

    def action_promise(self):
        """It is a promise: open its dialog, filled in with the day and the amount that were named."""
        today = self.company_id._dunning_today()
        values = {'default_note': self.sentence, 'default_source': 'mail'}
        if self.proposed_date and self.proposed_date >= today:
            values['default_date_promised'] = self.proposed_date
        owed = sum(self.item_ids.mapped('amount_residual_currency'))
        if self.proposed_amount and self.proposed_amount <= owed:
            values['default_amount'] = self.proposed_amount
        return self._open(self.debtor_id.action_promise(), values)

    def action_dispute(self):
        """It is a dispute: open its dialog, with the customer's words."""
        return self._open(self.debtor_id.action_dispute(), {
            'default_description': self.text or self.sentence, 'default_source': 'mail'})

    def action_plan(self):
        """The customer wants to pay in instalments: open the simulator."""
        return self._open(self.debtor_id.action_plan(), {'default_note': self.sentence})

    def action_paid(self):
        """The customer says it is paid: leave them alone for some days, and have somebody find the payment."""
        self.ensure_one()
        self.check_access('write')
        debtor, company = self.debtor_id, self.company_id
        until = company._dunning_bank_days().add(company._dunning_today(), SEARCH_DAYS)
        self._read_as('paid')
        self.env['leanpay.hold'].create({
            'debtor_id': debtor.id, 'kind': 'paid', 'note': self.sentence, 'date_until': until,
            'date_from': company._dunning_today(), 'item_ids': [fields.Command.set(self.item_ids.ids)]})
        debtor._need_attention(
            f'find_payment_{self.id}', self.env._("Find the payment that the customer says was made"),
            note=' · '.join(filter(None, (self.sentence, self._date_text(self.proposed_date)))))

    def action_question(self):
        """It is a question: write the answer; the scenario goes on."""
        self.ensure_one()
        self._read_as('question')
        return self.debtor_id.action_write()

    def action_other(self):
        """It was read and changes nothing: the scenario goes on."""
        for reply in self:
            reply._read_as('other')

    def action_ignore(self):
        """It is no answer: an advertisement, a machine."""
        self.check_access('write')
        for reply in self:
            reply._move('ignore', read_by_id=self.env.uid, read_on=fields.Datetime.now())
            reply._resume()

    def action_view_debtor(self):
        """Open the page of the customer who answered."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    # === BUSINESS METHODS === #

    def _items(self):
        return self.item_ids

    def _trace_parts(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        return [kinds.get(self.kind or self.proposed_kind, ''), self.sentence or '']

    def _open(self, action, values):
        self.ensure_one()
        self.check_access('write')
        if self.state != 'to_read':
            raise UserError(self.env._("This answer was already read by %s.", self.read_by_id.name))
        if self.item_ids:
            values['default_item_ids'] = self.item_ids.ids
        action['context'] = action['context'] | values | {'default_reply_id': self.id}
        return action

    def _read_as(self, kind):
        """Record what a person says the answer is, and let the scenario go on when nothing else waits.

        :param kind: key of `kind`
        """
        for reply in self:
            reply.check_access('write')
            reply._move('answer', kind=kind, read_by_id=self.env.uid, read_on=fields.Datetime.now())
            reply._tell(self.env._("Answer read"), proposed=reply.proposed_kind or '', kind=kind)
            reply._resume()

    def _resume(self):
        """End the pause of an answer once all of them were read."""
        debtor = self.debtor_id
        if not self.search_count([('debtor_id', '=', debtor.id), ('state', '=', 'to_read')], limit=1):
            self.env['leanpay.hold'].search([
                ('debtor_id', '=', debtor.id), ('kind', '=', 'reply'), ('lifted_on', '=', False)]).action_lift()
            debtor._attention_given(['reply'])
        self._refresh_debtors()
