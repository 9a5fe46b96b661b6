from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

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
