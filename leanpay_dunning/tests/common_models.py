from contextlib import contextmanager
from datetime import timedelta

from odoo import Command
from odoo.tools import mute_logger

from .common import TODAY, DunningCase


class ModelsCase(DunningCase):
    """What the tests of models need besides the shared company: facts, sent reminders, scenarios, refusals."""

    # === MAKING === #

    @classmethod
    def make_scenario(cls, *steps, **values):
        """Create a scenario of the test's company; steps are dictionaries of values."""
        return cls.env['leanpay.scenario'].create({
            'name': "Own", 'company_id': cls.company.id, 'step_ids': [Command.create(step) for step in steps],
            **values})

    @classmethod
    def step_values(cls, name, delay, level='1', **values):
        """Return the values of an e-mail step."""
        return {
            'name': name, 'delay': delay, 'level': level, 'gap': 0,
            'mail_template_id': cls.env.ref('leanpay_dunning.mail_template_level_1').id, **values}

    @classmethod
    def late(cls, partner, days, amount=100, **values):
        """Create a posted invoice that fell due `days` days before TODAY."""
        return cls.ledger.invoice(partner, amount, TODAY - timedelta(days=days), **values)

    @classmethod
    def ensure(cls, partner):
        """Return the debtor of a customer, created when it is missing."""
        cls.env['leanpay.debtor']._ensure_for(cls.company, partner.ids)
        return cls.env['leanpay.debtor'].search([
            ('partner_id', '=', partner.commercial_partner_id.id), ('company_id', '=', cls.company.id)])

    def send(self, partner, day=None):
        """Plan a day, then record that everything planned for this customer really left; returns the reminders."""
        day = day or self.company._dunning_today()
        self.plan(day)
        reminders = self.reminders(partner).filtered(lambda reminder: reminder.state in ('planned', 'approved'))
        for reminder in reminders:
            reminder._record_sent(f'{day} 09:00:00')
        return reminders

    # === READING === #

    def facts(self, partner, company=None, today=TODAY):
        """Return the engine's facts of a customer."""
        company = company or self.company
        debtors = self.env['leanpay.debtor'].with_company(company)
        debtors._ensure_for(company, partner.ids)
        debtor = debtors.search([('partner_id', '=', partner.id), ('company_id', '=', company.id)])
        debtor = debtor or debtors.create({'partner_id': partner.id, 'company_id': company.id})
        found, _rows = self.env['leanpay.facts']._read(company, debtor.ids, today)
        return found[debtor.id]

    def item(self, move):
        """Return the only receivable item of an entry."""
        item = self.ledger.items(move)
        item.ensure_one()
        return item

    def kinds(self, facts, move=None):
        """Return the kinds of the blockers of a debtor, or of those of the items of one entry."""
        ids = self.ledger.items(move).ids if move else None
        return [blocker.kind for blocker in facts.blockers if ids is None or blocker.item_id in ids]

    def pending(self, partner):
        """Return the reminders to a customer that have not left."""
        return self.reminders(partner).filtered(lambda reminder: reminder.state in ('planned', 'approved'))

    # === ASSERTING === #

    @contextmanager
    def refused(self, exception, message):
        """Expect an error whose text contains a message, and undo what was tried."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertIn(message, str(caught.exception))

    def quiet_sql(self):
        """Keep an expected database error out of the log."""
        return mute_logger('odoo.sql_db')


class FactsCase(ModelsCase):
    """One customer whose entries each test makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Facts")

    def residuals(self, facts):
        return [item.residual for item in facts.items]
