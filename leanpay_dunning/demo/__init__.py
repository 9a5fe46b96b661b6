from . import (
    leanpay_demo,
    leanpay_demo_company,
    leanpay_demo_customers,
    leanpay_demo_ledger,
    leanpay_demo_special,
    leanpay_demo_history,
)
