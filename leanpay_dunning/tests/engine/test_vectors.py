"""Every worked example of the law gives what it must, and a wrong one is seen."""

import json
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .vectors import evaluate

VECTORS = json.loads(Path(__file__).with_name('vectors.json').read_text(encoding='utf-8'))


@tagged('post_install', '-at_install')
class TestVectors(BaseCase):

    def test_every_example(self):
        results = list(evaluate(VECTORS))
        self.assertEqual(len(results), 39)
        for name, differences in results:
            with self.subTest(vector=name):
                self.assertEqual(differences, {})

    def test_this_test_sees_a_wrong_figure(self):
        wrong = [
            {**vector, 'expected': {**vector['expected'], 'interest': '1.00'}}
            for vector in VECTORS if vector['id'] == 'FR01']
        [(_name, differences)] = evaluate(wrong)
        self.assertEqual(list(differences), ['interest'])

    def test_an_unknown_question_fails(self):
        [(_name, differences)] = evaluate([{**VECTORS[0], 'expected': {'never_heard_of': 1}}])
        self.assertIn('never_heard_of', differences)
        [(_name, differences)] = evaluate([{**VECTORS[0], 'id': 'XX01'}])
        self.assertIn('error', differences)
