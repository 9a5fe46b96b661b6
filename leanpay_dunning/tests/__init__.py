# Odoo's own runner only finds modules that are named test_* here: each folder brings its own.
from .delivery import *
from .engine import *
from .report import *
from . import test_access, test_attention, test_blocked, test_by_hand, test_call_result, test_company, test_conditions
from . import test_debtor, test_demo, test_edited_text, test_entries
from . import test_facts, test_hold, test_letter_archive, test_partner, test_payments_under_way, test_planner
from . import test_preview, test_queries, test_recipient, test_runs, test_scenario, test_search_views, test_templates
from . import test_partner_removed, test_tour
