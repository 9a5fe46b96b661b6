from odoo import Command, api, fields, models

# What a customer who joins a company finds again when they leave it.
OWN_CHOICES = (
    'profile_id', 'profile_pinned', 'scenario_id', 'collector_id', 'contact_id', 'accounting_email', 'bounced_email')


class LeanpayDebtor(models.Model):
    """A customer that becomes a contact of a company: the company owes their items, and has one debtor for all.

    And the way back: a contact that is a customer of its own again owes its items, with all that was said of them.
    """

    _inherit = 'leanpay.debtor'

    # {customer id: {'choices': {name: value}, 'whole': [hold id, …], 'lifted': [hold id, …], 'last_hold': id}} of the
    # customers who have joined this one
    joined_choices = fields.Json(readonly=True, copy=False)

    def _join_company(self, items):
        """Bring debtors whose customers are contacts now to the debtors of their companies, with all that was said.

        What is planned is voided: the run plans again, for the company. A hold on the whole customer goes on for
        their items only, and a company that was not on hold is not put on hold by it.

        :param items: {debtor id: account.move.line that were the customer's until now}
        """
        held = [(debtor._whole_holds(), items[debtor.id]) for debtor in self]
        memories = [(debtor.company_id, debtor.partner_id, debtor._memory(items[debtor.id])) for debtor in self]
        for debtor in self:
            reason = self.env._(
                "%(contact)s now belongs to %(company)s",
                contact=debtor.partner_id.name, company=debtor.partner_id.commercial_partner_id.name)
            debtor._void_pending(debtor.env['account.move.line'], reason)
            debtor.message_post(body=reason)
        wizard = self.env['base.partner.merge.automatic.wizard'].sudo()
        customers = self.partner_id
        for customer in customers:
            wizard._merge_debtors(customer, customer)
        for holds, own_items in held:
            if own_items:
                holds.write({'item_ids': [Command.set(own_items.ids)]})
            else:  # nothing is left that it could hold
                holds.action_lift()
        joined = self.sudo().search([('partner_id', 'in', customers.commercial_partner_id.ids)])
        for company, customer, memory in memories:
            debtor = joined.filtered_domain([
                ('company_id', '=', company.id), ('partner_id', '=', customer.commercial_partner_id.id)])
            debtor.joined_choices = (debtor.joined_choices or {}) | {str(customer.id): memory}
        self.env['leanpay.planner'].sudo()._refresh(joined)
        joined._mark_stale()

    def _whole_holds(self):
        """Return the holds in force, or to come, on all that this debtor owes.

        :rtype: leanpay.hold
        """
        return self.hold_ids.filtered(lambda hold: not hold.item_ids and hold.state in ('coming', 'active'))

    def _memory(self, items):
        """Return what this debtor will find again, see `joined_choices`.

        :param items: account.move.line that are theirs; without any, joining lifts the holds on the whole customer
        """
        self.ensure_one()
        whole = self._whole_holds().ids
        return {
            'choices': {
                name: self[name].id if self._fields[name].relational else self[name] for name in OWN_CHOICES},
            'whole': whole,
            'lifted': [] if items else whole,
            'last_hold': self.env['leanpay.hold'].search([], order='id DESC', limit=1).id,
        }

    # === THE WAY BACK === #

    @api.model
    def _leave_companies(self, companies, owners):
        """Give those who are customers of their own again their holds, what was said to them, and their choices.

        :param companies: {res.partner: res.partner whose contact they were until now}
        :param owners: {account.move.line: res.partner who owed it until now}
        """
        none = self.env['account.move.line']
        left = {
            (before, partner): none for partner, before in companies.items()
            if partner == partner.commercial_partner_id != before}
        for item, before in owners.items():
            now = item.partner_id.commercial_partner_id
            # One that is no customer any more has joined: its debtor came along.
            if now != before == before.commercial_partner_id:
                left[before, now] = left.get((before, now), none) | item
        for (before, customer), items in left.items():
            for debtor in self.search([('partner_id', '=', before.id)]):
                own_items = items.filtered(lambda item, debtor=debtor: item.company_id == debtor.company_id)
                if own_items or str(customer.id) in (debtor.joined_choices or {}):
                    debtor._let_go(customer, own_items)

    def _let_go(self, customer, items):
        """Give a customer who belonged to this debtor's until now what is theirs.

        :param customer: res.partner
        :param items: account.move.line of this company that they owe now
        """
        self.ensure_one()
        memories = dict(self.joined_choices or {})
        memory = memories.pop(str(customer.id), {})
        self.joined_choices = memories or False
        debtor = self._debtor_of(customer, self._choices_back(customer, memory))
        reason = self.env._(
            "%(contact)s no longer belongs to %(company)s", contact=customer.name, company=self.partner_id.name)
        if items:
            self._void_pending(items, reason)
        for each in self | debtor:
            each.message_post(body=reason)
        self._give_holds_back(debtor, items, memory)
        self._give_reminders_back(debtor)
        self.env['leanpay.planner']._refresh(self | debtor)
        (self | debtor)._mark_stale()

    def _debtor_of(self, customer, choices=None):
        """Return the debtor of another customer in this one's company, created when it is missing.

        :param customer: res.partner
        :param choices: values of a new one
        """
        self.ensure_one()
        key = {'company_id': self.company_id.id, 'partner_id': customer.id}
        return self.search([(name, '=', value) for name, value in key.items()]) or self.create((choices or {}) | key)

    def _choices_back(self, customer, memory):
        """Return the values of the debtor of a customer who leaves: their own choices, else who was in charge."""
        choices = dict(memory.get('choices', {}))
        for name, value in choices.items():
            if self._fields[name].relational:  # what was deleted meanwhile is chosen no more
                choices[name] = self.env[self._fields[name].comodel_name].browse(value or ()).exists().id
        contact = self.env['res.partner'].browse(choices.get('contact_id') or ())
        return choices | {
            'contact_id': contact.filtered(lambda found: found.commercial_partner_id == customer).id,
            'collector_id': choices.get('collector_id') or self.collector_id.id,
            'bounced_email': choices.get('bounced_email') or self.bounced_email,
        }

    def _give_holds_back(self, debtor, items, memory):
        """Bring holds on items along; what holds all that either of them owes goes on for who it was set for.

        :param debtor: leanpay.debtor of who leaves
        :param items: account.move.line that they owe now
        :param memory: see `joined_choices`
        """
        holds = self.env['leanpay.hold']
        # Set while they were one, it was for both.
        for hold in self._whole_holds().filtered(lambda hold: items and hold.id > memory.get('last_hold', 0)):
            hold.copy({'debtor_id': debtor.id, 'item_ids': [Command.set(items.ids)]})
        holds.search([('item_ids', 'in', items.ids)])._follow_items()
        self._agreements_follow(items)
        for hold in holds.browse(memory.get('whole', ())).exists():
            over = hold.date_until and hold.date_until < hold._today()
            if over or (hold.lifted_on and hold.id not in memory['lifted']):
                continue
            if hold.debtor_id == debtor:
                hold.item_ids = [Command.clear()]
            else:
                hold.copy({'debtor_id': debtor.id, 'item_ids': [Command.clear()]})

    @api.model
    def _agreements_follow(self, items):
        """Bring promises, disputes and plans about items to the debtors who owe these now.

        :param items: account.move.line
        """
        # sudo: whoever corrects the customer of an entry need not know of agreements
        for model, path in (('leanpay.promise', 'line_ids.move_line_id'), ('leanpay.dispute', 'line_ids.move_line_id'),
                            ('leanpay.plan', 'item_ids.move_line_id')):
            self.env[model].sudo().search([(path, 'in', items.ids)])._follow_items()

    def _give_reminders_back(self, debtor):
        """Bring along what was said of nobody else's items."""
        customer = debtor.partner_id
        about = self.reminder_ids.filtered(
            lambda reminder: reminder.line_ids.move_line_id.partner_id.commercial_partner_id == customer)
        about.write({'debtor_id': debtor.id, 'partner_id': customer.id})
