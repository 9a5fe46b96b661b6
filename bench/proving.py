"""The evidence file of a customer with many open items, as its button makes it."""
import io

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo import fields
from odoo.tools import SQL

from .watch import peak_memory, watch


def set_up(env, items):
    """Give one customer this many overdue items with their PDFs, reminders and answers.

    :return: the debtor
    """
    debtor = env["leanpay.debtor"].search([("company_id", "=", env.company.id)], order="id", limit=1)
    lines = env["account.move.line"].search(
        [("account_id.account_type", "=", "asset_receivable"), ("parent_state", "=", "posted"),
         ("reconciled", "=", False), ("amount_currency", ">", 0), ("currency_id", "=", env.company.currency_id.id),
         ("move_id.move_type", "=", "out_invoice"), ("date_maturity", "<", fields.Date.today())], order="id",
        limit=items)
    for table in ("account_move", "account_move_line"):
        env.cr.execute(SQL(
            "UPDATE %s SET partner_id = %s WHERE %s = ANY(%s)", SQL.identifier(table), debtor.partner_id.id,
            SQL.identifier("id" if table == "account_move" else "move_id"), lines.move_id.ids))
    env.cr.execute(SQL(
        "UPDATE account_move SET commercial_partner_id = %s WHERE id = ANY(%s)", debtor.partner_id.id,
        lines.move_id.ids))
    env.invalidate_all()
    logo, moves = _logo(), debtor.item_ids.move_id
    env["ir.attachment"].create([
        {"name": f"{move.id}.pdf", "raw": _pdf(logo, str(move.name)), "res_model": "account.move", "res_id": move.id,
         "res_field": "invoice_pdf_report_file"} for move in moves])
    env["ir.attachment"].create([
        {"name": "delivery.pdf", "raw": _pdf(logo, f"Delivery {move.name}"), "res_model": "account.move",
         "res_id": move.id} for move in lines.move_id[::2]])
    _say(env, debtor, lines)
    env.flush_all()
    env.cr.commit()
    return debtor


def make(env, debtor):
    """Make the evidence file.

    :return: figures, with its pages, exhibits and megabytes
    """
    env.invalidate_all()
    before = peak_memory()
    with watch(env.cr) as figures:
        pdf, bundle = env["leanpay.evidence.file"]._make(debtor)
        env.cr.commit()
    return vars(figures) | {
        "items": len(env["leanpay.evidence.file"]._due(debtor)), "memory": peak_memory(), "memory_before": before,
        "pdf": len(pdf.raw) / 1e6, "zip": len(bundle.raw) / 1e6}


def _say(env, debtor, lines):
    """Record ten reminders of all items, and as many answers."""
    step = env["leanpay.scenario.step"].search([("channel", "=", "email")], limit=1)
    now = fields.Datetime.now()
    for number in range(10):
        reminder = env["leanpay.reminder"].create({
            "company_id": env.company.id, "debtor_id": debtor.id, "partner_id": debtor.partner_id.id,
            "step_id": step.id, "level": step.level, "channel": "email", "date_planned": now,
            "currency_id": env.company.currency_id.id, "subject": f"Relance {number}",
            "body": "<p>Bonjour,</p>" + "<p>Nous vous rappelons ces factures.</p>" * 40,
            "line_ids": [fields.Command.create({"move_line_id": line.id, "amount_due": line.amount_residual})
                         for line in lines]})
        reminder._record_sent(now)
        debtor.message_post(body="<p>Nous payons.</p>" * 20, message_type="email", subject=f"Re {number}",
                            email_from="client@bench.example")


def _logo():
    """A logo that compresses as badly as a photograph."""
    from PIL import Image  # noqa: PLC0415

    return ImageReader(Image.effect_noise((320, 130), 60).convert("RGB"))


def _pdf(logo, title):
    """A PDF of two pages as large as an invoice of Odoo's."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in range(2):
        canvas.drawImage(logo, 40, 740, 120, 48)
        canvas.drawString(50, 720, f"{title} {page + 1}")
        for row in range(45):
            canvas.drawString(50, 700 - row * 14, f"Prestation de conseil {row}, quantité 3, prix {row * 17.5:.2f}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
