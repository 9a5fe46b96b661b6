"""Words by which customers tell what they mean, in French and English. Plain text, accents and case taken away.

Each entry is a regular expression; the first kind of :data:`KINDS` with a phrase in a sentence wins, so that "we will
pay once the goods are replaced" is a dispute before it is a promise.
"""

AUTOMATIC_SUBJECTS = (
    r"^(re ?: ?)?(reponse|message) automatique", r"absence du bureau", r"^(re ?: ?)?absent", r"absence de ",
    r"automatic reply", r"auto(matic)?[- ]?(reply|response)", r"out of (the )?office", r"accuse de reception",
    r"autoreply", r"delivery receipt", r"^lu ?:", r"^read ?:",
)
AUTOMATIC_BODIES = (
    r"je suis (actuellement )?(absent|en conges?|en deplacement|en vacances)", r"actuellement absent",
    r"absente? du bureau", r"de retour (le|au bureau)", r"ceci est (un message|une reponse) automatique",
    r"nous avons bien recu votre (message|demande|courriel|e-?mail).*(delais|plus brefs)",
    r"i am (currently )?(out of|away from) (the )?office",
    r"i('m| am) (currently )?(on|away on) (annual )?(leave|holiday|vacation)",
    r"this is an automat(ic|ed) (reply|response|message)", r"ticket .{0,40}(has been|was) (created|opened)",
    r"thank you for (contacting|your e-?mail).*(as soon as possible|shortly)",
)

DISPUTE = (
    r"contest(e|ons|ees?|er|ation)", r"litige", r"en desaccord", r"pas d'accord",
    r"n'?avons (jamais|pas) (recu|commande)",
    r"n'?ai (jamais|pas) (recu|commande)", r"(ne correspond|erreur|errone|incorrect|trop percu|surfactur)",
    r"double facturation",
    r"facture(e|es)? (en double|deux fois)", r"(endommag|defectueu|casse|abime|non[- ]conforme|manquant|manque )",
    r"(attend(s|ons)|demand(e|ons)|merci d'etablir) .{0,30}avoir\b", r"un avoir\b",
    r"prix .{0,30}(convenu|devis|faux)",
    r"\bdisput(e|ed|ing)\b", r"\bdo(es)? not agree\b", r"\bdisagree\b", r"\bnever (received|ordered)\b",
    r"\b(did|have) ?n[o']?t (receive|received|order|ordered)\b",
    r"\b(wrong|incorrect|overcharg|invoiced twice|duplicate)",
    r"\b(damaged|defective|broken|faulty|missing|not as ordered|short delivery)\b", r"\bcredit note\b",
)
PLAN = (
    r"echeancier", r"echelonn", r"etal(er|ement)",
    r"(en|par) (\d+|deux|trois|quatre|cinq|six|plusieurs) (fois|mensualites|versements)",
    r"mensualites?", r"delai(s)? de paiement", r"(difficultes?|probleme) (de tresorerie|financiere)",
    r"payer en plusieurs",
    r"\binstal(l)?ments?\b", r"\bpayment plan\b", r"\bspread (the|our|this)\b",
    r"\bin (two|three|four|five|six|\d+) (payments|instal)",
    r"\bcash[- ]?flow (problem|difficult|issue)", r"\bmonthly payments?\b",
)
PAID = (
    r"(a|ont) (deja )?ete (paye|regle|vire|solde|effectue)",
    r"(avons|ai) (deja |bien )?(paye|regle|vire|solde|effectue le)",
    r"deja (paye|regle)", r"(virement|paiement|reglement|cheque) (a ete )?(effectue|emis|envoye|parti|fait)",
    r"(est|sont) (paye|regle|solde)e?s?\b", r"avis de virement", r"\b(has|have) (already )?(been )?paid\b",
    r"\balready paid\b", r"\bwas paid\b", r"\b(we|i) paid\b", r"\bpayment (was|has been) (made|sent)\b",
    r"\bremittance advice\b",
    r"\b(transfer|cheque) (was|has been) (sent|made)\b",
)
PROMISE = (
    r"(sera|seront|va etre|vont etre) (paye|regle|vire|effectue|solde)",
    r"(paierons|reglerons|virerons|paierai|reglerai|payerons)",
    r"(allons|vais|allez recevoir) .{0,20}(payer|regler|virer|paiement|virement|reglement)",
    r"(virement|paiement|reglement) (est )?(prevu|programme|planifie)",
    r"(prevu|programme|planifie)e?s? (pour )?(le|au|la semaine|en|fin)", r"(mis|mise|mettons|mettre) en paiement",
    r"ferons le (virement|necessaire|reglement)",
    r"fais le (virement|necessaire|reglement)", r"vous recevrez (votre|le) (paiement|reglement|virement)",
    r"d'ici (le|la|fin|\d+)",
    r"\bwill (be )?(pay|paid|settle|settled|transfer)\b", r"\b(is|are) (scheduled|planned|due to be paid)\b",
    r"\b(we|i)('ll| shall) pay\b", r"\bgoing to (pay|settle)\b", r"\bpayment run\b",
    r"\bwill (make|send) (the |a )?(payment|transfer)\b",
    r"\byou will receive (the |your )?payment\b", r"\bpromise to pay\b",
)
QUESTION = (
    r"\?", r"pouvez[- ]vous", r"pourriez[- ]vous",
    r"merci de (me|nous) (envoyer|transmettre|faire parvenir|communiquer|renvoyer)",
    r"(duplicata|copie) de (la|votre|cette) facture", r"n'avons pas (la|cette|votre) facture", r"\bcould you\b",
    r"\bcan you\b",
    r"\bplease (send|resend|forward|provide)\b", r"\bcopy of (the|your) invoice\b",
)
# Said of what is denied: "we do not dispute", "it is not paid yet". Looked for just before, or around, a phrase.
DENIALS = {
    'dispute': (
        r"ne (la |les |le )?contest(e|ons) pas", r"sans contest", r"\b(do|does) ?n[o']t dispute\b", r"\bnot disput",
        r"aucun(e)? (litige|contestation)",
                r"sauf erreur", r"\bno dispute\b"),
    'paid': (
        r"(pas|jamais) (encore )?(ete )?(paye|regle)", r"\bnot (yet )?(been )?paid\b", r"\bhas ?n'?t been paid\b",
        r"sera (paye|regle)"),
    'promise': (
        r"ne (pourrons|pouvons|paierons|reglerons|paierai) pas", r"\b(will|can) ?not pay\b", r"\bwon'?t pay\b",
        r"\bcannot pay\b"),
    'plan': (),
    'question': (),
}
KINDS = (('dispute', DISPUTE), ('plan', PLAN), ('paid', PAID), ('promise', PROMISE), ('question', QUESTION))

