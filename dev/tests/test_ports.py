"""Ports that the environment names."""
import os
import socket
import unittest
from unittest.mock import patch

from devtools import mailcatcher_process, ports
from devtools.console import Stop


class TestPorts(unittest.TestCase):

    def wanted(self, text):
        with patch.dict(os.environ, LEANPAY_PORT=text):
            return ports.wanted("LEANPAY_PORT", 8069)

    def test_number(self):
        self.assertEqual(self.wanted("9000"), 9000)
        self.assertEqual(self.wanted(""), 8069)
        for text in ("x", "0", "65536", "-1", "80.5"):
            with self.subTest(text), self.assertRaisesRegex(Stop, f"LEANPAY_PORT={text} is no port"):
                self.wanted(text)

    def test_taken_port_tells_how_to_choose_another(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with self.assertRaisesRegex(Stop, rf"Port {port} .* is taken: .*`LEANPAY_PORT=\d+ make run`"):
                ports.check_free(port, "LEANPAY_PORT", "make run")
        ports.check_free(port, "LEANPAY_PORT", "make run")

    def test_mails_never_go_to_another_server(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.enterContext(patch.dict(os.environ, LEANPAY_SMTP_PORT=str(other.getsockname()[1])))
            with self.assertRaisesRegex(Stop, "LEANPAY_SMTP_PORT"), mailcatcher_process.running():
                self.fail("somebody else's server was taken for the mail catcher")
