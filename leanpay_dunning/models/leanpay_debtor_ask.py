from odoo import Command, api, fields, models


class LeanpayDebtor(models.Model):
    """The questions to colleagues about a debtor."""

    _inherit = 'leanpay.debtor'

    ask_ids = fields.One2many('leanpay.ask', 'debtor_id', string="Questions")
    open_ask_count = fields.Integer(string="Open Questions", compute='_compute_open_ask_count')
    salesperson_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")

    @api.depends('ask_ids.state')
    def _compute_open_ask_count(self):
        counts = dict(self.env['leanpay.ask']._read_group(
            [('debtor_id', 'in', self.ids), ('state', '=', 'open')], ['debtor_id'], ['__count']))
        for debtor in self:
            debtor.open_ask_count = counts.get(debtor, 0)

    # === ACTION METHODS === #

    def action_ask_colleague(self):
        """Open the dialog that asks a colleague about this debtor."""
        return self._ask_dialog()

    def action_view_asks(self):
        """Open the questions about this debtor."""
        action = self.env['ir.actions.act_window']._for_xml_id('leanpay_dunning.leanpay_ask_action')
        return action | {'domain': [('debtor_id', 'in', self.ids)], 'context': {'create': False}}

    # === BUSINESS METHODS === #

    def _personal_data(self):
        """Override of ours: what was asked and answered about somebody is told on request."""
        return super()._personal_data() | {'questions': [
            {'asked': ask.create_date, 'by': ask.user_id.name, 'of': ask.colleague_id.name, 'question': ask.question,
             'answer': ask.answer} for ask in self.ask_ids]}

    def _ask_dialog(self, items=None):
        """Return the dialog that asks a colleague.

        :param items: account.move.line that the question is about
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'leanpay.ask', 'target': 'new',
            'views': [(self.env.ref('leanpay_dunning.leanpay_ask_view_form_dialog').id, 'form')],
            'name': self.env._("Ask a Colleague"), 'context': {
                'default_debtor_id': self.id, 'default_item_ids': [Command.set(items.ids if items else [])]}}
