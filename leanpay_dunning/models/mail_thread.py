from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Override of `mail` to remember, while the message is routed, that a machine wrote it (RFC 3834)."""
        return super(
            MailThread, self.with_context(leanpay_automatic_answer=_written_by_machine(message)),
        )._message_route_process(message, message_dict, routes)


def _written_by_machine(message):
    """Tell an out-of-office or another automatic answer from what a person wrote, by its headers.

    :param message: email.message.EmailMessage
    """
    submitted = (message.get('Auto-Submitted') or 'no').split(';')[0].strip().lower()
    return submitted != 'no' or bool(message.get('X-Autoreply') or message.get('X-Autorespond'))
