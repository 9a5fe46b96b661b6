from datetime import UTC

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.decision import chaseable
from .const import FORMAL_NOTICE, PENDING_STATES


class LeanpayReminder(models.Model):
    """What a person may do with a reminder."""

    _inherit = 'leanpay.reminder'

    # === ACTION METHODS === #

    def action_approve(self):
        """Let these reminders leave at the next delivery."""
        waiting = self._by_button().filtered(lambda reminder: reminder.state == 'planned')
        (waiting | waiting.companion_ids.filtered(lambda reminder: reminder.state == 'planned')).write({
            'state': 'approved', 'approved_by_id': self.env.user.id, 'approved_on': fields.Datetime.now(),
            'error': False, 'read_again': False})
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
        """Put failed reminders back in the outbox, once a person has repaired what made them fail.

        A failed message certainly said nothing: many may be retried at once. One that perhaps left is never among
        them, see `action_send_again`.
        """
        self._back_to_outbox('failed')

    def action_was_sent(self):
        """Record that an uncertain message did leave: its Message-ID was found at the mail server."""
        uncertain = self._by_button().filtered(lambda reminder: reminder.state == 'uncertain')
        uncertain._put_in_thread()
        uncertain._record_arrived()

    def action_send_again(self):
        """Send uncertain messages again: a person has looked, one by one, and says that they never left.

        Not the same as `action_retry`: here the customer gets it twice when that person is wrong.
        """
        self._back_to_outbox('uncertain')

    def action_edit_text(self):
        """Fill the text with the template's, so that a person can change it, and open it."""
        self.ensure_one()
        self._check_editable()
        if not self.body:
            self._by_button()._freeze_charges()
            rendered = self._render_content()[self.id]
            self._by_button().with_context(leanpay_rendering=True).write({
                'subject': rendered['subject'], 'body': rendered['body'], 'body_edited': True})
        return self._open_form(edit=True)

    def action_reset_text(self):
        """Forget the edited text: the template's is used again."""
        self._check_editable()
        self._by_button().with_context(leanpay_rendering=True).write({
            'subject': False, 'body': False, 'body_edited': False, 'charges_kept': False})

    def action_mark_posted(self):
        """Record that these letters were posted: only then is the step really passed.

        A letter that no longer says what is owed is voided instead, and the user told not to post it.
        """
        letters = self._by_button().filtered(lambda reminder: reminder.channel == 'letter' and reminder.state == 'todo')
        if not letters:
            raise UserError(self.env._("Only a letter that waits to be posted can be marked as posted."))
        wrong = letters._record_posted()
        (letters - wrong).activity_id.unlink()
        self._refresh_debtors()
        return self._warning(wrong._wrong_letter_text()) if wrong else None

    def action_mark_done(self):
        """Record that an internal activity was done; one that stands for a formal notice never passes its step."""
        tasks = self._by_button().filtered(lambda reminder: reminder.channel == 'activity' and reminder.state == 'todo')
        unsent = tasks._record_done()
        (tasks - unsent).activity_id.unlink()
        self._refresh_debtors()
        return self._warning(unsent._unsent_notice_text()) if unsent else None

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
        """Open the letter's PDF, and remember that who posts it has it in hands."""
        self.ensure_one()
        if not self.letter_id:
            raise UserError(self.env._("This reminder has no letter."))
        if self.channel == 'letter' and self.state == 'todo' and not self.outcome and self.has_access('write'):
            self._by_button()._record_outcome('printed')
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{self.letter_id.id}'}

    def _back_to_outbox(self, state):
        """Have those of these reminders that are in a state leave at the next delivery, as new messages."""
        again = self._by_button().filtered(lambda reminder: reminder.state == state)
        again.write({'state': 'approved', 'error': False, 'message_id': False})
        self._no_longer_ask(state)
        self._refresh_debtors()

    def _no_longer_ask(self, state):
        """Close the activities about reminders in a state, of the debtors that have none left in it."""
        # sudo: the activities may be a colleague's
        debtors = self.sudo().debtor_id
        debtors.filtered(
            lambda debtor: state not in debtor.reminder_ids.mapped('state'))._attention_given([state])

    def _by_button(self):
        """Check that the user may change these reminders, and return them as the buttons change them.

        sudo: a state only changes through a button, never by writing it; the activity may be a colleague's.
        """
        self.check_access('write')
        return self.sudo()

    def _refresh_debtors(self):
        # sudo: the figures follow from the facts, whoever caused them
        self.env['leanpay.planner'].sudo()._refresh(self.debtor_id)

    def _warning(self, message):
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'warning', 'sticky': True, 'message': message,
            'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

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

    def _record_posted(self):
        """Record that letters were posted; void those that no longer ask for what is owed: the run plans again.

        :return: the letters voided
        :rtype: leanpay.reminder
        """
        wrong = self - self._still_right()
        for letter in self - wrong:
            letter._record_sent(fields.Datetime.now(), outcome='posted')
        for letter in wrong:
            letter._void(self.env._("the balance changed before the letter was posted"))
            letter.debtor_id.message_post(body=letter._wrong_letter_text())
        return wrong

    def _record_done(self):
        """Record that internal activities were done.

        One that only replaces a formal notice nobody could send is voided: a notice is never passed without being said.

        :return: the reminders voided
        :rtype: leanpay.reminder
        """
        unsent = self.filtered(
            lambda reminder: reminder.level == FORMAL_NOTICE and reminder.step_id.channel != 'activity')
        for reminder in self - unsent:
            reminder._record_sent(fields.Datetime.now(), outcome='done')
        for reminder in unsent:
            reminder._void(self.env._("the formal notice itself was not sent"))
            reminder.debtor_id.message_post(body=reminder._unsent_notice_text())
        return unsent

    def _activity_done(self, feedback):
        """Record what somebody did who marked the activity of these reminders as done, elsewhere than here.

        :param feedback: what they wrote; False when nothing
        """
        by_channel = self.grouped('channel')
        by_channel.get('letter', self.browse())._record_posted()
        by_channel.get('activity', self.browse())._record_done()
        for call in by_channel.get('phone', ()):
            # Done, but with which result? The step is only passed when somebody was reached.
            call.debtor_id._need_attention(
                'call_result', self.env._("Record what the customer said on the phone"), note=feedback or '',
                user=call.user_id)
        self._refresh_debtors()

    def _activity_lost(self):
        """Tell the collectors that nobody is asked any more to do what these reminders wait for."""
        for reminder in self:
            reminder.debtor_id._need_attention(
                'task_deleted', self.env._("A task of dunning was deleted: do it or skip its reminder"),
                note=reminder.display_name, user=reminder.user_id)
        self._refresh_debtors()

    def _still_right(self):
        """Return those of these reminders whose items and credits are still owed for the amounts they say.

        :rtype: leanpay.reminder
        """
        right = self.browse()
        for company, own in self.grouped('company_id').items():
            today = company._dunning_today()
            facts, _rows = self.env['leanpay.facts']._read(company, own.debtor_id.ids, today)
            right |= own.filtered(
                lambda reminder, facts=facts, today=today: reminder._says_what_is_owed(
                    facts[reminder.debtor_id.id], today))
        return right

    def _says_what_is_owed(self, facts, today):
        """Tell whether every amount of this reminder is still the one to ask.

        :param facts: engine.facts.DebtorFacts of its debtor
        :param today: day in the company's time zone
        """
        items = [item for item in facts.items if item.currency_id == self.currency_id.id]
        owed, credits, _taken_out = chaseable(items, facts.blockers, today)
        amounts = {candidate.item.id: float(candidate.amount) for candidate in owed}
        asked = self.line_ids.filtered(lambda line: not line.is_credit)
        deducted = -sum((self.line_ids - asked).mapped('amount_due'))
        to_deduct = min(float(sum(amount for _item, amount in credits)), sum(asked.mapped('amount_due')))
        same = self.currency_id.compare_amounts
        return same(deducted, to_deduct) == 0 and all(
            same(amounts.get(line.move_line_id.id, 0), line.amount_due) == 0 for line in asked)

    def _wrong_letter_text(self):
        return self.env._(
            "The letter to %s no longer says what is owed: do not post it. It was voided, the next run plans another.",
            ', '.join(self.partner_id.mapped('name')))

    def _unsent_notice_text(self):
        return self.env._(
            "The formal notice to %s was not sent, so its step is not passed. Add an address, or skip the step.",
            ', '.join(self.partner_id.mapped('name')))

    def _record_uncertain(self, error):
        """Record that nobody knows whether a message left, and ask a person to look: it is never sent again by itself.

        :param error: what happened and where to look
        """
        for reminder in self:
            reminder.write({'state': 'uncertain', 'error': error})
            reminder.debtor_id._need_attention(
                'uncertain', self.env._("Was this reminder sent?"), note=error, user=reminder.user_id)

    def _record_outcome(self, outcome, note=False):
        """Record what became of a reminder: replied, printed, …"""
        self.write({'outcome': outcome, 'outcome_on': fields.Datetime.now(), 'outcome_note': note or False})

    def _record_failed(self, error):
        """Record why a message could not leave, and ask a person to repair it.

        :param error: one sentence that says what to do
        """
        for reminder in self:
            reminder.write({
                'state': 'failed', 'error': error, 'tried_date': reminder.company_id._dunning_today()})
            reminder.debtor_id._need_attention(
                'failed', self.env._("A reminder could not leave"), note=error, user=reminder.user_id)

    def _record_bounced(self, error):
        """Record that a message came back: it does not count, and its address is not used again."""
        for reminder in self.filtered(lambda reminder: reminder.state in ('sent', 'sending', 'uncertain')):
            reminder.write({'state': 'bounced', 'error': error})
            reminder.companion_ids.filtered(lambda companion: companion.state in PENDING_STATES)._void(
                self.env._("its main message came back"))
            reminder.debtor_id._address_bounced(reminder.address, error)


def _aware(moment):
    return fields.Datetime.to_datetime(moment).replace(tzinfo=UTC)
