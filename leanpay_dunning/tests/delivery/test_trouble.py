import json
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...models import leanpay_delivery
from ..common import TODAY
from .common import SmtpCase

REFUSED = "A reminder could not leave"
SERVER = "Repair the outgoing mail server: reminders wait"
WAS_IT_SENT = "Was this reminder sent?"


@tagged('post_install', '-at_install')
class TestTrouble(SmtpCase):
    """A mail server, an address or a template that fails: a clear message in the right place, and the rest goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha, cls.beta = cls.ledger.customer("Alpha"), cls.ledger.customer("Beta", lang='en_US')
        cls.invoice = cls.ledger.invoice(cls.alpha, 120, TODAY - timedelta(days=4))
        cls.ledger.invoice(cls.beta, 80, TODAY - timedelta(days=4))

    def _two(self):
        """Plan and deliver; returns alpha's reminder, and beta's, which must not suffer from alpha's trouble."""
        self.plan_and_deliver()
        return self.reminders(self.alpha)[-1], self.reminders(self.beta)[-1]

    def _nothing_left_over(self, reminder):
        """Check that no copy is left where Odoo's queue, or a person, would send it again."""
        self.assertFalse(reminder.mail_message_id)
        self.assertFalse(self.env['mail.mail'].search([('message_id', '=', reminder.message_id or '?')]))

    # === THE SERVER === #

    def test_no_connection(self):
        port, self.mail_server.smtp_port = self.mail_server.smtp_port, 1
        for _time in range(3):
            alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('approved', 'approved'))
        self.assertIn("does not answer", alpha.error)
        self.assertIn("does not answer", beta.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)) + self.activities(self.debtor(self.beta)), [SERVER])
        self.assertFalse(alpha.message_id)
        self.mail_server.smtp_port = port
        self.deliver()
        self.assertEqual((alpha.state, beta.state), ('sent', 'sent'))
        self.assertFalse(alpha.error)
        self.assertEqual(len(self.catcher.messages), 2)

    def test_refused(self):
        self.catcher.script['alpha@client.example'] = 'refuse'
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('failed', 'sent'))
        self.assertIn("550", alpha.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), [REFUSED])
        self.assertFalse(self.ledger.items(self.invoice).dunning_level)
        self._nothing_left_over(alpha)
        self.deliver()
        self.assertEqual(alpha.state, 'failed', "not again by itself")
        self.catcher.script.clear()
        alpha.action_retry()
        self.deliver()
        self.assertEqual(alpha.state, 'sent')
        self.assertEqual(self.received('alpha@client.example')['Message-Id'], alpha.message_id)

    def test_refused_after_the_text(self):
        self.catcher.script['alpha@client.example'] = 'reject'
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('failed', 'sent'))
        self.assertIn("554", alpha.error)

    def test_refused_does_not_climb(self):
        self.catcher.script['alpha@client.example'] = 'refuse'
        self._two()
        for _day in range(5):
            self.days_later(15)
            self.plan().filtered(lambda r: r.partner_id == self.alpha).action_approve()
            self.deliver()
        self.assertEqual(self.reminders(self.alpha).mapped('level'), ['1'])
        self.assertEqual(self.why(self.invoice), 'in_flight')

    def test_try_again_later(self):
        """A refusal that goes away by itself asks for patience, not for a person's decision."""
        self.catcher.script['alpha@client.example'] = 'busy'
        for _time in range(3):
            alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('approved', 'sent'))
        self.assertIn("451", alpha.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), ["A reminder waits for the mail server"])
        self.catcher.script.clear()
        self.deliver()
        self.assertEqual(alpha.state, 'sent')
        self.received('alpha@client.example')

    def test_server_closes_the_session(self):
        """421 ends the connection: the next message opens a new one instead of becoming uncertain."""
        self.catcher.script['alpha@client.example'] = 'closing'
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('approved', 'sent'))
        self.assertIn("421", alpha.error)
        self.received('beta@client.example')

    def _uncertain(self, behaviour, kept):
        self.catcher.script['alpha@client.example'] = behaviour
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('uncertain', 'sent'))
        self.assertIn(alpha.message_id, alpha.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), [WAS_IT_SENT])
        self.assertEqual(len(self.catcher.to('alpha@client.example')), kept)
        self.catcher.script.clear()
        for _day in range(3):
            self.days_later(15)
            self.plan().filtered(lambda r: r.partner_id == self.alpha).action_approve()
            self.deliver()
        self.assertEqual(len(self.catcher.to('alpha@client.example')), kept, "never sent again by itself")
        self.assertEqual(alpha.state, 'uncertain')
        self.go_to(TODAY)
        return alpha

    def test_dropped_before_it_was_kept(self):
        self._uncertain('drop', kept=0)

    def test_dropped_after_it_was_kept(self):
        self._uncertain('lost', kept=1)

    def test_no_answer(self):
        self._uncertain('silent', kept=1)

    def test_it_was_sent(self):
        alpha = self._uncertain('lost', kept=1)
        alpha.action_was_sent()
        self.assertEqual((alpha.state, alpha.sent_date), ('sent', TODAY))
        self.assertEqual(self.ledger.items(self.invoice).dunning_level, '1')
        self.days_later(15)
        self.assertEqual(self.plan().filtered(lambda r: r.partner_id == self.alpha and not r.primary_id).level, '2')

    def test_send_it_again(self):
        alpha = self._uncertain('drop', kept=0)
        before = alpha.message_id
        alpha.action_send_again()
        self.deliver()
        self.assertEqual(alpha.state, 'sent')
        self.assertNotEqual(alpha.message_id, before)
        self.received('alpha@client.example')

    def test_paid_before_it_is_sent_again(self):
        alpha = self._uncertain('drop', kept=0)
        self.ledger.payment(self.ledger.items(self.invoice), 120)
        alpha.action_send_again()
        self.deliver()
        self.assertEqual(alpha.state, 'void')
        self.assertEqual(self.catcher.to('alpha@client.example'), [])

    def test_server_dies_in_the_middle(self):
        """What follows the message that broke waits for the server."""
        self.catcher.script['*'] = 'drop'
        connect = type(self.env['ir.mail_server'])._connect__
        calls = []

        def once(servers, *args, **kwargs):
            calls.append(1)
            if len(calls) > 2:  # the delivery tries it before it renders anything
                raise ConnectionRefusedError("gone")
            return connect(servers, *args, **kwargs)
        with patch.object(type(self.env['ir.mail_server']), '_connect__', once):
            alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('uncertain', 'approved'))
        self.assertIn("gone", beta.error)

    def _renderings(self, deliveries, batch=1):
        """Return how many e-mails are rendered during some deliveries, and how often the server is asked."""
        rendered, asked = [], []
        reminders, outbox = type(self.env['leanpay.reminder']), type(self.env['leanpay.delivery.mail'])
        render, connect = reminders._render_content, outbox._connected

        def rendering(records):
            rendered.extend(records.filtered(lambda record: record.channel == 'email').ids)
            return render(records)

        def connecting(records, *args, **kwargs):
            asked.append(1)
            return connect(records, *args, **kwargs)
        with (patch.object(reminders, '_render_content', rendering), patch.object(outbox, '_connected', connecting),
              patch.object(leanpay_delivery, 'BATCH_SIZE', batch)):
            for _time in range(deliveries):
                self.deliver()
        return len(rendered), len(asked)

    def test_nothing_is_rendered_without_server(self):
        """The job comes every few minutes: it asks the server, and makes nothing that cannot leave."""
        gamma = self.ledger.customer("Gamma")
        self.ledger.invoice(gamma, 90, TODAY - timedelta(days=4))
        self.plan()
        letter = self.reminders(gamma)
        letter.channel = 'letter'
        port, self.mail_server.smtp_port = self.mail_server.smtp_port, 1
        self.assertEqual(self._renderings(deliveries=3), (0, 3))
        alpha, beta = self.reminders(self.alpha), self.reminders(self.beta)
        self.assertEqual((alpha.state, beta.state), ('approved', 'approved'))
        self.assertIn("does not answer", beta.error)
        self.assertEqual((letter.state, letter.error), ('todo', False), "the other channels go on")
        self.mail_server.smtp_port = port
        self.assertEqual(self._renderings(deliveries=2)[0], 2)
        self.assertEqual((alpha.state, beta.state), ('sent', 'sent'))

    def test_nothing_more_is_rendered_once_the_server_is_gone(self):
        gamma = self.ledger.customer("Gamma")
        self.ledger.invoice(gamma, 90, TODAY - timedelta(days=4))
        self.plan()
        outbox = type(self.env['leanpay.delivery.mail'])
        with patch.object(outbox, '_server_answers', lambda *_args: True):
            self.mail_server.smtp_port = 1
            self.assertEqual(self._renderings(deliveries=1), (1, 1), "of three, the first finds out")
        self.assertEqual(set(self.reminders().mapped('state')), {'approved'})

    @mute_logger('odoo.addons.leanpay_dunning.models.leanpay_delivery')
    def test_server_gone_while_they_leave_one_by_one(self):
        """The trouble of one of them has the others tried alone: the first e-mail finds out for all, calls go on."""
        for name in ("Gamma", "Delta"):
            self.ledger.invoice(self.ledger.customer(name), 90, TODAY - timedelta(days=4))
        self.plan()
        first, second, third, letter = self.reminders()
        letter.channel = 'letter'
        delivery, outbox = type(self.env['leanpay.delivery']), type(self.env['leanpay.delivery.mail'])
        prepare = delivery._prepare

        def broken(records, reminders):
            if first in reminders:
                raise RuntimeError("the printer is on fire")
            return prepare(records, reminders)
        self.mail_server.smtp_port = 1
        with (patch.object(outbox, '_server_answers', lambda *_args: True), patch.object(delivery, '_prepare', broken)):
            rendered, asked = self._renderings(deliveries=1, batch=40)
        self.assertEqual((rendered, asked), (1, 1))
        self.assertEqual([first.state, second.state, third.state], ['failed', 'approved', 'approved'])
        self.assertEqual(letter.state, 'todo')

    def test_repaired_server_is_nobody_s_task_any_more(self):
        port, self.mail_server.smtp_port = self.mail_server.smtp_port, 1
        self.plan_and_deliver()
        self.reminders(self.alpha)._void("for a reason of its own")
        self.deliver()
        self.assertEqual(self.activities(self.debtor(self.alpha)) + self.activities(self.debtor(self.beta)), [SERVER])
        self.mail_server.smtp_port = port
        self.deliver()
        self.assertEqual(self.activities(self.debtor(self.alpha)) + self.activities(self.debtor(self.beta)), [])

    # === ADDRESSES === #

    def test_junk_address(self):
        self.alpha.email = "see with Mrs Durand"
        alpha, beta = self._two()
        self.assertEqual((alpha.channel, alpha.state, beta.state), ('letter', 'todo', 'sent'))
        self.assertIn("Correct the e-mail address", self.activities(self.debtor(self.alpha)))

    def test_no_address_at_all(self):
        self.alpha.write({'email': False, 'phone': False, 'street': False, 'city': False})
        alpha, beta = self._two()
        self.assertEqual((alpha.channel, alpha.state, beta.state), ('activity', 'todo', 'sent'))
        self.assertIn("Add an e-mail address", self.activities(self.debtor(self.alpha)))
        self.assertIn(alpha.activity_id, self.debtor(self.alpha).activity_ids)
        self.assertFalse(self.ledger.items(self.invoice).dunning_level)

    def test_blacklisted(self):
        self.env['mail.blacklist'].create({'email': 'alpha@client.example'})
        alpha, _beta = self._two()
        self.assertEqual(alpha.channel, 'letter')
        self.assertEqual(self.catcher.to('alpha@client.example'), [])

    def test_address_changed_after_planning(self):
        self.plan()
        self.alpha.email = 'new@client.example'
        self.deliver()
        self.assertEqual(self.reminders(self.alpha).address, 'new@client.example')
        self.received('new@client.example')
        self.assertEqual(self.catcher.to('alpha@client.example'), [])

    def test_address_lost_after_planning(self):
        self.plan()
        self.alpha.email = False
        self.deliver()
        self.assertEqual(self.reminders(self.alpha).channel, 'letter')
        self.assertEqual(self.reminders(self.alpha).state, 'todo')

    # === TEMPLATES === #

    def test_template_broken_in_one_language(self):
        template = self.step(1).mail_template_id
        # In SQL: Odoo refuses to write it where it finds a reminder to try it on.
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE mail_template SET body_html = body_html || %s::jsonb WHERE id = %s",
            json.dumps({'fr_FR': '<p t-out="object.no_such_field"/>'}), template.id))
        self.env.invalidate_all()
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('failed', 'sent'))
        self.assertIn("fr_FR", alpha.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), [REFUSED])
        template.with_context(lang='fr_FR').body_html = "<p>Bonjour</p>"
        alpha.action_retry()
        self.deliver()
        self.assertEqual(alpha.state, 'sent')

    def test_empty_text(self):
        """A message that says nothing does not leave."""
        self.step(1).mail_template_id.with_context(lang='fr_FR').body_html = '<p t-out="object.outcome_note or \'\'"/>'
        alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('failed', 'sent'))
        self.assertEqual(self.catcher.to('alpha@client.example'), [])

    @mute_logger('odoo.addons.leanpay_dunning.models.leanpay_delivery')
    def test_unforeseen_error(self):
        """Whatever goes wrong for one customer is recorded there, and stops nobody else."""
        letters = type(self.env['leanpay.letter'])
        self.step(1).attach_statement = True
        make = letters._make_statement

        def broken(letter, reminder):
            if reminder.partner_id == self.alpha:
                raise RuntimeError("the printer is on fire")
            return make(letter, reminder)
        with patch.object(letters, '_make_statement', broken):
            alpha, beta = self._two()
        self.assertEqual((alpha.state, beta.state), ('failed', 'sent'))
        self.assertIn("on fire", alpha.error)

    # === OTHER CHANNELS === #

    def _channel(self, channel, **values):
        self.step(1).write({'channel': channel, **values})
        return self._two()[0]

    def test_sms(self):
        alpha = self._channel('sms')
        self.assertEqual((alpha.state, alpha.sent_date), ('sent', TODAY))
        sms = self.env['sms.sms'].browse(alpha.sms_id_int)
        self.assertEqual(sms.number.replace(' ', ''), '+33199001234')
        self.assertIn("120,00", sms.body.replace('\xa0', ' '))

    def test_sms_error(self):
        """The operator refuses it later: it was not said."""
        alpha = self._channel('sms')
        self.env['sms.sms'].browse(alpha.sms_id_int).write({'state': 'error', 'failure_type': 'sms_credit'})
        self.assertEqual(alpha.state, 'failed')
        self.assertIn("sms_credit", alpha.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), [REFUSED])
        self.assertFalse(self.ledger.items(self.invoice).dunning_level)

    def test_sms_cancelled_or_deleted_before_it_left(self):
        alpha = self._channel('sms')
        beta = self.reminders(self.beta)
        queue = self.env['sms.sms']
        queue.browse(alpha.sms_id_int).action_set_canceled()
        self.assertEqual((alpha.state, alpha.error), ('failed', "The SMS was cancelled before it left."))
        queue.browse(beta.sms_id_int).unlink()
        self.assertEqual((beta.state, beta.error), ('failed', "The SMS was deleted before it left."))
        self.assertEqual(self.activities(self.debtor(self.beta)), [REFUSED])

    def test_sms_deleted_after_it_left(self):
        """Odoo cleans its queue: what left has left."""
        alpha = self._channel('sms')
        sms = self.env['sms.sms'].browse(alpha.sms_id_int)
        sms.state = 'pending'
        sms.unlink()
        self.assertEqual(alpha.state, 'sent')

    def test_letter_counts_once_posted(self):
        alpha = self._channel('letter')
        self.assertEqual((alpha.state, alpha.letter_id.mimetype), ('todo', 'application/pdf'))
        self.days_later(30)
        self.assertFalse(self.plan().filtered(lambda r: r.partner_id == self.alpha), "no climbing meanwhile")
        alpha.action_mark_posted()
        self.assertEqual((alpha.state, alpha.outcome, alpha.sent_date), ('sent', 'posted', TODAY + timedelta(days=30)))
        self.assertFalse(alpha.activity_id)
        self.assertEqual(self.ledger.items(self.invoice).dunning_level, '1')

    def test_call_counts_once_made(self):
        alpha = self._channel('phone')
        self.assertEqual(alpha.state, 'todo')
        self.assertIn(alpha.activity_id, self.debtor(self.alpha).activity_ids)
        result = self.env['leanpay.call.result'].create({'debtor_id': alpha.debtor_id.id, 'reminder_id': alpha.id})
        result.action_no_answer()
        self.assertEqual(alpha.state, 'todo', "nobody answered: nothing was said")
        result.action_refuses()
        self.assertEqual((alpha.state, alpha.outcome), ('sent', 'refuses'))

    def test_letter_of_a_paid_item(self):
        """What is done by hand is looked at again too: the letter to post goes away with the debt."""
        alpha = self._channel('letter')
        self.ledger.payment(self.ledger.items(self.invoice), 120)
        self.plan()
        self.deliver()
        self.assertEqual(alpha.state, 'void')
        self.assertFalse(alpha.activity_id)

    def test_companion_of_a_void_message(self):
        """A call that goes with a mail is void with it."""
        self.plan_and_deliver()
        self.days_later(11)
        planned = self.plan().filtered(lambda r: r.partner_id == self.alpha)
        self.assertEqual(planned.mapped('channel'), ['email', 'phone'])
        self.env['leanpay.hold'].create({'debtor_id': self.debtor(self.alpha).id})
        self.assertEqual(planned.mapped('state'), ['void', 'void'])
