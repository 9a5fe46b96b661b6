from datetime import datetime, time, timedelta

from odoo import api, models

from .customers import CUSTOMERS
from .leanpay_demo_ledger import receivable

PROFILES_CHOSEN = 200  # days before today
FIRST_DAY = 100  # days before today on which dunning was switched on
# Nobody ran it for the last days: what fell due since is there for today's run, and no contact gap hides it.
LAST_DAY = 6
RUN_ON = (1, 4)  # Tuesday and Friday: the collector comes twice a week, and the demo is made in half the time
SENT_AT = time(7, 40)  # UTC
CALL_OUTCOMES = ('done', 'promised', 'done', 'refuses', 'done', 'promised', 'dispute')
# Known as better payers than they have become: another profile is suggested.
OUTDATED = {'couverture_lacaze': 'negligent'}
NOTES = {
    'groupe_valmont': "Factures à déposer sur leur portail fournisseurs ; relancer la comptabilité centrale.",
    'renovation_express': "Promet beaucoup, paie après la mise en demeure. Ne plus livrer au-delà de 5 000 €.",
    'ferronnerie_thibault': "Trésorerie tendue depuis le printemps. Ouvert à un échéancier.",
    'mairie_saint_aubin': "Numéro d'engagement obligatoire sur chaque facture.",
}


class LeanpayDemo(models.AbstractModel):
    """What dunning did in the past weeks, day by day, as the customers went on paying."""

    _inherit = 'leanpay.demo'

    @api.model
    def _make_debtors(self, company, book):
        """Make the debtors with their payer profiles."""
        self.env['leanpay.debtor']._ensure_for(company)
        debtors = self.env['leanpay.debtor'].search([('company_id', '=', company.id)])
        book.debtors = {key: debtors.filtered(lambda debtor, partner=partner: debtor.partner_id == partner)
                        for key, partner in book.partners.items()}
        profiles = {profile.code: profile for profile in self.env['leanpay.payer.profile'].search([])}
        for customer in CUSTOMERS:
            if customer.profile:
                book.debtors[customer.key].profile_id = profiles[OUTDATED.get(customer.key, customer.profile)]
        # Chosen long ago: what customers did since may show another profile.
        debtors.profile_since = self._day(book, PROFILES_CHOSEN)
        for key, note in NOTES.items():
            book.debtors[key].note = note

    @api.model
    def _replay(self, company, book):
        """Play the past weeks: the money that comes in, then the run, then its messages leave."""
        company.dunning_start_date = self._day(book, FIRST_DAY)
        self._settle(company, book, self._day(book, FIRST_DAY + 1))
        for age in range(FIRST_DAY, LAST_DAY - 1, -1):
            day = self._day(book, age)
            if day.weekday() in RUN_ON:
                self._settle(company, book, day)
                self._play_day(company, book, day)
        self._settle(company, book, book.today)

    @api.model
    def _play_day(self, company, book, day):
        """Make the run of a past day, and record its reminders as sent that morning.

        Nothing is delivered: these messages only ever existed in the demo's past.
        """
        moment = datetime.combine(day, SENT_AT)
        run = self.env['leanpay.run'].create({'company_id': company.id, 'date': day})
        run._execute()
        run.started_on = moment - timedelta(hours=1)
        reminders = self.env['leanpay.reminder'].search([('run_id', '=', run.id)], order='id')
        contents = reminders._render_content()
        for reminder in reminders:
            content = contents[reminder.id]
            reminder.with_context(leanpay_rendering=True).write({
                'subject': content.get('subject'), 'body': content.get('body')})
            if reminder.state == 'planned':
                reminder.write({'approved_by_id': company.dunning_user_id.id, 'approved_on': moment})
            reminder._record_sent(moment, outcome=self._past_outcome(book, reminder))
            if reminder.channel == 'letter':
                self.env['leanpay.letter']._make(reminder)

    @api.model
    def _past_outcome(self, book, reminder):
        """Return what came of a message that nobody answers by mail."""
        if reminder.channel == 'phone':
            book.calls += 1
            return CALL_OUTCOMES[book.calls % len(CALL_OUTCOMES)]
        return {'letter': 'posted', 'activity': 'done'}.get(reminder.channel, False)

    @api.model
    def _make_holds(self, company, book):
        """What stops the clock: holds on a whole debtor and one that has just ended, a dispute and a promise."""
        user = company.dunning_user_id
        rows = [
            ('hold', 'maconnerie_brun', 'commercial', 5, -20, "Geste commercial en cours avec la direction"),
            ('ended', 'tonnellerie_baron', 'commercial', 25, 1, "Attente du retour de la gérante"),
        ]
        holds = self.env['leanpay.hold'].with_user(user).sudo().create([
            {
                'debtor_id': book.debtors[key].id, 'kind': kind, 'note': note, 'user_id': user.id,
                'date_from': self._day(book, age_from),
                'date_until': False if age_until is None else self._day(book, age_until),
            } for _case, key, kind, age_from, age_until, note in rows
        ])
        book.holds = dict(zip([row[0] for row in rows], holds, strict=True))
        self._make_agreements(company, book)

    @api.model
    def _make_agreements(self, company, book):
        """A dispute of last week and a promise of the day before yesterday. Nothing is written to anybody."""
        confirmations = {'dunning_dispute_confirm': False, 'dunning_promise_confirm': False}
        company.write(confirmations)
        dispute = book.debtors['isolation_leclair']._dispute(
            receivable(book.special['dispute']), 'quality', "Deux cartons reçus abîmés, avoir demandé", source='mail')
        promise = book.debtors['toitures_noel']._promise(
            receivable(book.special['promise']), company._dunning_today() + timedelta(days=7), source='call',
            note="Virement promis au téléphone")
        # Noted on days of the demo's own calendar, which tests stop on a day of their own.
        promised, user = self._day(book, -7), company.dunning_user_id.id
        promise.sudo().write({
            'date': self._day(book, 2), 'date_promised': promised, 'user_id': user,
            'deadline': company._dunning_bank_days().add(promised, company.dunning_promise_grace)})
        dispute.sudo().write({
            'date': self._day(book, 8), 'user_id': user,
            'deadline': company._dunning_bank_days().add(self._day(book, 8), dispute.category_id.deadline_days)})
        company.write(dict.fromkeys(confirmations, True))
