from odoo import api, fields, models

from ..models.const import SOURCES

WORKDAYS = 5


class LeanpayPromiseMake(models.TransientModel):
    """Notes a promise in one click: the overdue items and a near day are filled in."""

    _name = 'leanpay.promise.make'
    _inherit = ['leanpay.agreement.dialog']
    _description = "Note a Promise"
    _check_company_auto = True

    amount = fields.Monetary(
        string="Will Pay", compute='_compute_amount', store=True, readonly=False,
        help="Less than the balance of the items: the oldest are paid first, and the rest is still chased.")
    date_promised = fields.Date(
        string="On", compute='_compute_date_promised', store=True, readonly=False, required=True,
        precompute=True)
    source = fields.Selection(SOURCES, string="Said By", required=True, default='person')
    note = fields.Char(string="Details", help="What was said, in the words of the customer.")

    # === COMPUTE METHODS === #

    @api.depends('total')
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.total

    @api.depends('debtor_id')
    def _compute_date_promised(self):
        for wizard in self:
            company = wizard.company_id or self.env.company
            wizard.date_promised = company._dunning_window().calendar.add(company._dunning_today(), WORKDAYS)

    # === ACTION METHODS === #

    def action_promise(self):
        """Note the promise and close the dialog."""
        self.ensure_one()
        self.debtor_id._promise(
            dict.fromkeys(self.item_ids), self.date_promised, source=self.source, note=self.note or '',
            amount=self.amount)
        self.reply_id._read_as('promise')
        return {'type': 'ir.actions.act_window_close'}
