import re
from datetime import timedelta
from typing import NamedTuple

from lxml import html

from odoo import Command
from odoo.tests import tagged

from ..report.wording import forbidden_words
from .common import TODAY, DunningCase

LANGUAGES = ('fr_FR', 'en_US')
# Letters that a phone reads in its own alphabet, 160 to a message (3GPP TS 23.038); the second line counts double.
GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà"
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
GSM_DOUBLE = set("^{}\\[~]|€")
# What makes a text firm, each heavier than all before it together.
FIRMNESS = {
    'fr_FR': (r"nous vous demandons|par retour|votre réponse", r"dans un délai de|d’adresser|serions contraints",
              r"mise en demeure", r"mettons en demeure"),
    'en_US': (r"we ask you|by return|please pay", r"within (five|eight) days", r"formal notice",
              r"give you formal notice"),
}
TONES = {
    'standard': ('preventive', 'level_1', 'level_2', 'level_3', 'formal_notice'),
    'gentle': ('preventive', 'gentle_1', 'gentle_2', 'gentle_3', 'formal_notice'),
    'firm': ('firm_1', 'firm_2', 'firm_3', 'formal_notice'),
}


def visible_text(source):
    """The words of an HTML text, on one line, without the joiner that Odoo puts behind a minus."""
    return ' '.join(html.fromstring(f'<div>{source}</div>').text_content().replace('\ufeff', '').split())


class Rendered(NamedTuple):
    """One shipped e-mail as one language reads it; `text` is what is seen of `source`."""

    name: str
    lang: str
    reminder: object
    subject: str
    text: str
    source: str


