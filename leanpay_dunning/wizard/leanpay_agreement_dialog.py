from odoo import api, fields, models


class LeanpayAgreementDialog(models.AbstractModel):
    """What the dialogs of agreements share: whose they are, about which items, and the answer that they settle."""

    _name = 'leanpay.agreement.dialog'
    _description = "Dialog of an Agreement"

    debtor_id = fields.Many2one('leanpay.debtor', required=True, check_company=True, readonly=True)
    reply_id = fields.Many2one('leanpay.reply', readonly=True, help="The answer that this settles.")
    company_id = fields.Many2one(related='debtor_id.company_id')
    partner_id = fields.Many2one(related='debtor_id.partner_id')
    currency_id = fields.Many2one('res.currency', compute='_compute_total')
    item_ids = fields.Many2many(
        'account.move.line', string="Items", check_company=True, compute='_compute_item_ids', store=True,
        readonly=False)
    total = fields.Monetary(compute='_compute_total')

    @api.depends('debtor_id')
    def _compute_item_ids(self):
        for dialog in self:
            if not dialog.item_ids:
                overdue = dialog.debtor_id._origin._overdue_items()
                agreed = dialog.debtor_id._origin._agreed_otherwise(overdue)
                dialog.item_ids = overdue.filtered(lambda item, agreed=agreed: item not in agreed)

    @api.depends('item_ids', 'debtor_id')
    def _compute_total(self):
        for dialog in self:
            currency = dialog.item_ids.currency_id[:1]
            dialog.currency_id = currency or dialog.debtor_id.currency_id
            dialog.total = sum(
                item.amount_residual_currency for item in dialog.item_ids if item.currency_id == currency)
