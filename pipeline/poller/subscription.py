"""WebSub: asks hubs for subscriptions, and takes in what came of it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from http import HTTPStatus

from msgspec.structs import replace

from pipeline.answers import Answer, Outcome
from pipeline.clock import Clock
from pipeline.config import Feeds
from pipeline.feed_records import FeedPush, FeedState, Lease
from pipeline.feeds import ParsedFeed
from pipeline.fetch.client import Fetcher
from pipeline.poller.share import Watched
from pipeline.polling import websub

log = logging.getLogger("newswire.feeds")


class Subscriber:
    """Asks hubs, if WebSub is set up."""

    def __init__(self, settings: Feeds, fetcher: Fetcher, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._rules = _rules(settings)

    def after_poll(
        self, watched: Watched, state: FeedState, outcome: Outcome, parsed: ParsedFeed | None, new_items: int
    ) -> tuple[FeedState, websub.Request | None]:
        """The state after a poll, and what is to be asked of a hub once that is durable."""
        if self._rules is None:
            return state, None
        now = self._clock.now()
        if isinstance(outcome, Answer):
            state = _stretched(replace(state, lease=websub.after_poll(state.lease, new_items, now)), now, self._rules)
        found = None
        if isinstance(outcome, Answer) and parsed is not None:
            found = websub.announced(parsed.hubs, parsed.self_url, outcome.url, outcome.headers.get("link"))
        request = websub.plan(watched.feed, state, found, now, self._rules)
        if request is None:
            return self._in_time(state), None
        return replace(state, lease=websub.before_request(request, state.lease, now)), request

    async def ask(self, request: websub.Request, watched: Watched) -> Outcome:
        """Ask the hub. It may answer by a push before its answer is here."""
        if self._rules is None:
            raise ValueError("WebSub is not set up")
        form = websub.subscription_form(request, watched.feed.id, watched.partition, self._rules)
        return await self._fetcher.post_form(request.hub, form)

    async def end(self, lease: Lease | None, watched: Watched) -> None:
        """Tell the hub that no more is wanted, if it can be told: a lease ends by itself."""
        if self._rules is None or lease is None:
            return
        outcome = await self.ask(websub.Unsubscribe(lease.hub, lease.topic), watched)
        if not isinstance(outcome, Answer) or outcome.status >= HTTPStatus.BAD_REQUEST:
            said = outcome.status if isinstance(outcome, Answer) else outcome.message
            log.warning("hub %s was not told that %s is not wanted any more: %s", lease.hub, lease.topic, said)

    def answered(self, state: FeedState, outcome: Outcome) -> FeedState:
        """The state after the hub's answer."""
        return replace(state, lease=websub.after_request(state.lease, outcome))

    def heard(self, state: FeedState, push: FeedPush) -> FeedState:
        """The state after a hub's word."""
        return self._in_time(replace(state, lease=websub.after_push(state.lease, push)))

    def _in_time(self, state: FeedState) -> FeedState:
        """The next poll is not after the lease is to be renewed."""
        lease, now = state.lease, self._clock.now()
        if self._rules is None or lease is None or state.next_poll is None or state.failures:
            return state
        due = websub.due_at(state.id, lease, self._rules)
        if lease.failures or not websub.is_active(lease, now) or not now < due < state.next_poll:
            return state
        return replace(state, next_poll=due)


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
