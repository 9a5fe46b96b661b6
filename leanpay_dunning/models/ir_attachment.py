from odoo import api, models
from odoo.exceptions import UserError

from .leanpay_letter_store import LOGO

# What a letter says, its fingerprint (`description`), and whose it is.
ARCHIVED_FIELDS = {
    'datas', 'raw', 'db_datas', 'store_fname', 'checksum', 'file_size', 'mimetype', 'name', 'description', 'url',
    'type', 'res_model', 'res_id', 'res_field', 'company_id'}


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    def write(self, vals):
        """Keep archived letters as they were sent: they are proof, whoever asks."""
        if vals.keys() & ARCHIVED_FIELDS and self._has_archived_letter():
            raise UserError(self.env._(
                "This letter was sent and is archived as proof: it cannot be changed. Make a new reminder instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived_letter(self):
        if self._has_archived_letter():
            raise UserError(self.env._("This letter is archived as proof: it cannot be deleted."))

    def _has_archived_letter(self):
        if any(attachment.res_model == 'leanpay.evidence' for attachment in self.sudo()):
            return True  # what was received
        # sudo: the archive protects letters also from people who may not read reminders
        if any((attachment.name or '').startswith(LOGO) for attachment in self.sudo()):
            return True  # what a letter is made again from
        return bool(self.ids and self.env['leanpay.reminder'].sudo().search_count(
            ['|', '|', ('letter_id', 'in', self.ids), ('deposit_proof_id', 'in', self.ids),
             ('receipt_proof_id', 'in', self.ids)], limit=1)) or bool(
                 self.ids and self.env['leanpay.statement'].sudo().search_count(
                     ['|', ('pdf_id', 'in', self.ids), ('workbook_id', 'in', self.ids)], limit=1))
