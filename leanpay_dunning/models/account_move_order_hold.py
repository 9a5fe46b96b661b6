from odoo import api, fields, models

from .const import READERS


class AccountMove(models.Model):
    """A new invoice says that its customer's orders are on hold: nothing is refused, it is delivered already."""

    _inherit = 'account.move'

    dunning_order_hold_text = fields.Char(
        string="Orders, and Why", compute='_compute_dunning_order_hold_text', compute_sudo=True, groups=READERS)

    @api.depends('partner_id', 'company_id', 'move_type', 'state')
    @api.depends_context('lang')
    def _compute_dunning_order_hold_text(self):
        service = self.env['leanpay.order.hold']
        self.dunning_order_hold_text = False
        new = self.filtered(lambda move: move.state == 'draft' and move.move_type in ('out_invoice', 'out_receipt'))
        for company, moves in new.grouped('company_id').items():
            verdicts = service._judge(company, moves.partner_id.commercial_partner_id._origin) if company else {}
            for move in moves:
                verdict = verdicts.get(move.partner_id.commercial_partner_id._origin)
                if verdict and verdict.mode != 'none':
                    move.dunning_order_hold_text = service._text(company, verdict)