class TemplatesCase(DunningCase):
    """A reminder with two late invoices, one not due yet and a credit, to render every text with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if 'fr_FR' not in dict(cls.env['res.lang'].get_installed()):
            cls.env['res.lang']._activate_lang('fr_FR')
            cls.env['ir.module.module'].search([('name', '=', 'leanpay_dunning')])._update_translations(['fr_FR'])
        cls.company.write({'phone': '+33 4 72 00 00 00', 'vat': 'FR83404833048', 'company_registry': '404833048'})
        cls.env['res.partner.bank'].create({
            'partner_id': cls.company.partner_id.id, 'acc_number': 'FR7630001007941234567890185'})
        cls.collector = cls.env['res.users'].create({
            'name': "Claire Fontaine", 'login': 'claire.templates', 'email': 'claire@vendeur.example',
            'phone': '+33 4 72 00 00 12'})
        cls.partner = cls.ledger.customer("Boulangerie Martin")
        cls.contact = cls.env['res.partner'].create({
            'name': "Sophie <b>Martin</b>", 'parent_id': cls.partner.id, 'type': 'invoice'})
        cls.moves = cls.env['account.move'].union(*(
            cls.ledger.invoice(cls.partner, amount, TODAY - timedelta(days=days))
            for amount, days in ((820, 45), (1234.5, 1), (99.9, -10))))
        cls.env['leanpay.debtor']._ensure_for(cls.company, cls.partner.ids)
        cls.mails = cls.env['mail.template'].search([('model', '=', 'leanpay.reminder')])
        cls.texts = cls.env['sms.template'].search([('model', '=', 'leanpay.reminder')])

    def reminder(self, lang, items=None, **values):
        """Create a reminder of these items (all of them when None), with a credit of 54.40 when there are several."""
        items = self.ledger.items(self.moves) if items is None else items
        lines = [self._line(item) for item in items]
        if len(items) > 1:
            lines.append({'is_credit': True, 'reference': "AV/1", 'date_invoice': TODAY, 'amount_due': -54.4,
                          'amount_total': -54.4, 'amount_residual': -54.4})
        company, currency = self.company, self.company.currency_id
        return self.env['leanpay.reminder'].create({
            'company_id': company.id, 'debtor_id': self.debtor(self.partner).id, 'partner_id': self.partner.id,
            'step_id': self.step(1).id, 'level': '1', 'channel': 'email', 'date_planned': TODAY, 'lang': lang,
            'currency_id': currency.id, 'contact_id': self.contact.id, 'user_id': self.collector.id,
            'amount_total': sum(line['amount_due'] for line in lines),
            'line_ids': [Command.create({'company_id': company.id, 'currency_id': currency.id, **line})
                         for line in lines],
            **values})

    def _line(self, item):
        return {
            'move_line_id': item.id, 'reference': item.move_id.name, 'date_invoice': item.move_id.invoice_date,
            'date_due': item.date_maturity, 'days_late': max(0, (TODAY - item.date_maturity).days),
            'amount_total': item.balance, 'amount_residual': item.balance, 'amount_due': item.balance}

    def rendered(self, template, reminder):
        """Render an e-mail template in its frame; returns (subject, HTML)."""
        subject, body = (template._render_field(name, reminder.ids, compute_lang=True)[reminder.id]
                         for name in ('subject', 'body_html'))
        return subject, reminder._wrap_frame(body)

    def mail(self, name):
        return self.env.ref(f'leanpay_dunning.mail_template_{name}')


@tagged('post_install', '-at_install')
class TestMailTemplates(TemplatesCase):

    def each(self, **values):
        """Render every shipped e-mail in every language; yields :class:`Rendered`."""
        for lang in LANGUAGES:
            reminder = self.reminder(lang, **values)
            for template in self.mails:
                subject, source = self.rendered(template, reminder)
                name = template.get_external_id()[template.id].removeprefix('leanpay_dunning.mail_template_')
                yield Rendered(name, lang, reminder, subject, visible_text(source), source)

    def about(self, mail):
        return self.subTest(template=mail.name, lang=mail.lang)

    def test_all_rendered(self):
        self.assertEqual(len(self.mails), 15)
        for mail in self.each():
            with self.about(mail):
                amount = mail.reminder._fmt_amount(2100)
                self.assertIn(' '.join(amount.split()), mail.text)
                self.assertIn("Vendeur SAS", mail.text)
                self.assertIn("FR83404833048", mail.text)
                self.assertTrue(mail.subject.strip())
                self.assertNotRegex(f'{mail.subject} {mail.source}', r"\{\{|\}\}|\bt-\w+=|</?t[ >]|None|False")

    def test_single_item(self):
        """One invoice is spoken of in the singular."""
        for mail in self.each(items=self.ledger.items(self.moves[0])):
            with self.about(mail):
                self.assertNotRegex(mail.text, r"factures ci-dessous|invoices below|jusqu’à|up to 45")
                self.assertIn(' '.join(mail.reminder._fmt_amount(820).split()), mail.text)

    def test_no_court(self):
        for mail in self.each():
            with self.about(mail):
                self.assertFalse(forbidden_words(f'{mail.subject} {mail.text}'))

    def test_both_languages(self):
        """A French text has no sentence of the English one: nothing was forgotten."""
        reminders = [self.reminder(lang) for lang in LANGUAGES]
        for template in self.mails:
            with self.subTest(template=template.name):
                french, english = (
                    {*self._sentences(template, 'subject', reminder), *self._sentences(template, 'body_html', reminder)}
                    for reminder in reminders)
                self.assertTrue(french and english)
                self.assertFalse(french & english)

    def _sentences(self, template, name, reminder):
        text = visible_text(template._render_field(name, reminder.ids, compute_lang=True)[reminder.id])
        return [part for part in re.split(r'(?<=[.?!,:])\s', text) if re.search(r'[a-z]{3,} [a-z]{2,}', part)]

    def test_same_blocks(self):
        """A translation keeps the table, the ways to pay and the amounts of the original."""
        calls = re.compile(r'object\.\w+(?:\.\w+)*')
        for template in self.mails:
            with self.subTest(template=template.name):
                found = [set(calls.findall(template.with_context(lang=lang).body_html)) for lang in LANGUAGES]
                self.assertEqual(*found)
                self.assertIn('object._items_table', found[0])

    def test_french_typography(self):
        for mail in self.each():
            with self.about(mail):
                if mail.lang == 'fr_FR':
                    words = html.fromstring(f'<div>{mail.source}</div>').text_content()
                    self.assertNotRegex(mail.subject + words, r"\w [:;?!»]|« ", "a line could break there")
                    self.assertNotRegex(mail.text, r"\w'\w")

    def test_escaped(self):
        for mail in self.each():
            with self.about(mail):
                self.assertNotIn("<b>Martin", mail.source)
                if '_greeting' in self.mail(mail.name).body_html:
                    self.assertIn("Sophie <b>Martin</b>,", mail.text)

    def test_tone_grows(self):
        for scenario, names in TONES.items():
            for lang in LANGUAGES:
                reminder = self.reminder(lang)
                texts = [' '.join(self.rendered(self.mail(name), reminder)[1:]) for name in names]
                scores = [self._firmness(lang, visible_text(text)) for text in texts]
                with self.subTest(scenario=scenario, lang=lang, scores=scores):
                    self.assertEqual(scores, sorted(scores))
                    self.assertEqual(len(set(scores[-3:])), 3, "the last three are each firmer than the one before")

    def _firmness(self, lang, text):
        return sum(2 ** rank for rank, words in enumerate(FIRMNESS[lang]) if re.search(words, text, re.IGNORECASE))

    def test_formal_notice_named_late(self):
        """Only the last reminder announces the formal notice, and only it and the notice speak of a court."""
        announcing = {'level_3', 'gentle_3', 'firm_3', 'formal_notice', 'legal'}
        for mail in self.each():
            with self.about(mail):
                words = f'{mail.subject} {mail.text}'
                speaks = re.search(r"mise en demeure|mettons en demeure|formal notice", words, re.IGNORECASE)
                self.assertEqual(bool(speaks), mail.name in announcing)
                if re.search(r"judiciaire|en justice|legal proceedings|court proceedings", mail.text):
                    self.assertIn(mail.name, {'firm_3', 'formal_notice', 'legal'})

    def test_consumer_owes_no_penalty(self):
        words = r"pénalités|indemnité|frais de recouvrement|penalties|recovery costs|40 €|€40"
        items = self.ledger.items(self.moves[0])
        firm = self.rendered(self.mail('firm_2'), self.reminder('fr_FR', items=items))[1]
        self.assertRegex(visible_text(firm), "pénalités de retard")
        self.partner.is_company = False
        for mail in self.each(items=items):
            with self.about(mail):
                self.assertNotRegex(mail.text, words)

    def test_safe_for_mail_clients(self):
        for mail in self.each():
            with self.about(mail):
                self.assertNotRegex(mail.source, r"<(style|script|link|form|svg)\b|class=|position:|flex|javascript:")
                self.assertNotRegex(mail.source, r'(src|href)="/')
                self.assertIn('max-width: 600px', mail.source)

    def test_not_due_yet(self):
        """A reminder whose total holds an item not due yet says so; one whose items are all late does not."""
        words = "comprend 99,90 € non encore échus"
        late = self.ledger.items(self.moves[:2])
        for name in ('level_1', 'level_2', 'level_3', 'gentle_1', 'gentle_2', 'gentle_3', 'firm_1', 'firm_2', 'firm_3',
                     'public_1', 'public_2'):
            with self.subTest(template=name):
                texts = [visible_text(self.rendered(self.mail(name), self.reminder('fr_FR', items=items))[1])
                         for items in (None, late)]
                self.assertIn(words, texts[0])
                self.assertNotIn("non encore échus", texts[1])

    def test_previous_reminders_quoted(self):
        earlier = self.reminder('fr_FR', sent_date=TODAY - timedelta(days=12))
        earlier.with_context(leanpay_rendering=True).write({'state': 'sent'})
        text = visible_text(self.rendered(self.mail('level_2'), self.reminder('fr_FR'))[1])
        self.assertIn("26/02/2026", text)

    def test_frame(self):
        """The frame names the sender, the collector and the legal number under its French name."""
        reminder = self.reminder('fr_FR')
        text = visible_text(reminder._wrap_frame('<p>Bonjour</p>'))
        for word in ("Vendeur SAS", "Claire Fontaine", "+33 4 72 00 00 12", "claire@vendeur.example",
                     "SIREN 404833048", "2 rue du Port, 69001 Lyon"):
            self.assertIn(word, text)
        self.company.company_registry = '404 833 048 00022'
        self.assertIn("SIRET 404 833 048 00022", visible_text(reminder._wrap_frame('')))

    def test_frames_of_a_batch(self):
        """Rendered together, each reminder wears its collector's frame in its own language, around its own text."""
        other = self.collector.copy({'name': "Paul Rivière", 'login': 'paul.templates'})
        [item, *_rest] = self.ledger.items(self.moves)
        reminders = [self.reminder(lang, items=item, user_id=user.id, amount_total=amount)
                     for lang, user, amount in (('fr_FR', self.collector, 11), ('fr_FR', other, 22),
                                                ('en_US', other, 33), ('fr_FR', self.collector, 44))]
        contents = self.env['leanpay.reminder'].union(*reminders)._render_content()
        for reminder in reminders:
            body = contents[reminder.id]['body']
            self.assertEqual(body, reminder._render_content()[reminder.id]['body'])
            self.assertIn(reminder._fmt_amount(reminder.amount_total), body)
            self.assertIn(f'lang="{reminder.lang.replace("_", "-")}"', body)
            for user in (self.collector, other):
                self.assertEqual(user.name in body, user == reminder.user_id)

    def test_items_table(self):
        """Each item has its line and its lateness, the credit is deducted, and the total is the sum."""
        text = visible_text(self.reminder('fr_FR')._items_table())
        for words in ("45 jours de retard", "1 jour de retard", "Pas encore échue", "Avoir à déduire", "-54,40",
                      "Total à régler 2 100,00"):
            self.assertIn(words, text)
        self.assertNotIn("1 jours", text)


