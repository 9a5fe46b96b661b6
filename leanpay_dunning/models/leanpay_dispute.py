from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..engine.dispute import MACHINE, OPEN
from .const import SOURCES


class LeanpayDispute(models.Model):
    """The customer says that an amount is not owed. It is not chased until somebody has answered; the rest is."""

    _name = 'leanpay.dispute'
    _description = "Dispute"
    _inherit = ['leanpay.agreement.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'deadline, id'
    _check_company_auto = True

    _machine = MACHINE
    _evidence_kind = 'dispute'
    _writable = frozenset({'note', 'description', 'owner_id', 'deadline', 'category_id', 'step_ids'})

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default='/')
    category_id = fields.Many2one(
        'leanpay.dispute.category', required=True, index=True, ondelete='restrict', tracking=True)
    description = fields.Text(help="What the customer says is wrong, in their words.")
    source = fields.Selection(SOURCES, required=True, readonly=True, default='person')
    owner_id = fields.Many2one(
        'res.users', string="Looked at By", tracking=True, index=True, domain=[('share', '=', False)])
    deadline = fields.Date(tracking=True, index=True, help="Last day to answer the customer.")
    line_ids = fields.One2many('leanpay.dispute.line', 'dispute_id', string="Items", readonly=True)
    step_ids = fields.One2many('leanpay.dispute.step', 'dispute_id', string="Steps")
    attachment_ids = fields.Many2many('ir.attachment', string="Files of the Customer", readonly=True)
    amount = fields.Monetary(string="Disputed", readonly=True)
    amount_accepted = fields.Monetary(string="Accepted", readonly=True)
    state = fields.Selection([
        ('open', "To answer"), ('waiting', "Waiting for the customer"), ('resolved', "Resolved"),
        ('withdrawn', "Withdrawn"),
    ], required=True, readonly=True, default='open', index=True, group_expand=True)
    outcome = fields.Selection(
        [('rejected', "Rejected"), ('accepted', "Accepted"), ('part', "Accepted in part")], readonly=True)
    answer = fields.Text(string="Our Answer", readonly=True, help="What was written to the customer.")
    resolved_on = fields.Date(readonly=True)
    resolution_days = fields.Integer(
        string="Days to Resolve", readonly=True, aggregator='avg', help="From the day it was noted to its resolution.")
    late = fields.Boolean(compute='_compute_late', search='_search_late')
    color = fields.Integer(compute='_compute_late')

    # === COMPUTE METHODS === #

    @api.depends('deadline', 'state')
    def _compute_late(self):
        for dispute in self:
            left = (dispute.deadline - dispute.company_id._dunning_today()).days if (
                dispute.deadline and dispute.company_id and dispute.state in OPEN) else None
            dispute.late = left is not None and left < 0
            # Odoo's palette: red when late, orange within two days, green while there is time.
            dispute.color = 0 if left is None else 1 if left < 0 else 2 if left <= 2 else 10

    def _search_late(self, operator, value):
        if operator != 'in' or set(value) != {True}:
            return NotImplemented
        # sudo: a day is late by the clock of its company, also of those whose disputes will not be found
        companies = self.env['res.company'].sudo().search([])  # pylint: disable=no-search-all
        return fields.Domain('state', 'in', OPEN) & fields.Domain.OR(
            fields.Domain('company_id', 'in', found.ids) & fields.Domain('deadline', '<', today)
            for today, found in companies.grouped(lambda company: company._dunning_today()).items())

    @api.depends('name', 'amount', 'currency_id')
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = f"{dispute.name} · {format_amount(self.env, dispute.amount, dispute.currency_id)}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number disputes: the customer and the lawyer name them so."""
        for vals in vals_list:
            if vals.get('name', '/') == '/':
                # sudo: whoever notes a dispute need not see sequences
                vals['name'] = self.env['ir.sequence'].sudo().next_by_code('leanpay.dispute') or '/'
        return super().create(vals_list)

    # === ACTION METHODS === #

    def action_resolve(self):
        """Open the dialog that settles this dispute."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_dispute_resolve_action')
        return action | {'context': {'default_dispute_id': self.id}}

    def action_wait(self):
        """Note that the customer must say more before anybody can answer."""
        self._step('ask', self.env._("Waiting for the customer"))

    def action_answered(self):
        """Note that the customer has said more."""
        self._step('answer', self.env._("The customer answered"))

    def action_withdraw(self):
        """Note that the customer no longer disputes: the scenario goes on where it was."""
        for dispute in self:
            dispute._step('withdraw', self.env._("Dispute withdrawn"), **dispute._closing())
        self._ask_nobody()
        self._start_the_clock()

    def action_reopen(self):
        """Open it again: the customer does not accept the answer. It has a new deadline.

        :raise UserError: something was accepted, or paid or disputed since
        """
        self.check_access('write')
        for dispute in self:
            dispute._check_reopen()
            dispute._step('reopen', self.env._("Dispute opened again"), resolved_on=False, outcome=False,
                          deadline=dispute.category_id._deadline(dispute.company_id))
            dispute._ask_owner()
        self._stop_the_clock(self.env._("disputed"))

    def action_view_debtor(self):
        """Open the page of the customer who disputes."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    # === BUSINESS METHODS === #

    def _step(self, move, headline, **values):
        """Make a move and keep it in the history."""
        self.check_access('write')
        for dispute in self:
            dispute._move(move, **values)
            dispute._tell(headline)

    def _check_reopen(self):
        """Refuse to dispute again what was credited, paid or disputed elsewhere: it would be credited twice."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(['state', 'outcome', 'amount_accepted'])
        if self.amount_accepted:
            raise UserError(self.env._(
                "%s was accepted, at least in part: note another dispute for what is still disputed.", self.name))
        if self.state not in OPEN:  # an open one is refused by its move
            amounts = {line.move_line_id: line.amount for line in self.line_ids}
            self.debtor_id._disputed_parts(self.debtor_id._agreed_items(amounts), amounts)

    def _closing(self):
        """Return what a dispute keeps of its end."""
        self.ensure_one()
        today = self.company_id._dunning_today()
        return {'resolved_on': today, 'resolution_days': (today - self.date).days}

    def _items(self):
        return self.line_ids.move_line_id

    def _agreed_lines(self):
        return [(line.move_line_id, line.amount) for line in self.line_ids]

    def _trace_parts(self):
        return [self.display_name, self.category_id.name or '', self.description or '']

    def _evidence_payload(self):
        return super()._evidence_payload() | {
            'number': self.name, 'category': self.category_id.code or self.category_id.name,
            'description': self.description or '', 'source': self.source, 'currency': self.currency_id.name,
            'amounts': [[line.move_id.name or '', str(self.currency_id.round(line.amount)),
                         str(self.currency_id.round(line.amount_accepted))] for line in self.line_ids],
            'outcome': self.outcome or '', 'answer': self.answer or '',
            'files': [[attachment.name, attachment.checksum or ''] for attachment in self.attachment_ids]}

    def _ask_nobody(self):
        """Take the question back: it is settled."""
        self.sudo().activity_unlink(['leanpay_dunning.mail_activity_type_todo'])  # sudo: may be a colleague's

    def _ask_owner(self):
        """Ask the owner to answer before the deadline."""
        for dispute in self:
            # sudo: the dispute may come from the portal
            dispute.sudo().activity_schedule(
                'leanpay_dunning.mail_activity_type_todo', date_deadline=dispute.deadline,
                user_id=dispute.owner_id.id, summary=self.env._("Answer the dispute"), note=dispute.description or '')
