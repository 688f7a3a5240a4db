"""Mail by SMTP: text and HTML in one message (RFC 5322, 2046), marked as written by a machine (RFC 3834)."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections import OrderedDict
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote

from pipeline.alert_examples import sample_message
from pipeline.config import Channel as ChannelSettings
from pipeline.config import ConfigError
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._resolve import Lookup
from pipeline.deliveries._settings import key_of, url_of, value_of, wrong
from pipeline.deliveries._smtp import Envelope, RefusedError, Server, Session
from pipeline.deliveries._templates import TemplateFailedError, Templates
from pipeline.deliveries._view import view_of
from pipeline.deliveries._words import Secrets, one_line, said
from pipeline.delivery_records import Answer, Failed, Message, Retry, Sent
from pipeline.fetch.addresses import PrivateAddressError
from pipeline.registry import delivery

MAX_RECIPIENTS = 100
"""As many as every server has to take at once (RFC 5321, 4.5.3.1.8)."""
MAX_SUBJECT = 250
_REMEMBERED = 1000
_PORTS = {"smtp": 587, "smtps": 465}


class _Policy(EmailPolicy):
    """Folds subjects by the older Header: EmailPolicy loses spaces between encoded words in Python before 3.13."""

    def fold(self, name: str, value: str) -> str:
        """A header's lines."""
        if name == "Subject" and not value.isascii():
            return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        """Likewise."""
        return self.fold(name, value).encode("ascii") if name == "Subject" else super().fold_binary(name, value)


