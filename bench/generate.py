"""Fills a database with customers and open items, by SQL, the same ones each time for the same numbers.

One partner, one contact, one invoice and one credit note are made by Odoo itself; every other row is a copy of theirs
with other figures, so that the rows are those that Odoo would write, whatever add-ons are installed.
"""
from datetime import timedelta

from psycopg2.errors import InsufficientPrivilege

from odoo import Command, fields
from odoo.tools import SQL

# Share of the debtors that pay in another currency, in hundredths.
CURRENCIES = {"USD": 10, "GBP": 5}
RATES = {"USD": 1.1, "GBP": 0.85}


def generate(env, items, debtors):
    """Make `items` open items, one in twenty a credit, over `debtors` customers, and as many paid invoices as debtors.

    Items are due between 100 days ago and in 20 days. Every second customer has a contact for invoices.

    :return: what was made, to compare two databases: count, sum of the residuals, first and last due date
    """
    today = fields.Date.to_date(fields.Date.context_today(env.user))
    company = _company(env)
    currencies = _currencies(env, company, today)
    partner, contact = _prototype_partners(env)
    invoice, refund = (_prototype_move(env, company, partner, kind, today) for kind in ("out_invoice", "out_refund"))
    env.flush_all()
    _trust(env)
    first_partner = _copy_partners(env, partner, contact, debtors)
    _figures(env, items, debtors, today, first_partner, currencies)
    for kind, prototype in (("out_invoice", invoice), ("out_refund", refund)):
        _copy_moves(env, prototype, kind)
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    # The prototypes themselves are no part of what is measured.
    (invoice | refund).button_draft()
    (invoice | refund).button_cancel()
    env.flush_all()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.invalidate_all()
    return fingerprint(env)


def fingerprint(env):
    """What tells that two databases hold the same open items."""
    [[number, total, first, last]] = env.execute_query(SQL(
        """
        SELECT COUNT(*), SUM(amount_residual_currency)::text, MIN(date_maturity)::text, MAX(date_maturity)::text
          FROM account_move_line line JOIN account_account account ON account.id = line.account_id
         WHERE account.account_type = 'asset_receivable' AND NOT reconciled AND parent_state = 'posted'
        """))
    return [number, total, first, last]


# --- Made by Odoo -----------------------------------------------------------------------------------------------------


def _company(env):
    company = env.company
    euro = env.ref("base.EUR")
    euro.active = True
    company.write({
        "name": "Banc d’essai", "currency_id": euro.id, "country_id": env.ref("base.fr").id,
        "street": "1 rue de l’Essai", "zip": "69001", "city": "Lyon", "email": "compta@bench.example",
        "company_registry": "12345678200010"})
    company.partner_id.lang = "fr_FR"
    if not company.bank_journal_ids.bank_account_id:
        company.bank_journal_ids[:1].bank_account_id = env["res.partner.bank"].create({
            "acc_number": "FR7630006000011234567890189", "partner_id": company.partner_id.id,
            "allow_out_payment": True})
    return company


def _currencies(env, company, today):
    """Activate the currencies and give them a rate; returns {id: share of the debtors in hundredths}."""
    for code, rate in RATES.items():
        currency = env.ref(f"base.{code}")
        currency.active = True
        currency.rate_ids.unlink()
        env["res.currency.rate"].create({
            "currency_id": currency.id, "company_id": company.id, "rate": rate, "name": today - timedelta(days=400)})
    return {env.ref(f"base.{code}").id: (share, RATES[code]) for code, share in CURRENCIES.items()}


def _prototype_partners(env):
    partner = env["res.partner"].create({
        "name": "Client", "is_company": True, "street": "12 avenue de la République", "zip": "69003", "city": "Lyon",
        "country_id": env.ref("base.fr").id, "lang": "fr_FR", "email": "client@bench.example",
        "phone": "+33 4 78 00 00 00"})
    contact = env["res.partner"].create({
        "name": "Comptabilité", "parent_id": partner.id, "type": "invoice", "lang": "fr_FR",
        "street": "12 avenue de la République", "zip": "69003", "city": "Lyon", "country_id": env.ref("base.fr").id,
        "email": "facture@bench.example"})
    return partner, contact


