"""The demo company's customers: who they are, how they pay, how much they buy.

Every name, address, number and mailbox is invented; mailboxes end in `.example`, which no mail server ever serves.
"""
from typing import NamedTuple


class Customer(NamedTuple):
    """One customer.

    `profile` is a payer profile's code or None (unknown). `terms` names a row of `behaviours.TERMS`. `count` is the
    number of ordinary invoices over eighteen months, `size` S, M or L how much is bought at a time. `contacts` tells
    which people are known: i invoices, a accounting, o others; 'x' leaves the customer without any e-mail address.
    """

    key: str
    name: str
    street: str
    zip: str
    city: str
    profile: str | None = None
    terms: str = '30'
    count: int = 7
    size: str = 'M'
    contacts: str = 'iao'
    country: str = 'FR'
    lang: str = 'fr_FR'
    vat: str = ''
    person: bool = False
    parent: str = ''
    currency: str = 'EUR'
    tag: str = ''


GOOD = [
    Customer('menuiserie_aubrac', "Menuiserie Aubrac", "4 route de Laguiole", '12210', "Saint-Chély", 'good', count=8),
    Customer('garage_belin', "Garage Belin & Fils", "27 avenue Jean-Jaurès", '69007', "Lyon", 'good', count=9),
    Customer('horlogerie_jurane', "Horlogerie Jurane SA", "2 rue du Lac", '25130', "Villers", 'good', '60', 6, 'L'),
    Customer('cycles_lambert', "Cycles Lambert", "15 quai Saint-Vincent", '69001', "Lyon", 'good', count=7, size='S'),
    Customer('laiterie_du_forez', "Laiterie du Forez", "ZA des Prairies", '42600', "Montbrison", 'good', '60', 5, 'L'),
    Customer('electricite_marsan', "Électricité Marsan", "8 rue Lacataye", '40000', "Mont-de-Marsan", 'good', count=6),
    Customer('chantier_naval_riec', "Chantier naval de Riec", "Port de Rosbras", '29340', "Riec", 'good', '30_60', 5),
    Customer('papeterie_vidal', "Papeterie Vidal", "31 rue de l'Industrie", '38500', "Voiron", 'good', count=6),
    Customer('outillage_vandeputte', "Outillage Vandeputte SRL", "Rue du Marché 18", '5000', "Namur", 'good', '30', 6,
             country='BE', lang='fr_BE', vat='BE0999888767'),
]

NEGLIGENT = [
    Customer('serrurerie_picard', "Serrurerie Picard", "6 rue des Forges", '80000', "Amiens", 'negligent', count=12),
    Customer('paysages_rivoire', "Paysages Rivoire", "112 chemin du Vallon", '69340', "Francheville", 'negligent',
             count=12, contacts='ao'),
    Customer('ateliers_du_lez', "Ateliers du Lez", "9 rue de la Garenne", '34000', "Montpellier", 'negligent',
             count=11),
    Customer('plomberie_costa', "Plomberie Costa", "44 boulevard Gambetta", '06000', "Nice", 'negligent', count=12,
             size='S', contacts='i'),
    Customer('carrelages_hamon', "Carrelages Hamon", "3 rue du Port", '22000', "Saint-Brieuc", 'negligent', count=11),
    Customer('menuiserie_steiner', "Menuiserie Steiner", "20 rue des Tonneliers", '67000', "Strasbourg", 'negligent',
             count=11, contacts='ia'),
    Customer('fermetures_du_littoral', "Fermetures du Littoral", "ZI des Salins", '17000', "La Rochelle", 'negligent',
             '60', 10),
    Customer('brasserie_des_halles', "Brasserie des Halles", "1 place du Marché", '21000', "Dijon", 'negligent',
             count=11, size='S', contacts=''),
    Customer('koehler', "Werkstattbedarf Köhler GmbH", "Industriestraße 41", '77652', "Offenburg", 'negligent', '30',
             11, 'L', country='DE', lang='de_DE', vat='DE998877660'),
]

