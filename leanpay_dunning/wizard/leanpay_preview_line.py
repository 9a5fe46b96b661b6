from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..models.const import CHANNELS, LEVELS


class LeanpayPreviewLine(models.TransientModel):
    """One message of a dry run."""

    _name = 'leanpay.preview.line'
    _description = "Message of a Dry Run"
    _order = 'preview_id, sequence, id'
    _rec_name = 'partner_id'

    preview_id = fields.Many2one('leanpay.preview', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='preview_id.company_id', store=True)
    sequence = fields.Integer()
    debtor_id = fields.Many2one('leanpay.debtor', ondelete='cascade')
    partner_id = fields.Many2one('res.partner', string="Customer", ondelete='cascade')
    step_id = fields.Many2one('leanpay.scenario.step', ondelete='cascade')
    level = fields.Selection(LEVELS)
    channel = fields.Selection(CHANNELS)
    approval = fields.Selection(related='step_id.approval')
    contact_id = fields.Many2one('res.partner', string="Recipient", ondelete='cascade')
    address = fields.Char()
    currency_id = fields.Many2one('res.currency')
    amount_total = fields.Monetary(string="Amount")
    item_count = fields.Integer(string="Items")
    subject = fields.Char()
    body = fields.Html(sanitize=False)
    why = fields.Char(compute='_compute_why', help="Why this customer, at this step, on this day.")

    # === COMPUTE METHODS === #

    @api.depends('debtor_id', 'step_id', 'preview_id.date')
    def _compute_why(self):
        for line in self:
            debtor, date = line.debtor_id, line.preview_id.date
            oldest = debtor.oldest_due_date
            parts = [line.step_id.scenario_id.name]
            if line.level == '0':
                parts.append(self.env._("before the due date"))
            elif oldest:
                parts.append(self.env._("%s days late", (date - oldest).days))
            if debtor.last_contact_date:
                parts.append(self.env._("last contact on %s", format_date(self.env, debtor.last_contact_date)))
            line.why = ' · '.join(filter(None, parts))

    # === ACTION METHODS === #

    def action_open(self):
        """Render the text of this message, unless it was already, and open it.

        The customer is planned once more for the day of the dry run: nothing of it was kept.
        """
        self.ensure_one()
        self.check_access('write')
        if not self.body:
            self.write(self._texts())
        action = self._get_records_action()
        return action | {'name': self.preview_id.display_name}

    # === BUSINESS METHODS === #

    def _texts(self):
        """Return the subject and the body of this message, or why there is none any more."""
        preview = self.preview_id
        key = ('step_id', 'currency_id', 'channel')
        found = preview._planner()._preview(preview.company_id, preview.date, self.partner_id)
        for values in found:
            if all(values[name] == self[name] if name == 'channel' else values[name] == self[name].id for name in key):
                return {'subject': values['subject'], 'body': values['body']}
        return {'subject': False, 'body': Markup('<p>%s</p>') % self.env._(
            "This message would not leave any more: something has changed since the dry run. Make it again.")}

    # === ACTION METHODS: OTHER PAGES === #

    def action_open_debtor(self):
        """Open the customer's collections page."""
        self.ensure_one()
        # The dry run of a company that never ran knows customers who have no debtor yet.
        return self.partner_id.with_company(self.company_id).action_view_dunning()
