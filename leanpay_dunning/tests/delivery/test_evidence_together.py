from odoo.tests import tagged

from .scratch import ScratchCase


@tagged('post_install', '-at_install')
class TestEvidenceTogether(ScratchCase):
    """Several processes write evidence of the same debtors at the same moment."""

    customers = 3

    def test_every_entry_is_chained_whoever_comes_first(self):
        jobs = [{'do': 'witness', 'name': name, 'times': 15} for name in ("one", "two", "three")]
        self.together(*jobs)
        found = self.do('chains')
        self.assertEqual(found['problems'], 0)
        self.assertEqual(found['counts'], [45] * self.customers)
