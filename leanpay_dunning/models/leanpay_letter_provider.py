from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.letter_checks import letter_problems


class LeanpayLetterProvider(models.Model):
    """Somebody who posts letters for us. Each kind sends, tells what became of letters, and gives proofs.

    Another kind is a selection added to `kind` and three methods: `_send_<kind>(reminders)`, `_fetch_<kind>()`, which
    calls `_status` and `_letter_proof_received` for what came back, and `_ready_<kind>()`, which raises what is missing
    in the settings.
    """

    _name = 'leanpay.letter.provider'
    _description = "Letter Provider"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    kind = fields.Selection([
        ('mail_house', "Mail house: files in a folder"),
        ('snailmail', "Odoo's own postal service"),
    ], required=True, default='mail_house')
    registered = fields.Boolean(help="Formal notices leave as registered letters.")
    electronic = fields.Boolean(
        help="Electronic registered letters: by e-mail, professionals, and consumers who consented.")
    color_print = fields.Boolean(string="Print in Colour")
    folder = fields.Char(
        help="Folder shared with the mail house, inside the one that the server's administrator allows.")
    minimum_days_late = fields.Integer(
        string="Formal Notices From", default=21, help="Days late of the oldest item: an earlier one is too early.")

    # === INTERFACE === #

    def _send(self, reminders):
        """Hand letters over to this provider, once each: what it already has is passed over.

        :param reminders: leanpay.reminder, letters that wait
        :raise UserError: the settings are incomplete, or a letter may not leave, and why
        """
        self.ensure_one()
        getattr(self, f'_ready_{self.kind}')()
        new = reminders.filtered(lambda reminder: reminder.provider_id != self)
        refused = {reminder: problems for reminder in new if (problems := self._problems(reminder))}
        if refused:
            raise UserError('\n'.join(
                f"{reminder.partner_id.display_name}: {' '.join(problems)}" for reminder, problems in refused.items()))
        if new:
            getattr(self, f'_send_{self.kind}')(new)
            new.write({'provider_id': self.id, 'provider_state': 'sent'})
        return new

    def _fetch(self):
        """Take in what this provider tells of its letters, and their proofs."""
        self.ensure_one()
        getattr(self, f'_fetch_{self.kind}')()

    @api.model
    def _cron_fetch(self):
        """Ask every provider; the failure of one stops no other and is told."""
        for provider in self.search([('active', '=', True)]):
            try:
                with self.env.cr.savepoint():
                    provider._fetch()
            except (UserError, OSError) as error:  # the folder may be out of reach for a while
                provider._trouble(str(error))
            if self.env.context.get('cron_id'):
                self.env['ir.cron']._commit_progress()

    def action_fetch(self):
        """Ask this provider now."""
        self.ensure_one()
        self.check_access('write')
        self.sudo()._fetch()  # sudo: what becomes of a reminder is written by nobody

    # === WHAT COMES BACK === #

    def _status(self, reminder, status, moment, tracking='', note=''):
        """Record what became of a letter; the same told twice changes nothing.

        :param status: accepted, printed, posted, delivered, returned, refused
        :param moment: naive UTC datetime
        """
        values = {'provider_state': status}
        if tracking and reminder.tracking_number != tracking:
            values['tracking_number'] = tracking
        if status == 'delivered' and not reminder.received_on:
            aware = fields.Datetime.to_datetime(moment).replace(tzinfo=UTC)
            values['received_on'] = reminder.company_id._dunning_today(aware)
        if any(reminder[name] != value for name, value in values.items()):
            reminder.write(values)
        if status in ('posted', 'delivered', 'refused') and reminder.state == 'todo':
            reminder._record_sent(moment, outcome='posted')
            reminder.activity_id.unlink()
        if status == 'returned':
            reminder.debtor_id._need_attention(
                'letter_returned', self.env._("A letter came back: correct the postal address"), note=note,
                user=reminder.user_id)

    def _problems(self, reminder):
        """Return what stands against handing a letter over, as sentences that say what to do."""
        texts = {
            'not_waiting': self.env._("This letter does not wait to be posted."),
            'no_letter': self.env._("Its PDF is not made yet: deliver the reminder first."),
            'no_address': self.env._("Complete the postal address: street, postcode and town."),
            'no_email': self.env._("Add an e-mail address: an electronic letter needs one."),
            'no_consent': self.env._(
                "A consumer gets an electronic registered letter only with their consent: note it on the customer, or "
                "post a letter."),
            'disputed': self.env._("Something of it is disputed: settle the dispute first."),
            'no_earlier_reminder': self.env._("A formal notice needs an earlier reminder that was really sent."),
            'too_early': self.env._("It is not late for %s days yet.", self.minimum_days_late),
        }
        facts = reminder._letter_facts()
        return [texts[code] for code in letter_problems(facts, self.electronic, self.minimum_days_late)]

    def _trouble(self, text):
        self.company_id._dunning_need_attention(
            'letter_provider', self.env._("Letters: %s needs you", self.name), text)

    # === ODOO'S POSTAL SERVICE === #

    def _ready_snailmail(self):
        if 'snailmail.letter' not in self.env:
            raise UserError(self.env._("Install Odoo's add-on “Snail Mail” to send letters by it."))

    def _send_snailmail(self, reminders):
        letters = self.env['snailmail.letter'].sudo().create([{
            'model': 'leanpay.debtor', 'res_id': reminder.debtor_id.id, 'company_id': reminder.company_id.id,
            'partner_id': (reminder.contact_id or reminder.partner_id).id, 'attachment_id': reminder.letter_id.id,
            'user_id': self.env.user.id, 'cover': False, 'color': self.color_print,
        } for reminder in reminders])
        letters._snailmail_print(immediate=False)

    def _fetch_snailmail(self):
        if 'snailmail.letter' not in self.env:
            return
        waiting = self.env['leanpay.reminder'].search(
            [('provider_id', '=', self.id), ('state', '=', 'todo')], limit=1000)
        letters = self.env['snailmail.letter'].search(
            [('attachment_id', 'in', waiting.letter_id.ids)], order='id')
        for letter in letters:
            reminder = waiting.filtered(lambda one, letter=letter: one.letter_id == letter.attachment_id)
            if letter.state == 'sent':
                self._status(reminder, 'posted', fields.Datetime.now())
            elif letter.state == 'error':
                self._trouble(f"{reminder.display_name}: {letter.error_code or ''}")
