import logging
import smtplib
from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, models
from odoo.tools import formataddr

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

_logger = logging.getLogger(__name__)

# Deliveries in a row that found a reminder changed at the last moment, from which on somebody is asked to look.
LATE_CHANGES = 3
# The server has answered, and it was no: the message certainly did not leave.
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


class Route(NamedTuple):
    """What the messages of one company have in common, read once: each commit empties the cache.

    Its records are only named by their ids; what Odoo asks them is put back into the cache from `known`.
    """

    sender: str
    server: models.BaseModel  # ir.mail_server; empty: the server of Odoo's own configuration
    accounts: list  # ids of the receivable accounts whose balances are compared once more
    timezone: str
    known: list  # (record, values) that Odoo would read again for each message
    statements: dict  # names of the prepared statements, see `_keep_statements_ready`; empty until there is a session


class LeanpayDeliveryMail(models.AbstractModel):
    """Sends e-mails, each exactly once: `sending` is committed before the SMTP conversation, the outcome after it."""

    _name = 'leanpay.delivery.mail'
    _description = "Delivery of Reminders by E-mail"

    @api.model
    def _deliver_emails(self, reminders, fingerprints, personal=False):
        """Send these prepared reminders over one SMTP session.

        :param reminders: leanpay.reminder, approved and rendered
        :param fingerprints: what decided that they may leave, by id; see `leanpay.facts._fingerprints`
        :param personal: a person pressed the button
        :return: False when a mail server stopped answering
        """
        answering = True
        for company, own in reminders.grouped('company_id').items():
            outbox = self.with_company(company)
            answering &= outbox._send_all(own, outbox._route(company), fingerprints, personal)
        return answering

    def _send_all(self, reminders, route, fingerprints, personal):
        """Send the reminders of one company over one session, each with its own commits.

        :return: False when the server stopped answering: those left wait
        """
        ids, session = reminders.ids, None
        # Made for all before the first commit: each commit empties the cache.
        values = self._mail_values(reminders, route.sender, personal)
        route = route._replace(statements=self._keep_statements_ready())
        try:
            while ids:
                try:
                    session = self._connected(session, route)
                except Exception as error:  # noqa: BLE001 - whatever refuses the connection, nothing was said yet
                    self._wait_for_server(reminders.browse(ids), error)
                    self.env['leanpay.delivery']._commit()
                    return False
                # browse one by one: each commit empties the cache, do not prefetch the whole batch again
                reminder = self.env['leanpay.reminder'].sudo().browse(ids.pop(0))
                self._send_one(reminder, route, session, values[reminder.id], fingerprints[reminder.id])
            return True
        finally:
            _quit(session)

    def _connected(self, session, route):
        """Return a session whose server answers: the same one, or a new one when it was closed meanwhile.

        Asked before the reminder is marked: a message that meets a closed session would become uncertain for nothing.
        """
        if session and _alive(session):
            return session
        return self.env['ir.mail_server'].sudo()._connect__(
            mail_server_id=route.server.id, smtp_from=route.sender)

    def _send_one(self, reminder, route, session, values, fingerprint):
        """Send one reminder in its two transactions: the claim, then the conversation with its outcome."""
        delivery = self.env['leanpay.delivery']
        if not self._mark_sending(reminder, values, fingerprint, route):
            self._changed_meanwhile(reminder)
            delivery._commit()
            return
        delivery._commit()
        try:
            # A message that does not leave must not stay in the thread, nor where Odoo's queue would send it again.
            with self._undone_by_errors():
                self._send(reminder, route, session, values)
        except MailDeliveryException as error:
            self._undelivered(reminder, error)
        except Exception as error:  # noqa: BLE001 - nobody knows whether it left; the others must leave all the same
            self._lost(reminder, error)
        delivery._commit()

    @contextmanager
    def _undone_by_errors(self):
        """Undo the transaction when its block fails: its own end is cheaper than a savepoint, where it may be ended."""
        if not self.env['leanpay.delivery']._owns_transaction():
            with self.env.cr.savepoint():
                yield
            return
        try:
            yield
            self.env.flush_all()
        except BaseException:
            self.env.cr.rollback()
            raise

    def _send(self, reminder, route, session, values):
        """Create the mail, send it and record that it left."""
        for record, known in route.known:
            record._update_cache(known, validate=False)
        mail = self.env['mail.mail'].sudo().create(values)
        # Without prefetching, Odoo reads what it needs, not the hundred other fields of the same records.
        mail.with_context(prefetch_fields=False, leanpay_reminder=True)._send(
            raise_exception=True, smtp_session=session, mail_server=route.server,
            alias_domain_id=values['record_alias_domain_id'])
        if mail.state != 'sent':
            raise MailDeliveryException(mail.failure_reason or self.env._(
                "The message could not be sent. Check the outgoing mail server."))
        self._record_sent(reminder, mail.mail_message_id, route)

    def _mail_values(self, reminders, sender, personal):
        """Return the values of the mails; their messages are in the debtors' threads, so that answers come back there.

        :param reminders: leanpay.reminder of one company
        :return: {reminder id: values of mail.mail}
        """
        headers = {'X-Auto-Response-Suppress': 'OOF, AutoReply'}
        if not personal:
            headers['Auto-Submitted'] = 'auto-generated'
        company = reminders.company_id
        # Answers go to the thread's address when the company receives mail, else to the sender.
        reply_to = reminders.debtor_id._notify_get_reply_to(default=sender, author_id=company.partner_id.id)
        common = {
            'model': 'leanpay.debtor',
            'message_type': 'email_outgoing',
            'subtype_id': self.env.ref('mail.mt_note').id,
            'email_from': sender,
            'headers': repr(headers),
            'auto_delete': False,
            'is_notification': True,
            'record_alias_domain_id': company.alias_domain_id.id,
            'record_company_id': company.id,
        }
        return {
            reminder.id: common | {
                'res_id': reminder.debtor_id.id,
                'subject': reminder.subject,
                # Our own rendering comes into the thread as it is; what a person typed is sanitized.
                'body': reminder.body if reminder.body_edited else '',
                'body_html': reminder.body,
                'author_id': (reminder.user_id.partner_id or company.partner_id).id,
                'email_to': formataddr((reminder.contact_id.name or '', reminder.address)),
                'reply_to': reply_to[reminder.debtor_id.id],
                'message_id': self.env['leanpay.delivery']._new_message_id(reminder),
                'references': ' '.join(self._thread(reminder)) or False,
                'attachment_ids': [(6, 0, reminder.attachment_ids.ids)],
            }
            for reminder in reminders
        }

    def _sender(self, company):
        address = company.dunning_email_from or company.email_formatted or company.partner_id.email_formatted
        return address or formataddr((company.name, company.alias_domain_id.default_from_email or ''))

    def _thread(self, reminder):
        """Return the Message-IDs of the conversation: the earlier reminders about the same items."""
        return reminder._past_reminders().filtered('message_id').mapped('message_id')[-10:]

    # === TROUBLE === #

    def _changed_meanwhile(self, reminder):
        """Something happened since the reminder was prepared: the next delivery looks at it again.

        When each of them finds so, nobody knows why it does not leave: a person is told.
        """
        # Another process may be delivering or voiding it: then there is nothing to tell.
        if not reminder.try_lock_for_update(allow_referencing=True) or reminder.state != 'approved':
            return
        reminder.late_changes += 1
        if reminder.late_changes < LATE_CHANGES:
            return
        _logger.warning(
            "Reminder %s was found changed just before it left, %s times in a row", reminder.id, reminder.late_changes)
        text = self.env._(
            "It did not leave: each time, something had changed just before. If it goes on, tell your administrator.")
        reminder.error = text
        reminder.debtor_id._need_attention(
            'late_changes', self.env._("A reminder never leaves: look why"), note=text, user=reminder.user_id)

    def _undelivered(self, reminder, error):
        """Record what became of a message that Odoo could not hand over.

        :param error: MailDeliveryException; the error it hides says whether the server had answered
        """
        cause = error.__context__
        if isinstance(cause, REFUSED) and _temporary(cause):
            self._wait_for_turn(reminder, cause)
        elif isinstance(cause, REFUSED):
            reminder._record_failed(self.env._("The mail server refused the message: %s", cause))
        elif cause is None or isinstance(cause, AssertionError | UnicodeError | ValueError):
            reminder._record_failed(self.env._("The message could not be made: %s", error))
        else:
            self._lost(reminder, cause)

    def _wait_for_turn(self, reminder, error):
        """The server asks to try again later: nothing was said, the next delivery does."""
        text = self.env._("The mail server asks to try again later: %s. The reminder waits.", error)
        reminder.write({'state': 'approved', 'message_id': False, 'sent_on': False, 'error': text})
        reminder.debtor_id._need_attention(
            'mail_server_busy', self.env._("A reminder waits for the mail server"), note=text, user=reminder.user_id)

    def _lost(self, reminder, error):
        """The conversation broke: nobody knows whether the server took the message."""
        _logger.warning("Reminder %s is uncertain: %s", reminder.id, error)
        reminder._record_uncertain(self.env._(
            "The mail server stopped answering (%(error)s). Look for the Message-ID %(message)s there, then say "
            "whether it was sent.", error=error, message=reminder.message_id))


def _temporary(error):
    """Tell whether a refusal is one that goes away by itself (codes 400 to 499)."""
    codes = [code for code, _text in error.recipients.values()] if hasattr(error, 'recipients') else [
        getattr(error, 'smtp_code', 0)]
    return all(400 <= code < 500 for code in codes)


def _alive(session):
    """Tell whether the other end of an SMTP session still answers."""
    try:
        return session.noop()[0] == 250
    except (OSError, smtplib.SMTPException) as error:
        _logger.info("The SMTP session was closed: %s", error)
        return False


def _quit(session):
    """Close an SMTP session that may already be closed."""
    try:
        if session:
            session.quit()
    except (OSError, smtplib.SMTPException) as error:
        _logger.info("The SMTP session ended by itself: %s", error)
