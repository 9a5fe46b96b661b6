"""The letter's words in English. Names in braces are filled by the program; ** ** is bold."""

SHORT_DATE = 'd MMM yyyy'

TITLES = {'formal_notice': "FORMAL NOTICE", 'reminder': "REMINDER", 'statement': "STATEMENT OF ACCOUNT"}
DOCUMENT_TITLE = {
    'formal_notice': "Formal notice no.\u00a0{number}",
    'reminder': "Reminder letter no.\u00a0{number}",
    'statement': "Statement of account no.\u00a0{number}",
}
SUBJECT = {
    'formal_notice': ("Formal notice to pay an overdue invoice", "Formal notice to pay {count} overdue invoices"),
    'reminder': ("Reminder of an overdue invoice", "Reminder of {count} overdue invoices"),
    'statement': ("Your account: one open invoice", "Your account: {count} open invoices"),
}
SUBJECT_LABEL = "Subject:"
NUMBER_LABEL = "Our reference:"
AMOUNT_LABEL = "Amount due:"
PLACE_AND_DATE = "{place}, {date}"
DATE_ONLY = "{date}"
PHONE = "Tel. {phone}"
PAGE = "Page {page} of {pages}"

SALUTATION = "Dear Sir or Madam,"
OPENING = {
    'formal_notice': (
        "Unless we are mistaken, the invoice detailed below has fallen due and remains unpaid to this day{despite}.",
        "Unless we are mistaken, the invoices detailed below have fallen due and remain unpaid to this day{despite}.",
    ),
    'reminder': (
        "Unless we are mistaken, the invoice detailed below has fallen due and has not been paid yet{despite}.",
        "Unless we are mistaken, the invoices detailed below have fallen due and have not been paid yet{despite}.",
    ),
    'statement': (
        "Please find below the invoice open on your account with us on this day.",
        "Please find below the invoices open on your account with us on this day.",
    ),
}
DESPITE = (", despite the reminder listed hereafter", ", despite the reminders listed hereafter")
DEMAND = {
    'formal_notice': (
        "We hereby give you formal notice to pay the sum of **{total}** within **{days}** of receiving this letter."
    ),
    'reminder': "We kindly ask you to pay the sum of **{total}** within **{days}** of receiving this letter.",
    'statement': (
        "The balance of your account is **{total}**. If your books say otherwise, please write to us: we will compare"
        " them."
    ),
}
DAYS = ("{count}\u00a0day", "{count}\u00a0days")
PROCEEDINGS = (
    "Failing full payment within this period, we may start legal proceedings, without further notice, to obtain"
    " payment of our claim."
)
RESERVATION = (
    "We reserve all our rights, in particular to late-payment penalties and to the fixed sum of €40 per invoice for"
    " recovery costs provided for by law."
)
ALREADY_PAID = (
    "If your payment has crossed this letter, please disregard it and let us know the date and reference of the"
    " payment. If you dispute an amount, please write to us without delay, stating your reasons."
)
CLOSING = "Yours faithfully,"
SIGNED_FOR = "For {name}"

REMINDERS_TITLE = ("Our earlier reminder, which had no effect:", "Our earlier reminders, which had no effect:")
REMINDER_LINE = "{date} – {label}"
REMINDER_LINE_CHANNEL = "{date} – {label} ({channel})"
CHANNELS = {
    'email': "by e-mail",
    'mail': "by e-mail",
    'sms': "by text message",
    'letter': "by post",
    'registered': "by registered letter",
    'phone': "by telephone",
}

COLUMNS = {
    'reference': "Invoice",
    'date_invoice': "Date",
    'date_due': "Due date",
    'days_late': "Days late",
    'amount_total': "Total amount",
    'amount_paid': "Already paid",
    'amount_disputed': "Disputed",
    'amount_due': "Balance due",
}
CREDIT = "To deduct: {reference}"
SUBTOTAL = "Subtotal"
TOTAL = "Total to pay"
AMOUNTS_IN = "Amounts in {currency}"

CARRIED = "Carried forward"
BROUGHT = "Brought forward"

PAYMENT_TITLE = "How to pay"
HOLDER = "Account holder"
IBAN = "IBAN"
ACCOUNT = "Account number"
BIC = "BIC"
BANK = "Bank"
REFERENCE = "Reference to quote"
ONLINE = "Online payment"
ASK_US = "Means of payment"
ASK_US_VALUE = "Contact us: {contact}"
SCAN = "Scan to pay"
RF = "RF reference"
