"""The evidence file as its readers get it: pages numbered, hashes true, originals untouched."""

import hashlib
import io
import json
import re
import unittest
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, EncodedStreamObject, NameObject, RectangleObject
from reportlab.pdfgen.canvas import Canvas

from ...engine.evidence import START, Head, chain
from ...report.evidence_file import ClaimItem, EvidenceFile, Exhibit, archive, render
from ...report.evidence_texts import TEXTS


def pdf(*texts):
    """Return a PDF with a page per text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for text in texts:
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def changed(text, change):
    """Return a PDF of one page to which something was done: `change` gets the writer and the page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(text))))
    change(writer, writer.pages[0])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def locked(key="key"):
    return changed("secret", lambda writer, _page: writer.encrypt(key, "owner", algorithm='AES-256'))


def drawn_with(data, filter_name=None):
    """Return a PDF whose page is drawn with these bytes."""
    def change(writer, page):
        stream = EncodedStreamObject() if filter_name else DecodedStreamObject()
        stream._data = data
        if filter_name:
            stream[NameObject('/Filter')] = NameObject(filter_name)
        page[NameObject('/Contents')] = writer._add_object(stream)
    return changed("x", change)


def file_of(*exhibits, **values):
    return replace(FILE, lang='en_US', claims=(), exhibits=exhibits, **values)


def places(content):
    """Return {text: (x, y)} of the numbers of the last page, in points from its origin, wherever it is turned."""
    page, found = PdfReader(io.BytesIO(content)).pages[-1], {}
    last = page['/Contents'][-1].get_object().get_data()
    a, b, c, d, e, f = map(float, re.search(rb'q ((?:-?[\d.]+ ){6})cm /LeanpayNumber Do', last)[1].split())

    def note(text, _outer, inner, _font, _size):
        if text.strip():
            x, y = inner[4], inner[5]
            found[text.strip()] = a * x + c * y + e, b * x + d * y + f
    page.extract_text(visitor_text=note)
    return found


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
     Exhibit('missing', "FAC/9")), 7, 12, 'ab' * 32)


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
        self.assertIn("Aucun PDF n’a été conservé", self.pages[8].replace('\n', ' '))

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
        self.assertEqual(manifest['chain'], {'id': 7, 'entries': 12, 'last_hash': 'ab' * 32})

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


class TestExhibitPages(unittest.TestCase):
    """Whatever an exhibit's file is like, the file is made, its page is numbered, and the original stays."""

    def shown(self, content):
        """Return the text of the last page of a file with one exhibit."""
        made = render(file_of(Exhibit('invoice', "FAC/1", "x.pdf", content)))
        text = PdfReader(io.BytesIO(made)).pages[-1].extract_text()
        self.assertIn("Exhibit 1", text)
        self.assertIn("Page 2 of 2", text)
        return text

    def test_broken_pages_say_so(self):
        for content in (drawn_with(b'this is not compressed', '/FlateDecode'), drawn_with(b'zzz', '/Unknown'),
                        pdf("one", "two")[:700], b'%PDF-1.4', b'%PDF-1.4 ' + b'0' * 5000, b'\xff\xd8\xff broken'):
            with self.subTest(content=content[:30]):
                self.assertIn("unreadable file", self.shown(content))

    def test_password_only_for_changes_is_no_obstacle(self):
        self.assertIn("secret", self.shown(locked("")))
        self.assertIn("protected by a password", self.shown(locked()))

    def test_empty_page(self):
        self.shown(changed("x", lambda _writer, page: page.pop('/Contents')))

    def test_numbers_stand_upright_where_the_page_is_seen(self):
        """Turned pages, pages that begin elsewhere, pages that leave their drawing state open."""
        straight = places(render(file_of(Exhibit('invoice', "FAC/1", "x.pdf", pdf("Original")))))
        x, y = straight["Exhibit 1"]
        self.assertAlmostEqual(x, 20, delta=1)
        self.assertAlmostEqual(y, 841.9 - 16, delta=1)
        expected = {90: (16, 20), 180: (595.3 - 20, 16), 270: (595.3 - 16, 841.9 - 20)}
        for angle, (x, y) in expected.items():
            found = places(render(file_of(Exhibit(
                'invoice', "FAC/1", "x.pdf", changed("Original", lambda _w, page, angle=angle: page.rotate(angle))))))
            with self.subTest(angle=angle):
                self.assertAlmostEqual(found["Exhibit 1"][0], x, delta=1)
                self.assertAlmostEqual(found["Exhibit 1"][1], y, delta=1)

        def crop(_writer, page):
            page.mediabox = page.cropbox = RectangleObject((90, 200, 500, 760))
        x, y = places(render(file_of(Exhibit('invoice', "FAC/1", "x.pdf", changed("Original", crop)))))["Exhibit 1"]
        self.assertAlmostEqual(x, 110, delta=1)
        self.assertAlmostEqual(y, 744, delta=1)
        open_state = drawn_with(b'q 2 0 0 2 50 50 cm q 3 0 0 3 0 0 cm')
        x, y = places(render(file_of(Exhibit('invoice', "FAC/1", "x.pdf", open_state))))["Exhibit 1"]
        self.assertAlmostEqual(x, 20, delta=1)
        self.assertAlmostEqual(y, 841.9 - 16, delta=1)

    def test_what_a_page_is_drawn_with_is_copied_as_it_is(self):
        original = pdf("Original")
        kept = PdfReader(io.BytesIO(original)).pages[0].get_contents().get_data()
        page = PdfReader(io.BytesIO(render(file_of(Exhibit('invoice', "F", "x.pdf", original))))).pages[-1]
        parts = [part.get_object().get_data() for part in page['/Contents']]
        self.assertIn(kept, parts)

    def test_pages_that_share_their_resources(self):
        made = render(file_of(Exhibit('invoice', "F", "x.pdf", pdf("One", "Two", "Three"))))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
        for number, text in enumerate(("One", "Two", "Three"), 2):
            self.assertIn(text, pages[number - 1])
            self.assertIn(f"Page {number} of 4", pages[number - 1])

    def test_bookmarks_lead_to_exhibits(self):
        made = PdfReader(io.BytesIO(render(FILE)))
        ids = [page.indirect_reference.idnum for page in made.pages]
        self.assertEqual([ids.index(one.raw_get('/Page').idnum) + 1 for one in made.outline], [2, 4, 5, 6, 7, 8, 9])


