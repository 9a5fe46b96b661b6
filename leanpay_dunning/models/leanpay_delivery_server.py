import logging

from odoo import api, models

from .leanpay_delivery_mail import Route, _quit

_logger = logging.getLogger(__name__)

ATTENTION = 'mail_server'


class LeanpayDeliveryMail(models.AbstractModel):
    """Nothing is rendered for a mail server that does not answer: each delivery tries the connection first."""

    _inherit = 'leanpay.delivery.mail'

    @api.model
    def _server_answers(self, company):
        """Try the mail server of a company that has e-mails to send. When it does not answer, they wait.

        :param company: res.company
        :return: False when it does not answer; True when it does, or when there is nothing to send
        """
        if not self._waiting(company, limit=1):
            return True
        try:
            _quit(self._connected(None, self._route(company)))
        except Exception as error:  # noqa: BLE001 - whatever refuses the connection, nothing was said yet
            delivery = self.env['leanpay.delivery']
            delivery._commit()  # a new snapshot: refusing may have taken a minute
            # Another process may be delivering some of them: they are its own to look after.
            self._wait_for_server(self._waiting(company).try_lock_for_update(allow_referencing=True), error)
            delivery._commit()
            return False
        self._server_attention(company).activity_ids.filtered(
            lambda activity: activity.dunning_code == ATTENTION).action_feedback()
        return True

    def _waiting(self, company, limit=None):
        """Return the e-mails of a company that are to leave, oldest first.

        :rtype: leanpay.reminder
        """
        # sudo: what was approved is delivered by whoever runs the scheduled action
        return self.env['leanpay.reminder'].sudo().search(
            [('company_id', '=', company.id), ('state', '=', 'approved'), ('channel', '=', 'email')],
            order='id', limit=limit)

    def _route(self, company):
        """Return how the messages of a company leave.

        :rtype: Route
        """
        sender = self._sender(company)
        found, _smtp_from = self.env['ir.mail_server'].sudo()._find_mail_server(sender)
        server = found or self.env['ir.mail_server']
        known = [(company, {'alias_domain_id': company.alias_domain_id.id, 'bounce_email': company.bounce_email})]
        known += [(server, {'owner_user_id': server.owner_user_id.id, 'max_email_size': server.max_email_size})
                  ] if server else []
        accounts = self.env['leanpay.facts']._accounts(company)
        return Route(sender, server, accounts, company.dunning_tz or 'UTC', known, statements={})

    def _wait_for_server(self, reminders, error):
        """Keep the reminders approved: nothing was said. They leave as soon as the server answers again.

        One activity asks for the repair, on one customer's page, as long as it lasts.
        """
        company = reminders.company_id[:1]
        text = self.env._("The mail server does not answer: %s. The reminder waits and will be tried again.", error)
        _logger.warning("Dunning mails of company %s wait: %s", company.id, error)
        reminders.filtered(lambda reminder: reminder.error != text).write({'error': text})
        asked = self._server_attention(company)[:1] or reminders[:1].debtor_id
        asked._need_attention(ATTENTION, self.env._("Repair the outgoing mail server: reminders wait"), note=text)

    def _server_attention(self, company):
        """Return the debtor on whose page somebody is asked to repair the mail server of a company, if any."""
        return self.env['leanpay.debtor'].sudo().search(
            [('company_id', '=', company.id), ('activity_ids.dunning_code', '=', ATTENTION)])
