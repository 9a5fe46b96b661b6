import time
from collections import Counter

from odoo.tests import tagged

from .scratch import ScratchCase


@tagged('post_install', '-at_install')
class TestTwoWorkers(ScratchCase):
    """Several processes do the same job at the same moment, each with its own connection."""

    customers = 8
    dollars = True  # each customer owes in two currencies: two reminders, one debtor
    reminders = 16

    def _at_once(self, *jobs):
        start = time.time() + 0.3
        return self.together(*({'wait': start, **job} for job in jobs))

    def _assert_each_once(self, state):
        self.assertEqual(Counter(reminder[0] for reminder in state['reminders']), {'sent': self.reminders})
        self.assertEqual(len(self.catcher.messages), self.reminders)
        self.assertEqual(
            sorted(self.catcher.ids()), sorted(reminder[1] for reminder in state['reminders']),
            "each reminder's own message, exactly once")
        for number in range(self.customers):
            self.assertEqual(len(self.catcher.to(f'client{number}@client.example')), 2)
        self.assertEqual(state['locks'], 0)
        self.assertEqual(state['attention'], [])

    # === PLAN === #

    def test_plan_at_once(self):
        """Whoever comes second finds the work done."""
        for _round in range(3):
            self.restart(plan=False)
            planned = self._at_once(*[{'do': 'plan'}] * 3)
            self.assertEqual(sum(planned), self.reminders)
            self.assertEqual(len(self.do('state')['reminders']), self.reminders)

    def test_first_plan_at_once(self):
        """The very first time, the debtors do not exist either."""
        self.restart(plan=False, debtors=True)
        self._at_once(*[{'do': 'plan'}] * 3)
        states = Counter(reminder[0] for reminder in self.do('state')['reminders'])
        self.assertEqual(states['approved'], self.reminders)
        self.do('plan')
        self.assertEqual(len(self.do('state')['reminders']), sum(states.values()))

    def test_a_step_is_deleted_while_it_is_planned(self):
        """Lines have no foreign key to their step: planning marks it, and who deletes it meets a conflict."""
        self.restart(plan=False)
        planned, error = self.together({'do': 'plan'}, {'do': 'delete_step', 'after': 3})
        self.assertEqual((planned, error), (self.reminders, 'SerializationFailure'))

    # === DELIVER === #

    def test_deliver_at_once(self):
        for batch in (1, 3, 40):
            with self.subTest(batch=batch):
                self.restart()
                self._at_once(*[{'do': 'deliver', 'batch': batch}] * 3)
                self._assert_each_once(self.do('again'))

    def test_the_work_is_shared(self):
        """Claims of a few reminders let several processes work side by side."""
        self.restart()
        self._at_once(*[{'do': 'deliver', 'batch': 2, 'pause': 0.2}] * 2)
        self.assertGreaterEqual(self.catcher.sessions, self.reminders // 2)
        self._assert_each_once(self.do('again'))

    def test_plan_and_deliver_at_once(self):
        for _round in range(2):
            self.restart()
            self._at_once({'do': 'deliver', 'batch': 2}, {'do': 'plan'}, {'do': 'deliver', 'batch': 2}, {'do': 'plan'})
            self._assert_each_once(self.do('again'))

    def test_button_and_job_at_once(self):
        """A person sends what the job is just sending."""
        for _round in range(2):
            self.restart()
            self._at_once({'do': 'send_now'}, {'do': 'deliver', 'batch': 2}, {'do': 'send_now'})
            self._assert_each_once(self.do('again'))

    def test_recovery_leaves_the_living_alone(self):
        """A reminder that another process is sending is not taken for one that a crash left behind."""
        self.restart()
        self.catcher.script['*'] = 'slow'
        self._at_once({'do': 'deliver'}, *[{'do': 'deliver', 'wait': time.time() + 0.6 + 0.2 * n} for n in range(3)])
        self._assert_each_once(self.do('again'))

    # === EVENTS DURING A DELIVERY === #

    def _while_delivering(self, job):
        """Do a job between the last look at the balances and the first message; returns the state then."""
        self.restart()
        self._at_once({'do': 'deliver', 'pause': 1.2}, {**job, 'wait': time.time() + 0.9})
        return self.do('again')

    def test_paid_meanwhile(self):
        """Money that comes after the last look stops the message, and only that one."""
        state = self._while_delivering({'do': 'pay', 'email': 'client3@client.example'})
        self.do('unpay')
        mails = self.catcher.to('client3@client.example')
        self.assertEqual(len(mails), 1, "what is owed in the other currency is still asked")
        self.assertIn('USD', mails[0]['Subject'].replace('$', 'USD'))
        self.assertEqual(Counter(r[0] for r in state['reminders']), {'sent': self.reminders - 1, 'void': 1})

    def test_held_meanwhile(self):
        state = self._while_delivering({'do': 'hold', 'email': 'client5@client.example'})
        self.assertEqual(self.catcher.to('client5@client.example'), [])
        self.assertEqual(Counter(r[0] for r in state['reminders']), {'sent': self.reminders - 2, 'void': 2})
