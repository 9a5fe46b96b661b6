from . import leanpay_call_result, leanpay_preview, leanpay_preview_line
