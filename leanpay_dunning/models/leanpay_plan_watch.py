from datetime import date, timedelta

from odoo import api, models

from ..engine.plan import Instalment, allocate, on_track_until
from ..engine.settlement import Settlement

MATCH_DAYS = 3  # how long a payment that nobody has matched keeps a plan


class LeanpayPlan(models.Model):
    """Watches plans: what payments settle of them, and whether they are kept."""

    _inherit = 'leanpay.plan'

    @api.model
    def _watch(self, company, today):
        """Judge the running plans of a company, and end those that are not kept."""
        running = self.search([('company_id', '=', company.id), ('state', '=', 'running')])
        running._judge(today)
        over = running.filtered(
            lambda plan: plan.state == 'running' and plan.on_track_until and plan.on_track_until < today)
        over._one_by_one(lambda plan: plan._break(today))

    def _judge(self, today=None):
        """Compute from what was really reconciled what is settled of these plans.

        Also called inside the transaction of whoever books a payment, which nothing here may refuse: a plan that is not
        kept any more stops nothing from then on, and is ended by the next run.

        :param today: day in the company's time zone; today when None
        """
        # sudo: whoever books a payment need not see plans; what becomes of them follows from the payments
        plans = self.sudo().filtered(lambda plan: plan.state in ('running', 'done'))
        if not plans:
            return  # nearly every payment, see `leanpay.promise._judge`
        settlements = self.env['leanpay.settlements'].sudo()._of(plans._items())
        plans._one_by_one(lambda plan: plan._judge_one(settlements, today or plan.company_id._dunning_today()))

    def _judge_one(self, settlements, today):
        progress = self._progress(settlements, today)
        last = on_track_until(progress, self.breach_days, self.breach_missed)
        if self.waits_for_match and last and last < today:
            last = max(last, self.on_track_until)  # the day that `_break` gave a payment to be matched
        else:
            self.write({'waits_for_match': False})
        self._store_progress(progress, last)
        if last is None and self.state == 'running':
            self._finish()
        elif last is not None and self.state == 'done':
            self._move('resume')
            self._tell(self.env._("Payment plan running again: a payment was taken back"))

    def _progress(self, settlements, today):
        """Return what is settled of each instalment; what was settled before the plan does not count again.

        :rtype: tuple[engine.plan.Progress, ...]
        """
        found = []
        for line in self.item_ids:
            found += settlements.get(line.move_line_id.id, ())
            found += [Settlement(line.move_line_id.id, -self._exact(amount), date.min, kind) for kind, amount in (
                ('payment', line.amount_paid_before), ('credit', line.amount_credited_before)) if amount]
        instalments = [Instalment(each.date, self._exact(each.amount)) for each in self.instalment_ids.sorted(
            lambda each: (each.date, each.id))]
        return allocate(instalments, found, today)

    def _store_progress(self, progress, last):
        instalments = self.instalment_ids.sorted(lambda each: (each.date, each.id))
        for instalment, made in zip(instalments, progress, strict=True):
            instalment.write({
                'amount_due': float(made.amount), 'amount_paid': float(made.paid), 'paid_on': made.paid_on,
                'state': made.state})
        self.write({'on_track_until': last})

    def _finish(self):
        """End a plan that is paid."""
        self._move('finish')
        self._end_suspension()
        self._tell(self.env._("Payment plan paid in full"))

    def _break(self, today):
        """End a plan that is not kept: its items are chased again the same day, and everybody knows.

        A payment that nobody has matched yet is no breach: the collector matches it first, within some days.
        """
        missing = sum(each._left for each in self.instalment_ids if each.date < today)
        if not self.waits_for_match and self._unmatched_credits() >= self._exact(missing):
            self.write({'waits_for_match': True, 'on_track_until': today + timedelta(days=MATCH_DAYS)})
            self.debtor_id._need_attention(
                f'plan_match_{self.id}', self.env._("Match the customer's payment: their plan waits for it"),
                note=self.display_name)
            self._refresh_debtors()
            return
        self._move('break', broken_on=today)
        if self.suspension_id:
            self.suspension_id.unlink()  # the plan was the condition: interest is claimed as if there had been none
        self._tell(self.env._("Payment plan broken"))
        self.debtor_id._need_attention(
            f'plan_{self.id}', self.env._("A payment plan was broken: its invoices are chased again"),
            note=self.display_name)
        self.debtor_id._write_to('leanpay_dunning.mail_template_plan_broken', self)
        self._start_the_clock()

    def _unmatched_credits(self):
        """Return what the customer paid, or was credited, that is matched with nothing, in the plan's currency."""
        items = self.env['account.move.line'].sudo().search([
            *self.debtor_id._items_domain(), ('currency_id', '=', self.currency_id.id),
            ('amount_residual_currency', '<', 0)])
        return self._exact(-sum(items.mapped('amount_residual_currency')))

    def _suspend_interest(self, today):
        """Stop late interest on the items of the plan, when that was agreed."""
        if self.interest_rule == 'suspend':
            # sudo: follows from the plan, which was checked
            suspension = self.env['leanpay.interest.suspension'].sudo().create({
                'debtor_id': self.debtor_id.id, 'kind': 'plan', 'item_ids': [(6, 0, self._items().ids)],
                'date_from': today, 'note': self.name})
            self.sudo().write({'suspension_id': suspension.id})  # sudo: the same

    def _end_suspension(self):
        """Let interest run again from tomorrow on."""
        for plan in self.sudo():
            if plan.suspension_id:
                plan.suspension_id.date_until = max(plan.company_id._dunning_today(), plan.suspension_id.date_from)
