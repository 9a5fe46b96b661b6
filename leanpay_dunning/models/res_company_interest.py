from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.interest import Options


class ResCompany(models.Model):
    """What the law of late interest leaves open: each company answers once, and each default claims the least."""

    _name = 'res.company'
    _inherit = ['res.company', 'leanpay.contract.rate.mixin']

    dunning_day_count = fields.Selection([
        ('regime', "As the law of the country says"),
        ('act/365', "Days / 365"),
        ('act/act', "Days / days of the year"),
        ('act/360', "Days / 360"),
        ('30/360', "Months of 30 days / 360"),
    ], string="Count of Days", required=True, default='regime')
    dunning_interest_days = fields.Selection([
        ('after_due', "From the day after the due date to the day of payment"),
        ('from_due', "From the due date to the day before payment"),
    ], string="Days That Count", required=True, default='after_due')
    dunning_low_statutory = fields.Selection([
        ('apply', "Applies all the same"),
        ('raise', "Is raised to the floor"),
    ], string="Legal Rate under the Floor", required=True, default='apply',
        help="The floor of contractual rates was higher than the French legal rate in 2024.")
    dunning_low_contract = fields.Selection([
        ('default', "Gives way to the legal rate"),
        ('floor', "Is raised to the floor"),
    ], string="Contractual Rate under the Floor", required=True, default='default')
    dunning_imputation = fields.Selection([
        ('principal_first', "The debt first: the lower claim"),
        ('interest_first', "The interest first (French civil code, art. 1343-1)"),
    ], string="Part Payments Pay", required=True, default='principal_first')
    dunning_indemnity_per = fields.Selection([
        ('invoice', "Once per invoice"),
        ('instalment', "Once per late instalment"),
    ], string="Recovery Indemnity Due", required=True, default='invoice')
    dunning_credit_effect = fields.Selection([
        ('from_start', "From the start: it reduces the price"),
        ('from_date', "From its date"),
    ], string="Credit Notes Count", required=True, default='from_start')
    dunning_plan_interest = fields.Selection([
        ('overdue', "On overdue instalments only"),
        ('all', "On everything, as without a plan"),
        ('suspended', "Is suspended"),
    ], string="Interest during a Plan", required=True, default='overdue')
    dunning_notice_days = fields.Selection([
        ('mon_fri', "Monday to Friday"),
        ('mon_sat', "Monday to Saturday"),
    ], string="Working Days of a Free Reminder", required=True, default='mon_fri',
        help="Belgian consumers: their fourteen days start on the third working day after a letter was posted.")
    dunning_due_roll = fields.Selection([
        ('none', "Stays where it is"),
        ('next', "Moves to the next working day"),
    ], string="Due Date on a Day Off", required=True, default='none')
    dunning_rounding = fields.Selection([
        ('segment', "Each printed line, so that the table adds up"),
        ('total', "Once, on the total"),
    ], string="Interest Rounded On", required=True, default='segment')
    dunning_unknown_type = fields.Selection([
        ('consumer', "A consumer: nothing is claimed that a consumer does not owe"),
        ('professional', "A professional"),
    ], string="A Customer of Unknown Type Is", required=True, default='consumer')
    dunning_refund_interest = fields.Selection([
        ('original', "Since the original due date"),
        ('refund', "Since the refund"),
    ], string="Refunded Direct Debit Is Late", required=True, default='original')
    dunning_missing_rate = fields.Selection([
        ('no_claim', "Claims nothing for these days"),
        ('provisional', "Uses the last known rate, marked as provisional"),
    ], string="A Missing Reference Rate", required=True, default='no_claim')
    dunning_entry_interest = fields.Boolean(
        string="Interest on Opening Balances",
        help="Entries that are no invoices, such as opening balances, bear interest too. Off: their due dates rarely "
             "come from the contract.")

    dunning_claim_booking = fields.Selection([
        ('shown', "Shown, never booked"),
        ('claimed', "Booked as a debit note when claimed"),
        ('collected', "Booked when collected"),
    ], string="Claims Are", required=True, default='shown',
        help="A debit note is an entry without VAT of its own: the customer's invoice never changes.")
    dunning_claim_journal_id = fields.Many2one(
        'account.journal', string="Journal of Claims", domain=[('type', '=', 'general')], check_company=True)
    dunning_interest_account_id = fields.Many2one(
        'account.account', string="Account of Interest", check_company=True,
        domain=[('account_type', 'in', ('income', 'income_other'))], help="In France, 763 for example.")
    dunning_indemnity_account_id = fields.Many2one(
        'account.account', string="Account of Indemnities", check_company=True,
        domain=[('account_type', 'in', ('income', 'income_other'))], help="In France, 758 for example.")
    dunning_portal_charges = fields.Boolean(
        string="Customers see interest and indemnities on their invoices",
        help="On the portal page of a late invoice: what the law adds to it to date.")

    @api.constrains(
        'dunning_claim_booking', 'dunning_claim_journal_id', 'dunning_interest_account_id',
        'dunning_indemnity_account_id')
    def _check_claim_booking(self):
        for company in self.filtered(lambda one: one.dunning_claim_booking != 'shown'):
            if not (company.dunning_claim_journal_id and company.dunning_interest_account_id
                    and company.dunning_indemnity_account_id):
                raise ValidationError(self.env._(
                    "%s: to book what is claimed, choose a journal and the accounts of interest and of indemnities.",
                    company.name))

    def _interest_options(self):
        """Return the company's answers as the engine reads them.

        :rtype: engine.interest.Options
        """
        self.ensure_one()
        return Options(
            days=self.dunning_interest_days, below_floor_default=self.dunning_low_statutory,
            below_floor_contract=self.dunning_low_contract, imputation=self.dunning_imputation,
            credits=self.dunning_credit_effect, rounding=self.dunning_rounding, missing=self.dunning_missing_rate,
            day_count='' if self.dunning_day_count == 'regime' else self.dunning_day_count)
