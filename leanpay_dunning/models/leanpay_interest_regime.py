from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .const import CONFIDENCES, CUSTOMER_TYPES


class LeanpayInterestRegime(models.Model):
    """What the law of a seller's country lets them claim from one kind of customer who pays late."""

    _name = 'leanpay.interest.regime'
    _description = "Late-Interest Regime"
    _order = 'country_id, sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Country, then B2B, B2C or PUBLIC: FR_B2B is what applies by default.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    country_id = fields.Many2one('res.country', string="Seller's Country", required=True)
    customer_type = fields.Selection(CUSTOMER_TYPES, required=True, default='professional')
    index = fields.Char(string="Reference", help="Code of the reference rate. Empty: the margin is the rate.")
    margin = fields.Float(
        digits=(7, 4), string="Points Added", help="Added to the reference; the rate itself where there is none.")
    round_up = fields.Float(string="Rounded Up To", digits=(7, 4), help="Step, such as 0.5. 0: not rounded.")
    reset = fields.Selection([
        ('half_year', "At each half-year"),
        ('year', "Each year"),
        ('change', "When the reference changes"),
        ('frozen', "Frozen when interest starts to run"),
        ('none', "Fixed"),
    ], string="Rate Changes", required=True, default='half_year')
    starts = fields.Selection([
        ('due', "The day after the due date"),
        ('formal_notice', "The day after the formal notice was received"),
    ], string="Interest Runs From", required=True, default='due')
    capitalised = fields.Boolean(string="Added to the Debt Each Year")
    day_count = fields.Selection([
        ('act/365', "Days / 365"),
        ('act/act', "Days / days of the year"),
        ('act/360', "Days / 360"),
        ('30/360', "Months of 30 days / 360"),
    ], required=True, default='act/365')
    floor_index = fields.Char(help="Reference that limits contractual rates. Empty: no limit.")
    floor_multiple = fields.Float(digits=(7, 4), help="A contractual rate is at least this many times the floor index.")
    indemnity_mode = fields.Selection([
        ('none', "None"),
        ('lump', "Due without a reminder"),
        ('after_notice', "Only after the free reminder that the law asks for"),
    ], string="Recovery Indemnity", required=True, default='lump')
    tier_ids = fields.One2many('leanpay.interest.tier', 'regime_id', string="Brackets", copy=True)
    indemnity_currency_id = fields.Many2one('res.currency')
    indemnity_minimum = fields.Monetary(currency_field='indemnity_currency_id')
    indemnity_maximum = fields.Monetary(currency_field='indemnity_currency_id', help="0: no maximum.")
    limitation_years = fields.Integer(string="Limitation (Years)")
    limitation_from = fields.Selection(
        [('due', "The due date"), ('year_end', "The end of its year")], string="Limitation Runs From", required=True,
        default='due')
    term_days = fields.Integer(string="Legal Term (Days)")
    legal_basis = fields.Text()
    confidence = fields.Selection(CONFIDENCES, required=True, default='seen')

    _unique_code = models.Constraint('UNIQUE(code)', "Another regime has this code: change that one.")

    @api.constrains('index', 'reset', 'margin', 'round_up', 'tier_ids', 'floor_index', 'floor_multiple')
    def _check_regime(self):
        for regime in self:
            if not regime.index and regime.reset != 'none':
                raise ValidationError(self.env._(
                    "%(regime)s has no reference rate: name one, or choose a fixed rate.", regime=regime.name))
            if (not regime.index and regime.margin < 0) or regime.round_up < 0:
                raise ValidationError(self.env._(
                    "%(regime)s: a rate and its rounding cannot be negative.", regime=regime.name))
            if bool(regime.floor_index) != (regime.floor_multiple > 0):
                raise ValidationError(self.env._(
                    "%(regime)s: give both the reference of the floor and how many times it counts, or neither.",
                    regime=regime.name))
            if len(regime.tier_ids.filtered(lambda tier: not tier.up_to)) > 1:
                raise ValidationError(self.env._(
                    "%(regime)s: only the last bracket of an indemnity has no bound.", regime=regime.name))
