from odoo import api, models
from odoo.exceptions import UserError

from ..engine.store import dump, load
from ..report import letter as paper

CLASSES = (
    paper.BankDetails, paper.ChargeSegment, paper.ConsumerNotice, paper.ExtraRow, paper.LateCharges, paper.Letter,
    paper.LetterLine, paper.Paper, paper.PastReminder, paper.Recipient, paper.Sender)
LOGO = 'leanpay-letter-logo-'


class LeanpayLetter(models.AbstractModel):
    """Keeps all that a letter was made of, so that years later the same paper comes out, byte for byte."""

    _inherit = 'leanpay.letter'

    @api.model
    def _made_again(self, reminder):
        """Make the letter of a reminder again from what was kept, whatever has changed since.

        :param reminder: one leanpay.reminder
        :return: the PDF, as bytes
        :raise UserError: nothing was kept, or the logo of that time is gone
        """
        reminder.ensure_one()
        if not reminder.letter_inputs:
            raise UserError(self.env._("The letter to %s was made before its inputs were kept: only the archived PDF "
                                       "exists.", reminder.partner_id.display_name))
        return paper.render_letter(load(reminder.letter_inputs, CLASSES, lambda digest: self._logo(reminder, digest)))

    def _kept(self, company, letter):
        """Return a letter as JSON values; its logo is kept once for all letters of the company.

        :param letter: report.letter.Letter
        """
        return dump(letter, lambda digest, content: self._keep_logo(company, digest, content))

    def _keep_logo(self, company, digest, content):
        # sudo: the archive belongs to nobody
        attachments = self.env['ir.attachment'].sudo()
        name = LOGO + digest
        if not attachments.search_count([('name', '=', name), ('res_model', '=', 'res.company'),
                                         ('res_id', '=', company.id)], limit=1):
            attachments.create({
                'name': name, 'raw': content, 'res_model': 'res.company', 'res_id': company.id,
                'company_id': company.id, 'description': digest})

    def _logo(self, reminder, digest):
        logo = self.env['ir.attachment'].sudo().search([
            ('name', '=', LOGO + digest), ('res_model', '=', 'res.company'),
            ('res_id', '=', reminder.company_id.id)], limit=1)
        if not logo:
            raise UserError(self.env._("The logo of the letter to %s is no longer kept: the same paper cannot be made "
                                       "again.", reminder.partner_id.display_name))
        return logo.raw
