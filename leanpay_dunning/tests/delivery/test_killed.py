import signal
from collections import Counter

from odoo.tests import tagged

from .scratch import ScratchCase
from .worker import KILL_POINTS

# Where the process dies, and what is known of the message in hand when it does.
BEFORE = ('claimed', 'checked', 'marked')  # nothing was said, everybody knows
INSIDE = ('committed', 'speaking', 'unheard', 'answered', 'recorded')  # nobody knows without asking the server
AFTER = ('between', 'finished')  # said, and noted
ONCE_A_BATCH = ('claimed', 'checked', 'finished')


@tagged('post_install', '-at_install')
class TestKilled(ScratchCase):
    """A process killed between any two states of a delivery, then the job again: never twice, never silently not."""

    def _kill(self, point, at):
        """Plan, deliver until killed there, and deliver again; returns what is known then."""
        self.assertEqual(self.restart(), self.customers)
        answer = self.ask({'do': 'deliver', 'kill': point, 'at': at})
        self.assertEqual(answer, {'signal': signal.SIGKILL}, "it dies where the test says")
        return self.do('again')

    def _assert_once(self, state, at_most):
        """Check that each message left once, or is listed as uncertain."""
        received = Counter(self.catcher.ids())
        self.assertFalse([identifier for identifier, times in received.items() if times > 1])
        states = Counter(reminder[0] for reminder in state['reminders'])
        self.assertLessEqual(states['uncertain'], at_most)
        self.assertEqual(states['sent'] + states['uncertain'], self.customers)
        for reminder_state, message_id, address, passed in state['reminders']:
            self.assertEqual(passed, 1, "the step stays taken")
            copies = len(self.catcher.to(address))
            self.assertIn(copies, (1,) if reminder_state == 'sent' else (0, 1))
            if copies:
                self.assertIn(message_id, received)
        self.assertEqual(state['locks'], 0, "the dead hold nothing")
        self.assertEqual([mail for mail, _id in state['mails'] if mail == 'outgoing'], [],
                         "nothing that Odoo's own queue would send")

    def _assert_stable(self):
        """Check that more passes of both jobs change nothing."""
        before, received = self.do('state'), self.catcher.ids()
        self.do('plan')
        self.assertEqual(self.do('again'), before)
        self.assertEqual(self.catcher.ids(), received)

    def test_points(self):
        """The points cover the states of a delivery."""
        self.assertEqual(set(KILL_POINTS), {*BEFORE, *INSIDE, *AFTER})

    def test_killed_before_anything_is_said(self):
        for point in BEFORE:
            for at in range(1 if point in ONCE_A_BATCH else self.customers):
                with self.subTest(point=point, message=at):
                    self._assert_once(self._kill(point, at), at_most=0)
                    self.assertEqual(len(self.catcher.messages), self.customers)
        self._assert_stable()

    def test_killed_while_speaking(self):
        for point in INSIDE:
            for at in range(self.customers):
                with self.subTest(point=point, message=at):
                    state = self._kill(point, at)
                    self._assert_once(state, at_most=1)
                    self.assertEqual(state['reminders'][at][0], 'uncertain')
                    self.assertEqual(state['attention'], ["Was this reminder sent?"])
                    heard = point in ('unheard', 'answered', 'recorded')
                    self.assertEqual(len(self.catcher.to(state['reminders'][at][2])), int(heard))
        self._assert_stable()

    def test_killed_after_it_is_noted(self):
        for point in AFTER:
            for at in range(1 if point in ONCE_A_BATCH else self.customers):
                with self.subTest(point=point, message=at):
                    self._assert_once(self._kill(point, at), at_most=0)
        self._assert_stable()

    def test_killed_again_and_again(self):
        """Each pass dies at its first message: every message is uncertain at most once, none is sent twice."""
        for _pass in range(self.customers):
            answer = self.ask({'do': 'deliver', 'kill': 'answered', 'at': 0})
            self.assertEqual(answer['signal'], signal.SIGKILL)
        state = self.do('again')
        self.assertEqual([reminder[0] for reminder in state['reminders']], ['uncertain'] * self.customers)
        self.assertEqual(len(set(self.catcher.ids())), len(self.catcher.messages))
        self.assertEqual(len(self.catcher.messages), self.customers)

    def test_two_workers_one_is_killed(self):
        """One uncertain message per worker that dies, whatever the others do."""
        for point in ('committed', 'answered', 'recorded'):
            with self.subTest(point=point):
                self.restart()
                answers = self.ask({'do': 'together', 'jobs': [
                    {'do': 'deliver', 'kill': point, 'at': 0}, {'do': 'deliver'}, {'do': 'deliver'}]})
                self.assertFalse([answer['error'] for answer in answers if 'error' in answer])
                self._assert_once(self.do('again'), at_most=1)
