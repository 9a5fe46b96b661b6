from odoo import api, fields, models

from .leanpay_debtor_blocked import domain_of_boolean

ORDER_HOLDS = [('none', "Let through"), ('warn', "Warned about"), ('block', "On hold")]


class LeanpayDebtor(models.Model):
    """Whether new orders and deliveries of a debtor are let through, and why not."""

    _inherit = 'leanpay.debtor'

    order_hold = fields.Selection(
        ORDER_HOLDS, string="Orders", compute='_compute_order_hold', search='_search_order_hold',
        help="What happens to new orders and deliveries, by the rule in the Invoicing settings.")
    order_hold_text = fields.Char(string="Orders, and Why", compute='_compute_order_hold')
    order_released_until = fields.Date(string="Orders Released Until", compute='_compute_order_hold')
    order_release_ids = fields.One2many('leanpay.order.release', 'debtor_id', string="Releases of Orders")
    order_release_count = fields.Integer(compute='_compute_order_release_count')

    # === COMPUTE METHODS === #

    @api.depends('item_ids', 'hold_ids.state', 'reminder_ids.state', 'order_release_ids.ended_on')
    @api.depends_context('lang')
    def _compute_order_hold(self):
        service = self.env['leanpay.order.hold']
        for company, debtors in self.grouped('company_id').items():
            verdicts = service._judge(company, debtors.partner_id) if company else {}
            for debtor in debtors:
                verdict = verdicts.get(debtor.partner_id)
                debtor.order_hold = verdict.mode if verdict else 'none'
                debtor.order_hold_text = service._text(company, verdict) if verdict else False
                debtor.order_released_until = verdict.released if verdict else False

    def _search_order_hold(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # sudo: only compared, what is found is read with the user's own rights
        companies = self.env['res.company'].sudo().browse(self.env.context.get('allowed_company_ids') or ())
        companies = companies or companies.search([])  # pylint: disable=no-search-all
        held = self.sudo().browse()
        for company in companies:
            candidates = held.browse(self.env['leanpay.order.hold'].sudo()._candidates(company))
            held |= candidates.filtered(lambda debtor: debtor.order_hold != 'none')
        found = held.filtered(lambda debtor: debtor.order_hold in value)
        domain = fields.Domain('id', 'in', found.ids)
        return domain | domain_of_boolean(fields.Domain('id', 'in', held.ids), [False]) if 'none' in value else domain

    @api.depends('order_release_ids')
    def _compute_order_release_count(self):
        counts = dict(self.env['leanpay.order.release']._read_group(
            [('debtor_id', 'in', self.ids)], ['debtor_id'], ['__count']))
        for debtor in self:
            debtor.order_release_count = counts.get(debtor, 0)

    # === ACTION METHODS === #

    def action_release_orders(self):
        """Open the dialog that lets the orders of this debtor through until a date."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'leanpay.order.release', 'target': 'new',
            'views': [(self.env.ref('leanpay_dunning.leanpay_order_release_view_form_dialog').id, 'form')],
            'name': self.env._("Release Orders"), 'context': {'default_debtor_id': self.id}}

    def action_view_order_releases(self):
        """Open the releases of this debtor's orders."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_order_release_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {'create': False}}

    # === BUSINESS METHODS === #

    def _personal_data(self):
        """Override of ours: why orders were let through all the same is told on request."""
        return super()._personal_data() | {'releases': [
            {'on': release.create_date, 'until': release.date_until, 'by': release.user_id.name,
             'reason': release.reason, 'held_because': release.held_because} for release in self.order_release_ids]}

    def _order_hold_changed(self):
        """Have pages say at once what somebody just decided."""
        self.invalidate_recordset(['order_hold', 'order_hold_text', 'order_released_until'])
