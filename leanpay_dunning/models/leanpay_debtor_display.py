from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.decision import decide
from ..engine.outcomes import Why

AGEING = ((0, "not_due"), (30, "1_30"), (60, "31_60"), (90, "61_90"), (None, "over_90"))


class LeanpayDebtor(models.Model):
    """What the debtor's page shows: open items, what happens next and why, ageing, and its buttons."""

    _inherit = 'leanpay.debtor'

    item_ids = fields.Many2many(
        'account.move.line', compute='_compute_item_ids', string="Open Items",
        help="Posted receivable items with a residual, oldest first; credits included.")
    timeline_ids = fields.One2many('leanpay.timeline.event', 'debtor_id', readonly=True)
    why_date = fields.Date(
        string="On", store=False, help="Any day: what would happen then, if nothing changed. Empty: today.")
    why_html = fields.Html(compute='_compute_why_html', string="What Happens Next", sanitize=False)
    ageing_html = fields.Html(compute='_compute_ageing_html', string="Ageing", sanitize=False)
    reminder_count = fields.Integer(compute='_compute_counts')
    hold_count = fields.Integer(compute='_compute_counts')
    active_hold_ids = fields.One2many('leanpay.hold', compute='_compute_active_hold_ids')
    contact_resolved_id = fields.Many2one('res.partner', compute='_compute_contact_resolved', string="Written To")
    email_resolved = fields.Char(compute='_compute_contact_resolved', string="E-mail Used")
    phone_resolved = fields.Char(compute='_compute_contact_resolved', string="Phone Used")

    # === COMPUTE METHODS === #

    @api.depends('partner_id', 'company_id')
    def _compute_item_ids(self):
        items = self.env['account.move.line'].search(self._items_domain(), order='date_maturity, id')
        by_debtor = items.grouped(lambda item: (item.company_id, item.partner_id.commercial_partner_id))
        for debtor in self:
            debtor.item_ids = by_debtor.get((debtor.company_id, debtor.partner_id), items.browse())

    def _items_domain(self):
        return [
            ('partner_id.commercial_partner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids),
            ('account_id.account_type', '=', 'asset_receivable'), ('parent_state', '=', 'posted'),
            ('reconciled', '=', False), ('amount_residual_currency', '!=', 0)]

    def _overdue_items(self):
        """Return the open items of these debtors past their due date, that of the entry when they have none.

        :rtype: account.move.line, the oldest first
        """
        found = self.env['account.move.line']
        for company, debtors in self.grouped('company_id').items():
            today = company._dunning_today()
            late = fields.Domain('date_maturity', '<', today) | (
                fields.Domain('date_maturity', '=', False) & fields.Domain('date', '<', today))
            found |= found.search(
                fields.Domain(debtors._items_domain()) & fields.Domain('amount_residual', '>', 0) & late,
                order='date_maturity, id')
        return found

    @api.depends('reminder_ids', 'hold_ids')
    def _compute_counts(self):
        reminders = dict(self.env['leanpay.reminder']._read_group(
            [('debtor_id', 'in', self.ids), ('state', '!=', 'void')], ['debtor_id'], ['__count']))
        holds = dict(self.env['leanpay.hold']._read_group([('debtor_id', 'in', self.ids)], ['debtor_id'], ['__count']))
        for debtor in self:
            debtor.reminder_count = reminders.get(debtor, 0)
            debtor.hold_count = holds.get(debtor, 0)

    @api.depends('hold_ids.state')
    def _compute_active_hold_ids(self):
        for debtor in self:
            debtor.active_hold_ids = debtor.hold_ids.filtered(lambda hold: hold.state == 'active')

    @api.depends('contact_id', 'accounting_email', 'bounced_email', 'partner_id.email', 'partner_id.phone')
    def _compute_contact_resolved(self):
        recipients = self.env['leanpay.recipient']._resolve(self.ids)
        for debtor in self:
            recipient = recipients.get(debtor.id)
            debtor.contact_resolved_id = recipient and recipient.contact_id
            debtor.email_resolved = recipient and recipient.email
            debtor.phone_resolved = recipient and recipient.phone

    @api.depends('item_ids', 'hold_ids.state', 'reminder_ids.state', 'effective_scenario_id', 'why_date')
    @api.depends_context('lang')
    def _compute_why_html(self):
        for debtor in self:
            known = debtor._origin
            debtor.why_html = Markup().join(known._explain(debtor.why_date)) if known else False

    @api.depends('item_ids')
    def _compute_ageing_html(self):
        for debtor in self:
            debtor.ageing_html = debtor.env['ir.qweb']._render('leanpay_dunning.ageing_bar', debtor._ageing())

    # === WHY === #

    def _outcomes(self, date=None):
        """Return what becomes of each open item of these debtors on a day, with the engine's own words.

        :param date: any day; today when None
        :return: {item id: (engine.decision.Outcome, engine.decision.Decision)}
        """
        outcomes = {}
        for company, debtors in self.grouped('company_id').items():
            today = fields.Date.to_date(date) or company._dunning_today()
            policy = company._dunning_policy()
            # sudo: everybody who sees a debtor sees why; the facts are those of its own company only
            facts, _rows = self.env['leanpay.facts'].sudo()._read(company, debtors.ids, today)
            for fact in facts.values():
                decision = decide(fact, policy, today)
                outcomes |= {outcome.item_id: (outcome, decision) for outcome in decision.outcomes}
        return outcomes

    def _explain(self, date=None):
        """Return, as HTML paragraphs, what happens next to this debtor and why, item by item.

        :param date: any day; today when None
        """
        self.ensure_one()
        outcomes = self._outcomes(date)
        if not outcomes:
            return [Markup('<p>%s</p>') % self.env._("Nothing is open: there is nothing to chase.")]
        items = self.env['account.move.line'].browse(outcomes).sorted(
            lambda item: (item.date_maturity or item.date, item.id))
        rows = [
            Markup('<li><b>%s</b> %s</li>') % (item.move_name or item.name or '', self._why_text(*outcomes[item.id]))
            for item in items[:12]]
        if len(items) > len(rows):
            rows.append(Markup('<li>%s</li>') % self.env._("and %s more items", len(items) - len(rows)))
        headline = self._headline(next(iter(outcomes.values()))[1])
        return [Markup('<p class="mb-1">%s</p>') % headline, Markup('<ul class="mb-0">%s</ul>') % Markup().join(rows)]

    def _headline(self, decision):
        if decision.reminders:
            steps = self.env['leanpay.scenario.step'].sudo().browse([r.step_id for r in decision.reminders])
            return self.env._("To contact now: %s.", ', '.join(steps.mapped('name')))
        if decision.next_date:
            return self.env._("Next contact on %s.", format_date(self.env, decision.next_date))
        return self.env._("No contact is planned.")

    def _why_text(self, outcome, _decision):
        """Return the sentence of an outcome in the user's language."""
        step = self.env['leanpay.scenario.step'].sudo().browse(outcome.step_id or 0)
        values = {
            'step': step.name or '', 'date': format_date(self.env, outcome.date) if outcome.date else '',
            'blocker': self._blocker_text(outcome.blocker), 'detail': self._state_text(outcome.detail)}
        sentence = self._why_sentences().get(outcome.why, outcome.why)
        if outcome.why == Why.BLOCKED and outcome.date:
            sentence = self.env._("not chased until %(date)s: %(blocker)s")
        return sentence % values

    def _why_sentences(self):
        return {
            Why.REMIND: self.env._("now: %(step)s"),
            Why.SHOWN: self.env._("shown with the others; on %(date)s: %(step)s"),
            Why.SCHEDULED: self.env._("on %(date)s: %(step)s"),
            Why.CONTACT_GAP: self.env._("on %(date)s: %(step)s (contacted too recently for today)"),
            Why.BLOCKED: self.env._("not chased: %(blocker)s"),
            Why.NETTED: self.env._("covered by the customer's credits"),
            Why.BELOW_MINIMUM: self.env._("below the minimum amount of its scenario"),
            Why.NO_RATE: self.env._("its currency has no rate, so the minimum amount cannot be compared: add a rate"),
            Why.IN_FLIGHT: self.env._("%(step)s: %(detail)s"),
            Why.NEVER_REMINDED: self.env._("%(step)s cannot leave: no reminder was ever really sent"),
            Why.BEFORE_START: self.env._("fell due before dunning started: left alone"),
            Why.FINISHED: self.env._("past the last step of its scenario: decide what comes next"),
            Why.NO_SCENARIO: self.env._("no scenario applies: choose one"),
            Why.CREDIT: self.env._("credit, deducted from what is asked"),
        }

    def _blocker_text(self, blocker):
        """Return the reason of a blocker in the user's language."""
        if not blocker:
            return ''
        kinds = dict(self.env['leanpay.hold']._fields['kind']._description_selection(self.env)) | {
            'dispute': self.env._("Dispute"), 'promise': self.env._("Promise to pay"),
            'plan': self.env._("payment plan"), 'case': self.env._("handed over"),
            'no_followup': self.env._("excluded from follow-up on the entry"),
            'payment_blocked': self.env._("payment blocked on the invoice"),
            'payment_pending': self.env._("a payment is on its way"),
            'archived': self.env._("the customer is archived"),
        }
        text = kinds.get(blocker.kind, blocker.kind)
        return f"{text} ({blocker.label})" if blocker.label else text

    def _state_text(self, state):
        states = dict(self.env['leanpay.reminder']._fields['state']._description_selection(self.env))
        return (states.get(state) or state or '').lower()

    # === AGEING === #

    def _ageing(self):
        """Return the values of the ageing bar: amounts in company currency by lateness, credits apart."""
        self.ensure_one()
        today = self.company_id._dunning_today()
        buckets = dict.fromkeys((name for _limit, name in AGEING), 0.0)
        for item in self.item_ids:
            if item.amount_residual > 0:
                late = (today - (item.date_maturity or item.date)).days
                name = next(name for limit, name in AGEING if limit is None or late <= limit)
                buckets[name] += item.amount_residual
        labels = {
            'not_due': self.env._("Not due"), '1_30': self.env._("1–30 days"), '31_60': self.env._("31–60 days"),
            '61_90': self.env._("61–90 days"), 'over_90': self.env._("Over 90 days")}
        total = sum(buckets.values())
        return {
            'total': total,
            'buckets': [
                {'name': name, 'label': labels[name], 'share': 100 * amount / total if total else 0,
                 'amount': self.currency_id.format(amount)}
                for name, amount in buckets.items() if amount],
        }

    # === ACTION METHODS === #

    def action_remind_now(self):
        """Plan these debtors now and open what would leave, for approval."""
        self.check_access('write')
        # sudo: the planner writes by itself; who may press the button was just decided by the access to debtors
        self.env['leanpay.planner'].sudo()._plan_debtors(self)
        return self._view_reminders([('state', 'in', ('planned', 'approved'))])

    def action_hold(self):
        """Open the dialog that puts this debtor on hold."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'leanpay.hold', 'target': 'new',
            'views': [(self.env.ref('leanpay_dunning.leanpay_hold_view_form_dialog').id, 'form')],
            'name': self.env._("Put on Hold"),
            # No reason by default: who leaves the page by mistake has not put anybody on hold.
            'context': {'default_debtor_id': self.id, 'default_kind': False}}

    def action_log_call(self):
        """Open the dialog that records a call: the one to make, else one out of the scenario."""
        self.ensure_one()
        call = self.reminder_ids.filtered(lambda r: r.channel == 'phone' and r.state == 'todo')[:1]
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_call_result_action')
        return action | {'context': {'default_reminder_id': call.id, 'default_debtor_id': self.id}}

    def action_write(self):
        """Open the composer towards the recipient of this debtor's reminders."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'mail.compose.message', 'view_mode': 'form', 'target': 'new',
            'name': self.env._("Write to %s", self.partner_id.name),
            'context': {
                'default_model': self._name, 'default_res_ids': self.ids, 'default_composition_mode': 'comment',
                'default_partner_ids': (self.contact_resolved_id or self.partner_id).ids}}

    def action_view_items(self):
        """Open the open items of this debtor."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'account.move.line', 'view_mode': 'list,form',
            'name': self.env._("Open Items"), 'domain': self._items_domain(), 'context': {'create': False}}

    def action_view_reminders(self):
        """Open the reminders of this debtor."""
        return self._view_reminders([])

    def action_view_partner(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def _view_reminders(self, domain):
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_reminder_action')
        return action | {'domain': [('debtor_id', 'in', self.ids), *domain], 'context': {'create': False}}
