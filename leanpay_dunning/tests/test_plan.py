from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY
from .common_models import ModelsCase
from .test_letter_archive import text_of

DAY = timedelta(days=1)
# The customer is French: what is written to them is, where the language is installed.
FRENCH = {'has ended': "a pris fin", 'your instalment': "votre échéance", 'proposal': "proposition",
          'your payment plan': "votre échéancier"}


class PlanCase(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Plan"), cls.ledger.customer("Other")
        cls.first, cls.second = cls.late(cls.customer, 20, 200), cls.late(cls.customer, 15, 100)
        cls.theirs = cls.late(cls.other, 20)
        cls.ledger.run(TODAY)
        cls.paying = cls.ensure(cls.customer)
        cls.collector, cls.manager = (new_test_user(
            cls.env, login=f'plan_{name}', groups=f'leanpay_dunning.group_collections_{name}',
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)]) for name in ('user', 'manager'))

    def plan_of(self, moves=None, instalments=None, **values):
        items = self.ledger.items(moves or self.first | self.second)
        return self.paying._plan(items, instalments or self.three(), **values)

    def three(self, amount=100):
        """Return three instalments: today, in a month, in two."""
        return [(TODAY + 30 * number * DAY, amount) for number in range(3)]

    def running(self, **values):
        plan = self.plan_of(**values)
        plan._accept("Ms Martin", 'mail')
        return plan

    def chased(self):
        self.plan()
        return self.pending(self.customer).line_ids.move_id

    def go(self, day):
        self.go_to(day)
        self.env.invalidate_all()
        self.plan()
        self.env['leanpay.plan.instalment']._remind(self.company, day)

    def mails(self, text=''):
        mails = self.env['mail.mail'].search(
            [('model', '=', 'leanpay.debtor'), ('res_id', '=', self.paying.id)], order='id')
        return mails.filtered(lambda mail: text in mail.subject or FRENCH.get(text, text) in mail.subject)


