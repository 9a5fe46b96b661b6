"""The words of the evidence file, by language."""
from types import SimpleNamespace

FR = SimpleNamespace(
    TITLE="Dossier de preuves", PARTIES="{company} contre {customer}", MADE="Établi le {date}",
    CLAIM="Décompte de la créance au {date}",
    CLAIM_COLUMNS=("Facture", "Échéance", "Montant", "Reste dû", "Pénalités", "Indemnité", "Total", "Prescription"),
    SEGMENTS="Calcul des pénalités de retard",
    SEGMENT_COLUMNS=("Facture", "Du", "Au", "Jours", "Principal", "Taux (%)", "Source du taux", "Pénalités"),
    PAYMENTS="Règlements et avoirs imputés", PAYMENT_COLUMNS=("Facture", "Date", "Pièce", "Montant"),
    SETTLED="Déjà réglé, abandonné ou imputé", NO_PAYMENTS="Aucun règlement n’a été reçu.",
    LIST="Bordereau des pièces", LIST_COLUMNS=("N°", "Pièce", "Page", "Empreinte SHA-256"),
    TOTAL="Total", EXHIBIT="Pièce n°\u00a0{number}", PAGE="Page {page} sur {pages}",
    LIMITATION_NOTE="La date de prescription est celle que donne l’échéance seule\u00a0: aucune relance, aucune mise "
                    "en demeure ne la déplace. Elle est indicative.",
    CHAIN="Chaîne de preuves\u00a0: {count} entrées, dernière empreinte {hash}.",
    NOT_MERGED="Ce fichier ne peut pas être repris dans ce document ({reason}). L’original, intact, est dans "
               "l’archive jointe\u00a0: {name}",
    CORRUPT="fichier illisible", ENCRYPTED="fichier protégé par un mot de passe", OTHER="autre format que PDF ou image",
    SENT="Envoyé le {date} à {recipient} ({address})", MESSAGE_ID="Identifiant du message\u00a0: {id}",
    SUBJECT="Objet\u00a0: {subject}", FROM="Reçu le {date} de {sender}", OUTCOME="Suite\u00a0: {outcome}",
    POST="Recommandé n° {number}, reçu le {date}", ATTACHED="Joint\u00a0: {name} (SHA-256 {hash})",
    NO_PDF="Aucun PDF n’a été conservé quand cette facture a été envoyée, et aucun n’a pu être édité ici.",
    EMPTY="(sans texte)", LABELS={
        'invoice': "Facture {name}", 'credit': "Avoir {name}", 'document': "{name}", 'reminder': "{name}",
        'letter': "Lettre {name}", 'notice': "Mise en demeure {name}", 'call': "Appel téléphonique {name}",
        'written': "Message au client\u00a0: {name}", 'statement': "Relevé de compte au {name}",
        'journal': "Journal de ce qui a été dit et reçu\u00a0: {name}",
        'copy': "Facture {name} (copie éditée pour ce dossier, aucun PDF conservé)",
        'deposit': "Preuve de dépôt de la lettre {name}", 'receipt': "Preuve de réception de la lettre {name}",
        'answer': "Réponse du client\u00a0: {name}", 'missing': "Facture {name} (aucun PDF conservé)"})

EN = SimpleNamespace(
    TITLE="Evidence file", PARTIES="{company} against {customer}", MADE="Made on {date}",
    CLAIM="Statement of claim on {date}",
    CLAIM_COLUMNS=("Invoice", "Due date", "Amount", "Balance", "Interest", "Indemnity", "Total", "Limitation"),
    SEGMENTS="How the late interest is calculated",
    SEGMENT_COLUMNS=("Invoice", "From", "To", "Days", "Principal", "Rate (%)", "Source of the rate", "Interest"),
    PAYMENTS="Payments and credit notes counted", PAYMENT_COLUMNS=("Invoice", "Date", "Entry", "Amount"),
    SETTLED="Already paid, waived or imputed", NO_PAYMENTS="No payment was received.",
    LIST="List of exhibits", LIST_COLUMNS=("No.", "Exhibit", "Page", "SHA-256"),
    TOTAL="Total", EXHIBIT="Exhibit {number}", PAGE="Page {page} of {pages}",
    LIMITATION_NOTE="The limitation date follows from the due date alone: no reminder and no formal notice moves it. "
                    "It is an indication.",
    CHAIN="Chain of evidence: {count} entries, last hash {hash}.",
    NOT_MERGED="This file cannot be shown in this document ({reason}). The untouched original is in the archive "
               "that goes with it: {name}",
    CORRUPT="unreadable file", ENCRYPTED="protected by a password", OTHER="neither PDF nor image",
    SENT="Sent on {date} to {recipient} ({address})", MESSAGE_ID="Message-ID: {id}", SUBJECT="Subject: {subject}",
    FROM="Received on {date} from {sender}", OUTCOME="What came of it: {outcome}", EMPTY="(no text)",
    NO_PDF="No PDF was kept when this invoice was sent, and none could be made here.",
    POST="Registered letter {number}, received on {date}", ATTACHED="Attached: {name} (SHA-256 {hash})", LABELS={
        'invoice': "Invoice {name}", 'credit': "Credit note {name}", 'document': "{name}", 'reminder': "{name}",
        'letter': "Letter {name}", 'notice': "Formal notice {name}", 'call': "Phone call {name}",
        'written': "Message to the customer: {name}", 'statement': "Statement of account of {name}",
        'journal': "Journal of what was said and received: {name}",
        'copy': "Invoice {name} (copy made for this file, no PDF was kept)",
        'deposit': "Proof of deposit of letter {name}", 'receipt': "Proof of receipt of letter {name}",
        'answer': "Answer of the customer: {name}", 'missing': "Invoice {name} (no PDF was kept)"})

