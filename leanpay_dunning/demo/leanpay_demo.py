import logging
import random
import time
from dataclasses import dataclass, field
from datetime import date

from odoo import api, fields, models

from . import behaviours
from .behaviours import Invoice

_logger = logging.getLogger(__name__)

# Not the add-on's own name: uninstalling the add-on must not delete a company and its books.
XML_MODULE = '__leanpay_demo__'
# Eighteen months of history are no news: nobody follows them, nothing is logged about them.
QUIET = {
    'tracking_disable': True, 'mail_create_nolog': True, 'mail_create_nosubscribe': True, 'mail_notrack': True,
    'mail_auto_subscribe_no_notify': True, 'no_reset_password': True, 'lang': 'fr_FR',
}


@dataclass
class Book:
    """What has been made so far: records by the keys of `customers.py`, `products.py`, `behaviours.py`, `special`."""

    today: date
    rng: random.Random
    plan: list[Invoice]
    terms: dict = field(default_factory=dict)
    products: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)
    contacts: dict = field(default_factory=dict)
    debtors: dict = field(default_factory=dict)
    invoices: dict = field(default_factory=dict)
    special: dict = field(default_factory=dict)
    holds: dict = field(default_factory=dict)
    calls: int = 0  # phone calls made in the past weeks
    settled_until: date = date.min
    paid: dict = field(default_factory=dict)  # share already paid, by key of invoice


class LeanpayDemo(models.AbstractModel):
    """Makes the demo company: eighteen months of a French wholesaler and its customers, up to today."""

    _name = 'leanpay.demo'
    _description = "Demo Company of Dunning"

    @api.model
    def _install(self, today=None):
        """Make the demo company once; a second call changes nothing.

        The database's own company becomes the French one when it has no accounting entry yet; else a company is
        added, and administrators get access to it.

        :param date today: the day that everything leads up to; today when None
        :return: the company
        :rtype: res.company
        """
        company = self.env.ref(f'{XML_MODULE}.company', raise_if_not_found=False)
        if company:
            return company
        started = time.monotonic()
        maker = self.with_context(**QUIET)
        maker._install_language()
        company = maker._pick_company()
        maker._name_records({'company': company})
        book = maker._build(company, today)
        maker._name_records(
            {f'customer_{key}': partner for key, partner in book.partners.items()}
            | {f'special_{key}': record for key, record in book.special.items()})
        maker._install_portal_user(company, book)
        _logger.info(
            "Demo company %s: %s customers, %s invoices in %.0f s",
            company.name, len(book.partners), len(book.invoices), time.monotonic() - started)
        return company

    @api.model
    def _build(self, company, today=None, seed=42):
        """Fill a company without accounting with customers, books and reminders.

        :param company: res.company without any entry
        :param date today: the day that everything leads up to; today when None
        :param int seed: another seed gives other amounts and payments
        :rtype: Book
        """
        maker = self.with_context(**QUIET, allowed_company_ids=company.ids)
        return maker._fill(company.with_env(maker.env), today, seed)

    @api.model
    def _fill(self, company, today, seed):
        self._dress_company(company)
        self._start_dunning(company)
        today = today or company._dunning_today()
        book = Book(today, random.Random(seed), behaviours.plan(today, self._showcase_delays(company), seed))
        self._make_catalogue(book)
        self._make_currencies(company, book)
        self._make_customers(company, book)
        book.plan = sorted(book.plan + self._special_plan(book), key=lambda invoice: (invoice.date, invoice.key))
        self._make_invoices(book)
        self._make_debtors(company, book)
        self._make_special_cases(company, book)
        self._replay(company, book)
        self._finish_special_cases(company, book)
        self.env['leanpay.planner']._refresh(self.env['leanpay.debtor'].search([('company_id', '=', company.id)]))
        self.env['leanpay.debtor']._suggest_profiles(company, today=today)
        return book

    @api.model
    def _name_records(self, records):
        """Give records an external id, so that people and tests find them."""
        self.env['ir.model.data'].create([
            {'module': XML_MODULE, 'name': name, 'model': record._name, 'res_id': record.id, 'noupdate': True}
            for name, record in records.items()
        ])

    @api.model
    def _showcase_delays(self, company):
        """Return the delay of each level of the company's scenario, the first step of a level when it has several."""
        delays = dict(zip('012345', (-5, 3, 15, 30, 45, 75), strict=True))
        steps = company.dunning_scenario_id.step_ids.sorted('delay', reverse=True)
        return delays | {step.level: step.delay for step in steps}

    @api.model
    def _day(self, book, age):
        """Return the day `age` days before the demo's own."""
        return fields.Date.subtract(book.today, days=age)
