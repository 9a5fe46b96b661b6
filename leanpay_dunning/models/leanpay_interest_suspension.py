from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LeanpayInterestSuspension(models.Model):
    """Days on which a debtor's items, or some of them, bear no interest."""

    _name = 'leanpay.interest.suspension'
    _description = "Suspension of Late Interest"
    _order = 'date_from DESC, id DESC'
    _check_company_auto = True

    debtor_id = fields.Many2one(
        'leanpay.debtor', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='debtor_id.company_id', store=True)
    partner_id = fields.Many2one(related='debtor_id.partner_id')
    kind = fields.Selection([
        ('grace', "Period of grace given by a judge"),
        ('plan', "Payment plan"),
        ('refund', "Direct debit paid, then refunded"),
        ('commercial', "Commercial decision"),
        ('other', "Other"),
    ], required=True, default='commercial')
    item_ids = fields.Many2many(
        'account.move.line', string="Items", check_company=True,
        domain="[('partner_id.commercial_partner_id', '=', partner_id), ('parent_state', '=', 'posted'), "
               "('account_id.account_type', '=', 'asset_receivable')]",
        help="Empty: every item of this customer.")
    date_from = fields.Date(string="From", required=True, help="First day without interest.")
    date_until = fields.Date(string="Until", help="Last day without interest. Empty: until further notice.")
    note = fields.Char(string="Reason")

    @api.constrains('date_from', 'date_until')
    def _check_dates(self):
        for suspension in self:
            if suspension.date_until and suspension.date_until < suspension.date_from:
                raise ValidationError(self.env._(
                    "The suspension of interest of %(customer)s ends before it starts: correct its dates.",
                    customer=suspension.debtor_id.display_name))

    @api.constrains('item_ids', 'debtor_id')
    def _check_items(self):
        for suspension in self:
            if suspension.item_ids.partner_id.commercial_partner_id - suspension.partner_id:
                raise ValidationError(self.env._(
                    "A suspension of interest of %(customer)s can only name items of this customer.",
                    customer=suspension.debtor_id.display_name))

    def _pauses(self):
        """Tell whether this kind of suspension stops interest in its company.

        :rtype: bool
        """
        if self.kind == 'plan':
            return self.company_id.dunning_plan_interest != 'all'
        if self.kind == 'refund':
            return self.company_id.dunning_refund_interest == 'refund'
        return True
