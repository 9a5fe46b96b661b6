import csv
import hashlib
import io
import logging
import re
from datetime import datetime, time

from odoo import models
from odoo.exceptions import UserError

from ..report.address import fold_address
from ..report.errors import LetterError
from .letter_drop import DropError, FolderDrop

_logger = logging.getLogger(__name__)
ROOT = 'leanpay_dunning.letter_root'  # what the server's administrator allows, a configuration parameter
COLUMNS = (
    'ref', 'number', 'registered', 'color', 'pages', 'sha256', *(f'address_{line}' for line in range(1, 7)), 'country')
STATES = ('accepted', 'printed', 'posted', 'delivered', 'returned', 'refused')
PROOF = re.compile(r'^(?P<ref>[\w-]+)_(?P<kind>deposit|receipt)\.pdf$')


class LeanpayLetterProvider(models.Model):
    """A mail house by folder: PDFs and an address file out, status files and proofs in.

    Out, in `outbox`: `<ref>.pdf` for each letter, then `letters-<hash>.csv` with the columns of `COLUMNS`, in UTF-8
    with semicolons. In, in `inbox`: `*.csv` with ref, status (one of `STATES`), date (ISO), tracking, note; and
    `<ref>_deposit.pdf`, `<ref>_receipt.pdf`. A file that was taken in goes to `done`, one with faults to `error` with a
    text that names them.
    """

    _inherit = 'leanpay.letter.provider'

    def _drop(self):
        """Return the folder shared with the mail house.

        :raise UserError: it cannot be used, and what to do
        """
        # sudo: whoever posts letters need not read the server's parameters
        root = self.env['ir.config_parameter'].sudo().get_param(ROOT)
        texts = {
            'no_root': self.env._(
                "Ask the administrator of the server to allow a folder for letters: system parameter %s.", ROOT),
            'outside': self.env._("The folder of %s leaves the one that the administrator allows.", self.name),
            'missing': self.env._("The folder that the administrator allows for letters does not exist: %s.", root),
            'unwritable': self.env._("The folder of %s cannot be written to: check its rights.", self.name),
        }
        try:
            return FolderDrop(root, self.folder)
        except DropError as error:
            raise UserError(texts[str(error)]) from error

    def _ready_mail_house(self):
        self._drop()

    def _send_mail_house(self, reminders):
        """Write the files. They are named after the letters: written again after a crash, they are the same files."""
        drop, rows = self._drop(), []
        for reminder in reminders.sorted('id'):
            content = reminder.letter_id.raw
            ref = reminder._letter_ref()
            drop.put(f'{ref}.pdf', content)
            rows.append(self._row(reminder, ref, content))
            reminder.provider_ref = ref
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, delimiter=';', lineterminator='\r\n')
        writer.writeheader()
        writer.writerows(rows)
        # Last: who finds the list finds the letters.
        digest = hashlib.sha256('\n'.join(row['ref'] for row in rows).encode()).hexdigest()[:16]
        drop.put(f'letters-{digest}.csv', text.getvalue().encode())

    def _row(self, reminder, ref, content):
        try:
            address = fold_address(tuple(self.env['leanpay.letter']._address_lines(reminder)))
        except LetterError as error:
            raise UserError(self.env['leanpay.letter']._error_text(error)) from error
        place = reminder.contact_id or reminder.partner_id
        return {
            'ref': ref, 'number': reminder.letter_number, 'registered': int(self.registered and reminder.level == '4'),
            'color': int(self.color_print), 'pages': reminder._letter_pages(),
            'sha256': hashlib.sha256(content).hexdigest(),
            'country': (place.country_id or reminder.company_id.country_id).code or '',
        } | {f'address_{number}': line for number, line in enumerate(address, 1)}

    def _fetch_mail_house(self):
        """Take in what lies in the inbox. Files are moved once all is committed: a crash has them read again."""
        drop = self._drop()
        for name in drop.list():
            proof = PROOF.match(name)
            if proof:
                faults = self._take_proof(drop.get(name), name, proof['ref'], proof['kind'])
            elif name.lower().endswith('.csv'):
                faults = self._take_statuses(drop.get(name))
            else:
                faults = [self.env._(
                    "Neither a status file (.csv) nor a proof (<ref>_deposit.pdf, <ref>_receipt.pdf).")]
            if faults:
                drop.note(name, '\n'.join(faults))
                self._trouble(f"{name}: {' '.join(faults[:5])}")
            self.env.cr.postcommit.add(lambda name=name, box='error' if faults else 'done': drop.move(name, box))

    def _take_proof(self, content, name, ref, kind):
        reminder = self._reminder(ref)
        if not reminder:
            return [self.env._("No letter of this provider is called %s.", ref)]
        if not content.startswith(b'%PDF'):
            return [self.env._("This proof is not a PDF.")]
        reminder._letter_proof_received(kind, name, content)
        return []

    def _take_statuses(self, content):
        """Take in the lines of a status file; a bad one is named, the good ones count."""
        try:
            text = content.decode('utf-8-sig')
            rows = list(csv.DictReader(io.StringIO(text), delimiter=';' if ';' in text.partition('\n')[0] else ','))
        except (UnicodeDecodeError, csv.Error) as error:
            return [self.env._("The file cannot be read as UTF-8 CSV: %s", error)]
        if not rows or not {'ref', 'status', 'date'} <= set(rows[0]):
            return [self.env._("The file needs the columns ref, status and date, and at least one line.")]
        faults = []
        for number, row in enumerate(rows, 2):
            reminder, status = self._reminder((row['ref'] or '').strip()), (row['status'] or '').strip().lower()
            try:
                day = datetime.combine(datetime.fromisoformat((row['date'] or '').strip()).date(), time(12))
            except ValueError:
                faults.append(self.env._("Line %(line)s: %(date)s is no date.", line=number, date=row['date'] or ''))
                continue
            if not reminder or status not in STATES:
                faults.append(self.env._(
                    "Line %(line)s: unknown letter %(ref)s or status %(status)s.", line=number, ref=row['ref'] or '',
                    status=status))
                continue
            self._status(reminder, status, day, (row.get('tracking') or '').strip(), (row.get('note') or '').strip())
        return faults

    def _reminder(self, ref):
        return self.env['leanpay.reminder'].search([('provider_id', '=', self.id), ('provider_ref', '=', ref)], limit=1)
