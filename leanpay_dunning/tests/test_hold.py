from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)


@tagged('post_install', '-at_install')
class TestHold(ModelsCase):
    """Holds as people use them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.other = cls.ledger.customer("Hold"), cls.ledger.customer("Other")
        cls.first, cls.second = cls.late(cls.customer, 20), cls.late(cls.customer, 15)
        cls.theirs = cls.late(cls.other, 20)
        cls.ledger.run(TODAY)
        cls.held = cls.ensure(cls.customer)
        cls.reminder = cls.held.reminder_ids

    def hold(self, **values):
        return self.env['leanpay.hold'].create({'debtor_id': self.held.id, 'date_from': TODAY, **values})

    def test_a_user_puts_a_customer_on_hold(self):
        action = self.held.action_hold()
        form = Form(self.env['leanpay.hold'].with_context(**action['context']), view=action['views'][0][0])
        form.kind = 'commercial'
        form.date_until = TODAY + 5 * DAY
        form.note = "Pays on Friday"
        hold = form.save()
        self.assertRecordValues(hold, [{
            'debtor_id': self.held.id, 'company_id': self.company.id, 'date_from': TODAY, 'state': 'active',
            'user_id': self.env.uid, 'note': "Pays on Friday"}])
        self.assertEqual((self.reminder.state, self.reminder.void_reason), ('void', "on hold: Commercial decision"))
        self.assertEqual(self.reminders(self.other).state, 'approved')
        self.assertFalse(self.plan().filtered(lambda reminder: reminder.partner_id == self.customer))
        self.assertEqual(self.held.status, 'held')
        self.assertIn("Commercial decision · Pays on Friday", self.held.message_ids[0].body)
        self.assertEqual(self.held.active_hold_ids, hold)

    def test_hold_on_items_voids_only_what_lists_them(self):
        self.hold(item_ids=[Command.set(self.item(self.first).ids)])
        self.assertEqual(self.reminder.state, 'void')
        reminder = self.pending_after_run()
        self.assertEqual(reminder.line_ids.move_id, self.second)
        self.assertNotEqual(self.held.status, 'held')

    def pending_after_run(self):
        self.plan()
        return self.pending(self.customer)

    def test_coming_hold_voids_nothing_yet(self):
        hold = self.hold(date_from=TODAY + DAY)
        self.assertEqual((hold.state, self.reminder.state), ('coming', 'approved'))
        self.go_to(TODAY + DAY)
        self.env.invalidate_all()
        self.assertEqual(hold.state, 'active')
        self.assertFalse(self.pending_after_run())

    def test_states_and_their_search(self):
        holds = {
            'coming': self.hold(date_from=TODAY + DAY),
            'active': self.hold(date_until=TODAY),
            'expired': self.hold(date_from=TODAY - 2 * DAY, date_until=TODAY - DAY),
            'lifted': self.hold(date_from=TODAY - 2 * DAY)}
        holds['lifted'].action_lift()
        mine = [('debtor_id', '=', self.held.id)]
        for state, hold in holds.items():
            self.assertEqual(hold.state, state)
            self.assertEqual(self.env['leanpay.hold'].search([*mine, ('state', '=', state)]), hold)
        self.assertEqual(len(self.env['leanpay.hold'].search([*mine, ('state', 'in', ['active', 'expired'])])), 2)
        self.assertEqual(len(self.env['leanpay.hold'].search([*mine, ('state', '!=', 'lifted')])), 3)

    def test_lift(self):
        hold = self.hold()
        self.assertFalse(self.pending_after_run())
        hold.action_lift()
        self.assertRecordValues(hold, [{'state': 'lifted', 'lifted_on': TODAY, 'lifted_by_id': self.env.uid}])
        self.assertTrue(self.held.stale)
        self.assertIn("Hold lifted", self.held.message_ids[0].body)
        self.assertTrue(self.pending_after_run())

    def test_cannot_end_before_it_begins(self):
        with self.assertRaises(Exception) as caught, self.quiet_sql():
            self.hold(date_until=TODAY - DAY)
        self.assertEqual(type(caught.exception).__name__, 'CheckViolation')

    def test_items_of_another_customer(self):
        with self.refused(ValidationError, "is not an item of Hold"):
            self.hold(item_ids=[Command.set(self.item(self.theirs).ids)])

    def test_begun_hold_is_history(self):
        hold = self.hold()
        with self.refused(UserError, "Lift it instead of deleting it"):
            hold.unlink()
        coming = self.hold(date_from=TODAY + DAY)
        coming.unlink()
        self.assertFalse(coming.exists())

    def test_longer_hold_voids_again(self):
        hold = self.hold(date_from=TODAY - 3 * DAY, date_until=TODAY - DAY)
        self.assertEqual(self.reminder.state, 'approved')
        hold.date_until = TODAY
        self.assertEqual(self.reminder.state, 'void')

    def test_hold_lasts_until_its_last_day(self):
        self.hold(date_until=TODAY + 2 * DAY)
        for day, planned in ((TODAY + 2 * DAY, False), (TODAY + 3 * DAY, True)):
            self.go_to(day)
            self.assertEqual(bool(self.pending_after_run()), planned)

    def test_next_date_is_the_day_after(self):
        self.hold(date_until=TODAY + 2 * DAY)
        self.plan()
        self.assertEqual(self.held.next_date, TODAY + 3 * DAY)

    def test_hold_whose_items_are_deleted_is_not_one_on_the_whole_customer(self):
        hold = self.hold(item_ids=[Command.set(self.item(self.first).ids)], note="Damaged goods")
        self.first.button_draft()
        self.first.with_context(force_delete=True).unlink()
        self.assertEqual(hold.state, 'lifted')
        self.assertIn("A hold has lost its items", self.activities(self.held))
        self.assertEqual(self.pending_after_run().line_ids.move_id, self.second)

    def test_hold_keeps_the_items_that_are_left(self):
        hold = self.hold(item_ids=[Command.set((self.item(self.first) | self.item(self.second)).ids)])
        self.first.button_draft()
        self.first.with_context(force_delete=True).unlink()
        self.assertEqual((hold.state, hold.item_ids), ('active', self.item(self.second)))

    def test_company_s_own_day(self):
        """A hold begins and ends with the day where the company is, wherever its user is."""
        self.company.dunning_tz = 'Pacific/Kiritimati'  # fourteen hours ahead: it is tomorrow there
        self.env.user.tz = 'Pacific/Pago_Pago'  # eleven hours behind: it is yesterday there
        over, last = self.hold(date_from=TODAY - DAY, date_until=TODAY), self.hold(date_until=TODAY + DAY)
        self.assertEqual((over.state, last.state), ('expired', 'active'))
        mine = [('id', 'in', (over | last).ids)]
        self.assertEqual(self.env['leanpay.hold'].search([*mine, ('state', '=', 'active')]), last)
        last.action_lift()
        self.assertEqual(last.lifted_on, TODAY + DAY)
        self.assertTrue(self.pending_after_run())
        self.assertEqual(self.env['leanpay.hold'].default_get(['date_from'])['date_from'], TODAY + DAY)

    def test_longer_hold_announces_its_end_again(self):
        hold = self.hold(date_until=TODAY)
        self.days_later(1)
        self.plan()
        self.assertTrue(hold.expiry_notified)
        self.held.activity_ids.unlink()
        hold.date_until = TODAY + 5 * DAY
        self.assertFalse(hold.expiry_notified)
        self.days_later(5)
        self.plan()
        self.assertTrue(hold.expiry_notified)
        self.assertEqual(self.activities(self.held), ["A hold has ended: dunning goes on"])

    def test_trace_is_read_by_people(self):
        """A day as people write it, and an invoice once whatever its instalments."""
        invoice = self.ledger.invoice(
            self.customer, 90, [TODAY - timedelta(days=40), TODAY - timedelta(days=10), TODAY + timedelta(days=20)])
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.ensure(self.customer).id, 'date_until': '2026-12-01',
            'item_ids': [Command.set(self.ledger.items(invoice).ids)]})
        trace = hold._trace("Put on hold")
        self.assertEqual(trace.count(invoice.name), 1)
        self.assertIn(format_date(self.env, hold.date_until), trace)
        self.assertNotIn('2026-12-01', trace)

    def test_traces_are_nobody_s_to_write(self):
        """Who set or lifted a hold, and on whom it is, follows from what people do."""
        collector = self.env['res.users'].create({
            'name': "Collector", 'login': 'hold_collector', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.set(self.env.ref('leanpay_dunning.group_collections_user').ids)]})
        holds = self.env['leanpay.hold'].with_user(collector)
        hold = holds.create({'debtor_id': self.held.id, 'date_from': TODAY, 'note': "Mine"})
        self.assertEqual(hold.user_id, collector)
        for values in ({'user_id': self.env.uid}, {'lifted_on': TODAY}, {'lifted_by_id': self.env.uid},
                       {'debtor_id': self.ensure(self.other).id}, {'expiry_notified': True}):
            with self.subTest(values), self.assertRaises(AccessError):
                hold.write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                holds.create({'debtor_id': self.held.id} | values | {'lifted_on': TODAY})
        hold.write({'note': "Until Friday", 'date_until': TODAY + DAY})
        hold.action_lift()
        self.assertRecordValues(hold, [{'lifted_on': TODAY, 'lifted_by_id': collector.id, 'state': 'lifted'}])
