"""Papers: an evidence file of many items, with a PDF for each invoice, and a statement of as many."""
import io

from reportlab.pdfgen.canvas import Canvas

from .watch import peak_memory, watch


def evidence_file(env, count):
    """Make the evidence file of `count` items whose invoices have a PDF of two pages and a document each."""
    items = env["account.move.line"].search(
        [("account_id.account_type", "=", "asset_receivable"), ("reconciled", "=", False),
         ("parent_state", "=", "posted"), ("amount_residual", ">", 0)], limit=count)
    env["ir.attachment"].create([
        {"name": f"{name} {item.id}.pdf", "raw": _pdf(f"{name} {item.move_name}"), "res_model": "account.move",
         "res_id": item.move_id.id}
        for item in items for name in ("Invoice", "Delivery note")])
    customer = items[0].partner_id.commercial_partner_id
    env["leanpay.debtor"]._ensure_for(items[0].company_id, customer.ids)
    debtor = env["leanpay.debtor"].search([("partner_id", "=", customer.id)], limit=1)
    env.flush_all()
    env.invalidate_all()
    with watch(env.cr) as seen:
        pdf, bundle = env["leanpay.evidence.file"]._make(debtor, items)
    return {"items": len(items), "wall": seen.wall, "memory": peak_memory(), "queries": seen.queries,
            "kilobytes": (len(pdf.raw) + len(bundle.raw)) // 1024}


def statement(env):
    """Make the statement of the debtor who has the most items, as a PDF and as a workbook."""
    debtor = env["leanpay.debtor"].search([], order="item_count DESC", limit=1)
    makers, company = env["leanpay.statement"], debtor.company_id
    with watch(env.cr) as seen:
        content = makers._content(debtor, company._dunning_today(), interest=True)
        makers._render(content, ("pdf", "xlsx"))
    return {"lines": sum(len(account.lines) for account, _decimals in content.accounts), "wall": seen.wall}


def _pdf(text):
    output = io.BytesIO()
    canvas = Canvas(output)
    for page in (1, 2):
        for line in range(40):
            canvas.drawString(72, 780 - 17 * line, f"{text}, page {page}, line {line}")
        canvas.showPage()
    canvas.save()
    return output.getvalue()
