"""The one error of our documents."""
# pylint: disable=prefer-env-translation  # no environment here: who shows a sentence translates it


def _(sentence):
    """Mark a sentence for translation; it is translated by who shows it, here nobody knows a language."""
    return sentence


class LetterError(ValueError):
    """A letter that cannot be made; its text is one sentence for the user, saying what is wrong and what to do.

    `code` names the problem for callers that translate it, `values` holds what its sentence speaks of.
    """

    MESSAGES = {
        'address_empty': _("The recipient has no postal address: complete it on the customer's form."),
        'address_too_long': _(
            "The address of %(name)s does not fit the window of an envelope (six lines of 38 characters): "
            "shorten it on the customer's form."
        ),
        'amount_decimals': _(
            "%(reference)s has the amount %(amount)s, but %(currency)s is printed with %(decimals)s decimals: "
            "round the amount before making the letter."
        ),
        'amount_sign': _(
            "%(reference)s has the wrong sign (%(amount)s): an item to pay is positive and a credit is negative."
        ),
        'amount_too_wide': _("The amounts of this letter are too long to be printed in a table: check them."),
        'amounts_inconsistent': _(
            "%(reference)s does not add up: total less paid less disputed gives %(expected)s, "
            "but its balance is %(amount)s. Read its amounts again."
        ),
        'character': _(
            "The letter's font has no character for %(character)s in “%(text)s”: write it in Latin, Greek or "
            "Cyrillic letters."
        ),
        'color': _("The company's colour %(color)s is not a colour such as #1f2a44: choose it again in the settings."),
        'currency': _("%(currency)s is not a currency code of three letters: choose the letter's currency again."),
        'deadline': _("The deadline of a letter must be at least one day: %(days)s was given."),
        'kind': _("A letter is a formal notice or a reminder, and a line an item or a credit: %(kind)s is neither."),
        'logo': _(
            "The company's logo cannot be read (%(reason)s): upload it again as a PNG or JPEG picture in the "
            "company's settings."
        ),
        'margins': _(
            "Margins of %(left)s and %(right)s mm cannot be printed: leave 10 mm on each side and 130 mm for the text."
        ),
        'nothing_due': _("Nothing is owed on letter %(number)s (total %(amount)s): it must not be sent."),
        'payment_url': _("The payment link %(url)s is not a web address: it must begin with https:// or http://."),
        'window': _(
            "An address window of %(window)s mm (x × y × width × height) cannot be printed: it must lie on the upper "
            "half "
            "of the sheet, at least 60 mm wide and 16 mm high."
        ),
    }

    def __init__(self, code, **values):
        self.code = code
        self.values = values
        super().__init__(self.MESSAGES[code] % values)
