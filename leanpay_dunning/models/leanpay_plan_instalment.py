from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

TERMS = {'date', 'amount'}


class LeanpayPlanInstalment(models.Model):
    """What is to be paid by a day. What settles it is computed from the payments of the plan's items."""

    _name = 'leanpay.plan.instalment'
    _description = "Instalment of a Payment Plan"
    _order = 'date, id'
    _check_company_auto = True
    _rec_name = 'date'

    plan_id = fields.Many2one('leanpay.plan', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='plan_id.company_id', store=True)
    partner_id = fields.Many2one(related='plan_id.partner_id', string="Customer")
    currency_id = fields.Many2one(related='plan_id.currency_id')
    plan_state = fields.Selection(related='plan_id.state', string="State of the Plan", store=True)
    date = fields.Date(required=True, index=True)
    amount = fields.Monetary(required=True)
    amount_due = fields.Monetary(readonly=True, help="Less what credit notes have settled since.")
    amount_paid = fields.Monetary(string="Paid", readonly=True)
    paid_on = fields.Date(readonly=True)
    state = fields.Selection([
        ('upcoming', "To come"), ('partly', "Partly paid"), ('due', "Due today"), ('late', "Late"), ('paid', "Paid"),
    ], readonly=True, default='upcoming', index=True)
    share_paid = fields.Float(string="Paid (%)", compute='_compute_share_paid')
    reminded_on = fields.Date(readonly=True, help="Day on which the customer was reminded that it was coming.")
    late_told_on = fields.Date(readonly=True, help="Day on which the customer was told that it was late.")

    _amount_positive = models.Constraint('CHECK(amount > 0)', "An instalment must be more than zero.")

    # === COMPUTE METHODS === #

    @api.depends('amount_due', 'amount_paid', 'state')
    def _compute_share_paid(self):
        for instalment in self:
            instalment.share_paid = 100 * instalment.amount_paid / instalment.amount_due if (
                instalment.amount_due) else 100 * (instalment.state == 'paid')

    @api.depends('partner_id', 'amount', 'currency_id')
    def _compute_display_name(self):
        for instalment in self:
            amount = format_amount(self.env, instalment.amount, instalment.currency_id)
            instalment.display_name = f"{instalment.partner_id.name} · {amount}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Let people plan freely while nothing is agreed."""
        instalments = super().create(vals_list)
        instalments._check_draft()
        return instalments

    def write(self, vals):
        """Refuse to change what was proposed or agreed, and what follows from payments."""
        if not self.env.su and vals.keys() - TERMS:
            raise UserError(self.env._("What is paid of an instalment follows from the payments."))
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_draft()

    def _check_draft(self):
        if not self.env.su and any(instalment.plan_id.state != 'draft' for instalment in self):
            raise UserError(self.env._(
                "The instalments of a plan that was proposed or agreed cannot change. Cancel the plan and make "
                "another."))

    # === BUSINESS METHODS === #

    @property
    def _left(self):
        """What is still to be paid of it."""
        return self.currency_id.round(self.amount_due - self.amount_paid)

    @api.model
    def _remind(self, company, today):
        """Tell customers of the instalments that are near, and of those that are late, once each.

        :param company: res.company
        :param today: day in the company's time zone
        """
        running = [('plan_state', '=', 'running'), ('company_id', '=', company.id), ('state', '!=', 'paid')]
        near = self.search([*running, ('reminded_on', '=', False), ('date', '>=', today),
                            ('date', '<=', today + timedelta(days=company.dunning_plan_remind_days))])
        # The first one is asked for in the confirmation itself.
        near = near.filtered(lambda instalment: instalment.plan_id.accepted_on != today)
        late = self.search([*running, ('late_told_on', '=', False), ('date', '<', today)])
        for instalments, name in ((near, 'reminded_on'), (late, 'late_told_on')):
            for instalment in instalments.try_lock_for_update():
                instalment._tell(name, today)

    def _tell(self, name, today):
        """Write to the customer about an instalment, and note it, or leave neither."""
        plan = self.plan_id
        plan._one_by_one(lambda plan: (
            self.write({name: today}), plan.debtor_id._write_to('leanpay_dunning.mail_template_plan_instalment', self)))
