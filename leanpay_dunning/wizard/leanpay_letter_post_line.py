from odoo import api, fields, models


class LeanpayLetterPostLine(models.TransientModel):
    """One letter that waits, and the number on its postal receipt."""

    _name = 'leanpay.letter.post.line'
    _description = "Letter to Post"

    post_id = fields.Many2one('leanpay.letter.post', required=True, ondelete='cascade')
    provider_id = fields.Many2one(related='post_id.provider_id')
    reminder_id = fields.Many2one('leanpay.reminder', string="Letter", required=True)
    partner_id = fields.Many2one(related='reminder_id.partner_id')
    letter_number = fields.Char(related='reminder_id.letter_number')
    level = fields.Selection(related='reminder_id.level')
    tracking_number = fields.Char()
    problems = fields.Char(compute='_compute_problems', help="What stands against handing it over.")

    @api.depends('reminder_id', 'provider_id')
    def _compute_problems(self):
        nobody = self.env['leanpay.letter.provider']
        for line in self:
            provider = line.provider_id or nobody.new({})
            line.problems = ' '.join(provider._problems(line.reminder_id)) if line.reminder_id else False
