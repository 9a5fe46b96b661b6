import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..report.merge import merge_letters


class LeanpayLetterPost(models.TransientModel):
    """The letters that wait to be posted: printed in one file, noted as posted, or handed to who posts them."""

    _name = 'leanpay.letter.post'
    _description = "Post Letters"

    company_id = fields.Many2one('res.company', required=True, default=lambda self: self.env.company)
    line_ids = fields.One2many('leanpay.letter.post.line', 'post_id', string="Letters")
    duplex = fields.Boolean(string="Printed on Both Sides", help="Each letter begins on a sheet of its own.")
    provider_id = fields.Many2one(
        'leanpay.letter.provider', domain="[('company_id', '=', company_id)]",
        default=lambda self: self.env['leanpay.letter.provider'].search(
            [('company_id', '=', self.env.company.id)], limit=1))
    letter_count = fields.Integer(compute='_compute_letter_count')

    @api.depends('line_ids')
    def _compute_letter_count(self):
        for wizard in self:
            wizard.letter_count = len(wizard.line_ids)

    @api.model
    def default_get(self, fields):
        """Take the letters chosen in the list, else all that wait, in the order of the envelopes."""
        values = super().default_get(fields)
        if 'line_ids' in fields:
            domain = [('channel', '=', 'letter'), ('state', '=', 'todo'), ('company_id', '=', self.env.company.id)]
            if self.env.context.get('active_model') == 'leanpay.reminder':
                domain.append(('id', 'in', self.env.context.get('active_ids') or []))
            letters = self.env['leanpay.reminder'].search(domain, limit=1000)._envelope_order()
            values['line_ids'] = [Command.create({
                'reminder_id': letter.id, 'tracking_number': letter.tracking_number}) for letter in letters]
        return values

    # === ACTION METHODS === #

    def action_print(self):
        """Open one PDF of all letters, in the order of the envelopes, and note that they are printed."""
        self.ensure_one()
        letters = self._letters()
        missing = letters.filtered(lambda letter: not letter.letter_id)
        if missing:
            raise UserError(self.env._(
                "The letter to %s is not made yet: deliver the reminder again.", missing[0].partner_id.display_name))
        # sudo: letters are archived for nobody
        content = merge_letters([letter.letter_id.raw for letter in letters.sudo()], self.duplex)
        attachment = self.env['ir.attachment'].create({
            'name': self.env._("Letters %s.pdf", fields.Date.context_today(self)), 'raw': content,
            'mimetype': 'application/pdf', 'res_model': self._name, 'res_id': self.id,
            'description': hashlib.sha256(content).hexdigest()})
        letters.filtered(lambda letter: not letter.outcome)._by_button()._record_outcome('printed')
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{attachment.id}'}

    def action_posted(self):
        """Note the tracking numbers, and that the letters were posted; those that are no longer right are voided."""
        self.ensure_one()
        gone = self.line_ids.reminder_id.filtered(lambda letter: letter.state == 'void')
        letters = self._letters(gone)
        numbers = [line.tracking_number.strip() for line in self.line_ids if (line.tracking_number or '').strip()]
        if len(numbers) != len(set(numbers)):
            raise UserError(self.env._("Two letters have the same tracking number: correct one of them."))
        for line in self.line_ids.filtered(lambda line: line.reminder_id in letters):
            line.reminder_id.tracking_number = (line.tracking_number or '').strip() or False
        result = letters.action_mark_posted()
        if gone and not result:
            result = gone._warning(gone._wrong_letter_text())
        return result or {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'success', 'message': self.env._("%s letters are noted as posted.", len(letters)),
            'next': {'type': 'ir.actions.act_window_close'}}}

    def action_hand_over(self):
        """Hand the letters to the provider, who prints and posts them."""
        self.ensure_one()
        if not self.provider_id:
            raise UserError(self.env._("Choose who posts the letters, or set somebody up under Configuration."))
        letters = self._letters()._by_button()
        # sudo: see `_by_button`
        given = self.provider_id.sudo()._send(letters)
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'success', 'next': {'type': 'ir.actions.act_window_close'},
            'message': self.env._("%(count)s letters were handed to %(provider)s.", count=len(given),
                                  provider=self.provider_id.name)}}

    def _letters(self, gone=None):
        """Return the letters, checked: the list comes from the browser.

        :param gone: leanpay.reminder voided meanwhile, which the caller tells about
        """
        letters = self.line_ids.reminder_id - (gone or self.env['leanpay.reminder'])
        letters.check_access('write')
        if not letters:
            raise UserError(self.env._("No letter waits to be posted."))
        if any(letter.channel != 'letter' or letter.state != 'todo' for letter in letters):
            raise UserError(self.env._("Something was posted or voided meanwhile: open the list again."))
        return letters._envelope_order()
