from odoo.tools import SQL

from .common_models import ModelsCase


class EvidenceCase(ModelsCase):
    """One customer, to whom something is said and who answers, and somebody with the keys of the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Witness")
        cls.late(cls.customer, 30)
        cls.evidence = cls.env['leanpay.evidence']

    def said(self):
        """Send a reminder and record it; returns (reminder, its chain)."""
        [reminder] = self.send(self.customer)
        self.env['leanpay.reminder']._record_evidence()
        return reminder, reminder.debtor_id.chain_ids

    def innocent(self, name):
        """Return a debtor to whom nothing was said."""
        return self.env['leanpay.debtor'].create({'partner_id': self.ledger.customer(name).id})

    def problems(self, chain):
        self.env.invalidate_all()
        return self.evidence._verify(chain).get(chain, [])

    def around_odoo(self, query, *args):
        """Run SQL as somebody does who has the keys of the database."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE leanpay_evidence DISABLE TRIGGER leanpay_evidence_stays")
        self.env.cr.execute(SQL(query, *args))
        self.env.cr.execute("ALTER TABLE leanpay_evidence ENABLE TRIGGER leanpay_evidence_stays")

    def answer(self, *files, record=True):
        """Have the customer answer, with (name, content) of files."""
        debtor = self.debtor(self.customer)
        debtor._answered({
            'subject': "Re: reminder", 'email_from': 'x@client.example', 'body': "<p>We shall pay</p>",
            'message_id': '<1@client>', 'attachments': [(*file, {}) for file in files] or [('proof.pdf', b'PDF')]})
        if record:
            debtor._record_all_evidence()
        return debtor.chain_ids.entry_ids.filtered(lambda one: one.kind == 'reply')

    def three(self):
        reminder, chain = self.said()
        for note in ("one", "two"):
            self.debtor(self.customer)._evidence('other', note, {'note': note})
        self.debtor(self.customer)._record_all_evidence()
        return reminder, chain
