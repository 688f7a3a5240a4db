"""Pages that answer without a story: paywall stubs, cookie walls, error pages, empty shells.

A real short article must never be taken for one. So the wording alone decides nothing: the text has to be short, and
independent signals have to agree (what the page says, how it is titled, its buttons and class names, and whether its
markup or its headline speak of a story).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.stages._head import Head
from pipeline.stages._no_story_words import (
    ACCEPT,
    CONSENT,
    CONSENT_MARKS,
    CONSENT_TITLE,
    ERROR_MARKS,
    ERROR_TEXT,
    ERROR_TITLE,
    NEEDS_SCRIPT,
    PAYWALL,
    PAYWALL_MARKS,
)

STUB = 900
"""Letters up to which a text may be a paywall's teaser or a cookie wall. An ideograph says as much as three letters."""
NOTICE = 450
"""Letters up to which a text may be an error message."""
SHELL = 160
BARE = 60
OFFER = 120
"""Letters up to which a block can be an offer to subscribe; a sentence of a story about one is longer or not alone."""
_MAX_SHOWN = 20_000
_LONGEST_TITLE = 150
_UNSEEN = {"script", "style", "noscript", "template", "svg", "nav", "header", "footer", "aside", "head"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = {"a", "b", "i", "em", "strong", "span", "u", "small", "mark", "abbr", "font", "sup", "sub", "q", "wbr"}
_SEPARATOR = re.compile(r"\s+[|–—·•»«-]\s+|\s*\|\s*")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}")
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.)[\]\)]?\s*$")


def no_story(tree: HtmlElement, head: Head, headline: str | None, text: str) -> str | None:
    """Why the page is no article: "paywall", "cookie_wall", "error_page" or "empty"; None when it may be one."""
    length = _length(text)
    if length > STUB:
        return None
    page = _Shown(tree)
    reason = None
    if _is_error(page, head, text, length):
        reason = "error_page"
    elif _is_cookie_wall(page, head, headline, text):
        reason = "cookie_wall"
    elif _is_paywall(page, head, text, length):
        reason = "paywall"
    elif _is_shell(page, head, text, length):
        reason = "empty"
    return reason


class _Shown:
    """What a reader sees of a page besides its navigation: blocks of text, titles, buttons, class names."""

    def __init__(self, tree: HtmlElement) -> None:
        self.blocks: list[str] = []
        self.titles: list[str] = [_joined([title.text or ""]) for title in tree.iter("title")][:1]
        self.buttons: list[str] = []
        marks: list[str] = []
        block: list[str] = []
        size = 0
        for element, text in _pieces(tree):
            if element.tag not in _INLINE and block:
                self.blocks.append(_joined(block))
                block = []
            block.append(text)
            size += len(text) + 20
            if size > _MAX_SHOWN:
                break
            marks += [element.get("class") or "", element.get("id") or ""]
            if element.tag in ("button", "a", "input"):
                self.buttons.append(element.get("value") or _joined(element.itertext())[:300])
            elif element.tag in ("h1", "h2"):
                self.titles.append(_joined(element.itertext())[:300])
        self.blocks = [one for one in (*self.blocks, _joined(block)) if one]
        self.text = "\n".join(self.blocks)
        self.marks = " ".join(filter(None, marks))


def _pieces(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """In the order of the page: elements that are shown with their text; what follows a child comes with its parent."""
    waiting: list[tuple[HtmlElement, str | None]] = [(tree, None)]
    while waiting:
        element, tail = waiting.pop()
        if tail is not None:
            yield element, tail
            continue
        if not isinstance(element.tag, str) or element.tag in _UNSEEN or _is_hidden(element):
            continue
        yield element, element.text or ""
        for child in reversed(element):
            waiting += [(element, child.tail or ""), (child, None)] if child.tail else [(child, None)]


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return _HIDDEN.search(element.get("style") or "") is not None


def _joined(pieces: Iterable[str]) -> str:
    return " ".join("".join(pieces).split())


def _is_error(page: _Shown, head: Head, text: str, length: int) -> bool:
    """A bare title; or two of title, wording, class names: all three for what is marked up as an article."""
    if length > NOTICE:
        return False
    titled = any(_titled(ERROR_TITLE, title) for title in page.titles)
    worded = ERROR_TEXT.search(text or page.text[:1000]) is not None
    if titled and length <= BARE:
        return not head.is_article
    signals = titled + worded + (ERROR_MARKS.search(page.marks) is not None)
    return signals >= (3 if head.is_article else 2)


def _is_cookie_wall(page: _Shown, head: Head, headline: str | None, text: str) -> bool:
    """Most of the text is about consent, there is a button that gives it, and nothing speaks of the headline."""
    paragraphs = [line for line in (text or page.text).split("\n") if line.strip()]
    consenting = [line for line in paragraphs if CONSENT.search(line)]
    if not paragraphs or sum(map(len, consenting)) * 2 < sum(map(len, paragraphs)):
        return False
    asked = any(ACCEPT.search(button) for button in page.buttons) or CONSENT_MARKS.search(page.marks) is not None
    titled = any(_titled(CONSENT_TITLE, title) for title in page.titles)
    return asked and (titled or (not head.is_article and _topics(text) >= 2) or not _tells_of(headline, text))


def _is_paywall(page: _Shown, head: Head, text: str, length: int) -> bool:
    """It asks readers to pay for the rest, and its markup or its breaking off says that there is a rest."""
    if head.free is True:
        return False
    marked = PAYWALL_MARKS.search(page.marks) is not None
    breaks_off = any(_BREAKS_OFF.search(line) for line in text.split("\n"))
    if (head.free is False) + marked + breaks_off < (1 if length < STUB // 2 else 2):
        return False
    return any(len(one) <= OFFER and PAYWALL.search(one) for one in page.blocks)


def _is_shell(page: _Shown, head: Head, text: str, length: int) -> bool:
    """Nothing, a plea for scripts, or a few words that are from the navigation."""
    if length > SHELL or head.is_article:
        return not text.strip()
    return len(page.text) * 2 <= len(text) or not text.strip() or NEEDS_SCRIPT.search(text) is not None


def _topics(text: str) -> int:
    """How many different things about consent a text speaks of."""
    return len({found[0].lower()[:8] for found in CONSENT.finditer(text)})


def _titled(pattern: re.Pattern[str], title: str) -> bool:
    """The title is that wording; beside it at most a short name of the site."""
    if len(title) > _LONGEST_TITLE:
        return False
    parts = [part for part in _SEPARATOR.split(title.strip()) if part]
    said = [part for part in parts if pattern.fullmatch(part)]
    return pattern.fullmatch(title.strip()) is not None or (bool(said) and all(len(part) <= 30 for part in parts))


def _tells_of(headline: str | None, text: str) -> bool:
    """A word of the headline stands in the text, as in almost every article."""
    lower = text.lower()
    words = {word.lower() for word in _WORD.findall(headline or "") if not CONSENT.search(word)}
    return any(word[:6] in lower for word in words)


def _length(text: str) -> int:
    return len(text) + 2 * len(_IDEOGRAPH.findall(text[: STUB * 2]))
