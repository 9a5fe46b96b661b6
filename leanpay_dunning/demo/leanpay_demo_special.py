from odoo import Command, api, models

from . import behaviours
from .behaviours import Invoice
from .customers import SPECIAL
from .leanpay_demo_ledger import receivable

# Situation: days since the due date of the invoice that shows it (of the last instalment).
DAYS_LATE = {
    'partial': 20, 'instalments': 9, 'credit_part': 18, 'credit_open': 22, 'reversed': 40, 'unreconciled': 25,
    'no_followup': 50, 'blocked': 35, 'pending': 12, 'hold': 28, 'dispute': 33, 'promise': 21,
}
DRAFTS = ('garage_belin', 'serrurerie_picard', 'groupe_valmont')
CANCELLED = 'cycles_lambert'


class LeanpayDemo(models.AbstractModel):
    """One example of each situation that dunning must recognise, each on a customer of its own."""

    _inherit = 'leanpay.demo'

    @api.model
    def _special_plan(self, book):
        """Return the invoices that show a situation, to be made with the others.

        :rtype: list[Invoice]
        """
        specs = [Invoice('cancelled', CANCELLED, self._day(book, 62), '30', behaviours.order(book.rng, 'S'))]
        for case, days_late in DAYS_LATE.items():
            customer = SPECIAL[case]
            day = self._day(book, days_late + behaviours.TERMS[customer.terms][-1][1])
            specs.append(Invoice(case, customer.key, day, customer.terms, behaviours.order(book.rng, 'M')))
        return specs

    @api.model
    def _make_special_cases(self, company, book):
        """Give these invoices their situation: what has happened to them long ago."""
        book.special = {case: book.invoices[case] for case in (*DAYS_LATE, 'cancelled')}
        book.special['no_followup'].no_followup = True
        book.special['blocked'].action_toggle_block_payment()
        book.special['cancelled'].button_draft()
        book.special['cancelled'].button_cancel()
        self._pay_part(company, book)
        self._credit(company, book)
        self._leave_drafts(book)
        self._carry_forward(company, book)

    @api.model
    def _pay_part(self, company, book):
        """A third paid of one invoice, the first instalment of another."""
        partial, instalments = book.special['partial'], book.special['instalments']
        first = receivable(instalments).sorted('date_maturity')[0]
        self._settle_by_register([
            (partial, self._day(book, 15), partial.currency_id.round(partial.amount_total / 3)),
            (instalments, self._day(book, 35), first.amount_currency),
        ])

    @api.model
    def _credit(self, company, book):
        """A full reversal, a credit note for part of an invoice, one larger than what is due and not matched."""
        wrong, part, whole = (book.special[case] for case in ('reversed', 'credit_part', 'credit_open'))
        day = self._day(book, 38)
        reversal = wrong._reverse_moves([{'invoice_date': day, 'date': day, 'ref': wrong.name}], cancel=True)
        refunds = self.env['account.move'].create([
            self._credit_values(book, whole, 16, whole.invoice_line_ids),
            self._credit_values(book, part, 14, part.invoice_line_ids[:1]),
        ])
        refunds[0].invoice_line_ids[:1].quantity += 1
        self._post(refunds)
        (receivable(part) + receivable(refunds[1])).reconcile()
        book.special |= {'reversal': reversal, 'open_credit_note': refunds[0], 'credit_note': refunds[1]}

    @api.model
    def _credit_values(self, book, invoice, age, lines):
        return {
            'move_type': 'out_refund', 'partner_id': invoice.partner_id.id, 'ref': invoice.name,
            'invoice_date': self._day(book, age), 'date': self._day(book, age),
            'invoice_payment_term_id': False, 'invoice_date_due': self._day(book, age),
            'invoice_line_ids': [
                Command.create({
                    'product_id': line.product_id.id, 'quantity': line.quantity, 'price_unit': line.price_unit,
                }) for line in lines
            ],
        }

    @api.model
    def _leave_drafts(self, book):
        """Some invoices that nobody has posted yet."""
        specs = [
            Invoice(f'draft_{key}', key, self._day(book, 2), '30', behaviours.order(book.rng, 'M')) for key in DRAFTS]
        drafts = self.env['account.move'].create([self._invoice_values(book, spec) for spec in specs])
        book.invoices |= {spec.key: draft for spec, draft in zip(specs, drafts, strict=True)}
        book.special['draft'] = drafts[0]

    @api.model
    def _carry_forward(self, company, book):
        """An opening balance: an invoice of the software used before, still to be chased."""
        journal = self.env['account.journal'].search(
            [('company_id', '=', company.id), ('type', '=', 'general')], order='sequence, id', limit=1)
        partner = book.partners[SPECIAL['opening'].key]
        opening = self.env['account.move'].create({
            'journal_id': journal.id, 'date': self._day(book, 300), 'ref': "À nouveau clients",
            'line_ids': [
                Command.create({
                    'account_id': partner.property_account_receivable_id.id, 'partner_id': partner.id,
                    'name': "Facture 2024-0118", 'debit': 1846.20, 'date_maturity': self._day(book, 36)}),
                Command.create({
                    'account_id': company.get_unaffected_earnings_account().id, 'name': "À nouveau",
                    'credit': 1846.20}),
            ],
        })
        opening.action_post()
        receivable(opening).no_followup = False
        book.special['opening'] = opening

    # --- What happened in the last days -----------------------------------------------------------------------------

    @api.model
    def _finish_special_cases(self, company, book):
        """What stops dunning now: unmatched money, a payment under way, holds."""
        self._receive_unmatched(company, book)
        self._start_online_payment(company, book)
        self._make_holds(company, book)

    @api.model
    def _receive_unmatched(self, company, book):
        """A payment that nobody has matched with its invoice yet, and two bank lines nobody has looked at."""
        invoice = book.special['unreconciled']
        journal = self._bank_journal(company)
        payment = self.env['account.payment'].create({
            'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': invoice.partner_id.id,
            'journal_id': journal.id, 'date': self._day(book, 3), 'amount': invoice.amount_total,
        })
        payment.action_post()
        book.special['unmatched_payment'] = payment
        self.env['account.bank.statement.line'].create([
            {'journal_id': journal.id, 'date': self._day(book, 1), 'amount': amount, 'payment_ref': label}
            for amount, label in ((1250.40, "VIR INST MACONNERIE BRUN ACPTE"), (318.00, "CHQ 0004512"))
        ])

    @api.model
    def _start_online_payment(self, company, book):
        """A customer has paid on the portal; the bank has not confirmed yet."""
        invoice = book.special['pending']
        provider = self._payment_provider(company)
        method = provider.payment_method_ids[:1] or self.env['payment.method'].with_context(
            active_test=False).search([('is_primary', '=', True)], limit=1)
        transaction = self.env['payment.transaction'].create({
            'provider_id': provider.id, 'payment_method_id': method.id, 'operation': 'online_redirect',
            'reference': f'{invoice.name}-{invoice.id}', 'amount': invoice.amount_residual,
            'currency_id': invoice.currency_id.id, 'partner_id': invoice.partner_id.id,
            'invoice_ids': [Command.set(invoice.ids)],
        })
        transaction._set_pending()
        book.special['transaction'] = transaction

    @api.model
    def _payment_provider(self, company):
        """Return a payment provider of the company; the one that only pretends to pay when it is installed."""
        providers = self.env['payment.provider']
        pretend = providers.search([('code', '=', 'demo')], order='id')
        candidates = pretend or providers.search([('company_id', '!=', False)], order='id')
        own = candidates.filtered(lambda provider: provider.company_id == company)[:1]
        if own:
            return own
        enabled = {'state': 'test', 'is_published': True} if pretend else {}
        return candidates[:1].copy({'company_id': company.id, 'name': candidates[:1].name, **enabled})