def _prototype_move(env, company, partner, kind, today):
    journal = env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", company.id)], limit=1)
    move = env["account.move"].create({
        "move_type": kind, "partner_id": partner.id, "invoice_date": today, "invoice_date_due": today,
        "journal_id": journal.id, "currency_id": company.currency_id.id,
        "invoice_line_ids": [Command.create({"name": "Prestation", "quantity": 1, "price_unit": 100,
                                             "tax_ids": [Command.clear()]})]})
    move.action_post()
    return move


# --- Copied by PostgreSQL ---------------------------------------------------------------------------------------------


def _copy(env, table, prototype_id, source, values):
    """Insert a copy of a row for each row of `source`, with other values in some columns (SQL expressions)."""
    columns = [name for [name] in env.execute_query(SQL(
        """
        SELECT column_name FROM information_schema.columns
         WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'
        """, table)) if name != "id" or "id" in values]
    env.cr.execute(SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s prototype CROSS JOIN %s WHERE prototype.id = %s",
        SQL.identifier(table), SQL(", ").join(map(SQL.identifier, columns)),
        SQL(", ").join(SQL(values[name]) if name in values else SQL.identifier("prototype", name) for name in columns),
        SQL.identifier(table), SQL(source), prototype_id))


def _trust(env):
    """Leave the foreign keys of the copies unchecked, ten times faster, where the database role may."""
    try:
        with env.cr.savepoint():
            env.cr.execute("SET LOCAL session_replication_role = replica")
    except InsufficientPrivilege:
        print("The database role is no superuser: generating takes minutes.")


def _advance(env, table):
    env.cr.execute(SQL(
        "SELECT setval(%s, (SELECT MAX(id) FROM %s))", f"{table}_id_seq", SQL.identifier(table)))


def _first_id(env, table):
    [[last]] = env.execute_query(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))
    return last + 1


def _copy_partners(env, partner, contact, debtors):
    """Copy the customer, and the contact for every second one; returns the id of the first customer."""
    first = _first_id(env, "res_partner")
    _copy(env, "res_partner", partner.id, f"generate_series(0, {debtors - 1}) AS n", {
        "id": f"{first} + n", "commercial_partner_id": f"{first} + n", "name": "'Client ' || n",
        "complete_name": "'Client ' || n", "email": "'client' || n || '@bench.example'",
        "email_normalized": "'client' || n || '@bench.example'", "commercial_company_name": "'Client ' || n"})
    _copy(env, "res_partner", contact.id, f"generate_series(0, {debtors - 1}, 2) AS n", {
        "id": f"{first + debtors} + n", "parent_id": f"{first} + n", "commercial_partner_id": f"{first} + n",
        "complete_name": "'Client ' || n || ', Comptabilité'", "email": "'facture' || n || '@bench.example'",
        "email_normalized": "'facture' || n || '@bench.example'", "commercial_company_name": "'Client ' || n"})
    _advance(env, "res_partner")
    return first


