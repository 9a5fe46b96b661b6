from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..engine.plan import MACHINE

HOWS = [('signed', "Signed letter"), ('mail', "E-mail"), ('call', "Phone call"), ('portal', "On the portal")]


class LeanpayPlan(models.Model):
    """What a customer owes, paid in instalments. Entries are not touched; a plan that is kept stops the clock."""

    _name = 'leanpay.plan'
    _description = "Payment Plan"
    _inherit = ['leanpay.agreement.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id DESC'
    _check_company_auto = True

    _machine = MACHINE
    _evidence_kind = 'plan'
    _writable = frozenset({'note', 'instalment_ids', 'interest_rule', 'valid_until'})

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default='/')
    item_ids = fields.One2many('leanpay.plan.item', 'plan_id', string="Items", readonly=True)
    instalment_ids = fields.One2many('leanpay.plan.instalment', 'plan_id', string="Instalments")
    amount = fields.Monetary(string="Total", readonly=True)
    amount_planned = fields.Monetary(string="Sum of Instalments", compute='_compute_amounts')
    amount_paid = fields.Monetary(string="Paid", compute='_compute_amounts')
    share_paid = fields.Float(string="Paid (%)", compute='_compute_amounts')
    next_date = fields.Date(string="Next Instalment", compute='_compute_amounts')
    state = fields.Selection([
        ('draft', "Draft"), ('to_approve', "To approve"), ('proposed', "Proposed"), ('running', "Running"),
        ('done', "Paid"), ('broken', "Broken"), ('refused', "Refused"), ('cancelled', "Cancelled"),
    ], required=True, readonly=True, default='draft', index=True, group_expand=True, tracking=True)
    interest_rule = fields.Selection(
        [('continue', "Runs on"), ('suspend', "None while the plan is kept")], string="Late Interest", required=True,
        default='suspend', help="A plan that is broken loses it: interest is claimed as if there had been no plan.")
    valid_until = fields.Date(help="Last day on which the customer may accept. Nothing is chased until then.")
    breach_days = fields.Integer(
        string="Days Late", readonly=True, help="An instalment later than that counts as missed.")
    breach_missed = fields.Integer(
        string="Missed Instalments", readonly=True, help="Missing so many of them ends the plan.")
    on_track_until = fields.Date(readonly=True, help="Last day on which the plan is kept if nothing more is paid.")
    waits_for_match = fields.Boolean(
        readonly=True, copy=False,
        help="A payment that nobody has matched yet would keep the plan: it was given some days.")
    approved_by_id = fields.Many2one('res.users', string="Granted By", readonly=True, copy=False)
    accepted_on = fields.Date(readonly=True, copy=False)
    accepted_by = fields.Char(readonly=True, copy=False, help="Who agreed for the customer.")
    accepted_how = fields.Selection(HOWS, string="How", readonly=True, copy=False)
    signature = fields.Binary(readonly=True, copy=False, attachment=True)
    broken_on = fields.Date(readonly=True, copy=False)
    suspension_id = fields.Many2one('leanpay.interest.suspension', readonly=True, copy=False, ondelete='set null')
    document_id = fields.Many2one('ir.attachment', string="Schedule", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends('instalment_ids.amount', 'instalment_ids.amount_paid', 'instalment_ids.state')
    def _compute_amounts(self):
        for plan in self:
            instalments = plan.instalment_ids
            plan.amount_planned = sum(instalments.mapped('amount'))
            plan.amount_paid = sum(instalments.mapped('amount_paid'))
            plan.share_paid = 100 * plan.amount_paid / plan.amount if plan.amount else 0
            plan.next_date = min(instalments.filtered(lambda each: each.state != 'paid').mapped('date'), default=False)

    @api.depends('name', 'amount', 'currency_id')
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = f"{plan.name} · {format_amount(self.env, plan.amount, plan.currency_id)}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Number plans: the letters and the payments name them so."""
        for vals in vals_list:
            if vals.get('name', '/') == '/':
                # sudo: whoever makes a plan need not see sequences
                vals['name'] = self.env['ir.sequence'].sudo().next_by_code('leanpay.plan') or '/'
        return super().create(vals_list)

    # === ACTION METHODS === #

    def action_propose(self):
        """Send the plan to the customer; a plan beyond what its author may grant goes to a manager first."""
        self.ensure_one()
        self.check_access('write')
        self._check_schedule()
        if self._beyond_limits():
            self._submit()
            return
        self._check_free()
        self._move('propose')
        self._tell(self.env._("Payment plan proposed"))
        self._stop_the_clock(self.env._("payment plan proposed: %s", self.name))
        self.debtor_id._write_to('leanpay_dunning.mail_template_plan_proposal', self, self._make_document())

    def action_accept(self):
        """Open the dialog that records that the customer accepts."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_plan_accept_action')
        return action | {'context': {'default_plan_id': self.id}}

    def action_approve(self):
        """Let the author propose a plan beyond what they may grant."""
        self.check_access('write')
        if not self.env.user.has_group('leanpay_dunning.group_collections_manager'):
            raise UserError(self.env._("Only a collections manager approves a plan of this size."))
        for plan in self:
            plan._move('approve', approved_by_id=self.env.uid)
            plan._tell(self.env._("Payment plan approved"))
            plan.sudo().activity_unlink(['leanpay_dunning.mail_activity_type_todo'])  # sudo: may be a colleague's

    def action_refused(self):
        """Note that the customer refuses the proposal: the scenario goes on."""
        self._close('refuse', self.env._("Payment plan refused by the customer"))

    def action_cancel(self):
        """Give up the plan: the scenario goes on from the next run."""
        self._close('cancel', self.env._("Payment plan cancelled"))

    def action_print(self):
        """Open the schedule as a PDF."""
        self.ensure_one()
        document = self.document_id or self._make_document()
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{document.id}?download=true', 'target': 'self'}

    def action_view_debtor(self):
        """Open the page of the customer who pays by this plan."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    # === BUSINESS METHODS === #

    def _accept(self, name, how, signature=None):
        """Record that the customer accepts, start the plan and confirm it with its schedule.

        :param name: who agreed
        :param how: key of `accepted_how`
        :param signature: image, base64
        """
        self.ensure_one()
        self.check_access('write')
        if not (name or '').strip():
            raise UserError(self.env._("Say who accepts the plan for the customer."))
        today = self.company_id._dunning_today()
        if self.state == 'proposed':
            self._check_still_valid(today)
        self._check_schedule()
        if self._beyond_limits():
            raise UserError(self.env._(
                "This plan is beyond what you may grant: propose it, so that a manager can approve it first."))
        self._check_free()
        self._move('accept', accepted_on=today, accepted_by=name, accepted_how=how, signature=signature)
        self._suspend_interest(today)
        self._judge(today)
        self._tell(self.env._("Payment plan accepted by %s", name))
        self._stop_the_clock(self.env._("payment plan: %s", self.name))
        self._confirm('leanpay_dunning.mail_template_plan', self._make_document())

    def _check_still_valid(self, today):
        """Refuse a proposal that is over; the first payment of one that is not is due on the day it is accepted."""
        if self.valid_until and self.valid_until < today:
            raise UserError(self.env._("This proposal was valid until %s. Cancel it and make another.",
                                       self._date_text(self.valid_until)))
        first = self.instalment_ids.sorted('date')[:1]
        if first.date < today:
            first.sudo().date = today  # sudo: what was proposed changes for nobody else

    def _close(self, move, headline):
        self.check_access('write')
        for plan in self:
            plan._move(move)
            plan._end_suspension()
            plan._tell(headline)
        self._start_the_clock()

    def _submit(self):
        """Ask a manager to approve the plan."""
        self._move('submit')
        self._tell(self.env._("Payment plan to approve"))
        manager = self.env.ref('leanpay_dunning.group_collections_manager').sudo().all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and user.active)
        chosen = (manager & self.company_id.dunning_user_id) or manager[:1]
        self.sudo().activity_schedule(  # sudo: for a colleague
            'leanpay_dunning.mail_activity_type_todo', user_id=chosen.id or self.env.uid,
            summary=self.env._("Approve the payment plan"))

    def _beyond_limits(self):
        """Tell whether the plan needs a manager who has not approved it yet."""
        if self.approved_by_id or self.env.su or self.env.user.has_group('leanpay_dunning.group_collections_manager'):
            return False
        company = self.company_id
        limit = company.dunning_plan_amount
        worth = self.currency_id._convert(self.amount, company.currency_id, company, company._dunning_today())
        too_long = company.dunning_plan_months and len(self.instalment_ids) > company.dunning_plan_months
        return bool((limit and worth > limit) or too_long)

    def _check_schedule(self):
        """Refuse instalments that do not pay exactly what is owed, are in the past or go too far."""
        instalments, currency, company = self.instalment_ids, self.currency_id, self.company_id
        if currency.compare_amounts(self.amount_planned, self.amount):
            raise UserError(self.env._(
                "The instalments make %(planned)s, and %(total)s is owed. Change an instalment.",
                planned=format_amount(self.env, self.amount_planned, currency),
                total=format_amount(self.env, self.amount, currency)))
        if min(instalments.mapped('date')) < company._dunning_today():
            raise UserError(self.env._("An instalment is in the past. Choose a later day."))
        if company.dunning_plan_months_max and len(instalments) > company.dunning_plan_months_max:
            raise UserError(self.env._(
                "A plan may have at most %s instalments here. Choose fewer and higher ones.",
                company.dunning_plan_months_max))

    def _check_free(self):
        """Refuse items that were paid or settled otherwise since the plan was made."""
        for line in self.item_ids:
            if self.currency_id.compare_amounts(line.residual, line.amount):
                raise UserError(self.env._(
                    "The balance of %s has changed since the plan was made: make the plan again.",
                    line.move_id.name or line.move_line_id.name))
        if self.state == 'draft':
            self.debtor_id._check_not_agreed(self._items())

    def _items(self):
        return self.item_ids.move_line_id

    def _agreed_lines(self):
        return [(line.move_line_id, line.amount) for line in self.item_ids]

    def _trace_parts(self):
        return [self.display_name, self.env._("%s instalments", len(self.instalment_ids))]

    def _exact(self, amount):
        return Decimal(str(self.currency_id.round(amount)))

    def _evidence_payload(self):
        return super()._evidence_payload() | {
            'number': self.name, 'amount': str(self._exact(self.amount)), 'currency': self.currency_id.name,
            'instalments': [[str(each.date), str(self._exact(each.amount))] for each in self.instalment_ids],
            'interest': self.interest_rule, 'accepted_by': self.accepted_by or '', 'how': self.accepted_how or '',
            'accepted_on': str(self.accepted_on or ''), 'paid': str(self._exact(self.amount_paid))}
