import io
from datetime import timedelta

import pypdf
from lxml import html
from reportlab.pdfgen import canvas

from odoo.tests import tagged

from ..common import TODAY
from .common import SmtpCase

IBAN = 'FR7630006000011234567890189'


@tagged('post_install', '-at_install')
class TestMailReceived(SmtpCase):
    """What a customer finds in the mailbox, read from what the SMTP server was given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.partner.bank'].create({'acc_number': IBAN, 'partner_id': cls.company.partner_id.id})
        cls.alpha = cls.ledger.customer("Alpha")
        cls.brown = cls.ledger.customer("Brown & Sons", lang='en_US', email="Accounts <accounts@brown.example>")
        cls.moves = {
            cls.alpha: [cls._invoice(cls.alpha, 1234.5, 4), cls._invoice(cls.alpha, 65.4, 12)],
            cls.brown: [cls._invoice(cls.brown, 2000, 6)]}

    @classmethod
    def _invoice(cls, partner, amount, days_late):
        move = cls.ledger.invoice(partner, amount, TODAY - timedelta(days=days_late))
        cls._pdf(move)
        return move

    @classmethod
    def _pdf(cls, move):
        """Give an invoice the PDF that was sent with it, which says whose it is."""
        buffer = io.BytesIO()
        page = canvas.Canvas(buffer)
        page.drawString(72, 720, f"{move.name} {move.partner_id.name}")
        page.save()
        cls.env['ir.attachment'].create({
            'name': f"{move.name.replace('/', '_')}.pdf", 'raw': buffer.getvalue(), 'mimetype': 'application/pdf',
            'res_model': 'account.move', 'res_id': move.id, 'res_field': 'invoice_pdf_report_file'})
        move.invalidate_recordset()

    # === READING === #

    def _page(self, message):
        return html.fromstring(message.get_body(('html',)).get_content())

    def _words(self, element):
        return ' '.join(' '.join(element.itertext()).replace('\xa0', ' ').replace('\u202f', ' ').split())

    def _text(self, message):
        return self._words(self._page(message))

    def _papers(self, message):
        """Return the text of each PDF attached, by name."""
        return {part.get_filename(): pypdf.PdfReader(io.BytesIO(part.get_content())).pages[0].extract_text()
                for part in message.iter_attachments()}

    # === HEADERS === #

    def test_automatic_headers(self):
        reminder = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        message = self.received('alpha@client.example')
        self.assertEqual(message['Auto-Submitted'], 'auto-generated')
        self.assertEqual(message['X-Auto-Response-Suppress'], 'OOF, AutoReply')
        self.assertEqual(message['Message-Id'], reminder.message_id)
        self.assertIn(f'leanpay-reminder-{reminder.id}@relances.example', reminder.message_id)
        self.assertEqual(message['From'], 'Vendeur SAS <compta@vendeur.example>')
        self.assertEqual(message['To'], 'Alpha <alpha@client.example>')
        self.assertEqual(message['Reply-To'], 'Vendeur SAS <catchall@relances.example>')
        self.assertEqual(message.envelope_from, 'bounce@relances.example')
        self.assertEqual(message.envelope_to, ['alpha@client.example'])
        self.assertIsNone(message['Cc'])
        self.assertIsNone(message['References'], "a first message answers nothing")

    def test_personal_send_is_not_marked_automatic(self):
        reminder = self.plan().filtered(lambda r: r.partner_id == self.alpha)
        reminder.action_send_now()
        message = self.received('alpha@client.example')
        self.assertIsNone(message['Auto-Submitted'])
        self.assertEqual(message['X-Auto-Response-Suppress'], 'OOF, AutoReply')
        self.assertEqual(self.catcher.to('accounts@brown.example'), [], "only what the button was pressed for")

    def test_message_ids_differ_and_cannot_be_guessed(self):
        self.plan_and_deliver()
        ids = self.catcher.ids()
        self.assertEqual(len(set(ids)), 2)
        self.assertNotEqual(*(identifier.split('.')[0] for identifier in ids))

    def test_second_reminder_is_in_the_thread_of_the_first(self):
        first = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        self.days_later(11)
        self.plan_and_deliver()
        message = self.catcher.to('alpha@client.example')[1]
        self.assertIn(first.message_id, message['References'].split())
        self.assertNotEqual(message['Message-Id'], first.message_id)
        foreign = self.reminders(self.brown).filtered('message_id').mapped('message_id')
        self.assertFalse(set(foreign) & set(message['References'].split()))

    def test_reply_to_falls_back_on_the_sender(self):
        self.company.alias_domain_id = False
        self.plan_and_deliver()
        self.assertEqual(self.received('alpha@client.example')['Reply-To'], 'Vendeur SAS <compta@vendeur.example>')

    def test_sender_of_the_settings(self):
        self.company.dunning_email_from = '"Recouvrement" <relance@vendeur.example>'
        self.plan_and_deliver()
        self.assertEqual(
            self.received('alpha@client.example')['From'], 'Recouvrement <relance@vendeur.example>')

    # === TEXT === #

    def test_french(self):
        self.plan_and_deliver()
        message = self.received('alpha@client.example')
        self.assertIn("rappel", message['Subject'])
        self.assertIn("2 factures", message['Subject'].replace('\xa0', ' '))
        page, text = self._page(message), self._text(message)
        self.assertEqual(page.xpath('//table/@lang')[0], 'fr-FR')
        self.assertIn("Madame, Monsieur,", text)
        self.assertIn("1 299,90 €", text, "the total, as French people write it")
        self.assertNotIn("Invoice", text)

    def test_english(self):
        self.plan_and_deliver()
        message = self.received('accounts@brown.example')
        self.assertIn("reminder", message['Subject'])
        self.assertIn("1 invoice", message['Subject'])
        text = self._text(message)
        self.assertEqual(self._page(message).xpath('//table/@lang')[0], 'en-US')
        self.assertIn("2,000.00", text)
        self.assertNotIn("facture", text.lower())
        self.assertEqual(message['To'], 'Brown & Sons <accounts@brown.example>')

    def test_table_adds_up(self):
        self.ledger.payment(self.ledger.items(self.moves[self.alpha][0]), 234.5)
        reminder = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        rows = [self._words(row) for row in self._page(self.received('alpha@client.example')).xpath('//tbody/tr')]
        older, newer = self.moves[self.alpha][1], self.moves[self.alpha][0]
        self.assertEqual(len(rows), 3, "oldest first, then the total")
        self.assertIn(older.name, rows[0])
        self.assertIn("26/02/2026 12 jours de retard 65,40 €", rows[0])
        self.assertIn(newer.name, rows[1])
        self.assertIn("1 000,00 €", rows[1], "the live balance, not the original amount")
        self.assertIn("1 234,50 €", rows[1])
        self.assertIn("1 065,40 €", rows[2])
        self.assertEqual(reminder.amount_total, 1065.4)
        self.assertEqual(sum(reminder.line_ids.mapped('amount_due')), 1065.4)

    def test_ways_to_pay(self):
        self.plan_and_deliver()
        message = self.received('alpha@client.example')
        older = self.moves[self.alpha][1]
        links = self._page(message).xpath('//a/@href')
        self.assertIn(older.get_base_url() + older.get_portal_url(), links)
        self.assertIn(older.access_token, ''.join(links))
        self.assertIn(IBAN, self._text(message).replace(' ', ''))
        foreign = [move.access_token for move in self.moves[self.brown]]
        self.assertFalse(any(token and token in ''.join(links) for token in foreign))

    def test_plain_text_alternative(self):
        self.plan_and_deliver()
        plain = self.received('alpha@client.example').get_body(('plain',)).get_content().replace('\xa0', ' ')
        self.assertIn(self.moves[self.alpha][0].name, plain)
        self.assertIn("1 299,90", plain.replace('\u202f', ' '))

    # === ATTACHMENTS === #

    def test_own_invoices_are_attached_and_nobody_elses(self):
        """OCA/account-financial-tools#559: every message carried the attachments of all of them."""
        self.plan_and_deliver()
        papers = self._papers(self.received('alpha@client.example'))
        self.assertEqual(set(papers), {f"{move.name.replace('/', '_')}.pdf" for move in self.moves[self.alpha]})
        for move in self.moves[self.alpha]:
            self.assertIn(f"{move.name} Alpha", papers[f"{move.name.replace('/', '_')}.pdf"])
        [brown] = self._papers(self.received('accounts@brown.example')).values()
        self.assertIn("Brown & Sons", brown)
        self.assertNotIn("Alpha", brown)

    def test_formal_notice_is_attached_to_its_mail(self):
        self.plan_and_deliver()
        for days in (11, 15, 15):
            self.days_later(days)
            self.plan().action_approve()
            self.deliver()
        notice, mail = self.reminders(self.alpha).filtered(lambda r: r.level == '4').sorted('id')
        self.assertEqual((notice.channel, notice.state, mail.channel, mail.state), ('letter', 'todo', 'email', 'sent'))
        message = self.catcher.to('alpha@client.example')[-1]
        papers = self._papers(message)
        name = f"{notice.letter_number.replace('/', '-')}.pdf"
        self.assertIn(name, papers)
        self.assertIn("Mise en demeure", papers[name].replace('MISE EN DEMEURE', 'Mise en demeure'))
        self.assertIn("Alpha", papers[name])
        self.assertNotIn("Brown", ' '.join(papers.values()))

    # === RECORD === #

    def test_the_debtors_history_keeps_the_mail(self):
        reminder = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        message = reminder.mail_message_id
        self.assertIn(message, reminder.debtor_id.message_ids)
        self.assertEqual(message.message_id, reminder.message_id)
        self.assertEqual(message.attachment_ids, reminder.attachment_ids)
        self.assertNotIn(message, self.debtor(self.brown).message_ids)
        self.assertEqual(message.mail_ids.state, 'sent')

    def test_the_reminder_keeps_what_was_said(self):
        reminder = self.plan_and_deliver().filtered(lambda r: r.partner_id == self.alpha)
        before = (reminder.subject, reminder.body, reminder.amount_total)
        self.ledger.payment(self.ledger.items(self.moves[self.alpha][0]), 1234.5)
        self.scenario.step_ids.mail_template_id.write({'subject': "changed"})
        reminder.invalidate_recordset()
        self.assertEqual((reminder.subject, reminder.body, reminder.amount_total), before)
        self.assertEqual(reminder.sent_date, TODAY)
        self.assertEqual(reminder.address, 'alpha@client.example')

    def test_person_greeted_by_name(self):
        self.env['res.partner'].create({
            'name': "Mme Durand", 'parent_id': self.alpha.id, 'type': 'invoice', 'email': 'durand@alpha.example',
            'lang': 'fr_FR'})
        self.plan_and_deliver()
        message = self.received('durand@alpha.example')
        self.assertEqual(message['To'], 'Mme Durand <durand@alpha.example>')
        self.assertIn("Mme Durand", self._text(message))
        self.assertEqual(self.catcher.to('alpha@client.example'), [])
