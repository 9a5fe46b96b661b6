from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.facts import ZERO

KINDS = [('interest', "Late interest"), ('indemnity', "Recovery indemnity")]


class LeanpayInterestClaim(models.Model):
    """What was claimed for an item by the last reminder that did, what was waived of it, and what the books hold."""

    _name = 'leanpay.interest.claim'
    _description = "Claim of Late Interest"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    company_id = fields.Many2one('res.company', required=True, readonly=True)
    debtor_id = fields.Many2one(
        'leanpay.debtor', required=True, index=True, ondelete='restrict', readonly=True, check_company=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id', string="Customer")
    move_line_id = fields.Many2one(
        'account.move.line', string="Item", required=True, index=True, ondelete='cascade', readonly=True,
        check_company=True)
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date = fields.Date(string="Claimed On", readonly=True, help="Day to which the interest was counted.")
    amount = fields.Monetary(string="Claimed", readonly=True)
    reminder_id = fields.Many2one('leanpay.reminder', readonly=True, ondelete='set null', help="The last that claimed.")
    waiver_ids = fields.One2many('leanpay.interest.waiver', 'claim_id', readonly=True)
    booking_ids = fields.One2many('leanpay.interest.booking', 'claim_id', readonly=True)
    waived_for_good = fields.Boolean(compute='_compute_amounts', store=True)
    amount_waived = fields.Monetary(string="Waived", compute='_compute_amounts', store=True)
    amount_booked = fields.Monetary(
        string="Booked", compute='_compute_amounts', store=True, help="By debit notes that are posted.")
    amount_open = fields.Monetary(
        string="Still Claimed", compute='_compute_amounts', store=True, help="Neither waived nor in the books.")
    state = fields.Selection(
        [('open', "Claimed"), ('booked', "Booked"), ('waived', "Waived")], compute='_compute_amounts', store=True)

    _item_unique = models.Constraint('UNIQUE(move_line_id, kind)', "This item is already claimed.")

    # === COMPUTE METHODS === #

    @api.depends('amount', 'waiver_ids.amount', 'waiver_ids.for_good', 'booking_ids.amount',
                 'booking_ids.move_id.state')
    def _compute_amounts(self):
        for claim in self:
            currency = claim.currency_id
            claim.waived_for_good = any(claim.waiver_ids.mapped('for_good'))
            waived = sum(claim.waiver_ids.mapped('amount'))
            claim.amount_waived = claim.amount if claim.waived_for_good else currency.round(waived)
            posted = claim.booking_ids.filtered(lambda booking: booking.move_id.state == 'posted')
            claim.amount_booked = currency.round(sum(posted.mapped('amount')))
            left = claim.amount - claim.amount_waived - claim.amount_booked
            claim.amount_open = max(currency.round(left), 0)
            claim.state = 'open' if claim.amount_open else 'booked' if claim.amount_booked else 'waived'

    @api.depends('move_id', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for claim in self:
            claim.display_name = f"{claim.move_id.name or ''} · {kinds.get(claim.kind, '')}"

    # === ACTION METHODS === #

    def action_waive(self):
        """Open the dialog that waives these claims, with a reason."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Waive"), 'target': 'new', 'view_mode': 'form',
            'res_model': 'leanpay.interest.waive', 'context': {'default_claim_ids': self.ids}}

    def action_book_collected(self):
        """Book these claims out of what their customers paid without saying what for."""
        self.check_access('read')
        if not self.env.user.has_group('leanpay_dunning.group_collections_manager'):
            raise UserError(self.env._("Only a collections manager books what was collected."))
        # sudo: a collections manager decides, and need not be allowed to post entries by hand
        if not self.env['leanpay.interest.book'].sudo()._book_collected(self.sudo()):
            raise UserError(self.env._(
                "Nothing to book: these customers have no payment left that is not matched with their invoices."))

    # === BUSINESS METHODS === #

    @api.model
    def _settled(self, items):
        """Return a function that tells how much of what an item bears is waived or in the books already.

        :param items: account.move.line
        :return: f(item id, engine.interest.LateInterest) -> (interest, indemnity) as Decimal
        """
        claims = {(claim.move_line_id.id, claim.kind): claim for claim in self.search([
            ('move_line_id', 'in', items.ids)])}

        def settled(item_id, result):
            borne = {'interest': result.interest_open, 'indemnity': result.indemnity}
            return tuple(
                self._settled_part(claims.get((item_id, kind), self.browse()), amount)
                for kind, amount in borne.items())

        return settled

    def _settled_part(self, claim, borne):
        if not claim:
            return ZERO
        if claim.waived_for_good:
            return borne
        return Decimal(str(claim.currency_id.round(claim.amount_waived + claim.amount_booked)))

    @api.model
    def _ensure(self, debtor, results, day, kinds=('interest', 'indemnity'), reminder=None):
        """Return the claims of items, made or brought up to a day.

        :param debtor: one leanpay.debtor
        :param results: {account.move.line: engine.interest.LateInterest}
        :param kinds: which parts are claimed
        :param reminder: leanpay.reminder that claims them, None when nothing is claimed yet
        """
        items = self.env['account.move.line'].union(*results)
        known = {(claim.move_line_id, claim.kind): claim for claim in self.search([
            ('move_line_id', 'in', items.ids)])}
        found, vals_list = self.browse(), []
        for item, result in results.items():
            for kind in kinds:
                amount = result.interest_open if kind == 'interest' else result.indemnity
                values = {'amount': float(amount), 'date': day} | ({'reminder_id': reminder.id} if reminder else {})
                claim = known.get((item, kind))
                if claim:
                    claim.write(values)
                    found |= claim
                elif amount:
                    vals_list.append(values | {
                        'company_id': debtor.company_id.id, 'debtor_id': debtor.id, 'move_line_id': item.id,
                        'kind': kind, 'currency_id': item.currency_id.id})
        return found | self.create(vals_list)
