from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.order_hold import Verdict
from .leanpay_debtor_order_hold import ORDER_HOLDS


class LeanpayOrderHoldMixin(models.AbstractModel):
    """What is let through only when its customer's orders are: quotations, deliveries. It needs a chatter."""

    _name = 'leanpay.order.hold.mixin'
    _description = "Document That May Be on Hold"

    # A customer reads their own orders, not what we think of them.
    dunning_order_hold = fields.Selection(
        ORDER_HOLDS, string="Orders on Hold", compute='_compute_dunning_order_hold', compute_sudo=True,
        groups='base.group_user')
    dunning_order_hold_text = fields.Char(
        string="On Hold Because", compute='_compute_dunning_order_hold', compute_sudo=True, groups='base.group_user')

    # === COMPUTE METHODS === #

    def _compute_dunning_order_hold(self):
        service, verdicts = self.env['leanpay.order.hold'], self._dunning_verdicts()
        for record in self:
            verdict = verdicts.get(record, Verdict())
            record.dunning_order_hold = verdict.mode
            record.dunning_order_hold_text = verdict.mode != 'none' and service._text(record.company_id, verdict)

    # === ACTION METHODS === #

    def action_release_orders(self):
        """Open the dialog that lets the orders of this document's customer through."""
        self.ensure_one()
        return self._dunning_customer().with_company(self.company_id).action_release_orders()

    # === TO OVERRIDE === #

    def _dunning_may_be_held(self):
        """Return those of these documents that still wait for somebody to let them through."""
        return self

    def _dunning_customer(self):
        """Return who pays for this document, a commercial partner."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id

    def _dunning_ordered(self):
        """Return what this document adds to what the customer owes, in company currency."""
        return 0

    # === BUSINESS METHODS === #

    def _dunning_verdicts(self):
        """Return what becomes of the documents that may be held: {document: engine.order_hold.Verdict}."""
        found = {}
        # sudo: whoever sells or delivers is told, with or without rights on the accounts of their customers
        for company, records in self.sudo()._dunning_may_be_held().grouped('company_id').items():
            asked = [(record, record._dunning_customer()._origin, record._dunning_ordered()) for record in records]
            asked = [one for one in asked if one[1]]
            verdicts = self.env['leanpay.order.hold']._judge_amounts(
                company, [(partner, amount) for _record, partner, amount in asked])
            found |= {record: verdict for (record, *_rest), verdict in zip(asked, verdicts, strict=True)}
        return found

    def _dunning_check_hold(self, warned=False):
        """Refuse what is on hold, tell what is only warned about; called when somebody lets a document through.

        What our own code lets through, such as an order that is paid online, is not refused: nobody could be asked.

        :param warned: whoever lets it through was told already
        :raise UserError: says who can release the orders
        """
        service = self.env['leanpay.order.hold']
        # sudo: a customer whom no run has looked at yet is looked at now
        for company, records in self.sudo()._dunning_may_be_held().grouped('company_id').items():
            customers = {record._dunning_customer().id for record in records} - {False}
            self.env['leanpay.debtor'].sudo()._ensure_for(company, customers)
        for record, verdict in self._dunning_verdicts().items():
            if verdict.mode == 'block' and not self.env.su and self.env.user._is_internal():
                raise UserError(service._refusal(record.company_id, record._dunning_customer(), verdict))
            if verdict.mode != 'none' and not warned:
                record._dunning_warn(service._text(record.company_id, verdict))

    def _dunning_warn(self, text):
        """Keep in the document's history that it went through all the same, and tell who did it."""
        self.ensure_one()
        # sudo: see `_dunning_verdicts`
        self.sudo().message_post(
            body=self.env._("Let through although: %s", text), author_id=self.env.user.partner_id.id)
        if self.env.user._is_internal():
            self.env.user._bus_send('simple_notification', {
                'type': 'warning', 'title': self._dunning_customer().name, 'message': text, 'sticky': True})
