from odoo import api, models
from odoo.tools import SQL


class LeanpayFacts(models.AbstractModel):
    """What a plan pays is not chased while it is kept, or may still be accepted; days end it, even when no job runs."""

    _inherit = 'leanpay.facts'

    @api.model
    def _item_blocker_sources(self, company):
        """Extend with the items of plans."""
        return [*super()._item_blocker_sources(company), SQL(
            """
            SELECT line.move_line_id, line.company_id, 'plan', plan.name, NULL::numeric, plan.date,
                   CASE plan.state WHEN 'proposed' THEN plan.valid_until ELSE plan.on_track_until END
              FROM leanpay_plan_item line
              JOIN leanpay_plan plan ON plan.id = line.plan_id
             WHERE plan.state IN ('proposed', 'running')
            """)]
