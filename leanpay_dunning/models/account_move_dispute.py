from odoo import fields, models

from .const import READERS


class AccountMove(models.Model):
    """Notes and shows disputes on the invoice."""

    _inherit = 'account.move'

    dunning_dispute_count = fields.Integer(compute='_compute_dunning_dispute_count', groups=READERS)

    def _compute_dunning_dispute_count(self):
        counts = dict(self.env['leanpay.dispute.line']._read_group(
            [('move_line_id.move_id', 'in', self.ids)], ['move_line_id'], ['__count']))
        by_move = {}
        for item, count in counts.items():
            by_move[item.move_id] = by_move.get(item.move_id, 0) + count
        for move in self:
            move.dunning_dispute_count = by_move.get(move, 0)

    def action_dunning_dispute(self):
        """Open the dialog that notes a dispute about this invoice."""
        self.ensure_one()
        action = self._dunning_debtor().action_dispute()
        action['context'] |= {'default_item_ids': self._dunning_open_items().ids}
        return action

    def action_view_dunning_disputes(self):
        """Open the disputes about this invoice."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_dispute_action')
        return action | {'domain': [('line_ids.move_line_id.move_id', 'in', self.ids)], 'context': {}}
