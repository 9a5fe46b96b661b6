from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.evidence import canonical, digest

SAID_STATES = ('sent', 'bounced', 'failed', 'uncertain')
FROZEN_STATES = ('sent', 'bounced')  # what was said in these never changes
RECORDED = {'outcome', 'received_on', 'tracking_number', 'provider_state', 'deposit_proof_id', 'receipt_proof_id'}
BATCH = 200


class LeanpayReminder(models.Model):
    """What was said, and what became of it, enters the chain of evidence: noted at once, recorded by the next batch."""

    _inherit = 'leanpay.reminder'

    evidence_due = fields.Boolean(
        readonly=True, copy=False, help="Something happened that the chain does not hold yet.")
    _evidence_due_index = models.Index("(id) WHERE evidence_due")

    def _init_column(self, column_name):
        """Have what was said before evidence was kept recorded by the next deliveries."""
        if column_name != 'evidence_due':
            return super()._init_column(column_name)
        self.env.cr.execute(SQL(
            "UPDATE leanpay_reminder SET evidence_due = TRUE WHERE state = ANY(%s)", list(SAID_STATES)))
        return None

    @api.model_create_multi
    def create(self, vals_list):
        """Note what is recorded as said from the start."""
        return super().create([
            vals | {'evidence_due': True} if vals.get('state') in SAID_STATES else vals for vals in vals_list])

    def write(self, vals):
        """Note that something happened which is evidence."""
        if vals.get('state') in SAID_STATES or vals.keys() & RECORDED:
            vals = vals | {'evidence_due': True}
            if not self.env.su and vals.keys() - {'evidence_due'} <= RECORDED:
                # sudo: a collector notes a receipt; that it is evidence follows
                own = super().write({name: value for name, value in vals.items() if name != 'evidence_due'})
                self.sudo().write({'evidence_due': True})
                return own
        return super().write(vals)

    @api.model
    def _record_evidence(self, reminders=None):
        """Record what happened to reminders since the last time, a batch.

        :param reminders: only these; None: whatever waits
        :return: whether some are left
        """
        # sudo: the outbox is nobody's
        domain = [('evidence_due', '=', True)] + ([('id', 'in', reminders.ids)] if reminders is not None else [])
        waiting = self.sudo().search(domain, limit=BATCH, order='sent_on, id')
        locked = waiting.try_lock_for_update()
        # a task among colleagues says nothing to anybody
        said = locked.filtered(lambda reminder: (
            reminder.channel != 'activity' and (reminder.state in SAID_STATES or reminder.outcome)))
        self.env['leanpay.evidence']._append([
            {'debtor': reminder.debtor_id, 'kind': reminder._evidence_kind(), 'summary': reminder._evidence_summary(),
             'payload': reminder._evidence_payload(), 'record': reminder,
             'happened_on': reminder._evidence_moment()} for reminder in said])
        locked.write({'evidence_due': False})
        # those in another's hands are its to record
        return bool(locked) and len(waiting) == BATCH

    def _evidence_kind(self):
        if self.state != 'sent':
            return self.state if self.state in SAID_STATES else 'outcome'
        if self.receipt_proof_id or self.deposit_proof_id:
            return 'proof'
        if self.outcome == 'replied':
            return 'outcome'
        return 'call' if self.channel == 'phone' else 'sent'

    def _evidence_moment(self):
        """Return when the latest of it happened; what nobody noted the hour of, when it is recorded."""
        if self.state == 'sent' and self.outcome_on and self._evidence_kind() != 'proof':
            return max(self.sent_on or self.outcome_on, self.outcome_on)
        return self.sent_on if self._evidence_kind() in ('sent', 'call') else None

    def _evidence_summary(self):
        told = self.with_context(lang=self.company_id.partner_id.lang)  # whoever's job records it
        said = dict(self._fields['state']._description_selection(told.env))[self.state]
        outcome = dict(self._fields['outcome']._description_selection(told.env)).get(self.outcome)
        parts = [told.step_id.name, self.letter_number, said, outcome]
        return ' · '.join(filter(None, parts))

    def _evidence_payload(self):
        """Return all that was said and became of it, as JSON values; long contents by their hash."""
        self.ensure_one()
        hashes = self.env['leanpay.evidence']._fingerprint(
            self.attachment_ids | self.letter_id | self.deposit_proof_id | self.receipt_proof_id)
        names = {attachment.id: attachment.name for attachment in (
            self.attachment_ids | self.letter_id | self.deposit_proof_id | self.receipt_proof_id)}
        return self._evidence_figures() | {
            'reminder': self.id, 'step': self.step_id.name, 'level': self.level, 'channel': self.channel,
            'state': self.state, 'sent_on': _iso(self.sent_on), 'message_id': self.message_id or '',
            'recipient': self.contact_id.name or '', 'address': self.address or '', 'lang': self.lang or '',
            'files': sorted([names[key], value] for key, value in hashes.items()),
            'letter_number': self.letter_number or '', 'provider': self.provider_id.name or '',
            'provider_state': self.provider_state or '', 'tracking_number': self.tracking_number or '',
            'received_on': _iso(self.received_on), 'outcome': self.outcome or '', 'outcome_on': _iso(self.outcome_on),
            'outcome_note': self.outcome_note or '', 'error': self.error or ''}

    def _evidence_figures(self):
        """Return what was said, which never changes once it was."""
        return {
            'subject': self.subject or '', 'body_sha256': digest(str(self.body or '')),
            'currency': self.currency_id.name, 'total': str(self.currency_id.round(self.amount_total)),
            'claimed': str(self.currency_id.round(self.amount_claimed)),
            'charges_sha256': digest(canonical(self.charges_kept)) if self.charges_kept else '',
            'letter_inputs_sha256': digest(canonical(self.letter_inputs)) if self.letter_inputs else '',
            'letter_sha256': self.letter_id.description or '',
            'items': [[
                line.reference or '', _iso(line.date_invoice), _iso(line.date_due), line.days_late,
                *(str(self.currency_id.round(amount)) for amount in (
                    line.amount_total, line.amount_residual, line.amount_disputed, line.amount_due))]
                for line in self.line_ids.sorted('id')]}

    @api.model
    def _altered_since(self, said):
        """Yield what no longer is as its entries say: what was sent never changes, in any of them.

        A message that could not leave, or perhaps did, may still be written anew.

        :param said: (chain id, number, what the entry says) of entries about reminders, in their order
        :return: pairs of a chain id and one sentence
        """
        frozen, mentioned = {}, {}
        for chain_id, number, values in said:
            reminder_id, payload = values['record'][1], values.get('payload') or {}
            mentioned[reminder_id] = chain_id, number
            if payload.get('state') in FROZEN_STATES:
                frozen.setdefault(reminder_id, []).append((chain_id, number, payload))
        # sudo: whoever checks evidence checks all of it
        known = {reminder.id: reminder for reminder in self.sudo().browse(mentioned).exists()}
        for reminder_id, (chain_id, number) in mentioned.items():
            if reminder_id not in known:
                yield chain_id, self.env._("The reminder of entry %s was deleted.", number)
        for reminder_id, entries in frozen.items():
            figures = known[reminder_id]._evidence_figures() if reminder_id in known else {}
            chain_id, first, payload = entries[0]
            for _chain_id, number, later in entries[1:]:
                names = [name for name in figures if later.get(name) != payload.get(name)]
                if names:
                    yield chain_id, self.env._(
                        "Entry %(number)s tells the reminder of entry %(first)s otherwise: %(names)s.", number=number,
                        first=first, names=', '.join(names))
            names = [name for name, value in figures.items() if payload.get(name) != value]
            if reminder_id in known:
                names += known[reminder_id]._altered_files(payload, entries[-1][2])
            if names:
                yield chain_id, self.env._(
                    "The reminder of entry %(number)s no longer says what it said: %(names)s.",
                    number=first, names=', '.join(names))


    def _altered_files(self, first, last):
        """Return which files of a reminder are not what its first and last entries hold the hashes of."""
        names, hashes = [], {fingerprint for _name, fingerprint in last.get('files') or ()}
        if self.letter_id and digest(self.letter_id.raw or b'') != first.get('letter_sha256'):
            names.append('letter')
        for field in () if self.evidence_due else ('deposit_proof_id', 'receipt_proof_id'):
            if self[field] and digest(self[field].raw or b'') not in hashes:
                names.append(field)
        return names


def _iso(value):
    return value.isoformat() if value else ''
