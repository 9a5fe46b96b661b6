from odoo import fields, models
from odoo.exceptions import UserError

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

    def _letter_proof_received(self, kind, name, content, received_on=None):
        """Keep a proof of the post at once: with the reminder, in the debtor's thread, in the chain of evidence.

        :param kind: deposit or receipt
        :param content: bytes of the file
        :param received_on: day on which the letter was received, with a receipt
        :rtype: ir.attachment
        """
        self.ensure_one()
        if not content:
            raise UserError(self.env._("The proof for the letter to %s is an empty file.", self.partner_id.display_name))
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
