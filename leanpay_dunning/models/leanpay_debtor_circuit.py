import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLATFORMS = [
    ('chorus', "Chorus Pro"), ('peppol', "Peppol"), ('ariba', "SAP Ariba"), ('coupa', "Coupa"),
    ('own', "Their own portal"), ('email', "E-mail"), ('post', "Post")]


class LeanpayDebtor(models.Model):
    """How a customer approves and pays: what big companies and public buyers want before they pay at all."""

    _inherit = 'leanpay.debtor'

    approval_circuit = fields.Html(
        help="Who checks, who approves, who pays, in which order, and who can be called when it takes too long.")
    approval_days = fields.Integer(
        string="Days to Approve", help="From the invoice's arrival to the order to pay, as they say or as it shows.")
    payment_days_of_month = fields.Char(
        string="Payment Days", help="Days of the month on which they pay, such as “10, 25”. Empty: any day.")
    platform = fields.Selection(PLATFORMS, string="Invoices Go Through", help="Where they must receive invoices.")
    service_code = fields.Char(
        help="Which service of a public buyer the invoice is for (“code service” of Chorus Pro).")
    commitment_number_required = fields.Boolean(
        help="Invoices without the number of the order or commitment (“numéro d’engagement”) are refused.")
    has_circuit = fields.Boolean(compute='_compute_has_circuit')

    _approval_days_positive = models.Constraint(
        'CHECK(approval_days BETWEEN 0 AND 365)', "The number of days to approve must be between 0 and 365.")

    @api.depends('approval_circuit', 'approval_days', 'payment_days_of_month', 'platform', 'service_code',
                 'commitment_number_required')
    def _compute_has_circuit(self):
        for debtor in self:
            debtor.has_circuit = bool(
                debtor.approval_circuit or debtor.approval_days or debtor.payment_days_of_month or debtor.platform
                or debtor.service_code or debtor.commitment_number_required)

    @api.constrains('payment_days_of_month')
    def _check_payment_days_of_month(self):
        for debtor in self:
            days = re.split(r'[\s,;]+', (debtor.payment_days_of_month or '').strip())
            if days != [''] and not all(day.isdecimal() and 1 <= int(day) <= 31 for day in days):
                raise ValidationError(self.env._(
                    "Write the payment days as days of the month, from 1 to 31, such as “10, 25”."))
