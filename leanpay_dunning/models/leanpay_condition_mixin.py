from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.facts import ALWAYS, Condition

CONDITION_FIELDS = (
    'condition_category_ids', 'condition_country_ids', 'condition_kind', 'condition_amount_min',
    'condition_amount_max')


def _decimal_or_none(amount):
    return Decimal(str(amount)) if amount else None


class LeanpayConditionMixin(models.AbstractModel):
    _name = 'leanpay.condition.mixin'
    _description = "If/then condition of a scenario or a step"

    condition_category_ids = fields.Many2many(
        'res.partner.category', string="Customer Tags",
        help="Only for customers with at least one of these tags. Empty: for all.")
    condition_country_ids = fields.Many2many(
        'res.country', string="Countries", help="Only for customers of these countries. Empty: for all.")
    condition_kind = fields.Selection(
        [('first', "First invoice"), ('deposit', "Deposit invoice"), ('recurring', "Recurring invoice"),
         ('invoice', "Other invoice"), ('entry', "Journal entry")],
        string="Invoice Type",
        help="Only for items of this type. Empty: for all. Credit notes have no type here: they are never chased, only "
             "deducted.")
    condition_amount_min = fields.Float(
        string="Amount From", digits='Product Price',
        help="Only for items with at least this residual, in company currency. Zero: no limit.")
    condition_amount_max = fields.Float(
        string="Amount To", digits='Product Price',
        help="Only for items with at most this residual, in company currency. Zero: no limit.")
    has_condition = fields.Boolean(compute='_compute_has_condition')

    # === COMPUTE METHODS === #

    @api.depends(*CONDITION_FIELDS)
    def _compute_has_condition(self):
        for record in self:
            record.has_condition = any(record[name] for name in CONDITION_FIELDS)

    # === CONSTRAINT METHODS === #

    @api.constrains('condition_amount_min', 'condition_amount_max')
    def _check_condition_amounts(self):
        for record in self:
            if record.condition_amount_max and record.condition_amount_min > record.condition_amount_max:
                raise ValidationError(self.env._(
                    "“%(name)s” applies to no amount: the minimum %(minimum)s is above the maximum %(maximum)s. "
                    "Swap them or clear one.",
                    name=record.display_name, minimum=record.condition_amount_min,
                    maximum=record.condition_amount_max))

    # === BUSINESS METHODS === #

    def _excludes(self, other):
        """Tell whether no item of no customer can meet both conditions, by one criterion alone.

        Tags never exclude each other: a customer may have any of them.
        """
        kinds = self.condition_kind, other.condition_kind
        countries = self.condition_country_ids, other.condition_country_ids
        return (
            (all(kinds) and kinds[0] != kinds[1])
            or (all(countries) and not countries[0] & countries[1])
            or any(high.condition_amount_max and low.condition_amount_min > high.condition_amount_max
                   for low, high in ((self, other), (other, self))))

    def _condition(self):
        """Return the engine's condition of this record.

        :rtype: engine.facts.Condition
        """
        self.ensure_one()
        if not self.has_condition:
            return ALWAYS
        return Condition(
            category_ids=frozenset(self.condition_category_ids.ids),
            country_ids=frozenset(self.condition_country_ids.ids),
            kinds=frozenset((self.condition_kind,) if self.condition_kind else ()),
            amount_min=_decimal_or_none(self.condition_amount_min),
            amount_max=_decimal_or_none(self.condition_amount_max),
        )