DE = SimpleNamespace(
    TITLE="Beweisakte", PARTIES="{company} gegen {customer}", MADE="Erstellt am {date}",
    CLAIM="Forderungsaufstellung zum {date}",
    CLAIM_COLUMNS=("Rechnung", "Fälligkeit", "Betrag", "Offen", "Zinsen", "Pauschale", "Summe", "Verjährung"),
    SEGMENTS="Berechnung der Verzugszinsen",
    SEGMENT_COLUMNS=("Rechnung", "Von", "Bis", "Tage", "Hauptforderung", "Satz (%)", "Quelle des Zinssatzes", "Zinsen"),
    PAYMENTS="Angerechnete Zahlungen und Gutschriften", PAYMENT_COLUMNS=("Rechnung", "Datum", "Beleg", "Betrag"),
    SETTLED="Bereits bezahlt, erlassen oder angerechnet", NO_PAYMENTS="Es ist keine Zahlung eingegangen.",
    LIST="Anlagenverzeichnis", LIST_COLUMNS=("Nr.", "Anlage", "Seite", "SHA-256"),
    TOTAL="Summe", EXHIBIT="Anlage {number}", PAGE="Seite {page} von {pages}",
    LIMITATION_NOTE="Das Verjährungsdatum ergibt sich allein aus der Fälligkeit: keine Mahnung verschiebt es. Es dient "
                    "zur Orientierung.",
    CHAIN="Beweiskette: {count} Einträge, letzter Hashwert {hash}.",
    NOT_MERGED="Diese Datei kann hier nicht wiedergegeben werden ({reason}). Das unveränderte Original liegt im "
               "zugehörigen Archiv: {name}",
    CORRUPT="nicht lesbar", ENCRYPTED="mit einem Kennwort geschützt", OTHER="weder PDF noch Bild",
    SENT="Gesendet am {date} an {recipient} ({address})", MESSAGE_ID="Message-ID: {id}", SUBJECT="Betreff: {subject}",
    FROM="Eingegangen am {date} von {sender}", OUTCOME="Ergebnis: {outcome}",
    POST="Einschreiben {number}, zugegangen am {date}", ATTACHED="Anlage: {name} (SHA-256 {hash})",
    NO_PDF="Beim Versand dieser Rechnung wurde kein PDF aufbewahrt, und hier konnte keines erstellt werden.",
    EMPTY="(ohne Text)", LABELS={
        'invoice': "Rechnung {name}", 'credit': "Gutschrift {name}", 'document': "{name}", 'reminder': "{name}",
        'letter': "Schreiben {name}", 'notice': "Letzte Mahnung {name}", 'call': "Telefonat {name}",
        'written': "Nachricht an den Kunden: {name}", 'statement': "Kontoauszug zum {name}",
        'journal': "Verzeichnis des Gesagten und Eingegangenen: {name}",
        'copy': "Rechnung {name} (für diese Akte erstellte Kopie, kein PDF aufbewahrt)",
        'deposit': "Einlieferungsbeleg des Schreibens {name}", 'receipt': "Rückschein des Schreibens {name}",
        'answer': "Antwort des Kunden: {name}", 'missing': "Rechnung {name} (kein PDF aufbewahrt)"})

TEXTS = {'fr': FR, 'en': EN, 'de': DE}


def texts_for(lang):
    """Return the words of a language code such as fr_FR; English for any other."""
    return TEXTS.get((lang or '').partition('_')[0].lower(), EN)
