from odoo import api, fields, models


class LeanpayDisputeCategory(models.Model):
    """What customers dispute: who looks at it, in how many days, and how."""

    _name = 'leanpay.dispute.category'
    _description = "Category of Disputes"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    code = fields.Char(readonly=True, copy=False, help="How our own code names it; empty for your own categories.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    routing = fields.Selection([
        ('collector', "The collector"), ('salesperson', "The salesperson of the invoice"), ('user', "This person"),
    ], string="Who Looks at It", required=True, default='collector')
    user_id = fields.Many2one('res.users', string="Person", domain=[('share', '=', False)])
    deadline_days = fields.Integer(
        string="Working Days to Answer", default=10, help="After that many working days, the dispute is late.")
    procedure = fields.Text(
        translate=True, help="What to do, one line each: copied into each dispute as a list to tick off.")

    _deadline_positive = models.Constraint(
        'CHECK(deadline_days >= 0)', "The number of days to answer cannot be negative.")
    _code_unique = models.Constraint('UNIQUE(code)', "Another category already has this code.")

    @api.model
    def _by_code(self, code):
        """Return the category that our own code names, the last one of all when somebody removed it."""
        return self.search([('code', '=', code)], limit=1) or self.search([], order='sequence DESC', limit=1)

    def _deadline(self, company):
        """Return the last day to answer a dispute of this category that is noted today."""
        self.ensure_one()
        return company._dunning_bank_days().add(company._dunning_today(), self.deadline_days)

    def _owner(self, debtor, items):
        """Return who looks at a dispute of this category, never nobody.

        :param debtor: leanpay.debtor
        :param items: account.move.line, disputed
        :rtype: res.users
        """
        self.ensure_one()
        chosen = {
            'user': self.user_id, 'collector': debtor.collector_id,
            'salesperson': items.move_id.invoice_user_id[:1] or debtor.partner_id.user_id}[self.routing]
        return (chosen and debtor._able(chosen)) or debtor._default_collector()
