"""The words of late interest and indemnities in letters, by language; those of the rest are in `texts_xx`.

A no-break space (written \\u00a0) goes before « : ; ? ! » in French, and between a number and its unit.
"""
# pylint: disable=prefer-env-translation  # no environment here: see `words`
from types import SimpleNamespace

from .words import mark as _

FR = SimpleNamespace(
    INTEREST_ROW="Pénalités de retard arrêtées au {date}",
    INDEMNITY_ROW=(
        "Indemnité forfaitaire pour frais de recouvrement",
        "Indemnités forfaitaires pour frais de recouvrement ({count})"),
    INTEREST="les pénalités de retard, {amount} au {date}",
    INDEMNITY="l’indemnité forfaitaire pour frais de recouvrement, {amount}",
    AND="{first} et {second}",
    MENTION="S’y ajoutent de plein droit, sans qu’un rappel soit nécessaire\u00a0: {charges}.",
    ACCRUING="Les pénalités de retard continuent de courir jusqu’au jour du paiement.",
    TITLE="Calcul des pénalités de retard au {date}",
    COLUMNS=("Facture", "Du", "Au", "Jours", "Principal", "Taux (%)", "Pénalités"),
    SUM="Total du calcul",
    SETTLED="Déjà réglé, facturé ou abandonné",
    ROUNDING="Arrondi sur le total",
    BASE="Taux annuels, intérêts simples\u00a0; le jour de l’échéance ne compte pas. Sources\u00a0: {sources}.",
    CONTRACT="contrat",
    INDEXES={
        'ECB_MRO': "taux de refinancement de la BCE", 'FR_LEGAL_PRO': "intérêt légal (créancier professionnel)",
        'FR_LEGAL_INDIV': "intérêt légal (particuliers)", 'DE_BASISZINS': "Basiszinssatz",
        'AT_BASISZINS': "Basiszinssatz (OeNB)", 'BE_LEGAL': "intérêt légal belge",
        'GB_BOE_REF': "taux de la Banque d’Angleterre", 'NL_WETTELIJK': "wettelijke rente",
        'PL_NBP_REF': "taux de référence de la NBP"},
    SOURCE="{index} au {date} {rate}\u00a0%",
    PLUS="{source} + {points} points",
)

EN = SimpleNamespace(
    INTEREST_ROW=_("Late interest to {date}"),
    INDEMNITY_ROW=(_("Fixed recovery cost"), _("Fixed recovery costs ({count})")),
    INTEREST=_("late interest, {amount} on {date}"),
    INDEMNITY=_("the fixed sum for recovery costs, {amount}"),
    AND=_("{first} and {second}"),
    MENTION=_("The law adds to it, without any reminder being necessary: {charges}."),
    ACCRUING=_("Interest continues to run until the day of payment."),
    TITLE=_("How the late interest to {date} is calculated"),
    COLUMNS=(_("Invoice"), _("From"), _("To"), _("Days"), _("Principal"), _("Rate (%)"), _("Interest")),
    SUM=_("Total of the calculation"),
    SETTLED=_("Already paid, invoiced or waived"),
    ROUNDING=_("Rounded on the total"),
    BASE=_("Yearly rates, simple interest; the due date does not count. Sources: {sources}."),
    CONTRACT=_("contract"),
    INDEXES={
        'ECB_MRO': _("ECB refinancing rate"), 'FR_LEGAL_PRO': _("French legal interest (business creditor)"),
        'FR_LEGAL_INDIV': _("French legal interest (individuals)"), 'DE_BASISZINS': _("German base rate"),
        'AT_BASISZINS': _("Austrian base rate"), 'BE_LEGAL': _("Belgian legal interest"),
        'GB_BOE_REF': _("Bank of England base rate"), 'NL_WETTELIJK': _("Dutch legal interest"),
        'PL_NBP_REF': _("NBP reference rate")},
    SOURCE=_("{index} on {date} {rate}%"),
    PLUS=_("{source} + {points} points"),
)

DE = SimpleNamespace(
    INTEREST_ROW="Verzugszinsen bis {date}",
    INDEMNITY_ROW=("Verzugspauschale", "Verzugspauschalen ({count})"),
    INTEREST="Verzugszinsen, {amount} am {date}",
    INDEMNITY="die Verzugspauschale, {amount}",
    AND="{first} und {second}",
    MENTION="Hinzu kommen kraft Gesetzes: {charges}.",
    ACCRUING="Die Verzugszinsen laufen bis zum Tag der Zahlung weiter.",
    TITLE="Berechnung der Verzugszinsen bis {date}",
    COLUMNS=("Rechnung", "Von", "Bis", "Tage", "Hauptbetrag", "Satz (%)", "Zinsen"),
    SUM="Summe der Berechnung",
    SETTLED="Bereits bezahlt, berechnet oder erlassen",
    ROUNDING="Rundung auf die Summe",
    BASE="Jahreszinssätze, einfache Zinsen; der Fälligkeitstag zählt nicht. Quellen: {sources}.",
    CONTRACT="Vertrag",
    INDEXES={
        'ECB_MRO': "EZB-Refinanzierungssatz", 'FR_LEGAL_PRO': "französischer gesetzlicher Zins (Unternehmen)",
        'FR_LEGAL_INDIV': "französischer gesetzlicher Zins (Privatpersonen)", 'DE_BASISZINS': "Basiszinssatz",
        'AT_BASISZINS': "Basiszinssatz (OeNB)", 'BE_LEGAL': "belgischer gesetzlicher Zins",
        'GB_BOE_REF': "Leitzins der Bank of England", 'NL_WETTELIJK': "niederländischer gesetzlicher Zins",
        'PL_NBP_REF': "NBP-Referenzsatz"},
    SOURCE="{index} am {date} {rate}\u00a0%",
    PLUS="{source} + {points} Prozentpunkte",
)

TEXTS = {'fr': FR, 'en': EN, 'de': DE}
