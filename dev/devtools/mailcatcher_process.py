"""Starts and stops the mail catcher beside another program."""
import socket
import subprocess
import time
from contextlib import contextmanager

from . import config, ports
from .console import Stop


@contextmanager
def running(folder=None):
    """Run the mail catcher on a free port (or LEANPAY_SMTP_PORT) of 127.0.0.1; yields the port."""
    port = ports.wanted("LEANPAY_SMTP_PORT") or config.free_port()
    ports.check_free(port, "LEANPAY_SMTP_PORT", "make run")  # mails must not go to another server
    command = [str(config.python()), "-m", "devtools.mailcatcher", str(port), str(folder or config.MAILS)]
    with open(config.LOGS / "mailcatcher.log", "ab") as log:
        process = subprocess.Popen(command, env=config.odoo_environment(PYTHONPATH=config.ROOT / "dev"),
                                   stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        if not _listens(port) or process.poll() is not None:
            raise Stop(f"The mail catcher did not start on port {port}: choose another one with LEANPAY_SMTP_PORT.")
        yield port
    finally:
        process.terminate()
        process.wait()


def _listens(port, seconds=10):
    """Whether something listens on the port within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