@tagged('post_install', '-at_install')
class TestPlan(PlanCase):
    """Plans as people make them."""

    def test_draft_stops_nothing(self):
        plan = self.plan_of()
        self.assertRecordValues(plan, [{'state': 'draft', 'amount': 300, 'amount_planned': 300, 'amount_paid': 0}])
        self.assertEqual(self.chased(), self.first | self.second)

    def test_proposed(self):
        plan = self.plan_of()
        reminder = self.paying.reminder_ids
        plan.action_propose()
        self.assertEqual((plan.state, reminder.state), ('proposed', 'void'))
        mail = self.mails("proposal")
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertFalse(self.chased())
        self.go(plan.valid_until)
        self.assertFalse(self.chased())
        self.go(plan.valid_until + DAY)
        self.assertEqual(self.chased(), self.first | self.second)
        with self.refused(UserError, "was valid until"):
            plan._accept("Ms Martin", 'mail')

    def test_accepted(self):
        plan = self.plan_of()
        plan.action_propose()
        action = plan.action_accept()
        wizard = Form(self.env['leanpay.plan.accept'].with_context(**action['context']))
        wizard.name = "Ms Martin"
        wizard.save().action_accept()
        self.assertRecordValues(plan, [{
            'state': 'running', 'accepted_by': "Ms Martin", 'accepted_how': 'mail', 'accepted_on': TODAY,
            'on_track_until': TODAY + 7 * DAY}])
        self.assertTrue(plan.confirmed_on)
        self.assertIn("Ms Martin", self.mails("your payment plan").body_html)
        self.assertFalse(self.chased())
        self.env['leanpay.evidence.event']._record_events()
        entries = self.env['leanpay.evidence'].search([
            ('chain_id.debtor_id', '=', self.paying.id), ('kind', '=', 'plan')])
        self.assertTrue(any("accepted by Ms Martin" in entry.summary for entry in entries))

    def test_accepted_some_days_later(self):
        """The first payment is due on the day of the acceptance."""
        plan = self.plan_of()
        plan.action_propose()
        self.days_later(4)
        plan._accept("Ms Martin", 'mail')
        self.assertEqual(plan.instalment_ids.sorted('date').mapped('date'), [
            TODAY + 4 * DAY, TODAY + 30 * DAY, TODAY + 60 * DAY])

    def test_schedule_on_paper(self):
        plan = self.running()
        text = text_of(plan.document_id)
        for expected in (plan.name, self.first.name, "100,00", "200,00", "Ms Martin", "09/04/2026", "7"):
            self.assertIn(expected, text)

    def test_refused_by_the_customer(self):
        plan = self.plan_of()
        plan.action_propose()
        plan.action_refused()
        self.assertEqual(plan.state, 'refused')
        self.assertEqual(self.chased(), self.first | self.second)

    def test_simulator(self):
        action = self.paying.with_user(self.collector).action_plan()
        form = Form(self.env['leanpay.plan.make'].with_user(self.collector).with_context(**action['context']))
        self.assertEqual((form.total, form.count, form.monthly), (300, 3, 100))
        form.count = 4
        self.assertEqual(form.monthly, 75)
        form.monthly = 60
        self.assertEqual(form.count, 5)
        form.first_amount = 150
        form.count = 4
        self.assertEqual(form.monthly, 50)
        self.assertIn("150", form.preview_html)
        plan = self.env['leanpay.plan'].browse(form.save().action_draft()['res_id'])
        self.assertEqual(plan.instalment_ids.mapped('amount'), [150, 50, 50, 50])
        self.assertEqual(plan.instalment_ids[0].date, TODAY)

    def test_simulator_leaves_out_what_is_agreed(self):
        self.paying._dispute({self.item(self.second): None}, 'other')
        action = self.paying.action_plan()
        form = Form(self.env['leanpay.plan.make'].with_context(**action['context']))
        self.assertEqual(form.total, 200)

    def test_free_instalments(self):
        plan = self.plan_of().with_user(self.collector)
        plan.instalment_ids[1].write({'amount': 40})
        with self.refused(UserError, "The instalments make"):
            plan.action_propose()
        plan.write({'instalment_ids': [Command.create({'date': TODAY + 75 * DAY, 'amount': 60})]})
        plan.action_propose()
        with self.refused(UserError, "cannot change"):
            plan.instalment_ids[0].write({'amount': 1})
        with self.refused(UserError, "follows from the payments"):
            plan.instalment_ids[0].write({'state': 'paid'})
        with self.refused(UserError, "cannot change"):
            plan.instalment_ids[0].unlink()

    def test_bad_input(self):
        paid = self.late(self.customer, 30)
        self.ledger.payment(self.item(paid), 100)
        dollars = self.late(self.customer, 9, currency=self.ledger.currency('USD', 2))
        items = self.ledger.items(self.first | self.second)
        for message, chosen, instalments in (
                ("is in the past", items, [(TODAY - DAY, 300)]),
                ("The instalments make", items, [(TODAY, 301)]),
                ("at least one instalment", items, []),
                ("each of more than zero", items, [(TODAY, 400), (TODAY + DAY, -100)]),
                ("already paid", self.item(paid), [(TODAY, 100)]),
                ("is not an item of Plan", self.item(self.theirs), [(TODAY, 100)]),
                ("one agreement for each currency", items | self.item(dollars), [(TODAY, 400)]),
                ("at most 24 instalments", items, [(TODAY + n * DAY, 12) for n in range(25)])):
            with self.subTest(message), self.refused(UserError, message):
                self.paying._plan(chosen, instalments)
        wizard = self.env['leanpay.plan.make'].create({'debtor_id': self.paying.id, 'count': 0})
        with self.refused(UserError, "make no plan"):
            wizard.action_propose()

    def test_items_settled_otherwise(self):
        self.running(moves=self.first, instalments=[(TODAY, 200)])
        with self.refused(UserError, "already settled otherwise: payment plan"):
            self.plan_of()
        with self.refused(UserError, "already settled otherwise: payment plan"):
            self.paying._promise({self.item(self.first): None}, TODAY + DAY)
        self.paying._dispute({self.item(self.second): None}, 'other')
        with self.refused(UserError, "already settled otherwise: Dispute"):
            self.plan_of(self.second, [(TODAY, 100)])

    def test_balance_changed_since(self):
        plan = self.plan_of()
        self.ledger.payment(self.item(self.first), 50)
        with self.refused(UserError, "has changed since the plan was made"):
            plan._accept("Ms Martin", 'mail')

    # === LIMITS AND RIGHTS === #

    def test_beyond_what_a_collector_grants(self):
        self.company.dunning_plan_amount = 250
        plan = self.plan_of().with_user(self.collector)
        with self.refused(UserError, "beyond what you may grant"):
            plan._accept("Ms Martin", 'mail')
        plan.action_propose()
        self.assertEqual(plan.state, 'to_approve')
        self.assertEqual(self.chased(), self.first | self.second, "nothing is granted yet")
        with self.refused(UserError, "Only a collections manager"):
            plan.action_approve()
        plan.with_user(self.manager).action_approve()
        self.assertRecordValues(plan, [{'state': 'draft', 'approved_by_id': self.manager.id}])
        plan.action_propose()
        self.assertEqual(plan.state, 'proposed')

    def test_longer_than_a_collector_grants(self):
        self.company.dunning_plan_months = 2
        plan = self.plan_of().with_user(self.collector)
        plan.action_propose()
        self.assertEqual(plan.state, 'to_approve')
        other = self.plan_of(self.second, [(TODAY, 50), (TODAY + DAY, 50)]).with_user(self.collector)
        other._accept("Ms Martin", 'mail')
        self.assertEqual(other.state, 'running')

    def test_two_people_at_once(self):
        plan = self.plan_of()
        plan._accept("Ms Martin", 'mail')
        with self.refused(UserError, "is now “Running”"):
            plan._move('accept')
        with self.refused(UserError, "is now “Running”"):
            plan.action_refused()

    def test_strangers(self):
        plan = self.running()
        elsewhere = self.env['res.company'].create({'name': "Elsewhere"})
        for login, groups, company in (
                ('plan_employee', 'base.group_user', self.company), ('plan_portal', 'base.group_portal', self.company),
                ('plan_elsewhere', 'leanpay_dunning.group_collections_manager', elsewhere)):
            user = new_test_user(self.env, login=login, groups=groups, company_id=company.id,
                                 company_ids=[Command.set(company.ids)])
            env = self.env(user=user, context={'allowed_company_ids': company.ids})
            instalments = self.env['leanpay.plan.instalment'].browse(plan.instalment_ids.ids).with_env(env)
            with self.subTest(login):
                for act in (plan.with_env(env).action_cancel, instalments.read,
                            lambda env=env: self.paying.with_env(env)._plan(self.ledger.items(self.first), [])):
                    with self.assertRaises(AccessError):
                        act()


