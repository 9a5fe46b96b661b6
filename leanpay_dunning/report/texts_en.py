"""The letter's words in English. Names in braces are filled by the program; ** ** is bold."""
# pylint: disable=prefer-env-translation  # no environment here: see `words`
from .words import mark as _

SHORT_DATE = 'd MMM yyyy'

TITLES = {'formal_notice': _("FORMAL NOTICE"), 'reminder': _("REMINDER"), 'statement': _("STATEMENT OF ACCOUNT")}
DOCUMENT_TITLE = {
    'formal_notice': _("Formal notice no.\u00a0{number}"),
    'reminder': _("Reminder letter no.\u00a0{number}"),
    'statement': _("Statement of account no.\u00a0{number}"),
}
SUBJECT = {
    'formal_notice': (_("Formal notice to pay an overdue invoice"), _("Formal notice to pay {count} overdue invoices")),
    'reminder': (_("Reminder of an overdue invoice"), _("Reminder of {count} overdue invoices")),
    'statement': (_("Your account: one open invoice"), _("Your account: {count} open invoices")),
}
SUBJECT_LABEL = _("Subject:")
NUMBER_LABEL = _("Our reference:")
AMOUNT_LABEL = _("Amount due:")
PLACE_AND_DATE = "{place}, {date}"
DATE_ONLY = "{date}"
PHONE = _("Tel. {phone}")
PAGE = _("Page {page} of {pages}")

SALUTATION = _("Dear Sir or Madam,")
OPENING = {
    'formal_notice': (
        _("Unless we are mistaken, the invoice detailed below has fallen due and remains unpaid to this day{despite}."),
        _("Unless we are mistaken, the invoices detailed below have fallen due and remain unpaid to this day"
          "{despite}."),
    ),
    'reminder': (
        _("Unless we are mistaken, the invoice detailed below has fallen due and has not been paid yet{despite}."),
        _("Unless we are mistaken, the invoices detailed below have fallen due and have not been paid yet{despite}."),
    ),
    'statement': (
        _("Please find below the invoice open on your account with us on this day."),
        _("Please find below the invoices open on your account with us on this day."),
    ),
}
DESPITE = (_(", despite the reminder listed hereafter"), _(", despite the reminders listed hereafter"))
DEMAND = {
    'formal_notice': (
        _("We hereby give you formal notice to pay the sum of **{total}** within **{days}** of receiving this letter.")
    ),
    'reminder': _("We kindly ask you to pay the sum of **{total}** within **{days}** of receiving this letter."),
    'statement': (
        _("The balance of your account is **{total}**. If your books say otherwise, please write to us: we will compare"
        " them.")
    ),
}
DAYS = (_("{count}\u00a0day"), _("{count}\u00a0days"))
PROCEEDINGS = (
    _("Failing full payment within this period, we may start legal proceedings, without further notice, to obtain"
    " payment of our claim.")
)
RESERVATION = (
    _("We reserve all our rights, in particular to late-payment penalties and to the fixed sum of €40 per invoice for"
    " recovery costs provided for by law.")
)
ALREADY_PAID = (
    _("If your payment has crossed this letter, please disregard it and let us know the date and reference of the"
    " payment. If you dispute an amount, please write to us without delay, stating your reasons.")
)
CLOSING = _("Yours faithfully,")
SIGNED_FOR = _("For {name}")

REMINDERS_TITLE = (_("Our earlier reminder, which had no effect:"), _("Our earlier reminders, which had no effect:"))
REMINDER_LINE = "{date} – {label}"
REMINDER_LINE_CHANNEL = "{date} – {label} ({channel})"
CHANNELS = {
    'email': _("by e-mail"),
    'mail': _("by e-mail"),
    'sms': _("by text message"),
    'letter': _("by post"),
    'registered': _("by registered letter"),
    'phone': _("by telephone"),
}

COLUMNS = {
    'reference': _("Invoice"),
    'date_invoice': _("Date"),
    'date_due': _("Due date"),
    'days_late': _("Days late"),
    'amount_total': _("Total amount"),
    'amount_paid': _("Already paid"),
    'amount_disputed': _("Disputed"),
    'amount_due': _("Balance due"),
}
CREDIT = _("To deduct: {reference}")
SUBTOTAL = _("Subtotal")
TOTAL = _("Total to pay")
AMOUNTS_IN = _("Amounts in {currency}")

CARRIED = _("Carried forward")
BROUGHT = _("Brought forward")

PAYMENT_TITLE = _("How to pay")
HOLDER = _("Account holder")
IBAN = "IBAN"
ACCOUNT = _("Account number")
BIC = "BIC"
BANK = _("Bank")
REFERENCE = _("Reference to quote")
ONLINE = _("Online payment")
ASK_US = _("Means of payment")
ASK_US_VALUE = _("Contact us: {contact}")
SCAN = _("Scan to pay")
RF = _("RF reference")