BAD = [
    Customer('renovation_express', "Rénovation Express", "58 rue de la République", '93200', "Saint-Denis", 'bad',
             count=13),
    Customer('auto_sud_services', "Auto Sud Services", "ZAC des Pins, lot 12", '13127', "Vitrolles", 'bad', count=13),
    Customer('btp_mirabel', "BTP Mirabel", "14 route de Nîmes", '30900', "Nîmes", 'bad', '60', 12, 'L'),
    Customer('couverture_lacaze', "Couverture Lacaze", "7 rue de Bigorre", '65000', "Tarbes", 'bad', count=12,
             contacts='io'),
    Customer('cuisines_du_nord', "Cuisines du Nord", "203 rue Nationale", '59800', "Lille", 'bad', '30_60', 11),
    Customer('northgate', "Northgate Tools Inc.", "480 Harbor Street", '02210', "Boston", 'bad', '60', 11, 'L',
             country='US', lang='en_US', currency='USD'),
]

INSOLVENT = [
    Customer('ferronnerie_thibault', "Ferronnerie Thibault", "11 rue de la Gare", '58000', "Nevers", 'insolvent',
             count=7),
    Customer('textiles_armand', "Textiles Armand", "39 rue du Moulin", '88400', "Gérardmer", 'insolvent', count=7),
    Customer('scierie_de_la_combe', "Scierie de la Combe", "Lieu-dit La Combe", '39200', "Saint-Claude", 'insolvent',
             count=7, contacts='a'),
]

ADMINISTRATIVE = [
    Customer('mairie_saint_aubin', "Mairie de Saint-Aubin-des-Monts", "1 place de l'Hôtel-de-Ville", '71250',
             "Saint-Aubin", 'administrative', count=11, tag='public'),
    Customer('groupe_valmont', "Groupe Valmont Industries", "Tour Horizon, 3 cours Lafayette", '69003', "Lyon",
             'administrative', '60', 11, 'L', tag='key'),
    Customer('valmont_ouest', "Valmont Ouest", "ZI de la Haie", '35000', "Rennes", 'administrative', '60', 9, 'L',
             parent='groupe_valmont', tag='key'),
    Customer('valmont_mediterranee', "Valmont Méditerranée", "Quai du Lazaret", '13002', "Marseille",
             'administrative', '60', 9, 'L', parent='groupe_valmont', tag='key'),
    Customer('clinique_des_ormes', "Clinique des Ormes", "22 avenue des Ormes", '37000', "Tours", 'administrative',
             '60', 9),
]

LITIGIOUS = [
    Customer('promotion_delorme', "Promotion Delorme", "5 rue Vendôme", '69006', "Lyon", 'litigious', count=10,
             size='L'),
    Customer('meubles_gauthier', "Meubles Gauthier", "Route de Poitiers", '79300', "Bressuire", 'litigious', count=9),
    Customer('agencement_sirius', "Agencement Sirius", "18 rue Oberkampf", '75011', "Paris", 'litigious', '60', 9),
]

AUTOMATIC = [
    Customer('location_rhodia', "Location Rhodia Matériel", "60 route de Vienne", '69008', "Lyon", 'automatic',
             count=9),
    Customer('reseau_batiplus', "Réseau Batiplus", "2 allée des Platanes", '31100', "Toulouse", 'automatic', count=8,
             size='L', tag='key'),
    Customer('imprimerie_cassel', "Imprimerie Cassel", "9 rue de Bergues", '59670', "Cassel", 'automatic', count=6),
]

UNKNOWN = [
    Customer('harrow_finch', "Harrow & Finch Ltd", "12 Canal Wharf", 'M3 4LZ', "Manchester", None, '30', 6,
             country='GB', lang='en_GB', vat='GB987654311'),
    Customer('celine_moreau', "Céline Moreau", "17 rue Pasteur", '69100', "Villeurbanne", None, '15', 3, 'S', '',
             person=True),
    Customer('julien_faure', "Julien Faure", "3 impasse des Lilas", '38000', "Grenoble", None, '15', 2, 'S', '',
             person=True),
    Customer('tonnellerie_baron', "Tonnellerie Baron", "Route des Vignes", '33330', "Saint-Émilion", None, '60', 5),
    Customer('poterie_du_causse', "Poterie du Causse", "Le Bourg", '46500', "Gramat", None, count=4, size='S',
             contacts='x'),
    Customer('metal_deploye', "Métal Déployé de l'Est", "44 rue de Metz", '54000', "Nancy", None, '30_60', 6),
]

