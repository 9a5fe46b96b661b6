from odoo import api, fields, models
from odoo.tools import SQL


class LeanpayReminder(models.Model):
    """What comes back to a message that nobody knows to have left proves that it did, and finds the debtor's thread.

    A worker that dies between the mail server's answer and its own commit leaves a Message-ID, committed before the
    conversation, and no `mail.message`, without which Odoo would route neither answer nor bounce.
    """

    _inherit = 'leanpay.reminder'

    @api.model
    def _recognize(self, message_ids):
        """Put the messages that these Message-IDs name into their threads, and record that they left.

        :param message_ids: what an incoming message refers to
        """
        # sudo: whoever the mail gateway runs as
        reminders = self.sudo().search([
            ('message_id', 'in', list(message_ids)), ('mail_message_id', '=', False),
            ('state', 'in', ('sending', 'uncertain'))])
        reminders._put_in_thread()
        # One in `sending` is still in its worker's hands, or waits for the next delivery to find it.
        reminders.filtered(lambda reminder: reminder.state == 'uncertain')._record_arrived()

    def _record_uncertain(self, error):
        """Ask nobody about the messages that somebody has already answered."""
        messages = self._thread_messages()
        arrived = self.filtered(lambda reminder: reminder.message_id in messages)
        arrived._record_arrived()
        return super(LeanpayReminder, self - arrived)._record_uncertain(error)

    def _record_arrived(self):
        """Record that messages in doubt certainly left, and close the question whether they did."""
        messages = self._thread_messages()
        for reminder in self:
            reminder._record_sent(reminder.sent_on or fields.Datetime.now())
            reminder.mail_message_id = messages.get(reminder.message_id)
        self._no_longer_ask('uncertain')
        self._refresh_debtors()

    def _put_in_thread(self):
        """Create the messages that could not be committed when these reminders left, as they were sent."""
        outbox, messages = self.env['leanpay.delivery.mail'], self.env['mail.message'].sudo()
        known = self._thread_messages()
        missing = self.filtered(lambda reminder: reminder.message_id and reminder.message_id not in known)
        for company, own in missing.grouped('company_id').items():
            values = outbox.with_company(company)._mail_values(own, outbox._sender(company), personal=True)
            messages.create([
                {name: value for name, value in values[reminder.id].items() if name in messages._fields}
                | {'message_id': reminder.message_id, 'date': reminder.sent_on or fields.Datetime.now()}
                for reminder in own])
        # Our own rendering comes into the thread as it is; what a person typed was sanitized.
        self.env.cr.execute(SQL(
            """
            UPDATE mail_message message SET body = reminder.body
              FROM leanpay_reminder reminder
             WHERE reminder.id = ANY(%s) AND reminder.message_id = message.message_id
               AND message.model = 'leanpay.debtor' AND reminder.body_edited IS NOT TRUE
            """, missing.ids))
        messages.invalidate_model(['body'], flush=False)

    def _thread_messages(self):
        """Return the messages of these reminders that are in the debtors' threads, {Message-ID: id}."""
        self.env['mail.message'].flush_model(['message_id', 'model'])
        return dict(self.env.execute_query(SQL(
            "SELECT message_id, id FROM mail_message WHERE model = 'leanpay.debtor' AND message_id = ANY(%s)",
            list(filter(None, self.mapped('message_id'))))))
