from odoo import api, fields, models
from odoo.exceptions import UserError

from .const import LEVELS, PENDING_STATES, READERS

# What is chosen on a customer and kept by its debtor.
CHOICES = ('dunning_profile_id', 'dunning_scenario_id', 'dunning_collector_id', 'dunning_contact_id')


class ResPartner(models.Model):
    """The partner shows its debtor of the current company: nothing is stored here, other companies have their own."""

    _inherit = 'res.partner'

    dunning_debtor_id = fields.Many2one(
        'leanpay.debtor', string="Debtor", compute='_compute_dunning', compute_sudo=True, groups=READERS)
    dunning_profile_id = fields.Many2one(
        'leanpay.payer.profile', string="Payer Profile", compute='_compute_dunning',
        inverse=lambda self: self._inverse_dunning('profile_id'), compute_sudo=True, groups=READERS)
    dunning_scenario_id = fields.Many2one(
        'leanpay.scenario', compute='_compute_dunning',
        inverse=lambda self: self._inverse_dunning('scenario_id'), compute_sudo=True, groups=READERS)
    dunning_collector_id = fields.Many2one(
        'res.users', string="Collector", compute='_compute_dunning',
        inverse=lambda self: self._inverse_dunning('collector_id'), compute_sudo=True, groups=READERS)
    dunning_contact_id = fields.Many2one(
        'res.partner', compute='_compute_dunning',
        inverse=lambda self: self._inverse_dunning('contact_id'), compute_sudo=True, groups=READERS)
    dunning_level = fields.Selection(LEVELS, compute='_compute_dunning', compute_sudo=True, groups=READERS)
    dunning_overdue = fields.Monetary(
        string="Overdue", compute='_compute_dunning', compute_sudo=True, currency_field='currency_id', groups=READERS)
    dunning_next_date = fields.Date(
        string="Next Contact", compute='_compute_dunning', compute_sudo=True, groups=READERS)

    # === COMPUTE METHODS === #

    @api.depends('commercial_partner_id')
    @api.depends_context('company')
    def _compute_dunning(self):
        debtors = self.env['leanpay.debtor'].search([
            ('partner_id', 'in', self.commercial_partner_id.ids), ('company_id', '=', self.env.company.id)])
        by_partner = {debtor.partner_id: debtor for debtor in debtors}
        for partner in self:
            debtor = by_partner.get(partner.commercial_partner_id, debtors.browse())
            partner.dunning_debtor_id = debtor
            partner.dunning_profile_id = debtor.profile_id
            partner.dunning_scenario_id = debtor.scenario_id
            partner.dunning_collector_id = debtor.collector_id
            partner.dunning_contact_id = debtor.contact_id
            partner.dunning_level = debtor.level
            partner.dunning_overdue = debtor.amount_overdue
            partner.dunning_next_date = debtor.next_date

    def _inverse_dunning(self, name):
        """Write a choice made on the partner to its debtor of this company, created when it is the first choice.

        A form sends these fields with the others: saying again what is so already changes nothing and asks no right.
        """
        for partner in self:
            value = partner[f'dunning_{name}']
            # sudo: only compared
            if partner.sudo()._find_dunning_debtor()[name] != value:
                # Not in sudo: only who may change debtors may change these.
                partner._dunning_debtor()[name] = value

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Leave the choices of a whole company alone when a new contact of it comes with empty ones."""
        return super().create([
            {name: value for name, value in vals.items() if value or name not in CHOICES} for vals in vals_list])

    def write(self, vals):
        """Have the debtor looked at again when an address is repaired, or the customer archived or restored.

        A customer that becomes a contact of a company brings their debtor to it, and takes it back when it leaves.
        """
        debtors, companies, owners = {}, {}, {}
        if vals.keys() & {'parent_id', 'is_company'}:
            debtors = self._dunning_own_debtors()
            companies = {partner: partner.commercial_partner_id for partner in self}
            owners = self._dunning_owners()
        result = super().write(vals)
        joining = self.env['leanpay.debtor'].sudo().browse(debtors).filtered(
            lambda debtor: debtor.partner_id.commercial_partner_id != debtor.partner_id)
        if joining:
            joining._join_company(debtors)
        self.env['leanpay.debtor'].sudo()._leave_companies(companies, owners)
        if vals.keys() & {'email', 'active', 'category_id', 'country_id', 'phone', 'street'}:
            self.env['leanpay.debtor'].sudo().search(
                [('partner_id', 'in', self.commercial_partner_id.ids)])._mark_stale()
        return result

    def _dunning_customer_type(self):
        """Return what kind of customer the law sees: who is not known for a professional counts as a consumer.

        :return: key of `CUSTOMER_TYPES`
        """
        self.ensure_one()
        return 'professional' if self.is_company and (self.vat or self.company_registry) else 'consumer'

    def _dunning_own_debtors(self):
        """Return the open items of the debtors of these customers, {debtor id: account.move.line}, in all companies."""
        # sudo: whoever moves a customer, with or without rights on dunning
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', 'in', self.ids)])
        items = self.env['account.move.line'].sudo().search(debtors._items_domain())
        by_debtor = items.grouped(lambda item: (item.company_id, item.partner_id.commercial_partner_id))
        return {
            debtor.id: by_debtor.get((debtor.company_id, debtor.partner_id), items.browse()) for debtor in debtors}

    def _dunning_owners(self):
        """Return who owes the open items, and those on hold, of these partners and their contacts.

        :return: {account.move.line: res.partner}, in all companies
        """
        # sudo: see `_dunning_own_debtors`
        everybody = self.sudo().with_context(active_test=False).search([('id', 'child_of', self.ids)])
        held = self.env['leanpay.hold'].sudo().search([('item_ids.partner_id', 'in', everybody.ids)]).item_ids
        items = self.env['account.move.line'].sudo().search([
            ('partner_id', 'in', everybody.ids), ('account_id.account_type', '=', 'asset_receivable'),
            ('parent_state', '=', 'posted'), ('reconciled', '=', False)])
        return {item: item.partner_id.commercial_partner_id for item in items | held if item.partner_id in everybody}

    def unlink(self):
        """Delete, with customers, the debtors to whom nothing was ever said: they are no reason to keep anybody."""
        self.check_access('unlink')
        # sudo: the run made the debtors; for whoever may delete the customer they are only in the way
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', 'in', self.ids)])
        silent = debtors.filtered(
            lambda debtor: not (debtor.hold_ids or debtor._has_evidence())
            and all(map(self._was_unsaid, debtor.reminder_ids)))
        silent.reminder_ids.with_context(leanpay_customer_deleted=True).unlink()
        silent.unlink()
        return super().unlink()

    def _was_unsaid(self, reminder):
        """Tell whether a reminder neither said anything nor passed a step by somebody's decision."""
        return reminder.state in (*PENDING_STATES, 'void') and not (
            reminder.skipped or reminder.letter_id or reminder.outcome or reminder.sent_on)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_dunned(self):
        # sudo: other companies' proofs count too
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', 'in', self.ids)], limit=1)
        if debtors:
            raise UserError(self.env._(
                "%s has a collections history, which is proof: archive this customer instead of deleting it.",
                debtors.partner_id.name))

    # === ACTION METHODS === #

    def action_view_dunning(self):
        """Open the collections page of this customer in the current company."""
        self.ensure_one()
        return self._dunning_debtor()._get_records_action()

    # === BUSINESS METHODS === #

    def _dunning_debtor(self):
        """Return this customer's debtor in the current company, created when it is missing."""
        self.ensure_one()
        return self._find_dunning_debtor() or self.env['leanpay.debtor'].create({
            'partner_id': self.commercial_partner_id.id, 'company_id': self.env.company.id})

    def _find_dunning_debtor(self):
        """Return this customer's debtor in the current company, empty when there is none."""
        self.ensure_one()
        return self.env['leanpay.debtor'].search([
            ('partner_id', '=', self.commercial_partner_id.id), ('company_id', '=', self.env.company.id)])
