from odoo import Command
from odoo.tests import Form, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, Ledger
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestLeft(ModelsCase):
    """A branch that stopped being a customer of its own and is one again: it finds all that was its own.

    As everywhere in Odoo, the person who does it is anybody who may change contacts.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holding = cls.ledger.customer("Holding")
        cls.branch = cls.ledger.customer("Branch", parent_id=cls.holding.id)
        cls.invoice, cls.own = cls.late(cls.branch, 20, 100), cls.late(cls.holding, 20, 250)
        for partner in (cls.branch, cls.holding):
            cls.ensure(partner)
        cls.clerk = mail_new_test_user(
            cls.env, login='clerk@left.example', groups='base.group_user,base.group_partner_manager',
            company_id=cls.company.id, company_ids=cls.company.ids)

    def join(self):
        self.branch.with_user(self.clerk).is_company = False
        self.env.invalidate_all()

    def leave(self):
        self.branch.with_user(self.clerk).is_company = True
        self.env.invalidate_all()

    def hold(self, partner, *moves, kind='commercial', **values):
        """Put all of a customer, or some entries, on hold."""
        return self.env['leanpay.hold'].create({
            'debtor_id': self.debtor(partner).id, 'kind': kind,
            'item_ids': [Command.link(self.item(move).id) for move in moves], **values})

    def why(self, move, today=None):
        """Override: of who owes the item now; the entry's own commercial partner stays who it was."""
        item = self.item(move)
        return self.debtor(item.partner_id.commercial_partner_id)._outcomes(today)[item.id][0].why

    def check_whys(self, branch, holding):
        """Check what becomes of both entries, that the pages say so, and what the next run does."""
        self.assertEqual((self.why(self.invoice), self.why(self.own)), (branch, holding))
        for partner, why, move in ((self.branch, branch, self.invoice), (self.holding, holding, self.own)):
            debtor = self.debtor(partner)
            self.assertEqual(bool(debtor.active_hold_ids), why == 'blocked', debtor.partner_id.name)
            self.assertEqual(debtor.dunning_blocked, why == 'blocked')
            self.assertEqual(move.dunning_blocked, why == 'blocked')
        self.plan()
        reminded = [bool(self.pending(partner)) for partner in (self.branch, self.holding)]
        self.assertEqual(reminded, [branch == 'remind', holding == 'remind'])

    # === HOLDS === #

    def test_disputed_items_stay_disputed(self):
        hold = self.hold(self.branch, self.invoice)
        self.join()
        self.assertEqual(hold.debtor_id, self.debtor(self.holding))
        self.assertEqual((self.why(self.invoice), self.why(self.own)), ('blocked', 'remind'))
        self.leave()
        self.assertEqual(hold.debtor_id, self.debtor(self.branch))
        self.check_whys('blocked', 'remind')

    def test_disputed_while_joined(self):
        self.join()
        hold = self.hold(self.holding, self.invoice)
        self.leave()
        self.assertEqual(hold.debtor_id, self.debtor(self.branch))
        self.check_whys('blocked', 'remind')

    def test_a_hold_on_items_of_both_becomes_two(self):
        self.join()
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.debtor(self.holding).id, 'kind': 'commercial', 'note': "Both",
            'item_ids': [Command.set(self.ledger.items(self.invoice | self.own).ids)]})
        self.leave()
        self.assertEqual(hold.item_ids, self.item(self.own))
        self.assertRecordValues(self.debtor(self.branch).active_hold_ids, [
            {'kind': 'commercial', 'note': "Both", 'item_ids': self.item(self.invoice).ids}])
        self.check_whys('blocked', 'blocked')

    def test_what_was_lifted_stays_lifted(self):
        self.join()
        hold = self.env['leanpay.hold'].create({
            'debtor_id': self.debtor(self.holding).id, 'kind': 'commercial',
            'item_ids': [Command.set(self.ledger.items(self.invoice | self.own).ids)]})
        hold.action_lift()
        self.leave()
        self.check_whys('remind', 'remind')

    def test_a_hold_on_the_whole_customer_is_one_again(self):
        hold = self.hold(self.branch, kind='insolvency')
        self.join()
        self.leave()
        self.assertEqual((hold.debtor_id, hold.item_ids.ids), (self.debtor(self.branch), []))
        self.assertEqual(self.why(self.late(self.branch, 20, 70)), 'blocked')
        self.check_whys('blocked', 'remind')

    def test_a_hold_that_ended_for_want_of_items_begins_again(self):
        self.ledger.payment(self.item(self.invoice), 100)
        self.hold(self.branch, kind='insolvency')
        self.join()
        self.leave()
        self.assertEqual(self.why(self.late(self.branch, 20, 70)), 'blocked')

    def test_a_hold_lifted_meanwhile_does_not(self):
        hold = self.hold(self.branch, kind='insolvency')
        self.join()
        hold.action_lift()
        self.leave()
        self.check_whys('remind', 'remind')

    def test_a_hold_on_the_whole_company_was_for_both_while_they_were_one(self):
        self.join()
        self.hold(self.holding, kind='reply')
        self.assertEqual(self.why(self.invoice), 'blocked')
        self.leave()
        self.check_whys('blocked', 'blocked')

    def test_a_hold_on_the_whole_company_from_before_was_not(self):
        self.hold(self.holding, kind='insolvency')
        self.join()
        self.leave()
        self.check_whys('remind', 'blocked')

    def test_an_item_on_hold_is_blocked_whoever_the_hold_is_kept_with(self):
        hold = self.hold(self.branch, self.invoice)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE leanpay_hold SET debtor_id = %s WHERE id = %s", [self.debtor(self.holding).id, hold.id])
        self.env.invalidate_all()
        self.assertEqual((self.why(self.invoice), self.why(self.own)), ('blocked', 'remind'))
        found = self.env['leanpay.debtor'].search([
            ('company_id', '=', self.company.id), ('dunning_blocked', '=', True)])
        self.assertEqual(found, self.debtor(self.branch))

    def test_a_message_about_to_leave_notices_such_a_hold(self):
        self.plan()
        reminder = self.pending(self.branch)
        hold = self.hold(self.holding, kind='commercial', date_from=TODAY.replace(day=20))
        before = self.env['leanpay.facts']._fingerprints(reminder)
        self.env.cr.execute(
            "INSERT INTO account_move_line_leanpay_hold_rel (leanpay_hold_id, account_move_line_id) VALUES (%s, %s)",
            [hold.id, self.item(self.invoice).id])
        self.assertNotEqual(self.env['leanpay.facts']._fingerprints(reminder), before)

    # === OTHER WAYS TO MOVE ITEMS === #

    def test_an_entry_whose_customer_is_corrected(self):
        hold = self.hold(self.branch, self.invoice)
        self.invoice.button_draft()
        with Form(self.invoice) as form:
            form.partner_id = self.holding
        self.invoice.action_post()
        self.env.invalidate_all()
        self.assertEqual(hold.debtor_id, self.debtor(self.holding))
        self.assertEqual(self.why(self.invoice), 'blocked')

    def test_a_contact_merged_into_another_company(self):
        other = self.ledger.customer("Other")
        hold = self.hold(self.branch, self.invoice)
        self.join()
        self.env['base.partner.merge.automatic.wizard'].create({})._merge((self.branch | other).ids, other)
        self.env.invalidate_all()
        self.assertEqual((hold.debtor_id, hold.debtor_id.partner_id), (self.debtor(other), other))
        self.assertEqual(self.why(self.invoice), 'blocked')

    def test_a_parent_taken_away(self):
        """Odoo gives the items to the company for good; the rest is the customer's again."""
        self.branch.write({'is_company': False, 'parent_id': False})
        self.hold(self.branch, self.invoice)
        self.hold(self.branch, kind='insolvency')
        self.debtor(self.branch).profile_pinned = True
        self.branch.parent_id = self.holding
        self.env.invalidate_all()
        self.branch.parent_id = False
        self.env.invalidate_all()
        self.assertIn(self.item(self.invoice), self.debtor(self.holding).item_ids)
        self.assertEqual(self.why(self.invoice), 'blocked')
        self.assertTrue(self.debtor(self.branch).profile_pinned)
        self.assertEqual(self.why(self.late(self.branch, 20, 70)), 'blocked')
        self.assertEqual(self.why(self.own), 'remind')

    # === CHOICES === #

    def test_choices_come_back(self):
        contact = self.env['res.partner'].create({'name': "Compta", 'parent_id': self.branch.id})
        collector = mail_new_test_user(
            self.env, login='collector@left.example', groups='leanpay_dunning.group_collections_user',
            company_id=self.company.id, company_ids=self.company.ids)
        choices = {
            'profile_id': self.env.ref('leanpay_dunning.profile_bad').id, 'profile_pinned': True,
            'scenario_id': self.env.ref('leanpay_dunning.leanpay_scenario_firm').id, 'collector_id': collector.id,
            'contact_id': contact.id, 'accounting_email': 'compta@branch.example'}
        self.debtor(self.branch).write(choices)
        self.debtor(self.branch).sudo().bounced_email = 'old@branch.example'
        choices['bounced_email'] = 'old@branch.example'
        shared = choices.keys() - {'collector_id'}  # which the company lacked
        before = self.debtor(self.holding).read(list(shared))
        self.join()
        self.leave()
        self.assertRecordValues(self.debtor(self.branch), [choices])
        self.assertEqual(self.debtor(self.holding).read(list(shared)), before)
        self.assertFalse(self.debtor(self.holding).joined_choices)

    def test_what_was_deleted_meanwhile_is_chosen_no_more(self):
        scenario = self.make_scenario(self.step_values("Own", 5))
        self.debtor(self.branch).scenario_id = scenario
        self.join()
        scenario.unlink()
        self.leave()
        self.assertFalse(self.debtor(self.branch).scenario_id)

    def test_a_contact_becomes_a_customer(self):
        """It was none before: who was in charge stays so, and the address that refused us is not written to."""
        self.join()
        company = self.debtor(self.holding)
        company.joined_choices = False
        company.write({'collector_id': self.env.user.id, 'accounting_email': 'compta@holding.example'})
        company.bounced_email = 'branch@client.example'
        self.leave()
        self.assertRecordValues(self.debtor(self.branch), [{
            'collector_id': self.env.user.id, 'bounced_email': 'branch@client.example', 'accounting_email': False}])

    # === WHAT WAS SAID === #

    def test_what_was_said_of_their_items_comes_back(self):
        sent = self.send(self.branch)
        self.join()
        self.leave()
        debtor = self.debtor(self.branch)
        self.assertEqual((sent.debtor_id, sent.partner_id), (debtor, self.branch))
        self.assertRecordValues(debtor, [{
            'amount_open': 100, 'item_count': 1, 'level': '1', 'last_contact_date': TODAY}])
        self.assertEqual(self.debtor(self.holding).amount_open, 250)

    def test_what_was_said_to_both_was_heard_by_both(self):
        shown = self.late(self.branch, 40, 30)
        self.late(self.branch, 1, 40)  # too young for a step of its own
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.join()
        sent = self.send(self.holding)
        self.assertIn(self.item(shown), sent.line_ids.move_line_id)
        self.company.dunning_contact_gap = 30
        self.leave()
        self.assertEqual(sent.partner_id, self.holding)
        self.assertEqual(self.debtor(self.branch).last_contact_date, TODAY)
        self.days_later(20)
        self.assertFalse(self.plan().filtered(lambda reminder: reminder.partner_id == self.branch))
        self.days_later(10)
        self.assertTrue(self.plan().filtered(lambda reminder: reminder.partner_id == self.branch))

    def test_items_only_shown_were_heard_of_too(self):
        """A message that asked for other items and showed theirs was a contact."""
        self.ledger.payment(self.item(self.invoice), 100)
        self.late(self.branch, 1, 40)
        self.join()
        sent = self.send(self.holding)
        theirs = sent.line_ids.filtered(lambda line: line.amount_due == 40)
        self.assertEqual((len(theirs), theirs.step_id.ids), (1, []))
        self.leave()
        self.assertEqual(self.debtor(self.branch).last_contact_date, TODAY)

    def test_what_is_planned_for_both_does_not_leave(self):
        self.join()
        self.plan()
        both = self.pending(self.holding)
        self.leave()
        self.assertEqual((both.state, both.void_reason), ('void', "Branch no longer belongs to Holding"))
        self.plan()
        self.assertEqual(self.pending(self.branch).line_ids.move_line_id, self.item(self.invoice))
        self.assertEqual(self.pending(self.holding).line_ids.move_line_id, self.item(self.own))

    def test_each_company_has_its_own(self):
        other = Ledger(self.env(context={}), "Autre SAS", dunning_scenario_id=self.scenario.id)
        theirs = other.invoice(self.branch.with_env(other.env), 50, TODAY)
        other.run(TODAY)
        hold = self.hold(self.branch, self.invoice)
        self.join()
        self.leave()
        debtors = self.env['leanpay.debtor'].sudo().search([('partner_id', '=', self.branch.id)])
        self.assertEqual(debtors.company_id, self.company | other.company)
        self.assertEqual(hold.debtor_id, debtors.filtered(lambda debtor: debtor.company_id == self.company))
        self.assertEqual(sorted(debtors.mapped('amount_open')), [50, 100])
        self.assertEqual(theirs.dunning_debtor_id.company_id, other.company)
