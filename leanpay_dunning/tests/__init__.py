# Odoo's own runner only finds modules that are named test_* here: those of the folders are imported one by one.
from .engine import test_amounts, test_decision, test_promises, test_purity, test_workdays
from .delivery import (
    test_incoming, test_killed, test_mail_received, test_once, test_peers, test_trouble, test_two_workers)
from . import test_demo
from . import test_access, test_call_result, test_preview, test_tour
from . import test_templates
from . import test_queries
from . import test_company, test_conditions, test_debtor, test_entries, test_facts, test_hold, test_letter_archive
from . import test_partner, test_payments_under_way, test_planner, test_recipient, test_runs, test_scenario
