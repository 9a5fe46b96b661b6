from odoo import fields, models


class LeanpayPlanItem(models.Model):
    """An item that a plan pays, and what was owed and settled of it when it was agreed."""

    _name = 'leanpay.plan.item'
    _description = "Item of a Payment Plan"
    _order = 'plan_id, id'
    _check_company_auto = True

    plan_id = fields.Many2one('leanpay.plan', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='plan_id.company_id', store=True)
    currency_id = fields.Many2one(related='plan_id.currency_id')
    move_line_id = fields.Many2one(
        'account.move.line', string="Item", required=True, index=True, ondelete='cascade', check_company=True)
    move_id = fields.Many2one(related='move_line_id.move_id', string="Invoice")
    date_maturity = fields.Date(related='move_line_id.date_maturity', string="Due Date")
    residual = fields.Monetary(related='move_line_id.amount_residual_currency', string="Balance")
    amount = fields.Monetary(string="In the Plan", required=True, help="What was owed when the plan was made.")
    amount_paid_before = fields.Monetary(required=True, help="What had been paid before: it settles no instalment.")
    amount_credited_before = fields.Monetary(required=True)

    _item_unique = models.Constraint('UNIQUE(plan_id, move_line_id)', "This item is already in this plan.")
