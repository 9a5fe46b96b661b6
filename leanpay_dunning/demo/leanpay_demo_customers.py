import random
import unicodedata

from odoo import Command, api, models

from . import behaviours, identifiers
from .customers import CUSTOMERS, FIRST_NAMES, LAST_NAMES
from .products import DELIVERY, PRODUCTS

TERM_NAMES = {
    '15': "15 jours", '30': "30 jours", '60': "60 jours", '30_60': "50 % à 30 jours, solde à 60 jours",
}
CONTACTS = {  # (address type, function, mailbox)
    'i': ('invoice', "Réception des factures", 'factures'),
    'a': ('contact', "Comptabilité", 'comptabilite'),
    'o': ('contact', "Achats", None),
}
TAGS = {'public': "Secteur public", 'key': "Grands comptes"}


class LeanpayDemo(models.AbstractModel):
    """Customers with their people, products, payment terms and currencies."""

    _inherit = 'leanpay.demo'

    @api.model
    def _make_catalogue(self, book):
        """Make products and payment terms."""
        rows = [*PRODUCTS, DELIVERY]
        products = self.env['product.product'].create([
            {'default_code': code, 'name': name, 'list_price': price, 'company_id': self.env.company.id,
             'type': 'service' if code == DELIVERY[0] else 'consu'}
            for code, name, price, _quantity in rows
        ])
        book.products = {row[0]: product for row, product in zip(rows, products, strict=True)}
        for key, shares in behaviours.TERMS.items():
            book.terms[key] = self.env['account.payment.term'].create({
                'name': TERM_NAMES[key], 'company_id': self.env.company.id,
                'line_ids': [Command.create({'value': 'percent', 'value_amount': share, 'nb_days': days})
                             for share, days in shares],
            })

    @api.model
    def _make_currencies(self, company, book):
        """Make dollar rates that move a little every month."""
        dollar = self.env.ref('base.USD')
        dollar.active = True
        months = behaviours.MONTHS_OF_HISTORY + 1
        rng = random.Random(7)
        self.env['res.currency.rate'].create([
            {'currency_id': dollar.id, 'company_id': company.id, 'name': self._day(book, 31 * month),
             'rate': round(1.09 + rng.uniform(-0.05, 0.05), 4)}
            for month in range(months, 0, -1)
        ])

    @api.model
    def _make_customers(self, company, book):
        """Make the customers, parents first, then their people."""
        tags = {key: self.env['res.partner.category'].create({'name': name}) for key, name in TAGS.items()}
        parents = [customer for customer in CUSTOMERS if not customer.parent]
        children = [customer for customer in CUSTOMERS if customer.parent]
        number = {customer.key: index for index, customer in enumerate(CUSTOMERS, 2)}
        for batch in (parents, children):
            partners = self.env['res.partner'].create([
                self._customer_values(customer, number[customer.key], company, book, tags) for customer in batch])
            book.partners |= {customer.key: partner for customer, partner in zip(batch, partners, strict=True)}
        self._make_contacts(book)

    @api.model
    def _customer_values(self, customer, number, company, book, tags):
        values = {
            'name': customer.name, 'is_company': not customer.person, 'company_id': company.id,
            'street': customer.street, 'zip': customer.zip, 'city': customer.city,
            'country_id': self.env.ref(f'base.{"uk" if customer.country == "GB" else customer.country.lower()}').id,
            'lang': self._installed_language(customer.lang),
            'phone': identifiers.mobile(number * 137) if customer.person else identifiers.phone(number * 89),
            'email': False if customer.contacts == 'x' else f'contact@{domain(customer)}',
            'parent_id': book.partners[customer.parent].id if customer.parent else False,
            'customer_rank': 1,
            'property_payment_term_id': book.terms[customer.terms].id,
            'category_id': [Command.set(tags[customer.tag].ids)] if customer.tag else False,
            'ref': f'C{number:04d}',
        }
        if customer.person:
            values['email'] = f'{slug(customer.name)}@messagerie.example'
        elif customer.country == 'FR':
            siren = identifiers.siren(number, '219' if customer.tag == 'public' else '99')
            values |= {'vat': identifiers.french_vat(siren), 'company_registry': identifiers.siret(siren)}
        else:
            values['vat'] = customer.vat
        return values

    @api.model
    def _installed_language(self, code):
        """Return a language that is installed: this one, French for its other countries, else English."""
        installed = dict(self.env['res.lang'].get_installed())
        if code in installed:
            return code
        return 'fr_FR' if code.startswith('fr') else 'en_US'

    @api.model
    def _make_contacts(self, book):
        """Make the people who work at the customers."""
        rng = random.Random(42)
        wanted = [(customer, kind) for customer in CUSTOMERS for kind in customer.contacts if kind in CONTACTS]
        people = self.env['res.partner'].create([
            self._contact_values(rng, customer, kind, number, book) for number, (customer, kind) in enumerate(wanted)])
        for (customer, kind), person in zip(wanted, people, strict=True):
            book.contacts.setdefault(customer.key, {})[kind] = person

    @api.model
    def _contact_values(self, rng, customer, kind, number, book):
        address_type, function, mailbox = CONTACTS[kind]
        name = f'{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}'
        partner = book.partners[customer.key]
        return {
            'name': name, 'parent_id': partner.id, 'type': address_type, 'function': function,
            'company_id': partner.company_id.id, 'lang': partner.lang,
            'email': f'{mailbox or slug(name)}@{domain(customer)}',
            'phone': identifiers.mobile(4000 + number * 31) if kind == 'o' else identifiers.phone(3000 + number * 17),
            **{name: partner[name] for name in ('street', 'zip', 'city')}, 'country_id': partner.country_id.id,
        }


def slug(name):
    """Return a name as it is written in an address: no accent, no space."""
    plain = unicodedata.normalize('NFKD', name).encode('ascii', 'ignore').decode().lower()
    return '.'.join(''.join(c if c.isalnum() else ' ' for c in plain).split())


def domain(customer):
    """Return the invented domain of a customer's mailboxes."""
    return f'{customer.key.replace("_", "-")}.example'
