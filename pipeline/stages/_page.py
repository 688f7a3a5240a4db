"""An HTML page as text and what its markup says of it."""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring
from trafilatura import bare_extraction
from trafilatura.metadata import extract_author, extract_title
from trafilatura.settings import Document, Extractor

from pipeline.stages._head import Head, read_head
from pipeline.stages._no_story import no_story
from pipeline.stages._page_subjects import tells_of_any
from pipeline.stages._prune import letters, prune
from pipeline.stages._script_data import says_more, story_in_state
from pipeline.stages._xml_text import xml_text

MAX_LENGTH = 4_000_000
"""Characters of a page that are read; longer ones are no articles."""
_NO_PROSE = {"script", "style", "noscript", "template", "head", "nav", "header", "footer", "aside", "form", "svg"}
_PROSE = 80
_SHORTEST = 25
_SHORT, _LONG = 400, 2000
_MANY_ELEMENTS, _MOST_ELEMENTS = 5_000, 60_000
"""Of a page without teasers and the like; a long story has a few hundred."""
_ABOVE, _LABEL = 4, 60
"""Lines above a headline, and how long they may be."""
_DATE = re.compile(r"(?=(?:\D*\d){6})[\d.:/,| -]{6,22}")
_SITE_SUFFIX = re.compile(r"\s+[|–—·•-]\s+[^|–—·•]{2,40}$")

# It reports every page without a text as an error; here that is an outcome.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; texts as they stand in it."""

    text: str = ""
    url: str | None = None
    headline: str | None = None
    description: str | None = None
    by: str | None = None
    site: str | None = None
    published_at: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    no_story: str | None = None
    """Why there is no article in it: "paywall", "cookie_wall", "error_page" or "empty"."""


def read_page(html: str, url: str | None) -> Page:
    """Never raises: what cannot be read is empty."""
    tree = _parse(html)
    if tree is None:
        return Page(no_story="empty")
    head = read_head(tree)
    headline = head.headline or _title(tree)
    if headline and head.site:
        headline = _SITE_SUFFIX.sub("", headline)
    pruned = deepcopy(tree)
    prune(pruned, url)
    by = head.by or _byline(pruned)
    text = _story(pruned, url) or _story(tree, url)
    if says_more(head.story, text):
        text = head.story
    if letters(text) < _SHORT and says_more(state := story_in_state(tree, headline), text):
        text = state
    text = _without_headline(text, headline)
    return Page(
        url=_complete(head.url, url),
        headline=headline,
        description=head.description,
        by=by,
        site=head.site,
        published_at=head.published_at,
        language=head.language,
        section=head.section,
        keywords=head.keywords or _keywords(head, f"{headline} {head.description} {text}"),
        text=text,
        no_story=no_story(tree, head, headline, text),
    )


def _keywords(head: Head, told: str) -> tuple[str, ...]:
    return head.doubtful_keywords if tells_of_any(told, head.doubtful_keywords) else ()


def _parse(html: str) -> HtmlElement | None:
    # Encoded, as an XML declaration contradicts a decoded text.
    source = xml_text(html[:MAX_LENGTH]).encode("utf-8")
    if not source.strip():
        return None
    try:
        tree = document_fromstring(
            source, parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _story(tree: HtmlElement, url: str | None) -> str:
    """The text of the one article element with the page's only heading, where nothing outside it reads like a story.

    On a short article trafilatura would fill up with the teasers around it, and take long to.
    """
    headings = list(tree.iter("h1"))
    article = next(headings[0].iterancestors("article"), None) if len(headings) == 1 else None
    if article is not None:
        page = _parse(f"<html><body>{tostring(article, encoding='unicode', with_tail=False)}</body></html>")
        text = _extract(page, url, shortest=_SHORTEST) if page is not None else ""
        if text and (letters(text) >= _LONG or _prose_outside(tree, article) <= len(text)):
            return text
    return _extract(tree, url)


def _prose_outside(tree: HtmlElement, article: HtmlElement) -> int:
    """Letters of long texts outside the article that stand with no link."""
    length = 0
    waiting = [tree]
    while waiting:
        element = waiting.pop()
        if element is article or element.tag in _NO_PROSE:
            continue
        own = (element.text or "").strip() + "".join((child.tail or "").strip() for child in element)
        if len(own) > _PROSE:
            parent = element.getparent()
            near = element if parent is None or parent.tag in ("body", "html") else parent
            if near.find(".//a") is None:
                length += len(own)
        waiting.extend(element)
    return length


def _extract(tree: HtmlElement, url: str | None, shortest: int | None = None) -> str:
    """`shortest`: letters from which a text is one, in place of trafilatura's 250."""
    size = sum(1 for _ in islice(tree.iter(), _MOST_ELEMENTS + 1))
    if size > _MOST_ELEMENTS:
        return ""
    # What it compares itself with takes time quadratic in the number of blocks.
    options = Extractor(output_format="python", comments=False, tables=False, url=url, fast=size > _MANY_ELEMENTS)
    if shortest is not None:
        options.min_extracted_size = shortest
    try:
        document = bare_extraction(tree, options=options)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""  # broken beyond what trafilatura reads: an empty page
    return document.text or "" if isinstance(document, Document) else ""


def _without_headline(text: str, headline: str | None) -> str:
    """The text behind the headline, if that is among its first lines; what stands before it is a date or a section."""
    lines = text.split("\n")
    if _DATE.fullmatch(lines[0]):
        del lines[0]
    wanted = " ".join((headline or "").split())
    for place, line in enumerate(lines[:_ABOVE]):
        if wanted and " ".join(line.lstrip("# ").split()) == wanted:
            return "\n".join(lines[place + 1 :])
        if len(line) > _LABEL:
            break
    return "\n".join(lines)


def _complete(address: str | None, base: str | None) -> str | None:
    try:
        return urljoin(base or "", address) if address else None
    except ValueError:
        return None


def _title(tree: HtmlElement) -> str | None:
    try:
        found = extract_title(tree)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None
    return found if isinstance(found, str) else None


def _byline(tree: HtmlElement) -> str | None:
    try:
        found = extract_author(tree)
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError):
        return None
    return found if isinstance(found, str) and len(found) <= 120 else None
