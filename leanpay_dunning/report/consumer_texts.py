"""What the first letter to a consumer must say before anything may be charged, by country and language.

Belgium: code of economic law, art. XIX.2 to XIX.4, in force since 1 September 2023: the balance, the indemnity that
would apply, name and enterprise number of the creditor, product and due date, the fourteen days. Netherlands: BW 6:96
lid 6: the amount of the costs, and fourteen days from the day after receipt.
"""

TEXTS = {
    'BE': {
        'fr': (
            (
                "Ce premier rappel est gratuit. Si la somme n’est pas payée dans les **quatorze jours**, qui"
                " commencent le troisième jour ouvrable suivant l’envoi de cette lettre (le lendemain de l’envoi si"
                " vous la recevez par voie électronique), une indemnité de **{amount}** pourra vous être réclamée,"
                " dans les limites de votre contrat et de l’article XIX.4 du code de droit économique."
            ),
            (
                "Créancier\u00a0: {creditor}, numéro d’entreprise {number}. Produits ou services\u00a0: {products}."
            ),
        ),
        'en': (
            (
                "This first reminder is free of charge. If the sum is not paid within **fourteen days**, which start"
                " on the third working day after this letter was posted (the day after it was sent if you received it"
                " electronically), an indemnity of **{amount}** may be claimed from you, within the limits of your"
                " contract and of article XIX.4 of the Belgian code of economic law."
            ),
            (
                "Creditor: {creditor}, enterprise number {number}. Products or services: {products}."
            ),
        ),
        'de': (
            (
                "Diese erste Mahnung ist kostenlos. Wird der Betrag nicht innerhalb von **vierzehn Tagen** bezahlt,"
                " die am dritten Werktag nach der Absendung dieses Briefes beginnen (bei elektronischem Versand am Tag"
                " danach), kann eine Entschädigung von **{amount}** verlangt werden, in den Grenzen Ihres Vertrags und"
                " von Artikel XIX.4 des belgischen Wirtschaftsgesetzbuches."
            ),
            (
                "Gläubiger: {creditor}, Unternehmensnummer {number}. Produkte oder Dienstleistungen: {products}."
            ),
        ),
    },
    'NL': {
        'fr': (
            (
                "Si la totalité est payée dans les **quatorze jours** à compter du lendemain de la réception de cette"
                " lettre, aucun frais ne vous sera demandé. À défaut, des frais de recouvrement de **{amount}** seront"
                " dus (BW 6:96, Besluit vergoeding voor buitengerechtelijke incassokosten)."
            ),
        ),
        'en': (
            (
                "If you pay in full within **fourteen days** from the day after you receive this letter, no costs will"
                " be asked. If you do not, collection costs of **{amount}** will be due (Dutch civil code, BW 6:96,"
                " Besluit vergoeding voor buitengerechtelijke incassokosten)."
            ),
        ),
        'de': (
            (
                "Zahlen Sie innerhalb von **vierzehn Tagen** ab dem Tag nach Erhalt dieses Briefes alles, entstehen"
                " keine Kosten. Andernfalls werden Inkassokosten von **{amount}** fällig (BW 6:96, Besluit vergoeding"
                " voor buitengerechtelijke incassokosten)."
            ),
        ),
    },
}


def consumer_paragraphs(letter, formats):
    """Return the paragraphs that the law asks for in a letter, () for most of them."""
    notice = letter.consumer_notice
    if not notice:
        return ()
    texts = TEXTS[notice.country]
    words = texts.get(formats.locale.language, texts['en'])
    return tuple(text.format(
        amount=formats.money(notice.amount), creditor=letter.sender.name, number=notice.enterprise_number or '–',
        products=notice.products or '–') for text in words)
