"""pytest plugin: each process of the suite has its own files, as it has its own database.

pytest-odoo lets the processes share one filestore, while Odoo's tests remove at the end of each class the files that
*their* database does not know: those of the other process, now and then.
"""
import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Give this process a copy, by hard links, of the files of the database that it was copied from."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        yield
        return
    from odoo.tools import config  # noqa: PLC0415  - Odoo is configured by now, not when plugins are loaded

    shared = Path(config.filestore(""))  # patched by pytest-odoo: whatever the name, the original's
    own = shared.with_name(f"{shared.name}-{worker}")
    shutil.rmtree(own, ignore_errors=True)
    if shared.exists():
        shutil.copytree(shared, own, copy_function=os.link)
    config.filestore.return_value = str(own)
    yield
    shutil.rmtree(own, ignore_errors=True)
