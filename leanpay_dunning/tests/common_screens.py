from datetime import timedelta

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import mail_new_test_user


class ScreensCase(AccountTestInvoicingCommon):
    """A company with three late customers: one to write to, one to call, one to hold; and people of every kind."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country('fr')
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data['company']
        cls.today = cls.company._dunning_today()
        cls.collector = cls._user('screens_collector', 'leanpay_dunning.group_collections_user')
        cls.manager = cls._user('screens_manager', 'leanpay_dunning.group_collections_manager')
        cls.billing = cls._user('screens_billing', 'account.group_account_invoice')
        cls.employee = cls._user('screens_employee', 'base.group_user')
        cls.company.sudo().write({
            'email': 'accounts@seller.example.com',
            'dunning_active': True,
            'dunning_scenario_id': cls.env.ref('leanpay_dunning.leanpay_scenario_standard').id,
            'dunning_user_id': cls.collector.id,
        })
        cls.call_scenario = cls._call_scenario()
        cls.writer, cls.caller, cls.holder = (
            cls._late_customer(name) for name in ("Alba to Write", "Boreal to Call", "Cassis to Hold"))
        cls.env['leanpay.debtor'].sudo()._ensure_for(cls.company)
        cls.debtors = cls.env['leanpay.debtor'].sudo().search([('company_id', '=', cls.company.id)])
        cls._debtor(cls.caller).scenario_id = cls.call_scenario
        cls.dunning_run = cls.env['leanpay.run'].sudo().create({'company_id': cls.company.id, 'date': cls.today})
        cls.dunning_run._execute()
        cls.reminder, cls.call = cls._reminder(cls.writer), cls._reminder(cls.caller)

    @classmethod
    def _user(cls, login, groups, company=None):
        company = company or cls.company
        return mail_new_test_user(
            cls.env, login=login, password=login, groups=groups, company_id=company.id,
            company_ids=[Command.set(company.ids)])

    @classmethod
    def _call_scenario(cls):
        return cls.env['leanpay.scenario'].sudo().create({
            'name': "Call first",
            'company_id': cls.company.id,
            'step_ids': [Command.create({
                'name': "Courtesy call", 'level': '1', 'delay': 5, 'channel': 'phone', 'approval': 'manual',
                'call_script': "<p>Ask when the invoice will be paid.</p>",
            })],
        })

    @classmethod
    def _late_customer(cls, name):
        """Create a customer with one invoice that is 40 days late."""
        partner = cls._customer(name)
        cls._late_invoice(partner, days=40, amount=1200)
        return partner

    @classmethod
    def _customer(cls, name):
        return cls.env['res.partner'].create({
            'name': name, 'is_company': True, 'email': f"{name.split()[0].lower()}@customer.example.com",
            'phone': '+33 1 99 00 00 00', 'street': "1 rue de la Paix", 'zip': '75002', 'city': "Paris",
            'country_id': cls.env.ref('base.fr').id, 'lang': 'en_US',
        })

    @classmethod
    def _late_invoice(cls, partner, days, amount):
        """Create a posted invoice that fell due some days ago."""
        late = cls.today - timedelta(days=days)
        invoice = cls.init_invoice('out_invoice', partner=partner, invoice_date=late, amounts=[amount])
        invoice.invoice_date_due = late
        invoice.action_post()
        return invoice

    @classmethod
    def _debtor(cls, partner):
        return cls.debtors.filtered(lambda debtor: debtor.partner_id == partner)

    @classmethod
    def _reminder(cls, partner):
        return cls.env['leanpay.reminder'].sudo().search([('partner_id', '=', partner.id)])

    @classmethod
    def _items(cls, partner):
        """Return the open receivable items of a customer."""
        return cls.env['account.move.line'].sudo().search([
            ('partner_id', '=', partner.id), ('account_id.account_type', '=', 'asset_receivable'),
            ('parent_state', '=', 'posted'), ('reconciled', '=', False)])

    def _hand_over_call(self):
        """Bring the planned call to its collector's list, as the delivery does."""
        self.call.with_user(self.collector).action_send_now()
        self.assertEqual(self.call.state, 'todo')
        return self.call
