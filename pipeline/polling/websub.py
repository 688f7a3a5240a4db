"""WebSub (W3C Recommendation, 2018): which hub is asked for a feed and when, and how far its word is trusted.

A request is written down before it is sent (`before_request`), so that a hub that verifies at once finds it, and a
process that dies does not ask again at once. It counts as failed until the hub has verified it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zlib import crc32

from msgspec.structs import replace

from pipeline.answers import Answer, Outcome
from pipeline.feed_records import Feed, FeedPush, FeedState, Lease
from pipeline.polling.link_header import read_links
from pipeline.polling.websub_callback import MAX_TOPIC_LENGTH, Callback, callback_path, content_secret

_OK = range(200, 300)
_NEVER = datetime.fromtimestamp(0, UTC)
_UNVERIFIED = "the hub has not verified the subscription"
_RENEW_FROM, _RENEW_SPREAD = 0.6, 0.2  # shares of a lease
_SHORTEST_GAP = timedelta(minutes=5)
_INHERITED_FAILURES = 3  # another hub is not made to wait for days
_DENIED_FAILURES = 6
_MOST_FAILURES = 64
_MOST_MISSED = 8
_SKEW = timedelta(minutes=5)  # between the clocks of poller and web service


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user set, and the limits."""

    url: str
    """Where hubs reach the web service."""
    secret: bytes = field(repr=False)
    lease_seconds: float = 864_000
    """What is asked for; the hub decides."""
    retry_seconds: float = 3600
    """After the first failure; doubled after each further one. Also the time that a hub has to verify."""
    max_retry_seconds: float = 604_800
    stretch: float = 4
    """How many times as long the interval between polls may get while a hub proves itself."""
    max_seconds: float = 21_600
    """Longest interval between polls."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a feed says of its hubs, those with TLS first; `topic` is its address as they know it."""

    topic: str
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Ask the hub for a subscription, or for a longer one."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Tell the hub that no more is wanted."""

    hub: str
    topic: str


Request = Subscribe | Unsubscribe


def announced(hubs: tuple[str, ...], self_url: str | None, url: str, link_header: str | None = None) -> Announcement:
    """What a feed says of its hubs: the HTTP header Link goes before the document (section 4). `url` is where the
    answer came from, the topic of a feed that does not name itself."""
    links = list(read_links(link_header, url))
    told = [link.target for link in links if "hub" in link.relations]
    own = [link.target for link in links if "self" in link.relations] + ([self_url] if self_url else [])
    usable = dict.fromkeys(hub for hub in told or hubs if _usable(hub))
    topic = next((address for address in own if _usable(address)), url)
    if not _usable(topic):
        return Announcement(topic)
    return Announcement(topic, tuple(sorted(usable, key=lambda hub: not hub.lower().startswith("https:"))))


def plan(feed: Feed, state: FeedState, found: Announcement | None, now: datetime, rules: Rules) -> Request | None:
    """What to ask of a hub now, if anything. `found` is None where this poll saw no feed (304, a failure)."""
    lease = state.lease
    if lease is None:
        return Subscribe(found.hubs[0], found.topic) if found and found.hubs and not feed.paused else None
    if found is None:
        found = Announcement(lease.topic, (lease.hub,))
    if feed.paused or not found.hubs:
        return Unsubscribe(lease.hub, lease.topic)
    hub = lease.hub if lease.hub in found.hubs else found.hubs[0]
    if hub == lease.hub and lease.topic == found.topic:
        due = due_at(feed.id, lease, rules)
        if lease.failures and not is_active(lease, now):
            hub = found.hubs[(found.hubs.index(hub) + 1) % len(found.hubs)]
    else:  # not at each poll: some feeds name another address of theirs every time
        due = _asked(lease) + _backoff(feed.id, 1, rules)
    return Subscribe(hub, found.topic) if now >= due else None


def due_at(feed: str, lease: Lease, rules: Rules) -> datetime:
    """When the hub is asked next: well before the lease ends, at another moment for each feed; later after failures."""
    asked = _asked(lease)
    if lease.failures or lease.expires_at is None:
        return asked + _backoff(feed, lease.failures, rules)
    share = _RENEW_FROM + _RENEW_SPREAD * _fraction(feed)
    return asked + max(_SHORTEST_GAP, (lease.expires_at - asked) * share)


