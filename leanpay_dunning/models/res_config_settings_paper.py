from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of letters."""

    _inherit = 'res.config.settings'

    dunning_paper = fields.Selection(related='company_id.dunning_paper', readonly=False, required=True)
    dunning_window_x = fields.Float(related='company_id.dunning_window_x', readonly=False)
    dunning_window_y = fields.Float(related='company_id.dunning_window_y', readonly=False)
    dunning_window_width = fields.Float(related='company_id.dunning_window_width', readonly=False)
    dunning_window_height = fields.Float(related='company_id.dunning_window_height', readonly=False)
    dunning_fold_1 = fields.Float(related='company_id.dunning_fold_1', readonly=False)
    dunning_fold_2 = fields.Float(related='company_id.dunning_fold_2', readonly=False)
    dunning_margin_left = fields.Float(related='company_id.dunning_margin_left', readonly=False)
    dunning_margin_right = fields.Float(related='company_id.dunning_margin_right', readonly=False)

    def action_print_test_grid(self):
        """Print the test grid of the company's envelopes."""
        self.ensure_one()
        return self.company_id.action_print_test_grid()