class Mail:
    """Sends to one server. Of a mail that not all could be given yet, the next try goes to the others alone."""

    def __init__(
        self,
        name: str,
        *,
        server: Server,
        sender: Address,
        to: tuple[Address, ...],
        templates: Templates,
        context: ChannelContext,
    ) -> None:
        self._list_id = f"<{re.sub(r'[^a-z0-9-]', '-', name.lower())}.alerts.{sender.domain}>"
        self._server = server
        self._sender = sender
        self._to = to
        self._templates = templates
        self._context = context
        self._lookup = Lookup(context)
        self._tls = context.tls or ssl.create_default_context()
        self._secrets = Secrets("", server.password)
        self._settled: OrderedDict[str, dict[str, str | None]] = OrderedDict()

    def mail(self, message: Message) -> EmailMessage:
        """Raises TemplateFailedError."""
        view = view_of(message, self._context)
        mail = EmailMessage(policy=_Policy(linesep="\r\n"))
        mail["From"] = self._sender
        mail["To"] = self._to
        # What looks like an encoded word (RFC 2047) would be read as what it encodes.
        mail["Subject"] = one_line(self._templates.render("subject", view), MAX_SUBJECT).replace("=?", "=\u200b?")
        # The same in every try, so that mailboxes can tell a second copy.
        mail["Date"] = format_datetime(message.made_at)
        mail["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9-]', '-', message.id)}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail["List-Id"] = self._list_id
        mail["User-Agent"] = self._context.product
        mail.set_content(self._templates.render("text", view))
        mail.add_alternative(self._templates.render("html", view, escaped=True), subtype="html")
        return mail

    async def send(self, message: Message) -> Answer:
        """One try."""
        settled = self._settled.setdefault(message.id, {})
        while len(self._settled) > _REMEMBERED:
            self._settled.popitem(last=False)
        left = tuple(address.addr_spec for address in self._to if address.addr_spec not in settled)
        try:
            content = self.mail(message).as_bytes()
        except TemplateFailedError as error:
            return Failed(str(error))
        envelope = Envelope(self._sender.addr_spec, left, content)
        trouble = await self._try(envelope)
        if trouble is not None:
            return trouble
        settled |= {address: envelope.never.get(address) for address in left if address not in envelope.later}
        if envelope.later:
            return Retry(said(_listed(envelope.later)))
        del self._settled[message.id]
        refused = {address: words for address, words in settled.items() if words is not None}
        if len(refused) == len(settled):
            return Failed(said(_listed(refused)))
        taken = envelope.taken or ""
        return Sent(said(f"{taken}; refused: {_listed(refused)}" if refused else taken))

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._lookup.close()

    async def _try(self, envelope: Envelope) -> Answer | None:  # noqa: PLR0911 -- one for each way to fail
        """What kept the mail from being taken, None: nothing."""
        host = self._server.host
        session = None
        try:
            async with asyncio.timeout(self._context.timeout_seconds):
                addresses = await self._lookup.addresses(host, self._server.port)
                session = Session(self._server, addresses, self._tls, self._context.timeout_seconds)
                await asyncio.to_thread(session.deliver, envelope)
        except PrivateAddressError as error:
            return Failed(f"{error}: name it in deliver.allow_hosts if it is meant to be asked")
        except RefusedError as error:
            reason = self._secrets.masked(str(error))
            return Retry(reason) if error.later else Failed(reason)
        except smtplib.SMTPNotSupportedError as error:
            return Failed(said(f"{host}: {error}"))
        except ssl.SSLCertVerificationError as error:
            return Retry(f"the certificate of {host} is not accepted: {said(error.verify_message)}")
        except TimeoutError:
            return Retry(f"{host} did not take the mail within {self._context.timeout_seconds:g} seconds")
        except (smtplib.SMTPException, OSError) as error:
            return Retry(said(f"{host}: {self._secrets.masked(str(error)) or type(error).__name__}"))
        finally:
            if session is not None:
                session.abort()  # else a slow server would keep its thread
        return None


def _listed(words: dict[str, str]) -> str:
    return "; ".join(f"{address}: {reason}" for address, reason in words.items())


@delivery("mail")
def mail(name: str, settings: ChannelSettings, context: ChannelContext) -> Mail:
    """Needs `url`, `sender` and `to`; `template` may extend mail.jinja."""
    parts = url_of(name, settings, tuple(_PORTS), "smtps://user@mail.example")
    password = value_of(settings.secret) or unquote(parts.password or "")
    if parts.username and not password:
        raise wrong(name, "secret", f"the password of {unquote(parts.username)} is missing")
    if password and not parts.username:
        raise wrong(name, "url", "the user that the password is of is missing, as in smtps://user@mail.example")
    if not password.isascii():
        raise wrong(name, "secret", "SMTP takes passwords of ASCII characters alone")
    if not settings.sender:
        raise wrong(name, "sender", "a mail channel needs it, such as alerts@desk.example")
    if not settings.to:
        raise wrong(name, "to", 'a mail channel needs at least one, such as ["desk@desk.example"]')
    if len(settings.to) > MAX_RECIPIENTS:
        raise wrong(name, "to", f"more than {MAX_RECIPIENTS} addresses: send to a mailing list instead")
    sender = _address(name, "sender", settings.sender)
    server = Server(
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        implicit_tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=password,
        hello=sender.domain,
    )
    templates = Templates("mail", settings.template, key_of(name, "template"))
    made = Mail(
        name,
        server=server,
        sender=sender,
        to=tuple(_address(name, "to", to) for to in settings.to),
        templates=templates,
        context=context,
    )
    try:
        made.mail(sample_message(context.now(), "0" * 32))
    except TemplateFailedError as error:
        raise ConfigError(f"{key_of(name, 'template')}: {error}") from None
    return made


def _address(name: str, key: str, text: str) -> Address:
    """Of `a@b.example` or `Name <a@b.example>`. Raises ConfigError."""
    shown, spec = parseaddr(text)
    local, _, domain = spec.rpartition("@")
    try:
        if not text.isprintable() or not local or not local.isascii() or not domain:
            raise ValueError(text)
        return Address(shown, addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, HeaderParseError):
        raise wrong(name, key, f"{said(text, 100)!r} is no mail address") from None
