from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from .const import HOLD_KINDS

# What a person says of a hold; who set or lifted it, and when, follows from what they do.
WRITABLE = {'item_ids', 'kind', 'note', 'date_from', 'date_until'}


class LeanpayHold(models.Model):
    """Somebody, or an event, decided not to chase a debtor or some of their items for a while."""

    _name = 'leanpay.hold'
    _description = "Hold on Dunning"
    _order = 'date_from DESC, id DESC'
    _check_company_auto = True

    debtor_id = fields.Many2one('leanpay.debtor', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='debtor_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id', string="Customer")
    item_ids = fields.Many2many(
        'account.move.line', string="Items", check_company=True,
        help="Only these items are not chased. Empty: the whole debtor.")
    kind = fields.Selection(HOLD_KINDS, required=True, default='commercial', string="Reason")
    note = fields.Char(string="Details")
    user_id = fields.Many2one('res.users', string="Set By", required=True, readonly=True,
                              default=lambda self: self.env.user)
    date_from = fields.Date(string="From", required=True, default=lambda self: self.env.company._dunning_today())
    date_until = fields.Date(string="Until", help="Last day on hold. Empty: until somebody lifts it.")
    lifted_on = fields.Date(readonly=True, copy=False)
    lifted_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    expiry_notified = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [('coming', "To come"), ('active', "On hold"), ('expired', "Expired"), ('lifted', "Lifted")],
        compute='_compute_state', search='_search_state')

    _dates_ordered = models.Constraint(
        'CHECK(date_until IS NULL OR date_until >= date_from)', "A hold cannot end before it begins.")

    # === COMPUTE METHODS === #

    @api.depends('date_from', 'date_until', 'lifted_on', 'company_id.dunning_tz')
    def _compute_state(self):
        for hold in self:
            today = hold._today()
            if hold.lifted_on:
                hold.state = 'lifted'
            elif hold.date_until and hold.date_until < today:
                hold.state = 'expired'
            else:
                hold.state = 'coming' if hold.date_from and hold.date_from > today else 'active'

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # sudo: a hold ends with the day of its company, also of those whose holds will not be found
        companies = self.env['res.company'].sudo().search([])  # pylint: disable=no-search-all
        by_day = companies.grouped(lambda company: company._dunning_today())
        return fields.Domain.OR(
            fields.Domain('company_id', 'in', companies.ids) & self._domain_of_states(value, today)
            for today, companies in by_day.items())

    def _domain_of_states(self, states, today):
        running = fields.Domain('lifted_on', '=', False)
        ended = fields.Domain('date_until', '<', today)
        coming = fields.Domain('date_from', '>', today)
        domains = {
            'lifted': fields.Domain('lifted_on', '!=', False),
            'expired': running & ended,
            'coming': running & ~ended & coming,
            'active': running & ~ended & ~coming,
        }
        return fields.Domain.OR(domains[state] for state in states if state in domains)

    @api.depends('kind', 'date_until')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for hold in self:
            hold.display_name = kinds.get(hold.kind, '')

    # === CONSTRAINT METHODS === #

    @api.constrains('item_ids', 'debtor_id')
    def _check_items(self):
        for hold in self:
            foreign = hold.item_ids.filtered(
                lambda item, debtor=hold.debtor_id: item.partner_id.commercial_partner_id != debtor.partner_id)
            if foreign:
                raise ValidationError(self.env._(
                    "%(item)s is not an item of %(customer)s. Choose items of this customer only.",
                    item=foreign[0].display_name, customer=hold.debtor_id.display_name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_traces({name for vals in vals_list for name in vals} - {'debtor_id'})
        holds = super().create(vals_list)
        holds._void_what_is_held()
        for hold in holds:
            hold.debtor_id.message_post(body=hold._trace(self.env._("Dunning is on hold")))
        holds._refresh_debtors()
        return holds

    def write(self, vals):
        """Void what is held from now on, and announce its end again when it gets a new one."""
        self._check_traces(vals.keys())
        if 'date_until' in vals:
            vals = {'expiry_notified': False} | vals
        result = super().write(vals)
        if vals.keys() & {'item_ids', 'date_from', 'date_until', 'lifted_on'}:
            self._void_what_is_held()
        return result

    def unlink(self):
        debtors = self.debtor_id
        result = super().unlink()
        debtors._mark_stale()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_past(self):
        for hold in self:
            if hold.state != 'coming':
                raise UserError(self.env._(
                    "A hold that has begun is part of the customer's history. Lift it instead of deleting it."))

    def _check_traces(self, names):
        """Refuse that a person writes by hand who set or lifted a hold, when, or on whom it is."""
        if not self.env.su and names - WRITABLE:
            raise AccessError(self.env._(
                "Who set or lifted a hold is part of the customer's history: lift it with its button, or set another."))

    # === ACTION METHODS === #

    def action_lift(self):
        """End these holds today; the scenario goes on from the next run."""
        self.check_access('write')
        for hold in self.filtered(lambda hold: not hold.lifted_on):
            # sudo: lifting is what the button does, nobody writes it
            hold.sudo().write({'lifted_on': hold._today(), 'lifted_by_id': self.env.user.id})
            hold.debtor_id.message_post(body=hold._trace(self.env._("Hold lifted")))
            hold.debtor_id._attention_given([hold.kind])  # what an event asked for was done
        self._refresh_debtors()

    # === BUSINESS METHODS === #

    def _refresh_debtors(self):
        """Have the worklist say at once what somebody just decided, before the next run plans anything."""
        # sudo: the figures follow from the facts, whoever caused them
        self.env['leanpay.planner'].sudo()._refresh(self.debtor_id)
        # Rebuilding forgets the mark, which is also what stops a message that is being sent at this very moment.
        self.debtor_id._mark_stale()

    def _today(self):
        """Return the day it is where the hold's company is."""
        # sudo: read by whoever sees the hold
        return (self.company_id or self.env.company).sudo()._dunning_today()

    def _void_what_is_held(self):
        """Void the reminders not yet under way that a hold in force forbids, and ask for another look."""
        active = self.filtered(lambda hold: hold.state == 'active')
        for hold in active:
            hold.debtor_id._void_pending(hold.item_ids, self.env._("on hold: %s", hold.display_name))
        self.debtor_id._mark_stale()

    def _follow_items(self):
        """Bring holds on items to the debtors who owe these now; one on items of several customers becomes as many."""
        for hold in self:
            by_customer = hold.item_ids.grouped(lambda item: item.partner_id.commercial_partner_id)
            by_customer.pop(self.env['res.partner'], None)
            running = hold.state in ('coming', 'active')
            if by_customer.keys() <= {hold.partner_id} or (len(by_customer) > 1 and not running):
                continue
            home = hold.partner_id if hold.partner_id in by_customer else next(iter(by_customer))
            for customer, items in by_customer.items():
                if customer != home:
                    hold.copy({
                        'debtor_id': hold.debtor_id._debtor_of(customer).id, 'item_ids': [Command.set(items.ids)]})
            hold.write({
                'debtor_id': hold.debtor_id._debtor_of(home).id, 'item_ids': [Command.set(by_customer[home].ids)]})

    def _items_deleted(self):
        """Lift the holds that have lost all their items, and ask a person whether another one is needed."""
        for hold in self.filtered(lambda hold: not hold.item_ids):
            hold.action_lift()
            hold.debtor_id._need_attention(
                'hold_lost_items', self.env._("A hold has lost its items"),
                note=hold._trace(self.env._("Its entry was deleted")))

    def _trace(self, headline):
        """Return the line that the debtor's history keeps about this hold."""
        self.ensure_one()
        until = format_date(self.env, self.date_until) if self.date_until else self.env._("until further notice")
        invoices = ', '.join(dict.fromkeys(self.item_ids.mapped('move_name')))  # once, whatever its instalments
        parts = [headline, self.display_name, self.note or '', invoices, until]
        return ' · '.join(part for part in parts if part)

    @api.model
    def _notify_expired(self, company, today):
        """Bring the holds that ended back to their collectors' worklist: nothing stays forgotten for ever.

        :param company: res.company
        :param today: day in the company's time zone
        :return: the holds that have just expired
        """
        expired = self.search([
            ('company_id', '=', company.id), ('date_until', '<', today), ('lifted_on', '=', False),
            ('expiry_notified', '=', False)])
        for hold in expired:
            hold.debtor_id._need_attention(
                'hold_ended', self.env._("A hold has ended: dunning goes on"),
                note=hold._trace(self.env._("Hold ended")))
        expired.sudo().write({'expiry_notified': True})  # sudo: whoever plans, this is not theirs to write
        expired.debtor_id._mark_stale()
        return expired
