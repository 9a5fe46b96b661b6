import io
import re

from pypdf import PdfReader

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.dispute import OPEN
from ..engine.letter_checks import LetterFacts
from .const import FORMAL_NOTICE

PROOFS = {'deposit': 'deposit_proof_id', 'receipt': 'receipt_proof_id'}


class LeanpayReminder(models.Model):
    """What the post gives back for a letter: the proof that it was handed in, and that it was received."""

    _inherit = 'leanpay.reminder'

    deposit_proof_id = fields.Many2one(
        'ir.attachment', string="Proof of Deposit", readonly=True, copy=False, ondelete='restrict',
        index='btree_not_null')
    receipt_proof_id = fields.Many2one(
        'ir.attachment', string="Proof of Receipt", readonly=True, copy=False, ondelete='restrict',
        index='btree_not_null')

    provider_id = fields.Many2one(
        'leanpay.letter.provider', string="Posted By", readonly=True, copy=False, ondelete='restrict',
        index='btree_not_null', check_company=True)
    provider_ref = fields.Char(string="Their Reference", readonly=True, copy=False, index='btree_not_null')
    provider_state = fields.Selection([
        ('sent', "Handed over"), ('accepted', "Accepted"), ('printed', "Printed"), ('posted', "Posted"),
        ('delivered', "Delivered"), ('returned', "Came back"), ('refused', "Refused")],
        string="State at the Post", readonly=True, copy=False)

    def _letter_ref(self):
        """Return the name of this letter in files: unique, always the same, nothing but letters, digits and hyphens."""
        self.ensure_one()
        return re.sub(r'[^A-Za-z0-9]+', '-', f"{self.letter_number or 'L'}-{self.id}").strip('-')

    def _letter_pages(self):
        """Return how many pages the letter has."""
        return len(PdfReader(io.BytesIO(self.letter_id.raw)).pages)

    def _letter_facts(self):
        """Return what decides whether this letter may be handed over.

        :rtype: engine.letter_checks.LetterFacts
        """
        self.ensure_one()
        reminder = self.sudo()  # sudo: whoever posts letters need not see holds and the law
        place = self.env['leanpay.recipient'].sudo()._resolve(reminder.debtor_id.ids)[reminder.debtor_id.id]
        items, debtor = reminder.line_ids.move_line_id, reminder.debtor_id
        disputes = debtor.dispute_ids.filtered(lambda dispute: dispute.state in OPEN and dispute._items() & items)
        kind = self.env['leanpay.late.interest']._customer_kind(reminder.company_id, reminder.partner_id, debtor)
        return LetterFacts(
            waiting=reminder.channel == 'letter' and reminder.state == 'todo', made=bool(reminder.letter_id),
            complete_address=place.postal, disputed=bool(disputes), formal_notice=reminder.level == FORMAL_NOTICE,
            earlier_reminder=bool(reminder._past_reminders()), days_late=reminder._days_late,
            professional=kind != 'consumer', consent=bool(debtor.electronic_letter_consent), email=bool(place.email))

    def _envelope_order(self):
        """Return these letters as they go into envelopes: registered ones first, then by country, postcode and name."""
        return self.sorted(lambda one: (
            one.level != FORMAL_NOTICE, (one.contact_id or one.partner_id).country_id.code or '',
            (one.contact_id or one.partner_id).zip or '', one.partner_id.name or '', one.id))

    def _letter_proof_received(self, kind, name, content, received_on=None):
        """Keep a proof of the post at once: with the reminder, in the debtor's thread, in the chain of evidence.

        :param kind: deposit or receipt
        :param content: bytes of the file
        :param received_on: day on which the letter was received, with a receipt
        :rtype: ir.attachment
        """
        self.ensure_one()
        if not content:
            raise UserError(self.env._(
                "The proof for the letter to %s is an empty file.", self.partner_id.display_name))
        field = PROOFS[kind]
        if self[field] and self[field].raw == content:
            return self[field]  # the same file came twice
        # sudo: the archive belongs to nobody, no user may own, change or delete it
        proof = self.env['ir.attachment'].sudo().create({
            'name': name, 'raw': content, 'res_model': self._name, 'res_id': self.id,
            'company_id': self.company_id.id})
        values = {field: proof.id} | ({'received_on': received_on} if received_on else {})
        self.sudo().write(values)
        label = self._fields[field]._description_string(self.env)
        self.debtor_id.sudo().message_post(body=self.env._(
            "%(proof)s of the letter %(number)s.", proof=label, number=self.letter_number or ''),
            attachments=[(name, content)])
        self._record_evidence(self)
        return proof
