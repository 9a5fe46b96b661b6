from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..engine.dispute import DisputedItem, outcome


class LeanpayDisputeResolve(models.TransientModel):
    """Settles a dispute: what is accepted becomes a credit note, the rest is owed and chased again, in writing."""

    _name = 'leanpay.dispute.resolve'
    _description = "Settle a Dispute"

    dispute_id = fields.Many2one('leanpay.dispute', required=True, readonly=True)
    company_id = fields.Many2one(related='dispute_id.company_id')
    currency_id = fields.Many2one(related='dispute_id.currency_id')
    description = fields.Text(related='dispute_id.description')
    choice = fields.Selection([
        ('rejected', "The customer is wrong: all is owed"),
        ('credit', "The customer is right: make a credit note"),
        ('part', "Part of each"),
        ('corrected', "Make a corrected invoice first"),
        ('settled', "It was corrected: tell the customer"),
    ], string="Answer", required=True, default='rejected')
    line_ids = fields.One2many(
        'leanpay.dispute.resolve.line', 'wizard_id', string="Items", compute='_compute_line_ids', store=True,
        readonly=False)
    amount_accepted = fields.Monetary(string="Accepted", compute='_compute_amount_accepted')
    answer = fields.Text(
        string="What We Answer", help="Sent to the customer as it is. Needed when something is rejected.")

    @api.depends('dispute_id', 'choice')
    def _compute_line_ids(self):
        for wizard in self:
            whole = wizard.choice in ('credit', 'settled')
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create({'line_id': line.id, 'amount': line.amount if whole else 0})
                for line in wizard.dispute_id.line_ids]

    @api.depends('line_ids.amount')
    def _compute_amount_accepted(self):
        for wizard in self:
            wizard.amount_accepted = sum(wizard.line_ids.mapped('amount'))

    # === ACTION METHODS === #

    def action_resolve(self):
        """Settle the dispute: credit notes are posted and matched, the answer is sent, what is left is chased again."""
        self.ensure_one()
        dispute = self.dispute_id
        dispute.check_access('write')
        if self.choice == 'corrected':
            return self._corrected_invoice()
        if self.choice == 'settled':
            self._check_settled()
        dispute.lock_for_update()
        accepted = {line.line_id: line.amount for line in self.line_ids}
        result = self._outcome(accepted)
        answer = (self.answer or '').strip()
        if result != 'accepted' and not answer:
            raise UserError(self.env._(
                "Write to the customer why the amount is owed: an answer is needed to reject a dispute."))
        dispute._move('resolve', outcome=result, answer=answer, amount_accepted=sum(accepted.values()),
                      confirmed_on=False, **dispute._closing())
        for line, amount in accepted.items():
            values = {'amount_accepted': amount}
            if amount and self.choice in ('credit', 'part'):
                values['credit_move_id'] = dispute._credit(line, amount).id
            line.sudo().write(values)  # sudo: follows from the decision, no user writes it
        outcomes = dict(dispute._fields['outcome']._description_selection(self.env))
        dispute._tell(self.env._("Dispute resolved: %s", outcomes[result]))
        dispute._ask_nobody()
        dispute._start_the_clock()
        dispute._confirm('leanpay_dunning.mail_template_dispute_answer')
        return {'type': 'ir.actions.act_window_close'}

    # === BUSINESS METHODS === #

    def _outcome(self, accepted):
        """Return the outcome that the amounts make.

        :raise UserError: an amount is not between nothing and what is disputed
        """
        def exact(amount):
            return Decimal(str(self.currency_id.round(amount)))
        for line, amount in accepted.items():
            if not 0 <= exact(amount) <= exact(line.amount):
                raise UserError(self.env._(
                    "%(amount)s cannot be accepted of %(invoice)s: %(disputed)s is disputed.",
                    amount=format_amount(self.env, amount, self.currency_id), invoice=line.move_id.name,
                    disputed=format_amount(self.env, line.amount, self.currency_id)))
        if self.choice == 'part' and not any(accepted.values()):
            raise UserError(self.env._("Say how much is accepted of each invoice, or reject the dispute."))
        return outcome([DisputedItem(line.id, exact(line.amount), exact(amount)) for line, amount in accepted.items()])

    def _check_settled(self):
        """Refuse to tell the customer that nothing is claimed any more while it still is."""
        for line in self.line_ids.line_id:
            if self.currency_id.compare_amounts(line.residual, line.amount_owed - line.amount) > 0:
                raise UserError(self.env._(
                    "%s is still owed in full: correct it first, or make the credit note from here.",
                    line.move_id.name or line.move_line_id.name))

    def _corrected_invoice(self):
        """Open Odoo's own reversal of the invoices, which makes the corrected ones.

        The dispute stays open until it is settled: nothing is chased between the two.
        """
        action = self.env['ir.actions.act_window']._for_xml_id('account.action_view_account_move_reversal')
        return action | {'context': {
            'active_model': 'account.move', 'active_ids': self.dispute_id.line_ids.move_id.ids,
            'default_reason': self.dispute_id.name,
            'default_journal_id': self.dispute_id.line_ids.move_id[:1].journal_id.id}}


class LeanpayDisputeResolveLine(models.TransientModel):
    """What is accepted of one disputed item."""

    _name = 'leanpay.dispute.resolve.line'
    _description = "Disputed Item to Settle"

    wizard_id = fields.Many2one('leanpay.dispute.resolve', required=True, ondelete='cascade')
    line_id = fields.Many2one('leanpay.dispute.line', required=True)
    move_id = fields.Many2one(related='line_id.move_id', string="Invoice")
    currency_id = fields.Many2one(related='line_id.currency_id')
    disputed = fields.Monetary(related='line_id.amount', string="Disputed")
    amount = fields.Monetary(string="Accepted")
