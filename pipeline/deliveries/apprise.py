"""Apprise: chat, push and a hundred other services by one address (https://appriseit.com/services/).

Apprise connects by itself: only the hosts of its plain HTTP services, and those that are written as numbers, are
checked before. It tells failures in log lines alone.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from typing import TYPE_CHECKING

from pipeline.alert_examples import sample_message
from pipeline.config import Channel as ChannelSettings
from pipeline.config import ConfigError
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._resolve import Lookup
from pipeline.deliveries._settings import key_of, unused, value_of, wrong
from pipeline.deliveries._templates import TemplateFailedError, Templates
from pipeline.deliveries._view import view_of
from pipeline.deliveries._words import Secrets, one_line, said
from pipeline.delivery_records import Answer, Failed, Message, Retry, Sent
from pipeline.fetch.addresses import PrivateAddressError
from pipeline.registry import delivery

if TYPE_CHECKING:
    from apprise import NotifyBase

MAX_TITLE = 250
MAX_BODY = 30_000
"""Services cut what is too long for them."""
_GRACE_SECONDS = 2
_HOSTS = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Whose addresses name a host, and nothing else, behind the scheme."""
_STATUS = re.compile(r"error=(\d{3})\b")
_LATER = frozenset({408, 425, 429})
_MENTIONS = re.compile(r"https?://\S+|@(?=\S)|<(?=\S)|\](?=\()")


class AppriseService:
    """Sends to one service."""

    def __init__(
        self, service: NotifyBase, host: str | None, templates: Templates, secrets: Secrets, context: ChannelContext
    ) -> None:
        """`host`: to be checked before each message; None: nobody knows which it is."""
        self._service = service
        self._host = host
        self._templates = templates
        self._secrets = secrets
        self._context = context
        self._lookup = Lookup(context)

    def texts(self, message: Message) -> tuple[str, str]:
        """Title and body. Raises TemplateFailedError."""
        view = view_of(message, self._context)
        title = one_line(self._templates.render("title", view), MAX_TITLE)
        body = self._templates.render("body", view).strip()
        if len(body) > MAX_BODY:
            body = body[: MAX_BODY - 1] + "…"
        return _tame(title), _tame(body)

    async def send(self, message: Message) -> Answer:
        """One try."""
        try:
            title, body = self.texts(message)
        except TemplateFailedError as error:
            return Failed(str(error))
        seconds = self._context.timeout_seconds
        try:
            async with asyncio.timeout(seconds + _GRACE_SECONDS):
                refused = await self._refused()
                return await asyncio.to_thread(self._notify, title, body) if refused is None else refused
        except TimeoutError:
            return Retry(f"no answer within {seconds:g} seconds")

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._lookup.close()

    async def _refused(self) -> Answer | None:
        """Why its host may not be asked."""
        if self._host is None:
            return None
        try:
            await self._lookup.addresses(self._host, 0)
        except PrivateAddressError:
            return Failed(
                f"{self._host} is in a private network: name it in deliver.allow_hosts if it is meant to be asked"
            )
        except OSError as error:
            return Retry(said(f"{self._host}: {error.strerror or error}"))
        return None

    def _notify(self, title: str, body: str) -> Answer:
        from apprise import Apprise, NotifyFormat  # noqa: PLC0415 -- see apprise

        caller = Apprise(asset=self._service.asset)
        caller.add(self._service)
        result = caller.notify(
            body=body, title=title, body_format=NotifyFormat.TEXT, timeout=self._context.timeout_seconds
        )
        if result:
            return Sent()
        lines = "; ".join(dict.fromkeys(entry.message for entry in result.logs()))
        reason = said(self._secrets.masked(lines)) or "the service did not take it, and Apprise does not say why"
        status = next((int(found) for found in _STATUS.findall(lines)), 0)
        return Failed(reason) if 300 <= status < 500 and status not in _LATER else Retry(reason)


def _hush() -> None:
    """Keep addresses, which hold tokens, out of the log. Apprise's warnings come back as the reason of an answer."""
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _tame(text: str) -> str:
    """Nobody is mentioned (@everyone, <!channel>), and no word hides a link ([word](address)): a zero-width space
    comes between. Services read such things each in its own way."""
    return _MENTIONS.sub(_tamed, text)


def _tamed(found: re.Match[str]) -> str:
    if len(found[0]) > 1:  # an address stays one
        return found[0].replace("@", "%40").replace("<", "%3C").replace("]", "%5D")
    return found[0] + "\u200b"


@delivery("apprise")
def apprise(name: str, settings: ChannelSettings, context: ChannelContext) -> AppriseService:
    """Needs `url`, Apprise's own; `template` may extend apprise.jinja."""
    from apprise import Apprise, AppriseAsset, OverflowMode, PersistentStoreMode  # noqa: PLC0415 -- imported when used

    unused(name, settings, "sender", "to", "secret")
    url = value_of(settings.url)
    if not url:
        raise wrong(name, "url", "an apprise channel needs it, such as ntfys://ntfy.example/alerts")
    _hush()
    asset = AppriseAsset(
        app_id=context.product.partition("/")[0],
        storage_mode=PersistentStoreMode.MEMORY,
        http_redirects=False,
        service_timeout=context.timeout_seconds,
    )
    service = Apprise.instantiate(url, asset=asset)
    if service is None:
        raise wrong(name, "url", "is no address that Apprise knows; https://appriseit.com/services/ lists them")
    if "overflow=" not in url:
        service.overflow_mode = OverflowMode.TRUNCATE
    host = str(getattr(service, "host", None) or "")
    plain = url.partition("://")[0].lower() in _HOSTS
    made = AppriseService(
        service,
        host if plain or host == "localhost" or _is_address(host) else None,
        Templates("apprise", settings.template, key_of(name, "template")),
        Secrets(url, show_host=plain),
        context,
    )
    try:
        made.texts(sample_message(context.now(), "0" * 32))
    except TemplateFailedError as error:
        raise ConfigError(f"{key_of(name, 'template')}: {error}") from None
    return made
