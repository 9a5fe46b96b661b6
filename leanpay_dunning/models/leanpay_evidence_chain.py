from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.evidence import START


class LeanpayEvidenceChain(models.Model):
    """One chain of evidence: how many entries it holds and the hash of the last one, so that a cut end is found.

    A debtor writes to its main chain; those of customers that were merged into it stay beside it, as they were.
    """

    _name = 'leanpay.evidence.chain'
    _description = "Chain of Evidence"
    _order = 'id'
    _log_access = False

    debtor_id = fields.Many2one('leanpay.debtor', required=True, index=True, ondelete='restrict', readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True)
    name = fields.Char(required=True, readonly=True, help="The customer's name when the chain was started.")
    main = fields.Boolean(default=True, readonly=True)
    entry_count = fields.Integer(readonly=True)
    head_hash = fields.Char(readonly=True)
    entry_ids = fields.One2many('leanpay.evidence', 'chain_id', readonly=True)

    _main_unique = models.UniqueIndex("(debtor_id) WHERE main", "A debtor has one main chain of evidence.")

    def write(self, vals):
        """Refuse: a chain only grows, see `leanpay.evidence`."""
        if vals:
            raise UserError(self.env._("The chain of evidence cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)  # a context may pretend an uninstallation; that drops the tables as a whole
    def _unlink_never(self):
        raise UserError(self.env._("The chain of evidence cannot be deleted."))

    def _grow(self, heads):
        """Write how far chains, locked by `_locked_mains`, reach now.

        :param heads: rows of (chain id, entry count, last hash)
        """
        self.env.cr.execute(SQL(
            """
            UPDATE leanpay_evidence_chain chain SET entry_count = head.count, head_hash = head.hash
              FROM unnest(%s::int[], %s::int[], %s::text[]) AS head(id, count, hash) WHERE chain.id = head.id
            """, *map(list, zip(*heads, strict=True))))
        self.invalidate_model(['entry_count', 'head_hash', 'entry_ids'])

    def _move(self, debtor):
        """Keep these chains at the debtor into which theirs was merged, and have its own chain say so.

        :param debtor: leanpay.debtor that stays
        """
        if self:
            self.flush_model()
            self.env.cr.execute(SQL(
                "UPDATE leanpay_evidence_chain SET debtor_id = %s, main = FALSE WHERE id = ANY(%s)",
                debtor.id, self.ids))
            self.invalidate_model()
            self.env['leanpay.evidence']._append([{
                'debtor': debtor, 'kind': 'other', 'record': chain, 'summary': self.env._(
                    "%(customer)s was merged into this customer, with %(count)s entries", customer=chain.name,
                    count=chain.entry_count),
                'payload': {'entries': chain.entry_count, 'last_hash': chain.head_hash}} for chain in self])

    def _locked_mains(self, debtors):
        """Return the main chains of debtors, made where they are missing, locked until the end of the transaction.

        Two transactions that write evidence of one debtor come one after the other.

        :return: {debtor id: (chain id, entry count, head hash)}
        """
        self.flush_model()
        self.env.cr.execute(SQL(
            """
            INSERT INTO leanpay_evidence_chain (debtor_id, company_id, name, main, entry_count, head_hash)
            SELECT debtor.id, debtor.company_id, customer.name, TRUE, 0, %s
              FROM leanpay_debtor debtor JOIN res_partner customer ON customer.id = debtor.partner_id
             WHERE debtor.id = ANY(%s)
                   AND NOT EXISTS (SELECT FROM leanpay_evidence_chain known
                                    WHERE known.debtor_id = debtor.id AND known.main)
          ORDER BY debtor.id
                ON CONFLICT (debtor_id) WHERE main DO NOTHING
            """, START, debtors.ids))
        return {debtor_id: tuple(row) for debtor_id, *row in self.env.execute_query(SQL(
            """
            SELECT debtor_id, id, entry_count, head_hash FROM leanpay_evidence_chain
             WHERE debtor_id = ANY(%s) AND main ORDER BY id FOR UPDATE
            """, debtors.ids))}
