"""Webhooks: the message as JSON, signed.

Headers and signature are those of Standard Webhooks (https://www.standardwebhooks.com/): HMAC-SHA256 over id, timestamp
and body. `Idempotency-Key` is that of the IETF's draft (draft-ietf-httpapi-idempotency-key-header), a quoted string.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from urllib.parse import unquote, urlunsplit

from msgspec.structs import replace

from pipeline.alert_records import Alert
from pipeline.config import Channel as ChannelSettings
from pipeline.config_sections import MIN_SECRET_LENGTH
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._post import Poster
from pipeline.deliveries._settings import unused, url_of, value_of, wrong
from pipeline.deliveries._words import Secrets
from pipeline.delivery_records import Answer, Failed, Message
from pipeline.records import InvalidRecordError, encode
from pipeline.registry import delivery

MAX_HEADLINE = 1000
_PREFIX = "whsec_"


class Webhook:
    """Sends to one address."""

    def __init__(self, poster: Poster, key: bytes, authorization: str | None, context: ChannelContext) -> None:
        self._poster = poster
        self._key = key
        self._authorization = {"Authorization": authorization} if authorization else {}
        self._context = context

    async def send(self, message: Message) -> Answer:
        """One try."""
        try:
            body = encode(_short(self._context.bounded(message)))
        except InvalidRecordError as error:
            return Failed(str(error))
        timestamp = int(self._context.now().timestamp())
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._key, message.id, timestamp, body),
            "Idempotency-Key": f'"{message.id}"',
        }
        return await self._poster.post(body, headers | self._authorization)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def _short(message: Message) -> Message:
    """Without headlines that are none: a body of fifty megabytes would be refused for good."""
    return replace(message, alerts=tuple(map(_with_short_headline, message.alerts)))


def _with_short_headline(alert: Alert) -> Alert:
    headline = alert.article.headline
    if headline is None or len(headline) <= MAX_HEADLINE:
        return alert
    return replace(alert, article=replace(alert.article, headline=headline[: MAX_HEADLINE - 1] + "…"))


def signature(key: bytes, message: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = hmac.digest(key, f"{message}.{timestamp}.".encode() + body, "sha256")
    return "v1," + b64encode(signed).decode()


@delivery("webhook")
def webhook(name: str, settings: ChannelSettings, context: ChannelContext) -> Webhook:
    """Needs `url` and `secret`. User and password of the address become basic authentication."""
    unused(name, settings, "sender", "to", "template")
    parts = url_of(name, settings, ("http", "https"), "https://desk.example/alerts")
    secret = value_of(settings.secret)
    poster = Poster(
        urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])),
        Secrets(value_of(settings.url), secret),
        context,
    )
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + b64encode(pair.encode()).decode()
    return Webhook(poster, _key(name, secret), authorization, context)


def _key(name: str, secret: str) -> bytes:
    """Behind whsec_ it is base64, as Standard Webhooks has it; else its own UTF-8. Raises ConfigError."""
    if not secret:
        raise wrong(name, "secret", f"a webhook needs one to sign with, {MIN_SECRET_LENGTH} characters or more")
    key = secret.encode()
    if secret.startswith(_PREFIX):
        try:
            key = b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            raise wrong(name, "secret", "what follows whsec_ is not base64") from None
    if len(key) < MIN_SECRET_LENGTH:
        raise wrong(name, "secret", f"needs {MIN_SECRET_LENGTH} characters or more")
    return key
