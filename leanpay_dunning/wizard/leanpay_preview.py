from odoo import api, fields, models
from odoo.tools import format_date


class LeanpayPreview(models.TransientModel):
    """A dry run: what would leave on a day, to whom, with which text. Nothing is planned, nothing is sent."""

    _name = 'leanpay.preview'
    _description = "Dry Run"

    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, default=lambda self: self.env.company)
    date = fields.Date(
        required=True, default=lambda self: self.env.company._dunning_today(),
        help="Any day: a later one supposes that nobody pays until then.")
    line_ids = fields.One2many('leanpay.preview.line', 'preview_id', readonly=True)

    @api.depends('date')
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("Dry run of %(date)s", date=format_date(self.env, preview.date))

    # === ACTION METHODS === #

    def action_preview(self):
        """Make the dry run and show what would leave, one line per message; texts are rendered when one is opened."""
        self.ensure_one()
        self.check_access('write')
        self.line_ids.unlink()
        found = self._planner()._preview(self.company_id, self.date, texts=False)
        self.env['leanpay.preview.line'].create([
            self._line_values(values) | {'preview_id': self.id, 'sequence': sequence}
            for sequence, values in enumerate(found)])
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_preview_line_action')
        return action | {
            'display_name': self.display_name,
            'domain': [('preview_id', '=', self.id)],
            'context': {'search_default_group_by_level': 1},
        }

    # === BUSINESS METHODS === #

    def _planner(self):
        return self.env['leanpay.planner'].with_company(self.company_id)

    def _line_values(self, values):
        """Return the values of a line from what the planner says of a message.

        :param values: dict of `leanpay.planner._preview`
        """
        known = self.env['leanpay.preview.line']._fields
        return {name: value for name, value in values.items() if name in known}
