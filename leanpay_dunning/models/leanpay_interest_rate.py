from odoo import api, fields, models

from .const import CONFIDENCES


class LeanpayInterestRate(models.Model):
    """One dated reference rate, in percent a year: law that changes twice a year is data, with its source."""

    _name = 'leanpay.interest.rate'
    _description = "Reference Rate"
    _order = 'index, valid_from DESC'

    index = fields.Char(required=True, help="Code of the reference, such as ECB_MRO: regimes name it.")
    valid_from = fields.Date(
        string="In Force From", required=True,
        help="For a law that looks at 1 January and 1 July, each of these days needs its rate.")
    rate = fields.Float(digits=(7, 4), required=True, string="Rate (%)")
    confidence = fields.Selection(CONFIDENCES, required=True, default='seen')
    source = fields.Char(required=True, help="Where it was published: printed beside what is claimed.")

    _unique_day = models.Constraint(
        'UNIQUE(index, valid_from)', "This reference already has a rate on that day: change that one.")

    @api.depends('index', 'valid_from', 'rate')
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = f"{rate.index or ''} {rate.valid_from or ''}: {rate.rate:.2f} %"
