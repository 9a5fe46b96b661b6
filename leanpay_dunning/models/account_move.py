from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .const import LEVELS, READERS
from .leanpay_debtor_blocked import domain_of_boolean


class AccountMove(models.Model):
    _inherit = 'account.move'

    dunning_scenario_id = fields.Many2one(
        'leanpay.scenario', check_company=True, copy=False, index='btree_not_null',
        help="Only for this invoice. Empty: the customer's scenario.", groups=READERS)
    dunning_level = fields.Selection(
        LEVELS, compute='_compute_dunning_history', search='_search_dunning_level', compute_sudo=True, groups=READERS)
    dunning_last_date = fields.Date(
        string="Last Reminder", compute='_compute_dunning_history', compute_sudo=True, groups=READERS)
    dunning_next_date = fields.Date(string="Next Reminder", compute='_compute_dunning_next', groups=READERS)
    dunning_why = fields.Char(string="Dunning", compute='_compute_dunning_next', groups=READERS)
    dunning_blocked = fields.Boolean(
        compute='_compute_dunning_next', search='_search_dunning_blocked', groups=READERS,
        help="Something of it must not be chased now: on hold, excluded, blocked or being paid.")
    dunning_sent_date = fields.Date(
        string="First Sent", copy=False, readonly=True, groups=READERS,
        help="Day on which the invoice was first sent to the customer from here.")
    dunning_debtor_id = fields.Many2one(
        'leanpay.debtor', compute='_compute_dunning_debtor_id', compute_sudo=True, groups=READERS)

    # === COMPUTE METHODS === #

    @api.depends('line_ids.dunning_level', 'line_ids.dunning_last_date')
    def _compute_dunning_history(self):
        for move in self:
            lines = move.line_ids
            move.dunning_level = max(filter(None, lines.mapped('dunning_level')), default=False)
            move.dunning_last_date = max(filter(None, lines.mapped('dunning_last_date')), default=False)

    def _search_dunning_level(self, operator, value):
        if operator != 'in':
            return NotImplemented
        reached = self.env['account.move.line']._dunning_history_sql(SQL("line.move_line_id IS NOT NULL"))
        by_move = SQL(
            """
            SELECT item.move_id FROM account_move_line item
              JOIN (%s) AS reached(item_id, level, day) ON reached.item_id = item.id
          GROUP BY item.move_id HAVING MAX(reached.level) = ANY(%s)
            """, reached, [level for level in value if level])
        domain = fields.Domain('id', 'in', by_move)
        if False in value:
            domain |= ~fields.Domain('line_ids', 'any', [('dunning_level', '!=', False)])
        return domain

    @api.depends('line_ids.dunning_next_date', 'line_ids.dunning_why', 'line_ids.dunning_blocked')
    def _compute_dunning_next(self):
        for move in self:
            items = move.line_ids.filtered('dunning_why')
            move.dunning_blocked = any(items.mapped('dunning_blocked'))
            move.dunning_next_date = min(filter(None, items.mapped('dunning_next_date')), default=False)
            first = items.sorted(lambda item: (
                not item.dunning_blocked, item.dunning_next_date or fields.Date.to_date('9999-12-31'), item.id))
            move.dunning_why = first[:1].dunning_why

    def _search_dunning_blocked(self, operator, value):
        if operator != 'in':
            return NotImplemented
        blocked = fields.Domain('id', 'in', self.env['leanpay.debtor']._blocked_items())
        return domain_of_boolean(fields.Domain('line_ids', 'any', blocked), value)

    @api.depends('partner_id.commercial_partner_id', 'company_id')
    def _compute_dunning_debtor_id(self):
        # Not the entry's own commercial partner, which stays when a customer becomes no company of their own.
        customers = self.partner_id.commercial_partner_id
        debtors = self.env['leanpay.debtor'].search([
            ('partner_id', 'in', customers.ids), ('company_id', 'in', self.company_id.ids)])
        by_key = {(debtor.partner_id, debtor.company_id): debtor for debtor in debtors}
        for move in self:
            move.dunning_debtor_id = by_key.get((move.partner_id.commercial_partner_id, move.company_id))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_dunning_fields(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Mark the debtors for another look when something that decides is changed; note the day an invoice is sent."""
        self._check_dunning_fields([vals])
        first_sent = self.browse()
        if vals.get('is_move_sent'):
            # sudo: whoever sends an invoice need not see how its customer pays
            first_sent = self.sudo().filtered(lambda move: not move.is_move_sent and not move.dunning_sent_date)
        result = super().write(vals)
        for company, moves in first_sent.grouped('company_id').items():
            moves.write({'dunning_sent_date': company._dunning_today()})
        if vals.keys() & {'dunning_scenario_id', 'no_followup', 'payment_state', 'invoice_date_due', 'is_move_sent'}:
            self._dunning_mark()
        return result

    # === ACTION METHODS === #

    def action_view_dunning(self):
        """Open the collections page of the invoice's customer."""
        self.ensure_one()
        if not self.dunning_debtor_id:
            self.env['leanpay.debtor'].sudo()._ensure_for(
                self.company_id, self.partner_id.commercial_partner_id.ids)
            self.invalidate_recordset(['dunning_debtor_id'])
        if not self.dunning_debtor_id:
            return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'message': self.env._("This customer has nothing to pay: there is nothing to chase.")}}
        return self.env['leanpay.debtor'].browse(self.dunning_debtor_id.id)._get_records_action()

    # === BUSINESS METHODS === #

    def _check_dunning_fields(self, vals_list):
        """Refuse that a person writes the day of sending: a far one would put reminders off for ever."""
        if not self.env.su and any('dunning_sent_date' in vals for vals in vals_list):
            raise AccessError(self.env._("The day on which an invoice was first sent is noted when it is sent."))

    def _post(self, soft=True):
        """Override of `account` to have the debtor looked at again."""
        posted = super()._post(soft)
        posted._dunning_mark()
        # sudo: whoever corrects the customer of an entry need not know of holds
        self.env['leanpay.hold'].sudo().search([('item_ids', 'in', posted.line_ids.ids)])._follow_items()
        self.env['leanpay.debtor']._agreements_follow(posted.line_ids)
        return posted

    def button_draft(self):
        """Override of `account` to void what is planned for an entry that is no longer posted. Never prevents it."""
        result = super().button_draft()
        self._dunning_void(self.env._("the entry was reset to draft"))
        return result

    def button_cancel(self):
        """Override of `account` to void what is planned for a cancelled entry. Never prevents it."""
        result = super().button_cancel()
        self._dunning_void(self.env._("the entry was cancelled"))
        return result

    def _dunning_mark(self):
        receivable = self.filtered(
            lambda move: move.is_sale_document(include_receipts=True) or move.move_type == 'entry')
        self.env['leanpay.debtor']._of_moves_sudo(receivable)._mark_stale()

    def _dunning_void(self, reason):
        items = self.line_ids
        debtors = self.env['leanpay.debtor']._of_moves_sudo(self)
        debtors._void_pending(items, reason)
        debtors._mark_stale()
