from odoo import fields, models


class LeanpayPromiseLine(models.Model):
    """What is promised for one item, and what was owed and settled then."""

    _name = 'leanpay.promise.line'
    _description = "Item of a Promise"
    _order = 'promise_id, id'
    _check_company_auto = True

    promise_id = fields.Many2one('leanpay.promise', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='promise_id.company_id', store=True)
    currency_id = fields.Many2one(related='promise_id.currency_id')
    move_line_id = fields.Many2one(
        'account.move.line', string="Item", required=True, index=True, ondelete='cascade', check_company=True)
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    date_maturity = fields.Date(related='move_line_id.date_maturity', string="Due Date")
    amount = fields.Monetary(string="Promised", required=True)
    amount_owed = fields.Monetary(string="Owed Then", required=True, help="Balance of the item when it was promised.")
    amount_paid_before = fields.Monetary(required=True, help="What had been paid before: it does not keep the promise.")
    amount_credited_before = fields.Monetary(required=True)

    _amount_positive = models.Constraint('CHECK(amount > 0)', "The amount promised for an item must be positive.")
    _item_unique = models.Constraint('UNIQUE(promise_id, move_line_id)', "This item is already in this promise.")
