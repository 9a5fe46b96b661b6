import logging
from collections import defaultdict
from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..engine.profiles import SEVERITY, Current, suggest

MODEL_LOGGER = __name__
_logger = logging.getLogger(MODEL_LOGGER)

BATCH_SIZE = 1000
ERRORS_SHOWN = 10  # to the person who is asked to look; all of them are in the log
REVIEW_DAYS = 6  # looked at again after these days: less than a week, for a job that comes a little early


class LeanpayDebtor(models.Model):
    """The payer profile that a debtor's behaviour shows: suggested with reasons, accepted by a rule or by a person."""

    _inherit = 'leanpay.debtor'

    profile_pinned = fields.Boolean(
        string="Keep This Profile", tracking=True,
        help="Somebody knows better: no other profile is suggested, and none is set by itself.")
    profile_since = fields.Date(readonly=True, copy=False, help="Day on which the payer profile was chosen.")
    suggested_profile_id = fields.Many2one(
        'leanpay.payer.profile', readonly=True, copy=False, index='btree_not_null', ondelete='set null')
    # [[code, {figure: value}], …], see engine.profiles.Reason
    suggestion_facts = fields.Json(readonly=True, copy=False)
    suggestion_reason = fields.Char(
        compute='_compute_suggestion_reason', help="What the customer did that shows the suggested profile.")
    profile_reviewed_on = fields.Date(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends('suggestion_facts')
    @api.depends_context('lang')
    def _compute_suggestion_reason(self):
        for debtor in self:
            debtor.suggestion_reason = debtor._reasons_text(debtor.suggestion_facts or ())

    def _reasons_text(self, facts):
        """Return reasons in the user's language, as one line.

        :param facts: [[code, {figure: value}], …]
        """
        self.ensure_one()
        sentences = self._reason_sentences()
        return ' · '.join(sentences[code] % self._reason_figures(figures) for code, figures in facts)

    def _reason_figures(self, figures):
        if 'amount' in figures:
            return figures | {'amount': self.currency_id.format(float(figures['amount']))}
        return figures

    def _reason_sentences(self):
        """Return the sentence of each reason of `engine.profiles`."""
        return {
            'paid_late': self.env._("paid %(count)s of %(of)s invoices %(days)s days late or more"),
            'open_late': self.env._("invoices still open after %(days)s days: %(count)s"),
            'insolvency': self.env._("insolvency proceedings"),
            'stopped': self.env._(
                "stopped paying: %(amount)s open for %(days)s days or more (invoices: %(count)s)"),
            'in_parts': self.env._("paid %(count)s of %(of)s invoices in several parts"),
            'disputed': self.env._("disputed %(count)s of %(of)s invoices"),
            'withheld': self.env._("held back a part of %(count)s of %(of)s invoices for a month or more"),
            'dispute_calls': self.env._("disputes on the phone: %(count)s"),
            'pushed': self.env._(
                "needed %(reminders)s reminders or a formal notice for %(count)s of %(of)s invoices"),
            'refused': self.env._("refusals to pay: %(count)s"),
            'promised': self.env._("promises to pay: %(count)s"),
            'bounced': self.env._("payments rejected by the bank: %(count)s"),
            'public': self.env._("a public body"),
            'group': self.env._("part of a group"),
            'agreed': self.env._("pays by direct debit or bill"),
            'debited': self.env._("paid %(count)s of %(of)s invoices by direct debit or bill"),
            'to_the_day': self.env._("paid %(count)s of %(of)s invoices on the very due date"),
            'on_time': self.env._("paid %(count)s of %(of)s invoices at most %(days)s days late"),
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Remember since when there is a profile."""
        debtors = super().create(vals_list)
        debtors.filtered('profile_id')._profile_chosen()
        return debtors

    def write(self, vals):
        """Start waiting again when the profile changes; what was suggested is answered."""
        changed = self.browse()
        if 'profile_id' in vals:
            changed = self.filtered(lambda debtor: debtor.profile_id.id != (vals['profile_id'] or False))
        result = super().write(vals)
        if changed:
            changed._profile_chosen()
        if vals.get('profile_pinned'):
            self._forget_suggestion()
        return result

    def _profile_chosen(self):
        """Remember the day, and forget what was suggested."""
        for company, debtors in self.grouped('company_id').items():
            # sudo: these follow from the choice, whoever may make it
            debtors.sudo().write({'profile_since': company.sudo()._dunning_today()})
        self._forget_suggestion()

    def _forget_suggestion(self):
        # sudo: see `_profile_chosen`
        self.sudo().filtered('suggested_profile_id').write({'suggested_profile_id': False, 'suggestion_facts': False})

    # === ACTION METHODS === #

    def action_use_suggested_profile(self):
        """Give these debtors the profiles suggested, and keep the reasons in their history.

        :raise UserError: when nothing is suggested any more, or a profile that was archived meanwhile
        """
        self._check_suggested()
        self._use_suggested()

    def action_keep_profile(self):
        """Keep the profiles that these debtors have, from now on, and keep in their history what was suggested.

        :raise UserError: when nothing is suggested any more
        """
        self._check_suggested()
        bodies = {
            debtor.id: debtor._decided(debtor.env._(
                "Profile kept: %(current)s, rather than %(suggested)s.",
                current=debtor.profile_id.name or debtor.env._("Unknown"), suggested=debtor.suggested_profile_id.name))
            for debtor in self}
        self.write({'profile_pinned': True})
        self._message_log_batch(bodies)

    def _check_suggested(self):
        self.check_access('write')
        answered = self.filtered(lambda debtor: not debtor.suggested_profile_id.active)
        if answered:
            raise UserError(self.env._(
                "No profile is suggested for %(customer)s any more. Reload the page to see why.",
                customer=answered[0].partner_id.name))

    # === BUSINESS METHODS === #

    def _use_suggested(self):
        """Set the profiles suggested, and say why in the history."""
        bodies = {
            debtor.id: debtor._decided(
                debtor.env._("Suggested profile used: %s.", debtor.suggested_profile_id.name)) for debtor in self}
        for profile, debtors in self.grouped('suggested_profile_id').items():
            debtors.write({'profile_id': profile.id})
        self._message_log_batch(bodies)

    def _decided(self, decision):
        """Return what the history keeps of a decision about the profile suggested: the decision, then the reasons."""
        reasons = self.suggestion_reason
        return Markup('%s<br/>%s') % (decision, reasons[:1].upper() + reasons[1:])

    @api.model
    def _cron_suggest_profiles(self):
        """Look at the behaviour of all debtors, company by company, batch by batch; each batch is a transaction."""
        companies = self.env['res.company'].search([('dunning_active', '=', True)])
        due = {company: self._due_for_review(company) for company in companies}
        progress = self.env['ir.cron']._commit_progress
        progress(remaining=sum(map(len, due.values())))
        for company, debtor_ids in due.items():
            errors = []
            for batch in split_every(BATCH_SIZE, debtor_ids, list):
                errors += self._suggest_safely(company, batch)
                self._report_profile_errors(company, errors)
                if not progress(len(batch)):
                    return
            if not errors:
                company._dunning_attention_given('profiles_failed')

    def _suggest_safely(self, company, debtor_ids):
        """Look at a batch in a cron. A batch that fails is undone; the other ones go on.

        :return: what failed, as lines
        """
        try:
            errors = self._suggest_profiles(company, debtor_ids)
            self.env.flush_all()
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("Suggesting payer profiles failed for %s", company.name)
            return [f"{type(error).__name__}: {error}"]
        debtors = self.browse(errors)
        return [f"{debtor.partner_id.name}: {errors[debtor.id]}" for debtor in debtors]

    def _report_profile_errors(self, company, errors):
        """Ask a person to look at what failed in one go of the cron.

        :param errors: lines
        """
        if errors:
            shown = errors[:ERRORS_SHOWN] + ["…"] * (len(errors) > ERRORS_SHOWN)
            company._dunning_need_attention(
                'profiles_failed', self.env._("Payer profiles could not be suggested"), '\n'.join(shown))

    def _due_for_review(self, company):
        """Return the ids of the debtors of a company that were not looked at this week."""
        day = fields.Date.subtract(company._dunning_today(), days=REVIEW_DAYS)
        return self.search([
            ('company_id', '=', company.id), '|', ('profile_reviewed_on', '=', False),
            ('profile_reviewed_on', '<=', day)], order='id').ids

    @api.model
    def _suggest_profiles(self, company, debtor_ids=None, today=None):
        """Look at what debtors did, and suggest or set the profiles that it shows.

        :param company: res.company
        :param debtor_ids: ids of debtors of this company, about a thousand at most; all of them when None
        :param today: day in the company's time zone; today when None
        :return: what failed, by debtor id; these debtors are looked at again the next time
        """
        # sudo: who looks at behaviour reads all of it; what is suggested is read with the rights on the debtor
        debtors = self.sudo().with_company(company)
        debtors = debtors.search(
            [('company_id', '=', company.id)]) if debtor_ids is None else debtors.browse(debtor_ids)
        # Somebody writing on one of them: it is looked at the next time.
        debtors = debtors.try_lock_for_update(allow_referencing=True)
        today = today or company._dunning_today()
        profiles = self.env['leanpay.payer.profile'].sudo().search([('code', 'in', list(SEVERITY))])
        found, errors = debtors._suggestions(company, {profile.code: profile for profile in profiles}, today)
        debtors = debtors.filtered(lambda debtor: debtor.id not in errors)
        debtors._store_suggestions(found, today)
        if company.dunning_profile_mode == 'accept':
            # What is written in the history is read by the company's people.
            language = company.partner_id.lang or self.env.lang
            debtors.filtered('suggested_profile_id').with_context(lang=language)._use_suggested()
        return errors

    def _suggestions(self, company, profiles, today):
        """Return what to suggest. One debtor's error does not stop the others.

        :param profiles: leanpay.payer.profile in use, by code
        :return: {debtor id: (profile, [[code, figures], …])}, nothing for the others; {debtor id: error}
        """
        free = self.filtered(lambda debtor: not debtor.profile_pinned)
        behaviours = self.env['leanpay.profile.facts'].sudo()._read(company, free.ids, today)
        found, errors = {}, {}
        for debtor in free:
            if debtor.profile_id and not debtor.profile_id.code:
                continue  # a profile of the house's own
            code = debtor.profile_id.code or None
            current = Current(code, debtor.profile_since or None)
            try:
                # Pure: nothing to undo when it fails.
                suggestion = suggest(behaviours[debtor.id], current, today)
            except Exception as error:
                _logger.exception("Suggesting a payer profile failed for debtor %s", debtor.id)
                errors[debtor.id] = f"{type(error).__name__}: {error}"
                continue
            if suggestion and suggestion.code != code and suggestion.code in profiles:
                found[debtor.id] = (profiles[suggestion.code], [
                    [reason.code, _jsonable(reason.figures)] for reason in suggestion.reasons])
        return found, errors

    def _store_suggestions(self, found, today):
        """Keep what is suggested, and forget what is not any more.

        :param found: see `_suggestions`
        """
        same = defaultdict(self.browse)
        for debtor in self:
            profile, facts = found.get(debtor.id, (None, False))
            same[repr((profile and profile.id, facts))] += debtor
        for debtors in same.values():
            profile, facts = found.get(debtors[0].id, (None, False))
            debtors.write({
                'suggested_profile_id': profile.id if profile else False, 'suggestion_facts': facts,
                'profile_reviewed_on': today})


def _jsonable(figures):
    """Return the figures of a reason as JSON keeps them: amounts as text, to the cent."""
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in figures.items()}
