from odoo import models


class AccountMove(models.Model):
    """Makes payment plans from the invoice."""

    _inherit = 'account.move'

    def action_dunning_plan(self):
        """Open the simulator of a plan that pays this invoice."""
        self.ensure_one()
        action = self._dunning_debtor().action_plan()
        action['context'] |= {'default_item_ids': self._dunning_open_items().ids}
        return action
