from odoo import api, models
from odoo.tools import SQL


class LeanpayFacts(models.AbstractModel):
    """What is disputed is not chased until somebody has answered; the rest of the item is."""

    _inherit = 'leanpay.facts'

    @api.model
    def _item_blocker_sources(self, company):
        """Extend with what is disputed now."""
        return [*super()._item_blocker_sources(company), SQL(
            """
            SELECT line.move_line_id, line.company_id, 'dispute', dispute.name, line.amount, dispute.date, NULL::date
              FROM leanpay_dispute_line line
              JOIN leanpay_dispute dispute ON dispute.id = line.dispute_id
             WHERE dispute.state IN ('open', 'waiting')
            """)]
