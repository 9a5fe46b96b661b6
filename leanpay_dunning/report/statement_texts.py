"""The words of statements, by language. A no-break space (written \\u00a0) goes before « : » in French."""
from types import SimpleNamespace

FR = SimpleNamespace(
    TITLE="RELEVÉ DE COMPTE", DOCUMENT_TITLE="Relevé de compte {customer}",
    OPEN="Pièces ouvertes au {date}", ACTIVITY="Mouvements du {since} au {date}",
    CURRENCY="Compte en {currency}", OPENING="Solde au {date}", CLOSING="Solde au {date}",
    COLUMNS=("Date", "Pièce", "Échéance", "Jours de retard", "Statut", "Montant", "Reste dû"),
    ACTIVITY_COLUMNS=("Date", "Pièce", "Échéance", "Statut", "Débit", "Crédit", "Solde"), OWNER="Client",
    CARRIED="À reporter", BROUGHT="Report",
    STATUSES={
        'open': "À échoir", 'overdue': "Échue", 'disputed': "En litige", 'promised': "Promesse",
        'planned': "Échéancier",
        'held': "Suspendue", 'paying': "Paiement en cours", 'credit': "Avoir", 'payment': "Règlement non lettré",
        'paid': "Soldée", 'transfer': "Réglée par un autre compte"},
    AGEING=("À échoir", "1 à 30 jours", "31 à 60 jours", "61 à 90 jours", "Plus de 90 jours"),
    CREDITS="Avoirs et règlements à déduire", OVERDUE="dont échu", DUE="Solde à régler",
    INTEREST="Pénalités de retard au {date} (hors solde)", INDEMNITY="Indemnités de recouvrement (hors solde)",
    NOTHING="Rien n’est ouvert à cette date.", SHEET="Relevé", SUMMARY="Synthèse", TOTAL="Total",
    ASK="Si vos écritures diffèrent, écrivez-nous\u00a0: nous les rapprocherons.")

EN = SimpleNamespace(
    TITLE="STATEMENT OF ACCOUNT", DOCUMENT_TITLE="Statement of account {customer}",
    OPEN="Open items on {date}", ACTIVITY="Activity from {since} to {date}",
    CURRENCY="Account in {currency}", OPENING="Balance on {date}", CLOSING="Balance on {date}",
    COLUMNS=("Date", "Document", "Due date", "Days late", "Status", "Amount", "Balance due"),
    ACTIVITY_COLUMNS=("Date", "Document", "Due date", "Status", "Debit", "Credit", "Balance"), OWNER="Customer",
    CARRIED="Carried forward", BROUGHT="Brought forward",
    STATUSES={
        'open': "Not due yet", 'overdue': "Overdue", 'disputed': "Disputed", 'promised': "Promised",
        'planned': "Payment plan", 'held': "On hold", 'paying': "Being paid", 'credit': "Credit note",
        'payment': "Unallocated payment", 'paid': "Paid", 'transfer': "Settled by another account"},
    AGEING=("Not due yet", "1 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days"),
    CREDITS="Credits and payments to deduct", OVERDUE="of which overdue", DUE="Balance to pay",
    INTEREST="Late interest on {date} (not in the balance)", INDEMNITY="Recovery indemnities (not in the balance)",
    NOTHING="Nothing is open on that day.", SHEET="Statement", SUMMARY="Summary", TOTAL="Total",
    ASK="If your books differ, please write to us: we shall reconcile them.")

DE = SimpleNamespace(
    TITLE="KONTOAUSZUG", DOCUMENT_TITLE="Kontoauszug {customer}",
    OPEN="Offene Posten am {date}", ACTIVITY="Bewegungen vom {since} bis {date}",
    CURRENCY="Konto in {currency}", OPENING="Saldo am {date}", CLOSING="Saldo am {date}",
    COLUMNS=("Datum", "Beleg", "Fälligkeit", "Tage Verzug", "Status", "Betrag", "Offen"),
    ACTIVITY_COLUMNS=("Datum", "Beleg", "Fälligkeit", "Status", "Soll", "Haben", "Saldo"), OWNER="Kunde",
    CARRIED="Übertrag", BROUGHT="Übertrag",
    STATUSES={
        'open': "Nicht fällig", 'overdue': "Überfällig", 'disputed': "Strittig", 'promised': "Zugesagt",
        'planned': "Ratenplan", 'held': "Ausgesetzt", 'paying': "Zahlung läuft", 'credit': "Gutschrift",
        'payment': "Zahlung ohne Zuordnung", 'paid': "Bezahlt", 'transfer': "Über anderes Konto beglichen"},
    AGEING=("Nicht fällig", "1 bis 30 Tage", "31 bis 60 Tage", "61 bis 90 Tage", "Über 90 Tage"),
    CREDITS="Gutschriften und Zahlungen", OVERDUE="davon überfällig", DUE="Zu zahlen",
    INTEREST="Verzugszinsen am {date} (nicht im Saldo)", INDEMNITY="Verzugspauschalen (nicht im Saldo)",
    NOTHING="An diesem Tag ist nichts offen.", SHEET="Kontoauszug", SUMMARY="Übersicht", TOTAL="Summe",
    ASK="Weichen Ihre Bücher ab, schreiben Sie uns bitte: wir gleichen sie ab.")

TEXTS = {'fr': FR, 'en': EN, 'de': DE}


def statement_texts(lang):
    """Return the words of a language code such as fr_FR; English for any other."""
    return TEXTS.get((lang or '').partition('_')[0].lower(), EN)
