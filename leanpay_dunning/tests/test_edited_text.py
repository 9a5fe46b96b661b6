from odoo.tests import Form, tagged
from odoo.tools.mail import html_normalize

from odoo.addons.mail.tests.common import mail_new_test_user

from ..models.safe_html import safe_mail_html
from .common import TODAY
from .common_models import ModelsCase

ATTACKS = (
    '<script>alert(1)</script>', '<img src="x" onerror="alert(1)">', '<a href="javascript:alert(1)">k</a>',
    '<a href="java&#10;script:alert(1)">k</a>', '<a href="data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;">d</a>',
    '<svg onload="alert(1)"></svg>', '<svg><script>alert(1)</script></svg>', '<iframe src="//evil.example"></iframe>',
    '<object data="//evil.example"></object>', '<math><a xlink:href="javascript:alert(1)">x</a></math>',
    '<td style="background-image:url(javascript:alert(1))">x</td>', '<p style="width: expression(alert(1))">e</p>',
    '<form action="//evil.example"><input name="p"><button formaction="javascript:alert(1)">b</button></form>',
    '<details ontoggle=alert(1) open>q</details>', '<!--[if mso]><script>alert(1)</script><![endif]-->',
    '<meta http-equiv="refresh" content="0;//evil.example">', '<base href="//evil.example">',
    '<div srcdoc="<script>alert(1)</script>" t-out="alert(1)">x</div>', '<style>@import "//evil.example";</style>',
)
FORBIDDEN = ('alert', 'script', 'evil.example', 'onerror', 'onload', 'ontoggle', 'iframe', '<form', 't-out', 'srcdoc')


@tagged('post_install', '-at_install')
class TestEditedText(ModelsCase):
    """What people write in a message runs nothing in a colleague's browser, and keeps the mail's layout."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.ledger.customer("Edited")
        cls.late(cls.customer, 20)
        cls.step(1).approval = 'manual'
        cls.ledger.run(TODAY)
        cls.collector = mail_new_test_user(
            cls.env, login='collector@edited.example', groups='leanpay_dunning.group_collections_user',
            company_id=cls.company.id, company_ids=cls.company.ids)
        cls.reminder = cls.env['leanpay.reminder'].search([('partner_id', '=', cls.customer.id)])
        cls.theirs = cls.reminder.with_user(cls.collector).with_context(allowed_company_ids=cls.company.ids)

    def check_harmless(self, html, attack):
        for word in FORBIDDEN:
            self.assertNotIn(word, str(html).lower(), attack)

    def test_attacks_are_taken_out(self):
        for attack in ATTACKS:
            with self.subTest(attack=attack):
                self.theirs.write({'body': f'<p>Bonjour</p>{attack}<p>Merci</p>'})
                self.check_harmless(self.reminder.body, attack)
                self.check_harmless(self.reminder.preview_html, attack)
                self.assertIn('Bonjour', self.reminder.body)
                self.assertIn('Merci', self.reminder.body)

    def test_the_context_of_a_client_changes_nothing(self):
        self.theirs.with_context(leanpay_rendering=True).write({'body': ATTACKS[0] + '<p>x</p>'})
        self.check_harmless(self.reminder.body, ATTACKS[0])

    def test_rights_of_the_system_change_nothing(self):
        """Only our own rendering is taken as it is."""
        self.reminder.sudo().write({'body': ATTACKS[1] + '<p>x</p>'})
        self.check_harmless(self.reminder.body, ATTACKS[1])

    def test_our_own_mail_stays_as_it_is(self):
        body = self.reminder._render_content()[self.reminder.id]['body']
        for html in (body, self.reminder._wrap_frame(body)):
            self.assertIn('bgcolor', html)
            self.assertIn('style="', html)
            self.assertEqual(safe_mail_html(html), html_normalize(html))
            self.assertEqual(safe_mail_html(safe_mail_html(html)), safe_mail_html(html))

    def test_dialog_shows_and_keeps_the_layout(self):
        action = self.theirs.action_edit_text()
        before = str(self.reminder.body)
        view = self.env['ir.ui.view'].browse(action['views'][0][0])
        with Form(self.theirs, view=view) as form:
            self.assertEqual(str(form.body), before)
            form.body = before.replace('Madame, Monsieur', 'Cher client') + '<img src="x" onerror="alert(1)">'
        self.check_harmless(self.reminder.body, 'onerror')
        self.assertIn('Cher client', self.reminder.body)
        for kept in ('<table', 'bgcolor=', 'role="presentation"', 'cellpadding=', 'style="'):
            self.assertEqual(self.reminder.body.count(kept), before.count(kept), kept)

    def test_empty_text(self):
        self.theirs.write({'body': False})
        self.assertFalse(self.reminder.body)
        self.theirs.write({'body': '<script>alert(1)</script>'})
        self.check_harmless(self.reminder.body, 'script alone')
