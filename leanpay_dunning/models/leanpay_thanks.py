import logging
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_date

from ..engine.thanks import THANKS, deserves, paid_late
from .leanpay_planner import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)
# Thanks that could not be said within these days are not said any more: they would only puzzle.
STALE_DAYS = 30
# A payment is welcome whatever was agreed about it; nobody is thanked in the middle of a dispute or a case.
HARMLESS = {'promise', 'plan', 'payment_pending', 'direct_debit'}


class LeanpayThanks(models.Model):
    """A courteous word for somebody who was late, was reminded, and has paid: once for each item, never at once."""

    _name = 'leanpay.thanks'
    _description = "Thanks for a Payment"
    _order = 'id DESC'
    _rec_name = 'reference'
    _check_company_auto = True

    debtor_id = fields.Many2one(
        'leanpay.debtor', string="Customer", required=True, index=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    item_id = fields.Many2one('account.move.line', required=True, readonly=True, ondelete='cascade')
    move_id = fields.Many2one(related='item_id.move_id', string="Invoice")
    reference = fields.Char(readonly=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    settled_on = fields.Date(string="Paid in Full On", required=True, readonly=True)
    days_late = fields.Integer(readonly=True)
    state = fields.Selection(
        [('waiting', "To thank"), ('sent', "Thanked"), ('dropped', "Left alone")], required=True, readonly=True,
        default='waiting', index=True)
    reason = fields.Char(string="Why Not", readonly=True)
    sent_on = fields.Datetime(readonly=True)
    mail_id_int = fields.Integer(readonly=True)

    _item_unique = models.Constraint('UNIQUE(item_id)', "Somebody is thanked for an item once.")

    # === MARKING === #

    @api.model
    def _mark(self, items):
        """Remember to thank for items that are paid in full and were reminded; inside the accountant's transaction.

        :param items: receivable account.move.line, in sudo
        """
        for company, own in items.grouped('company_id').items():
            paid = own.filtered(lambda item: item.reconciled and item.balance > 0)
            if not (paid and company.dunning_active and company.dunning_thanks):
                continue
            paid.flush_recordset()
            history = self.env['account.move.line']._dunning_history_sql(SQL("line.move_line_id = ANY(%s)", paid.ids))
            # Two accountants at once must not disturb each other. What was taken back and is paid again waits again.
            self.env.cr.execute(SQL(
                """
                INSERT INTO leanpay_thanks
                       (debtor_id, company_id, item_id, reference, currency_id, amount, settled_on, days_late, state,
                        create_uid, write_uid, create_date, write_date)
                SELECT debtor.id, item.company_id, item.id, move.name, item.currency_id, item.amount_currency,
                       %(today)s, 0, 'waiting', %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM (%(history)s) reached(item_id, level, day)
                  JOIN account_move_line item ON item.id = reached.item_id
                  JOIN account_move move ON move.id = item.move_id
                  JOIN res_partner customer ON customer.id = item.partner_id
                  JOIN leanpay_debtor debtor ON debtor.partner_id = customer.commercial_partner_id
                   AND debtor.company_id = item.company_id
                 WHERE reached.level >= %(level)s
                    ON CONFLICT (item_id) DO UPDATE SET settled_on = EXCLUDED.settled_on
                       WHERE leanpay_thanks.state = 'waiting'
                """, history=history, today=company._dunning_today(), uid=self.env.uid, now=fields.Datetime.now(),
                level=company.dunning_thanks_level))
            self.invalidate_model()

    # === SENDING === #

    @api.model
    def _cron_thank(self):
        """Thank who deserves it, company by company, inside the send window; one failure stops no other."""
        companies = self.env['res.company'].search([
            ('dunning_active', '=', True), ('dunning_approved', '=', True), ('dunning_thanks', '=', True)])
        for company in companies:
            if company._dunning_window_open():
                self.with_company(company)._thank_company(company)

    def _thank_company(self, company):
        """Thank the customers of a company, one e-mail a day each."""
        today = company._dunning_today()
        # From the day after: a payment that was matched by mistake is taken back by then.
        waiting = self.search([
            ('company_id', '=', company.id), ('state', '=', 'waiting'), ('settled_on', '<', today)], order='id')
        for debtor, own in waiting.grouped('debtor_id').items():
            try:
                with self.env.cr.savepoint():
                    own._thank(debtor, today)
            except CONCURRENCY_ERRORS:
                _logger.info("Thanks to debtor %s met another process: the next hour looks again", debtor.id)
            except Exception:
                # Nobody is asked to repair a courtesy: it waits, and is left alone when it is too late.
                _logger.warning("Debtor %s could not be thanked", debtor.id, exc_info=True)
            if self.env.context.get('cron_id') and not self.env['ir.cron']._commit_progress():
                return

    def _thank(self, debtor, today):
        """Send one debtor one e-mail about all of these items that can be thanked for now."""
        mine = self.try_lock_for_update()
        mine.invalidate_recordset(['state'])
        mine = mine.filtered(lambda one: one.state == 'waiting')._ready(today)
        if not mine or debtor._thanked_on(today):
            return
        recipient = self.env['leanpay.recipient']._resolve(debtor.ids)[debtor.id]
        if not recipient.email:
            mine._drop(self.env._("no e-mail address that works"))
            return
        now = fields.Datetime.now()
        for one in mine:
            one._move('send', sent_on=now)
        mail = debtor._write_to('leanpay_dunning.mail_template_thanks', mine[0])
        mine.mail_id_int = mail.id
        debtor._evidence('other', self.env._("Thanked for paying %s", ', '.join(mine._names())), {
            'address': recipient.email, 'items': [
                [one.reference or '', str(one.amount), one.currency_id.name, one.days_late] for one in mine]}, mine[0])

    def _ready(self, today):
        """Return those of these items that can be thanked for now; those that never can are dropped.

        What is open again, in dispute, on hold, or not yet seen on the bank's statement waits.
        """
        found, settled = self.browse(), self.env['leanpay.settlements']._of(self.item_id)
        blocked, levels = self._blocked(today), self._levels()
        for one in self:
            item, company = one.item_id, one.company_id
            late = paid_late(item.date_maturity or item.date, settled[item.id])
            amount = Decimal(str(company.currency_id.round(item.balance)))
            if not item.reconciled or item.id in blocked or one.move_id.payment_state == 'in_payment':
                if one.settled_on + timedelta(days=STALE_DAYS) < today:
                    one._drop(self.env._("it could not be said in time"))
            elif item.no_followup or not one.debtor_id.partner_id.active:
                one._drop(self.env._("excluded from follow-up, or archived"))
            elif not deserves(company._dunning_thanks_rule(), amount, levels.get(item.id), late):
                one._drop(self.env._("not late enough, too small, or not paid with money"))
            elif one.settled_on + timedelta(days=STALE_DAYS) < today:
                one._drop(self.env._("it could not be said in time"))
            else:
                one.days_late = late
                found |= one
        return found

    def _blocked(self, today):
        """Return the ids of the items that are in dispute, in a case or on hold on a day."""
        facts, items = self.env['leanpay.facts'], self.item_id
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT item_id FROM (%(items)s) narrow
             WHERE item_id = ANY(%(ids)s) AND kind != ALL(%(harmless)s) AND (date_from IS NULL OR date_from <= %(day)s)
                   AND (date_until IS NULL OR date_until >= %(day)s)
         UNION
            SELECT thanks.item_id FROM (%(wide)s) wide JOIN leanpay_thanks thanks USING (debtor_id)
             WHERE thanks.id = ANY(%(own)s) AND kind != ALL(%(harmless)s)
                   AND (date_from IS NULL OR date_from <= %(day)s) AND (date_until IS NULL OR date_until >= %(day)s)
            """, items=facts._item_blockers_sql(self.company_id[:1]), ids=items.ids, harmless=list(HARMLESS), day=today,
            wide=facts._debtor_blockers_sql(self.company_id[:1]), own=self.ids))
        return {item_id for [item_id] in rows}

    def _levels(self):
        """Return {item id: the highest level really sent for it}."""
        return {item_id: int(level) for item_id, level, _day in self.env.execute_query(
            self.env['account.move.line']._dunning_history_sql(SQL("line.move_line_id = ANY(%s)", self.item_id.ids)))}

    def _move(self, move, **values):
        self.ensure_one()
        self.write({'state': THANKS.after(self.state, move), **values})

    def _drop(self, reason):
        for one in self:
            one._move('drop', reason=reason)

    # === WORDING === #

    def _listed(self):
        """Return the items that the same e-mail thanks for."""
        self.ensure_one()
        return self.search([
            ('debtor_id', '=', self.debtor_id.id), ('sent_on', '=', self.sent_on), ('state', '=', 'sent')], order='id')

    def _names(self):
        """Return the invoices of these items, each once."""
        return list(dict.fromkeys(filter(None, self.mapped('reference'))))

    def _lines(self, lang=None):
        """Return (invoice, amount, due date) of what is thanked for, as texts."""
        return [(
            one.reference or one.item_id.name or '',
            format_amount(self.env, one.amount, one.currency_id, lang_code=lang),
            format_date(self.env, one.item_id.date_maturity, lang_code=lang) if one.item_id.date_maturity else '')
            for one in self._listed()]
