"""Apprise towards a real HTTP server: what it sends, and what its log lines mean."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from pipeline.config import Channel, ConfigError
from pipeline.deliveries import ChannelContext, open_channel
from pipeline.delivery_records import Answer, Failed, Message, Retry, Sent
from tests.channels import CONTEXT, OUTSIDE, hostile, message
from tests.raw_site import RawSite, Reply, answer, redirect

PATH = "/in/B0TOKEN"


def sent(
    reply: Reply, each: Message | None = None, *, context: ChannelContext = CONTEXT, host: str = "127.0.0.1"
) -> tuple[Answer, RawSite]:
    """The answer of a channel, and the site that it sent to."""

    async def run() -> tuple[Answer, RawSite]:
        async with RawSite({PATH: reply}) as site:
            url = site.url(PATH, host).replace("http://", "json://desk:hush-hush@")
            channel = open_channel("desk", Channel.model_validate({"kind": "apprise", "url": url}), context)
            try:
                return await channel.send(each or message()), site
            finally:
                await channel.close()

    return asyncio.run(run())


def test_a_message_arrives() -> None:
    outcome, site = sent(answer())
    assert outcome == Sent()
    body = json.loads(site.bodies[0])
    assert body["title"] == "Tide barrier: Tide barrier holds"
    assert "Engineers closed the *tide barrier*." in body["message"]
    assert "https://news.example/2026/03/tide-barrier?a=1&b=2" in body["message"]


def test_hostile_articles_arrive_harmless() -> None:
    outcome, site = sent(answer(), hostile())
    assert outcome == Sent()
    body = json.loads(site.bodies[0])
    for text in (body["title"], body["message"]):
        assert "@everyone" not in text
        assert "<!channel>" not in text
        assert "\r" not in text
        assert len(text) <= 30_000
    assert "\n" not in body["title"]


@pytest.mark.parametrize(
    ("reply", "kind", "status"),
    [
        (answer(b"no", "400 Bad Request"), Failed, "400"),
        (answer(b"no", "404 Not Found"), Failed, "404"),
        (answer(b"no", "410 Gone"), Failed, "410"),
        (answer(b"no", "429 Too Many Requests"), Retry, "429"),
        (answer(b"no", "500 Internal Server Error"), Retry, "500"),
        (answer(b"no", "503 Service Unavailable"), Retry, "503"),
    ],
)
def test_a_failure_has_the_reason_that_apprise_logs(
    reply: bytes, kind: type, status: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        outcome, _ = sent(reply)
    assert isinstance(outcome, kind)
    assert isinstance(outcome, Failed | Retry)
    assert f"error={status}" in outcome.reason
    told = outcome.reason + caplog.text + "".join(capfd.readouterr())
    assert "hush-hush" not in told
    assert "B0TOKEN" not in told


def test_redirects_are_not_followed() -> None:
    async def run() -> tuple[Answer, int]:
        async with RawSite({"/": answer()}) as other:
            outcome, _ = await asyncio.to_thread(sent, redirect(other.url("/", "127.0.0.1"), 307))
            return outcome, other.connections

    outcome, connections = asyncio.run(run())
    assert isinstance(outcome, Failed)
    assert "error=307" in outcome.reason
    assert connections == 0


def test_a_service_that_does_not_answer_is_left_after_a_time() -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    outcome, _ = sent(silence, context=replace(CONTEXT, timeout_seconds=0.3))
    assert isinstance(outcome, Retry)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "news.example", "private.example"])
def test_private_addresses_are_refused(host: str) -> None:
    names = replace(OUTSIDE, resolver=None) if host == "localhost" else OUTSIDE
    outcome, site = sent(answer(), context=names, host=host)
    assert isinstance(outcome, Failed)
    assert "deliver.allow_hosts" in outcome.reason
    assert site.connections == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "url: an apprise channel needs it"),
        ({"url": "nonsense"}, "url: is no address that Apprise knows"),
        ({"url": "nosuchthing://token-of-mine/x"}, "url: is no address that Apprise knows"),
        ({"url": "json://x.example/", "to": ["a@b.example"]}, "to: channels of kind apprise have no use"),
    ],
)
def test_wrong_settings_are_told_by_their_key(
    given: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConfigError) as wrong:
        open_channel("desk", Channel.model_validate({"kind": "apprise", **given}), CONTEXT)
    assert str(wrong.value).startswith(f"deliver.channels.desk.{said}")
    assert "token-of-mine" not in str(wrong.value) + caplog.text
