from odoo import models
from odoo.tools import format_amount, html2plaintext

from ..report.sheet import Sheet, SheetPart, SheetTable, render_sheet


class LeanpayDispute(models.Model):
    """The report of disputes: what a lawyer must know, on paper."""

    _inherit = 'leanpay.dispute'

    def action_print_report(self):
        """Make the report of these disputes and open it."""
        self.check_access('read')
        # sudo: whoever may read a dispute may print it; the file belongs to the first of them
        attachment = self.env['ir.attachment'].sudo().create({
            'name': self._report_name(), 'raw': self._report(), 'mimetype': 'application/pdf',
            'res_model': self._name, 'res_id': self[:1].id, 'company_id': self[:1].company_id.id})
        return {'type': 'ir.actions.act_url', 'url': f'/web/content/{attachment.id}?download=true', 'target': 'self'}

    def _report_name(self):
        number = self.name.replace('/', '-') if len(self) == 1 else len(self)
        return f"{self.env._('Disputes')} {number}.pdf"

    def _report(self):
        """Return the report of disputes as PDF bytes, in the user's language."""
        company, customers = self.company_id[:1], self.partner_id
        return render_sheet(Sheet(
            company=company.name, customer=', '.join(customers.mapped('name')),
            title=self.env._("Report of disputes"),
            subtitle=self.env._(
                "%(company)s / %(customer)s, on %(date)s", company=company.name,
                customer=', '.join(customers.mapped('name')), date=self._date_text(company._dunning_today())),
            color=company.primary_color or '', parts=tuple(map(_part_of, self))))

    def _report_facts(self):
        """Return the (label, value) of a dispute."""
        self.ensure_one()

        def shown(name):
            field = self._fields[name]
            value = self[name]
            if field.type == 'selection':
                value = dict(field._description_selection(self.env)).get(value)
            elif field.type == 'date':
                value = self._date_text(value)
            elif field.type == 'many2one':
                value = value.display_name
            elif field.type == 'monetary':
                value = format_amount(self.env, value, self.currency_id)
            return self.env._("%s:", field._description_string(self.env)), str(value or '')
        names = ('partner_id', 'category_id', 'amount', 'date', 'source', 'user_id', 'owner_id', 'deadline', 'state',
                 'outcome', 'amount_accepted', 'resolved_on', 'resolution_days')
        return tuple(fact for fact in map(shown, names) if fact[1])

    def _report_history(self):
        """Return what was said in this dispute and to its customer about it, the oldest first: (day, who, text)."""
        # The debtor's thread tells what was agreed and confirmed, and what was answered: only what names this dispute.
        messages = self.debtor_id.message_ids.filtered(
            lambda message: self.name in (message.body or '') or self.name in (message.subject or ''))
        return tuple(
            (self._date_text(message.date), message.author_id.name or message.email_from or '',
             (html2plaintext(message.body, include_references=False) or message.subject or '')[:800])
            for message in messages.sorted('date') if message.body or message.subject)


def _part_of(dispute):
    env, currency = dispute.env, dispute.currency_id

    def money(amount):
        return format_amount(env, amount, currency)
    tables = [SheetTable(
        (env._("Invoice"), env._("Due date"), env._("Disputed"), env._("Accepted"), env._("Credit note")),
        tuple((line.move_id.name or '', dispute._date_text(line.date_maturity), money(line.amount),
               money(line.amount_accepted), line.credit_move_id.name or '') for line in dispute.line_ids),
        (0.26, 0.16, 0.18, 0.18, 0.22), left=(0, 1, 4))]
    if dispute.attachment_ids:
        tables.append(SheetTable(
            (env._("File"), "SHA-1"), tuple((file.name, file.checksum or '') for file in dispute.attachment_ids),
            (0.5, 0.5), left=(0, 1)))
    if history := dispute._report_history():
        tables.append(SheetTable(
            (env._("Date"), env._("Who"), env._("What was said")), history, (0.14, 0.2, 0.66), left=(0, 1, 2)))
    return SheetPart(
        heading=f"{dispute.name} · {dispute.partner_id.name}", facts=dispute._report_facts(),
        texts=tuple(filter(None, (dispute.description, dispute.answer))), tables=tuple(tables))
