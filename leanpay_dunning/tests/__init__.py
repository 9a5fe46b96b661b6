# Odoo's own runner only finds modules that are named test_* here: each folder brings its own.
from .delivery import *
from .engine import *
from .report import *
from . import test_access, test_attention, test_bank_account, test_blocked, test_by_hand, test_call_result
from . import test_company, test_conditions, test_debtor, test_demo, test_edited_text, test_entries, test_facts
from . import test_hold, test_interest_regime, test_late_interest, test_letter_archive, test_partner
from . import test_partner_joined, test_partner_left
from . import test_partner_removed, test_payments_under_way, test_planner, test_preview, test_profile_facts
from . import test_profile_suggestion, test_queries, test_recipient, test_runs, test_scenario, test_search_views
from . import test_templates, test_timeline, test_tour
