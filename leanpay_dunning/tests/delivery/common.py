from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.base.models import ir_mail_server

from ..common import DunningCase
from .catcher import Catcher

LOUD = ('odoo.addons.mail.models.mail_mail', 'odoo.addons.leanpay_dunning.models.leanpay_delivery_mail',
        'odoo.addons.leanpay_dunning.models.leanpay_reminder_content')


class SmtpCase(DunningCase):
    """A test whose messages leave over real SMTP, to a server that keeps them: `cls.catcher`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catcher = Catcher().start()
        cls.addClassCleanup(cls.catcher.stop)
        # Odoo sends nothing during tests: this is what the test is about.
        servers = cls.env.registry['ir.mail_server']
        cls.startClassPatcher(patch.object(servers, '_disable_send', classmethod(lambda _cls: False)))
        cls.startClassPatcher(patch.object(ir_mail_server, 'SMTP_TIMEOUT', 1))
        cls.mail_server = cls.ledger.mail_server(cls.catcher.port)
        cls.domain = cls.ledger.alias_domain()

    def setUp(self):
        super().setUp()
        self.catcher.clear()
        quiet = mute_logger(*LOUD)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__)

    def received(self, address):
        """Return the only message that an address received."""
        messages = self.catcher.to(address)
        self.assertEqual(len(messages), 1, f"{address} received {len(messages)} messages")
        return messages[0]
