from odoo import fields, models
from odoo.tools.mail import html_to_inner_content


class MailActivity(models.Model):
    _inherit = 'mail.activity'

    # What it is about, whatever the language and the wording: dunning asks for the same thing only once.
    dunning_code = fields.Char(readonly=True, copy=False, index='btree_not_null')

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of `mail` to record on the reminder that its letter was posted or its task done, also from here."""
        reminders = self._dunning_reminders()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        reminders._activity_done(feedback)
        return result

    def unlink(self):
        """Override of `mail`: a reminder that waits for a person is not forgotten with their activity."""
        reminders = self._dunning_reminders()
        result = super().unlink()
        reminders._activity_lost()
        return result

    def _dunning_retell(self, note):
        """Rewrite the notes of open activities when what they ask to repair has changed.

        :param note: Markup; when empty, there is nothing new to say
        """
        text = html_to_inner_content(note)
        changed = self.filtered(lambda activity: html_to_inner_content(activity.note or '') != text)
        if text and changed:
            changed.write({'note': note})

    def _dunning_reminders(self):
        """Return the reminders that wait for somebody to do these activities.

        :rtype: leanpay.reminder, in sudo
        """
        own = self.filtered(lambda activity: activity.res_model == 'leanpay.debtor')
        # sudo: an activity may be given to somebody without rights on reminders
        reminders = self.env['leanpay.reminder'].sudo()
        return reminders.search([('activity_id', 'in', own.ids), ('state', '=', 'todo')]) if own else reminders
