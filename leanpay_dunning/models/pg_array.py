def pg_array(values):
    """Return numbers as the text of a PostgreSQL array, to be cast: `%s::int[]`, `%s::numeric[]`.

    For arrays of thousands: a list would be sent as ``ARRAY[…]``, which the server parses as so many expressions, five
    times slower on both sides.

    :param values: ints, decimals or None, never text
    """
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"
