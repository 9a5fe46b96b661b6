"""Invented identifiers that pass every check: SIREN, SIRET, VAT, IBAN, and telephone numbers kept for fiction."""


def luhn_key(digits):
    """Return the digit that completes `digits` for Luhn's check.

    >>> luhn_key('73282932')
    '0'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siren(number, prefix='99'):
    """Return the `number`-th invented SIREN; those that begin with 99 belong to nobody, with 2 to public bodies."""
    base = prefix + str(number * 7919 % 10 ** (8 - len(prefix))).zfill(8 - len(prefix))
    return base + luhn_key(base)


def siret(siren_number, establishment=1):
    """Return the SIRET of a company's establishment."""
    base = f'{siren_number}{establishment:04d}'
    return base + luhn_key(base)


def french_vat(siren_number):
    """Return the VAT number that goes with a SIREN.

    >>> french_vat('732829320')
    'FR44732829320'
    """
    return f'FR{(12 + 3 * (int(siren_number) % 97)) % 97:02d}{siren_number}'


def french_iban(bank, branch, account):
    """Return the IBAN of a French account.

    :param str bank: five digits
    :param str branch: five digits
    :param str account: eleven digits
    """
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    number = f'{bank}{branch}{account}{key:02d}'
    return f'FR{98 - int(number + "152700") % 97:02d}{number}'  # "FR00" in figures is 152700


def phone(number):
    """Return a telephone number among those that the French regulator keeps for fiction."""
    return f'+33 4 65 71 {number // 100 % 100:02d} {number % 100:02d}'


def mobile(number):
    """Return a mobile number among those that the French regulator keeps for fiction."""
    return f'+33 6 39 98 {number // 100 % 100:02d} {number % 100:02d}'
