import json

from odoo import api, models
from odoo.tools import SQL, groupby

from ..engine.evidence import Entry, Head, digest, holds, verify

BATCH = 200  # chains whose entries are in memory together


class LeanpayEvidence(models.Model):
    """Finds what was done to evidence around Odoo, and says which entry of which chain it is."""

    _inherit = 'leanpay.evidence'

    @api.model
    def _check(self, debtors=None):
        """Return what was tampered with, of some debtors or of all.

        :param debtors: leanpay.debtor; None: all of them, a batch of chains at a time
        :return: {debtor: [one sentence each]} of those whose evidence is not whole
        """
        # sudo: whoever checks evidence checks all of it
        chains = self.env['leanpay.evidence.chain'].sudo()
        found, last = {}, 0
        while True:
            batch = chains.search(
                [('id', '>', last)] + ([('debtor_id', 'in', debtors.ids)] if debtors is not None else []),
                order='id', limit=BATCH)
            for chain, problems in self.sudo()._verify(batch).items():
                found.setdefault(chain.debtor_id, []).extend(problems)
            if len(batch) < BATCH:
                break
            last = batch[-1].id
            self.env.invalidate_all()
        for debtor, problems in self.sudo()._unrecorded(debtors).items():
            found.setdefault(debtor, []).extend(problems)
        return found

    @api.model
    def _verify(self, chains):
        """Return what is wrong with chains, and with the records and files whose hashes they hold.

        :param chains: leanpay.evidence.chain
        :return: {chain: [one sentence each]} of those that are not whole
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT chain_id, sequence, text, previous_hash, hash, kind, summary, happened_on, date, res_model, res_id
              FROM leanpay_evidence WHERE chain_id = ANY(%s) ORDER BY chain_id, sequence
            """, chains.ids))
        entries = {chain_id: [Entry(*row[1:5]) for row in own]
                   for chain_id, own in groupby(rows, key=lambda row: row[0])}
        problems, changed = {}, set()
        for chain in chains:
            findings = verify(entries.get(chain.id, ()), Head(chain.entry_count, chain.head_hash))
            problems[chain.id] = [self._problem(finding) for finding in findings]
            changed |= {(chain.id, finding.sequence) for finding in findings if finding.what == 'changed'}
        said = [(row[0], row[1], json.loads(row[2]), row[5:]) for row in rows if row[:2] not in changed]
        for check in (self._shown_otherwise, self._moved_chains, self._altered_files, self._altered_reminders,
                      self._altered_statements):
            for chain_id, sentences in groupby(check(said), key=lambda pair: pair[0]):
                problems[chain_id] += [sentence for _chain_id, sentence in sentences]
        return {chain: problems[chain.id] for chain in chains if problems[chain.id]}

    # Each of these yields (chain id, sentence) from rows of (chain id, number, what the text says, what columns show).

    def _shown_otherwise(self, said):
        """Find entries that lists show otherwise than their hash covers."""
        labels = {'kind': self.env._("kind"), 'summary': self.env._("summary"), 'happened_on': self.env._("day"),
                  'recorded_on': self.env._("date"), 'record': self.env._("source"), 'chain': self.env._("chain")}
        for chain_id, sequence, values, (kind, summary, happened_on, date, res_model, res_id) in said:
            shown = {'kind': kind, 'summary': summary, 'happened_on': happened_on.isoformat(),
                     'recorded_on': date.isoformat(), 'chain': chain_id,
                     'record': [res_model, res_id] if res_model else None}
            names = [labels[name] for name, value in shown.items() if values.get(name) != value]
            if names:
                yield chain_id, self.env._(
                    "Entry %(number)s is shown otherwise than it was recorded: %(names)s.",
                    number=sequence, names=', '.join(names))

    def _moved_chains(self, said):
        """Find chains that hang on another debtor than they were written for, unless a merge put them there."""
        written_for = {chain_id: values.get('debtor') for chain_id, _sequence, values, _shown in said}
        chains = self.env['leanpay.evidence.chain'].browse(written_for)
        moved = chains.filtered(lambda chain: written_for[chain.id] != chain.debtor_id.id)
        merged = set(self.env.execute_query(SQL(
            """
            SELECT own.debtor_id, entry.res_id FROM leanpay_evidence entry
              JOIN leanpay_evidence_chain own ON own.id = entry.chain_id
             WHERE own.debtor_id = ANY(%s) AND entry.res_model = 'leanpay.evidence.chain' AND entry.res_id = ANY(%s)
            """, moved.debtor_id.ids, moved.ids))) if moved else ()
        for chain in moved:
            if (chain.debtor_id.id, chain.id) not in merged:
                yield chain.id, self.env._("This chain was written for another customer, %s.", chain.name)

    def _altered_files(self, said):
        """Find files that are gone, or are not what came in."""
        listed = [(chain_id, sequence, *file) for chain_id, sequence, values, _shown in said
                  for file in values.get('files') or ()]
        files = self.env['ir.attachment'].browse(file_id for _chain, _number, file_id, *_rest in listed).exists()
        hashes = {}
        for file in files:
            hashes[file.id] = digest(file.raw or b'')
            file.invalidate_recordset(['raw', 'datas'], flush=False)
        for chain_id, sequence, file_id, name, fingerprint in listed:
            if hashes.get(file_id) != fingerprint:
                yield chain_id, self.env._(
                    "The file %(name)s of entry %(number)s is gone or was changed.", name=name, number=sequence)

    def _altered_reminders(self, said):
        """Find reminders that no longer say what they said, or are gone."""
        yield from self.env['leanpay.reminder']._altered_since([
            (chain_id, sequence, values) for chain_id, sequence, values, _shown in said
            if (values.get('record') or [None])[0] == 'leanpay.reminder'])

    def _altered_statements(self, said):
        """Find statements of account that are gone, or are not what was sent."""
        listed = [
            (chain_id, sequence, values['record'][1], values['payload'].get('pdf_sha256'))
            for chain_id, sequence, values, _shown in said
            if (values.get('record') or [None])[0] == 'leanpay.statement']
        known = {one.id: one for one in self.env['leanpay.statement'].browse(row[2] for row in listed).exists()}
        for chain_id, sequence, statement_id, fingerprint in listed:
            statement = known.get(statement_id)
            if not statement or digest(statement.pdf_id.raw or b'') != fingerprint:
                yield chain_id, self.env._("The statement of account of entry %s is gone or was changed.", sequence)

    def _problem(self, finding):
        texts = {
            'changed': self.env._("Entry %s was changed after it was recorded.", finding.sequence),
            'unchained': self.env._("Entry %s does not follow the one before it.", finding.sequence),
            'missing': self.env._("Entry %s is missing.", finding.sequence),
            'cut': self.env._("Entry %s was cut off the end.", finding.sequence),
            'added': self.env._("Entry %s was added outside the chain.", finding.sequence),
            'head': self.env._("The last hash is not the one of entry %s.", finding.sequence),
        }
        return texts[finding.what]

    @api.model
    def _unrecorded(self, debtors=None):
        """Return the messages that left, or came back, and of which there is no evidence: a chain was taken away whole.

        :return: {debtor: [one sentence each]}
        """
        self.env.flush_all()
        found = {}
        for debtor_id, count, first in self.env.execute_query(SQL(
            """
            SELECT reminder.debtor_id, COUNT(*), MIN(reminder.sent_date)
              FROM leanpay_reminder reminder
             WHERE reminder.state IN ('sent', 'bounced') AND reminder.evidence_due IS NOT TRUE
                   AND reminder.channel != 'activity' AND %s
                   AND NOT EXISTS (SELECT FROM leanpay_evidence entry
                                    WHERE entry.res_model = 'leanpay.reminder' AND entry.res_id = reminder.id)
          GROUP BY reminder.debtor_id
            """, SQL("TRUE") if debtors is None else SQL("reminder.debtor_id = ANY(%s)", debtors.ids))):
            found[self.env['leanpay.debtor'].browse(debtor_id)] = [self.env._(
                "%(count)s reminders since %(date)s have no evidence.", count=count, date=first or '?')]
        return found

    @api.model
    def _check_known(self, known):
        """Return which heads, written down in evidence files, are no longer in their chains.

        :param known: [(chain id, entry count, last hash)]
        :return: [one sentence each]
        """
        problems = []
        for chain_id, count, link in known:
            rows = self.env.execute_query(SQL(
                """
                SELECT sequence, text, previous_hash, hash FROM leanpay_evidence
                 WHERE chain_id = %s AND sequence = %s
                """, chain_id, count))
            if not holds([Entry(*row) for row in rows], Head(count, link)):
                problems.append(self.env._(
                    "Entry %(number)s of chain %(chain)s is not the one that the evidence file names.",
                    number=count, chain=chain_id))
        return problems
