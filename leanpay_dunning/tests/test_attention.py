from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.mail import html_to_inner_content

from .common import TODAY
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestAttention(ModelsCase):
    """What a person is asked to repair: once, in the right words, and no longer than it lasts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Attention")
        cls.late(cls.customer, 4)
        cls.chased = cls.ensure(cls.customer)

    def codes(self):
        return self.chased.activity_ids.filtered('dunning_code').mapped('dunning_code')

    def send_by(self, channel, fallback='activity', **values):
        """Have the first step leave by a channel; returns the reminder."""
        self.step(1).write({
            'channel': channel, 'fallback_channel': fallback,
            'sms_template_id': self.env.ref('leanpay_dunning.sms_template_level_1').id, **values})
        self.plan_and_deliver()
        return self.reminders(self.customer)[0]

    # === ONCE === #

    def test_asked_once_whatever_the_language(self):
        french = self.chased.with_context(lang='fr_FR')
        for debtor in (self.chased, french, self.chased):
            debtor._need_attention('reply', debtor.env._("Read the customer's answer"))
        self.assertEqual(self.codes(), ['reply'])

    def test_asked_again_once_it_was_done(self):
        for _time in range(2):
            self.chased._need_attention('reply', "Read it")
            self.assertEqual(self.codes(), ['reply'])
            self.chased.activity_ids.action_feedback()
        self.assertFalse(self.codes())

    def test_reworded_by_a_person(self):
        self.chased._need_attention('reply', "Read it")
        self.chased.activity_ids.summary = "Read it on Monday"
        self.chased._need_attention('reply', "Read it")
        self.assertEqual(self.activities(self.chased), ["Read it on Monday"])

    def test_says_the_latest(self):
        """What is still to repair may have become something else, or worse."""
        for note in ("Re: <invoice>", "Re: <b>complaint</b> & more", "Re: <b>complaint</b> & more", ""):
            self.chased._need_attention('reply', "Read it", note=note)
            if note:
                self.assertEqual(html_to_inner_content(self.chased.activity_ids.note), note)
        self.assertEqual(html_to_inner_content(self.chased.activity_ids.note), "Re: <b>complaint</b> & more")
        self.assertEqual(self.codes(), ['reply'])

    def test_nothing_new_is_not_written_again(self):
        self.chased._need_attention('reply', "Read it", note="Re: <invoice>")
        self.company._dunning_need_attention('run_failed', "The dunning failed", "this\nand < that")
        with patch.object(type(self.env['mail.activity']), 'write', side_effect=AssertionError("written")):
            self.chased._need_attention('reply', "Read it", note="Re: <invoice>")
            self.company._dunning_need_attention('run_failed', "The dunning failed", "this\nand < that")

    def test_company_is_told_the_latest(self):
        for note in ("no scenario", "no <server>\nno account"):
            self.company._dunning_need_attention('run_failed', "The dunning of the day failed", note)
        [asked] = self.company.partner_id.activity_ids
        self.assertEqual(asked.note, "<p>no &lt;server&gt;<br>no account</p>")

    def test_company_asked_once_whatever_the_language(self):
        for lang in ('en_US', 'fr_FR'):
            company = self.company.with_context(lang=lang)
            company._dunning_need_attention('run_failed', company.env._("The dunning of the day failed"), "why")
        self.assertEqual(len(self.company.partner_id.activity_ids), 1)
        self.company._dunning_need_attention('delivery_failed', "Another thing", "why")
        self.assertEqual(len(self.company.partner_id.activity_ids), 2)

    # === ADDRESSES === #

    def test_letter_without_postal_address(self):
        self.customer.write({'street': False, 'city': False})
        reminder = self.send_by('letter', 'phone')
        self.assertEqual(reminder.channel, 'phone')
        self.assertEqual(self.codes(), ['address_no_postal'])
        repair = self.chased.activity_ids - reminder.activity_id
        self.assertEqual(repair.summary, "Add a postal address: street and town")
        self.assertIn("goes another way meanwhile: Phone call", repair.note)

    def test_call_and_sms_without_number(self):
        self.customer.phone = False
        for channel in ('phone', 'sms'):
            with self.subTest(channel), self.env.cr.savepoint() as savepoint:
                reminder = self.send_by(channel, 'letter')
                self.assertEqual(reminder.channel, 'letter')
                self.assertEqual(self.codes(), ['address_no_phone'])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_nothing_reaches_them(self):
        """The task that replaces the message is not the repair: both are asked."""
        self.customer.write({'street': False, 'phone': False})
        reminder = self.send_by('phone', 'letter')
        self.assertEqual((reminder.channel, reminder.state), ('activity', 'todo'))
        self.assertEqual(self.codes(), ['address_no_phone'])
        self.assertIn(reminder.activity_id, self.chased.activity_ids)
        repair = self.chased.activity_ids - reminder.activity_id
        self.assertIn("Nothing reaches this customer", repair.note)

    def test_second_message_without_number(self):
        """The e-mail leaves; the call that goes with it is not forgotten without a word."""
        self.customer.phone = False
        reminder = self.send_by('letter', also_channel='phone')
        self.assertEqual(reminder.channel, 'letter')
        self.assertEqual(self.codes(), ['address_no_phone'])

    def test_second_message_whose_address_is_lost_after_planning(self):
        self.step(1).write({'channel': 'letter', 'also_channel': 'phone'})
        self.plan()
        self.customer.phone = False
        self.deliver()
        self.assertEqual(self.reminders(self.customer).mapped('state'), ['todo', 'void'])
        self.assertEqual(self.codes(), ['address_no_phone'])

    def test_never_twice_for_one_address(self):
        self.customer.phone = False
        self.send_by('phone', 'letter')
        self.days_later(30)
        self.late(self.customer, -20)
        self.plan_and_deliver()
        self.assertEqual(len(self.reminders(self.customer).filtered(lambda reminder: reminder.state == 'todo')), 2)
        self.assertEqual(self.codes(), ['address_no_phone'])

    def test_nothing_is_asked_when_everything_is_there(self):
        for channel in ('letter', 'phone', 'activity'):
            with self.subTest(channel), self.env.cr.savepoint() as savepoint:
                self.assertEqual(self.send_by(channel).channel, channel)
                self.assertFalse(self.codes())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_only_the_addresses_concerned_are_looked_up(self):
        self.env['mail.blacklist']._add('attention@client.example')
        self.env['mail.blacklist']._add('somebody@else.example')
        recipients = self.env['leanpay.recipient']
        self.chased.accounting_email = 'Compta <Compta@Client.example>'
        asked = []
        real = type(recipients)._blacklisted

        def listen(resolver, emails):
            asked.append(set(emails))
            return real(resolver, emails)

        with patch.object(type(recipients), '_blacklisted', listen):
            recipient = recipients._resolve(self.chased.ids)[self.chased.id]
        self.assertEqual(recipient.email, 'compta@client.example')
        self.assertEqual(asked, [{'attention@client.example', 'compta@client.example'}])
        self.assertEqual(
            recipients._blacklisted({'attention@client.example', 'x@y.example'}), {'attention@client.example'})

    # === WHAT A PERSON DOES CLOSES IT === #

    def test_resuming_closes_what_asked_for_it(self):
        self.chased._answered({'subject': "Re: invoice"})
        self.chased._address_bounced('attention@client.example', "came back")
        self.chased._need_attention('failed', "Repair it")
        self.assertEqual(set(self.codes()), {'reply', 'bounce', 'failed'})
        self.assertTrue(self.chased.paused_by_event)
        self.chased.action_resume()
        self.assertEqual(self.codes(), ['failed'], "what has nothing to do with the pause stays")
        self.assertFalse(self.chased.active_hold_ids)
        self.assertFalse(self.chased.paused_by_event)

    def test_lifting_the_hold_closes_what_asked_for_it(self):
        self.chased._answered({'subject': "Re: invoice"})
        self.chased._address_bounced('attention@client.example', "came back")
        self.chased.hold_ids.filtered(lambda hold: hold.kind == 'reply').action_lift()
        self.assertEqual(self.codes(), ['bounce'])

    def _in_state(self, *states):
        """Return reminders that a person has to look at, one for each state."""
        invoices = [self.late(self.ledger.customer(f"In state {state}"), 4) for state in states]
        self.plan()
        reminders = self.reminders().browse()
        for invoice, state in zip(invoices, states, strict=True):
            reminder = self.reminders(invoice.partner_id)
            {'failed': reminder._record_failed, 'uncertain': reminder._record_uncertain}[state]("no luck")
            reminders |= reminder
        return reminders

    def test_retry_never_sends_again_what_perhaps_left(self):
        failed, uncertain = both = self._in_state('failed', 'uncertain')
        both.action_retry()
        self.assertEqual((failed.state, uncertain.state), ('approved', 'uncertain'))
        self.assertEqual(uncertain.debtor_id.activity_ids.mapped('dunning_code'), ['uncertain'])
        self.assertFalse(failed.debtor_id.activity_ids)

    def test_send_again_is_for_what_perhaps_left(self):
        failed, uncertain = both = self._in_state('failed', 'uncertain')
        both.action_send_again()
        self.assertEqual((failed.state, uncertain.state), ('failed', 'approved'))
        self.assertFalse(uncertain.debtor_id.activity_ids)
        self.assertEqual(failed.debtor_id.activity_ids.mapped('dunning_code'), ['failed'])

    def test_was_sent_closes_what_asked(self):
        [uncertain] = self._in_state('uncertain')
        uncertain.action_was_sent()
        self.assertEqual((uncertain.state, uncertain.sent_date), ('sent', TODAY))
        self.assertFalse(uncertain.debtor_id.activity_ids)
