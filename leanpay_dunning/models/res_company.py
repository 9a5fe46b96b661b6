from datetime import UTC, datetime, time

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..engine.facts import Policy
from ..engine.workdays import Calendar, SendWindow, _zone

WEEKDAYS = {'mon_fri': range(5), 'mon_sat': range(6), 'all': range(7)}


class ResCompany(models.Model):
    _inherit = 'res.company'

    dunning_active = fields.Boolean(string="Dunning", help="Plan and send reminders for this company.")
    dunning_scenario_id = fields.Many2one(
        'leanpay.scenario', string="Default Scenario", ondelete='restrict',
        default=lambda self: self.env.ref('leanpay_dunning.leanpay_scenario_standard', raise_if_not_found=False),
        domain="[('company_id', 'in', (False, id))]",
        help="For customers without a scenario of their own and without a payer profile.")
    dunning_first_run = fields.Selection(
        [('sequential', "Start at the first level"), ('jump', "Start at the level their lateness deserves"),
         ('new', "Leave alone what fell due before the start")],
        string="Old Debts", required=True, default='sequential',
        help="What happens to items already late when dunning starts. None of them ever starts at a formal notice.")
    dunning_start_date = fields.Date(string="Dunning Start")
    dunning_approved = fields.Boolean(
        string="First Run Approved", help="Until somebody approves the first run, nothing leaves by itself.")
    dunning_minimum_amount = fields.Monetary(
        string="Minimum Amount",
        help="Nobody is bothered for this amount or less, credits deducted. A scenario may have a minimum of its own.")
    dunning_contact_gap = fields.Integer(
        string="Days Between Contacts", default=5, help="A customer is never contacted twice within these days.")
    dunning_sent_grace = fields.Integer(
        string="Days After Sending", default=5,
        help="An invoice sent late is not reminded of within these days, even when it is past its due date.")
    dunning_window_start = fields.Float(string="Send From", default=8.0)
    dunning_window_end = fields.Float(string="Send Until", default=18.0)
    dunning_weekdays = fields.Selection(
        [('mon_fri', "Monday to Friday"), ('mon_sat', "Monday to Saturday"), ('all', "Every day")],
        string="Working Days", required=True, default='mon_fri',
        help="Reminders leave on these days only, never on a public holiday of the company's country.")
    dunning_tz = fields.Selection(
        _tz_get, string="Time Zone", required=True, default=lambda self: self.env.user.tz or 'Europe/Paris')
    dunning_email_from = fields.Char(
        string="Sender", help="Address that reminders come from. Empty: the company's e-mail address.")
    dunning_user_id = fields.Many2one(
        'res.users', string="Default Collector", domain=[('share', '=', False)],
        help="In charge of customers without a collector of their own.")
    dunning_profile_mode = fields.Selection(
        [('suggest', "Suggest them"), ('accept', "Use them without asking")],
        string="Payer Profiles", required=True, default='suggest',
        help="What becomes of the profile that a customer's behaviour shows. A profile that somebody decided to keep "
             "never changes by itself.")

    _dunning_minimum_positive = models.Constraint(
        'CHECK(dunning_minimum_amount >= 0)', "The minimum amount to remind for cannot be negative.")
    _dunning_contact_gap_positive = models.Constraint(
        'CHECK(dunning_contact_gap BETWEEN 0 AND 365)',
        "The number of days between two contacts must be between 0 and 365.")
    _dunning_sent_grace_positive = models.Constraint(
        'CHECK(dunning_sent_grace BETWEEN 0 AND 365)',
        "The number of days after an invoice was sent must be between 0 and 365.")

    # === CONSTRAINT METHODS === #

    @api.constrains('dunning_window_start', 'dunning_window_end')
    def _check_dunning_window(self):
        for company in self:
            # A clock shows minutes: what is compared is what will be used.
            if not 0 <= _minutes(company.dunning_window_start) < _minutes(company.dunning_window_end) <= 24 * 60:
                raise ValidationError(self.env._(
                    "The send window of %(company)s must begin before it ends, within one day.",
                    company=company.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered('dunning_active')._start_dunning()
        return companies

    def write(self, vals):
        """Remember the day dunning was first switched on, which separates old debts from new ones, and let automatic
        reminders go, or stop them, with the approval of the first run."""
        changed = self.browse()
        if 'dunning_approved' in vals:
            changed = self.filtered(lambda company: company.dunning_approved != bool(vals['dunning_approved']))
        result = super().write(vals)
        if vals.get('dunning_active'):
            self._start_dunning()
        if changed:
            changed._dunning_release(bool(vals['dunning_approved']))
        return result

    # === BUSINESS METHODS === #

    def _start_dunning(self):
        """Remember the first day, and give each company its own numbers of formal notices."""
        for company in self.filtered(lambda company: not company.dunning_start_date):
            company.dunning_start_date = company._dunning_today()
        # sudo: whoever may switch dunning on need not be allowed to manage sequences
        sequences = self.env['ir.sequence'].sudo()
        numbered = sequences.search([('code', '=', 'leanpay.formal.notice'), ('company_id', 'in', self.ids)]).company_id
        shared = self.env.ref('leanpay_dunning.sequence_formal_notice', raise_if_not_found=False)
        if shared:
            for company in self - numbered:
                shared.sudo().copy({'company_id': company.id, 'number_next': 1})

    def _dunning_release(self, approved):
        """Let the planned reminders of automatic steps leave, or hold those that no person approved by name.

        :param approved: whether the first run is approved
        """
        # sudo: whoever decides this for the company need not be allowed to change reminders
        reminders = self.env['leanpay.reminder'].sudo().search([
            ('company_id', 'in', self.ids), ('step_id.approval', '=', 'automatic'), ('approved_by_id', '=', False),
            ('state', '=', 'planned' if approved else 'approved')])
        # A text that no longer fits its amounts still waits for a person, with the messages that go with it.
        if approved:
            reminders = reminders.filtered(lambda reminder: not (reminder.primary_id or reminder).read_again)
        # What one of them waited for, a bank account or the mail server, is looked at again when it leaves.
        reminders.write({'state': 'approved' if approved else 'planned', 'error': False})
        self.env['leanpay.planner'].sudo()._refresh(reminders.debtor_id)

    def _dunning_need_attention(self, code, summary, note):
        """Ask the default collector of this company to repair what stops its whole dunning, once as long as it lasts.

        What was asked and is not done yet says the latest note.

        :param code: what it is about; avoids doubles whatever the language and the wording
        :param summary: what happened, one line
        :param note: text of the activity, of one or several lines
        """
        self.ensure_one()
        # sudo: asked by a scheduled action, whoever runs it
        partner = self.partner_id.sudo()
        note = Markup('<p>%s</p>') % Markup('<br/>').join(note.split('\n'))
        asked = partner.activity_ids.filtered(lambda activity: activity.dunning_code == code)
        asked._dunning_retell(note)
        if not asked:
            partner.activity_schedule(
                'mail.mail_activity_data_warning', summary=summary, note=note, dunning_code=code,
                user_id=(self.dunning_user_id or self.env.ref('base.user_admin')).id)

    def _dunning_attention_given(self, code):
        """Close what was asked of the default collector: it was repaired. See `_dunning_need_attention`."""
        self.partner_id.sudo().activity_ids.filtered(lambda activity: activity.dunning_code == code).action_feedback()

    def _check_dunning_ready(self):
        """Refuse to plan for a company that has not said how."""
        for company in self:
            if not company.dunning_active:
                raise UserError(self.env._(
                    "Dunning is off for %s. Switch it on in the Invoicing settings.", company.name))
            if not company.dunning_scenario_id:
                raise UserError(self.env._(
                    "%s has no default dunning scenario. Choose one in the Invoicing settings.", company.name))

    def _dunning_today(self, moment=None):
        """Return the day it is in this company.

        :param moment: aware datetime; now when None
        """
        self.ensure_one()
        moment = moment or fields.Datetime.now().replace(tzinfo=UTC)
        return moment.astimezone(_zone(self.dunning_tz or 'UTC')).date()

    def _dunning_window(self):
        """Return when messages of this company may leave.

        :rtype: engine.workdays.SendWindow
        """
        self.ensure_one()
        calendar = Calendar(
            country=self.country_id.code or None, weekdays=frozenset(WEEKDAYS[self.dunning_weekdays]))
        return SendWindow(
            calendar, _clock(self.dunning_window_start), _clock(self.dunning_window_end), self.dunning_tz or 'UTC')

    def _dunning_window_open(self, moment=None):
        """Tell whether messages may leave at this moment (now when None)."""
        return self._dunning_window().is_open(moment or datetime.now(UTC))

    def _dunning_policy(self):
        """Return what this company decided, as the engine reads it.

        :rtype: engine.facts.Policy
        """
        self.ensure_one()
        scenarios = self.env['leanpay.scenario'].sudo().search([('company_id', 'in', (False, self.id))])
        conditional = scenarios.filtered('has_condition') - self.dunning_scenario_id
        return Policy(
            scenarios=scenarios._engine_scenarios(self.dunning_minimum_amount),
            fallback_ids=(*conditional.ids, *self.dunning_scenario_id.ids),
            contact_gap=self.dunning_contact_gap,
            first_run=self.dunning_first_run,
            start_date=self.dunning_start_date,
        )


def _minutes(hours):
    return round(hours * 60)


def _clock(hours):
    """Return a time of day from a float of hours; midnight at the end is the last microsecond of the day."""
    minutes = _minutes(hours)
    return time(minutes // 60, minutes % 60) if minutes < 24 * 60 else time.max
