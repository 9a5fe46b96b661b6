from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, DunningCase

DEBTORS = 4
FEW, MANY = 2, 50  # items of each debtor


@tagged('post_install', '-at_install')
class TestQueries(DunningCase):
    """The number of queries does not follow the number of items: only then do a hundred thousand of them plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A message each, without the letter whose number would be looked up once per letter.
        cls.scenario.step_ids.write({'attach_invoices': False, 'attach_letter': False, 'attach_statement': False})
        cls.batches = [cls.batch(items) for items in (FEW, FEW, MANY)]

    @classmethod
    def batch(cls, items):
        """Make customers with so many late items each; returns their debtors."""
        partners = cls.env['res.partner']
        for number in range(DEBTORS):
            partners += cls.ledger.customer(f"Client{items}{number}")
        for partner in partners:
            move = cls.env['account.move'].create({
                'move_type': 'entry', 'journal_id': cls.ledger.general.id, 'date': TODAY - timedelta(days=40),
                'line_ids': cls.entry_lines(partner, items)})
            move.action_post()
        cls.env['leanpay.debtor']._ensure_for(cls.company, partners.ids)
        return cls.env['leanpay.debtor'].search([('partner_id', 'in', partners.ids)])

    @classmethod
    def entry_lines(cls, partner, items):
        """Return an opening balance of so many items of 100 euros."""
        receivable, income = cls.ledger.accounts['receivable'], cls.ledger.accounts['income']
        lines = [(0, 0, {
            'account_id': receivable.id, 'partner_id': partner.id, 'name': f"Item {number}", 'debit': 100,
            'no_followup': False,  # Odoo's default for plain entries is True
            'date_maturity': TODAY - timedelta(days=5)}) for number in range(items)]
        return [*lines, (0, 0, {'account_id': income.id, 'name': "Opening", 'credit': 100 * items})]

    def count(self, act):
        """Return the queries that `act()` needs from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def reminders_of(self, debtors):
        reminders = debtors.reminder_ids.filtered(lambda reminder: reminder.state == 'approved')
        self.assertEqual(len(reminders), DEBTORS)
        return reminders

    def plan_batch(self, debtors):
        run = self.env['leanpay.run'].create({'company_id': self.company.id, 'date': TODAY})
        return self.count(lambda: self.env['leanpay.planner']._plan_batch(run, debtors.ids))

    def test_planning(self):
        _warm, few, many = [self.plan_batch(debtors) for debtors in self.batches]
        self.assertEqual(many, few, "Planning needs more queries when the debtors have more items.")
        self.assertEqual(
            [len(self.reminders_of(debtors).line_ids) for debtors in self.batches],
            [DEBTORS * FEW, DEBTORS * FEW, DEBTORS * MANY])

    def test_planning_again(self):
        for debtors in self.batches:
            self.plan_batch(debtors)
        _warm, few, many = [self.plan_batch(debtors) for debtors in self.batches]
        self.assertEqual(many, few, "Planning again needs more queries when the debtors have more items.")

    def test_planning_of_more_debtors(self):
        self.plan_batch(self.batches[0])
        one = self.plan_batch(self.batches[1][0])
        several = self.plan_batch(self.batches[2])
        self.assertEqual(several, one, "Planning needs more queries when a batch has more debtors.")

    def test_delivery(self):
        delivery = self.env['leanpay.delivery'].sudo()
        for debtors in self.batches:
            self.plan_batch(debtors)
        batches = [self.reminders_of(debtors).sudo() for debtors in self.batches]
        checks = [self.count(lambda reminders=reminders: delivery._check_again(reminders)) for reminders in batches]
        self.assertEqual(checks[2], checks[1], "Checking again needs more queries when there are more items.")
        prepares = [self.count(lambda reminders=reminders: delivery._prepare(reminders)) for reminders in batches]
        self.assertEqual(prepares[2], prepares[1], "Preparing needs more queries when there are more items.")
        self.assertTrue(all(reminders.mapped('body') and set(reminders.mapped('state')) == {'approved'}
                            for reminders in batches), "Something was not prepared.")
