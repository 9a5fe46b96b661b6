from dataclasses import replace

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.decision import choose_scenario
from .const import LEVELS, PENDING_STATES

# Not said yet, and in nobody's hands but a person's.
UNSAID_STATES = (*PENDING_STATES, 'todo', 'failed')
# What people decide about a debtor; the rest follows from the entries and reminders. The `…_date` are never stored.
WRITABLE = {
    'profile_id', 'profile_pinned', 'scenario_id', 'collector_id', 'contact_id', 'accounting_email', 'note', 'why_date',
    'customer_type', 'regime_id', 'interest_date', 'insolvency_date', 'suspension_ids', 'dunning_rate_kind',
    'dunning_rate_value', 'dunning_rate_index', 'electronic_letter_consent', 'approval_circuit', 'approval_days',
    'payment_days_of_month', 'platform', 'service_code', 'commitment_number_required'}
IDENTITY = {'company_id', 'partner_id'}


class LeanpayDebtor(models.Model):
    """One commercial partner in one company: everything that dunning knows about how they pay."""

    _name = 'leanpay.debtor'
    _description = "Debtor"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'priority DESC, amount_overdue DESC, id'
    _rec_name = 'partner_id'
    _rec_names_search = ['partner_id']
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True,
                                 default=lambda self: self.env.company)
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='restrict', readonly=True,
        domain=[('parent_id', '=', False)])
    currency_id = fields.Many2one(related='company_id.currency_id')
    profile_id = fields.Many2one(
        'leanpay.payer.profile', string="Payer Profile", tracking=True, index='btree_not_null', ondelete='restrict',
        help="How this customer pays. Chooses the scenario unless one is set here. Empty: unknown.")
    scenario_id = fields.Many2one(
        'leanpay.scenario', tracking=True, check_company=True, ondelete='restrict',
        help="Empty: the profile's, else the company's.")
    effective_scenario_id = fields.Many2one(
        'leanpay.scenario', string="Scenario Applied", compute='_compute_effective_scenario_id')
    collector_id = fields.Many2one(
        'res.users', tracking=True, index='btree_not_null', domain=[('share', '=', False)])
    contact_id = fields.Many2one(
        'res.partner', string="Dunning Contact", domain="[('commercial_partner_id', '=', partner_id)]",
        help="Who gets the reminders of this company. Empty: the invoice contact, else the accounting e-mail, else "
             "the customer itself.")
    accounting_email = fields.Char(
        string="Accounting E-mail", help="Used when the customer has neither dunning contact nor invoice contact.")
    bounced_email = fields.Char(
        readonly=True, copy=False, help="This address refused our last message: it is not used until it changes.")
    note = fields.Html(string="Notes")

    # Refreshed by every run; may always be rebuilt from the items and the reminders.
    amount_open = fields.Monetary(string="Balance", readonly=True, help="Open items less credits, company currency.")
    amount_overdue = fields.Monetary(string="Overdue", readonly=True, help="Overdue items, company currency.")
    oldest_due_date = fields.Date(readonly=True)
    item_count = fields.Integer(string="Number of Open Items", readonly=True)
    level = fields.Selection(LEVELS, readonly=True, index='btree_not_null')
    last_contact_date = fields.Date(string="Last Contact", readonly=True)
    next_date = fields.Date(string="Next Contact", readonly=True, index='btree_not_null')
    next_step_id = fields.Many2one('leanpay.scenario.step', readonly=True, ondelete='set null')
    priority = fields.Integer(readonly=True, help="What to look at first: firm levels and big amounts on top.")
    status = fields.Selection(
        [('clear', "Nothing due"), ('waiting', "Scheduled"), ('due', "To contact"), ('approve', "To approve"),
         ('held', "On hold"), ('attention', "Needs you")],
        readonly=True, default='clear', index=True)
    attention = fields.Char(readonly=True, help="What a person must do before the scenario can go on.")
    stale = fields.Boolean(
        readonly=True, default=True, index=True,
        help="Something happened since the last look: the next run looks again.")
    planned_on = fields.Datetime(readonly=True)

    reminder_ids = fields.One2many('leanpay.reminder', 'debtor_id', string="Reminders")
    hold_ids = fields.One2many('leanpay.hold', 'debtor_id', string="Holds")

    _partner_unique = models.Constraint(
        'UNIQUE(company_id, partner_id)', "This customer already has a debtor in this company.")

    # === COMPUTE METHODS === #

    @api.depends('scenario_id', 'profile_id.scenario_id', 'company_id.dunning_scenario_id', 'partner_id')
    def _compute_effective_scenario_id(self):
        for company, debtors in self.grouped('company_id').items():
            policy = company._dunning_policy() if company else None
            # sudo: everybody who sees a debtor sees its scenario; the facts are those of its own company only
            facts, _rows = self.env['leanpay.facts'].sudo()._read(
                company, debtors._origin.ids, company._dunning_today()) if company else ({}, {})
            for debtor in debtors:
                debtor.effective_scenario_id = debtor._scenario_applied(facts.get(debtor._origin.id), policy)

    def _scenario_applied(self, fact, policy):
        """Return the id of the scenario that the engine applies to the oldest item, unless its invoice names another.

        Without any item to chase, the one that is chosen, whatever its conditions.

        :param fact: engine.facts.DebtorFacts of this debtor, None when it is new
        :param policy: engine.facts.Policy
        """
        # Of this record rather than of the facts: a form shows what it would be with what was just typed.
        chosen = self.scenario_id or self.profile_id.scenario_id
        items = [item for item in fact.items if item.residual > 0] if fact else []
        item = min(items, key=lambda item: item.date_due, default=None)
        if item is None:
            return (chosen or self.company_id.dunning_scenario_id).id
        ids = tuple((self.scenario_id | self.profile_id.scenario_id).ids)
        scenario = choose_scenario(item._replace(scenario_id=None), replace(fact, scenario_ids=ids), policy)
        return scenario and scenario.id

    # === CONSTRAINT METHODS === #

    @api.constrains('partner_id')
    def _check_partner(self):
        for debtor in self:
            if debtor.partner_id.commercial_partner_id != debtor.partner_id:
                raise UserError(self.env._(
                    "%(contact)s is a contact of %(company)s. Dunning follows the company: choose %(company)s.",
                    contact=debtor.partner_id.display_name,
                    company=debtor.partner_id.commercial_partner_id.display_name))

    def _check_writable(self, refused):
        """Refuse, except to our own code, to write what only follows: a mark taken off would let a message leave.

        :param refused: names of the fields that nobody writes by hand
        """
        if refused and not self.env.su:
            raise AccessError(self.env._(
                "Who a debtor is, and the figures that follow from the entries and reminders, cannot be written."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Let people name the customer and what they decide about them, nothing that follows from the facts."""
        self._check_writable(set().union(*vals_list) - WRITABLE - IDENTITY)
        return super().create(vals_list)

    def write(self, vals):
        """Mark the debtor for another look when something that decides is changed, and forget a repaired address."""
        self._check_writable(vals.keys() - WRITABLE)
        if vals.keys() & {'profile_id', 'scenario_id', 'contact_id', 'accounting_email', 'collector_id'}:
            vals = {'stale': True} | vals
        if vals.keys() & {'contact_id', 'accounting_email'}:
            vals = {'bounced_email': False} | vals
        return super().write(vals)

    @api.model
    def _ensure_for(self, company, partner_ids=None):
        """Create the debtors that are missing for customers with receivable items.

        One statement whatever the number of customers; safe when two processes do it at once.

        :param company: res.company
        :param partner_ids: commercial partners to look at; all of them when None
        """
        self.env['account.move.line'].flush_model(['partner_id', 'company_id', 'account_id', 'parent_state'])
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        self.env.cr.execute(SQL(
            """
            INSERT INTO leanpay_debtor
                   (company_id, partner_id, collector_id, status, stale, priority,
                    create_uid, write_uid, create_date, write_date)
            SELECT %(company)s, found.partner_id, %(collector)s, 'clear', TRUE, 0, %(uid)s, %(uid)s, now(), now()
              FROM (SELECT DISTINCT partner.commercial_partner_id AS partner_id
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                      JOIN res_partner partner ON partner.id = line.partner_id
                     WHERE line.company_id = %(company)s
                       AND account.account_type = 'asset_receivable'
                       AND line.parent_state = 'posted'
                       AND line.reconciled IS NOT TRUE
                       AND %(partners)s) found
                ON CONFLICT (company_id, partner_id) DO NOTHING
            """,
            company=company.id, uid=self.env.uid, collector=company.dunning_user_id.id or None,
            partners=SQL("partner.commercial_partner_id = ANY(%s)", list(partner_ids))
            if partner_ids is not None else SQL("TRUE"),
        ))
        self.invalidate_model()

    # === BUSINESS METHODS === #

    def _default_collector(self):
        """Return the user in charge of a debtor when nobody else is named, never nobody.

        People leave: who is archived, or may no longer see this debtor, is passed over.

        :rtype: res.users
        """
        self.ensure_one()
        admin = self.env.ref('base.user_admin')
        return next(filter(None, map(self._able, (self.collector_id, self.company_id.dunning_user_id, admin))), admin)

    def _able(self, user):
        """Return the user if they still work here and may see this debtor, else nobody.

        :param user: res.users, at most one
        :rtype: res.users
        """
        self.ensure_one()
        # sudo: whoever plans need not know the rights of the others
        known = user.sudo()
        able = known.active and self.company_id in known.company_ids and self.env['leanpay.debtor'].with_user(
            user).has_access('read')
        return user if able else user.browse()

    def _mark_stale(self):
        """Ask the next run for another look at these debtors. An event never decides by itself."""
        fresh = self.filtered(lambda debtor: not debtor.stale)
        if fresh:
            # Anybody who may post, reconcile or cancel an entry causes this, with or without rights on dunning.
            fresh.sudo().write({'stale': True})

    def _settled(self, items):
        """React to payments matched with items, or taken back: what depends on them is computed again.

        Features extend it. It runs inside the accountant's own transaction: nothing here may refuse or take long.

        :param items: receivable account.move.line of these debtors, in sudo as the debtors themselves
        """

    @api.model
    def _of_moves_sudo(self, moves):
        """Return the debtors of these entries' customers, whoever asks: only used to mark them.

        :param moves: account.move
        :rtype: leanpay.debtor, in sudo
        """
        partners = moves.line_ids.partner_id.commercial_partner_id
        if not partners:
            return self.sudo().browse()
        return self.sudo().search(
            [('partner_id', 'in', partners.ids), ('company_id', 'in', moves.company_id.ids)])

    def _need_attention(self, code, summary, note='', user=None):
        """Create the activity that asks a person to repair something. One that is still open says the latest note.

        :param code: what it is about; avoids doubles whatever the language and the wording
        :param summary: what to do, one line
        :param note: text of the activity, escaped unless it is Markup: some of it is what customers write
        :param user: who; the collector when None or when that user can no longer work on debtors
        """
        note = escape(note)
        asked = self._attention_asked([code])
        asked._dunning_retell(note)
        for debtor in self.filtered(lambda debtor: debtor.id not in asked.mapped('res_id')):
            debtor.activity_schedule(
                'leanpay_dunning.mail_activity_type_repair', summary=summary, note=note, dunning_code=code,
                user_id=((user and debtor._able(user)) or debtor._default_collector()).id)

    def _attention_asked(self, codes):
        """Return the open activities that ask somebody to repair these things.

        :param codes: see `_need_attention`
        :rtype: mail.activity, in sudo: it may be a colleague's
        """
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', self._name), ('res_id', 'in', self.ids), ('dunning_code', 'in', list(codes))])

    def _attention_given(self, codes):
        """Close the activities that asked for these things: somebody has done what they asked.

        :param codes: see `_need_attention`
        """
        self._attention_asked(codes).action_feedback()

    def _void_pending(self, items, reason):
        """Void the reminders of these debtors that have not been said and list one of the items.

        A letter to post, a call to make and a message to repair have not been said either.

        :param items: account.move.line; all items when empty
        :param reason: one line
        """
        domain = fields.Domain('debtor_id', 'in', self.ids) & fields.Domain('state', 'in', UNSAID_STATES)
        if items:
            domain &= fields.Domain('line_ids.move_line_id', 'in', items.ids)
        # sudo: whoever pays, cancels or holds voids what no longer holds, with or without rights on reminders
        self.env['leanpay.reminder'].sudo().search(domain)._void(reason)

    def _void_letters_about(self, items, reason):
        """Void the letters not posted yet that list one of the items: paper cannot adapt to a new balance.

        :param items: account.move.line whose balance just changed
        :param reason: one line
        """
        # sudo: see `_void_pending`
        self.env['leanpay.reminder'].sudo().search([
            ('debtor_id', 'in', self.ids), ('state', '=', 'todo'), ('channel', '=', 'letter'),
            ('line_ids.move_line_id', 'in', items.ids)])._void(reason)

    def _void_if_all_paid(self, paid, reason):
        """Void the reminders not said yet none of whose items is open any more; the run adapts the others.

        A letter to post, a call to make and a message to repair go away too: there is nothing left to say.

        :param paid: account.move.line just reconciled in full
        :param reason: one line
        """
        # sudo: see `_void_pending`
        pending = self.env['leanpay.reminder'].sudo().search([
            ('debtor_id', 'in', self.ids), ('state', 'in', UNSAID_STATES),
            ('line_ids.move_line_id', 'in', paid.ids)])
        pending.filtered(lambda reminder: all(
            line.is_credit or line.move_line_id.reconciled for line in reminder.line_ids))._void(reason)
