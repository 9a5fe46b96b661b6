from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ..engine.facts import Step
from .const import CHANNELS, CHARGE_MENTIONS, LEVELS
from .leanpay_condition_mixin import CONDITION_FIELDS


class LeanpayScenarioStep(models.Model):
    _name = 'leanpay.scenario.step'
    _description = "Step of a Dunning Scenario"
    _inherit = ['leanpay.condition.mixin']
    _order = 'scenario_id, delay, level, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    # Planning marks the step itself, so that whoever deletes it at that moment meets a conflict.
    used = fields.Boolean(readonly=True, copy=False, help="Reminders keep it as their proof: it cannot be deleted.")
    scenario_id = fields.Many2one('leanpay.scenario', required=True, ondelete='cascade', index=True)
    level = fields.Selection(LEVELS, required=True, default='1')
    delay = fields.Integer(
        string="Days from Due Date", default=7, help="Days after the due date; a negative number is days before it.")
    gap = fields.Integer(
        string="Minimum Gap", default=7, help="Days that must pass since the step sent before this one.")
    end_of_month = fields.Boolean(help="Wait until the last day of the month of that date.")
    channel = fields.Selection(CHANNELS, required=True, default='email', string="Contact By")
    also_channel = fields.Selection(
        CHANNELS, string="And By", help="A second message about the same items, on the same day.")
    fallback_channel = fields.Selection(
        CHANNELS, string="Otherwise By", default='activity',
        help="Used when the customer has no address for the first one.")
    approval = fields.Selection(
        [('automatic', "Automatic"), ('manual', "To approve")], required=True, default='automatic',
        help="Automatic: leaves by itself in the send window. To approve: waits in the reminders for a person.")
    mail_template_id = fields.Many2one(
        'mail.template', domain=[('model', '=', 'leanpay.reminder')], ondelete='restrict')
    sms_template_id = fields.Many2one('sms.template', domain=[('model', '=', 'leanpay.reminder')], ondelete='restrict')
    attach_invoices = fields.Boolean(
        help="The invoices' PDFs, those already made: none is made for the occasion.")
    attach_statement = fields.Boolean(help="A list of every open item, as a PDF.")
    attach_letter = fields.Boolean(help="The letter of this level, as a PDF.")
    responsible = fields.Selection(
        [('collector', "Collector"), ('salesperson', "Salesperson"), ('user', "Someone else")],
        required=True, default='collector', help="Who makes the call, posts the letter or does the activity.")
    user_id = fields.Many2one('res.users', string="Person", domain=[('share', '=', False)])
    call_script = fields.Html(translate=True, help="What to say on the phone. Shown with the open items.")
    answer_days = fields.Integer(
        string="Days to Pay", default=8,
        help="The deadline that a letter gives, counted from the day it is received.")
    interest_mention = fields.Selection(
        CHARGE_MENTIONS, string="Late Interest", required=True, default='none',
        help="Mentioned: a sentence with the figure. Claimed: added to the total, with the calculation.")
    indemnity_mention = fields.Selection(
        CHARGE_MENTIONS, string="Recovery Indemnity", required=True, default='none',
        help="40 € per invoice in the European Union, from professionals only.")
    color = fields.Integer(compute='_compute_color')

    _gap_positive = models.Constraint('CHECK(gap >= 0)', "The minimum gap between two steps cannot be negative.")
    _answer_days_positive = models.Constraint(
        'CHECK(answer_days > 0)', "The deadline to pay must be at least one day.")

    # === COMPUTE METHODS === #

    @api.depends('level')
    def _compute_color(self):
        for step in self:
            step.color = {'0': 4, '1': 10, '2': 3, '3': 2, '4': 1, '5': 9}.get(step.level, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains('scenario_id', 'level', 'delay', 'end_of_month', 'active', *CONDITION_FIELDS)
    def _check_scenario(self):
        self.scenario_id._check_steps()

    @api.constrains('level', 'delay')
    def _check_delay(self):
        for step in self:
            if step.level == '0' and step.delay > 0:
                raise ValidationError(self.env._(
                    "The preventive step “%(step)s” comes %(delay)s days after the due date. A preventive step comes "
                    "on the due date at the latest: use a negative delay, or another level.",
                    step=step.name, delay=step.delay))
            if step.level != '0' and step.delay < 0:
                raise ValidationError(self.env._(
                    "The step “%(step)s” comes before the due date. Only a preventive step may: use a positive delay, "
                    "or the preventive level.", step=step.name))

    @api.constrains('channel', 'also_channel', 'fallback_channel', 'mail_template_id', 'sms_template_id')
    def _check_templates(self):
        for step in self:
            channels = {step.channel, step.also_channel, step.fallback_channel}
            if 'email' in channels and not step.mail_template_id:
                raise ValidationError(self.env._(
                    "The step “%(step)s” sends e-mails but has no e-mail template. Choose one.", step=step.name))
            if 'sms' in channels and not step.sms_template_id:
                raise ValidationError(self.env._(
                    "The step “%(step)s” sends SMS but has no SMS template. Choose one.", step=step.name))
            template = step.mail_template_id
            if template and (not (template.subject or '').strip() or is_html_empty(template.body_html)):
                raise ValidationError(self.env._(
                    "The e-mail template “%(template)s” of the step “%(step)s” has no subject or no text. Complete it.",
                    template=template.name, step=step.name))

    @api.constrains('responsible', 'user_id')
    def _check_responsible(self):
        for step in self:
            if step.responsible == 'user' and not step.user_id:
                raise ValidationError(self.env._(
                    "The step “%(step)s” is done by someone else, but nobody is named. Choose a person.",
                    step=step.name))

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered('used')[:1]
        if used:
            raise UserError(self.env._(
                "The step “%(step)s” has been used in reminders, which keep it as their proof. Archive it instead.",
                step=used.name))

    # === BUSINESS METHODS === #

    def _engine_step(self):
        """Return the engine's view of this step.

        :rtype: engine.facts.Step
        """
        self.ensure_one()
        return Step(
            id=self.id, level=int(self.level), delay=self.delay, gap=self.gap, end_of_month=self.end_of_month,
            condition=self._condition(),
        )

    def _responsible_of(self, debtor):
        """Return the user who does what this step asks for a debtor, never nobody.

        Somebody archived, or who may not see the debtor, is passed over.

        :param debtor: one leanpay.debtor
        :rtype: res.users
        """
        self.ensure_one()
        chosen = {
            'collector': debtor.collector_id,
            'salesperson': debtor.partner_id.user_id,
            'user': self.user_id,
        }[self.responsible]
        return debtor._able(chosen) or debtor._default_collector()
