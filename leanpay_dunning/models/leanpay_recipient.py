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
        return not self.missing(channel)

    def missing(self, channel):
        """Return what must be repaired before a channel reaches them, '' when it does.

        :return: the `problem` of the e-mail address, no_phone or no_postal
        """
        if channel in ('sms', 'phone'):
            return '' if self.phone else 'no_phone'
        return {
            'email': '' if self.email else self.problem or 'no_email',
            'letter': '' if self.postal else 'no_postal',
            'activity': '',
        }[channel]


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
        for row in self._candidate_rows(list(debtor_ids)):
            candidates.setdefault(row['debtor_id'], []).append(row)
        addresses = {debtor_id: list(self._addresses(rows)) for debtor_id, rows in candidates.items()}
        blacklist = self._blacklisted({
            normalized for found in addresses.values() for _row, _email, normalized in found if normalized})
        return {
            debtor_id: self._choose(rows, addresses[debtor_id], blacklist) for debtor_id, rows in candidates.items()}

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

    @api.model
    def _ask_to_repair(self, reminder, recipient):
        """Ask, once each, for the addresses that the channels of a reminder's step need and its recipient has not.

        :param reminder: leanpay.reminder, on the channel that it finally takes
        :param recipient: Recipient
        """
        step = reminder.step_id
        # A second message asks for its own address; what it should have gone with asks for both.
        wanted = [reminder.channel] if reminder.primary_id else filter(None, (step.channel, step.also_channel))
        texts = self._repair_texts()
        for missing in dict.fromkeys(filter(None, map(recipient.missing, wanted))):
            # The bounce has asked already.
            code = 'bounce' if missing == 'bounced' else f'address_{missing}'
            reminder.debtor_id._need_attention(
                code, texts[missing], note=self._repair_note(reminder), user=reminder.user_id)

    def _repair_texts(self):
        return {
            'no_email': self.env._("Add an e-mail address"),
            'bad_email': self.env._("Correct the e-mail address"),
            'bounced': self.env._("Replace the e-mail address that refuses our messages"),
            'blacklisted': self.env._("The e-mail address is blacklisted: ask for another one"),
            'no_phone': self.env._("Add a phone number"),
            'no_postal': self.env._("Add a postal address: street and town"),
        }

    def _repair_note(self, reminder):
        """Return what became of a reminder that could not go the way its step asks for."""
        if reminder.state == 'void':
            return self.env._("“%s” could not be sent.", reminder.step_id.name)
        if reminder.channel == reminder.step_id.channel:
            return self.env._("The second message of “%s” could not be sent.", reminder.step_id.name)
        if reminder.channel == 'activity':
            return self.env._("Nothing reaches this customer: “%s” is only a task for somebody.", reminder.step_id.name)
        channels = dict(reminder._fields['channel']._description_selection(self.env))
        return self.env._("“%(step)s” goes another way meanwhile: %(channel)s.",
                          step=reminder.step_id.name, channel=channels[reminder.channel])

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

    def _blacklisted(self, emails):
        """Return which of these normalized addresses are blacklisted: the whole list may be far longer."""
        return {email for [email] in self.env.execute_query(SQL(
            "SELECT email FROM mail_blacklist WHERE active AND email = ANY(%s)", list(emails)))}

    # === CHOOSING === #

    def _choose(self, rows, addresses, blacklist):
        """Return the first contact with an e-mail that works, else the best contact without one."""
        problem = ''
        for row, email, normalized in addresses:
            fault = _fault(email, normalized, row['bounced_email'], blacklist)
            if not fault:
                return self._recipient(row, normalized)
            if fault != 'no_email' or not problem:
                problem = fault
        # Nobody can be written to by e-mail: the best contact keeps the other channels.
        return self._recipient(rows[0], '')._replace(problem=problem)

    def _addresses(self, rows):
        """Yield (contact row, e-mail address, normalized address) from the best to the last resort."""
        itself = next(row for row in rows if row['itself'])
        emails = [(row, row['email']) for row in rows if not row['itself'] or row['chosen']]
        if itself['accounting_email']:
            emails.append((itself, itself['accounting_email']))
        for row, email in (*emails, (itself, itself['email'])):
            # People type several addresses in one field: the first one is written to.
            yield row, email, _normalized(email or '')

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
