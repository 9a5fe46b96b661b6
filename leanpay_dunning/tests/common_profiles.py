from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from .common import TODAY
from .common_models import ModelsCase


class ProfilesCase(ModelsCase):
    """A customer whose invoices are paid on any day, and what is read and suggested of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = {profile.code: profile for profile in cls.env['leanpay.payer.profile'].search([])}
        cls.customer = cls.ledger.customer("Alba")
        cls.collector = cls.make_user('profile_collector', 'leanpay_dunning.group_collections_user')
        cls.billing = cls.make_user('profile_billing', 'account.group_account_invoice')

    @classmethod
    def make_user(cls, login, group, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login=login, groups=group, company_id=company.id, company_ids=[Command.set(company.ids)])

    # === MAKING === #

    @classmethod
    def paid(cls, days_late, partner=None, age=100, amount=100, parts=1):
        """Create an invoice that fell due `age` days ago and was paid so many days after, in equal parts."""
        due = TODAY - timedelta(days=age)
        invoice = cls.ledger.invoice(partner or cls.customer, amount, due)
        for part in range(parts):
            cls.ledger.payment(
                cls.ledger.items(invoice), amount / parts, due + timedelta(days=days_late - 5 * (parts - 1 - part)))
        return invoice

    @classmethod
    def pays_late(cls, partner=None, days_late=40, count=3):
        """Create a customer's invoices, paid so late; returns the debtor."""
        for number in range(count):
            cls.paid(days_late, partner, age=60 + number)
        return cls.owner(partner)

    @classmethod
    def owner(cls, partner=None, company=None):
        """Return the debtor of a customer; the one who owes nothing any more is created."""
        partner, company = partner or cls.customer, company or cls.company
        debtors = cls.env['leanpay.debtor'].with_company(company)
        found = debtors.search([('partner_id', '=', partner.id), ('company_id', '=', company.id)])
        return found or debtors.create({'partner_id': partner.id, 'company_id': company.id})

    def suggest(self, *debtors, company=None):
        company = company or self.company
        self.env['leanpay.debtor']._suggest_profiles(company, [debtor.id for debtor in debtors] or None)

    def behaviour(self, partner=None, company=None):
        """Return what the engine is told about a customer."""
        debtor = self.owner(partner, company)
        return self.env['leanpay.profile.facts']._read(debtor.company_id, debtor.ids, TODAY)[debtor.id]

    def days(self, partner=None):
        """Return how late each invoice was paid; open ones are late until today."""
        return [((i.paid_on or TODAY) - i.due).days for i in self.behaviour(partner).invoices]
