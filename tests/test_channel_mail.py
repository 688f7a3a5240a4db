"""Mail to real SMTP servers: what they receive, and what each of their answers means."""

from __future__ import annotations

import asyncio
import email.policy
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.config import Channel, ConfigError
from pipeline.deliveries import ChannelContext, open_channel
from pipeline.deliveries._words import one_line
from pipeline.delivery_records import Answer, Failed, Message, Retry, Sent
from tests.channels import CONTEXT, KEY, OUTSIDE, alert, hostile, message
from tests.raw_site import RawSite, make_certificates

HOST = "news.example"  # whom the certificates are for
DESK, NIGHT = "desk@desk.example", "night@desk.example"


@dataclass
class Mailbox:
    """A server's handler: refuses as it is told to, keeps what it takes."""

    recipients: dict[str, list[str]] = field(default_factory=dict)
    """Answers to RCPT by address, one try after another; then 250."""
    data: list[str] = field(default_factory=list)
    """Answers to DATA, likewise."""
    taken: list[Envelope] = field(default_factory=list)
    greeted: list[str | None] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """As it is told to."""
        answers = self.recipients.get(address)
        said = answers.pop(0) if answers else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """As it is told to."""
        said = self.data.pop(0) if self.data else "250 2.0.0 queued as 4711"
        if said.startswith("250"):
            self.taken.append(envelope)
            self.greeted.append(session.host_name)
        return said

    def mails(self) -> list[EmailMessage]:
        """As a reader parses them."""
        parsed = [message_from_bytes(each.content or b"", policy=email.policy.default) for each in self.taken]
        return [each for each in parsed if isinstance(each, EmailMessage)]


@contextmanager
def served(mailbox: Mailbox, *, implicit: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """A server on loopback, in a thread of its own; its port. `implicit`: TLS from the first byte."""
    port: Future[int] = Future()
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        server = await loop.create_server(
            lambda: SMTP(mailbox, loop=loop, hostname="mail.example", **options), "127.0.0.1", 0, ssl=implicit
        )
        port.set_result(server.sockets[0].getsockname()[1])
        await ended.wait()
        server.close()

    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield port.result(10)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def settings(url: str, **others: Any) -> Channel:
    given = {"kind": "mail", "url": url, "sender": "Newswire <alerts@desk.example>", "to": [DESK, NIGHT], **others}
    return Channel.model_validate(given)


def send(url: str, *messages: Message, context: ChannelContext = CONTEXT, **others: Any) -> list[Answer]:
    async def run() -> list[Answer]:
        channel = open_channel("The Desk", settings(url, **others), context)
        try:
            return [await channel.send(each) for each in messages or (message(),)]
        finally:
            await channel.close()

    return asyncio.run(run())


# --- what is received ---


def test_a_mail_arrives_whole() -> None:
    mailbox = Mailbox()
    with served(mailbox) as port:
        assert send(f"smtp://{HOST}:{port}") == [Sent("250 2.0.0 queued as 4711")]
    (mail,), (envelope,) = mailbox.mails(), mailbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("alerts@desk.example", [DESK, NIGHT])
    assert mailbox.greeted == ["desk.example"]
    assert mail["From"] == "Newswire <alerts@desk.example>"
    assert mail["To"] == f"{DESK}, {NIGHT}"
    assert mail["Subject"] == "Tide barrier: Tide barrier holds"
    assert mail["Message-ID"] == f"<{KEY}@desk.example>"
    assert mail["Date"] == "Mon, 02 Mar 2026 06:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<the-desk.alerts.desk.example>"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Engineers closed the *tide barrier*." in text
    assert "Engineers closed the <b>tide barrier</b>." in html


def test_hostile_articles_arrive_as_text() -> None:
    mailbox = Mailbox()
    with served(mailbox) as port:
        (answer,) = send(f"smtp://{HOST}:{port}", hostile())
    assert isinstance(answer, Sent)
    (mail,), (envelope,) = mailbox.mails(), mailbox.taken
    assert "Bcc" not in mail
    assert envelope.rcpt_tos == [DESK, NIGHT]
    assert "<script" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert all(len(line) <= 998 for line in (envelope.content or b"").split(b"\r\n"))
    assert not mail.defects


@pytest.mark.parametrize("headline", ["潮汐屏障首次关闭" * 20, "سد المد يصمد " * 15, "é" * 300, "x" * 300, "a b " * 80])
def test_long_headlines_of_every_script_are_encoded_and_come_back(headline: str) -> None:
    mailbox = Mailbox()
    with served(mailbox) as port:
        send(f"smtp://{HOST}:{port}", message(alert(headline, name="R")))
    (mail,), (envelope,) = mailbox.mails(), mailbox.taken
    head = (envelope.content or b"").partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert mail["Subject"] == one_line("R: " + one_line(headline, 250), 250)


def test_a_headline_that_looks_encoded_is_not_decoded() -> None:
    mailbox = Mailbox()
    with served(mailbox) as port:
        send(f"smtp://{HOST}:{port}", message(alert("=?utf-8?q?Calm=0D=0ABcc:_victim@evil.example?=", name="R")))
    (mail,) = mailbox.mails()
    assert mail["Subject"] == "R: =\u200b?utf-8?q?Calm=0D=0ABcc:_victim@evil.example?="


# --- what answers mean ---


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("451 4.3.0 try later", Retry("451 4.3.0 try later")),
        ("552 5.3.4 too big", Failed("552 5.3.4 too big")),
    ],
)
def test_a_refused_mail_is_tried_again_or_not(said: str, meant: Answer) -> None:
    mailbox = Mailbox(data=[said])
    with served(mailbox) as port:
        assert send(f"smtp://{HOST}:{port}", message(), message()) == [meant, Sent("250 2.0.0 queued as 4711")]
    assert [each.rcpt_tos for each in mailbox.taken] == [[DESK, NIGHT]]


