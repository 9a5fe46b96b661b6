import logging
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_logger = logging.getLogger(__name__)


class LeanpayRun(models.Model):
    """One pass of the daily run over one company: what was looked at, planned, voided, and what went wrong."""

    _name = 'leanpay.run'
    _description = "Dunning Run"
    _order = 'started_on DESC, id DESC'
    _rec_name = 'date'

    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company, readonly=True)
    date = fields.Date(required=True, default=lambda self: self.env.company._dunning_today(),
                       help="The day it is for. Only today can be run: use the dry run to see any other day.")
    state = fields.Selection(
        [('draft', "Draft"), ('running', "Running"), ('done', "Done"), ('errors', "Done with errors"),
         ('failed', "Failed")],
        default='draft', required=True, readonly=True)
    user_id = fields.Many2one('res.users', default=lambda self: self.env.user, readonly=True)
    started_on = fields.Datetime(readonly=True)
    duration = fields.Float(string="Duration (s)", readonly=True)
    debtor_count = fields.Integer(string="Debtors", readonly=True)
    item_count = fields.Integer(string="Items", readonly=True)
    planned_count = fields.Integer(string="Planned", readonly=True)
    kept_count = fields.Integer(string="Kept", readonly=True, help="Already planned by an earlier run, still right.")
    void_count = fields.Integer(string="Voided", readonly=True)
    error_count = fields.Integer(string="Errors", readonly=True)
    log = fields.Text(readonly=True)
    reminder_ids = fields.One2many('leanpay.reminder', 'run_id', readonly=True)
    reminder_count = fields.Integer(compute='_compute_reminder_count')
    first_run_waits = fields.Boolean(compute='_compute_first_run_waits')

    # === COMPUTE METHODS === #

    @api.depends('reminder_ids')
    def _compute_reminder_count(self):
        counts = dict(self.env['leanpay.reminder']._read_group(
            [('run_id', 'in', self.ids)], ['run_id'], ['__count']))
        for run in self:
            run.reminder_count = counts.get(run, 0)

    @api.depends('company_id.dunning_approved', 'state')
    def _compute_first_run_waits(self):
        for run in self:
            run.first_run_waits = run.state in ('done', 'errors') and not run.company_id.dunning_approved

    # === ACTION METHODS === #

    def action_run(self):
        """Plan the reminders of this run's company today: what another day would give is only shown, by the dry run."""
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self.env._("This run has already been made. Create a new one to look again."))
        self.company_id._check_dunning_ready()
        if self.date != self.company_id._dunning_today():
            raise UserError(self.env._(
                "Reminders are only planned for today, not for %s. To see what another day would give, use the dry "
                "run.", format_date(self.env, self.date)))
        self._execute()
        return self._get_records_action()

    def action_approve_first_run(self):
        """Let dunning go on by itself: what was planned with automatic steps leaves at the next delivery."""
        self.ensure_one()
        self.check_access('write')
        # sudo: a collections manager decides this, who need not be an administrator of the company
        self.company_id.sudo().dunning_approved = True
        return self.action_view_reminders()

    def action_view_reminders(self):
        """Open the reminders planned by this run."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_reminder_action')
        return action | {'domain': [('run_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    @api.model
    def _cron_plan(self):
        """Plan every company that has dunning on. One company's failure does not stop the others."""
        # The scheduled action never runs twice at once: what still runs was stopped, by a crash or a restart.
        self.search([('state', '=', 'running')]).write({
            'state': 'failed', 'log': self.env._("The run was stopped before its end. The next one goes on.")})
        companies = self.env['res.company'].search([('dunning_active', '=', True)])
        self.env['ir.cron']._commit_progress(remaining=len(companies))
        for company in companies:
            run = self.create({'company_id': company.id, 'date': company._dunning_today()})
            self.env['ir.cron']._commit_progress()
            run._execute_safely()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _execute_safely(self):
        """Plan in a cron; what fails is undone since the last batch, recorded, and given to a person."""
        try:
            self._execute()
            self.env.flush_all()
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Dunning run %s of %s failed", self.id, self.company_id.name)
            self._record_failed(error)

    def _record_failed(self, error):
        """Record why the planning of a whole company failed, and ask its default collector to have it repaired.

        :param error: exception
        """
        self.ensure_one()
        message = f"{type(error).__name__}: {error}"
        self.write({'state': 'failed', 'error_count': 1, 'log': message})
        self.company_id._dunning_need_attention('run_failed', self.env._("The dunning of the day failed"), message)

    def _execute(self):
        """Plan, batch by batch, and keep the figures. Each batch is its own transaction when run by a cron."""
        self.ensure_one()
        # sudo below: reminders are written by the planner only; who may run it was checked on the run itself
        started = time.monotonic()
        self.write({'state': 'running', 'started_on': fields.Datetime.now()})
        counts = self.env['leanpay.planner'].sudo().with_company(self.company_id)._plan_company(self)
        counts['notes'] += self.company_id._dunning_watch_bank()
        self.company_id._dunning_watch_rates(self.company_id._dunning_today())
        self.env['leanpay.interest.book']._book_exact_payments(self.company_id)
        self.write({
            'state': 'errors' if counts['errors'] else 'done',
            'duration': time.monotonic() - started,
            'debtor_count': counts['debtors'],
            'item_count': counts['items'],
            'planned_count': counts['planned'],
            'kept_count': counts['kept'],
            'void_count': counts['void'],
            'error_count': len(counts['errors']),
            'log': '\n'.join(counts['errors'] + counts['notes']) or False,
        })
        _logger.info(
            "Dunning run %s of %s: %s debtors, %s reminders planned, %s voided, %s errors in %.1f s",
            self.date, self.company_id.name, counts['debtors'], counts['planned'], counts['void'],
            len(counts['errors']), self.duration)
