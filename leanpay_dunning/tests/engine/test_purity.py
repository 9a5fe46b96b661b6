import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ... import engine

FOLDER = Path(engine.__file__).parent
CLOCKS = {'now', 'today', 'utcnow', 'fromtimestamp', 'localtime', 'gmtime', 'monotonic', 'perf_counter'}
# Reading the clock, the disk, the network, another process or chance has no place in a function of values.
FORBIDDEN = {'odoo', 'time', 'os', 'pathlib', 'io', 'socket', 'subprocess', 'requests', 'random', 'secrets', 'logging'}


def impurities(tree):
    """Yield (line, what) for each import of something impure and each reading of a clock in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ''] if node.level <= 1 else ['odoo']  # two dots leave the engine
        else:
            names = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                # `window.today(moment)` is told the moment; a clock is read with nothing but a time zone
                if not node.args or ast.unparse(node.func.value).split('.')[-1] in ('date', 'datetime', 'time'):
                    yield node.lineno, ast.unparse(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'open':
                yield node.lineno, ast.unparse(node)
        for name in names:
            if name.split('.')[0] in FORBIDDEN:
                yield node.lineno, name


@tagged('post_install', '-at_install')
class TestPurity(BaseCase):

    def test_engine_is_values_in_values_out(self):
        modules = sorted(FOLDER.rglob('*.py'))
        self.assertIn(FOLDER / 'decision.py', modules)
        for module in modules:
            with self.subTest(module=module.name):
                self.assertEqual(list(impurities(ast.parse(module.read_text()))), [])

    def test_this_test_sees_what_it_looks_for(self):
        for source in (
            'import odoo', 'from odoo import fields', 'import odoo.tools', 'from ..models import const',
            'def f():\n    from odoo.tools import SQL', 'import time', 'date.today()', 'datetime.now()',
            'datetime.now(UTC)', 'datetime.datetime.now(tz)', 'open("x")', 'fields.Date.today()',
        ):
            with self.subTest(source=source):
                self.assertTrue(list(impurities(ast.parse(source))))
        for source in ('from .facts import Item', 'window.today(moment)', 'from datetime import date, time'):
            with self.subTest(source=source):
                self.assertFalse(list(impurities(ast.parse(source))))
