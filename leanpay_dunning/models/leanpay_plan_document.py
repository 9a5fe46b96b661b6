from odoo import models
from odoo.tools import format_amount

from ..report.sheet import Sheet, SheetPart, SheetTable, render_sheet


class LeanpayPlan(models.Model):
    """The schedule of a plan on paper, in the customer's language."""

    _inherit = 'leanpay.plan'

    def _make_document(self):
        """Make the schedule and keep it with the plan: what was proposed, or agreed, stays as it was.

        :return: ir.attachment
        """
        self.ensure_one()
        # sudo: the file belongs to the plan, whoever makes it
        document = self.env['ir.attachment'].sudo().create({
            'name': f"{self.name.replace('/', '-')}.pdf", 'raw': self._schedule_pdf(), 'mimetype': 'application/pdf',
            'res_model': self._name, 'res_id': self.id, 'company_id': self.company_id.id})
        self.sudo().document_id = document  # sudo: nobody writes it
        return document

    def _schedule_pdf(self):
        """Return the schedule as PDF bytes."""
        self.ensure_one()
        recipient = self.env['leanpay.recipient'].sudo()._resolve(self.debtor_id.ids)[self.debtor_id.id]
        plan = self.with_context(lang=recipient.lang)
        company = plan.company_id.sudo()  # sudo: its name and colour are on every paper
        return render_sheet(Sheet(
            company=company.name, customer=plan.partner_id.name, color=company.primary_color or '',
            title=plan.env._("Payment plan %s", plan.name),
            subtitle=f"{company.name} / {plan.partner_id.name}", parts=(
                SheetPart(facts=plan._document_facts(recipient.lang)),
                SheetPart(plan.env._("What is owed"), tables=(plan._items_sheet(recipient.lang),)),
                SheetPart(plan.env._("Instalments"), tables=(plan._instalments_sheet(recipient.lang),)),
                SheetPart(plan.env._("What was agreed"), texts=plan._document_terms()))))

    def _document_facts(self, lang):
        facts = [(self.env._("Total:"), format_amount(self.env, self.amount, self.currency_id, lang_code=lang))]
        if self.accepted_on:
            facts.append((self.env._("Accepted:"), f"{self.accepted_by}, {self._date_text(self.accepted_on, lang)}"))
        elif self.valid_until:
            facts.append((self.env._("Valid until:"), self._date_text(self.valid_until, lang)))
        return (*facts, (self.env._("Bank details:"), self._bank_text()))

    def _document_terms(self):
        terms = [
            self.env._(
                "The plan ends when %(count)s instalments are each more than %(days)s days late. The whole balance is "
                "then due at once.", count=self.breach_missed, days=self.breach_days)
            if self.breach_missed > 1 else
            self.env._("The plan ends when an instalment is more than %s days late. The whole balance is then due at "
                       "once.", self.breach_days)]
        if self.interest_rule == 'suspend':
            terms.append(self.env._("No late interest is claimed while the plan is kept."))
        else:
            terms.append(self.env._("Late interest runs on what is not paid."))
        return tuple(terms)

    def _items_sheet(self, lang):
        rows = [(item.move_name or item.name or '', self._date_text(item.date_maturity, lang),
                 format_amount(self.env, amount, self.currency_id, lang_code=lang))
                for item, amount in self._agreed_lines()]
        rows.append((self.env._("Total"), '', format_amount(self.env, self.amount, self.currency_id, lang_code=lang)))
        return SheetTable((self.env._("Invoice"), self.env._("Due date"), self.env._("Amount")), tuple(rows),
                          (0.5, 0.25, 0.25), left=(0, 1), total=True)

    def _instalments_sheet(self, lang):
        rows, left = [], self.amount
        for number, instalment in enumerate(self.instalment_ids.sorted(lambda each: (each.date, each.id)), 1):
            left -= instalment.amount
            rows.append((str(number), self._date_text(instalment.date, lang),
                         format_amount(self.env, instalment.amount, self.currency_id, lang_code=lang),
                         format_amount(self.env, max(left, 0), self.currency_id, lang_code=lang)))
        return SheetTable((self.env._("No."), self.env._("To pay by"), self.env._("Amount"), self.env._("Left after")),
                          tuple(rows), (0.1, 0.4, 0.25, 0.25), left=(0, 1))
