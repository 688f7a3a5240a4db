"""The address at which a hub reaches us for one feed, and the keys that belong to it (WebSub, W3C 2018).

Both are made of one secret, so that the web service knows its own callbacks and a hub's signatures without asking
anyone: the address names partition, feed and topic, and its token proves that we gave it out.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

PATH = "/v1/websub"
MAX_TOPIC_LENGTH = 2000
"""Bytes of a topic's address; a longer one would not fit into a callback that servers take."""
_TOKEN_LENGTH = 32
_PATH = re.compile(
    re.escape(PATH)
    + r"/(?P<partition>0|[1-9]\d{0,5})/(?P<feed>[0-9a-f]{32})"
    + r"/(?P<token>[0-9a-f]{32})/(?P<topic>[\w-]{1,2700})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Callback:
    """What a hub's request is about."""

    partition: int
    feed: str
    topic: str


def callback_path(callback: Callback, secret: bytes) -> str:
    """Its path, which only who has the secret can make."""
    topic = urlsafe_b64encode(callback.topic.encode()).decode().rstrip("=")
    return f"{PATH}/{callback.partition}/{callback.feed}/{_token(callback, secret)}/{topic}"


def read_callback(path: str, secret: bytes) -> Callback | None:
    """What a path says, if it is one that we gave out."""
    found = _PATH.fullmatch(path)
    if not found:
        return None
    try:
        topic = urlsafe_b64decode(found["topic"] + "=" * (-len(found["topic"]) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    callback = Callback(int(found["partition"]), found["feed"], topic)
    return callback if hmac.compare_digest(_token(callback, secret), found["token"]) else None


def content_secret(feed: str, topic: str, secret: bytes) -> str:
    """The key with which a hub signs what it sends for a feed (`hub.secret`)."""
    return _digest(f"signature\n{feed}\n{topic}", secret)


def _token(callback: Callback, secret: bytes) -> str:
    return _digest(f"callback\n{callback.partition}\n{callback.feed}\n{callback.topic}", secret)[:_TOKEN_LENGTH]


def _digest(message: str, secret: bytes) -> str:
    return hmac.digest(secret, message.encode(), "sha256").hex()
