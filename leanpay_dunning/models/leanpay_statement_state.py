from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.machine import RefusedMove
from ..engine.statement_states import STATEMENT


class LeanpayStatement(models.Model):
    """What became of a statement: on its way, arrived at the mail server, refused, come back; sent again."""

    _inherit = 'leanpay.statement'

    state = fields.Selection(
        [('waiting', "On its way"), ('sent', "Sent"), ('failed', "Failed"), ('bounced', "Came back")], required=True,
        readonly=True, default='waiting', index=True)
    message_id = fields.Char(string="Message-ID", readonly=True, index='btree_not_null')
    sent_on = fields.Datetime(readonly=True)
    answered_on = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    # === ACTION METHODS === #

    def action_send_again(self):
        """Send the same papers once more, to the address that works now."""
        self.debtor_id.check_access('write')
        # sudo: see `_send_one`
        for statement in self.sudo():
            recipient = self.env['leanpay.recipient'].sudo()._resolve(statement.debtor_id.ids)[statement.debtor_id.id]
            if not recipient.email:
                raise UserError(self.env._(
                    "%s has no e-mail address that works: add another one, then send the statement again.",
                    statement.partner_id.name))
            statement._move('again', address=recipient.email, error=False, sent_on=False)
            statement._queue(statement.pdf_id | statement.workbook_id)
            statement.debtor_id._evidence('other', self.env._("Statement of account of %s, again", statement.date), {
                'statement': statement.id, 'address': recipient.email, 'pdf_sha256': statement.sha256}, statement)

    # === BUSINESS METHODS === #

    def _move(self, move, **values):
        """Change the state, once: whoever comes second finds what it is by then.

        :param move: see `engine.statement_states`
        :raise UserError: what this state does not allow
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(['state'])
        try:
            state = STATEMENT.after(self.state, move)
        except RefusedMove as error:
            states = dict(self._fields['state']._description_selection(self.env))
            raise UserError(self.env._(
                "This statement is “%s”: only one that failed or came back is sent again.",
                states[self.state])) from error
        self.write({'state': state, **values})

    def _queue(self, attachments):
        """Give the e-mail to Odoo's queue, and remember how answers and bounces will name it."""
        mail = self._mail(attachments)
        self.write({'mail_id_int': mail.id, 'message_id': mail.message_id})

    def _mail_processed(self, error):
        """Record what the mail server said.

        :param error: why the mail did not leave, '' when it did
        """
        for statement in self:
            move = 'fail' if error else 'leave'
            if move not in STATEMENT.moves(statement.state):
                continue
            mail = self.env['mail.mail'].browse(statement.mail_id_int)
            statement._move(
                move, error=error or False, sent_on=False if error else fields.Datetime.now(),
                message_id=mail.message_id)
            if error:
                statement.debtor_id._need_attention(
                    'statement', self.env._("The statement of account could not be sent"), note=error)
                statement.debtor_id._evidence('failed', self.env._(
                    "The statement of account of %s did not leave", statement.date),
                    {'statement': statement.id, 'address': statement.address, 'error': error}, statement)

    def _record_bounced(self, error):
        """Record that these statements came back; their address is not used any more."""
        for statement in self:
            if 'bounce' not in STATEMENT.moves(statement.state):
                continue
            statement._move('bounce', error=error)
            statement.debtor_id._evidence('bounced', self.env._(
                "The statement of account of %s came back", statement.date),
                {'statement': statement.id, 'address': statement.address, 'error': error}, statement)
            statement.debtor_id._address_bounced(statement.address, error)

    def _move_to(self, kept):
        """Give these statements to another debtor of the same customer; both may have one of the same period.

        :param kept: leanpay.debtor
        """
        taken = set(self.search([('debtor_id', '=', kept.id), ('period', '!=', False)]).mapped('period'))
        for statement in self.sorted('id'):
            period = statement.period
            if period in taken:
                period = f'{period} / {statement.id}'
            taken |= {period}
            statement.write({'debtor_id': kept.id, 'period': period})
