import logging

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import groupby

_logger = logging.getLogger(__name__)
BATCH = 200


class LeanpayInterestBook(models.AbstractModel):
    """Records what reminders claimed once they have left, and books it as the company says: an entry without VAT."""

    _name = 'leanpay.interest.book'
    _description = "Booking of Late Interest"

    @api.model
    def _record_claims(self):
        """Record the claims of reminders that have left, once each, and book them where the company books claims.

        A debit note that cannot be posted is tried again at the next delivery; its company is told why.

        :return: whether some are left for another batch
        """
        # sudo: the outbox is nobody's
        waiting = self.env['leanpay.reminder'].sudo().search(
            [('charges_to_record', '=', True), ('state', '=', 'sent')], limit=BATCH, order='id')
        reminders = waiting.try_lock_for_update()
        failed = self.env['res.company']
        for reminder in reminders:
            try:
                with self.env.cr.savepoint():
                    self._record(reminder)
            except UserError as error:
                _logger.warning("The claims of reminder %s cannot be booked: %s", reminder.id, error)
                failed |= reminder.company_id
                reminder.company_id._dunning_need_attention(
                    'claim_booking', self.env._("Late interest cannot be booked"), self.env._(
                        "The debit note of the reminder to %(customer)s cannot be posted: %(error)s",
                        customer=reminder.partner_id.display_name, error=str(error)))
        for company in reminders.company_id - failed:
            company._dunning_attention_given('claim_booking')
        return len(waiting) == BATCH and not failed

    def _record(self, reminder):
        charges = reminder._charges()
        kinds = {kind for kind, mode in (
            ('interest', charges.interest_mode), ('indemnity', charges.indemnity_mode)) if mode == 'claimed'}
        items = self.env['account.move.line'].sudo().browse([one.item_id for one in charges.items]).exists()
        results = {item: one.result for one in charges.items for item in items if item.id == one.item_id}
        claims = self.env['leanpay.interest.claim'].sudo()._ensure(
            reminder.debtor_id, results, charges.until, kinds, reminder)
        reminder.charges_to_record = False
        if reminder.company_id.dunning_claim_booking == 'claimed':
            self._book(claims, reminder.sent_date or charges.until)

    @api.model
    def _book(self, claims, day):
        """Bring the books in line with claims of one debtor: book what is not yet, take back what was waived since.

        :param claims: leanpay.interest.claim
        :param day: accounting date
        :return: account.move
        """
        moves = self.env['account.move']
        for _currency, own in groupby(claims, key=lambda claim: claim.currency_id):
            amounts = {
                claim: claim.currency_id.round(
                    max(claim.amount - claim.amount_waived, 0) - claim.amount_booked) for claim in own}
            move = self._post({claim: amount for claim, amount in amounts.items() if amount}, day)
            receivable = move.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
            if receivable.amount_currency < 0:
                notes = self.env['leanpay.interest.claim'].union(*own).booking_ids.move_id.line_ids.filtered(
                    lambda line, account=receivable.account_id: (
                        line.account_id == account and line.amount_residual_currency > 0))
                (receivable | notes).reconcile()
            moves |= move
        return moves

    @api.model
    def _book_collected(self, claims, exactly=False):
        """Book claims out of what their customers paid beyond their invoices, oldest first, and match both.

        :param exactly: only where what was paid is what is claimed, to the cent
        :return: account.move
        """
        moves = self.env['account.move']
        for (debtor, currency), own in groupby(
                claims.filtered('amount_open').sorted(lambda claim: (claim.date, claim.id)),
                key=lambda claim: (claim.debtor_id, claim.currency_id)):
            credits = debtor.item_ids.filtered(lambda item, currency=currency: (
                item.currency_id == currency and item.amount_residual_currency < 0
                and item.move_id.move_type == 'entry'))
            paid = -currency.round(sum(credits.mapped('amount_residual_currency')))
            if not paid or (exactly and currency.compare_amounts(paid, sum(claim.amount_open for claim in own))):
                continue
            amounts = {}
            for claim in own:
                amounts[claim] = min(paid, claim.amount_open)
                paid = currency.round(paid - amounts[claim])
            booked = {claim: amount for claim, amount in amounts.items() if amount}
            move = self._post(booked, max(credits.mapped('date')))
            receivable = move.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')
            own_account = receivable.account_id
            (receivable | credits.filtered(lambda item, own=own_account: item.account_id == own)).reconcile()
            moves |= move
        return moves

    def _post(self, amounts, day):
        """Post the entry of a debtor's claims in one currency, {claim: amount to book}, negative to take back."""
        if not amounts:
            return self.env['account.move']
        claim = next(iter(amounts))
        company, customer, currency = claim.company_id, claim.partner_id, claim.currency_id
        if not company.dunning_claim_journal_id:
            raise UserError(self.env._(
                "%s: choose the journal and the accounts of late interest in the settings of Invoicing first.",
                company.name))
        accounts = {
            'interest': company.dunning_interest_account_id, 'indemnity': company.dunning_indemnity_account_id}
        kinds = dict(claim._fields['kind']._description_selection(self.env))
        shared = {'partner_id': customer.id, 'currency_id': currency.id, 'tax_ids': [Command.clear()]}
        lines, balance = [], 0.0
        for one, amount in amounts.items():
            part = company.currency_id.round(currency._convert(amount, company.currency_id, company, day))
            balance += part
            lines.append(Command.create(shared | {
                'name': f"{kinds[one.kind]} · {one.move_id.name or ''}", 'account_id': accounts[one.kind].id,
                'amount_currency': -amount, 'balance': -part}))
        total = currency.round(sum(amounts.values()))
        lines.append(Command.create(shared | {
            'name': self.env._("Late interest and indemnities"), 'date_maturity': day, 'amount_currency': total,
            'balance': company.currency_id.round(balance),
            'account_id': customer.with_company(company).property_account_receivable_id.id}))
        move = self.env['account.move'].with_company(company).create({
            'move_type': 'entry', 'journal_id': company.dunning_claim_journal_id.id, 'date': day,
            'partner_id': customer.id, 'currency_id': currency.id, 'dunning_claim_move': True,
            'ref': claim.reminder_id.letter_number or self.env._("Late interest"), 'line_ids': lines})
        move.action_post()
        self.env['leanpay.interest.booking'].create([
            {'claim_id': one.id, 'move_id': move.id, 'amount': amount} for one, amount in amounts.items()])
        return move

    @api.model
    def _book_exact_payments(self, company):
        """Book the claims of customers who paid exactly what they owe of them, in a company that books collections."""
        if company.dunning_claim_booking != 'collected':
            return
        # sudo: the run is nobody's
        claims = self.env['leanpay.interest.claim'].sudo().search(
            [('company_id', '=', company.id), ('state', '=', 'open')], limit=10000)
        self._book_collected(claims, exactly=True)
