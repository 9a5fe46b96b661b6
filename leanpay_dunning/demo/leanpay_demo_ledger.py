from odoo import Command, api, models
from odoo.tools import SQL

from .customers import CUSTOMERS

BATCH = 100


class LeanpayDemo(models.AbstractModel):
    """Invoices and the money that comes in for them, as Odoo itself posts, registers and reconciles."""

    _inherit = 'leanpay.demo'

    @api.model
    def _make_invoices(self, book):
        """Make and post the planned invoices, oldest first so that their numbers follow their dates."""
        for start in range(0, len(book.plan), BATCH):
            batch = book.plan[start:start + BATCH]
            moves = self.env['account.move'].create([self._invoice_values(book, spec) for spec in batch])
            self._count_rows()
            self._post(moves)
            book.invoices |= {spec.key: move for spec, move in zip(batch, moves, strict=True)}

    @api.model
    def _invoice_values(self, book, spec):
        customer = _BY_KEY[spec.customer]
        currency = self.env.ref(f'base.{customer.currency}')
        rate = 1.1 if customer.currency == 'USD' else 1.0
        return {
            'move_type': 'out_invoice',
            'partner_id': book.partners[spec.customer].id,
            'invoice_date': spec.date,
            'date': spec.date,
            'currency_id': currency.id,
            'invoice_payment_term_id': book.terms[spec.terms].id,
            'invoice_user_id': self.env.company.dunning_user_id.id,
            'invoice_line_ids': [
                Command.create({
                    'product_id': book.products[code].id, 'quantity': quantity,
                    'price_unit': round(book.products[code].list_price * rate, 2),
                }) for code, quantity in spec.lines
            ],
        }

    @api.model
    def _post(self, moves):
        moves.action_post()
        moves.is_move_sent = True
        for day, sent in moves.grouped('invoice_date').items():
            sent.sudo().dunning_sent_date = day  # not the day that the demo company is made

    # --- Money ------------------------------------------------------------------------------------------------------

    @api.model
    def _count_rows(self):
        """Tell PostgreSQL how much was just written.

        It plans on statistics, and those of a database that autovacuum has seen empty make it read each table once for
        every payment.
        """
        self.env.flush_all()
        for table in ('account_move', 'account_move_line', 'account_payment', 'account_partial_reconcile'):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _settle(self, company, book, until):
        """Bring in the money received up to a day, since the last call."""
        self._count_rows()
        received = [
            (settlement, spec) for spec in book.plan for settlement in spec.settlements
            if book.settled_until < settlement.date <= until
        ]
        received.sort(key=lambda pair: (pair[0].date, pair[1].key))
        book.settled_until = until
        ways = {'payment': [], 'bank': [], 'register': []}
        for settlement, spec in received:
            invoice = book.invoices[spec.key]
            paid = book.paid.get(spec.key, 0)
            share = paid + settlement.share
            # What was rounded before is made up for by the last payment.
            amount = invoice.currency_id.round(invoice.amount_total * share) - invoice.currency_id.round(
                invoice.amount_total * paid)
            book.paid[spec.key] = share
            how = 'payment' if settlement.how == 'bank' and invoice.currency_id != company.currency_id \
                else settlement.how
            ways[how].append((invoice, settlement.date, invoice.currency_id.round(amount)))
        self._settle_by_payment(company, ways['payment'])
        self._settle_by_bank(company, ways['bank'])
        self._settle_by_register(ways['register'])

    @api.model
    def _settle_by_payment(self, company, received):
        """Enter customer payments and reconcile them with their invoices.

        :param received: list of (invoice, day, amount)
        """
        journal = self._bank_journal(company)
        payments = self.env['account.payment'].create([
            {
                'payment_type': 'inbound', 'partner_type': 'customer', 'partner_id': invoice.partner_id.id,
                'journal_id': journal.id, 'date': day, 'amount': amount, 'currency_id': invoice.currency_id.id,
                'memo': invoice.name,
            } for invoice, day, amount in received
        ])
        payments.action_post()
        self.env['account.move.line']._reconcile_plan([
            receivable(payment.move_id) + unpaid(invoice)
            for payment, (invoice, _day, _amount) in zip(payments, received, strict=True)
        ])

    @api.model
    def _settle_by_bank(self, company, received):
        """Enter bank statement lines and match them with their invoices, as an accountant does.

        :param received: list of (invoice, day, amount)
        """
        lines = self.env['account.bank.statement.line'].create([
            {
                'journal_id': self._bank_journal(company).id, 'date': day, 'amount': amount,
                'partner_id': invoice.partner_id.id,
                'payment_ref': f'VIR SEPA {invoice.partner_id.name} {invoice.name}',
            } for invoice, day, amount in received
        ])
        plan = []
        for line, (invoice, _day, _amount) in zip(lines, received, strict=True):
            _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
            suspense.account_id = receivable(invoice).account_id
            plan.append(suspense + unpaid(invoice))
        self.env['account.move.line']._reconcile_plan(plan)

    @api.model
    def _settle_by_register(self, received):
        """Use the invoice's own *Pay* dialog.

        :param received: list of (invoice, day, amount)
        """
        for invoice, day, amount in received:
            self.env['account.payment.register'].with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'payment_date': day, 'amount': amount, 'currency_id': invoice.currency_id.id})._create_payments()


_BY_KEY = {customer.key: customer for customer in CUSTOMERS}


def receivable(move):
    """Return the customer items of an entry."""
    return move.line_ids.filtered(lambda line: line.account_id.account_type == 'asset_receivable')


def unpaid(move):
    """Return the customer items of an entry that are still open: the first instalment may be paid already."""
    return receivable(move).filtered(lambda line: not line.reconciled)
