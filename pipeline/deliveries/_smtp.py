"""One mail to one server (RFC 5321), in a thread, and what the server says for each recipient."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.deliveries._words import said


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and who we are there."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: str
    hello: str
    """The name that we say."""


@dataclass(slots=True)
class Envelope:
    """A mail on its way: what became of it for each recipient."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    taken: str | None = None
    """The server's word when it took the mail, for those that are in neither of the others."""
    later: dict[str, str] = field(default_factory=dict)
    never: dict[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """The server refuses the mail as a whole. `later`: it may take it another time."""

    def __init__(self, reason: str, later: bool) -> None:
        super().__init__(reason)
        self.later = later


class Session:
    """A connection; `abort` ends it from another thread."""

    def __init__(self, server: Server, addresses: tuple[str, ...], tls: ssl.SSLContext, timeout_seconds: float) -> None:
        self._server = server
        self._addresses = addresses
        self._tls = tls
        self._timeout_seconds = timeout_seconds
        self._sockets: list[socket.socket] = []

    def abort(self) -> None:
        """Whoever waits for the server gets an OSError."""
        for connection in self._sockets:
            with contextlib.suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)

    def deliver(self, envelope: Envelope) -> None:
        """Fills the envelope. Raises RefusedError, OSError, smtplib.SMTPException."""
        server = self._server
        try:
            client = _Client(self._connect, server.host, server.port, server.hello, self._timeout_seconds)
            with contextlib.closing(client):
                self._enter(client)
                self._mail(client, envelope)
                with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail is taken, whatever comes now
                    client.quit()
        except smtplib.SMTPResponseException as error:
            raise RefusedError(_words(error.smtp_code, error.smtp_error), error.smtp_code < 500) from error

    def _connect(self) -> socket.socket:
        for position, address in enumerate(self._addresses, 1):
            try:
                connection = socket.create_connection((address, self._server.port), self._timeout_seconds)
            except OSError:
                if position == len(self._addresses):
                    raise
                continue
            self._sockets.append(connection)
            if not self._server.implicit_tls:
                return connection
            secured = self._tls.wrap_socket(connection, server_hostname=self._server.host)
            self._sockets.append(secured)
            return secured
        raise OSError("no address")

    def _enter(self, client: _Client) -> None:
        client.ehlo_or_helo_if_needed()
        secured = self._server.implicit_tls
        if not secured and client.has_extn("starttls"):
            client.starttls(context=self._tls)
            if isinstance(client.sock, socket.socket):
                self._sockets.append(client.sock)
            client.ehlo()
            secured = True
        if self._server.user is not None:
            if not secured:
                raise RefusedError("the server offers no STARTTLS, and a password is not sent without", later=False)
            client.login(self._server.user, self._server.password)

    def _mail(self, client: _Client, envelope: Envelope) -> None:
        code, words = client.mail(envelope.sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, words, envelope.sender)
        for recipient in envelope.recipients:
            code, words = client.rcpt(recipient)
            if code not in (250, 251):
                (envelope.never if code >= 500 else envelope.later)[recipient] = _words(code, words)
        if len(envelope.never) + len(envelope.later) < len(envelope.recipients):
            code, words = client.data(envelope.content)
            if code != 250:
                raise smtplib.SMTPDataError(code, words)
            envelope.taken = _words(code, words)


class _Client(smtplib.SMTP):
    """Connects as it is told to: to an address that was checked, under the name of the host."""

    def __init__(self, connect: Callable[[], socket.socket], host: str, port: int, hello: str, timeout: float) -> None:
        self._connect_checked = connect
        super().__init__(host, port, hello, timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._connect_checked()


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {said(words)}".strip()
