"""pytest plugin for tests of the pure engine: runs them without Odoo's registry, database or models.

The add-on's packages above `engine/` and `tests/engine/` are entered in `sys.modules` without running their
`__init__.py`, which would import the models. In the whole suite the same tests run inside Odoo.
"""
import importlib.machinery
import sys
import types

import _pytest.pathlib
import pytest_odoo
from devtools.config import ADDON, ROOT

import odoo  # noqa: F401  the namespace package that the add-on's name hangs on


def _enter(name, folder):
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    module.__file__ = str(folder / "__init__.py")
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = module


_enter("odoo.addons." + ADDON, ROOT / ADDON)
_enter(f"odoo.addons.{ADDON}.tests", ROOT / ADDON / "tests")
_original = _pytest.pathlib.resolve_pkg_root_and_module_name


def _resolve(path, **options):
    """Name of a test module as Odoo would import it."""
    root, name = _original(path, **options)
    return root, f"odoo.addons.{name}" if name.split(".")[0] == ADDON else name


_pytest.pathlib.resolve_pkg_root_and_module_name = _resolve

# Odoo's own TestCase expects Odoo's own runner: what the plugin undoes when it has a database, undo without one.
pytest_odoo.support_subtest()
pytest_odoo.disable_odoo_test_retry()
