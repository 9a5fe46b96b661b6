"""What the demo company sells: (code, name, price without tax in euros, usual greatest quantity)."""

PRODUCTS = [
    ('ETA-200', "Établi en hêtre massif, 2 m", 690.00, 4),
    ('SER-007', "Servante d'atelier, 7 tiroirs", 845.00, 3),
    ('ETU-150', "Étau parallèle, mors de 150 mm", 219.00, 4),
    ('COF-108', "Coffret de douilles, 108 pièces", 149.90, 10),
    ('PER-018', "Perceuse-visseuse 18 V, deux batteries", 189.00, 8),
    ('COM-100', "Compresseur d'atelier, 100 l", 579.00, 2),
    ('GAN-012', "Gants anti-coupure, lot de 12 paires", 58.80, 20),
    ('ARM-030', "Armoire de sécurité pour produits dangereux", 1290.00, 2),
    ('LAM-001', "Lampe d'inspection rechargeable", 44.90, 12),
    ('RAY-300', "Rayonnage mi-lourd, travée de 3 niveaux", 318.00, 8),
    ('TRA-250', "Transpalette manuel, 2 500 kg", 429.00, 2),
    ('DIS-125', "Disques à tronçonner 125 mm, boîte de 50", 72.50, 16),
]
DELIVERY = ('LIV-001', "Livraison avec hayon", 85.00, 1)
