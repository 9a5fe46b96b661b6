from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import TODAY
from .common import SmtpCase

NEVER_LEAVES = "A reminder never leaves: look why"


@tagged('post_install', '-at_install')
class TestLastMoment(SmtpCase):
    """What is compared once more, just before a message leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha = cls.ledger.customer("Alpha")
        cls.ledger.invoice(cls.alpha, 120, TODAY - timedelta(days=4))

    def test_another_add_on_compares_more(self):
        """It is installed while the server runs: connections stay open, with the statements prepared before."""
        self.plan_and_deliver()
        beta = self.ledger.customer("Beta")
        self.ledger.invoice(beta, 80, TODAY - timedelta(days=4))
        facts = type(self.env['leanpay.facts'])
        compared = facts._fingerprint_sql

        def more(records, accounts):
            return SQL("concat_ws('#', %s, reminder.level)", compared(records, accounts))
        with patch.object(facts, '_fingerprint_sql', more):
            self.plan_and_deliver()
        self.assertEqual(self.reminders(beta).state, 'sent')
        self.received('beta@client.example')

    def refused(self, deliveries):
        """Deliver as if something happened each time just before the message leaves; returns the reminder."""
        facts = type(self.env['leanpay.facts'])
        with patch.object(facts, '_fingerprints', lambda _facts, reminders: dict.fromkeys(reminders.ids, 'before')):
            for _time in range(deliveries):
                self.deliver()
        return self.reminders(self.alpha)

    def test_changed_now_and_then(self):
        """Nobody is bothered: the next delivery looks at it again, and counts anew."""
        self.plan()
        reminder = self.refused(2)
        self.assertEqual((reminder.state, reminder.error, reminder.late_changes), ('approved', False, 2))
        self.assertEqual(self.activities(self.debtor(self.alpha)), [])
        self.deliver()
        self.assertEqual((reminder.state, reminder.late_changes), ('sent', 0))

    def test_changed_each_time(self):
        self.plan()
        reminder = self.refused(5)
        self.assertEqual(reminder.state, 'approved')
        self.assertIn("did not leave", reminder.error)
        self.assertEqual(self.activities(self.debtor(self.alpha)), [NEVER_LEAVES], "said once")
        self.assertEqual(self.catcher.messages, [])
        self.deliver()
        self.assertEqual((reminder.state, reminder.error), ('sent', False))
        self.received('alpha@client.example')
