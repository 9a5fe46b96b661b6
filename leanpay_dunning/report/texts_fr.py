"""The letter's words in French. Names in braces are filled by the program; ** ** is bold.

A no-break space (written \\u00a0) goes before « : ; ? ! » and between a number and its unit.
"""

SHORT_DATE = 'dd/MM/yyyy'

TITLES = {'formal_notice': "MISE EN DEMEURE", 'reminder': "RELANCE", 'statement': "RELEVÉ DE COMPTE"}
DOCUMENT_TITLE = {
    'formal_notice': "Mise en demeure n°\u00a0{number}",
    'reminder': "Lettre de relance n°\u00a0{number}",
    'statement': "Relevé de compte n°\u00a0{number}",
}
SUBJECT = {
    'formal_notice': ("Mise en demeure de payer une facture échue", "Mise en demeure de payer {count} factures échues"),
    'reminder': ("Rappel d’une facture échue", "Rappel de {count} factures échues"),
    'statement': ("Votre compte\u00a0: une facture ouverte", "Votre compte\u00a0: {count} factures ouvertes"),
}
SUBJECT_LABEL = "Objet\u00a0:"
NUMBER_LABEL = "Nos références\u00a0:"
AMOUNT_LABEL = "Montant dû\u00a0:"
PLACE_AND_DATE = "{place}, le {date}"
DATE_ONLY = "Le {date}"
PHONE = "Tél. {phone}"
PAGE = "Page {page} sur {pages}"

SALUTATION = "Madame, Monsieur,"
OPENING = {
    'formal_notice': (
        ("Sauf erreur ou omission de notre part, la facture détaillée ci-dessous est échue et reste impayée à ce jour"
         "{despite}."),
        ("Sauf erreur ou omission de notre part, les factures détaillées ci-dessous sont échues et restent impayées"
         " à ce jour{despite}."),
    ),
    'reminder': (
        ("Sauf erreur ou omission de notre part, la facture détaillée ci-dessous est échue et n’a pas encore été"
         " réglée{despite}."),
        ("Sauf erreur ou omission de notre part, les factures détaillées ci-dessous sont échues et n’ont pas encore"
         " été réglées{despite}."),
    ),
    'statement': (
        "Nous vous prions de trouver ci-dessous la facture ouverte à ce jour sur votre compte.",
        "Nous vous prions de trouver ci-dessous les factures ouvertes à ce jour sur votre compte.",
    ),
}
DESPITE = (", malgré la relance rappelée ci-après", ", malgré les relances rappelées ci-après")
DEMAND = {
    'formal_notice': (
        "Nous vous mettons en demeure de nous régler la somme de **{total}** dans un délai de **{days}** à compter"
        " de la réception de la présente lettre."
    ),
    'reminder': (
        "Nous vous remercions de bien vouloir nous régler la somme de **{total}** dans un délai de **{days}** à"
        " compter de la réception de la présente lettre."
    ),
    'statement': (
        "Le solde de votre compte s’élève à **{total}**. Si vos écritures diffèrent, écrivez-nous\u00a0:"
        " nous les rapprocherons."
    ),
}
DAYS = ("{count}\u00a0jour", "{count}\u00a0jours")
PROCEEDINGS = (
    "À défaut de règlement intégral dans ce délai, nous pourrons engager, sans nouvel avis, une procédure judiciaire"
    " afin d’obtenir le paiement de notre créance."
)
RESERVATION = (
    "Nous réservons tous nos droits, notamment aux pénalités de retard et à l’indemnité forfaitaire pour frais de"
    " recouvrement de 40\u00a0€ par facture prévues par la loi."
)
ALREADY_PAID = (
    "Si votre règlement s’est croisé avec cette lettre, merci de ne pas en tenir compte et de nous en indiquer la"
    " date et la référence. Si vous contestez une somme, écrivez-nous sans attendre en précisant vos motifs."
)
CLOSING = "Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées."
SIGNED_FOR = "Pour {name}"

REMINDERS_TITLE = (
    "Notre relance précédente, restée sans effet\u00a0:",
    "Nos relances précédentes, restées sans effet\u00a0:",
)
REMINDER_LINE = "{date} – {label}"
REMINDER_LINE_CHANNEL = "{date} – {label} ({channel})"
CHANNELS = {
    'email': "par e-mail",
    'mail': "par e-mail",
    'sms': "par SMS",
    'letter': "par courrier",
    'registered': "par lettre recommandée",
    'phone': "par téléphone",
}

COLUMNS = {
    'reference': "Facture",
    'date_invoice': "Date",
    'date_due': "Échéance",
    'days_late': "Jours de retard",
    'amount_total': "Montant total",
    'amount_paid': "Déjà réglé",
    'amount_disputed': "Contesté",
    'amount_due': "Reste dû",
}
CREDIT = "À déduire\u00a0: {reference}"
SUBTOTAL = "Sous-total"
TOTAL = "Total à régler"
AMOUNTS_IN = "Montants en {currency}"

CARRIED = "À reporter"
BROUGHT = "Report"

PAYMENT_TITLE = "Comment régler"
HOLDER = "Titulaire"
IBAN = "IBAN"
ACCOUNT = "N°\u00a0de compte"
BIC = "BIC"
BANK = "Banque"
REFERENCE = "Référence à indiquer"
ONLINE = "Paiement en ligne"
ASK_US = "Moyens de paiement"
ASK_US_VALUE = "Contactez-nous\u00a0: {contact}"
SCAN = "Scannez pour payer"
RF = "Référence RF"
