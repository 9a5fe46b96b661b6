from odoo import fields, models

from ..models.const import CHANNELS, LEVELS


class LeanpayPreviewLine(models.TransientModel):
    """One message of a dry run."""

    _name = 'leanpay.preview.line'
    _description = "Message of a Dry Run"
    _order = 'preview_id, sequence, id'
    _rec_name = 'partner_id'

    preview_id = fields.Many2one('leanpay.preview', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='preview_id.company_id', store=True)
    sequence = fields.Integer()
    debtor_id = fields.Many2one('leanpay.debtor', ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", ondelete='cascade')
    step_id = fields.Many2one('leanpay.scenario.step', ondelete='cascade')
    level = fields.Selection(LEVELS)
    channel = fields.Selection(CHANNELS)
    approval = fields.Selection(related='step_id.approval')
    contact_id = fields.Many2one('res.partner', string="Recipient", ondelete='cascade')
    address = fields.Char()
    currency_id = fields.Many2one('res.currency')
    amount_total = fields.Monetary(string="Amount")
    item_count = fields.Integer(string="Items")
    subject = fields.Char()
    body = fields.Html(sanitize=False)
    why = fields.Char(help="Why this customer, at this step, on this day.")

    # === ACTION METHODS === #

    def action_open_debtor(self):
        """Open the customer's collections page."""
        self.ensure_one()
        # The dry run of a company that never ran knows customers who have no debtor yet.
        return self.partner_id.with_company(self.company_id).action_view_dunning()