def test_a_recipient_refused_for_good_is_told_and_the_other_gets_the_mail() -> None:
    mailbox = Mailbox({NIGHT: ["550 5.1.1 nobody here"]})
    with served(mailbox) as port:
        answers = send(f"smtp://{HOST}:{port}")
    assert answers == [Sent(f"250 2.0.0 queued as 4711; refused: {NIGHT}: 550 5.1.1 nobody here")]
    assert [each.rcpt_tos for each in mailbox.taken] == [[DESK]]


def test_a_recipient_refused_for_now_gets_the_mail_later_and_the_other_gets_it_once() -> None:
    mailbox = Mailbox({NIGHT: ["450 4.2.0 greylisted"]})
    with served(mailbox) as port:
        answers = send(f"smtp://{HOST}:{port}", message(), message())
    assert answers == [Retry(f"{NIGHT}: 450 4.2.0 greylisted"), Sent("250 2.0.0 queued as 4711")]
    assert [each.rcpt_tos for each in mailbox.taken] == [[DESK], [NIGHT]]
    first, second = mailbox.mails()
    assert first["Message-ID"] == second["Message-ID"]


def test_when_all_recipients_are_refused_nothing_is_sent() -> None:
    mailbox = Mailbox({DESK: ["550 no"], NIGHT: ["553 never"]})
    with served(mailbox) as port:
        assert send(f"smtp://{HOST}:{port}") == [Failed(f"{DESK}: 550 no; {NIGHT}: 553 never")]
    assert mailbox.taken == []


def test_words_of_the_server_are_bounded_and_printable() -> None:
    with served(Mailbox(data=["554 " + "spam\x1b[31m " * 40])) as port:
        (answer,) = send(f"smtp://{HOST}:{port}")
    assert isinstance(answer, Failed)
    assert answer.reason.isprintable()
    assert len(answer.reason) <= 310


# --- TLS and passwords ---


def password(user: str, secret: str) -> Callable[..., AuthResult]:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (user.encode(), secret.encode())
        return AuthResult(success=right, handled=False)

    return check


