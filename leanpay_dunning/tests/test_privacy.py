"""Personal data: what is erased when, and what is told on request."""

import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import TODAY
from .common_models import ModelsCase


@tagged('post_install', '-at_install')
class TestPrivacy(ModelsCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Noted")
        cls.invoice = cls.late(cls.customer, 30)
        cls.noted = cls.ensure(cls.customer)
        cls.noted.write({
            'note': "<p>Ask for Ms Martin</p>", 'profile_id': cls.env['leanpay.payer.profile'].search([], limit=1).id})
        # The database's own clock does not stand still with the test's.
        cls.env.cr.execute(SQL("UPDATE leanpay_debtor SET create_date = %s WHERE id = %s", TODAY, cls.noted.id))

    def purge_after(self, months):
        self.go_to(TODAY + relativedelta(months=months, days=2))
        self.env['leanpay.debtor']._cron_purge()
        return bool(self.noted.note), bool(self.noted.profile_id)

    def test_each_kind_has_its_time(self):
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.assertEqual(self.purge_after(6), (True, True))
        self.assertEqual(self.purge_after(12), (False, True))
        self.assertEqual(self.purge_after(24), (False, False))

    def test_who_still_owes_is_not_erased(self):
        self.assertEqual(self.purge_after(48), (True, True))

    def test_a_reminder_counts_as_well(self):
        self.send(self.customer)
        self.ledger.payment(self.ledger.items(self.invoice), 100, TODAY - timedelta(days=400))
        self.noted.reminder_ids.sudo().sent_date = TODAY + timedelta(days=100)
        self.assertEqual(self.purge_after(12), (True, True))

    def test_zero_keeps_for_ever(self):
        self.company.write({'dunning_note_months': 0, 'dunning_profile_months': 0})
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.assertEqual(self.purge_after(600), (True, True))

    def test_what_was_said_stays(self):
        [reminder] = self.send(self.customer)
        self.env['leanpay.reminder']._record_evidence()
        self.ledger.payment(self.ledger.items(self.invoice), 100)
        self.purge_after(36)
        self.assertTrue(reminder.exists())
        self.assertFalse(self.env['leanpay.evidence']._check(self.noted))

    def test_export_tells_everything(self):
        self.send(self.customer)
        self.env['leanpay.reminder']._record_evidence()
        action = self.noted.action_export_personal_data()
        file = self.env['ir.attachment'].browse(int(action['url'].partition('?')[0].rpartition('/')[2]))
        data = json.loads(file.raw)
        self.assertIn("Ask for Ms Martin", str(data['noted']))
        self.assertEqual((len(data['reminders']), len(data['evidence'])), (1, 1))
        stranger = new_test_user(self.env, 'nosy', 'base.group_user', company_id=self.company.id,
                                 company_ids=[Command.set(self.company.ids)])
        with self.assertRaises(AccessError):
            self.noted.with_user(stranger).action_export_personal_data()
