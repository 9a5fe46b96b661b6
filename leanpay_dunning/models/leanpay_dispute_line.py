from odoo import fields, models


class LeanpayDisputeLine(models.Model):
    """What is disputed of one item, and what is accepted of it in the end."""

    _name = 'leanpay.dispute.line'
    _description = "Disputed Item"
    _order = 'dispute_id, id'
    _check_company_auto = True

    dispute_id = fields.Many2one('leanpay.dispute', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='dispute_id.company_id', store=True)
    currency_id = fields.Many2one(related='dispute_id.currency_id')
    move_line_id = fields.Many2one(
        'account.move.line', string="Item", required=True, index=True, ondelete='cascade', check_company=True)
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    date_maturity = fields.Date(related='move_line_id.date_maturity', string="Due Date")
    residual = fields.Monetary(related='move_line_id.amount_residual_currency', string="Balance")
    amount = fields.Monetary(string="Disputed", required=True)
    amount_owed = fields.Monetary(
        string="Owed Then", readonly=True, help="Balance of the item when it was disputed.")
    amount_accepted = fields.Monetary(string="Accepted", readonly=True)
    credit_move_id = fields.Many2one('account.move', string="Credit Note", readonly=True, index='btree_not_null')

    _amount_positive = models.Constraint('CHECK(amount > 0)', "The amount disputed of an item must be positive.")
    _item_unique = models.Constraint('UNIQUE(dispute_id, move_line_id)', "This item is already in this dispute.")
