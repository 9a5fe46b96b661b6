from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.mail import html_to_inner_content

from ..engine.profiles import suggest
from ..models import leanpay_debtor_profile
from ..models.leanpay_debtor_profile import MODEL_LOGGER
from .common import TODAY
from .common_profiles import ProfilesCase


@tagged('post_install', '-at_install')
class TestProfileSuggestion(ProfilesCase):
    """The profile that a debtor's behaviour shows: what is suggested, and who decides."""

    # === WHAT IS SUGGESTED === #

    def test_suggestion(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        self.assertRecordValues(debtor, [{
            'suggested_profile_id': self.profiles['bad'].id, 'profile_id': False, 'profile_reviewed_on': TODAY,
            'suggestion_reason': "paid 3 of 3 invoices 30 days late or more"}])
        self.assertIn(debtor, self.env['leanpay.debtor'].search([('suggested_profile_id', '!=', False)]))

    def test_reasons_in_the_reader_s_language(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        self.assertEqual(
            debtor.with_context(lang='fr_FR').suggestion_reason,
            "factures payées avec 30 jours de retard ou plus : 3 sur 3")
        self.assertEqual(
            debtor.with_context(lang='en_US').suggestion_reason, "paid 3 of 3 invoices 30 days late or more")

    def test_every_reason_has_a_sentence_in_french(self):
        figures = {'count': 2, 'of': 5, 'days': 30, 'reminders': 3, 'amount': '1234.5'}
        debtor = self.owner()
        for code, sentence in debtor._reason_sentences().items():
            french = debtor.with_context(lang='fr_FR')._reasons_text([[code, figures]])
            with self.subTest(code):
                self.assertTrue(french)
                self.assertNotIn('%', french)
                self.assertNotEqual(french, debtor._reasons_text([[code, figures]]), sentence)
        self.assertIn(
            "1\u00a0234,50\u00a0€", debtor.with_context(lang='fr_FR')._reasons_text([['stopped', figures]]))

    def test_amounts_of_reasons_are_kept_to_the_cent(self):
        for age in (90, 91, 92):
            self.late(self.customer, age, amount=33.35)
        debtor = self.ensure(self.customer)
        self.suggest(debtor)
        self.assertEqual(debtor.suggested_profile_id.code, 'insolvent')
        self.assertEqual(debtor.suggestion_facts, [['stopped', {'count': 3, 'days': 60, 'amount': '100.05'}]])

    def test_nothing_without_history(self):
        self.paid(60)
        debtor = self.owner()
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id or debtor.suggestion_reason)
        self.assertEqual(debtor.profile_reviewed_on, TODAY)

    def test_a_suggestion_that_no_longer_holds_goes_away(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        for number in range(9):
            self.paid(0, age=50 + number)
        self.suggest(debtor)
        self.assertNotEqual(debtor.suggested_profile_id.code, 'bad')

    def test_profile_that_fits_already(self):
        debtor = self.pays_late()
        debtor.sudo().write({'profile_id': self.profiles['bad'].id, 'profile_since': TODAY - timedelta(days=400)})
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    def test_not_so_soon_after_a_change(self):
        debtor = self.pays_late()
        debtor.profile_id = self.profiles['good']
        self.assertEqual(debtor.profile_since, TODAY)
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)
        self.days_later(90)
        self.suggest(debtor)
        self.assertEqual(debtor.suggested_profile_id.code, 'bad')

    def test_profile_of_the_house(self):
        debtor = self.pays_late()
        own = self.env['leanpay.payer.profile'].sudo().create({'name': "Friend"})
        debtor.sudo().write({'profile_id': own.id, 'profile_since': TODAY - timedelta(days=400)})
        self.suggest(debtor)
        own.code = 'friend'
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    def test_archived_profile_is_not_suggested(self):
        debtor = self.pays_late()
        self.profiles['bad'].sudo().active = False
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)

    def test_profile_archived_meanwhile_is_not_suggested_any_more(self):
        manager = self.make_user('profile_manager', 'leanpay_dunning.group_collections_manager')
        debtor, other = self.pays_late(), self.owner(self.ledger.customer("Other"))
        other.sudo().suggested_profile_id = self.profiles['good']
        self.suggest(debtor)
        self.profiles['bad'].sudo().write({'sequence': 70, 'active': True})
        self.assertTrue(debtor.suggested_profile_id)
        self.profiles['bad'].with_user(manager).action_archive()
        self.assertFalse(debtor.suggested_profile_id or debtor.suggestion_facts)
        self.assertEqual(other.suggested_profile_id.code, 'good')

    def test_archived_profile_is_not_used(self):
        """The suggestion of a job that ran while the profile was being archived."""
        debtor = self.pays_late()
        self.profiles['bad'].sudo().active = False
        debtor.sudo().suggested_profile_id = self.profiles['bad']
        for method in ('action_use_suggested_profile', 'action_keep_profile'):
            with self.subTest(method), self.assertRaisesRegex(UserError, "No profile is suggested for Alba any more"):
                getattr(debtor.with_user(self.collector), method)()
        self.assertFalse(debtor.profile_id or debtor.profile_pinned)

    # === WHO DECIDES === #

    def test_use_it(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).action_use_suggested_profile()
        self.assertRecordValues(debtor, [{
            'profile_id': self.profiles['bad'].id, 'profile_since': TODAY, 'suggested_profile_id': False,
            'suggestion_facts': False, 'profile_pinned': False, 'stale': True}])
        [note] = [message for message in debtor.message_ids if "Suggested profile used" in message.body]
        self.assertIn("Suggested profile used: Bad payer.", note.body)
        self.assertIn("Paid 3 of 3 invoices 30 days late or more", note.body)
        self.assertEqual(note.author_id, self.collector.partner_id)

    def test_keep_the_current_one(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).with_context(lang='fr_FR').action_keep_profile()
        self.assertRecordValues(debtor, [{
            'profile_id': False, 'profile_pinned': True, 'suggested_profile_id': False, 'suggestion_facts': False}])
        [note] = [message for message in debtor.message_ids if "Profil conservé" in message.body]
        self.assertIn("Factures payées avec 30 jours de retard ou plus : 3 sur 3", note.body)
        self.days_later(400)
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id, "it was decided")

    def test_unpinned(self):
        debtor = self.pays_late()
        debtor.profile_pinned = True
        self.suggest(debtor)
        self.assertFalse(debtor.suggested_profile_id)
        debtor.profile_pinned = False
        self.suggest(debtor)
        self.assertTrue(debtor.suggested_profile_id)

    def test_answered_already(self):
        debtor = self.pays_late()
        for method in ('action_use_suggested_profile', 'action_keep_profile'):
            with self.subTest(method), self.assertRaisesRegex(UserError, "No profile is suggested for Alba any more"):
                getattr(debtor, method)()

    def test_another_choice_answers_too(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        debtor.with_user(self.collector).profile_id = self.profiles['litigious']
        self.assertFalse(debtor.suggested_profile_id)
        self.assertEqual(debtor.profile_since, TODAY)

    def test_saying_the_same_again_changes_nothing(self):
        debtor = self.owner()
        debtor.sudo().write({
            'profile_id': self.profiles['good'].id, 'profile_since': TODAY - timedelta(days=400),
            'suggested_profile_id': self.profiles['bad'].id})
        debtor.profile_id = self.profiles['good']
        self.assertEqual(debtor.profile_since, TODAY)
        debtor.sudo().profile_since = TODAY - timedelta(days=400)
        debtor.write({'profile_id': self.profiles['good'].id})
        self.assertEqual(debtor.profile_since, TODAY - timedelta(days=400))

    def test_rights(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        other = self.env['res.company'].sudo().create({'name': "Somebody Else"})
        stranger = self.make_user('profile_stranger', 'leanpay_dunning.group_collections_manager', other)
        for user in (self.billing, stranger):
            for method in ('action_use_suggested_profile', 'action_keep_profile'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(debtor.with_user(user), method)()
        self.assertEqual(debtor.with_user(self.billing).suggested_profile_id.code, 'bad')
        for name in ('suggested_profile_id', 'suggestion_facts', 'profile_since', 'profile_reviewed_on'):
            with self.subTest(name), self.assertRaises(AccessError):
                debtor.with_user(self.collector).write({name: False})

    def test_banner(self):
        debtor = self.pays_late()
        self.suggest(debtor)
        with Form(debtor.with_user(self.collector)) as form:
            self.assertEqual(form.suggested_profile_id.code, 'bad')
            form.profile_pinned = True
        self.assertFalse(debtor.suggested_profile_id)

    # === BY ITSELF === #

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref('leanpay_dunning.ir_cron_suggest_profiles').method_direct_trigger()
        self.env.invalidate_all()

    def test_accepted_by_itself(self):
        self.company.dunning_profile_mode = 'accept'
        self.company.partner_id.lang = 'fr_FR'
        debtor, pinned = self.pays_late(), self.pays_late(self.ledger.customer("Pin"))
        pinned.profile_pinned = True
        self.run_cron()
        self.assertEqual((debtor.profile_id.code, debtor.profile_since), ('bad', TODAY))
        self.assertFalse(debtor.suggested_profile_id or pinned.profile_id)
        [note] = [message for message in debtor.message_ids if "Mauvais payeur" in message.body]
        self.assertIn("Factures payées avec 30 jours de retard ou plus : 3 sur 3", note.body)

    def test_suggested_only_by_default(self):
        debtor = self.pays_late()
        self.assertEqual(self.company.dunning_profile_mode, 'suggest')
        self.run_cron()
        self.assertEqual((debtor.profile_id.code, debtor.suggested_profile_id.code), (False, 'bad'))

    def test_once_a_week(self):
        debtor = self.pays_late()
        self.run_cron()
        debtor.sudo().suggested_profile_id = False
        self.days_later(5)
        self.run_cron()
        self.assertFalse(debtor.suggested_profile_id)
        self.days_later(2)
        self.run_cron()
        self.assertTrue(debtor.suggested_profile_id)

    def test_company_without_dunning(self):
        debtor = self.pays_late()
        self.company.dunning_active = False
        self.run_cron()
        self.assertFalse(debtor.profile_reviewed_on)

    def test_what_fails_is_given_to_a_person(self):
        debtor = self.pays_late()
        model = type(self.env['leanpay.profile.facts'])
        with patch.object(model, '_read', side_effect=ValueError("broken")), mute_logger(MODEL_LOGGER):
            self.run_cron()
        asked = self.company.partner_id.activity_ids
        self.assertEqual(asked.mapped('dunning_code'), ['profiles_failed'])
        self.assertIn("ValueError: broken", asked.note)
        self.assertFalse(debtor.profile_reviewed_on)
        self.run_cron()
        self.assertEqual(debtor.suggested_profile_id.code, 'bad')
        self.assertFalse(self.company.partner_id.activity_ids)

    def test_one_that_fails_does_not_stop_the_others(self):
        others = [self.pays_late(), self.pays_late(self.ledger.customer("Brume"))]
        odd = self.pays_late(self.ledger.customer("Odd & Co"), days_late=41)
        last = self.pays_late(self.ledger.customer("Cèdre"))

        def fail(behaviour, current, today):
            if any((invoice.paid_on - invoice.due).days == 41 for invoice in behaviour.invoices):
                raise ValueError("odd history")
            return suggest(behaviour, current, today)

        # The batch after the one with the error says nothing about it.
        with (patch.object(leanpay_debtor_profile, 'BATCH_SIZE', 3), mute_logger(MODEL_LOGGER),
              patch.object(leanpay_debtor_profile, 'suggest', fail)):
            self.run_cron()
        self.assertEqual(
            [debtor.suggested_profile_id.code for debtor in (*others, odd, last)], ['bad', 'bad', False, 'bad'])
        self.assertFalse(odd.profile_reviewed_on)
        asked = self.company.partner_id.activity_ids
        self.assertEqual(asked.mapped('dunning_code'), ['profiles_failed'])
        self.assertEqual(html_to_inner_content(asked.note), "Odd & Co: ValueError: odd history")
        self.run_cron()
        self.assertEqual(odd.suggested_profile_id.code, 'bad')
        self.assertFalse(self.company.partner_id.activity_ids)

    def test_many_that_fail_are_told_in_a_few_lines(self):
        for number in range(3):
            self.pays_late(self.ledger.customer(f"Odd {number}"), count=1)
        with (patch.object(leanpay_debtor_profile, 'ERRORS_SHOWN', 2), mute_logger(MODEL_LOGGER),
              patch.object(leanpay_debtor_profile, 'suggest', side_effect=ValueError("odd"))):
            self.run_cron()
        note = html_to_inner_content(self.company.partner_id.activity_ids.note)
        self.assertIn("Odd 0: ValueError: odd Odd 1: ValueError: odd …", ' '.join(note.split()))
        self.assertNotIn("Odd 2", note)

    def test_setting(self):
        with Form(self.env['res.config.settings']) as form:
            form.dunning_profile_mode = 'accept'
        form.record.execute()
        self.assertEqual(self.company.dunning_profile_mode, 'accept')