@tagged('post_install', '-at_install')
class TestSmsTemplates(TemplatesCase):

    def test_one_message_each(self):
        """Every text fits in one message, in the phones' own alphabet, names the sender and a number to call."""
        self.assertEqual(len(self.texts), 5)
        seen = set()
        for lang in LANGUAGES:
            reminder = self.reminder(lang, channel='sms')
            for template in self.texts:
                with self.subTest(template=template.name, lang=lang):
                    text = template._render_field('body', reminder.ids, compute_lang=True)[reminder.id]
                    self.assertFalse(set(text) - GSM - GSM_DOUBLE)
                    self.assertLessEqual(len(text) + sum(letter in GSM_DOUBLE for letter in text), 160)
                    for words in ("Vendeur SAS", "+33 4 72 00 00 12", reminder._fmt_amount_sms(2100)):
                        self.assertIn(words, text)
                    self.assertFalse(forbidden_words(text))
                    self.assertNotIn('{{', text)
                    seen.add(text)
        self.assertEqual(len(seen), len(self.texts) * len(LANGUAGES), "every level and language has its own words")


@tagged('post_install', '-at_install')
class TestShippedScenarios(TemplatesCase):

    def shipped(self):
        names = ('standard', 'gentle', 'firm', 'public_buyer', 'statement_only')
        return {name: self.env.ref(f'leanpay_dunning.leanpay_scenario_{name}') for name in names}

    def test_for_every_company(self):
        for name, scenario in self.shipped().items():
            with self.subTest(scenario=name):
                self.assertFalse(scenario.company_id)
                self.assertTrue(scenario.description)
                scenario._check_steps()
                scenario.step_ids._check_templates()
                for lang in LANGUAGES:
                    self.assertEqual(len(set(scenario.step_ids.with_context(lang=lang).mapped('name'))),
                                     len(scenario.step_ids))

    def test_standard_days(self):
        steps = self.shipped()['standard'].step_ids.sorted('delay')
        self.assertEqual([(step.delay, step.level) for step in steps], [
            (-5, '0'), (3, '1'), (15, '2'), (30, '3'), (45, '4'), (75, '5')])
        self.assertEqual(steps.filtered(lambda step: step.approval == 'manual').mapped('level'), ['3', '4'])

    def test_formal_notices_wait_for_a_person(self):
        for step in self.env['leanpay.scenario.step'].search([('level', '=', '4')]):
            self.assertEqual((step.approval, step.channel, step.attach_letter), ('manual', 'letter', True), step.name)

    def test_statement_never_climbs(self):
        steps = self.shipped()['statement_only'].step_ids
        self.assertEqual((len(steps), steps.level, steps.attach_statement), (1, '1', True))

    def test_call_scripts_in_both_languages(self):
        steps = self.env['leanpay.scenario.step'].search([
            '|', ('channel', '=', 'phone'), ('also_channel', '=', 'phone'), ('scenario_id.company_id', '=', False)])
        self.assertGreaterEqual(len(steps), 5)
        for step in steps:
            french, english = (visible_text(step.with_context(lang=lang).call_script) for lang in LANGUAGES)
            self.assertIn("Conclure.", french)
            self.assertIn("Close.", english)
            self.assertFalse(forbidden_words(french + english))

    def test_profiles(self):
        profiles = self.env['leanpay.payer.profile'].search([])
        self.assertGreaterEqual(set(profiles.mapped('code')), {
            'negligent', 'bad', 'insolvent', 'administrative', 'litigious', 'automatic', 'good'})
        for profile in profiles:
            self.assertTrue(profile.strategy and profile.scenario_id, profile.name)
            self.assertNotEqual(*(profile.with_context(lang=lang).strategy for lang in LANGUAGES))

    def test_jobs_exist(self):
        for name, model, method in (('ir_cron_plan', 'leanpay.run', '_cron_plan'),
                                    ('ir_cron_deliver', 'leanpay.delivery', '_cron_deliver')):
            cron = self.env.ref(f'leanpay_dunning.{name}')
            self.assertEqual((cron.model_id.model, cron.code, cron.active), (model, f'model.{method}()', True))
            self.assertTrue(callable(getattr(self.env[model], method)))
