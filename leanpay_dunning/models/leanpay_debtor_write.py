from odoo import models


class LeanpayDebtor(models.Model):
    """What is written to a customer besides reminders: confirmations, answers, notices."""

    _inherit = 'leanpay.debtor'

    def _write_to(self, template_xmlid, record, attachments=None):
        """Queue an e-mail to the recipient of this debtor's reminders, in their language and the company's frame.

        It is in the debtor's thread, where answers come back to. Without an address, a person is asked to repair it.

        :param template_xmlid: mail.template
        :param record: what the template is about
        :param attachments: ir.attachment
        :return: mail.mail, empty when there is no address
        """
        self.ensure_one()
        # sudo: whoever agrees with a customer needs no right on mails; templates and addresses are the company's
        debtor, company = self.sudo(), self.company_id.sudo()
        recipient = self.env['leanpay.recipient'].sudo()._resolve(self.ids)[self.id]
        template = self.env.ref(template_xmlid).sudo()
        if not recipient.email:
            debtor._need_attention(
                'write_to', self.env._("Add an e-mail address: a confirmation could not be sent"), note=template.name)
            return self.env['mail.mail']
        values = template.with_company(company).with_context(lang=recipient.lang)._generate_template(
            record.ids, ('subject', 'body_html'))[record.id]
        frame = self.with_context(lang=recipient.lang).env['ir.qweb'].sudo()._render('leanpay_dunning.mail_frame', {
            'company': company, 'collector': debtor.collector_id, 'lang': recipient.lang,
            'body': values['body_html']}, lang=recipient.lang)
        sender = self.env['leanpay.delivery.mail'].sudo()._sender(company)
        reply_to = debtor._notify_get_reply_to(default=sender, author_id=company.partner_id.id)
        return self.env['mail.mail'].sudo().create({
            'subject': values['subject'], 'body_html': frame, 'body': frame, 'email_to': recipient.email,
            'email_from': sender, 'reply_to': reply_to[self.id], 'author_id': company.partner_id.id,
            'model': self._name, 'res_id': self.id, 'message_type': 'email_outgoing', 'auto_delete': False,
            'attachment_ids': [(6, 0, attachments.ids if attachments else [])]})
