import base64

from odoo import fields, models
from odoo.exceptions import UserError

PROOF_KINDS = [('deposit', "Proof of deposit"), ('receipt', "Proof of receipt")]


class LeanpayLetterProof(models.TransientModel):
    """A proof that the post gave on paper or by e-mail, attached to its letter."""

    _name = 'leanpay.letter.proof'
    _description = "Attach a Postal Proof"

    reminder_id = fields.Many2one('leanpay.reminder', required=True)
    kind = fields.Selection(PROOF_KINDS, required=True, default='receipt')
    file = fields.Binary(required=True)
    file_name = fields.Char()
    received_on = fields.Date(help="Day on which the letter was received, as the receipt says.")

    def action_attach(self):
        """Keep the proof: it cannot be changed afterwards."""
        self.ensure_one()
        self.reminder_id.check_access('write')
        content = base64.b64decode(self.file or b'')
        if not content.startswith((b'%PDF', b'\x89PNG', b'\xff\xd8\xff')):
            raise UserError(self.env._("A proof is a PDF or a picture (PNG, JPEG): choose another file."))
        self.reminder_id._by_button()._letter_proof_received(
            self.kind, self.file_name or 'proof', content, self.received_on if self.kind == 'receipt' else None)
        return {'type': 'ir.actions.act_window_close'}
