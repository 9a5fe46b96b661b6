from odoo.tools import SQL


def pg_array(values):
    """Return numbers or dates as the text of a PostgreSQL array, to be cast: `%s::int[]`, `%s::date[]`.

    For arrays of thousands: a list would be sent as ``ARRAY[…]``, which the server parses as so many expressions, five
    times slower on both sides.

    :param values: ints, decimals, dates or None, never text
    """
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def pg_rows(rows, types):
    """Return the SQL of a source of rows: `SELECT … FROM pg_rows`.

    :param rows: tuples, at least one
    :param types: the type of each column, `text` or what `pg_array` writes
    :rtype: SQL
    """
    return SQL("unnest(%s)", SQL(', ').join(
        SQL(f"%s::{type_name}[]", list(column) if type_name == 'text' else pg_array(column))
        for type_name, column in zip(types, zip(*rows, strict=True), strict=True)))
