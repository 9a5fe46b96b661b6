from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..engine.promise import spread
from ..engine.settlement import settled

# What takes an item out until it is over.
AGREED = ('promise', 'plan', 'dispute', 'case')


class LeanpayDebtor(models.Model):
    """Promises to pay: noting one, the history, and how many are kept."""

    _inherit = 'leanpay.debtor'

    promise_ids = fields.One2many('leanpay.promise', 'debtor_id', readonly=True)
    promise_count = fields.Integer(compute='_compute_promises')
    promise_kept_rate = fields.Integer(
        string="Promises Kept (%)", compute='_compute_promises',
        help="Of the promises whose day has come, those that were kept in full.")

    @api.depends('promise_ids.state')
    def _compute_promises(self):
        for debtor in self:
            known = debtor.promise_ids.filtered(lambda promise: promise.state != 'cancelled')
            judged = known.filtered(lambda promise: promise.state != 'open')
            debtor.promise_count = len(known)
            kept = len(judged.filtered(lambda promise: promise.state == 'kept'))
            debtor.promise_kept_rate = round(100 * kept / len(judged)) if judged else 0

    # === ACTION METHODS === #

    def action_promise(self):
        """Open the dialog that notes a promise of this debtor."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_promise_make_action')
        return action | {'context': {'default_debtor_id': self.id}}

    def action_view_promises(self):
        """Open the promises of this debtor."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_promise_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _promise(self, amounts, day, source='person', note='', amount=None):
        """Note that the customer will pay, stop the clock of what is promised and confirm it in writing.

        :param amounts: {account.move.line: amount promised, None for all that is owed}
        :param day: day on which they will pay
        :param source: key of `leanpay.promise.source`
        :param amount: what they will pay in all, for the oldest items first; None: the sum
        :raise UserError: what is wrong, and what to do
        :return: leanpay.promise
        """
        self.ensure_one()
        self.check_access('write')
        items = self._agreed_items(amounts)
        self._check_promise(items, day)
        parts = self._promised_parts(items, amounts, amount)
        promises = self.env['leanpay.promise']
        currency, company = items.currency_id, self.company_id
        settlements = self.env['leanpay.settlements'].sudo()._of(items)  # sudo: only read to compare later
        by_id = {item.id: item for item in items}
        # sudo: a promise is noted through here only, after the access to its debtor was checked
        promise = promises.sudo().create({
            'debtor_id': self.id, 'currency_id': currency.id, 'user_id': self.env.uid,
            'date': company._dunning_today(), 'date_promised': day,
            'deadline': company._dunning_bank_days().add(day, company.dunning_promise_grace),
            'source': source, 'note': note or False, 'amount': float(sum(part for _id, part in parts)),
            'amount_due': float(sum(part for _id, part in parts)),
            'line_ids': [Command.create({
                'move_line_id': item_id, 'amount': float(part),
                'amount_owed': by_id[item_id].amount_residual_currency,
                'amount_paid_before': float(settled(settlements[item_id], 'payment')),
                'amount_credited_before': float(settled(settlements[item_id], 'credit'))})
                for item_id, part in parts],
        }).sudo(False)
        promise._tell(self.env._("Promise to pay"))
        promise._stop_the_clock(self.env._("promised: %s", promise.display_name))
        if company.dunning_promise_confirm:
            promise._confirm('leanpay_dunning.mail_template_promise')
        return promise

    def _agreed_items(self, amounts):
        """Return the items of an agreement, once proved to be open items of this debtor in one currency.

        :param amounts: {account.move.line: amount or None} or account.move.line
        :raise UserError: what is wrong, and what to do
        :rtype: account.move.line, the oldest due dates first
        """
        items = self.env['account.move.line'].union(*amounts).sorted(
            lambda item: (item.date_maturity or item.date, item.id))
        if not items:
            raise UserError(self.env._("Choose the invoices that this is about."))
        for item in items:
            if item.partner_id.commercial_partner_id != self.partner_id or item.company_id != self.company_id:
                raise UserError(self.env._(
                    "%(item)s is not an item of %(customer)s. Choose items of this customer only.",
                    item=item.display_name, customer=self.partner_id.display_name))
            if item.parent_state != 'posted' or item.account_id.account_type != 'asset_receivable':
                raise UserError(self.env._("%s is not a posted receivable: post its entry first.", item.display_name))
            if item.reconciled or item.amount_residual_currency <= 0:
                raise UserError(self.env._("%s is already paid: leave it out.", item.display_name))
        if len(items.currency_id) > 1:
            raise UserError(self.env._(
                "These items are in %s: note one agreement for each currency.",
                ', '.join(items.currency_id.mapped('name'))))
        return items

    def _check_promise(self, items, day):
        """Refuse a day in the past or too far, one promise too many, and what another agreement already settles."""
        company, today = self.company_id, self.company_id._dunning_today()
        if not day:
            raise UserError(self.env._("Say on which day %(customer)s will pay.", customer=self.partner_id.name))
        if day < today:
            raise UserError(self.env._("The day of the promised payment is in the past. Choose a later one."))
        manager = self.env.su or self.env.user.has_group('leanpay_dunning.group_collections_manager')
        limit = today + timedelta(days=company.dunning_promise_days)
        if company.dunning_promise_days and day > limit and not manager:
            raise UserError(self.env._(
                "A promise may not go beyond %(date)s. Agree on a payment plan, or ask a manager to note it.",
                date=format_date(self.env, limit)))
        opened = self.promise_ids.filtered(lambda promise: promise.state == 'open')
        if company.dunning_promise_max and len(opened) >= company.dunning_promise_max and not manager:
            raise UserError(self.env._(
                "%(customer)s already has %(count)s open promises. Cancel one, wait for their days, or agree on a "
                "payment plan.", customer=self.partner_id.name, count=len(opened)))
        self._check_not_agreed(items, ('promise', 'plan', 'case'))

    def _check_not_agreed(self, items, kinds=AGREED):
        """Refuse items that other agreements take out whole today.

        :param items: account.move.line
        :param kinds: kinds of blockers that stand in the way
        """
        for item, agreement in self._agreed_otherwise(items, kinds).items():
            raise UserError(self.env._(
                "%(item)s is already settled otherwise: %(kind)s. Cancel that first, or leave this item out.",
                item=item.display_name, kind=agreement))

    def _agreed_otherwise(self, items, kinds=AGREED):
        """Return the items that agreements of these kinds take out whole today, and the name of each one's agreement.

        :rtype: dict[account.move.line, str]
        """
        if not self:
            return {}
        today = self.company_id._dunning_today()
        # sudo: only read to compare
        facts, _rows = self.env['leanpay.facts'].sudo()._read(self.company_id, self.ids, today)
        by_item = {item.id: item for item in items}
        found = {}
        for blocker in facts[self.id].blockers:
            item = by_item.get(blocker.item_id)
            if item and blocker.kind in kinds and blocker.active(today) and (
                    blocker.amount is None or blocker.amount >= _exact(item, item.amount_residual_currency)):
                found[item] = self._blocker_text(blocker)
        return found

    def _promised_parts(self, items, amounts, amount):
        """Return [(item id, Decimal)], what is promised of each item.

        :raise UserError: more than is owed, or nothing
        """
        owed = [(item.id, _exact(item, item.amount_residual_currency)) for item in items]
        if amount is not None:
            wanted = _exact(items[0], amount)
            parts = spread(wanted, owed)
        else:
            given = amounts if isinstance(amounts, dict) else dict.fromkeys(items)
            parts = [(item.id, residual if given[item] is None else _exact(item, given[item]))
                     for item, (_id, residual) in zip(items, owed, strict=True)]
            wanted = sum(part for _id, part in parts)
        total = sum(residual for _id, residual in owed)
        too_much = any(part > residual for (_id, part), (_same, residual) in zip(parts, owed, strict=False)) or (
            wanted > total)
        if wanted <= 0 or any(part <= 0 for _id, part in parts):
            raise UserError(self.env._("Say how much %(customer)s will pay: more than zero.",
                                       customer=self.partner_id.name))
        if too_much:
            raise UserError(self.env._(
                "%(amount)s is more than the balance of these items, %(balance)s. Choose more items, or lower the "
                "amount.", amount=format_amount(self.env, float(wanted), items.currency_id),
                balance=format_amount(self.env, float(total), items.currency_id)))
        return parts

    def _settled(self, items):
        """Extend to judge again the promises about these items."""
        result = super()._settled(items)
        lines = self.env['leanpay.promise.line'].sudo().search([('move_line_id', 'in', items.ids)])
        lines.promise_id._judge()
        return result


def _exact(item, amount):
    return Decimal(str(item.currency_id.round(amount)))
