from odoo import models


class MailActivity(models.Model):
    """Doing the activity of a question is answering it."""

    _inherit = 'mail.activity'

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of `mail` to bring the answer to the debtor and tell who asked."""
        asks = self._dunning_asks()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        asks._answered(feedback)
        return result

    def unlink(self):
        """Override of `mail`: a question does not stay open, nor its items on hold, when nobody can answer."""
        asks = self._dunning_asks()
        result = super().unlink()
        asks._withdrawn()
        return result

    def _dunning_asks(self):
        """Return the open questions of these activities.

        :rtype: leanpay.ask, in sudo: the colleague need have no rights on them
        """
        return self.env['leanpay.ask'].sudo().search([('activity_id', 'in', self.ids), ('state', '=', 'open')])
