"""State machines: every move that a table does not name is refused."""
from odoo.tests import BaseCase, tagged

from ...engine.dispute import MACHINE as DISPUTE
from ...engine.machine import Machine, RefusedMove
from ...engine.plan import MACHINE as PLAN
from ...engine.promise import MACHINE, MOVES

MACHINES = [MACHINE, DISPUTE, PLAN]


@tagged('post_install', '-at_install')
class TestMachine(BaseCase):

    def test_a_move_of_the_table(self):
        self.assertEqual(Machine('m', {('a', 'go'): 'b'}).after('a', 'go'), 'b')

    def test_a_refused_move_says_what_is_possible(self):
        machine = Machine('m', {('a', 'go'): 'b', ('a', 'stop'): 'c'})
        with self.assertRaises(RefusedMove) as caught:
            machine.after('b', 'go')
        error = caught.exception
        self.assertEqual((error.state, error.move, error.possible), ('b', 'go', ()))
        with self.assertRaises(RefusedMove) as caught:
            machine.after('a', 'back')
        self.assertEqual(caught.exception.possible, ('go', 'stop'))
        self.assertEqual(machine.final, {'b', 'c'})

    def test_each_pair_of_state_and_move(self):
        for machine in MACHINES:
            for state in machine.states:
                for move in {move for _state, move in machine.table}:
                    with self.subTest(machine=machine.name, state=state, move=move):
                        if (state, move) in machine.table:
                            self.assertEqual(machine.after(state, move), machine.table[state, move])
                        else:
                            with self.assertRaises(RefusedMove):
                                machine.after(state, move)

    def test_promises_follow_every_verdict_and_a_cancelled_one_none(self):
        verdicts = set(MOVES)
        for state in verdicts:
            for verdict in verdicts - {state}:
                self.assertEqual(MACHINE.after(state, MOVES[verdict]), verdict)
        self.assertEqual(MACHINE.final, {'cancelled'})
