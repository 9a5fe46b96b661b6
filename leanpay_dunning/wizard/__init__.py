from . import (
    base_partner_merge,
    leanpay_call_result,
    leanpay_interest_waive,
    leanpay_preview,
    leanpay_preview_line,
    leanpay_statement_wizard,
)
