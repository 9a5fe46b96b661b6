"""Tests of the engine. They need no database and run under pytest-odoo as well as under Odoo's own runner."""

from . import profiles
from . import test_purity
from . import test_workdays
