"""The archive that goes with an evidence file: its originals, and what proves that they are."""
import hashlib
import io
import json
import zipfile

from .evidence_data import file_name, title_of
from .evidence_texts import texts_for

HOW = ("The hash of an entry is the SHA-256, in hexadecimal, of previous_hash, a line feed, the number, a line feed, "
       "and the text, in UTF-8. The first previous_hash of a chain is 64 zeros.")


def archive(file, pdf):
    """Return a ZIP as bytes: the PDF, the originals byte for byte, a manifest and the hashes for `sha256sum -c`.

    With them the chain of evidence, so that anybody can compute its hashes again.
    """
    texts, entries = texts_for(file.lang), [('evidence.pdf', pdf, None)]
    for number, exhibit in enumerate(file.exhibits, 1):
        content = exhibit.content or '\n'.join(exhibit.lines).encode()
        entries.append((f"exhibits/{number:03d} {file_name(exhibit)}", content, title_of(exhibit, texts)))
    if file.links:
        entries.append(('chain.json', _chain(file), None))
    hashes = [(name, hashlib.sha256(content).hexdigest(), title) for name, content, title in entries]
    manifest = {
        'company': file.company, 'customer': file.customer, 'date': file.date.isoformat(),
        'chain': {'id': file.chain_id, 'entries': file.chain_count, 'last_hash': file.chain_hash},
        'files': [{'name': name, 'sha256': digest, 'title': title} for name, digest, title in hashes]}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        for name, content, _title in entries:
            bundle.writestr(_info(name, file.date), content)
        bundle.writestr(_info('manifest.json', file.date), json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr(
            _info('SHA256SUMS', file.date), ''.join(f"{digest}  {name}\n" for name, digest, _title in hashes))
    return buffer.getvalue()


def _chain(file):
    names = ('chain', 'number', 'previous_hash', 'text', 'hash')
    return json.dumps({'how': HOW, 'entries': [dict(zip(names, link, strict=True)) for link in file.links]},
                      ensure_ascii=False, indent=1).encode()


def _info(name, day):
    info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
