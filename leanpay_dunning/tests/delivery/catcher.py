import email
import email.policy
import socketserver
import threading
import time


class Catcher:
    """A real SMTP server on a free port of 127.0.0.1 that keeps what it is given, and can be as nasty as the real ones.

    Its behaviour is changed by `script`, which maps a recipient's address (or '*') to one of:

    `refuse`      550 to RCPT TO
    `busy`        451 to RCPT TO
    `closing`     421 to RCPT TO, and the connection ends
    `reject`      554 once the whole message was received, which is thrown away
    `drop`        the connection ends once the whole message was received, which is thrown away: no answer
    `lost`        the connection ends once the message was kept, before the 250
    `slow`        the 250 comes after a moment
    `silent`      no answer once the message was kept, for `patience` seconds
    """

    patience = 3

    def __init__(self):
        self.messages = []  # email.message.EmailMessage, with `envelope_from` and `envelope_to`
        self.script = {}
        self.sessions = 0
        self._server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), _Session)
        self._server.daemon_threads = True
        self._server.catcher = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True)

    def start(self):
        """Listen, in a thread of its own."""
        self._thread.start()
        return self

    def stop(self):
        """Stop listening and free the port."""
        self._server.shutdown()
        self._server.server_close()

    def clear(self):
        """Forget what was received, and behave again."""
        self.messages.clear()
        self.script.clear()
        self.sessions = 0

    def to(self, address):
        """Return the messages that an address received, oldest first."""
        return [message for message in self.messages if address in message.envelope_to]

    def ids(self):
        """Return the Message-ID of every message received, oldest first."""
        return [message['Message-Id'] for message in self.messages]

    def behaviour(self, addresses):
        """Return what the script says of these recipients, '' when they are ordinary ones."""
        return next(filter(None, map(self.script.get, addresses)), self.script.get('*', ''))

    def keep(self, data, sender, recipients):
        """Keep a message as its recipients would read it."""
        message = email.message_from_bytes(data, policy=email.policy.default)
        message.envelope_from, message.envelope_to, message.raw = sender, recipients, data
        self.messages.append(message)


class _Session(socketserver.StreamRequestHandler):
    """One SMTP conversation (RFC 5321, what smtplib uses of it)."""

    timeout = 30
    sender, recipients = '', ()

    def handle(self):
        self.catcher = self.server.catcher
        self.catcher.sessions += 1
        self.sender, self.recipients = '', []
        self._say("220 catcher")
        for line in iter(self.rfile.readline, b''):
            command, _space, argument = line.decode().strip().partition(' ')
            answer = getattr(self, f'_on_{command.lower()}', self._unknown)(argument)
            if answer is None:
                return
            self._say(answer)

    def _say(self, answer):
        self.wfile.write(f"{answer}\r\n".encode())

    def _unknown(self, _argument):
        return "502 not implemented"

    def _on_ehlo(self, _argument):
        return "250 catcher"

    _on_helo = _on_ehlo

    def _on_noop(self, _argument):
        return "250 ok"

    def _on_rset(self, _argument):
        self.sender, self.recipients = '', []
        return "250 ok"

    def _on_quit(self, _argument):
        self._say("221 bye")

    def _on_mail(self, argument):
        self.sender, self.recipients = _address(argument), []
        return "250 ok"

    def _on_rcpt(self, argument):
        address = _address(argument)
        behaviour = self.catcher.behaviour([address])
        if behaviour == 'closing':
            return self._say("421 too many messages, closing")
        refusals = {'refuse': "550 no such user here", 'busy': "451 try again later"}
        if behaviour in refusals:
            return refusals[behaviour]
        self.recipients.append(address)
        return "250 ok"

    def _on_data(self, _argument):
        self._say("354 go on")
        data = b''.join(line[1:] if line.startswith(b'.') else line for line in iter(self.rfile.readline, b'.\r\n'))
        behaviour = self.catcher.behaviour(self.recipients)
        if behaviour == 'reject':
            return "554 message refused"
        if behaviour == 'drop':
            return None
        self.catcher.keep(data, self.sender, self.recipients)
        if behaviour == 'slow':
            time.sleep(0.05)
        if behaviour == 'silent':
            time.sleep(self.catcher.patience)
        return None if behaviour in ('lost', 'silent') else "250 kept"


def _address(argument):
    """Return the address of `FROM:<a@b> SIZE=…` or `TO:<a@b>`."""
    return argument.partition('<')[2].partition('>')[0]
