"""Ports of 127.0.0.1: those that the environment names, and whether they are free."""
import errno
import socket

from . import config
from .console import Stop


def wanted(variable, default=None):
    """The port that an environment variable names; `default` when it names none."""
    text = config.env(variable)
    if text is None:
        return default
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop(f"{variable}={text} is no port: give a number between 1 and 65535, or unset it.")
    return int(text)


def check_free(port, variable, command):
    """Stop when nobody can listen on the port; the sentence tells how to choose another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1 if 1024 <= port < 65535 else 8069
            if error.errno == errno.EADDRINUSE:
                fault = f"Port {port} of 127.0.0.1 is taken: stop what listens there, or"
            else:
                fault = f"Port {port} is not for your account:"
            raise Stop(f"{fault} choose another port with `{variable}={other} {command}`.") from None
