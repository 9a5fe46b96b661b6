from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.rates import Contract


class LeanpayContractRateMixin(models.AbstractModel):
    """A rate of late interest that was agreed: general terms of a company, or of one customer or invoice."""

    _name = 'leanpay.contract.rate.mixin'
    _description = "Contractual Rate of Late Interest"

    dunning_rate_kind = fields.Selection([
        ('statutory', "Legal rate"),
        ('fixed', "Fixed rate"),
        ('multiple', "Multiple of a reference rate"),
        ('index', "Reference rate plus points"),
    ], string="Agreed Rate", copy=False,
        help="What the contract says. Empty: what is said one level up, invoice, customer, then company; in the end "
             "the legal rate.")
    dunning_rate_value = fields.Float(
        string="Value of the Agreed Rate", digits=(7, 4), copy=False,
        help="The rate in %, how many times, or the points.")
    dunning_rate_index = fields.Char(
        string="Reference of the Agreed Rate", copy=False, help="Code of a reference rate, such as ECB_MRO.")

    @api.constrains('dunning_rate_kind', 'dunning_rate_value', 'dunning_rate_index')
    def _check_dunning_rate(self):
        agreed = self.filtered(lambda one: one.dunning_rate_kind not in (False, 'statutory'))
        # sudo: reference rates are the same for everybody, and whoever writes an invoice need not read them
        rates = self.env['leanpay.interest.rate'].sudo()
        known = {index for [index] in rates._read_group(
            [('index', 'in', agreed.mapped('dunning_rate_index'))], ['index'])} if agreed else set()
        for one in agreed:
            if one.dunning_rate_value < 0 or (one.dunning_rate_kind == 'multiple' and not one.dunning_rate_value):
                raise ValidationError(self.env._(
                    "%(name)s: an agreed rate of late interest cannot be negative, nor zero times a reference. Enter "
                    "its value, or choose the legal rate.", name=one.display_name))
            if one.dunning_rate_kind != 'fixed' and one.dunning_rate_index not in known:
                raise ValidationError(self.env._(
                    "%(name)s: the agreed rate of late interest refers to “%(index)s”, which has no rate. Choose one "
                    "of Configuration › Collections › Reference Rates.",
                    name=one.display_name, index=one.dunning_rate_index or ''))

    def _agreed_rate(self):
        """Return (whether something is said here, the clause or None for the legal rate).

        :rtype: (bool, engine.rates.Contract | None)
        """
        kind = self and self.dunning_rate_kind
        if not kind or kind == 'statutory':
            return bool(kind), None
        index = '' if kind == 'fixed' else self.dunning_rate_index
        return True, Contract(kind, Decimal(str(self.dunning_rate_value)), index)
