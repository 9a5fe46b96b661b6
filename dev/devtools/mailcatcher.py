"""A local SMTP server that keeps each message it receives as a file, and sends nothing anywhere.

`python -m devtools.mailcatcher PORT FOLDER`, with Odoo's Python (it has aiosmtpd). Stops when its parent does.
"""
import asyncio
import os
import re
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keeper:
    """Writes messages as `<time>-<number>-<recipient>.eml`; a file appears only once it is complete."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.numbers = count(1)

    async def handle_DATA(self, _server, _session, envelope):
        """Keep one message, with the envelope as its first headers."""
        recipient = re.sub(r"[^\w.@+-]", "_", envelope.rcpt_tos[0])[:80]
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}-{next(self.numbers):05d}-{recipient}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        temporary = self.folder / f".{name}"
        temporary.write_bytes(head.encode() + envelope.content)
        temporary.rename(self.folder / name)
        return "250 Message kept"


async def serve(port, folder):
    """Listen on 127.0.0.1 until the process that started this one is gone."""
    keeper, parent = Keeper(folder), os.getppid()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, enable_SMTPUTF8=True, hostname="localhost"), "127.0.0.1", port)
    async with server:
        while os.getppid() == parent:
            await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
