import re
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, email_normalize

BARE_ADDRESS = re.compile(r"[\w+-]+(\.[\w+-]+)*@([a-z0-9-]+\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE)


class Recipient(NamedTuple):
    """Whom a message is for. One result decides contact, language, channel and address of everything."""

    contact_id: int
    lang: str
    email: str = ''  # normalized; empty when there is none that works
    phone: str = ''
    postal: bool = False  # a letter can be posted to this contact
    problem: str = ''  # no_email, bad_email, bounced, blacklisted: why there is no e-mail

    def reached_by(self, channel):
        """Tell whether a channel has an address here."""
        return {'email': bool(self.email), 'sms': bool(self.phone), 'letter': self.postal,
                'phone': bool(self.phone), 'activity': True}[channel]


class LeanpayRecipient(models.AbstractModel):
    """Chooses the recipient: dunning contact, else invoice contact, else accounting e-mail, else the customer."""

    _name = 'leanpay.recipient'
    _description = "Recipient of Reminders"

    @api.model
    def _resolve(self, debtor_ids):
        """Return the recipient of each debtor.

        :param debtor_ids: ids of leanpay.debtor
        :rtype: dict[int, Recipient]
        """
        candidates = {}
        self.env.flush_all()
        blacklist = self._blacklisted()
        for row in self._candidate_rows(list(debtor_ids)):
            candidates.setdefault(row['debtor_id'], []).append(row)
        return {debtor_id: self._choose(rows, blacklist) for debtor_id, rows in candidates.items()}

    @api.model
    def _channel(self, step, recipient):
        """Return the channel of a step for a recipient: the first that reaches them, an internal activity at worst.

        :param step: leanpay.scenario.step
        :param recipient: Recipient
        """
        for channel in (step.channel, step.fallback_channel):
            if channel and recipient.reached_by(channel):
                return channel
        return 'activity'

    # === READING === #

    def _candidate_rows(self, debtor_ids):
        """Return the possible contacts of each debtor, best first."""
        query = SQL(
            """
            SELECT debtor.id AS debtor_id, contact.id AS contact_id, contact.email, contact.phone,
                   COALESCE(contact.lang, customer.lang) AS lang,
                   (contact.street IS NOT NULL AND contact.city IS NOT NULL) AS postal,
                   (customer.street IS NOT NULL AND customer.city IS NOT NULL) AS customer_postal,
                   debtor.accounting_email, debtor.bounced_email, customer.phone AS customer_phone,
                   contact.id = debtor.contact_id AS chosen, contact.type = 'invoice' AS invoice,
                   contact.id = customer.id AS itself
              FROM leanpay_debtor debtor
              JOIN res_partner customer ON customer.id = debtor.partner_id
              JOIN res_partner contact ON contact.commercial_partner_id = customer.id
               AND (contact.id = customer.id
                    OR contact.active AND (contact.id = debtor.contact_id OR contact.type = 'invoice'))
             WHERE debtor.id = ANY(%s)
          ORDER BY debtor.id, COALESCE(contact.id = debtor.contact_id, FALSE) DESC, contact.type = 'invoice' DESC,
                   contact.id
            """, debtor_ids)
        return self.env.execute_query_dict(query)

    def _blacklisted(self):
        return {email for [email] in self.env.execute_query(SQL("SELECT email FROM mail_blacklist WHERE active"))}

    # === CHOOSING === #

    def _choose(self, rows, blacklist):
        """Return the first contact with an e-mail that works, else the best contact without one."""
        problem = ''
        for row, email in self._addresses(rows):
            # People type several addresses in one field: the first one is written to.
            normalized = _normalized(email or '')
            fault = _fault(email, normalized, row['bounced_email'], blacklist)
            if not fault:
                return self._recipient(row, normalized)
            if fault != 'no_email' or not problem:
                problem = fault
        # Nobody can be written to by e-mail: the best contact keeps the other channels.
        return self._recipient(rows[0], '')._replace(problem=problem)

    def _addresses(self, rows):
        """Yield (contact row, e-mail address) from the best to the last resort."""
        itself = next(row for row in rows if row['itself'])
        for row in rows:
            if not row['itself'] or row['chosen']:
                yield row, row['email']
        if itself['accounting_email']:
            yield itself, itself['accounting_email']
        yield itself, itself['email']

    def _recipient(self, row, email):
        return Recipient(
            contact_id=row['contact_id'],
            lang=row['lang'] or self.env.company.partner_id.lang or 'en_US',
            email=email,
            phone=row['phone'] or row['customer_phone'] or '',
            postal=row['postal'] or row['customer_postal'],
        )


def _normalized(email):
    """Return the first address; a bare one, as nearly all are, needs no parsing of a mail header."""
    return email.lower() if BARE_ADDRESS.fullmatch(email) else email_normalize(email, strict=False)


def _fault(email, normalized, bounced, blacklist):
    """Return why an address cannot be used, '' when it can."""
    if not (email or '').strip():
        return 'no_email'
    if not normalized:
        return 'bad_email'
    if bounced and normalized == _normalized(bounced):
        return 'bounced'
    return 'blacklisted' if normalized in blacklist else ''