@tagged('post_install', '-at_install')
class TestPlanPayments(PlanCase):
    """What payments settle of plans, and the breach."""

    def states(self, plan):
        return plan.instalment_ids.sorted('date').mapped('state')

    def test_paid_in_order(self):
        plan = self.running()
        self.assertEqual(self.states(plan), ['due', 'upcoming', 'upcoming'])
        self.ledger.payment(self.item(self.first), 150, TODAY)  # too much for the first
        self.assertEqual(self.states(plan), ['paid', 'partly', 'upcoming'])
        self.assertRecordValues(plan, [{'amount_paid': 150, 'share_paid': 50, 'on_track_until': TODAY + 37 * DAY}])
        self.ledger.payment(self.item(self.first), 50, TODAY + DAY)
        self.ledger.payment(self.item(self.second), 100, TODAY + DAY)  # all of it, early
        self.assertEqual(self.states(plan), ['paid'] * 3)
        self.assertEqual(plan.state, 'done')

    def test_taken_back(self):
        plan = self.running()
        self.ledger.payment(self.item(self.first), 200, TODAY)
        self.ledger.payment(self.item(self.second), 100, TODAY)
        self.assertEqual(plan.state, 'done')
        self.item(self.second).remove_move_reconcile()
        self.assertEqual((plan.state, self.states(plan)), ('running', ['paid', 'paid', 'upcoming']))

    def test_credit_note_lowers_the_last(self):
        plan = self.running()
        credit = self.ledger.invoice(self.customer, 120, TODAY, kind='out_refund')
        (self.ledger.items(credit) | self.item(self.first)).reconcile()
        self.assertEqual(plan.instalment_ids.sorted('date').mapped('amount_due'), [100, 80, 0])

    def test_what_was_paid_before_settles_no_instalment(self):
        self.ledger.payment(self.item(self.first), 60, TODAY - 5 * DAY)
        plan = self.running(moves=self.first, instalments=[(TODAY, 140)])
        self.assertEqual((plan.amount, self.states(plan)), (140, ['due']))
        self.ledger.payment(self.item(self.first), 140, TODAY)
        self.assertEqual(plan.state, 'done')

    def test_in_dollars(self):
        dollars = self.late(self.customer, 9, 90, currency=self.ledger.currency('USD', 2))
        plan = self.running(moves=dollars, instalments=self.three(30))
        receipt = self.ledger.receipt(self.customer, 15, TODAY)  # euros
        (self.ledger.items(receipt) | self.item(dollars)).reconcile()
        self.assertEqual(self.states(plan), ['paid', 'upcoming', 'upcoming'])

    def test_broken_the_day_after_the_tolerance(self):
        plan = self.running()
        self.assertTrue(plan.suspension_id)
        self.go(TODAY + 7 * DAY)
        self.assertEqual(plan.state, 'running')
        self.assertFalse(self.chased())
        self.go(TODAY + 8 * DAY)
        self.assertRecordValues(plan, [{'state': 'broken', 'broken_on': TODAY + 8 * DAY, 'suspension_id': False}])
        self.assertEqual(self.pending(self.customer).line_ids.move_id, self.first | self.second)
        self.assertEqual(len(self.mails("has ended")), 1)
        self.assertIn("A payment plan was broken: its invoices are chased again", self.activities(self.paying))

    def test_chased_even_when_nobody_watched(self):
        self.running()
        facts = self.facts(self.customer, today=TODAY + 8 * DAY)
        self.assertFalse([blocker for blocker in facts.blockers if blocker.active(TODAY + 8 * DAY)])
        self.assertTrue(all(blocker.active(TODAY + 7 * DAY) for blocker in facts.blockers))

    def test_second_missed_instalment(self):
        self.company.dunning_plan_breach_missed = 2
        plan = self.running()
        self.go(TODAY + 20 * DAY)
        self.assertEqual((plan.state, self.states(plan)[0]), ('running', 'late'))
        self.go(TODAY + 38 * DAY)
        self.assertEqual(plan.state, 'broken')

    def test_payment_that_nobody_matched(self):
        plan = self.running()
        receipt = self.ledger.receipt(self.customer, 100, TODAY)
        self.go(TODAY + 8 * DAY)
        self.assertEqual(plan.state, 'running')
        self.assertIn("Match the customer's payment: their plan waits for it", self.activities(self.paying))
        (self.ledger.items(receipt) | self.item(self.first)).reconcile()
        self.assertEqual(self.states(plan), ['paid', 'upcoming', 'upcoming'])
        self.assertRecordValues(plan, [{'on_track_until': TODAY + 37 * DAY, 'waits_for_match': False}])

    def test_payment_that_nobody_matches_keeps_no_plan_for_ever(self):
        plan = self.running()
        self.ledger.receipt(self.customer, 100, TODAY)
        self.go(TODAY + 8 * DAY)
        self.assertEqual((plan.state, plan.on_track_until), ('running', TODAY + 11 * DAY))
        self.go(TODAY + 11 * DAY)
        self.assertEqual(plan.state, 'running')
        self.go(TODAY + 12 * DAY)
        self.assertEqual(plan.state, 'broken')

    def test_taking_a_payment_back_is_never_refused(self):
        """A plan that is late then stops nothing any more; the next run ends it."""
        plan = self.running()
        entry = self.ledger.payment(self.item(self.first), 100, TODAY)
        self.go(TODAY + 20 * DAY)
        self.item(self.first).remove_move_reconcile()
        self.assertEqual((plan.state, plan.on_track_until), ('running', TODAY + 7 * DAY))
        entry.button_draft()
        self.assertEqual(self.chased(), self.first | self.second)
        self.assertEqual(plan.state, 'broken')

    def test_each_instalment_is_announced_once(self):
        plan = self.running()
        self.ledger.payment(self.item(self.first), 100, TODAY)
        for day in (26, 27, 28, 29, 30):
            self.go(TODAY + day * DAY)
        self.assertEqual(len(self.mails("your instalment")), 1)
        self.assertEqual(plan.instalment_ids.sorted('date').mapped('reminded_on'), [False, TODAY + 27 * DAY, False])
        for day in (31, 32):
            self.go(TODAY + day * DAY)
        late = self.mails("your instalment")
        self.assertEqual(len(late), 2)
        self.assertRegex(late[-1].body_html, "We have not received|Nous n’avons pas reçu")

    def test_paid_instalment_is_not_announced(self):
        self.running()
        self.ledger.payment(self.item(self.first), 200, TODAY)
        self.go(TODAY + 29 * DAY)
        self.assertFalse(self.mails("your instalment"))

    def test_cancelled(self):
        plan = self.running()
        plan.action_cancel()
        self.assertEqual(plan.suspension_id.date_until, TODAY)
        self.assertEqual(self.chased(), self.first | self.second)