def subscription_form(request: Request, feed: str, partition: int, rules: Rules) -> dict[str, str]:
    """The fields of the POST to the hub (section 5.1). `partition` is the feed's."""
    callback = Callback(partition, feed, request.topic)
    fields = {
        "hub.mode": "subscribe" if isinstance(request, Subscribe) else "unsubscribe",
        "hub.topic": request.topic,
        "hub.callback": rules.url.rstrip("/") + callback_path(callback, rules.secret),
        "hub.verify": "async",  # PubSubHubbub 0.3 requires it; later hubs pass over it
    }
    if isinstance(request, Subscribe):
        fields["hub.secret"] = content_secret(feed, request.topic, rules.secret)
        fields["hub.lease_seconds"] = str(int(rules.lease_seconds))
    return fields


def before_request(request: Request, lease: Lease | None, now: datetime) -> Lease | None:
    """The lease to write down before the request is sent; a lease that goes on keeps its end."""
    if isinstance(request, Unsubscribe):
        return None
    if lease is None or (lease.hub, lease.topic) != (request.hub, request.topic):
        failures = min(lease.failures, _INHERITED_FAILURES) if lease else 0
        lease = Lease(hub=request.hub, topic=request.topic, failures=failures)
    return replace(lease, asked_at=now, failures=min(lease.failures + 1, _MOST_FAILURES), reason=_UNVERIFIED)


def after_request(lease: Lease | None, outcome: Outcome) -> Lease | None:
    """The lease after the hub's answer. A hub that takes the request has still to verify it."""
    if lease is None or not lease.failures:  # verified in the meantime, whatever became of the answer
        return lease
    if isinstance(outcome, Answer):
        if outcome.status in _OK:
            return lease
        said = " ".join(outcome.body[:200].decode("utf-8", "replace").split())
        return replace(lease, reason=f"the hub answered {outcome.status}" + (f": {said}" if said else ""))
    return replace(lease, reason=f"the hub does not answer: {outcome.message}")


def after_push(lease: Lease | None, push: FeedPush) -> Lease | None:
    """The lease after the hub's word. The same word twice is as one; an older word than our last request is no answer
    to it."""
    if lease is None:
        return None
    if push.denied is None and push.lease_seconds is None:
        known = lease.pushed_at is not None and push.received_at <= lease.pushed_at
        return lease if known else replace(lease, pushed_at=push.received_at, missed=max(0, lease.missed - 1))
    if push.received_at < _asked(lease) - _SKEW:
        return lease
    if push.denied is not None:
        reason = f"the hub refuses the subscription: {push.denied or 'it gives no reason'}"
        return replace(lease, expires_at=None, failures=max(lease.failures, _DENIED_FAILURES), reason=reason)
    if not push.lease_seconds:
        return replace(lease, expires_at=None, failures=max(lease.failures, 1), reason="the hub ended the subscription")
    ends = push.received_at + timedelta(seconds=push.lease_seconds)
    return replace(lease, asked_at=lease.asked_at or push.received_at, expires_at=ends, failures=0, reason=None)


def after_poll(lease: Lease | None, new_items: int, now: datetime) -> Lease | None:
    """The lease after a successful poll: what it found, the hub had not sent."""
    if lease is None or not new_items or not is_active(lease, now):
        return lease
    return replace(lease, missed=min(lease.missed + 1, _MOST_MISSED))


def unsubscribed(state: FeedState) -> FeedState:
    """Of a feed that is paused. When it is resumed it is read in full, even if nothing has changed: what it announces
    counts again."""
    return replace(state, lease=None, body_hash=None, etag=None, last_modified=None)


def stretch(interval: float, lease: Lease | None, now: datetime, rules: Rules) -> float:
    """The interval between polls, in seconds: longer while a hub pushes and polls find nothing that it had not sent.

    Each poll that found something is made good by one push. Never beyond the lease's end, nor `max_seconds`."""
    if lease is None or lease.expires_at is None or not is_active(lease, now) or not lease.pushed_at or lease.missed:
        return interval
    left = (lease.expires_at - now).total_seconds()
    return max(interval, min(interval * rules.stretch, rules.max_seconds, left))


def is_active(lease: Lease, now: datetime) -> bool:
    """Whether the hub has verified it, and it has not ended."""
    return lease.expires_at is not None and now < lease.expires_at


def _backoff(feed: str, failures: int, rules: Rules) -> timedelta:
    seconds = min(rules.retry_seconds * 2 ** max(0, min(failures, 30) - 1), rules.max_retry_seconds)
    return timedelta(seconds=seconds * (1 + _fraction(feed) / 4))


def _fraction(feed: str) -> float:
    """From 0 to 1, another for each feed, so that they do not ask all at once."""
    return crc32(feed.encode()) / 2**32


def _asked(lease: Lease) -> datetime:
    return lease.asked_at or _NEVER


def _usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        size = len(address.encode())
    except ValueError:
        return False
    known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    return known and size <= MAX_TOPIC_LENGTH and address.isprintable() and " " not in address
