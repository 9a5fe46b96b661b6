from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..report.errors import LetterError
from ..report.grid_sheet import render_test_grid
from ..report.paper import PAPERS, custom_paper, paper_of

MEASURES = (
    'dunning_window_x', 'dunning_window_y', 'dunning_window_width', 'dunning_window_height', 'dunning_fold_1',
    'dunning_fold_2', 'dunning_margin_left', 'dunning_margin_right')


class ResCompany(models.Model):
    """Where the address stands on letters, for the envelopes that a company uses."""

    _inherit = 'res.company'

    dunning_paper = fields.Selection([
        ('country', "As usual in the country"),
        ('FR_DL', "France: window on the right, DL envelope"),
        ('DIN_5008_B', "Germany, Austria: DIN 5008, form B"),
        ('DIN_5008_A', "Germany, Austria: DIN 5008, form A"),
        ('CH_LEFT', "Switzerland: window on the left"),
        ('CH_RIGHT', "Switzerland: window on the right"),
        ('US_10', "United States: Letter paper, envelope no. 10"),
        ('custom', "Own measures"),
    ], string="Envelopes", required=True, default='country', help="Where the window of your envelopes is.")
    dunning_window_x = fields.Float(string="Window from the Left (mm)", default=110, digits=(6, 1))
    dunning_window_y = fields.Float(string="Window from the Top (mm)", default=55, digits=(6, 1))
    dunning_window_width = fields.Float(string="Width (mm)", default=80, digits=(6, 1))
    dunning_window_height = fields.Float(string="Height (mm)", default=24, digits=(6, 1))
    dunning_fold_1 = fields.Float(string="First Fold (mm)", default=99, digits=(6, 1))
    dunning_fold_2 = fields.Float(string="Second Fold (mm)", default=198, digits=(6, 1))
    dunning_margin_left = fields.Float(string="Left Margin (mm)", default=22, digits=(6, 1))
    dunning_margin_right = fields.Float(string="Right Margin (mm)", default=20, digits=(6, 1))

    @api.constrains('dunning_paper', *MEASURES)
    def _check_dunning_paper(self):
        for company in self.filtered(lambda one: one.dunning_paper == 'custom'):
            try:
                company._dunning_paper()
            except LetterError as error:
                raise ValidationError(self.env['leanpay.letter']._error_text(error)) from error

    def _dunning_paper(self):
        """Return the sheet that letters are printed on.

        :rtype: report.paper.Paper
        :raise report.errors.LetterError: measures that cannot be printed
        """
        self.ensure_one()
        if self.dunning_paper == 'country':
            return paper_of(self.country_id.code)
        if self.dunning_paper != 'custom':
            return PAPERS[self.dunning_paper]
        x, y, width, height, fold_1, fold_2, left, right = (round(self[name], 1) for name in MEASURES)
        return custom_paper((x, y, width, height), (fold_1, fold_2), left, right)

    def action_print_test_grid(self):
        """Open a sheet to be printed and put in an envelope: what shows in the window is where the address will be."""
        self.ensure_one()
        self.check_access('read')
        try:
            content = render_test_grid(self._dunning_paper())
        except LetterError as error:
            raise UserError(self.env['leanpay.letter']._error_text(error)) from error
        attachment = self.env['ir.attachment'].create({
            'name': self.env._("Test grid.pdf"), 'raw': content, 'mimetype': 'application/pdf',
            'res_model': self._name, 'res_id': self.id})
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{attachment.id}'}
