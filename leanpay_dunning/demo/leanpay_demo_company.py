from markupsafe import Markup

from odoo import Command, api, models

from . import identifiers
from .customers import CUSTOMERS
from .logo import ACCENT, DARK, company_logo

NAME = "Ateliers Brévent"
SIREN = identifiers.siren(1)
BANK = {'name': "Banque Rhodanienne", 'bic': 'BRHOFRPPXXX', 'country': 'FR'}
IBAN = identifiers.french_iban('30999', '00123', '00045678901')


class LeanpayDemo(models.AbstractModel):
    """The company itself: identity, chart of accounts, bank, people."""

    _inherit = 'leanpay.demo'

    @api.model
    def _install_language(self):
        """Make sure that French is there, with its translations."""
        if 'fr_FR' not in dict(self.env['res.lang'].get_installed()):
            lang = self.env['res.lang'].with_context(active_test=False).search([('code', '=', 'fr_FR')])
            self.env['base.language.install'].create({'lang_ids': [Command.set(lang.ids)]}).lang_install()

    @api.model
    def _pick_company(self):
        """Return the company to fill: the database's own one as long as it has no entry, else a new one.

        Administrators open Odoo on it in both cases.
        """
        company = self.env.ref('base.main_company')
        if company.root_id._existing_accounting():
            company = self.env['res.company'].create({'name': NAME})
        else:
            company.name = NAME
        people = self.env.ref('base.user_admin') | self.env.ref('base.user_root')
        people.write({'company_ids': [Command.link(company.id)], 'company_id': company.id})
        return company

    @api.model
    def _dress_company(self, company):
        """Give a company its chart of accounts, identity, document layout and bank account."""
        french = self.env['ir.module.module']._get('l10n_fr_account').state == 'installed'
        template = 'fr' if french else 'generic_coa'
        # Not through the company: Odoo then installs modules, which cannot be done while modules are being installed.
        company.partner_id.country_id = self.env.ref('base.fr')
        self.env.ref('base.EUR').active = True
        company.currency_id = self.env.ref('base.EUR')
        if company.chart_template != template:
            # Not try_loading: it warns while modules are being installed, although all we need is there by then.
            self.env['account.chart.template']._load(template, company, install_demo=False)
        company.write(self._identity(company))
        self.env['account.journal'].search([('company_id', '=', company.id), ('type', '=', 'sale')]).code = 'FAC'
        company.partner_id.lang = 'fr_FR'
        self._make_bank(company)

    @api.model
    def _identity(self, company):
        """Return what a French SAS says about itself on its papers."""
        footer = (
            f"{NAME} SAS au capital de 180 000 € · RCS Lyon {SIREN} · "
            f"TVA {identifiers.french_vat(SIREN)} · +33 4 65 71 20 20")
        layout = self.env.ref('web.external_layout_standard', raise_if_not_found=False)
        return {
            'street': "24 rue des Compagnons", 'zip': '69100', 'city': "Villeurbanne",
            'phone': '+33 4 65 71 20 20', 'email': 'comptabilite@ateliers-brevent.example',
            'website': 'https://www.ateliers-brevent.example',
            'vat': identifiers.french_vat(SIREN), 'company_registry': identifiers.siret(SIREN),
            'logo': company_logo(), 'primary_color': DARK, 'secondary_color': ACCENT,
            'email_primary_color': '#ffffff', 'email_secondary_color': DARK,
            'report_header': Markup("Outillage et mobilier d'atelier"), 'report_footer': Markup("<p>%s</p>") % footer,
            'external_report_layout_id': layout.id if layout else False,
            'paperformat_id': self.env.ref('base.paperformat_euro').id,
        }

    @api.model
    def _make_bank(self, company):
        """Give the bank journal its account; customers read it on invoices and reminders."""
        banks = self.env['res.bank']
        bank = banks.search([('bic', '=', BANK['bic'])], limit=1) or banks.create({
            'name': BANK['name'], 'bic': BANK['bic'], 'country': self.env.ref('base.fr').id})
        journal = self._bank_journal(company)
        account = self.env['res.partner.bank'].create({
            'acc_number': IBAN, 'bank_id': bank.id, 'partner_id': company.partner_id.id,
            'company_id': company.id, 'allow_out_payment': True,
        })
        journal.write({'name': BANK['name'], 'bank_account_id': account.id})

    @api.model
    def _bank_journal(self, company):
        """Return the company's bank journal."""
        return self.env['account.journal'].search(
            [('company_id', '=', company.id), ('type', '=', 'bank')], limit=1)

    @api.model
    def _start_dunning(self, company):
        """Switch dunning on, with an accountant in charge."""
        company.write({
            'dunning_tz': 'Europe/Paris',
            'dunning_active': True,
            'dunning_approved': True,
            'dunning_scenario_id': self.env.ref('leanpay_dunning.leanpay_scenario_standard').id,
            'dunning_user_id': self._accountant(company).id,
        })

    @api.model
    def _accountant(self, company):
        """Return the accountant, made at the first call: login and password `compta`."""
        users = self.env['res.users'].with_context(active_test=False)
        user = users.search([('login', '=', 'compta')], limit=1)
        if user:
            user.company_ids = [Command.link(company.id)]
            return user
        groups = ('base.group_user', 'account.group_account_user', 'leanpay_dunning.group_collections_user')
        return users.create({
            'name': "Élodie Marchand", 'login': 'compta', 'password': 'compta', 'lang': 'fr_FR', 'tz': 'Europe/Paris',
            'email': 'elodie.marchand@ateliers-brevent.example', 'phone': '+33 4 65 71 20 24',
            'function': "Responsable du recouvrement",
            'company_id': company.id, 'company_ids': [Command.set(company.ids)],
            'group_ids': [Command.set([self.env.ref(group).id for group in groups])],
        })

    @api.model
    def _install_portal_user(self, company, book):
        """Give a late customer's accountant a portal account: login and password `client`."""
        late = next(customer for customer in CUSTOMERS if customer.profile == 'bad')
        users = self.env['res.users'].with_context(active_test=False)
        if users.search_count([('login', '=', 'client')], limit=1):
            return
        users.create({
            'partner_id': book.contacts[late.key]['a'].id, 'login': 'client', 'password': 'client', 'lang': 'fr_FR',
            'tz': 'Europe/Paris', 'company_id': company.id, 'company_ids': [Command.set(company.ids)],
            'group_ids': [Command.set([self.env.ref('base.group_portal').id])],
        })
