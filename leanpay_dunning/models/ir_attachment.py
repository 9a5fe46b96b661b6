from odoo import models
from odoo.exceptions import UserError

CONTENT_FIELDS = {'datas', 'raw', 'db_datas', 'store_fname', 'name', 'res_model', 'res_id', 'url', 'type'}


class IrAttachment(models.Model):
    _inherit = 'ir.attachment'

    def write(self, vals):
        """Keep archived letters as they were sent: they are proof, whoever asks."""
        if vals.keys() & CONTENT_FIELDS and self._has_archived_letter():
            raise UserError(self.env._(
                "This letter was sent and is archived as proof: it cannot be changed. Make a new reminder instead."))
        return super().write(vals)

    def _has_archived_letter(self):
        # sudo: the archive protects letters also from people who may not read reminders
        return bool(self.ids and self.env['leanpay.reminder'].sudo().search_count(
            [('letter_id', 'in', self.ids)], limit=1))
