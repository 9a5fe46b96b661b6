"""Tests of the engine. They need no database and run under pytest-odoo as well as under Odoo's own runner."""

from . import (
    test_amounts,
    test_claim,
    test_deadlines,
    test_decision,
    test_dispute,
    test_evidence,
    test_interest,
    test_machine,
    test_order_hold,
    test_plan,
    test_profiles,
    test_promise,
    test_promises,
    test_purity,
    test_references,
    test_statement,
    test_statement_schedule,
    test_thanks,
    test_vectors,
    test_workdays,
)