# One debtor per level of the standard scenario: each has one invoice whose step falls on the demo's own day.
SHOWCASE = {
    '0': Customer('atelier_marchand', "Atelier Marchand", "6 cours Berriat", '38000', "Grenoble", count=2),
    '1': Customer('menuiserie_galand', "Menuiserie Galand", "13 rue du Faubourg", '45000', "Orléans", count=2),
    '2': Customer('carrosserie_duret', "Carrosserie Duret", "88 avenue de Paris", '86000', "Poitiers", count=2),
    '3': Customer('metallerie_sorel', "Métallerie Sorel", "5 rue des Acacias", '72000', "Le Mans", count=2),
    '4': Customer('garage_vialle', "Garage Vialle", "41 avenue de la Libération", '19100', "Brive", count=2),
    '5': Customer('charpentes_oudin', "Charpentes Oudin", "ZA du Chêne", '50000', "Saint-Lô", count=2),
}

# One customer per situation that accounting knows, so that each can be looked at by itself; see `special.py`.
SPECIAL = {
    'partial': Customer('serrurerie_blanchet', "Serrurerie Blanchet", "9 rue du Cloître", '28000', "Chartres", count=2),
    'instalments': Customer('imprimerie_castel', "Imprimerie Castel", "25 rue de la Craie", '51000', "Reims", None,
                            '30_60', 2),
    'credit_part': Customer('sellerie_roche', "Sellerie Roche", "4 place Sainte-Anne", '49400', "Saumur", count=2),
    'credit_open': Customer('vergers_malaval', "Vergers de Malaval", "Domaine de Malaval", '26200', "Montélimar",
                            count=2),
    'reversed': Customer('decors_pellerin', "Décors Pellerin", "19 rue Voltaire", '92300', "Levallois", count=2),
    'opening': Customer('transports_kermadec', "Transports Kermadec", "Zone du Froutven", '29490', "Guipavas", count=2),
    'unreconciled': Customer('fonderie_laval', "Fonderie de Laval", "77 rue de Bretagne", '53000', "Laval", count=2),
    'no_followup': Customer('cooperative_bressane', "Coopérative bressane", "Route de Louhans", '01000', "Bourg",
                            count=2, size='L'),
    'blocked': Customer('verrerie_saint_just', "Verrerie Saint-Just", "Rue de la Verrerie", '42170', "Saint-Just",
                        count=2),
    'pending': Customer('vignobles_tardieu', "Vignobles Tardieu", "Chemin des Coteaux", '84190', "Gigondas", count=2),
    'hold': Customer('maconnerie_brun', "Maçonnerie Brun", "31 route d'Annecy", '73000', "Chambéry", count=2),
    'dispute': Customer('isolation_leclair', "Isolation Leclair", "12 rue des Usines", '76600', "Le Havre", count=2),
    'promise': Customer('toitures_noel', "Toitures Noël", "8 rue des Couvreurs", '14000', "Caen", count=2),
}

CUSTOMERS = [
    *GOOD, *NEGLIGENT, *BAD, *INSOLVENT, *ADMINISTRATIVE, *LITIGIOUS, *AUTOMATIC, *UNKNOWN,
    *SHOWCASE.values(), *SPECIAL.values(),
]

FIRST_NAMES = [
    "Claire", "Nadia", "Sophie", "Marc", "Hélène", "Thomas", "Inès", "Laurent", "Camille", "Yann", "Émilie", "Karim",
    "Florence", "Bruno", "Anaïs", "Pascal", "Lucie", "Olivier", "Mathilde", "Gilles", "Aurélie", "Denis",
]
LAST_NAMES = [
    "Perrin", "Benali", "Lefort", "Guillou", "Marchetti", "Vasseur", "Delmas", "Roussel", "Nguyen", "Chevalier",
    "Bonnet", "Da Silva", "Fabre", "Leroux", "Collin", "Barbier", "Mercier", "Hubert", "Texier", "Royer", "Caron",
]
