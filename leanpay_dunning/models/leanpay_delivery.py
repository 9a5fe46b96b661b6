import logging
import secrets

from odoo import api, fields, models, modules
from odoo.sql_db import Cursor
from odoo.tools import SQL, email_domain_extract

from ..engine.decision import decide
from ..engine.outcomes import Why
from ..report.errors import LetterError
from .leanpay_planner import CONCURRENCY_ERRORS, TRIES

_logger = logging.getLogger(__name__)

BATCH_SIZE = 40
REFRESH_SIZE = 500
# First key of the session-level advisory locks that mark a reminder as being handled by a living process.
LOCK_SPACE = 0x1EA9


class LeanpayDelivery(models.AbstractModel):
    """Delivers approved reminders: claim, check again, render, then let each one leave exactly once.

    A claim is a PostgreSQL advisory lock held by the connection. It survives the commits that delivery needs and dies
    with the process, so that a reminder found in `sending` whose lock is free was certainly left there by a crash.
    """

    _name = 'leanpay.delivery'
    _description = "Delivery of Reminders"

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_deliver(self):
        """Deliver what is approved, company by company, inside their send windows.

        One company's failure does not stop the others: it is logged, and somebody of that company is told.
        """
        companies = self.env['res.company'].search([('dunning_active', '=', True)])
        self.env['ir.cron']._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self.with_company(company)._deliver_due(company)
            except Exception as error:
                self._rollback()
                _logger.exception("Delivery of company %s failed", company.id)
                company._dunning_need_attention(
                    'delivery_failed', self.env._("The delivery of reminders failed"),
                    f"{type(error).__name__}: {error}")
            if not self.env['ir.cron']._commit_progress(1):
                return
        try:
            self._record_what_was_said()
        except CONCURRENCY_ERRORS:
            self._rollback()  # somebody wrote to the same chain at this moment: what waits is recorded next time

    def _record_what_was_said(self):
        """Record what messages that left claimed, and the evidence of them, a batch at a time."""
        for record in (self.env['leanpay.interest.book']._record_claims, self.env['leanpay.reminder']._record_evidence,
                       self.env['leanpay.evidence.event']._record_events):
            while record():
                if self.env.context.get('cron_id') and not self.env['ir.cron']._commit_progress():
                    return

    def _deliver_due(self, company):
        """Find what a crash left, bring the worklist up to date, and deliver if messages may leave now."""
        self._recover(company)
        self._refresh_stale(company)
        if company._dunning_window_open():
            self._deliver_company(company)
            # sudo: the scheduled action announces what was agreed
            self.env['leanpay.plan.instalment'].sudo()._remind(company, company._dunning_today())
            self._commit()

    @api.model
    def _deliver_company(self, company):
        """Deliver every approved reminder of a company, a claimed batch at a time.

        Its e-mails are not even looked at while the mail server does not answer.

        :return: number of reminders looked at
        """
        after = handled = 0
        answering = self.env['leanpay.delivery.mail']._server_answers(company)
        while True:
            claimed, after = self._claim(company, after, answering)
            if after is None:
                return handled
            answering = self._deliver_claimed(claimed) and answering
            handled += len(claimed)
            if self.env.context.get('cron_id') and not self.env['ir.cron']._commit_progress():
                return handled

    @api.model
    def _deliver_now(self, reminders):
        """Deliver these reminders at once because a person asks for it, those that no other process is delivering.

        :param reminders: leanpay.reminder, approved
        """
        self.env.flush_all()
        claimed = [reminder_id for reminder_id, mine in self.env.execute_query(SQL(
            "SELECT id, pg_try_advisory_lock(%s, id) FROM unnest(%s::int[]) AS id", LOCK_SPACE, reminders.ids)) if mine]
        self._deliver_claimed(claimed, personal=True)
        self._record_what_was_said()

    def _deliver_claimed(self, reminder_ids, personal=False):
        """Deliver reminders whose locks are ours, and free the locks whatever happens; see `_deliver_safely`."""
        try:
            return self._deliver_safely(reminder_ids, personal)
        except BaseException:
            self._rollback()
            raise
        finally:
            self._release(reminder_ids)

    def _deliver_safely(self, reminder_ids, personal):
        """Deliver together; when that fails, one by one, so that one reminder's error does not stop the others.

        Trying again is safe: only what is still `approved`, that is certainly not said, is looked at.

        :return: False when the mail server stopped answering
        """
        for attempt in range(TRIES):
            try:
                self._commit()  # a new snapshot: what another process delivered before our claim is seen
                return self._deliver(self.env['leanpay.reminder'].browse(reminder_ids), personal)
            except CONCURRENCY_ERRORS:
                self._rollback()
                _logger.info("Delivery of %s reminders met another process, try %s", len(reminder_ids), attempt + 1)
            except Exception as error:
                self._rollback()
                _logger.exception("Delivery of reminders %s failed", reminder_ids)
                if len(reminder_ids) == 1:
                    self._record_trouble(reminder_ids[0], error)
                    return True
                break
        return len(reminder_ids) == 1 or self._deliver_one_by_one(reminder_ids, personal)

    def _deliver_one_by_one(self, reminder_ids, personal):
        """Deliver each alone; once the mail server stopped answering, the e-mails left are not looked at.

        :return: False when the mail server stopped answering
        """
        emails = set(self.env['leanpay.reminder'].sudo().search(
            [('id', 'in', reminder_ids), ('channel', '=', 'email')]).ids)
        answering = True
        for reminder_id in reminder_ids:
            if answering or reminder_id not in emails:
                answering = self._deliver_safely([reminder_id], personal) and answering
        return answering

    def _record_trouble(self, reminder_id, error):
        """Record an error that nobody foresaw on the reminder that met it."""
        reminder = self.env['leanpay.reminder'].sudo().browse(reminder_id)
        if reminder.state == 'approved':
            reminder._record_failed(self.env._("The reminder could not be delivered: %s", error))
        elif reminder.state == 'sending':
            self.env['leanpay.delivery.mail']._lost(reminder, error)
        self._commit()

    def _deliver(self, reminders, personal):
        """Deliver these approved reminders, once they are proved still right.

        :param reminders: leanpay.reminder
        :param personal: a person pressed the button: the mail is not marked as automatic
        :return: False when the mail server stopped answering
        """
        # sudo: what leaves was approved; a collector needs no right on mails, attachments or sequences for it
        approved = reminders.sudo().filtered(lambda reminder: reminder.state == 'approved')
        valid = self._check_again(approved)
        ready = self._prepare(valid)
        by_channel = ready.grouped('channel')
        emails = by_channel.get('email', ready.browse())
        fingerprints = self.env['leanpay.facts']._fingerprints(emails)
        for channel in ('phone', 'activity', 'letter', 'sms'):
            for reminder in by_channel.get(channel, ()):
                getattr(self, f'_deliver_{channel}')(reminder)
        self._commit()
        answering = self.env['leanpay.delivery.mail']._deliver_emails(emails, fingerprints, personal)
        self.env['leanpay.planner'].sudo()._refresh(approved.debtor_id)
        self._commit()
        return answering

    # === CLAIM AND RECOVERY === #

    def _claim(self, company, after, emails=True):
        """Claim the next approved reminders.

        :param after: id of the last reminder looked at
        :param emails: e-mails too; the other channels only when False
        :return: (ids claimed, id of the last one looked at, None when there was none)
        """
        found = self.env.execute_query(SQL(
            """
            WITH candidate AS MATERIALIZED (
                SELECT id FROM leanpay_reminder
                 WHERE company_id = %s AND state = 'approved' AND id > %s AND %s ORDER BY id LIMIT %s)
            SELECT id, pg_try_advisory_lock(%s, id) FROM candidate ORDER BY id
            """, company.id, after, SQL("TRUE") if emails else SQL("channel != 'email'"), BATCH_SIZE, LOCK_SPACE))
        return [reminder_id for reminder_id, mine in found if mine], found[-1][0] if found else None

    def _release(self, reminder_ids):
        if reminder_ids:
            self.env.cr.execute(SQL(
                "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::int[]) AS id", LOCK_SPACE, list(reminder_ids)))

    @api.model
    def _recover(self, company):
        """List as uncertain what a crashed process left in `sending`: nothing is ever sent again by itself."""
        self.env.flush_all()
        orphans = []
        for reminder_id, free in self.env.execute_query(SQL(
            """
            WITH candidate AS MATERIALIZED (
                SELECT id FROM leanpay_reminder WHERE company_id = %s AND state = 'sending')
            SELECT id, pg_try_advisory_lock(%s, id) FROM candidate
            """, company.id, LOCK_SPACE)):
            if free:
                orphans.append(reminder_id)
        try:
            self._commit()  # a new snapshot: a process may have finished between our reading and our lock
            for reminder in self.env['leanpay.reminder'].sudo().browse(orphans):
                if reminder.state == 'sending':
                    reminder._record_uncertain(self.env._(
                        "The sending was interrupted. Look for the Message-ID %s at the mail server, then say whether "
                        "it was sent.", reminder.message_id))
            self._commit()
        finally:
            self._release(orphans)

    def _refresh_stale(self, company):
        """Rebuild the figures of debtors on whom something happened, for the worklist."""
        stale = self.env['leanpay.debtor'].sudo().search(
            [('company_id', '=', company.id), ('stale', '=', True)], limit=REFRESH_SIZE)
        self.env['leanpay.planner'].sudo()._refresh(stale)
        self._commit()

    def _commit(self):
        if self._owns_transaction():
            self.env.cr.commit()  # pylint: disable=invalid-commit
        else:
            self.env.flush_all()

    def _rollback(self):
        if self._owns_transaction():
            self.env.cr.rollback()

    def _owns_transaction(self):
        """Tell whether this transaction may be ended: the real one of a plain test never may, as in mail.mail."""
        return not (modules.module.current_test and isinstance(self.env.cr, Cursor))

    # === CHECK AGAIN === #

    def _check_again(self, reminders):
        """Read the balances again and void what is no longer right.

        :param reminders: approved leanpay.reminder
        :return: those that may leave, their lines up to date
        """
        valid = reminders.browse()
        primaries = reminders.filtered(lambda reminder: not reminder.primary_id)
        for company, own in primaries.grouped('company_id').items():
            today, policy = company._dunning_today(), company._dunning_policy()
            facts, _rows = self.env['leanpay.facts']._read(company, own.debtor_id.ids, today)
            # From here on, an event marks the debtor again, and the message does not leave.
            self.env['leanpay.planner']._store(facts, policy, today)
            for reminder in own:
                valid |= self._check_one(reminder, facts[reminder.debtor_id.id], policy, today)
            # Approved days after it was planned, it says how late the items are now.
            self.env['leanpay.reminder.line']._count_days_late(own, today)
        return valid | self._check_companions(reminders - primaries, valid)

    def _check_companions(self, companions, valid):
        """Return the second messages that may leave: with their main message, or after it if nothing changed since."""
        together = companions.filtered(lambda companion: companion.primary_id in valid)
        alone = companions - together
        lost = alone.filtered(lambda companion: companion.primary_id.state in ('void', 'bounced'))
        lost._void(self.env._("its main message was voided"))
        for company, own in alone.filtered(
            lambda companion: companion.primary_id.state in ('sent', 'todo')).grouped('company_id').items():
            today = company._dunning_today()
            facts, _rows = self.env['leanpay.facts']._read(company, own.debtor_id.ids, today)
            for companion in own:
                if companion._says_what_is_owed(facts[companion.debtor_id.id], today):
                    together |= companion
                else:
                    companion._void(self.env._("the balance changed since its main message"))
        return together

    def _check_one(self, reminder, facts, policy, today):
        """Return the reminder when deciding now gives the same message, lines refreshed; else void it."""
        # It was planned when the contact gap allowed it: a message in another currency since does not stop it.
        decision = decide(facts.ignoring_contacts(), policy, today)
        wanted = next((r for r in decision.reminders if r.currency_id == reminder.currency_id.id), None)
        passing = {line.move_line_id.id for line in reminder.line_ids if line.step_id and line.move_line_id}
        if wanted is None or wanted.step_id != reminder.step_id.id:
            reminder._void(self._why_not(decision, passing))
            return reminder.browse()
        lines = tuple(wanted.lines)
        before = {(line.move_line_id.id, line.step_id.id, line.amount_due) for line in reminder.line_ids}
        after = {(line.item_id, line.step_id or False, float(line.amount)) for line in lines}
        if before != after:
            writer = self.env['leanpay.plan.writer']
            if writer._edited(reminder):
                writer._back_to_person(reminder, self.env._(
                    "The amounts changed after the text was edited. Read the text again, then approve."))
                return reminder.browse()
            writer._replace_lines({reminder.id: lines}, reminder)
        return reminder

    def _why_not(self, decision, item_ids):
        """Return why a planned message does not leave, from what became of its items."""
        whys = {outcome.why for outcome in decision.outcomes if outcome.item_id in item_ids}
        texts = {
            Why.BLOCKED: self.env._("on hold, disputed or being paid"),
            Why.NETTED: self.env._("covered by the customer's credits"),
            Why.BELOW_MINIMUM: self.env._("below the minimum amount"),
            Why.NO_RATE: self.env._("the currency has no rate"),
            Why.SCHEDULED: self.env._("its step is not due, or the due date has passed"),
            Why.IN_FLIGHT: self.env._("another reminder about the same step waits"),
            Why.NO_SCENARIO: self.env._("no scenario applies any more"),
            Why.REMIND: self.env._("another step is due now: the scenario or its steps changed"),
            Why.SHOWN: self.env._("another step is due now: the scenario or its steps changed"),
            Why.FINISHED: self.env._("another step is due now: the scenario or its steps changed"),
        }
        return next((texts[why] for why in texts if why in whys), self.env._("paid or no longer open"))

    # === PREPARE === #

    def _prepare(self, reminders):
        """Choose the recipients again, render texts and papers; what cannot be made fails with its reason.

        :return: those that are ready to leave
        """
        recipients = self.env['leanpay.recipient']._resolve(reminders.debtor_id.ids)
        ready = reminders.browse()
        for reminder in reminders:
            if self._address(reminder, recipients[reminder.debtor_id.id]):
                ready |= reminder
        ready -= ready._wait_for_bank_account()
        ready.filtered('error').write({'error': False})  # what they waited for is there
        ready._freeze_charges()
        contents = ready.filtered(lambda reminder: not reminder.body_edited)._render_content()
        errors = {reminder_id: content['error'] for reminder_id, content in contents.items() if 'error' in content}
        errors |= self._attach(ready.filtered(lambda reminder: reminder.id not in errors))
        for reminder in ready:
            content, error = contents.get(reminder.id), errors.get(reminder.id)
            if error:
                reminder._record_failed(error)
                ready -= reminder
            elif content:
                reminder.with_context(leanpay_rendering=True).write(
                    {'subject': content['subject'], 'body': content['body']})
        return ready

    def _address(self, reminder, recipient):
        """Give a reminder its recipient of now, on the next channel when the address has gone; False if it failed."""
        channel = reminder.channel
        if not recipient.reached_by(channel):
            if reminder.primary_id:
                reminder._void(self.env._("no address for this channel"))
                self.env['leanpay.recipient']._ask_to_repair(reminder, recipient)
                return False
            channel = self.env['leanpay.recipient']._channel(reminder.step_id, recipient)
        address = recipient.email if channel == 'email' else recipient.phone
        found = {'channel': channel, 'contact_id': recipient.contact_id, 'lang': recipient.lang, 'address': address}
        before = reminder._convert_to_write({name: reminder[name] for name in found})
        # Nearly always what was planned: one that waits is not written again at each delivery.
        if any((found[name] or False) != (before[name] or False) for name in found):
            reminder.write(found)
        self.env['leanpay.recipient']._ask_to_repair(reminder, recipient)
        return True

    def _attach(self, reminders):
        """Attach what the steps ask for.

        :return: {reminder id: error sentence} of those whose papers cannot be made
        """
        papers = self.env['leanpay.letter']
        letters, errors = papers._make_all(reminders.filtered(
            lambda reminder: reminder.step_id.attach_letter or reminder.channel == 'letter'))
        reminders.fetch(['attachment_ids'])  # else each assignment reads what it replaces
        for reminder in reminders.filtered(lambda reminder: reminder.id not in errors):
            step = reminder.step_id
            attachments = letters.get(reminder.id, self.env['ir.attachment'])
            if step.attach_statement:
                try:
                    attachments |= papers._make_statement(reminder)
                except LetterError as error:
                    errors[reminder.id] = error
                    continue
            if step.attach_invoices:
                # Those already made: an invoice's PDF was sent with it, and rendering one takes a second.
                attachments |= reminder.line_ids.move_line_id.move_id.invoice_pdf_report_id
            # What was made for a message that did not leave is made again, and must not pile up.
            made = reminder.attachment_ids.filtered(lambda attachment: attachment.res_model == 'leanpay.reminder')
            reminder.attachment_ids = attachments
            (made - attachments - reminder.letter_id).unlink()
        return {reminder_id: papers._error_text(error) for reminder_id, error in errors.items()}

    # === CHANNELS OTHER THAN E-MAIL: one transaction creates and records === #

    def _deliver_sms(self, reminder):
        sms = self.env['sms.sms'].create({
            'partner_id': reminder.contact_id.id, 'body': reminder.body,
            'number': reminder.contact_id._phone_format(number=reminder.address) or reminder.address})
        reminder.sms_id_int = sms.id
        reminder._record_sent(fields.Datetime.now())

    def _deliver_phone(self, reminder):
        self._give_to_person(reminder, 'leanpay_dunning.mail_activity_type_call')

    def _deliver_activity(self, reminder):
        self._give_to_person(reminder, 'leanpay_dunning.mail_activity_type_todo')

    def _deliver_letter(self, reminder):
        self._give_to_person(reminder, 'leanpay_dunning.mail_activity_type_letter')

    def _give_to_person(self, reminder, activity_type):
        """Create the activity; the step is only passed when the person says that it was done."""
        debtor = reminder.debtor_id
        user = debtor._able(reminder.user_id) or reminder.step_id._responsible_of(debtor)
        activity = debtor.activity_schedule(
            activity_type, summary=reminder.subject or reminder.step_id.name, note=reminder.body or '',
            user_id=user.id, date_deadline=fields.Date.context_today(reminder))
        reminder.write({
            'state': 'todo', 'activity_id': activity.id, 'user_id': user.id, 'error': False,
            'tried_date': reminder.company_id._dunning_today()})

    @api.model
    def _new_message_id(self, reminder):
        """Return a Message-ID that names the reminder and cannot be guessed."""
        company = reminder.company_id
        domain = company.alias_domain_id.name or email_domain_extract(company.email or '') or 'localhost'
        return f"<{secrets.token_hex(12)}.leanpay-reminder-{reminder.id}@{domain}>"
