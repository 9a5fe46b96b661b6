import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage

from odoo import api, models

# What `leanpay.delivery._new_message_id` makes: its first part cannot be guessed.
OWN_MESSAGE_ID = re.compile(r'<[0-9a-f]{24}\.leanpay-reminder-\d+@[^<>\s]+>')
REFERRING = ('message-id', 'in-reply-to', 'references', 'x-microsoft-original-message-id')


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    @api.model
    def message_parse(self, message, save_original=False):
        """Override of `mail`: what answers or returns a message that nobody knew to have left must find its thread."""
        own = _own_message_ids(message)
        if own:
            self.env['leanpay.reminder']._recognize(own)
        return super().message_parse(message, save_original=save_original)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Override of `mail` to remember, while the message is routed, that a machine wrote it (RFC 3834)."""
        return super(
            MailThread, self.with_context(leanpay_automatic_answer=_written_by_machine(message)),
        )._message_route_process(message, message_dict, routes)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Override of `mail` to remember which message came back, and whether it came back at all (RFC 3464)."""
        thread = self.with_context(
            leanpay_bounced_ids=tuple(message_dict.get('bounced_msg_ids') or ()),
            leanpay_still_under_way=_still_under_way(email_message))
        return super(MailThread, thread)._routing_handle_bounce(email_message, message_dict)


def _own_message_ids(message):
    """Return the Message-IDs of reminders that a message, or one returned inside it, refers to.

    :param message: email.message.EmailMessage
    """
    if not isinstance(message, EmailMessage):
        return set()  # `mail` refuses it in its own words
    return {
        message_id
        for part in message.walk()
        for text in [*_referring_headers(part), _returned_headers(part)]
        for message_id in OWN_MESSAGE_ID.findall(text)}


def _referring_headers(part):
    """Yield the headers of a message, or of one inside it, that may name others.

    As they came: Python's own reading of a Message-ID fails on some that only spam filters and broken programs write,
    and a message that Odoo would take must not be lost for it.
    """
    for name, value in part.raw_items():
        if name.lower() in REFERRING:
            yield _decoded(str(value))


def _decoded(text):
    """Return a header with its encoded words read: some programs fold a long Message-ID into several of them."""
    try:
        words = decode_header(text)
    except HeaderParseError:
        return text  # broken encoding: none of ours is in it
    return ''.join(word if isinstance(word, str) else word.decode('ascii', 'replace') for word, _charset in words)


def _returned_headers(part):
    """Return the headers of a message that came back without its text (RFC 3462)."""
    returned = part.get_content_type() == 'text/rfc822-headers'
    return part.get_payload(decode=True).decode('ascii', 'replace') if returned else ''


def _still_under_way(message):
    """Tell a report that a message is late, or has arrived, from one that it could not be delivered.

    :param message: email.message.EmailMessage
    """
    actions = [
        (status.get('Action') or '').strip().lower()
        for part in message.walk() if part.get_content_type() == 'message/delivery-status' and part.is_multipart()
        for status in part.get_payload()]
    told = [action for action in actions if action]
    return bool(told) and 'failed' not in told


def _written_by_machine(message):
    """Tell an out-of-office or another automatic answer from what a person wrote, by its headers.

    :param message: email.message.EmailMessage
    """
    submitted = (message.get('Auto-Submitted') or 'no').split(';')[0].strip().lower()
    return submitted != 'no' or bool(message.get('X-Autoreply') or message.get('X-Autorespond'))