# Where what the customer wrote ends and older messages, or a signature, begin. Matched on plain lines.
QUOTES = (
    r"^>", r"^-{2,} ?(original message|message (d'origine|original|transfere)|forwarded message)", r"^_{5,}$",
    r"^(le|on) .{4,160}(a ecrit|wrote) ?:$", r"^(de|from) ?: .+", r"^-- ?$", r"^(envoye de mon|sent from my) ",
    r"^(debut du message|begin forwarded)",
)
SIGNATURES = (
    r"^(cordialement|bien cordialement|bien a vous|sinceres salutations|salutations)\b",
    r"^(kind regards|best regards|regards|sincerely|yours sincerely|yours faithfully)\b",
)

MONTHS = {
    'janvier': 1, 'fevrier': 2, 'mars': 3, 'avril': 4, 'mai': 5, 'juin': 6, 'juillet': 7, 'aout': 8, 'septembre': 9,
    'octobre': 10, 'novembre': 11, 'decembre': 12, 'january': 1, 'february': 2, 'march': 3, 'april': 4, 'may': 5,
    'june': 6, 'july': 7, 'august': 8, 'september': 9, 'october': 10, 'november': 11, 'december': 12,
}
WEEKDAYS = {
    'lundi': 0, 'mardi': 1, 'mercredi': 2, 'jeudi': 3, 'vendredi': 4, 'samedi': 5, 'dimanche': 6,
    'monday': 0, 'tuesday': 1, 'wednesday': 2, 'thursday': 3, 'friday': 4, 'saturday': 5, 'sunday': 6,
}
