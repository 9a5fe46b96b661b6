from odoo import fields, models


class ResCompany(models.Model):
    """What this company lets its collectors agree to: payment plans."""

    _inherit = 'res.company'

    dunning_plan_amount = fields.Monetary(
        string="Plans up to", default=5000, help="A collector grants plans up to this amount alone. Zero: any amount.")
    dunning_plan_months = fields.Integer(
        string="Instalments up to", default=6,
        help="A collector grants plans of so many instalments alone. Zero: any number.")
    dunning_plan_months_max = fields.Integer(
        string="Longest Plan", default=24, help="Instalments that nobody may exceed. Zero: no limit.")
    dunning_plan_breach_days = fields.Integer(
        string="Tolerance", default=7, help="Days after which an instalment that is not paid counts as missed.")
    dunning_plan_breach_missed = fields.Integer(
        string="Missed Instalments", default=1, help="Missing so many instalments ends a plan.")
    dunning_plan_validity = fields.Integer(
        string="Proposals Are Valid", default=10, help="Days during which a customer may accept a proposed plan.")
    dunning_plan_remind_days = fields.Integer(
        string="Remind Before", default=3, help="Days before an instalment on which the customer is reminded of it.")

    _dunning_plan_positive = models.Constraint(
        'CHECK(dunning_plan_amount >= 0 AND dunning_plan_months >= 0 AND dunning_plan_months_max >= 0 '
        'AND dunning_plan_breach_days >= 0 AND dunning_plan_breach_missed >= 1 AND dunning_plan_validity >= 0 '
        'AND dunning_plan_remind_days >= 0)',
        "The limits of payment plans cannot be negative, and a plan ends with one missed instalment or more.")
