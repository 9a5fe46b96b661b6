from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

# What pauses a debtor by itself until a person has looked: kinds of holds, and codes of the activities that ask for it.
EVENTS = ('reply', 'bounce')


class LeanpayDebtor(models.Model):
    """What comes back: answers and bounces reach the debtor's thread, and pause it."""

    _inherit = 'leanpay.debtor'

    paused_by_event = fields.Boolean(compute='_compute_paused_by_event')

    def _message_receive_bounce(self, email, partner):
        """Override of `mail` to record that a reminder came back: it no longer counts and its address is not used."""
        super()._message_receive_bounce(email, partner)
        if self.env.context.get('leanpay_still_under_way'):
            return
        bounced = email_normalize(email or '')
        named = self.env.context.get('leanpay_bounced_ids') or ()
        for debtor in self:
            written = debtor.reminder_ids.sudo().filtered(
                lambda reminder: reminder.channel == 'email' and email_normalize(reminder.address or '') == bounced)
            returned = written.filtered(lambda reminder: reminder.message_id in named) or written.filtered(
                lambda reminder: reminder.state in ('sent', 'uncertain')).sorted('sent_on')[-1:]
            returned._record_bounced(self.env._("The message came back: %s does not accept it.", bounced))

    def _address_bounced(self, address, error):
        """Stop using an address, pause the debtor and ask a person to repair it."""
        self.ensure_one()
        # sudo: whoever the mail gateway runs as
        self.sudo().write({'bounced_email': address})
        self._hold_for('bounce', address)
        self._need_attention(
            'bounce', self.env._("Replace the e-mail address that refuses our messages"), note=error)

    def message_update(self, msg_dict, update_vals=None):
        """Override of `mail`, called when an answer arrives: pause the debtor until somebody has read it."""
        result = super().message_update(msg_dict, update_vals)
        # An out-of-office, or what a colleague writes to the thread, is kept there but answers nothing.
        if not self.env.context.get('leanpay_automatic_answer') and not self._written_by_colleague(msg_dict):
            for debtor in self:
                debtor._answered(msg_dict)
        return result

    def _written_by_colleague(self, msg_dict):
        """Tell whether an internal user wrote a message that came in."""
        [[user_id]] = self.env.execute_query(self._colleague_sql(msg_dict.get('author_id') or None))
        return bool(user_id)

    def _colleague_sql(self, partner):
        """Return the query of the internal user that a partner is: one row, `user_id`, NULL for anybody else.

        A colleague who has left was one: what they wrote does not become a customer's answer.
        """
        users = self.env['res.users']._fields
        return SQL(
            "SELECT MIN(id) AS user_id FROM res_users WHERE %s = %s AND %s IS NOT TRUE",
            SQL.identifier('partner_id', to_flush=users['partner_id']), partner,
            SQL.identifier('share', to_flush=users['share']))

    def _answered(self, msg_dict):
        """Record the answer on the reminder it answers, hold the debtor and ask the collector to read it."""
        self.ensure_one()
        reading = self._reading(msg_dict)
        if reading.kind == 'automatic':
            return  # a machine, by its words: its headers do not say so
        references = f"{msg_dict.get('references') or ''} {msg_dict.get('in_reply_to') or ''}".split()
        reminders = self._reminders_answered(references)
        reminders.filtered(lambda reminder: reminder.state == 'sent')._record_outcome('replied')
        self._record_answer(msg_dict)
        self._note_reply(msg_dict, reminders[:1], reading)
        self._hold_for('reply', msg_dict.get('subject') or '')
        self._need_attention('reply', self.env._("Read the customer's answer"), note=msg_dict.get('subject') or '')

    def _reminders_answered(self, references):
        """Return the reminders that a message answers: those it names, else the last one that was sent.

        :param references: Message-IDs
        """
        return self._reminders_named(references) or self.reminder_ids.sudo().filtered(
            lambda reminder: reminder.state == 'sent').sorted('sent_on')[-1:]

    def _reminders_named(self, references):
        # sudo: whoever the mail gateway runs as
        return self.env['leanpay.reminder'].sudo().search([
            ('debtor_id', '=', self.id), ('message_id', 'in', references)])

    def _hold_for(self, kind, note):
        """Put the whole debtor on hold for an event, once."""
        self.ensure_one()
        holds = self.env['leanpay.hold'].sudo()
        running = [('debtor_id', '=', self.id), ('kind', '=', kind), ('state', '=', 'active')]
        if not holds.search_count(running, limit=1):
            holds.create({
                'debtor_id': self.id, 'kind': kind, 'note': note, 'date_from': self.company_id._dunning_today()})

    @api.depends('hold_ids.state')
    def _compute_paused_by_event(self):
        for debtor in self:
            debtor.paused_by_event = any(
                hold.state == 'active' and hold.kind in EVENTS for hold in debtor.hold_ids)

    def action_resume(self):
        """Go on after an answer was read or an address repaired.

        Lifts the holds that these events had set, and closes the activities that asked for it.
        """
        self.check_access('write')
        self.env['leanpay.hold'].search([
            ('debtor_id', 'in', self.ids), ('kind', 'in', EVENTS), ('lifted_on', '=', False)]).action_lift()
        self._attention_given(EVENTS)
        self.env['leanpay.planner'].sudo()._refresh(self)
