"""The story of a page in the data of its scripts: JSON-LD's articleBody, or the state from which an application draws
the page in the reader's browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring

from pipeline.stages._linked_data import first_text
from pipeline.stages._xml_text import xml_text

_LONGEST_SCRIPT = 3_000_000
_MAX_VALUES = 100_000
_SENTENCE = 60
_ASSIGNMENT = re.compile(r"^\s*(?:(?:window|self|globalThis)\s*[.\[])[\w.$\[\]'\"]{1,60}\s*=\s*(?=\{)")
_MARKUP = re.compile(r"</?(?:p|div|br|h[1-6]|li|span|strong|em|b|i|a)\b[^<>]{0,2000}>", re.IGNORECASE)
_BLOCKS = ("p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "tr")
_NOT_ITS_TEXT = re.compile(
    r"relat|recommend|more|popular|trend|comment|author|byline|tag|seo|meta|image|photo|media|caption|alt|url|href|"
    r"description|summary|teaser|excerpt|next|prev|latest|breadcrumb|ads?$|newsletter|schema",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")


def linked_story(linked: dict[str, Any]) -> str:
    """JSON-LD's articleBody as lines."""
    return _lines(first_text(linked.get("articleBody")) or "")


def story_in_state(tree: HtmlElement, headline: str | None) -> str:
    """The long texts of the object that bears the page's headline, as lines; empty where there is none."""
    wanted = _plain(headline)
    if not wanted:
        return ""
    for state in _states(tree):
        for item in _objects(state):
            if any(isinstance(value, str) and _plain(value) == wanted for value in item.values()):
                texts = list(dict.fromkeys(_texts(item)))
                longest = max(texts, key=len, default="")
                made = longest if 2 * len(longest) > sum(map(len, texts)) else "\n".join(texts)
                if made:
                    return _lines(made)
    return ""


def says_more(other: str, text: str) -> bool:
    """`other` is longer than `text`, which has not most of it."""
    if len(other) < 1.2 * len(text) or len(other) < 2 * _SENTENCE:
        return False
    told = _shingles(other)
    return len(told & _shingles(text)) < 0.6 * len(told)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORDS.findall(text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _states(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        text, kind = script.text or "", (script.get("type") or "").lower()
        if not 2 * _SENTENCE < len(text) <= _LONGEST_SCRIPT or "ld+json" in kind:
            continue
        assigned = _ASSIGNMENT.match(text)
        if "json" not in kind and not assigned:
            continue
        try:
            yield json.JSONDecoder(strict=False).raw_decode(text, assigned.end() if assigned else _start(text))[0]
        except (ValueError, RecursionError):
            continue


def _start(text: str) -> int:
    return len(text) - len(text.lstrip())


def _objects(state: Any) -> Iterator[dict[str, Any]]:
    """Every object, outer ones first."""
    waiting = [state]
    for value in waiting:
        if isinstance(value, dict):
            yield value
            waiting.extend(one for one in value.values() if isinstance(one, dict | list))
        elif isinstance(value, list):
            waiting.extend(one for one in value if isinstance(one, dict | list))
        if len(waiting) > _MAX_VALUES:
            return


def _texts(item: dict[str, Any]) -> Iterator[str]:
    """Texts that can be paragraphs, in their order."""
    waiting: list[Any] = [item]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, str):
            if len(value) >= _SENTENCE and "://" not in value[:20] and value.lstrip()[:1] not in ("{", "["):
                yield value
        elif isinstance(value, dict):
            waiting.extend(one for key, one in reversed(value.items()) if not _NOT_ITS_TEXT.search(key))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _plain(text: str | None) -> str:
    return " ".join(unescape(_MARKUP.sub(" ", text or "")).split()).casefold()


def _lines(text: str) -> str:
    """Text that may be HTML, escaped or not, as lines without markup."""
    text = unescape(text) if "&lt;" in text else text
    if _MARKUP.search(text):
        try:
            block = fragment_fromstring(xml_text(text), create_parent="div")
        except (etree.LxmlError, ValueError):
            return ""
        for element in list(block.iter("script", "style", "figure", "iframe")):
            element.drop_tree()
        for element in block.iter(*_BLOCKS):
            element.tail = f"\n{element.tail or ''}"
        text = "".join(block.itertext())
    else:
        text = unescape(text)
    return "\n".join(line for line in (" ".join(one.split()) for one in text.split("\n")) if line)
