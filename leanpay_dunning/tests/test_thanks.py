from datetime import time, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_models import ModelsCase

DAY = timedelta(days=1)
LOGGER = 'odoo.addons.leanpay_dunning.models.leanpay_thanks'


@tagged('post_install', '-at_install')
class TestThanks(ModelsCase):
    """Who was reminded and has paid is thanked, once, the day after, and nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.dunning_thanks = True
        cls.customer = cls.ledger.customer("Payer")
        cls.first, cls.second = cls.late(cls.customer, 20, 100), cls.late(cls.customer, 15, 60)
        cls.account = cls.ensure(cls.customer)

    def setUp(self):
        super().setUp()
        self.send(self.customer)

    def pay(self, move=None, amount=None, day=TODAY):
        move = move or self.first
        return self.ledger.payment(self.ledger.items(move), amount or move.amount_total, day)

    def thanks(self, move=None):
        return self.env['leanpay.thanks'].search([
            ('company_id', '=', self.company.id), ('item_id', 'in', self.ledger.items(move or self.first).ids)])

    def thank(self, days=1, at=time(10)):
        """Let the scheduled action run some days later, twice; returns the e-mails of thanks."""
        self.go_to(TODAY + days * DAY, at)
        for _again in range(2):
            self.env['leanpay.thanks']._cron_thank()
        return self.mails()

    def mails(self):
        thanked = self.env['leanpay.thanks'].search([('debtor_id', '=', self.account.id), ('mail_id_int', '!=', 0)])
        return self.env['mail.mail'].browse(sorted(set(thanked.mapped('mail_id_int'))))

    # === WHO IS THANKED === #

    def test_the_day_after(self):
        self.pay()
        self.assertRecordValues(self.thanks(), [{
            'state': 'waiting', 'amount': 100, 'settled_on': TODAY, 'reference': self.first.name,
            'debtor_id': self.account.id}])
        self.assertFalse(self.thank(days=0))
        [mail] = self.thank()
        self.assertEqual(mail.email_to, 'payer@client.example')
        self.assertIn(self.first.name, mail.body_html)
        self.assertIn("100,00", mail.body_html)
        self.assertNotIn(self.second.name, mail.body_html)
        self.assertEqual((mail.model, mail.res_id), ('leanpay.debtor', self.account.id))
        self.assertRecordValues(self.thanks(), [{'state': 'sent', 'days_late': 20, 'reason': False}])

    def test_never_twice(self):
        payment = self.pay()
        self.assertEqual(len(self.thank()), 1)
        payment.line_ids.remove_move_reconcile()
        self.assertFalse(self.first.payment_state == 'paid')
        (payment.line_ids.filtered(lambda line: line.account_id == self.ledger.accounts['receivable'])
         | self.ledger.items(self.first)).reconcile()
        self.assertEqual(len(self.thank(days=9)), 1)
        self.assertEqual(len(self.thanks()), 1)

    def test_one_e_mail_a_day_for_all(self):
        self.pay()
        self.pay(self.second)
        third = self.late(self.customer, 12, 30)
        self.send(self.customer)
        [mail] = self.thank()
        for move in (self.first, self.second):
            self.assertIn(move.name, mail.body_html)
        self.assertEqual((self.thanks() | self.thanks(self.second)).mapped('state'), ['sent', 'sent'])
        self.assertFalse(self.thanks(third))

    def test_another_one_the_same_day_waits(self):
        self.pay()
        self.go_to(TODAY + DAY)
        self.env['leanpay.thanks']._cron_thank()
        self.pay(self.second)
        self.thanks(self.second).settled_on = TODAY  # as if it had been paid the day before, too
        self.env['leanpay.thanks']._cron_thank()
        self.assertEqual((len(self.mails()), self.thanks(self.second).state), (1, 'waiting'))
        self.assertEqual(len(self.thank(days=2)), 2)

    def test_several_payments(self):
        self.pay(amount=40)
        self.assertFalse(self.thanks())
        self.pay(amount=60)
        self.assertEqual(len(self.thank()), 1)

    def test_is_evidence(self):
        self.pay()
        self.thank()
        self.account._record_all_evidence()
        [entry] = self.env['leanpay.evidence'].search([
            ('debtor_id', '=', self.account.id), ('res_model', '=', 'leanpay.thanks')])
        self.assertIn(self.first.name, entry.summary)

    # === WHO IS NOT === #

    def test_off(self):
        self.company.dunning_thanks = False
        self.pay()
        self.assertFalse(self.thanks())
        self.company.dunning_thanks = True
        self.pay(self.second)
        self.company.dunning_thanks = False
        self.assertFalse(self.thank())

    def test_never_reminded(self):
        other = self.late(self.customer, 40, 500)
        self.pay(other)
        self.assertFalse(self.thanks(other))

    def test_below_the_level(self):
        self.company.dunning_thanks_level = '2'
        self.pay()
        self.assertFalse(self.thanks())

    def test_too_small_or_too_little_late(self):
        for values in ({'dunning_thanks_amount': 100.01}, {'dunning_thanks_days': 21}):
            with self.subTest(values):
                self.company.write({'dunning_thanks_amount': 0, 'dunning_thanks_days': 1} | values)
                payment = self.pay()
                self.assertFalse(self.thank())
                self.assertEqual(self.thanks().state, 'dropped')
                self.assertIn("not late enough", self.thanks().reason)
                payment.line_ids.remove_move_reconcile()
                self.thanks().unlink()
                self.go_to(TODAY)

    def test_credit_note(self):
        refund = self.ledger.invoice(self.customer, 100, TODAY, kind='out_refund')
        (self.ledger.items(refund) | self.ledger.items(self.first)).reconcile()
        self.assertTrue(self.ledger.items(self.first).reconciled)
        self.assertFalse(self.thank())
        self.assertEqual(self.thanks().state, 'dropped')

    def test_taken_back_before_it_is_said(self):
        payment = self.pay()
        payment.line_ids.remove_move_reconcile()
        self.assertFalse(self.thank())
        self.assertEqual(self.thanks().state, 'waiting')
        self.go_to(TODAY + 3 * DAY)
        self.pay(day=TODAY + 3 * DAY)
        self.assertEqual(self.thanks().settled_on, TODAY + 3 * DAY)
        self.assertFalse(self.thank(days=3))
        self.assertEqual(len(self.thank(days=4)), 1)

    def test_during_a_dispute_or_a_hold(self):
        for items in (self.ledger.items(self.first).ids, []):
            for kind, said in (('insolvency', 0), ('commercial', 0), ('reply', 0)):
                with self.subTest(kind=kind, items=items), self.env.cr.savepoint() as savepoint:
                    hold = self.env['leanpay.hold'].create({
                        'debtor_id': self.account.id, 'kind': kind, 'date_from': TODAY,
                        'item_ids': [Command.set(items)]})
                    self.pay()
                    self.assertEqual(len(self.thank()), said)
                    self.assertEqual(self.thanks().state, 'waiting')
                    hold.action_lift()
                    self.assertEqual(len(self.thank(days=2)), 1)
                    savepoint.rollback()
                    self.env.invalidate_all()
                self.go_to(TODAY)

    def test_promise_that_was_kept(self):
        self.account._promise(self.ledger.items(self.first), TODAY + 5 * DAY)
        self.pay()
        self.assertEqual(self.account.promise_ids.state, 'kept')
        self.assertEqual(len(self.thank()), 1)

    def test_during_a_dispute_that_is_a_record(self):
        dispute = self.account._dispute(self.ledger.items(self.first), 'other')
        self.pay()
        self.assertFalse(self.thank())
        dispute.action_withdraw()
        self.assertEqual(len(self.thank(days=2)), 1)

    def test_too_late_to_be_said(self):
        self.env['leanpay.hold'].create({'debtor_id': self.account.id, 'kind': 'commercial', 'date_from': TODAY})
        self.pay()
        self.assertFalse(self.thank(days=31))
        self.assertEqual(self.thanks().state, 'dropped')

    def test_not_yet_seen_at_the_bank(self):
        self.pay()
        self.first.payment_state = 'in_payment'
        self.assertFalse(self.thank())
        self.first.payment_state = 'paid'
        self.assertEqual(len(self.thank(days=2)), 1)

    def test_excluded_archived_or_without_address(self):
        self.pay()
        for change in (lambda: self.ledger.items(self.first).write({'no_followup': True}),
                       lambda: self.customer.write({'active': False}),
                       lambda: self.customer.write({'email': False})):
            with self.env.cr.savepoint() as savepoint:
                change()
                self.assertFalse(self.thank())
                self.assertEqual(self.thanks().state, 'dropped')
                self.assertFalse(self.activities(self.account), "nobody is asked to repair a courtesy")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_send_window(self):
        self.company.write({'dunning_window_start': 9, 'dunning_window_end': 12})
        self.pay()
        self.assertFalse(self.thank(at=time(6)))
        self.assertEqual(len(self.thank(at=time(10))), 1)

    def test_one_that_fails_stops_no_other(self):
        other = self.ledger.customer("Zoe")
        move = self.late(other, 30, 80)
        self.send(other)
        self.pay()
        self.pay(move)
        debtors, write_to = type(self.account), type(self.account)._write_to

        def broken(this, *args, **options):
            if this == self.account:
                raise ZeroDivisionError("a bug")
            return write_to(this, *args, **options)

        with patch.object(debtors, '_write_to', broken), mute_logger(LOGGER):
            self.assertFalse(self.thank())
        self.assertEqual((self.thanks().state, self.thanks(move).state), ('waiting', 'sent'))
        self.assertEqual(len(self.thank()), 1)

    def test_nobody_writes_it(self):
        self.pay()
        user = self.env['res.users'].create({
            'name': "Manager", 'login': 'thanks_manager', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
            'group_ids': [Command.set(self.env.ref('leanpay_dunning.group_collections_manager').ids)]})
        with self.assertRaises(AccessError):
            self.thanks().with_user(user).write({'state': 'sent'})
        with self.assertRaises(AccessError):
            self.thanks().with_user(user).unlink()
