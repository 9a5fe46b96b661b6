"""The chain of evidence: whole it verifies, and whatever is done to it is found and located."""

import hashlib
import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine.evidence import START, Finding, Head, canonical, chain, clean, digest, holds, verify

EMPTY = Head(0, START)
texts = st.lists(st.text(max_size=20), min_size=2, max_size=8)


class TestEvidenceChain(unittest.TestCase):

    @given(texts, st.integers(0, 8))
    def test_whole_chain_verifies_however_it_was_written(self, said, cut):
        first, head = chain(EMPTY, said[:cut])
        second, head = chain(head, said[cut:])
        self.assertEqual(verify(first + second, head), [])
        self.assertEqual((first + second, head), chain(EMPTY, said))
        self.assertEqual(verify([*reversed(first + second)], head), [])

    @given(texts, st.data())
    def test_changed_text_is_located(self, said, data):
        entries, head = chain(EMPTY, said)
        index = data.draw(st.integers(0, len(said) - 1))
        entries[index] = entries[index]._replace(text=entries[index].text + 'x')
        self.assertEqual(verify(entries, head), [Finding(index + 1, 'changed')])

    @given(texts, st.data())
    def test_changed_text_and_hash_breaks_the_next_link(self, said, data):
        entries, head = chain(EMPTY, said)
        index = data.draw(st.integers(0, len(said) - 1))
        [forged], _head = chain(
            Head(index, entries[index].previous_hash), [entries[index].text + 'x'])
        entries[index] = forged
        where = Finding(index + 2, 'unchained') if index + 1 < len(said) else Finding(len(said), 'head')
        self.assertEqual(verify(entries, head), [where])

    @given(texts, st.data())
    def test_missing_entry_is_located(self, said, data):
        entries, head = chain(EMPTY, said)
        index = data.draw(st.integers(0, len(said) - 1))
        del entries[index]
        found = verify(entries, head)
        self.assertEqual(found[0], Finding(index + 1, 'cut' if index + 1 == len(said) else 'missing'))

    @given(texts)
    def test_last_entries_gone(self, said):
        entries, head = chain(EMPTY, said)
        self.assertEqual(verify(entries[:-2], head), [Finding(head.count - 1, 'cut'), Finding(head.count, 'cut')])

    @given(texts)
    def test_added_entries(self, said):
        entries, head = chain(EMPTY, said)
        self.assertIn(Finding(1, 'added'), verify([entries[0], *entries], head))
        more, _head = chain(head, ["forged"])
        self.assertEqual(verify(entries + more, head), [Finding(head.count + 1, 'added')])

    @given(texts)
    def test_swapped_entries(self, said):
        entries, head = chain(EMPTY, said)
        swapped = [entries[1]._replace(sequence=1), entries[0]._replace(sequence=2), *entries[2:]]
        self.assertTrue(verify(swapped, head))

    def test_hash_can_be_computed_by_anybody(self):
        [entry], _head = chain(EMPTY, ['{"a":1}'])
        self.assertEqual(entry.hash, hashlib.sha256((START + '\n1\n{"a":1}').encode()).hexdigest())
        self.assertEqual(digest('é'), digest('é'.encode()))

    def test_canonical_text_depends_on_the_values_only(self):
        self.assertEqual(canonical({'b': 1, 'a': "é"}), canonical({'a': "é", 'b': 1}))
        self.assertEqual(canonical({'b': [1, None], 'a': "é"}), '{"a":"é","b":[1,null]}')
        for bad in ({'a': object()}, {'a': float('nan')}):
            with self.assertRaises((TypeError, ValueError)):
                canonical(bad)

    def test_what_cannot_be_encoded_is_replaced(self):
        self.assertEqual(clean({"a\udc80": ["x\0y", ("\ud83d", 1, None)]}), {"a?": ["xy", ["?", 1, None]]})
        digest(canonical({'subject': "half \udce9"}))

    @given(texts, st.data())
    def test_head_written_down_elsewhere_finds_a_chain_written_anew(self, said, data):
        known_count = data.draw(st.integers(1, len(said)))
        _entries, known = chain(EMPTY, said[:known_count])
        entries, _head = chain(EMPTY, said)
        self.assertTrue(holds(entries, known))
        self.assertTrue(holds(entries, EMPTY))
        forged, head = chain(EMPTY, ["other", *said[1:]])
        self.assertEqual(verify(forged, head), [])
        self.assertEqual(holds(forged, known), said[0] == "other")
        self.assertFalse(holds(entries[:known_count - 1], known))
