"""What an evidence file says: plain values, no Odoo."""
import datetime
import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ClaimItem:
    """One item of the statement of claim; `segments` are (from, to, days, principal, rate, source, interest)."""

    reference: str
    date_due: datetime.date
    amount: Decimal
    residual: Decimal
    interest: Decimal
    indemnity: Decimal
    limitation: datetime.date | None = None
    segments: tuple[tuple, ...] = ()
    payments: tuple[tuple, ...] = ()  # (date, entry, amount)


@dataclass(frozen=True)
class Exhibit:
    """A file (`content`, shown when it is a PDF or an image) or a text (`lines`), with what it is called."""

    kind: str  # key of LABELS in evidence_texts
    label: str
    name: str = ''  # of the file in the archive
    content: bytes = b''
    lines: tuple[str, ...] = ()

    @property
    def sha256(self):
        """The fingerprint of the file, or of the text as UTF-8."""
        return hashlib.sha256(self.content or '\n'.join(self.lines).encode()).hexdigest()


@dataclass(frozen=True)
class EvidenceFile:
    """One file against one customer, in one currency per statement of claim."""

    company: str
    customer: str
    date: datetime.date
    lang: str
    claims: tuple[tuple[str, int, tuple[ClaimItem, ...]], ...]  # (currency, decimals, items)
    exhibits: tuple[Exhibit, ...]
    chain_id: int = 0
    chain_count: int = 0
    chain_hash: str = ''
    links: tuple[tuple[int, int, str, str, str], ...] = ()  # (chain, number, previous hash, text, hash)
    color: str = ''


def title_of(exhibit, texts):
    """Return what the list of exhibits calls one."""
    return texts.LABELS[exhibit.kind].format(name=exhibit.label)


def file_name(exhibit):
    """Return the name of an exhibit's file, without its number: no path, nothing that a file system refuses."""
    name = exhibit.name or f"{exhibit.label}.txt"
    return re.sub(r'[^\w.() -]+', '-', name).strip(' .')[-120:] or 'file'
