from . import (
    base_partner_merge,
    leanpay_call_result,
    leanpay_call_result_circuit,
    leanpay_call_result_evidence,
    leanpay_interest_waive,
    leanpay_letter_post,
    leanpay_letter_post_line,
    leanpay_letter_proof,
    leanpay_preview,
    leanpay_preview_line,
    leanpay_promise_make,
    leanpay_statement_wizard,
)
