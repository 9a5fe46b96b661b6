from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

# What a manager says of a release; who gave or ended it, and when, follows from what they do.
WRITABLE = {'debtor_id', 'date_until', 'reason'}


class LeanpayOrderRelease(models.Model):
    """A manager lets the orders and deliveries of a customer through until a date, for a reason."""

    _name = 'leanpay.order.release'
    _description = "Release of Orders on Hold"
    _order = 'date_until DESC, id DESC'
    _check_company_auto = True

    debtor_id = fields.Many2one(
        'leanpay.debtor', string="Customer", required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='debtor_id.company_id', store=True, index=True)
    date_until = fields.Date(
        string="Until", required=True, default=lambda self: self.env.company._dunning_today(),
        help="Last day on which orders and deliveries are let through.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        'res.users', string="Released By", required=True, readonly=True, default=lambda self: self.env.user)
    held_because = fields.Char(
        string="On Hold Because", readonly=True, copy=False, help="What held the orders when they were released.")
    ended_on = fields.Date(readonly=True, copy=False)
    ended_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    state = fields.Selection(
        [('active', "Released"), ('expired', "Expired"), ('ended', "Taken back")], compute='_compute_state')

    # === COMPUTE METHODS === #

    @api.depends('date_until', 'ended_on', 'company_id.dunning_tz')
    def _compute_state(self):
        for release in self:
            if release.ended_on:
                release.state = 'ended'
            else:
                release.state = 'expired' if release.date_until and release.date_until < release._today() else 'active'

    @api.depends('debtor_id', 'date_until')
    def _compute_display_name(self):
        for release in self:
            release.display_name = f"{release.debtor_id.display_name} · {release.date_until}"

    # === CONSTRAINT METHODS === #

    @api.constrains('reason')
    def _check_reason(self):
        if any(not (release.reason or '').strip() for release in self):
            raise ValidationError(self.env._("Say why these orders are let through: it is kept with the release."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Tell the customer's history why orders are let through, and until when."""
        if not self.env.su and set().union(*vals_list) - WRITABLE:
            raise AccessError(self._refused())
        debtors = self.env['leanpay.debtor'].browse({vals['debtor_id'] for vals in vals_list if vals.get('debtor_id')})
        why = {debtor: debtor.order_hold_text for debtor in debtors}  # before they are let through
        releases = super().create(vals_list)
        for release in releases:
            if release.date_until < release._today():
                raise ValidationError(self.env._("Release the orders until today or a later day."))
            release.sudo().held_because = why.get(release.debtor_id)  # sudo: it follows from the facts
            release._tell(self.env._("Orders released"))
        releases.debtor_id._order_hold_changed()
        return releases

    def write(self, vals):
        """Refuse: what was released is history. It is taken back with its button, or another release is given."""
        if vals and not self.env.su:
            raise AccessError(self._refused())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self._refused())

    def _refused(self):
        return self.env._(
            "A release is part of the customer's history: take it back with its button, or give another one.")

    # === ACTION METHODS === #

    def action_end(self):
        """Take these releases back: orders are on hold again from now on."""
        self.check_access('write')
        for release in self.filtered(lambda release: release.state == 'active'):
            # sudo: ending is what the button does, nobody writes it
            release.sudo().write({'ended_on': release._today(), 'ended_by_id': self.env.user.id})
            release._tell(self.env._("Release of orders taken back"))
        self.debtor_id._order_hold_changed()

    # === BUSINESS METHODS === #

    def _today(self):
        # sudo: read by whoever sees the release
        return (self.company_id or self.env.company).sudo()._dunning_today()

    def _tell(self, headline):
        """Keep in the customer's history, and as evidence, who decided what."""
        self.ensure_one()
        until = self.env._("until %s", format_date(self.env, self.date_until))
        summary = ' · '.join(filter(None, (headline, until, self.reason, self.held_because)))
        self.debtor_id.message_post(body=summary)
        self.debtor_id._evidence('other', summary, {
            'released_until': str(self.date_until), 'reason': self.reason, 'released_by': self.user_id.login,
            'held_because': self.held_because or '', 'ended_on': str(self.ended_on or ''),
            'ended_by': self.ended_by_id.login or ''}, self)
