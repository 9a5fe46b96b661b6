from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine.outcomes import Why

BATCH_SIZE = 1000


class LeanpayDebtor(models.Model):
    """Which open items must not be chased today: the engine's own answer, asked where it may be yes."""

    _inherit = 'leanpay.debtor'

    dunning_blocked = fields.Boolean(
        string="Something Blocked", compute='_compute_dunning_blocked', search='_search_dunning_blocked',
        help="At least one open item must not be chased now: on hold, excluded, blocked or being paid.")

    @api.depends('item_ids', 'hold_ids.state')
    def _compute_dunning_blocked(self):
        blocked = self.env['account.move.line'].browse(self._blocked_items_of(self))
        # sudo: only compared
        found = {(item.company_id, item.partner_id.commercial_partner_id) for item in blocked.sudo()}
        for debtor in self:
            debtor.dunning_blocked = (debtor.company_id, debtor.partner_id) in found

    def _search_dunning_blocked(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # sudo: only compared, what is found is read with the user's own rights
        blocked = self.env['account.move.line'].sudo().browse(self._blocked_items())
        by_company = blocked.grouped('company_id')
        domain = fields.Domain.OR(
            fields.Domain('company_id', '=', company.id)
            & fields.Domain('partner_id', 'in', items.partner_id.commercial_partner_id.ids)
            for company, items in by_company.items())
        return domain_of_boolean(domain, value)

    @api.model
    def _blocked_items(self):
        """Return the ids of the open items that must not be chased today, of the companies that the user works in."""
        self.env.flush_all()
        # sudo: whoever sees an item sees that it is blocked; companies of nobody's choice are all looked at
        companies = self.env['res.company'].sudo().browse(self.env.context.get('allowed_company_ids') or ())
        companies = companies or companies.search([])  # pylint: disable=no-search-all
        found = []
        for company in companies:
            for debtor_ids in split_every(BATCH_SIZE, self._maybe_blocked(company)):
                found += self._blocked_items_of(self.sudo().browse(debtor_ids))
        return found

    def _blocked_items_of(self, debtors):
        """Return the ids of the items of debtors that the engine says are blocked today."""
        return [item_id for item_id, (outcome, _decision) in debtors._origin._outcomes().items()
                if outcome.why == Why.BLOCKED]

    def _maybe_blocked(self, company):
        """Return the ids of the debtors of a company with anything that may block an item: few, most of the time."""
        facts, today = self.env['leanpay.facts'], company._dunning_today()
        return [debtor_id for [debtor_id] in self.env.execute_query(SQL(
            """
            SELECT debtor.id
              FROM leanpay_debtor debtor
              JOIN res_partner partner ON partner.id = debtor.partner_id
             WHERE debtor.company_id = %(company)s
               AND (partner.active IS NOT TRUE
                    OR debtor.id IN (%(debtors)s)
                    OR debtor.partner_id IN (
                       SELECT owner.commercial_partner_id
                         FROM (%(items)s) blocker
                         JOIN account_move_line line ON line.id = blocker.item_id
                         JOIN res_partner owner ON owner.id = line.partner_id
                        WHERE blocker.company_id = %(company)s
                          AND (blocker.date_until IS NULL OR blocker.date_until >= %(today)s))
                    OR debtor.partner_id IN (
                       SELECT owner.commercial_partner_id
                         FROM account_move_line line
                         JOIN account_move move ON move.id = line.move_id
                         JOIN res_partner owner ON owner.id = line.partner_id
                        WHERE line.company_id = %(company)s AND line.account_id = ANY(%(accounts)s)
                          AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                          AND (line.no_followup
                               OR move.payment_state IN ('blocked', 'paid', 'in_payment', 'reversed')
                               OR move.id IN (SELECT invoice_id FROM account_move__account_payment)
                               OR move.id IN (SELECT invoice_id FROM account_invoice_transaction_rel))))
          ORDER BY debtor.id
            """,
            company=company.id, today=today, accounts=facts._receivable_accounts(company),
            items=facts._item_blockers_sql(company), debtors=SQL(
                """SELECT debtor_id FROM (%s) whole WHERE date_until IS NULL OR date_until >= %s""",
                facts._debtor_blockers_sql(company), today)))]


def domain_of_boolean(domain, value):
    """Return the domain of a search on a Boolean.

    :param domain: what the records with True meet
    :param value: collection of Booleans that are looked for
    """
    wanted = {bool(each) for each in value}
    if len(wanted) == 2:
        return fields.Domain.TRUE
    return domain if True in wanted else ~domain