class TestClaim(unittest.TestCase):

    def front(self, item):
        made = render(file_of(lang='fr_FR') if item is None else replace(
            FILE, claims=(('EUR', 2, (item,)),), exhibits=()))
        return PdfReader(io.BytesIO(made)).pages[0].extract_text().replace('\xa0', ' ').replace('\u202f', ' ')

    def test_segments_add_up_to_the_interest(self):
        """What was paid or waived of it is a line of its own: the column adds up."""
        segment = ITEM.segments[0]
        text = self.front(replace(ITEM, interest=Decimal('9.96'), segments=(segment, segment)))
        self.assertIn("-49,96", text)
        self.assertIn("Déjà réglé", text)
        whole = self.front(replace(ITEM, interest=segment[-1]))
        self.assertNotIn("Déjà réglé", whole)
        self.assertIn("12,15", whole)

    def test_every_language_has_every_word(self):
        for lang, texts in TEXTS.items():
            with self.subTest(lang=lang):
                self.assertEqual(vars(texts).keys(), vars(TEXTS['en']).keys())
                self.assertEqual(texts.LABELS.keys(), TEXTS['en'].LABELS.keys())
                self.assertEqual(len(texts.CLAIM_COLUMNS), len(TEXTS['en'].CLAIM_COLUMNS))
                self.assertEqual(len(texts.SEGMENT_COLUMNS), len(TEXTS['en'].SEGMENT_COLUMNS))


class TestArchivedChain(unittest.TestCase):

    def test_anybody_computes_the_chain_again(self):
        entries, head = chain(Head(0, START), ['{"a":"é"}', '{"b":2}'])
        links = tuple((7, one.sequence, one.previous_hash, one.text, one.hash) for one in entries)
        file = file_of(links=links, chain_hash=head.hash, chain_count=2)
        with zipfile.ZipFile(io.BytesIO(archive(file, b'%PDF'))) as bundle:
            told = json.loads(bundle.read('chain.json'))
            self.assertIn(hashlib.sha256(bundle.read('chain.json')).hexdigest(), bundle.read('SHA256SUMS').decode())
        for one in told['entries']:
            text = f"{one['previous_hash']}\n{one['number']}\n{one['text']}"
            self.assertEqual(hashlib.sha256(text.encode()).hexdigest(), one['hash'])
        self.assertEqual(told['entries'][-1]['hash'], head.hash)