def test_the_password_is_given_over_tls_alone(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    trusting = replace(CONTEXT, tls=certificates.trusting())
    mailbox = Mailbox()
    options = {"authenticator": password("desk", "hush hush"), "auth_required": True}
    with served(mailbox, tls_context=certificates.server("good"), **options) as port:
        url = f"smtp://desk@{HOST}:{port}"
        assert send(url, context=trusting, secret="hush hush") == [Sent("250 2.0.0 queued as 4711")]
        (wrong,) = send(url, context=trusting, secret="guessed it")
        assert isinstance(wrong, Failed)
        assert wrong.reason.startswith("535 ")
        assert "guessed" not in wrong.reason
    with served(mailbox, auth_require_tls=False, **options) as port:
        assert send(f"smtp://desk@{HOST}:{port}", context=trusting, secret="hush hush") == [
            Failed("the server offers no STARTTLS, and a password is not sent without")
        ]
    assert len(mailbox.taken) == 1


def test_implicit_tls(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    mailbox = Mailbox()
    with served(mailbox, implicit=certificates.server("good")) as port:
        trusting = replace(CONTEXT, tls=certificates.trusting())
        assert send(f"smtps://{HOST}:{port}", context=trusting) == [Sent("250 2.0.0 queued as 4711")]


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize("name", ["expired", "self-signed", "good"])
def test_certificates_are_verified(name: str, implicit: bool, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    host = "mail.example" if name == "good" else HOST  # a good one for another host
    mailbox, tls = Mailbox(), certificates.server(name)
    with served(mailbox, **({"implicit": tls} if implicit else {"tls_context": tls})) as port:
        scheme = "smtps" if implicit else "smtp"
        (answer,) = send(f"{scheme}://{host}:{port}", context=replace(CONTEXT, tls=certificates.trusting()))
    assert isinstance(answer, Retry)
    assert f"the certificate of {host} is not accepted" in answer.reason
    assert mailbox.taken == []


# --- servers that are not there, or slow ---


@pytest.mark.parametrize("greeting", [b"", b"220-wait\r\n"])
def test_a_server_that_does_not_answer_is_left_after_a_time(greeting: bytes) -> None:
    async def run() -> tuple[Answer, bytes]:
        ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            ended.set_result(await reader.read())
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        channel = open_channel("desk", settings(f"smtp://{HOST}:{port}"), replace(CONTEXT, timeout_seconds=0.3))
        answer = await channel.send(message())
        left = await asyncio.wait_for(ended, 10)  # the connection is closed, its thread free
        await channel.close()
        server.close()
        return answer, left

    answer, left = asyncio.run(run())
    assert isinstance(answer, Retry)
    assert left == b""


def test_a_server_that_trickles_is_left_after_a_time() -> None:
    async def run() -> Answer:
        async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    writer.write(b"220-one more line\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            except ConnectionError:
                writer.close()

        server = await asyncio.start_server(trickle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        channel = open_channel("desk", settings(f"smtp://{HOST}:{port}"), replace(CONTEXT, timeout_seconds=0.5))
        answer = await channel.send(message())
        await channel.close()
        server.close()
        return answer

    assert asyncio.run(run()) == Retry("news.example did not take the mail within 0.5 seconds")


@pytest.mark.parametrize("greeting", [b"554 5.7.1 go away\r\n", b"421 busy\r\n", b"HTTP/1.1 400 What?\r\n\r\n"])
def test_greetings_that_are_none(greeting: bytes) -> None:
    async def run() -> Answer:
        async def unfriendly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            writer.close()

        server = await asyncio.start_server(unfriendly, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        channel = open_channel("desk", settings(f"smtp://{HOST}:{port}"), CONTEXT)
        answer = await channel.send(message())
        await channel.close()
        server.close()
        return answer

    answer = asyncio.run(run())
    assert isinstance(answer, Failed if greeting.startswith(b"554") else Retry)


def test_a_port_where_nobody_listens_is_tried_again() -> None:
    async def closed_port() -> int:
        async with RawSite() as site:
            return site.port

    (answer,) = send(f"smtp://{HOST}:{asyncio.run(closed_port())}")
    assert isinstance(answer, Retry)
    assert "refused" in answer.reason


def test_a_name_that_does_not_exist_is_tried_again() -> None:
    (answer,) = send("smtp://nowhere.example")
    assert isinstance(answer, Retry)
    assert "nowhere.example" in answer.reason


@pytest.mark.parametrize("host", [HOST, "private.example", "127.0.0.1", "0x7f.1"])
def test_private_addresses_are_refused(host: str) -> None:
    mailbox = Mailbox()
    with served(mailbox) as port:
        (answer,) = send(f"smtp://{host}:{port}", context=OUTSIDE)
    assert isinstance(answer, Failed)
    assert "deliver.allow_hosts" in answer.reason
    assert mailbox.taken == []


# --- settings ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": None}, "url: a mail channel needs it, such as smtps://user@mail.example"),
        ({"url": "https://mail.example"}, "url: is no address such as smtps://"),
        ({"url": "smtps://user@mail.example"}, "secret: the password of user is missing"),
        ({"url": "smtps://mail.example", "secret": "x"}, "url: the user that the password is of is missing"),
        ({"url": "smtps://u@mail.example", "secret": "pässword"}, "secret: SMTP takes passwords of ASCII"),
        ({"sender": None}, "sender: a mail channel needs it"),
        ({"sender": "nobody"}, "sender: 'nobody' is no mail address"),
        ({"sender": "a@b.example\nBcc: c@d.example"}, "sender: 'a@b.example Bcc: c@d.example' is no mail address"),
        ({"to": []}, "to: a mail channel needs at least one"),
        ({"to": ["a@b.example", "two words@b.example"]}, "to: 'two words@b.example' is no mail address"),
        ({"to": ["@b.example"]}, "to: '@b.example' is no mail address"),
        ({"to": [f"{number}@b.example" for number in range(101)]}, "to: more than 100 addresses"),
    ],
)
def test_wrong_settings_are_told_by_their_key(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        open_channel("desk", settings(**({"url": "smtp://mail.example"} | given)), CONTEXT)
    assert str(wrong.value).startswith(f"deliver.channels.desk.{said}")
