"""Papers: the statement of a debtor with many items; for the evidence file see `proving`."""
from .watch import watch


def statement(env):
    """Make the statement of the debtor who has the most items, as a PDF and as a workbook."""
    debtor = env["leanpay.debtor"].search([], order="item_count DESC", limit=1)
    makers, company = env["leanpay.statement"], debtor.company_id
    with watch(env.cr) as seen:
        content = makers._content(debtor, company._dunning_today(), interest=True)
        makers._render(content, ("pdf", "xlsx"))
    return {"lines": sum(len(account.lines) for account, _decimals in content.accounts), "wall": seen.wall}
