"""Proof that messages leave, once, as they should: over real SMTP, with several processes, killed or not."""

from . import test_incoming, test_killed, test_mail_received, test_once, test_peers, test_trouble, test_two_workers
