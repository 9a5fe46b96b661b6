from decimal import Decimal

from odoo import api, fields, models

from ..engine.claim import Charges, ItemCharges, dump_charges, load_charges, without_disputed
from .const import PENDING_STATES

UNSAID_STATES = (*PENDING_STATES, 'failed')

class LeanpayReminder(models.Model):
    """The late interest and the indemnities that a reminder mentions or claims, frozen when it is made."""

    _inherit = 'leanpay.reminder'

    received_on = fields.Date(
        copy=False, help="Day on which the letter was received, by its receipt: interest that only runs from a formal "
                         "notice starts the day after.")
    charges_kept = fields.Json(
        readonly=True, copy=False, help="Inputs, rates and results of the late interest, as they were said.")
    charges_to_record = fields.Boolean(readonly=True, copy=False, help="Claims, once it has left, what is not yet.")
    charges_live = fields.Json(compute='_compute_charges_live')
    amount_interest = fields.Monetary(
        string="Late Interest", compute='_compute_amount_claimed', help="Mentioned or claimed, to the day it is sent.")
    amount_indemnity = fields.Monetary(string="Recovery Indemnities", compute='_compute_amount_claimed')
    amount_claimed = fields.Monetary(
        string="Total Claimed", compute='_compute_amount_claimed',
        help="The items, plus the interest and the indemnities that the step claims.")

    _record_claims_index = models.Index("(id) WHERE charges_to_record AND state = 'sent'")

    # === COMPUTE METHODS === #

    @api.depends(
        'charges_kept', 'state', 'step_id.interest_mention', 'step_id.indemnity_mention', 'line_ids.amount_due')
    def _compute_charges_live(self):
        live = self.filtered(lambda reminder: not reminder.charges_kept and reminder.state in UNSAID_STATES)
        charges = live._charges_today()
        for reminder in self:
            found = charges.get(reminder)
            reminder.charges_live = reminder.charges_kept or (found and dump_charges(found)) or False

    @api.depends('charges_live', 'amount_total')
    def _compute_amount_claimed(self):
        for reminder in self:
            charges = reminder._charges()
            reminder.amount_interest = charges and float(charges.interest)
            reminder.amount_indemnity = charges and float(charges.indemnity)
            reminder.amount_claimed = reminder.amount_total + float(charges.claimed if charges else 0)

    # === BUSINESS METHODS === #

    def _charges(self):
        """Return what this reminder adds to its items: as it was said, or as it would be said today.

        :rtype: engine.claim.Charges | None
        """
        return load_charges(self.charges_live) if self.charges_live else None

    def _freeze_charges(self):
        """Keep what these reminders say of late interest and indemnities, with everything that it was computed from.

        A text that a person edited quotes the figures of that day: they are kept while its items are the same.
        """
        charges = self._charges_today()
        for reminder in self:
            found = charges.get(reminder)
            if reminder.body_edited and reminder.charges_kept and found and _alike(reminder._charges(), found):
                continue
            values = {
                'charges_kept': found and dump_charges(found),
                'charges_to_record': bool(found and found.claimed and not reminder.primary_id)}
            if any((reminder[name] or False) != (value or False) for name, value in values.items()):
                reminder.write(values)

    def _charges_today(self):
        """Return what these reminders would add to their items today, set-based.

        :return: {leanpay.reminder: engine.claim.Charges} of those whose step says something of it
        """
        asking = self.filtered(lambda reminder: {
            reminder.step_id.interest_mention, reminder.step_id.indemnity_mention} - {'none', False})
        if not asking:
            return {}
        late = asking.line_ids.filtered(lambda line: not line.is_credit and line.days_late and line.move_line_id)
        # sudo: whoever approves a reminder need not read the law, nor what was waived
        cases = self.env['leanpay.late.interest'].sudo()._cases(late.move_line_id)
        settled = self.env['leanpay.interest.claim'].sudo()._settled(late.move_line_id)
        found = {}
        for reminder in asking:
            items = []
            for line in reminder.line_ids & late:
                case = cases.get(line.move_line_id.id)
                if case is None:
                    continue
                disputed = Decimal(str(reminder.currency_id.round(line.amount_disputed)))
                case = without_disputed(case, disputed)
                result = case.result()
                interest, indemnity = settled(line.move_line_id.id, result)
                items.append(ItemCharges(
                    line.move_line_id.id, line.reference or '', case, result, interest, indemnity))
            if items:
                found[reminder] = Charges(
                    items[0].case.until, reminder.step_id.interest_mention or 'none',
                    reminder.step_id.indemnity_mention or 'none', tuple(items))
        return found

    def _charges_values(self):
        """Return what the table of an e-mail prints of the charges: rows that add to the total, and a sentence.

        :return: {'rows': [(label, amount)], 'mention': str}
        """
        charges = self._charges()
        if not charges:
            return {'rows': [], 'mention': ''}
        reminder = self._in_lang()
        day = self._fmt_date(charges.until)
        parts = [
            (charges.interest_mode, charges.interest, reminder.env._("Late interest to %s", day)),
            (charges.indemnity_mode, charges.indemnity, reminder.env._("Recovery indemnities")),
        ]
        mentioned = {label: self._fmt_amount(float(amount)) for mode, amount, label in parts
                     if mode == 'mentioned' and amount}
        mention = ''
        if mentioned:
            what = ', '.join(f"{label.lower()}: {amount}" for label, amount in mentioned.items())
            mention = reminder.env._("The law adds to it, without any reminder: %s.", what)
        return {
            'rows': [(label, self._fmt_amount(float(amount))) for mode, amount, label in parts
                     if mode == 'claimed' and amount],
            'mention': mention}


def _alike(kept, found):
    """Tell whether two charges speak of the same debts, whatever the day."""
    return [(one.item_id, one.case.debt) for one in kept.items] == [
        (one.item_id, one.case.debt) for one in found.items]