def _figures(env, items, debtors, today, first_partner, currencies):
    """Make the table `bench_item`: the figures of every entry, from its number alone.

    Half of the items are spread over all debtors, half over a fifth of them. The last ones are paid.
    """
    first_move, bounds, bound = _first_id(env, "account_move"), [], 0
    for currency_id, (share, rate) in currencies.items():
        bounds.append((currency_id, bound, bound + share, rate))
        bound += share
    currency = SQL("CASE %s ELSE %s END", SQL(" ").join(
        SQL("WHEN debtor %% 100 >= %s AND debtor %% 100 < %s THEN %s", low, high, currency_id)
        for currency_id, low, high, _rate in bounds), env.company.currency_id.id)
    rate = SQL("CASE %s ELSE 1 END", SQL(" ").join(
        SQL("WHEN debtor %% 100 >= %s AND debtor %% 100 < %s THEN %s", low, high, rate)
        for _currency_id, low, high, rate in bounds))
    env.cr.execute(SQL(
        """
        DROP TABLE IF EXISTS bench_item;
        CREATE UNLOGGED TABLE bench_item AS
        SELECT n, %(first_move)s + n AS move_id, debtor, %(first_partner)s + debtor AS partner_id,
               CASE WHEN n < %(items)s AND n %% 20 = 7 THEN 'out_refund' ELSE 'out_invoice' END AS kind,
               CASE WHEN n < %(items)s AND n %% 20 = 7 THEN -1 ELSE 1 END AS sign,
               %(currency)s AS currency_id, ROUND(amount / %(rate)s, 2) AS company_amount, amount,
               n >= %(items)s AS paid, %(today)s::date - late AS due, %(today)s::date - late - 30 AS day
          FROM (SELECT n, CASE WHEN n %% 2 = 0 THEN n / 2 %% %(debtors)s
                               ELSE n / 2 %% GREATEST(%(debtors)s / 5, 1) END AS debtor,
                       ROUND((2000 + n::bigint * 104729 %% 500000) / 100.0, 2)
                       * CASE WHEN n < %(items)s AND n %% 20 = 7 THEN 0.2 ELSE 1 END AS amount,
                       (n::bigint * 7919 %% 121)::int - 20 AS late
                  FROM generate_series(0, %(items)s + %(debtors)s - 1) AS n) drawn;
        ANALYZE bench_item
        """, first_move=first_move, first_partner=first_partner, items=items, debtors=debtors, currency=currency,
        rate=rate, today=today))


def _copy_moves(env, prototype, kind):
    """Copy a posted entry with its lines for each figure of a kind."""
    source = f"(SELECT * FROM bench_item WHERE kind = '{kind}') item"
    prefix = "BENCH/" if kind == "out_invoice" else "RBENCH/"
    name = f"'{prefix}' || lpad(item.n::text, 7, '0')"
    residual = "CASE WHEN item.paid THEN 0 ELSE item.amount END"
    company_residual = "CASE WHEN item.paid THEN 0 ELSE item.company_amount END"
    _copy(env, "account_move", prototype.id, source, {
        "id": "item.move_id", "name": name, "payment_reference": name, "sequence_prefix": f"'{prefix}'",
        "sequence_number": "item.n + 1", "partner_id": "item.partner_id", "commercial_partner_id": "item.partner_id",
        "partner_shipping_id": "item.partner_id", "invoice_partner_display_name": "'Client ' || item.debtor",
        "currency_id": "item.currency_id", "invoice_date": "item.day", "date": "item.day",
        "invoice_date_due": "item.due", "payment_state": "CASE WHEN item.paid THEN 'paid' ELSE 'not_paid' END",
        "amount_untaxed": "item.amount", "amount_total": "item.amount", "amount_residual": residual,
        "amount_untaxed_signed": "item.sign * item.company_amount",
        "amount_total_signed": "item.sign * item.company_amount",
        "amount_total_in_currency_signed": "item.sign * item.amount",
        "amount_residual_signed": f"item.sign * {company_residual}", "access_token": "NULL"})
    _advance(env, "account_move")
    for line in prototype.line_ids:
        receivable = line.account_id.account_type == "asset_receivable"
        sign = "item.sign" if receivable else "-item.sign"
        balance, amount = f"{sign} * item.company_amount", f"{sign} * item.amount"
        _copy(env, "account_move_line", line.id, source, {
            "move_id": "item.move_id", "move_name": name, "partner_id": "item.partner_id",
            "currency_id": "item.currency_id", "date": "item.day", "invoice_date": "item.day",
            "date_maturity": "item.due" if receivable else "NULL", "name": name if receivable else "prototype.name",
            "debit": f"GREATEST({balance}, 0)", "credit": f"GREATEST(-({balance}), 0)", "balance": balance,
            "amount_currency": amount, "price_unit": "item.amount", "price_subtotal": "item.amount",
            "price_total": "item.amount",
            "amount_residual": f"{sign} * {company_residual}" if receivable else "0",
            "amount_residual_currency": f"{sign} * {residual}" if receivable else "0",
            "reconciled": "item.paid" if receivable else "FALSE"})
