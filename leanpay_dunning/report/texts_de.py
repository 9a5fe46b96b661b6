"""The letter's words in German, for Germany, Austria and Switzerland. Names in braces are filled by the program.

** ** is bold. A no-break space (written \\u00a0) goes between a number and its unit.
"""

SHORT_DATE = 'dd.MM.yyyy'

TITLES = {'formal_notice': "LETZTE MAHNUNG", 'reminder': "ZAHLUNGSERINNERUNG", 'statement': "KONTOAUSZUG"}
DOCUMENT_TITLE = {
    'formal_notice': "Mahnung Nr.\u00a0{number}",
    'reminder': "Zahlungserinnerung Nr.\u00a0{number}",
    'statement': "Kontoauszug Nr.\u00a0{number}",
}
SUBJECT = {
    'formal_notice': ("Mahnung: eine fällige Rechnung", "Mahnung: {count} fällige Rechnungen"),
    'reminder': ("Erinnerung an eine fällige Rechnung", "Erinnerung an {count} fällige Rechnungen"),
    'statement': ("Ihr Konto: eine offene Rechnung", "Ihr Konto: {count} offene Rechnungen"),
}
SUBJECT_LABEL = "Betreff:"
NUMBER_LABEL = "Unser Zeichen:"
AMOUNT_LABEL = "Offener Betrag:"
PLACE_AND_DATE = "{place}, {date}"
DATE_ONLY = "{date}"
PHONE = "Tel. {phone}"
PAGE = "Seite {page} von {pages}"

SALUTATION = "Sehr geehrte Damen und Herren,"
OPENING = {
    'formal_notice': (
        "die unten aufgeführte Rechnung ist fällig und nach unseren Unterlagen bis heute nicht bezahlt{despite}.",
        ("die unten aufgeführten Rechnungen sind fällig und nach unseren Unterlagen bis heute nicht bezahlt"
         "{despite}."),
    ),
    'reminder': (
        "für die unten aufgeführte fällige Rechnung haben wir noch keinen Zahlungseingang festgestellt{despite}.",
        "für die unten aufgeführten fälligen Rechnungen haben wir noch keinen Zahlungseingang festgestellt{despite}.",
    ),
    'statement': (
        "nachstehend finden Sie die heute offene Rechnung Ihres Kontos.",
        "nachstehend finden Sie die heute offenen Rechnungen Ihres Kontos.",
    ),
}
DESPITE = (", trotz der unten genannten Erinnerung", ", trotz der unten genannten Erinnerungen")
DEMAND = {
    'formal_notice': (
        "Wir fordern Sie hiermit auf, den Betrag von **{total}** innerhalb von **{days}** nach Erhalt dieses Schreibens"
        " zu zahlen."
    ),
    'reminder': (
        "Wir bitten Sie, den Betrag von **{total}** innerhalb von **{days}** nach Erhalt dieses Schreibens zu zahlen."
    ),
    'statement': (
        "Der Saldo Ihres Kontos beträgt **{total}**. Weichen Ihre Bücher ab, schreiben Sie uns bitte: wir gleichen sie"
        " ab."
    ),
}
DAYS = ("{count}\u00a0Tag", "{count}\u00a0Tagen")
PROCEEDINGS = (
    "Geht der vollständige Betrag nicht fristgerecht ein, behalten wir uns vor, unsere Forderung ohne weitere"
    " Ankündigung gerichtlich geltend zu machen."
)
RESERVATION = (
    "Wir behalten uns alle Rechte vor, insbesondere die gesetzlichen Verzugszinsen und die Verzugspauschale."
)
ALREADY_PAID = (
    "Sollte sich Ihre Zahlung mit diesem Schreiben überschnitten haben, betrachten Sie es bitte als gegenstandslos und"
    " nennen Sie uns Datum und Verwendungszweck. Falls Sie einen Betrag bestreiten, schreiben Sie uns bitte umgehend"
    " und"
    " nennen Sie Ihre Gründe."
)
CLOSING = "Mit freundlichen Grüßen"
SIGNED_FOR = "Für {name}"

REMINDERS_TITLE = ("Unsere frühere Erinnerung blieb ohne Erfolg:", "Unsere früheren Erinnerungen blieben ohne Erfolg:")
REMINDER_LINE = "{date} – {label}"
REMINDER_LINE_CHANNEL = "{date} – {label} ({channel})"
CHANNELS = {
    'email': "per E-Mail",
    'mail': "per E-Mail",
    'sms': "per SMS",
    'letter': "per Post",
    'registered': "per Einschreiben",
    'phone': "telefonisch",
}

COLUMNS = {
    'reference': "Rechnung",
    'date_invoice': "Datum",
    'date_due': "Fälligkeit",
    'days_late': "Tage Verzug",
    'amount_total': "Gesamtbetrag",
    'amount_paid': "Bereits bezahlt",
    'amount_disputed': "Strittig",
    'amount_due': "Offen",
}
CREDIT = "Abzuziehen: {reference}"
SUBTOTAL = "Zwischensumme"
TOTAL = "Zu zahlen"
AMOUNTS_IN = "Beträge in {currency}"
CARRIED = "Übertrag"
BROUGHT = "Übertrag"

PAYMENT_TITLE = "So zahlen Sie"
HOLDER = "Kontoinhaber"
IBAN = "IBAN"
ACCOUNT = "Kontonummer"
BIC = "BIC"
BANK = "Bank"
REFERENCE = "Verwendungszweck"
ONLINE = "Online zahlen"
ASK_US = "Zahlungswege"
ASK_US_VALUE = "Schreiben Sie uns: {contact}"
SCAN = "Zum Zahlen scannen"
RF = "RF-Referenz"
