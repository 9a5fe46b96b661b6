from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, groupby

from ..engine.evidence import Head, canonical, chain, clean, digest

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
    _order = 'happened_on DESC, id DESC'
    _rec_name = 'summary'
    # No foreign key to a user, whose deletion would change the entry: the text says who.
    _log_access = False

    chain_id = fields.Many2one('leanpay.evidence.chain', required=True, index=True, ondelete='restrict', readonly=True)
    debtor_id = fields.Many2one(related='chain_id.debtor_id')
    company_id = fields.Many2one(related='chain_id.company_id')
    sequence = fields.Integer(string="Number", required=True, readonly=True)
    happened_on = fields.Datetime(string="When", required=True, readonly=True)
    date = fields.Datetime(string="Recorded On", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    summary = fields.Char(required=True, readonly=True)
    text = fields.Text(required=True, readonly=True, help="Everything that the hash covers, as canonical JSON.")
    attachment_ids = fields.One2many(
        'ir.attachment', 'res_id', string="Files", readonly=True, domain=[('res_model', '=', 'leanpay.evidence')],
        help="What was received, byte for byte: neither changed nor deleted by anybody.")
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
            CREATE OR REPLACE TRIGGER leanpay_evidence_stays_all BEFORE TRUNCATE ON leanpay_evidence
                FOR EACH STATEMENT EXECUTE FUNCTION leanpay_evidence_stays();
            """))

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what does not come from `_append`: a hash is computed here, never given."""
        if not (self.env.su and self.env.context.get('leanpay_evidence_append')):
            raise UserError(self.env._("Evidence is recorded when something is said or received, never by hand."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: evidence stays as it was recorded."""
        if vals:
            raise UserError(self.env._("Evidence cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # a context may pretend an uninstallation; that drops the tables as a whole
    def _unlink_never(self):
        raise UserError(self.env._("Evidence cannot be deleted."))

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, events):
        """Add events to the chains of their debtors, in their order.

        :param events: dicts of debtor (leanpay.debtor), kind, summary, payload (JSON values), and maybe record,
            files (ir.attachment made for this), happened_on (naive UTC datetime), by (login)
        :rtype: leanpay.evidence
        """
        if not events:
            return self.browse()
        debtors = self.env['leanpay.debtor'].union(*(event['debtor'] for event in events))
        # sudo: whoever causes an event need not be allowed to write evidence
        known = self.env['leanpay.evidence.chain'].sudo()._locked_mains(debtors)
        now, ordered, vals_list, heads = fields.Datetime.now(), [], [], []
        for debtor, own in groupby(events, key=lambda event: event['debtor']):
            chain_id, count, head_hash = known[debtor.id]
            texts = [canonical(self._said(event, chain_id, now)) for event in own]
            entries, head = chain(Head(count, head_hash), texts)
            heads.append((chain_id, head.count, head.hash))
            ordered += own
            vals_list += [self._entry_values(*pair, chain_id, now) for pair in zip(own, entries, strict=True)]
        self.env['leanpay.evidence.chain']._grow(heads)
        added = self.sudo().with_context(leanpay_evidence_append=True).create(vals_list).sudo(False)
        self._keep_files(zip(added.ids, ordered, strict=True))
        return added

    def _said(self, event, chain_id, now):
        """Return what the hash of an entry covers: all that is kept of an event."""
        debtor, record = event['debtor'], event.get('record')
        fingerprints = self._fingerprint(event.get('files') or ())
        return {
            'version': 1, 'chain': chain_id, 'debtor': debtor.id, 'customer': debtor.partner_id.name,
            'company': debtor.company_id.name, 'kind': event['kind'], 'summary': event['summary'],
            'happened_on': (event.get('happened_on') or now).isoformat(), 'recorded_on': now.isoformat(),
            'by': event.get('by') or self.env.user.login, 'record': [record._name, record.id] if record else None,
            'files': [[one.id, one.name, fingerprints[one.id]] for one in event.get('files') or ()],
            'payload': event['payload']}

    def _entry_values(self, event, entry, chain_id, now):
        record = event.get('record')
        return {
            'chain_id': chain_id, 'sequence': entry.sequence, 'date': now,
            'happened_on': event.get('happened_on') or now, 'kind': event['kind'],
            'summary': clean(event['summary']), 'text': entry.text, 'previous_hash': entry.previous_hash,
            'hash': entry.hash, 'res_model': record._name if record else False,
            'res_id': record.id if record else False}

    def _keep_files(self, entries):
        """Put files with the entries that hold their hashes: no user may, and nobody moves them again.

        :param entries: pairs of an id of leanpay.evidence and its event
        """
        pairs = [(file.id, entry_id) for entry_id, event in entries for file in event.get('files') or ()]
        if pairs:
            self.env['ir.attachment'].flush_model()
            self.env.cr.execute(SQL(
                """
                UPDATE ir_attachment file SET res_id = kept.entry_id
                  FROM unnest(%s::int[], %s::int[]) AS kept(file_id, entry_id) WHERE file.id = kept.file_id
                """, *map(list, zip(*pairs, strict=True))))
            self.env['ir.attachment'].invalidate_model(['res_id'])

    @api.model
    def _fingerprint(self, attachments):
        """Return {attachment id: SHA-256 of its content} of ir.attachment."""
        return {attachment.id: digest(attachment.raw or b'') for attachment in attachments}
