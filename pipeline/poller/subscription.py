"""WebSub: asks hubs for subscriptions, and takes in what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from pipeline.answers import Answer, Outcome
from pipeline.clock import Clock
from pipeline.config import Feeds
from pipeline.feed_records import FeedPush, FeedState
from pipeline.feeds import ParsedFeed
from pipeline.fetch.client import Fetcher
from pipeline.poller.share import Watched
from pipeline.polling import websub

Write = Callable[[Watched, FeedState], Awaitable[None]]


class Subscriber:
    """Asks hubs, if WebSub is set up."""

    def __init__(self, settings: Feeds, fetcher: Fetcher, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._rules = _rules(settings)

    async def renew(
        self,
        watched: Watched,
        state: FeedState,
        outcome: Outcome,
        parsed: ParsedFeed | None,
        *,
        new_items: int,
        write: Write,
    ) -> FeedState:
        """The state after a poll, with what is to be asked of a hub now asked; `write` makes a state durable."""
        if self._rules is None:
            return state
        now = self._clock.now()
        if isinstance(outcome, Answer):
            state = _stretched(replace(state, lease=websub.after_poll(state.lease, new_items, now)), now, self._rules)
        found = None
        if isinstance(outcome, Answer) and parsed is not None:
            found = websub.announced(parsed.hubs, parsed.self_url, outcome.url, outcome.headers.get("link"))
        request = websub.plan(watched.feed, state, found, now, self._rules)
        if request is None:
            return state
        state = replace(state, lease=websub.before_request(request, state.lease, now))
        await write(watched, state)
        form = websub.subscription_form(request, state.id, watched.partition, self._rules)
        answer = await self._fetcher.post_form(request.hub, form)
        return replace(state, lease=websub.after_request(state.lease, answer))

    def heard(self, state: FeedState, push: FeedPush) -> FeedState:
        """The state after a hub's word."""
        return replace(state, lease=websub.after_push(state.lease, push))


def _stretched(state: FeedState, now: datetime, rules: websub.Rules) -> FeedState:
    """The next poll is later while the hub can be relied on."""
    longer = websub.stretch(state.interval, state.lease, now, rules) - state.interval
    if longer <= 0 or state.next_poll is None or state.failures:
        return state
    return replace(state, next_poll=state.next_poll + timedelta(seconds=longer))


def _rules(settings: Feeds) -> websub.Rules | None:
    if not settings.websub_url or settings.websub_key is None:
        return None
    return websub.Rules(url=settings.websub_url, secret=settings.websub_key, max_seconds=settings.max_seconds)
