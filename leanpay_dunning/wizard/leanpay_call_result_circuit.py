from odoo import fields, models


class LeanpayCallResult(models.TransientModel):
    """Whoever calls sees how the customer approves and pays."""

    _inherit = 'leanpay.call.result'

    has_circuit = fields.Boolean(related='debtor_id.has_circuit')
    approval_circuit = fields.Html(related='debtor_id.approval_circuit')
    approval_days = fields.Integer(related='debtor_id.approval_days')
    payment_days_of_month = fields.Char(related='debtor_id.payment_days_of_month')
    platform = fields.Selection(related='debtor_id.platform')
    service_code = fields.Char(related='debtor_id.service_code')
    commitment_number_required = fields.Boolean(related='debtor_id.commitment_number_required')
