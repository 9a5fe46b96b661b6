from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class LeanpayStatementWizard(models.TransientModel):
    """Makes the statement of one account, of a group together, or of many customers one by one."""

    _name = 'leanpay.statement.wizard'
    _description = "Make a Statement of Account"

    debtor_ids = fields.Many2many('leanpay.debtor', string="Customers", required=True)
    company_id = fields.Many2one('res.company', compute='_compute_company_id')
    kind = fields.Selection(
        [('open', "Open items"), ('activity', "Everything between two dates")], string="Shows", required=True,
        default='open')
    date = fields.Date(
        string="On", required=True, default=lambda self: self.env.company._dunning_today(),
        help="The account as it is at the end of this day, or was.")
    date_from = fields.Date(
        string="From", default=lambda self: self.env.company._dunning_today().replace(month=1, day=1))
    consolidated = fields.Boolean(string="One Statement for All", help="Each line says whose it is.")
    can_consolidate = fields.Boolean(compute='_compute_can_consolidate')
    with_group = fields.Boolean(
        string="With Their Group", help="Also the companies whose parent company is the same.")
    with_interest = fields.Boolean(string="Tell Late Interest")

    @api.depends('debtor_ids')
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.debtor_ids.company_id[:1]

    @api.depends('debtor_ids', 'with_group')
    def _compute_can_consolidate(self):
        for wizard in self:
            wizard.can_consolidate = len(wizard.debtor_ids.ids) > 1 or wizard.with_group

    # === ACTION METHODS === #

    def action_pdf(self):
        """Open the statement as a PDF."""
        return self._download('pdf')

    def action_xlsx(self):
        """Download the statement as a workbook."""
        return self._download('xlsx')

    def action_send(self):
        """Send each customer the statement of their own account."""
        self.ensure_one()
        debtors = self._debtors()
        sent = self.env['leanpay.statement']._send(debtors, self.date, kinds=('pdf', 'xlsx'), **self._content())
        missing = len(debtors) - len(sent)
        message = self.env._("No statement was sent.")
        if sent:
            message = self.env._("%s statements are on their way.", len(sent))
        if missing:
            message += ' ' + self.env._("%s customers owe nothing or have no e-mail address.", missing)
        return {'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
            'type': 'success' if sent else 'warning', 'message': message,
            'next': {'type': 'ir.actions.act_window_close'}}}

    # === BUSINESS METHODS === #

    def _content(self):
        return {'since': self.date_from if self.kind == 'activity' else None, 'interest': self.with_interest}

    def _debtors(self):
        """Return the debtors, with those of their groups where asked, checked: the list comes from the browser."""
        self._check_dates()
        debtors = self.debtor_ids
        if self.with_group:
            tops = debtors.partner_id
            while tops.parent_id:
                tops = tops.parent_id | tops.filtered(lambda partner: not partner.parent_id)
            debtors |= debtors.search([
                ('partner_id', 'child_of', tops.ids), ('company_id', 'in', debtors.company_id.ids)], limit=10_000)
        debtors.check_access('read')
        return debtors

    def _check_dates(self):
        if self.kind == 'activity' and (not self.date_from or self.date_from > self.date):
            raise UserError(self.env._("Everything between two dates: the first must not come after the second."))

    def _download(self, kind):
        self.ensure_one()
        debtors, makers = self._debtors(), self.env['leanpay.statement']
        if len(debtors) > 1 and not self.consolidated:
            raise UserError(self.env._(
                "One statement at a time can be opened: tick “One Statement for All”, or send each customer theirs."))
        if len(debtors.company_id) > 1:
            raise UserError(self.env._("One statement is of one company: choose customers of one company."))
        [(name, content)] = makers._render(makers._content(debtors, self.date, **self._content()), (kind,))
        attachment = self.env['ir.attachment'].create({
            'name': name, 'raw': content, 'res_model': self._name, 'res_id': self.id})
        return {'type': 'ir.actions.act_url', 'target': 'new', 'url': f'/web/content/{attachment.id}' + (
            '?download=true' if kind == 'xlsx' else '')}

    @api.model
    def default_get(self, fields):
        """Take the customers of the list or the page that the dialog is opened from."""
        values = super().default_get(fields)
        if 'debtor_ids' in fields and self.env.context.get('active_model') == 'leanpay.debtor':
            values['debtor_ids'] = [Command.set(self.env.context.get('active_ids') or [])]
        return values
