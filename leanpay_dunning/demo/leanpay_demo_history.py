from odoo import api, models


class LeanpayDemo(models.AbstractModel):
    """What dunning did in the past weeks."""

    _inherit = 'leanpay.demo'
