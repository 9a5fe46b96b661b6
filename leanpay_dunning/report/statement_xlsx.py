"""The statement of account as a workbook: real dates and numbers, filters, totals as formulas."""
import datetime
import io

import xlsxwriter

from .formats import formats_for
from .statement_texts import statement_texts

WIDTHS = (12, 34, 12, 12, 22, 16, 16)


def render_workbook(statement):
    """Return the XLSX of a `report.statement.Statement` as bytes: a sheet per currency, then a summary."""
    output = io.BytesIO()
    # Text is text: what a customer is called never becomes a formula.
    book = xlsxwriter.Workbook(output, {
        'in_memory': True, 'strings_to_formulas': False, 'strings_to_urls': False, 'strings_to_numbers': False})
    book.set_properties({'title': statement.customer, 'author': statement.sender.name})
    texts, totals = statement_texts(statement.lang), []
    for account, decimals in statement.accounts:
        totals.append(_sheet(book, statement, account, decimals, texts))
    _summary(book, statement, totals, texts)
    book.close()
    return output.getvalue()


def _formats(book, decimals):
    number = '#,##0' + ('.' + '0' * decimals if decimals else '')
    return {
        'title': book.add_format({'bold': True, 'font_size': 14}), 'bold': book.add_format({'bold': True}),
        'head': book.add_format({'bold': True, 'bottom': 1, 'text_wrap': True}),
        'date': book.add_format({'num_format': 'yyyy-mm-dd', 'align': 'left'}),
        'number': book.add_format({'num_format': number}),
        'total': book.add_format({'num_format': number, 'bold': True, 'top': 1}),
        'total_label': book.add_format({'bold': True, 'top': 1})}


def _sheet(book, statement, account, decimals, texts):
    """Write one currency; return (currency, sheet name, cell of the balance, ageing cells, decimals)."""
    look, opened = _formats(book, decimals), statement.since is None
    sheet = book.add_worksheet(f"{texts.SHEET} {account.currency}"[:31])
    formats = formats_for(statement.lang, account.currency, decimals)
    sheet.write(0, 0, f"{texts.DOCUMENT_TITLE.format(customer=statement.customer)} – {account.currency}", look['title'])
    sheet.write(1, 0, texts.OPEN.format(date=formats.long_date(statement.date)) if opened else texts.ACTIVITY.format(
        since=formats.long_date(statement.since), date=formats.long_date(statement.date)))
    titles = list(texts.COLUMNS if opened else texts.ACTIVITY_COLUMNS)
    if statement.owners:
        titles.append(texts.OWNER)
    for column, title in enumerate(titles):
        sheet.write(3, column, title, look['head'])
        sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else 30)
    row = 4
    if not opened:
        sheet.write(row, 1, texts.OPENING.format(date=formats.short_date(statement.since)), look['bold'])
        sheet.write_number(row, 6, float(account.opening), look['number'])
        row += 1
    first = row
    for line in account.lines:
        _line(sheet, row, statement, line, texts, look, opened)
        row += 1
    if row > first:
        sheet.autofilter(3, 0, row - 1, len(titles) - 1)
    sheet.freeze_panes(4, 0)
    sheet.write(row, 1, texts.DUE if opened else texts.CLOSING.format(
        date=formats.short_date(statement.date)), look['total_label'])
    cells = f"{first + 1}:{{0}}{max(row, first + 1)}"
    if opened:
        formula, balance = f"=SUM(G{cells.format('G')})", float(account.closing)
        sheet.write_formula(row, 6, formula, look['total'], balance)
    else:
        for column, name in ((4, 'E'), (5, 'F')):
            value = sum(float(abs(line.entry.amount)) for line in account.lines
                        if (line.entry.amount > 0) == (column == 4))
            sheet.write_formula(row, column, f"=SUM({name}{cells.format(name)})", look['total'], value)
        sheet.write_formula(row, 6, f"=G5+E{row + 1}-F{row + 1}", look['total'], float(account.closing))
    return account, sheet.get_name(), f"G{row + 1}", look


def _line(sheet, row, statement, line, texts, look, opened):
    entry = line.entry
    sheet.write_datetime(row, 0, _moment(entry.date), look['date'])
    sheet.write_string(row, 1, entry.reference or entry.label)
    sheet.write_datetime(row, 2, _moment(entry.due), look['date'])
    if opened:
        sheet.write_number(row, 3, line.days_late)
        sheet.write_string(row, 4, texts.STATUSES[line.status])
        sheet.write_number(row, 5, float(entry.amount), look['number'])
    else:
        sheet.write_string(row, 3, texts.STATUSES[line.status])
        sheet.write_number(row, 4 if entry.amount > 0 else 5, float(abs(entry.amount)), look['number'])
    sheet.write_number(row, 6, float(line.balance), look['number'])
    if statement.owners:
        sheet.write_string(row, 7, entry.owner)


def _moment(day):
    return datetime.datetime.combine(day, datetime.time())


def _summary(book, statement, totals, texts):
    sheet = book.add_worksheet(texts.SUMMARY[:31])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, max(len(totals), 1), 18)
    bold = book.add_format({'bold': True, 'bottom': 1})
    sheet.write(0, 0, statement.customer, bold)
    labels = [*texts.AGEING, texts.CREDITS, texts.DUE]
    for row, label in enumerate(labels, 1):
        sheet.write(row, 0, label)
    day = formats_for(statement.lang, 'EUR', 2).short_date(statement.date)
    sheet.write(len(labels) + 1, 0, texts.INTEREST.format(date=day))
    sheet.write(len(labels) + 2, 0, texts.INDEMNITY)
    for column, (account, name, cell, look) in enumerate(totals, 1):
        sheet.write(0, column, account.currency, bold)
        for row, amount in enumerate((*account.ageing, account.credits), 1):
            sheet.write_number(row, column, float(amount), look['number'])
        quoted = name.replace("'", "''")
        sheet.write_formula(len(labels), column, f"='{quoted}'!{cell}", look['total'], float(account.closing))
        sheet.write_number(len(labels) + 1, column, float(account.interest), look['number'])
        sheet.write_number(len(labels) + 2, column, float(account.indemnity), look['number'])
