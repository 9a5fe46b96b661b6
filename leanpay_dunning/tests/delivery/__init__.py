"""Proof that messages leave, once, as they should: over real SMTP, with several processes, killed or not."""

from . import test_another_day, test_evidence_together, test_incoming, test_killed, test_last_moment
from . import test_mail_received, test_once
from . import test_peers, test_recognized, test_trouble, test_two_workers, test_uncertain_answered
