"""Webhooks and Slack over real HTTP: what is sent, and what each answer means."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from pipeline import schemas
from pipeline.config import Channel, ConfigError
from pipeline.deliveries import ChannelContext, open_channel
from pipeline.delivery_records import Answer, Failed, Message, Retry, Sent
from tests.channels import CONTEXT, KEY, NOW, OUTSIDE, SECRET, alert, hostile, message
from tests.raw_site import RawSite, Reply, answer, make_certificates, redirect

PATH = "/services/T000/B0TOKEN"


def settings(kind: str, url: str, **others: Any) -> Channel:
    secret = {"secret": SECRET} if kind == "webhook" else {}
    return Channel.model_validate({"kind": kind, "url": url, **secret, **others})


def sent(
    kind: str, reply: Reply, *messages: Message, context: ChannelContext = CONTEXT, host: str = "news.example"
) -> tuple[list[Answer], RawSite]:
    """The answers of a channel, and the site that it sent to."""

    async def run() -> tuple[list[Answer], RawSite]:
        async with RawSite({PATH: reply}) as site:
            channel = open_channel("desk", settings(kind, site.url(PATH, host)), context)
            try:
                return [await channel.send(each) for each in messages or (message(),)], site
            finally:
                await channel.close()

    return asyncio.run(run())


def headers(head: str) -> dict[str, str]:
    lines = [line.partition(": ") for line in head.split("\r\n")[1:] if line]
    return {name.lower(): value for name, _, value in lines}


both = pytest.mark.parametrize("kind", ["webhook", "slack"])


# --- what is sent ---


def test_a_webhook_is_signed_as_standard_webhooks_has_it() -> None:
    answers, site = sent("webhook", answer(b"queued as 7", "202 Accepted"), message(alert(), alert(article="2")))
    assert answers == [Sent("queued as 7")]
    asked = headers(site.asked[0])
    assert site.asked[0].startswith(f"POST {PATH} HTTP/1.1\r\n")
    assert asked["content-type"] == "application/json"
    assert asked["webhook-id"] == KEY
    assert asked["idempotency-key"] == f'"{KEY}"'
    assert asked["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = b".".join((KEY.encode(), str(int(NOW.timestamp())).encode(), site.bodies[0]))
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert asked["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_a_secret_of_standard_webhooks_is_decoded() -> None:
    key = bytes(range(32))

    async def run() -> str:
        async with RawSite({PATH: answer()}) as site:
            secret = "whsec_" + base64.b64encode(key).decode()
            channel = open_channel("desk", settings("webhook", site.url(PATH), secret=secret), CONTEXT)
            await channel.send(message())
            await channel.close()
            signed = f"{KEY}.{int(NOW.timestamp())}.".encode() + site.bodies[0]
            return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() + headers(site.asked[0])[
                "webhook-signature"
            ].removeprefix("v1,")

    doubled = asyncio.run(run())
    assert doubled[: len(doubled) // 2] == doubled[len(doubled) // 2 :]


def test_the_verification_of_the_documentation_accepts_ours_and_nothing_else() -> None:
    _, site = sent("webhook", answer())
    page = (Path(__file__).parent.parent / "docs" / "channels.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 -- our own page
    asked, body, at = headers(site.asked[0]), site.bodies[0], NOW.timestamp()
    assert names["is_genuine"](SECRET.encode(), asked, body, at) is True
    assert names["is_genuine"](SECRET.encode(), asked, body + b" ", at) is False
    assert names["is_genuine"](b"another", asked, body, at) is False
    assert names["is_genuine"](SECRET.encode(), asked, body, at + 3600) is False
    assert names["is_genuine"](SECRET.encode(), asked | {"webhook-id": "0"}, body, at) is False


def test_the_body_of_a_webhook_is_the_message_of_the_schema() -> None:
    _, site = sent("webhook", answer(), hostile(), context=replace(CONTEXT, message_alerts=2))
    (schema,) = [each for each in schemas.SCHEMAS if each.name == "message"]
    Draft202012Validator(schema.document()).validate(json.loads(site.bodies[0]))
    first, second = hostile().alerts[:2]
    short = msgspec.structs.replace(second.article, headline="x" * 999 + "…")
    alerts = (first, msgspec.structs.replace(second, article=short))
    decoded = msgspec.json.decode(site.bodies[0], type=Message)
    assert decoded == msgspec.structs.replace(hostile(), alerts=alerts, more=1)


def test_user_and_password_of_the_address_become_basic_authentication() -> None:
    async def run() -> str:
        async with RawSite({PATH: answer()}) as site:
            url = site.url(PATH).replace("//", "//desk:p%40ss@")
            channel = open_channel("desk", settings("webhook", url), CONTEXT)
            await channel.send(message())
            await channel.close()
            return headers(site.asked[0])["authorization"]

    assert asyncio.run(run()) == "Basic " + base64.b64encode(b"desk:p@ss").decode()


def test_slack_gets_blocks() -> None:
    answers, site = sent("slack", answer(b"ok"))
    assert answers == [Sent("ok")]
    body = json.loads(site.bodies[0])
    assert body["text"] == "Tide barrier: Tide barrier holds"
    assert [block["type"] for block in body["blocks"]] == ["header", "section", "context"]
    section = body["blocks"][1]["text"]
    assert section["type"] == "mrkdwn"
    assert "<https://news.example/2026/03/tide-barrier?a=1&amp;b=2|Tide barrier holds>" in section["text"]
    assert "*tide barrier*" in section["text"]
    assert "webhook-signature" not in headers(site.asked[0])


# --- what answers mean ---


@both
@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        (answer(b"", "204 No Content"), Sent(None)),
        (
            answer(b"slow down", "429 Too Many Requests", Retry_After="30"),
            Retry("429 Too Many Requests: slow down", 30),
        ),
        (
            answer(b"", "503 Service Unavailable", Retry_After="Mon, 02 Mar 2026 06:32:00 GMT"),
            Retry("503 Service Unavailable", 120),
        ),
        (answer(b"", "503 Service Unavailable", Retry_After="99999999"), Retry("503 Service Unavailable", 86_400)),
        (answer(b"", "503 Service Unavailable", Retry_After="soon"), Retry("503 Service Unavailable")),
        (answer(b"boom", "500 Internal Server Error"), Retry("500 Internal Server Error: boom")),
        (answer(b"", "408 Request Timeout"), Retry("408 Request Timeout")),
        (answer(b"no_service", "404 Not Found"), Failed("404 Not Found: no_service")),
        (answer(b"channel_is_archived", "410 Gone"), Failed("410 Gone: channel_is_archived")),
        (answer(b"bad\x00 \x1b[31mwords\r\n", "400 Bad Request"), Failed("400 Bad Request: bad [31mwords")),
        (answer(b"", "299 Odd"), Sent(None)),
        (answer(b"", "599 Odd"), Retry("599")),
        (
            redirect("https://other.example/in?token=hidden", 308),
            Failed(
                "308 Permanent Redirect: redirects to https://other.example/in: redirects are not followed, set the "
                "right address as url"
            ),
        ),
    ],
)
def test_answers_have_a_meaning(kind: str, reply: bytes, meant: Answer) -> None:
    answers, site = sent(kind, reply)
    assert answers == [meant]
    assert len(site.asked) == 1


@both
def test_a_huge_answer_is_read_in_part(kind: str) -> None:
    (refused,), _ = sent(kind, answer(b"long words " * 1_000_000, "400 Bad Request"))
    assert isinstance(refused, Failed)
    assert len(refused.reason) < 400
    assert sent(kind, answer(b"x" * 10_000_000))[0] == [Sent("x" * 299 + "…")]


@both
def test_what_echoes_the_address_does_not_tell_its_token(kind: str) -> None:
    (refused,), _ = sent(kind, answer(b"no such hook: /services/T000/B0TOKEN", "404 Not Found"))
    assert isinstance(refused, Failed)
    assert "B0TOKEN" not in refused.reason
    (moved,), _ = sent(kind, redirect(f"https://other.example{PATH}"))
    assert isinstance(moved, Failed)
    assert "other.example" in moved.reason
    assert "B0TOKEN" not in moved.reason


@both
def test_a_server_that_does_not_answer_is_tried_again(kind: str) -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    (late,), _ = sent(kind, silence, context=replace(CONTEXT, timeout_seconds=0.3))
    assert isinstance(late, Retry)
    assert "news.example gave no whole answer within 0.3 seconds" in late.reason
    assert "deliver.timeout_seconds" in late.reason


@both
def test_an_answer_whose_body_never_ends_counts(kind: str) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
        await asyncio.sleep(60)

    answers, _ = sent(kind, trickle, context=replace(CONTEXT, timeout_seconds=1))
    assert answers == [Sent("ok")]


@both
def test_a_connection_that_ends_is_tried_again(kind: str) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    (ended,), site = sent(kind, hang_up)
    assert isinstance(ended, Retry)
    assert len(site.asked) == 1, "whoever posts asks once"


@both
@pytest.mark.parametrize("host", ["news.example", "private.example", "127.0.0.1", "[::1]"])
def test_private_addresses_are_refused(kind: str, host: str) -> None:
    (refused,), site = sent(kind, answer(), context=OUTSIDE, host=host)
    assert isinstance(refused, Failed)
    assert "deliver.allow_hosts" in refused.reason
    assert site.connections == 0


@both
def test_certificates_are_verified(kind: str, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)

    async def run(name: str, context: ChannelContext) -> Answer:
        async with RawSite({PATH: answer()}, tls=certificates.server(name)) as site:
            channel = open_channel("desk", settings(kind, site.url(PATH)), context)
            try:
                return await channel.send(message())
            finally:
                await channel.close()

    trusting = replace(CONTEXT, tls=certificates.trusting())
    assert asyncio.run(run("good", trusting)) == Sent(None)
    for name, context in (("expired", trusting), ("self-signed", trusting), ("good", CONTEXT)):
        refused = asyncio.run(run(name, context))
        assert isinstance(refused, Retry)
        assert "certificate of news.example" in refused.reason


# --- settings ---


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "pigeon"}, "kind: no delivery is called 'pigeon'; there are: apprise, mail, slack, webhook"),
        ({"kind": "webhook"}, "url: a webhook channel needs it"),
        ({"kind": "webhook", "url": "ftp://x.example/"}, "url: is no address"),
        ({"kind": "webhook", "url": "https://x.example/ a"}, "url: is no address"),
        ({"kind": "webhook", "url": "https://x.example/"}, "secret: a webhook needs one to sign with"),
        ({"kind": "webhook", "url": "https://x.example/", "secret": "short"}, "secret: needs 16 characters or more"),
        ({"kind": "webhook", "url": "https://x.example/", "secret": "whsec_%%"}, "secret: what follows whsec_"),
        ({"kind": "webhook", "url": "https://x.example/", "secret": "whsec_" + "QUJD" * 4}, "secret: needs 16"),
        (
            {"kind": "webhook", "url": "https://x.example/", "secret": SECRET, "to": ["a@b.example"]},
            "to: channels of kind webhook have no use",
        ),
        ({"kind": "slack"}, "url: a slack channel needs it"),
        (
            {"kind": "slack", "url": "https://x.example/", "secret": SECRET},
            "secret: channels of kind slack have no use",
        ),
    ],
)
def test_wrong_settings_are_told_by_their_key(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        open_channel("desk", Channel.model_validate(given), CONTEXT)
    assert str(wrong.value).startswith(f"deliver.channels.desk.{said}")
    for hidden in (value for value in given.values() if isinstance(value, SecretStr)):
        assert hidden.get_secret_value() not in str(wrong.value)


def test_hosts_that_cannot_be_allowed_are_told() -> None:
    with pytest.raises(ConfigError, match=r"deliver\.allow_hosts: 'a/b'"):
        open_channel("desk", settings("slack", "https://x.example/"), replace(CONTEXT, allow_hosts=("a/b",)))


@pytest.mark.parametrize("link", ["kibana.example", "javascript:alert(1)", "https://kibana.example/\n"])
def test_a_link_that_is_no_address_is_told(link: str) -> None:
    with pytest.raises(ConfigError, match=r"deliver\.link: is no http or https address"):
        open_channel("desk", settings("slack", "https://x.example/"), replace(CONTEXT, link=link))
