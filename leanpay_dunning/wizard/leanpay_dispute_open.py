from odoo import api, fields, models

from ..models.const import SOURCES


class LeanpayDisputeOpen(models.TransientModel):
    """Notes a dispute in one click: the customer's items are filled in, each with what is disputed of it."""

    _name = 'leanpay.dispute.open'
    _inherit = ['leanpay.agreement.dialog']
    _description = "Note a Dispute"
    _check_company_auto = True

    category_id = fields.Many2one('leanpay.dispute.category')
    description = fields.Text(help="What the customer says is wrong, in their words.")
    source = fields.Selection(SOURCES, string="Said By", required=True, default='person')
    attachment_ids = fields.Many2many('ir.attachment', string="Files")
    line_ids = fields.One2many(
        'leanpay.dispute.open.line', 'wizard_id', string="Amounts Disputed", compute='_compute_line_ids', store=True,
        readonly=False)

    @api.depends('debtor_id', 'item_ids')
    def _compute_line_ids(self):
        for wizard in self:
            disputed = wizard.debtor_id._disputed_amounts()
            lines = [(item, item.currency_id.round(item.amount_residual_currency - disputed.get(item.id, 0)))
                     for item in wizard.item_ids._origin]
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create({'move_line_id': item.id, 'amount': left}) for item, left in lines if left > 0]

    def action_dispute(self):
        """Note the dispute and open it."""
        self.ensure_one()
        dispute = self.debtor_id._dispute(
            {line.move_line_id: line.amount for line in self.line_ids}, self.category_id, self.description or '',
            source=self.source, attachments=self.attachment_ids)
        self.reply_id._read_as('dispute')
        return dispute._get_records_action()


class LeanpayDisputeOpenLine(models.TransientModel):
    """What is disputed of one item."""

    _name = 'leanpay.dispute.open.line'
    _description = "Item to Dispute"

    wizard_id = fields.Many2one('leanpay.dispute.open', required=True, ondelete='cascade')
    move_line_id = fields.Many2one('account.move.line', string="Item", required=True)
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    date_maturity = fields.Date(related='move_line_id.date_maturity', string="Due Date")
    currency_id = fields.Many2one(related='move_line_id.currency_id')
    residual = fields.Monetary(related='move_line_id.amount_residual_currency', string="Balance")
    amount = fields.Monetary(string="Disputed", required=True)
