"""A POST to a channel's address, and what the server's answer means."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urljoin

from pipeline import answers
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._words import Secrets, said
from pipeline.delivery_records import Answer, Failed, Retry, Sent
from pipeline.fetch.client import Fetcher, FetchOptions
from pipeline.polling.cache_headers import retry_after

MAX_RETRY_AFTER_SECONDS = 86_400.0
_LATER = frozenset({408, 425, 429})
_FOR_GOOD = frozenset({"address", "private"})


class Poster:
    """Posts to one address, which gets no private one unless allowed. Opens its connections when it is first used."""

    def __init__(self, url: str, secrets: Secrets, context: ChannelContext) -> None:
        """Raises ConfigError for `allow_hosts` that cannot be."""
        self._url = url
        self._secrets = secrets
        self._now = context.now
        options = FetchOptions(context.product, context.timeout_seconds, 4, context.allow_hosts, "deliver")
        self._fetcher = Fetcher(options, resolver=context.resolver, tls=context.tls)
        self._open = False

    async def post(self, content: bytes, headers: Mapping[str, str]) -> Answer:
        """One try. Raises nothing, whatever the server or the network does."""
        if not self._open:
            await self._fetcher.__aenter__()
            self._open = True
        outcome = await self._fetcher.post(self._url, content, {"Content-Type": "application/json", **headers})
        if isinstance(outcome, answers.Failure):
            reason = self._secrets.masked(outcome.message)
            return Failed(reason) if outcome.kind in _FOR_GOOD else Retry(reason)
        return self._meaning(outcome)

    async def close(self) -> None:
        """Close the connections."""
        if self._open:
            self._open = False
            await self._fetcher.__aexit__(None, None, None)

    def _meaning(self, answer: answers.Answer) -> Answer:
        words = said(self._secrets.masked(answer.body.decode("utf-8", "replace")))
        if 200 <= answer.status < 300:
            return Sent(words or None)
        reason = f"{_status(answer.status)}: {words}" if words else _status(answer.status)
        if answer.status in _LATER or answer.status >= 500:
            seconds = retry_after(answer.headers, self._now())
            return Retry(reason, None if seconds is None else min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS))
        if 300 <= answer.status < 400:
            return Failed(f"{_status(answer.status)}: {self._target(answer)}")
        return Failed(reason)

    def _target(self, answer: answers.Answer) -> str:
        location = answer.headers.get("location", "")
        try:
            target = urljoin(answer.url, location) if location else ""
        except ValueError:
            target = location
        # Its path may be the secret of the address; the host is what tells.
        shown = said(self._secrets.masked(target.partition("?")[0]), 200)
        return f"redirects to {shown or 'nowhere'}: redirects are not followed, set the right address as url"


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
