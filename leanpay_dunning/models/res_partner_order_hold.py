from odoo import api, fields, models

from .const import READERS
from .leanpay_debtor_order_hold import ORDER_HOLDS


class ResPartner(models.Model):
    """Whether a customer's orders are let through in the current company."""

    _inherit = 'res.partner'

    dunning_order_hold = fields.Selection(
        ORDER_HOLDS, string="Orders", compute='_compute_dunning_order_hold', groups=READERS)
    dunning_order_hold_text = fields.Char(
        string="Orders, and Why", compute='_compute_dunning_order_hold', groups=READERS)

    @api.depends('commercial_partner_id', 'credit_limit')
    @api.depends_context('company', 'lang')
    def _compute_dunning_order_hold(self):
        service, company = self.env['leanpay.order.hold'], self.env.company
        verdicts = service._judge(company, self.commercial_partner_id._origin)
        for partner in self:
            verdict = verdicts.get(partner.commercial_partner_id._origin)
            partner.dunning_order_hold = verdict.mode if verdict else 'none'
            partner.dunning_order_hold_text = service._text(company, verdict) if verdict else False

    def action_release_orders(self):
        """Open the dialog that lets this customer's orders through, from wherever they are held."""
        self.ensure_one()
        return self._dunning_debtor().action_release_orders()
