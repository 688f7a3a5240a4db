"""Dispatches that are due become messages, and a channel's answer says what becomes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec.structs import replace

from pipeline.delivery_records import Answer, Dispatch, Failed, Message, Retry, Sent

_FIRST_PAUSE = 2.0
_LONGEST_WISH = 6 * 3600.0
"""A server that asks for more patience gets so much."""


def message_id(dispatches: Iterable[Dispatch]) -> str:
    """The idempotency key of these: 32 hex digits, whatever their order."""
    keys = "\0".join(sorted(each.key for each in dispatches))
    return blake2b(keys.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_complete(dispatches: Collection[Dispatch]) -> bool:
    """Whether these of one bundle are all rules of an owner that fired for an article: nobody else is waited for."""
    if not next(iter(dispatches)).bundle.startswith("article "):
        return False  # others grow large: they are not looked through each time
    return len(dispatches) >= max((each.content.together for each in dispatches if each.content), default=1)


def compose(dispatches: Sequence[Dispatch], now: datetime) -> list[Dispatch]:
    """Dispatches of one group, channel and bundle as parts of one message, to be written down before it is tried."""
    made = message_id(dispatches)
    return [
        replace(each, state="sending", message=made, due=now, tried_since=now, changed_at=now) for each in dispatches
    ]


def message(parts: Sequence[Dispatch]) -> Message:
    """What is sent; each try of it is the same, also by another process."""
    alerts = sorted((each.content for each in parts if each.content), key=lambda alert: (alert.matched_at, alert.id))
    kind = "alert" if parts[0].bundle.startswith("article ") else "digest"
    return Message(
        id=parts[0].message or message_id(parts),
        kind=kind,  # type: ignore[arg-type]
        alerts=tuple(alerts),
        made_at=min(each.tried_since or each.changed_at for each in parts),
    )


def settle(
    parts: Sequence[Dispatch], answer: Answer, now: datetime, jitter: float, *, longest: float, give_up: timedelta
) -> list[Dispatch]:
    """The parts of a message after one try. `jitter` lies between 0 and 1; `longest` pause in seconds."""
    tries = max(each.tries for each in parts) + 1
    tried = [replace(each, tries=tries, changed_at=now) for each in parts]
    match answer:
        case Sent(detail):
            return [replace(each, state="sent", due=None, reason=detail, content=None) for each in tried]
        case Failed(reason):
            return [replace(each, state="failed", due=None, reason=reason) for each in tried]
        case Retry(reason, after):
            since = min(each.tried_since or now for each in parts)
            if now - since >= give_up:
                words = (
                    f"given up after {tries} tries in {give_up.total_seconds() / 3600:g} hours; the last one: {reason}"
                )
                return [replace(each, state="failed", due=None, reason=words) for each in tried]
            due = now + timedelta(seconds=pause(tries, jitter, longest, after))
            return [replace(each, due=due, reason=reason) for each in tried]


def pause(tries: int, jitter: float, longest: float, wish: float | None = None) -> float:
    """Seconds until the next try: at least what the server wishes, else twice as long as the last time, with jitter."""
    if wish is not None:
        return min(max(wish, 0.0), _LONGEST_WISH) * (1 + 0.1 * jitter)
    grown: float = min(_FIRST_PAUSE * 2 ** min(tries - 1, 30), longest)
    return grown * (0.5 + 0.5 * jitter)


def again(dispatch: Dispatch, now: datetime) -> Dispatch:
    """A failed one that a user wants sent. A message of the same parts has the same key, so that a receiver that
    honours keys and did get it does not get it twice."""
    return replace(
        dispatch,
        state="waiting",
        due=now,
        bundle=f"again {now.isoformat()}",
        message=None,
        tries=0,
        tried_since=None,
        changed_at=now,
    )
