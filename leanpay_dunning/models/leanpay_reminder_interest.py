from odoo import fields, models


class LeanpayReminder(models.Model):
    """The late interest and the indemnities that a reminder mentions or claims, frozen when it is made."""

    _inherit = 'leanpay.reminder'

    received_on = fields.Date(
        copy=False, help="Day on which the letter was received, by its receipt: interest that only runs from a formal "
                         "notice starts the day after.")
