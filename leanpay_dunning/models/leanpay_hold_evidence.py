from odoo import api, models

# What a customer said, or is known of them. What we decided among ourselves is not for a court's file, and what an
# event sets by itself follows from what is recorded already.
RECORDED_KINDS = {'insolvency': 'other', 'paid': 'other'}
SAID = {'kind', 'note', 'item_ids', 'date_from', 'date_until'}


class LeanpayHold(models.Model):
    """What a customer said, or is known of them, is evidence: what, when, by whom it was noted, and when it ended."""

    _inherit = 'leanpay.hold'

    @api.model_create_multi
    def create(self, vals_list):
        """Record what was said."""
        holds = super().create(vals_list)
        holds._record_hold(self.env._("Dunning is on hold"))
        return holds

    def write(self, vals):
        """Record what changed, and the end."""
        result = super().write(vals)
        if vals.get('lifted_on'):
            self._record_hold(self.env._("Hold lifted"))
        elif vals.keys() & SAID:
            self._record_hold(self.env._("Hold changed"))
        return result

    def _record_hold(self, headline):
        self.env['leanpay.evidence.event']._note([{
            'debtor': hold.debtor_id, 'kind': RECORDED_KINDS[hold.kind], 'summary': hold._trace(headline),
            'record': hold, 'payload': hold._evidence_payload()} for hold in self if hold.kind in RECORDED_KINDS])

    def _evidence_payload(self):
        self.ensure_one()
        return {
            'reason': self.kind, 'note': self.note or '', 'set_by': self.user_id.login,
            'items': [
                [item.move_name or '', str(item.currency_id.round(item.amount_residual_currency)),
                 item.currency_id.name]
                for item in self.item_ids.sorted('id')],
            'from': str(self.date_from or ''), 'until': str(self.date_until or ''),
            'lifted_on': str(self.lifted_on or ''), 'lifted_by': self.lifted_by_id.login or ''}
