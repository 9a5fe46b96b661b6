from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date, split_every

from ..engine.order_hold import Credit, Exposure, Verdict, exposure, judge

BATCH_SIZE = 1000


class LeanpayOrderHold(models.AbstractModel):
    """Tells whether the orders and deliveries of customers are let through: facts, `engine.order_hold`, a sentence."""

    _name = 'leanpay.order.hold'
    _description = "Orders on Hold"

    @api.model
    def _judge(self, company, partners):
        """Return what becomes of the orders of customers of one company, today.

        :param company: res.company
        :param partners: commercial partners
        :return: {res.partner: engine.order_hold.Verdict}
        """
        return dict(zip(partners, self._judge_amounts(company, [(partner, 0) for partner in partners]), strict=True))

    @api.model
    def _judge_amounts(self, company, asked):
        """Return the same for amounts that are being ordered: one customer may order several times.

        :param asked: list of (commercial partner, amount in company currency)
        :return: list of engine.order_hold.Verdict, in their order
        """
        rule = company.sudo()._dunning_order_rule()
        if rule.mode == 'none' or not asked:
            return [Verdict() for _each in asked]
        # sudo: whoever sells is told whether a customer is held, with or without rights on dunning
        held = self.sudo().with_company(company)
        partners = held.env['res.partner'].browse({partner.id for partner, _amount in asked})
        today, debtors = company.sudo()._dunning_today(), held._debtors(company, partners)
        owes, credits = held._exposures(company, debtors, today), held._credits(company, partners)
        released = held._released(debtors, today)
        verdicts = []
        for partner, amount in asked:
            credit, debtor_id = credits[partner.id], debtors.get(partner.id)
            if amount and credit.limit:
                credit = credit._replace(used=credit.used + Decimal(str(company.currency_id.round(amount))))
            verdicts.append(judge(
                rule, owes.get(debtor_id, Exposure()), credit, today, released.get(debtor_id)))
        return verdicts

    def _debtors(self, company, partners):
        """Return {customer's id: id of their debtor}."""
        return {debtor.partner_id.id: debtor.id for debtor in self.env['leanpay.debtor'].search([
            ('partner_id', 'in', partners.ids), ('company_id', '=', company.id)])}

    def _exposures(self, company, debtors, today):
        found = {}
        for debtor_ids in split_every(BATCH_SIZE, debtors.values()):
            facts, _rows = self.env['leanpay.facts']._read(company, debtor_ids, today)
            found |= {debtor_id: exposure(fact, today) for debtor_id, fact in facts.items()}
        return found

    def _credits(self, company, partners):
        """Return {customer's id: engine.order_hold.Credit}, as Odoo counts it: the balance, and orders to invoice."""
        if not (company.account_use_credit_limit and company.dunning_order_hold_limit):
            return dict.fromkeys(partners.ids, Credit())
        round_ = company.currency_id.round
        return {
            partner.id: Credit(
                Decimal(str(round_(partner.credit_limit))),
                Decimal(str(round_(partner.credit + partner.credit_to_invoice))))
            for partner in partners}

    def _released(self, debtors, today):
        """Return {debtor's id: last day on which a manager lets their orders through}."""
        running = self.env['leanpay.order.release']._read_group(
            [('debtor_id', 'in', list(debtors.values())), ('ended_on', '=', False), ('date_until', '>=', today)],
            ['debtor_id'], ['date_until:max'])
        return {debtor.id: until for debtor, until in running}

    @api.model
    def _text(self, company, verdict):
        """Return why orders are held, or why they are let through all the same, as a sentence; '' when nothing is.

        :param verdict: engine.order_hold.Verdict
        """
        if not verdict.reasons:
            return ''
        levels = dict(self.env['leanpay.debtor']._fields['level']._description_selection(self.env))
        currency = company.sudo().currency_id
        parts = []
        for reason in verdict.reasons:
            if reason.code == 'level':
                parts.append(self.env._("reminded up to “%s”", levels[str(reason.level)]))
            elif reason.code == 'late':
                parts.append(self.env._("overdue for %s days", reason.days))
            else:
                parts.append(self.env._(
                    "%(used)s used of a credit limit of %(limit)s",
                    used=format_amount(self.env, float(reason.credit.used), currency),
                    limit=format_amount(self.env, float(reason.credit.limit), currency)))
        reasons = ', '.join(parts)
        if verdict.released:
            return self.env._("Orders are let through until %(date)s although: %(reasons)s.",
                              date=format_date(self.env, verdict.released), reasons=reasons)
        if verdict.mode == 'block':
            return self.env._("Orders and deliveries are on hold: %s.", reasons)
        return self.env._("Look before you deliver: %s.", reasons)

    @api.model
    def _refusal(self, company, partner, verdict):
        """Return what somebody is told whose order or delivery is refused: why, and who can let it through."""
        names = self._managers(company).mapped('name')
        who = ', '.join(names) if names else self.env._("a Collections administrator")
        return self.env._(
            "%(customer)s: %(why)s\nAsk %(who)s to release this customer's orders until a date, then try again.",
            customer=partner.name, why=self._text(company, verdict), who=who)

    def _managers(self, company):
        """Return who may let the orders of a company's customers through, three people at most: the collector's lead
        is of more use to a salesperson than the whole list."""
        # sudo: their names only
        group = self.env.ref('leanpay_dunning.group_collections_manager').sudo()
        people = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids)
        return (people - self.env.ref('base.user_root').sudo()).sorted('id')[:3]

    @api.model
    def _candidates(self, company):
        """Return the ids of the debtors who may be held: those with something open, when the company holds orders."""
        if company.sudo()._dunning_order_rule().mode == 'none':
            return []
        self.env.flush_all()
        return [debtor_id for [debtor_id] in self.env.execute_query(SQL(
            """
            SELECT debtor.id FROM leanpay_debtor debtor
             WHERE debtor.company_id = %s AND EXISTS (
                   SELECT FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                     JOIN res_partner customer ON customer.id = item.partner_id
                    WHERE customer.commercial_partner_id = debtor.partner_id
                          AND item.company_id = debtor.company_id AND item.parent_state = 'posted'
                          AND item.reconciled IS NOT TRUE AND item.balance > 0
                          AND account.account_type = 'asset_receivable')
            """, company.id))]
