from datetime import UTC
from hashlib import sha256
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools import SQL


class LeanpayDeliveryMail(models.AbstractModel):
    """The two marks of each e-mail: `sending` before the conversation, `sent` after it.

    In SQL: after a commit the cache is empty, and filling it again would cost more than sending. In statements that the
    connection keeps ready: the server would take longer to plan them than to run them.
    """

    _inherit = 'leanpay.delivery.mail'

    def _keep_statements_ready(self):
        """Let the server plan both statements, once per connection. They outlive commits and rollbacks.

        :return: the names they have on this connection, by what they do. A name holds a hash of its statement: a
            connection may outlive the code that prepared it, when an add-on that extends it is installed.
        """
        statements = {
            'mark_sending': ("int, text, int[], text, timestamp, int, text, text", self._mark_sending_sql()),
            'record_sent': ("int, int, timestamp, date, int", self._record_sent_sql()),
        }
        ready = {name for [name] in self.env.execute_query(SQL("SELECT name FROM pg_prepared_statements"))}
        names = {}
        for kind, (types, query) in statements.items():
            text = types.encode() + self.env.cr.mogrify(query.code, query.params)
            names[kind] = name = f'leanpay_{kind}_{sha256(text).hexdigest()[:16]}'
            if name not in ready:
                self.env.cr.execute(SQL("PREPARE %s (%s) AS %s", SQL.identifier(name), SQL(types), query))
        return names

    def _mark_sending(self, reminder, values, fingerprint, route):
        """Lock the reminder, check that nothing changed since it was prepared, and give it its Message-ID.

        :param fingerprint: what decided that it may leave; see `leanpay.facts._fingerprints`
        :param route: Route of its company
        :return: False when it must not leave now; the next delivery looks at it again
        """
        self.env.flush_all()
        marked = self.env.execute_query(SQL(
            "EXECUTE %s(%s, %s, %s::int[], %s, %s, %s, %s, %s)", SQL.identifier(route.statements['mark_sending']),
            reminder.id, fingerprint, route.accounts, values['message_id'], fields.Datetime.now(), self.env.uid,
            values['subject'] or None, values['body_html'] or None))
        self.env.invalidate_all()
        return bool(marked)

    def _mark_sending_sql(self):
        return SQL(
            """
            UPDATE leanpay_reminder
               SET state = 'sending', message_id = $4, sent_on = $5, late_changes = 0, write_date = $5, write_uid = $6
             WHERE id IN (SELECT reminder.id
                            FROM leanpay_reminder reminder
                            JOIN leanpay_debtor debtor ON debtor.id = reminder.debtor_id
                            JOIN res_partner customer ON customer.id = reminder.partner_id
                           WHERE reminder.id = $1 AND reminder.state = 'approved'
                             -- something happened, or somebody edited the text, a moment ago
                             AND debtor.stale IS NOT TRUE
                             AND reminder.subject IS NOT DISTINCT FROM $7
                             AND reminder.body IS NOT DISTINCT FROM $8
                             AND %s = $2
                             FOR NO KEY UPDATE OF reminder SKIP LOCKED)
         RETURNING id
            """, self.env['leanpay.facts']._fingerprint_sql(SQL("$3")))

    def _record_sent(self, reminder, message, route):
        """Record that a message left, and put its text in the thread as it was sent."""
        now = fields.Datetime.now()
        today = now.replace(tzinfo=UTC).astimezone(ZoneInfo(route.timezone)).date()
        self.env.cr.execute(SQL(
            "EXECUTE %s(%s, %s, %s, %s, %s)", SQL.identifier(route.statements['record_sent']),
            reminder.id, message.id, now, today, self.env.uid))
        self.env.invalidate_all()

    def _record_sent_sql(self):
        return SQL(
            """
            WITH sent AS (
                UPDATE leanpay_reminder
                   SET state = 'sent', sent_on = $3, sent_date = $4, error = NULL, mail_message_id = $2,
                       evidence_due = TRUE, write_date = $3, write_uid = $5
                 WHERE id = $1
             RETURNING body, body_edited)
            UPDATE mail_message SET body = sent.body FROM sent
             WHERE mail_message.id = $2 AND sent.body_edited IS NOT TRUE
            """)
