from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date, formatLang, groupby

from ..engine.rates import MissingRate, contract_is_valid, percent_digits
from .const import CUSTOMER_TYPES


class LeanpayDebtor(models.Model):
    """What the law allows to claim from a debtor, to date or on any other day."""

    _name = 'leanpay.debtor'
    _inherit = ['leanpay.debtor', 'leanpay.contract.rate.mixin']

    insolvency_date = fields.Date(
        string="Insolvency Judgment", tracking=True,
        help="Day of the judgment that opened insolvency proceedings: interest stops the day before it, and invoices "
             "due from then on owe no indemnity.")
    suspension_ids = fields.One2many('leanpay.interest.suspension', 'debtor_id', string="Suspensions of Interest")
    dunning_rate_kind = fields.Selection(tracking=True)
    dunning_rate_value = fields.Float(tracking=True)
    agreed_rate_warning = fields.Char(compute='_compute_agreed_rate_warning')
    customer_type = fields.Selection(
        CUSTOMER_TYPES, tracking=True,
        help="Decides which law applies. Empty: a company with a VAT or company number is a professional, anybody "
             "else counts as a consumer, who owes no recovery indemnity.")
    regime_id = fields.Many2one(
        'leanpay.interest.regime', string="Late-Interest Regime", tracking=True, ondelete='restrict',
        help="Empty: the law of the company's country for this type of customer.")
    applied_regime_id = fields.Many2one(
        'leanpay.interest.regime', string="Law Applied", compute='_compute_applied_regime_id')
    interest_date = fields.Date(
        string="If Paid On", store=False, help="Any day: what would be due then. Empty: today.")
    interest_html = fields.Html(compute='_compute_interest_html', string="Late Interest", sanitize=False)

    @api.depends('regime_id', 'customer_type', 'company_id.country_id', 'partner_id.vat', 'partner_id.company_registry')
    def _compute_applied_regime_id(self):
        for debtor in self:
            law = self.env['leanpay.late.interest']
            kind = law._customer_kind(debtor.company_id, debtor.partner_id, debtor)
            debtor.applied_regime_id = debtor.regime_id or law._regime_of(debtor.company_id, kind)

    @api.depends(
        'dunning_rate_kind', 'dunning_rate_value', 'dunning_rate_index', 'applied_regime_id',
        'company_id.dunning_low_contract')
    def _compute_agreed_rate_warning(self):
        law = self.env['leanpay.late.interest']
        book = law._book()
        for debtor in self:
            debtor.agreed_rate_warning = False
            try:
                _said, contract = debtor._agreed_rate()
                regime = debtor.applied_regime_id
                today = debtor.company_id._dunning_today() if contract and regime else None
                if today and not contract_is_valid(contract, law._engine_regime(regime), book, today):
                    debtor.agreed_rate_warning = self.env._(
                        "The agreed rate is under the least that the law allows today: the claims use the legal rate."
                    ) if debtor.company_id.dunning_low_contract == 'default' else self.env._(
                        "The agreed rate is under the least that the law allows today: the claims use that least rate.")
            except MissingRate as missing:
                debtor.agreed_rate_warning = self.env._(
                    "The reference rate %(index)s of %(day)s is not entered: the agreed rate cannot be checked.",
                    index=missing.index, day=format_date(self.env, missing.day))
            except ValueError:
                debtor.agreed_rate_warning = self.env._("Complete the agreed rate: its value, and its reference.")

    @api.depends(
        'item_ids', 'interest_date', 'applied_regime_id', 'insolvency_date', 'suspension_ids', 'dunning_rate_kind',
        'dunning_rate_value', 'dunning_rate_index')
    @api.depends_context('lang')
    def _compute_interest_html(self):
        for debtor in self:
            known = debtor._origin
            debtor.interest_html = known and debtor.env['ir.qweb']._render(
                'leanpay_dunning.late_interest_table', known._interest_values(debtor.interest_date))

    # === ACTION METHODS === #

    def action_waive_interest(self):
        """Open the dialog that waives what this customer's late items bear to date."""
        self.ensure_one()
        self.check_access('read')
        if not self.env.user.has_group('leanpay_dunning.group_collections_manager'):
            raise UserError(self.env._("Only a collections manager waives late interest."))
        results = self.env['leanpay.late.interest'].sudo()._of_items(self.item_ids)
        late = {item: results[item.id] for item in self.item_ids if item.id in results and results[item.id].days}
        if not late:
            raise UserError(self.env._("Nothing of this customer bears interest: there is nothing to waive."))
        # sudo: a claim is made by what bears it, not by hand
        claims = self.env['leanpay.interest.claim'].sudo()._ensure(self.sudo(), late, self.company_id._dunning_today())
        return claims.sudo(False).action_waive()

    def action_view_claims(self):
        """Open what was claimed from this customer besides the invoices."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_interest_claim_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _interest_values(self, until=None):
        """Return what the table of late interest prints: one block per currency, one row per segment.

        :param until: day of payment; None: today
        """
        self.ensure_one()
        results = self.env['leanpay.late.interest']._of_items(self.item_ids, until)
        late = self.item_ids.filtered(lambda item: item.id in results and results[item.id].days)
        settled_of = self.env['leanpay.interest.claim'].sudo()._settled(late)
        blocks, missing = [], {}
        for currency, items in groupby(late, key=lambda item: item.currency_id):
            found = [results[item.id] for item in items]
            settled = sum(sum(settled_of(item.id, results[item.id])) for item in items)
            blocks.append({
                'currency': currency, 'rows': [
                    self._interest_row(item, results[item.id], currency) for item in items],
                'interest': self._interest_money(sum(one.interest_open for one in found), currency),
                'indemnity': self._interest_money(sum(one.indemnity for one in found), currency),
                'principal': self._interest_money(sum(one.principal for one in found), currency),
                'settled': settled and self._interest_money(settled, currency),
                'total': self._interest_money(sum(one.total for one in found) - settled, currency),
            })
        for result in results.values():
            missing.update({(gap.index, gap.day): gap for gap in result.missing})
        return {
            'blocks': blocks, 'regime': self.applied_regime_id,
            'missing': [self.env._(
                "The rate %(index)s of %(day)s is not entered: nothing is claimed for the days that need it.",
                index=index, day=format_date(self.env, day)) for index, day in sorted(missing)],
        }

    def _interest_row(self, item, result, currency):
        """Return one item as the table prints it, with its segments."""
        return {
            'item': item, 'due': format_date(self.env, item.date_maturity), 'days': result.days,
            'principal': self._interest_money(result.principal, currency),
            'interest': self._interest_money(result.interest_open, currency),
            'indemnity': self._interest_money(result.indemnity, currency),
            'segments': [{
                'from': format_date(self.env, part.date_from), 'to': format_date(self.env, part.date_to),
                'days': part.days, 'principal': self._interest_money(part.principal, currency),
                'rate': formatLang(self.env, float(part.rate), digits=percent_digits(part.rate)), 'source': part.source,
                'interest': self._interest_money(part.interest, currency),
            } for part in result.segments if part.principal],
        }

    def _interest_money(self, amount, currency):
        return format_amount(self.env, float(amount), currency)

    @api.constrains('regime_id', 'customer_type')
    def _check_regime(self):
        for debtor in self.filtered(lambda one: one.regime_id and one.customer_type):
            if debtor.regime_id.customer_type == 'professional' and debtor.customer_type == 'consumer':
                raise ValidationError(self.env._(
                    "%(customer)s is a consumer: the rate and the indemnity between professionals cannot be claimed. "
                    "Choose another regime, or another type of customer.", customer=debtor.partner_id.display_name))
