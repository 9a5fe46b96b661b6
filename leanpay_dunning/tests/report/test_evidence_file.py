"""The evidence file as its readers get it: pages numbered, hashes true, originals untouched."""

import hashlib
import io
import json
import unittest
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from ...report.evidence_file import ClaimItem, EvidenceFile, Exhibit, archive, render


def pdf(*texts):
    """Return a PDF with a page per text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for text in texts:
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def locked():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("secret"))))
    writer.encrypt("key")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def picture():
    buffer = io.BytesIO()
    Image.new('RGB', (2000, 900), (20, 90, 160)).save(buffer, 'PNG')
    return buffer.getvalue()


ITEM = ClaimItem(
    "FAC/1", date(2026, 1, 31), Decimal(3000), Decimal(2000), Decimal('69.24'), Decimal(40), date(2031, 1, 31),
    ((date(2026, 2, 1), date(2026, 3, 2), 30, Decimal(3000), Decimal('12.15'), "ECB_MRO 2026-01-01 2.15 + 10.00",
      Decimal('29.96')),), ((date(2026, 3, 2), "BNK/7", Decimal(1000)),))
FILE = EvidenceFile(
    "Vendeur SAS", "Client & Fils", date(2026, 3, 10), 'fr_FR', (('EUR', 2, (ITEM,)),),
    (Exhibit('invoice', "FAC/1", "FAC-1.pdf", pdf("First page", "Second page")),
     Exhibit('reminder', "Première relance", lines=("Envoyé le 2026-02-10", "", "Bonjour <b>vous</b>")),
     Exhibit('document', "photo.png", "photo.png", picture()),
     Exhibit('document', "broken.pdf", "broken.pdf", b'%PDF-1.4 nothing'),
     Exhibit('document', "locked.pdf", "locked.pdf", locked()),
     Exhibit('document', "list.xlsx", "list.xlsx", b'PK\x03\x04'),
     Exhibit('missing', "FAC/9")), 12, 'ab' * 32)


class TestEvidenceFile(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pdf = render(FILE)
        cls.pages = [page.extract_text().replace('\xa0', ' ') for page in PdfReader(io.BytesIO(cls.pdf)).pages]

    def test_list_names_the_page_of_each_exhibit(self):
        front = self.pages[0]
        for number, (title, page) in enumerate((
                ("Facture FAC/1", 2), ("Première relance", 4), ("photo.png", 5), ("broken.pdf", 6), ("locked.pdf", 7),
                ("list.xlsx", 8), ("Facture FAC/9 (aucun PDF conservé)", 9)), 1):
            self.assertIn(title, front)
            self.assertIn(f"Pièce n° {number}", self.pages[page - 1])
            self.assertIn(f"Page {page} sur 9", self.pages[page - 1])
        self.assertIn("First page", self.pages[1])
        self.assertIn("Second page", self.pages[2])
        self.assertEqual(len(self.pages), 9)

    def test_claim_is_told_by_segments(self):
        front = self.pages[0]
        for said in ("2 109,24 €", "29,96", "69,24", "31/01/2031", "refinancement", "BNK/7", "1 000,00", "12 entrées"):
            self.assertIn(said, front)

    def test_hashes_are_those_of_the_originals(self):
        front = self.pages[0].replace('\n', '')
        for exhibit in FILE.exhibits[:1]:
            self.assertIn(hashlib.sha256(exhibit.content).hexdigest(), front)

    def test_what_cannot_be_merged_says_so(self):
        self.assertIn("illisible", self.pages[5])
        self.assertIn("mot de passe", self.pages[6])
        self.assertIn("autre format", self.pages[7])

    def test_text_is_no_markup(self):
        self.assertIn("Bonjour <b>vous</b>", self.pages[3])

    def test_archive_has_originals_and_true_hashes(self):
        with zipfile.ZipFile(io.BytesIO(archive(FILE, self.pdf))) as bundle:
            self.assertEqual(bundle.read('exhibits/001 FAC-1.pdf'), FILE.exhibits[0].content)
            self.assertEqual(bundle.read('exhibits/004 broken.pdf'), b'%PDF-1.4 nothing')
            self.assertEqual(bundle.read('evidence.pdf'), self.pdf)
            for line in bundle.read('SHA256SUMS').decode().splitlines():
                digest, _space, name = line.partition('  ')
                self.assertEqual(hashlib.sha256(bundle.read(name)).hexdigest(), digest)
            manifest = json.loads(bundle.read('manifest.json'))
        self.assertEqual(len(manifest['files']), 8)
        self.assertEqual(manifest['chain'], {'entries': 12, 'last_hash': 'ab' * 32})

    def test_same_file_same_bytes(self):
        self.assertEqual(render(FILE), self.pdf)
        self.assertEqual(archive(FILE, self.pdf), archive(FILE, self.pdf))

    def test_names_of_any_script_and_no_exhibit(self):
        text = PdfReader(io.BytesIO(render(replace(
            FILE, customer="株式会社 شركة", exhibits=(), lang='en_US')))).pages[0].extract_text()
        self.assertIn("Vendeur SAS against ????", text)

    def test_names_of_files_do_not_leave_the_archive(self):
        evil = Exhibit('document', "x", "../../etc/passwd", b'x')
        with zipfile.ZipFile(io.BytesIO(archive(replace(FILE, exhibits=(evil,)), b'%PDF'))) as bundle:
            self.assertEqual(bundle.namelist()[1], 'exhibits/001 -..-etc-passwd')
