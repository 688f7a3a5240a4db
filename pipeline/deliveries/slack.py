"""Slack's incoming webhooks: a header and a block for each article (https://docs.slack.dev/reference/block-kit/blocks)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec

from pipeline.alert_examples import sample_message
from pipeline.config import Channel as ChannelSettings
from pipeline.config import ConfigError
from pipeline.deliveries import ChannelContext
from pipeline.deliveries._post import Poster
from pipeline.deliveries._settings import key_of, unused, url_of, value_of
from pipeline.deliveries._templates import TemplateFailedError, Templates
from pipeline.deliveries._view import View, view_of
from pipeline.deliveries._words import Secrets, clean, one_line
from pipeline.delivery_records import Answer, Failed, Message
from pipeline.registry import delivery

MAX_BLOCKS = 50
MAX_TEXT = 3000
MAX_HEADER = 150
_HALF = re.compile(r"<[^<>]*\Z|&[#\w]{0,6}\Z")


class Slack:
    """Sends to one incoming webhook."""

    def __init__(self, poster: Poster, templates: Templates, context: ChannelContext) -> None:
        self._poster = poster
        self._templates = templates
        self._context = context

    def payload(self, message: Message) -> dict[str, Any]:
        """What Slack gets. Raises TemplateFailedError."""
        view = view_of(message, self._context)
        title = one_line(self._templates.render("title", view), MAX_HEADER)
        blocks: list[dict[str, Any]] = [
            {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
        ]
        left = 0
        for group in view.groups:
            texts = [self._rendered("group", view, group=group)] if view.kind == "digest" else []
            texts += [self._rendered("article", view, group=group, article=article) for article in group.articles]
            room = MAX_BLOCKS - 1 - len(blocks)  # the last block is the end
            # A heading without an article below says nothing.
            shown = texts[:room] if room > len(texts) - len(group.articles) else []
            blocks += [_section(text) for text in shown if text]
            left += len(group.articles) - max(0, len(shown) - (len(texts) - len(group.articles)))
        end = self._rendered("end", replace(view, more=view.more + left)) or view.product
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": end, "verbatim": True}]})
        return {"text": _escaped(title), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}

    async def send(self, message: Message) -> Answer:
        """One try."""
        try:
            body = msgspec.json.encode(self.payload(message))
        except TemplateFailedError as error:
            return Failed(str(error))
        return await self._poster.post(body, {})

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    def _rendered(self, part: str, view: View, **more: Any) -> str:
        text = self._templates.render(part, view, escaped=True, **more)
        # Slack knows these three entities alone: &amp; &lt; &gt;
        return _cut(text.replace("&#39;", "'").replace("&#34;", '"').replace("`", "'").strip())


def _section(text: str) -> dict[str, Any]:
    # verbatim: addresses, #channels and @names in the text stay what they are.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _cut(text: str) -> str:
    """Within Slack's limit, and not within a link or an entity."""
    if len(text) <= MAX_TEXT:
        return text
    return _HALF.sub("", text[: MAX_TEXT - 1]).rstrip() + "…"


def _escaped(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@delivery("slack")
def slack(name: str, settings: ChannelSettings, context: ChannelContext) -> Slack:
    """Needs `url`, that of an incoming webhook; `template` may extend slack.jinja."""
    unused(name, settings, "sender", "to", "secret")
    url_of(name, settings, ("http", "https"), "https://hooks.slack.com/services/T000/B000/XXXX")
    url = value_of(settings.url)
    templates = Templates("slack", settings.template, key_of(name, "template"))
    made = Slack(Poster(url, Secrets(url), context), templates, context)
    try:
        made.payload(sample_message(context.now(), "0" * 32))
    except TemplateFailedError as error:
        raise ConfigError(f"{key_of(name, 'template')}: {error}") from None
    return made
