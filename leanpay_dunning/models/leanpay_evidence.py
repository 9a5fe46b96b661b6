from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from ..engine.evidence import Entry, Head, canonical, chain, digest, verify

KINDS = [
    ('sent', "Sent"), ('bounced', "Came back"), ('failed', "Failed"), ('uncertain', "Uncertain"),
    ('outcome', "Outcome"), ('reply', "Answer"), ('call', "Call"), ('proof', "Postal proof"), ('waiver', "Waiver"),
    ('promise', "Promise"), ('dispute', "Dispute"), ('plan', "Payment plan"), ('other', "Other")]


class LeanpayEvidence(models.Model):
    """One thing that was said or received, chained to the one before it; nobody changes or deletes it through Odoo.

    The database itself refuses too. Whoever goes around both leaves a chain that no longer verifies.
    """

    _name = 'leanpay.evidence'
    _description = "Evidence"
    _order = 'date DESC, id DESC'
    _rec_name = 'summary'
    # No foreign key to a user, whose deletion would change the entry: the text says who.
    _log_access = False

    chain_id = fields.Many2one('leanpay.evidence.chain', required=True, index=True, ondelete='restrict', readonly=True)
    debtor_id = fields.Many2one(related='chain_id.debtor_id')
    company_id = fields.Many2one(related='chain_id.company_id')
    sequence = fields.Integer(string="Number", required=True, readonly=True)
    date = fields.Datetime(string="Recorded On", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    summary = fields.Char(required=True, readonly=True)
    text = fields.Text(required=True, readonly=True, help="Everything that the hash covers, as canonical JSON.")
    previous_hash = fields.Char(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True, help="SHA-256 of the previous hash, the number and the text.")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', readonly=True, index='btree_not_null')

    _number_unique = models.Constraint('UNIQUE(chain_id, sequence)', "This number of the chain is taken.")

    def init(self):
        """Have the database refuse changes, whoever asks."""
        self.env.cr.execute(SQL(
            """
            CREATE OR REPLACE FUNCTION leanpay_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'Evidence cannot be changed or deleted.';
            END $$;
            CREATE OR REPLACE TRIGGER leanpay_evidence_stays BEFORE UPDATE OR DELETE ON leanpay_evidence
                FOR EACH ROW EXECUTE FUNCTION leanpay_evidence_stays();
            """))

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what does not come from `_append`: a hash is computed here, never given."""
        if not (self.env.su and self.env.context.get('leanpay_evidence_append')):
            raise UserError(self.env._("Evidence is recorded when something is said or received, never by hand."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: evidence stays as it was recorded."""
        raise UserError(self.env._("Evidence cannot be changed."))

    def unlink(self):  # pylint: disable=method-required-super
        """Refuse: evidence stays."""
        if self:
            # Not at uninstall either: the tables go as a whole.
            raise UserError(self.env._(  # pylint: disable=no-raise-unlink
                "Evidence cannot be deleted."))
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, events):
        """Add events to the chains of their debtors, in their order.

        :param events: dicts of debtor (leanpay.debtor), kind, summary, payload (JSON values), and maybe record
        :rtype: leanpay.evidence
        """
        if not events:
            return self.browse()
        debtors = self.env['leanpay.debtor'].union(*(event['debtor'] for event in events))
        # sudo: whoever causes an event need not be allowed to write evidence
        heads = self.env['leanpay.evidence.chain'].sudo()._locked_mains(debtors)
        now, vals_list = fields.Datetime.now(), []
        for debtor, own in groupby(events, key=lambda event: event['debtor']):
            chain_id, count, head_hash = heads[debtor.id]
            texts = [canonical({
                'version': 1, 'kind': event['kind'], 'summary': event['summary'], 'recorded_on': now.isoformat(),
                'recorded_by': self.env.user.login, 'customer': debtor.partner_id.name,
                'payload': event['payload']}) for event in own]
            entries, head = chain(Head(count, head_hash), texts)
            for event, entry in zip(own, entries, strict=True):
                record = event.get('record')
                vals_list.append({
                    'chain_id': chain_id, 'sequence': entry.sequence, 'date': now, 'kind': event['kind'],
                    'summary': event['summary'], 'text': entry.text, 'previous_hash': entry.previous_hash,
                    'hash': entry.hash, 'res_model': record._name if record else False,
                    'res_id': record.id if record else False})
            self.env.cr.execute(SQL(
                "UPDATE leanpay_evidence_chain SET entry_count = %s, head_hash = %s WHERE id = %s",
                head.count, head.hash, chain_id))
        self.env['leanpay.evidence.chain'].invalidate_model(['entry_count', 'head_hash', 'entry_ids'])
        return self.sudo().with_context(leanpay_evidence_append=True).create(vals_list).sudo(False)

    @api.model
    def _verify(self, chains):
        """Return what is wrong with chains, and with the records and files whose hashes they hold.

        :param chains: leanpay.evidence.chain
        :return: {chain: [one sentence each]} of those that are not whole
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            "SELECT chain_id, sequence, text, previous_hash, hash, res_model, res_id FROM leanpay_evidence "
            "WHERE chain_id = ANY(%s)", chains.ids))
        entries, latest = {}, {}
        for chain_id, sequence, text, previous_hash, link, model, res_id in rows:
            entries.setdefault(chain_id, []).append(Entry(sequence, text, previous_hash, link))
            if model == 'leanpay.reminder' and res_id and sequence > latest.get(res_id, (0,))[0]:
                latest[res_id] = sequence, text, chain_id
        altered = self.env['leanpay.reminder']._altered_since(latest)
        found = {}
        for one in chains:
            problems = [self._problem(finding) for finding in verify(
                entries.get(one.id, ()), Head(one.entry_count, one.head_hash))]
            problems += altered.get(one.id, ())
            if problems:
                found[one] = problems
        return found

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
    def _fingerprint(self, attachments):
        """Return {attachment id: SHA-256 of its content} of ir.attachment."""
        return {attachment.id: digest(attachment.raw or b'') for attachment in attachments}
