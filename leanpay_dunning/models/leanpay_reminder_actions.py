from datetime import UTC

from odoo import fields, models
from odoo.exceptions import UserError


class LeanpayReminder(models.Model):
    """What a person may do with a reminder."""

    _inherit = 'leanpay.reminder'

    # === ACTION METHODS === #

    def action_approve(self):
        """Let these reminders leave at the next delivery."""
        waiting = self._by_button().filtered(lambda reminder: reminder.state == 'planned')
        (waiting | waiting.companion_ids.filtered(lambda reminder: reminder.state == 'planned')).write({
            'state': 'approved', 'approved_by_id': self.env.user.id, 'approved_on': fields.Datetime.now()})
        self._refresh_debtors()

    def action_send_now(self):
        """Approve these reminders and deliver them at once, send window or not: a person has decided."""
        self.action_approve()
        self.env['leanpay.delivery']._deliver_now(self | self.companion_ids)

    def action_skip(self):
        """Pass the step of these reminders without saying anything; the scenario goes on with the next one."""
        self._by_button()._void(self.env._("skipped by %s", self.env.user.name), skipped=True)
        for reminder in self:
            reminder.debtor_id.message_post(body=self.env._(
                "%(step)s was skipped by %(user)s.", step=reminder.step_id.name, user=self.env.user.name))
        self._refresh_debtors()

    def action_retry(self):
        """Put failed reminders back in the outbox, once a person has repaired what made them fail."""
        failed = self._by_button().filtered(lambda reminder: reminder.state == 'failed')
        failed.write({'state': 'approved', 'error': False, 'message_id': False})
        self._refresh_debtors()

    def action_was_sent(self):
        """Record that an uncertain message did leave: its Message-ID was found at the mail server."""
        for reminder in self._by_button().filtered(lambda reminder: reminder.state == 'uncertain'):
            reminder._record_sent(reminder.sent_on or fields.Datetime.now())
        self._refresh_debtors()

    def action_send_again(self):
        """Send an uncertain message again: a person has seen that it never left."""
        uncertain = self._by_button().filtered(lambda reminder: reminder.state == 'uncertain')
        uncertain.write({'state': 'approved', 'error': False, 'message_id': False})
        self._refresh_debtors()

    def action_edit_text(self):
        """Fill the text with the template's, so that a person can change it, and open it."""
        self.ensure_one()
        self._check_editable()
        if not self.body:
            rendered = self._render_content()[self.id]
            self._by_button().with_context(leanpay_rendering=True).write({
                'subject': rendered['subject'], 'body': rendered['body'], 'body_edited': True})
        return self._open_form(edit=True)

    def action_reset_text(self):
        """Forget the edited text: the template's is used again."""
        self._check_editable()
        self._by_button().with_context(leanpay_rendering=True).write({
            'subject': False, 'body': False, 'body_edited': False})

    def action_mark_posted(self):
        """Record that these letters were posted: only then is the step really passed."""
        letters = self._by_button().filtered(lambda reminder: reminder.channel == 'letter' and reminder.state == 'todo')
        if not letters:
            raise UserError(self.env._("Only a letter that waits to be posted can be marked as posted."))
        for letter in letters:
            letter._record_sent(fields.Datetime.now(), outcome='posted')
        letters.activity_id.unlink()
        self._refresh_debtors()

    def action_mark_done(self):
        """Record that an internal activity was done."""
        for reminder in self._by_button().filtered(lambda r: r.channel == 'activity' and r.state == 'todo'):
            reminder._record_sent(fields.Datetime.now(), outcome='done')
            reminder.activity_id.unlink()
        self._refresh_debtors()

    def action_log_call(self):
        """Open the dialog that records what the customer said on the phone."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_call_result_action')
        return action | {'context': {'default_reminder_id': self.id, 'default_debtor_id': self.debtor_id.id}}

    def action_open_debtor(self):
        """Open the customer's collections page."""
        self.ensure_one()
        return self.debtor_id._get_records_action()

    def action_print_letter(self):
        """Open the letter's PDF."""
        self.ensure_one()
        if not self.letter_id:
            raise UserError(self.env._("This reminder has no letter."))
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{self.letter_id.id}'}

    def _by_button(self):
        """Check that the user may change these reminders, and return them as the buttons change them.

        sudo: a state only changes through a button, never by writing it; the activity may be a colleague's.
        """
        self.check_access('write')
        return self.sudo()

    def _refresh_debtors(self):
        # sudo: the figures follow from the facts, whoever caused them
        self.env['leanpay.planner'].sudo()._refresh(self.debtor_id)

    def _open_form(self, edit=False):
        action = self._get_records_action()
        if not edit:
            return action
        view = self.env.ref('leanpay_dunning.leanpay_reminder_view_form_text')
        return action | {'target': 'new', 'name': self.env._("Edit the text"), 'views': [(view.id, 'form')]}

    # === BUSINESS METHODS === #

    def _record_sent(self, moment, outcome=False):
        """Record that a message really left: only now are its items past its step.

        :param moment: naive UTC datetime
        :param outcome: key of `outcome`, if it is already known
        """
        self.ensure_one()
        self.write({
            'state': 'sent',
            'sent_on': moment,
            'sent_date': self.company_id._dunning_today(_aware(moment)),
            'outcome': outcome or self.outcome,
            'outcome_on': moment if outcome else self.outcome_on,
            'error': False,
        })

    def _record_uncertain(self, error):
        """Record that nobody knows whether a message left, and ask a person to look: it is never sent again by itself.

        :param error: what happened and where to look
        """
        for reminder in self:
            reminder.write({'state': 'uncertain', 'error': error})
            reminder.debtor_id._need_attention(
                self.env._("Was this reminder sent?"), note=error, user=reminder.user_id)

    def _record_outcome(self, outcome, note=False):
        """Record what became of a sent reminder: opened, replied, …"""
        self.write({'outcome': outcome, 'outcome_on': fields.Datetime.now(), 'outcome_note': note or False})

    def _record_failed(self, error):
        """Record why a message could not leave, and ask a person to repair it.

        :param error: one sentence that says what to do
        """
        for reminder in self:
            reminder.write({'state': 'failed', 'error': error})
            reminder.debtor_id._need_attention(
                self.env._("A reminder could not leave"), note=error, user=reminder.user_id)

    def _record_bounced(self, error):
        """Record that a message came back: it does not count, and its address is not used again."""
        for reminder in self.filtered(lambda reminder: reminder.state in ('sent', 'sending', 'uncertain')):
            reminder.write({'state': 'bounced', 'error': error})
            reminder.debtor_id._address_bounced(reminder.address, error)


def _aware(moment):
    return fields.Datetime.to_datetime(moment).replace(tzinfo=UTC)
