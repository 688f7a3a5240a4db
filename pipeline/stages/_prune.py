"""What is plainly no story leaves a page before the story is looked for: teasers, lists of links, readers' comments,
consent boxes. Layout tables become blocks.

A parser of stories has to weigh every block; without these it is right more often, and several times quicker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import Element, HtmlElement

_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe", "nav", "footer", "select", "dialog")
_COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:yorum(?:lar)?|comentarios?|comentários?|kommentar(?:e|er|bereich)?|commentaires?|komentar(?:ze|e)?|"
    r"commenti|opinie|reacties|leserkommentare|kommentarer|kommentit|binh-?luan)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"caption|img_?desc|photo_?desc", re.IGNORECASE)
_CONSENT = re.compile(r"cookie|consent|gdpr|(?:^|[\s_-])cmp(?:$|[\s_-])", re.IGNORECASE)
_MAX_MARKED = 100
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {*_HEADINGS, "p", "div", "ul", "ol", "table", "section", "article", "blockquote", "br", "center", "td"}
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CARDS = 3
"""Alike siblings from which teasers are told apart from a single link of the story."""
_LONGEST_CARD = 400
_MAX_LINKS = 8
_LABEL = 15
"""Letters up to which a further link in a teaser may name its section."""
_LONGEST_LABEL = 30
_BETWEEN = 4
"""Letters between teasers, as of bullets and bars; links with more around them are those of a sentence."""
_SEPARATOR = 20
_MARKS = (
    (_COMMENTS, ("div", "section", "ul", "ol")),
    (_CAPTION, ("div", "p", "span", "em", "small")),
    (_CONSENT, ("div", "section", "aside")),
)
_TABLE = {"table", "tbody", "thead", "tfoot", "tr", "td", "th"}
_FRAMES = {"body", "html", "main"}
_HOLDERS = {"div", "td", "section", "article", "main", "body", "font", "center", "span"}
_FORM = 150
"""Letters up to which the box around a form belongs to it."""
_CELL = 200
"""Letters from which a cell that holds blocks is a part of the page and no figure."""


_names_in = etree.XPath("//@class | //@id", smart_strings=False)
_layout_cells = etree.XPath(
    f"//*[self::td or self::th][string-length(.) > {_CELL}]"
    "[.//p or .//div or .//br or .//table or .//blockquote or .//h1 or .//h2 or .//h3]"
)


def prune(tree: HtmlElement, url: str | None) -> None:
    """Takes them out of the tree, unless they hold much of the page's text: then it may be the story that looks so."""
    for element in list(tree.iter(*_UNSEEN)):
        if element.getparent() is not None:
            element.drop_tree()
    _drop_tables(tree)
    whole = _length(tree)
    for element in _marked(tree):
        if element.getparent() is not None and _length(element) * 3 < whole:
            element.drop_tree()
    _drop_form_boxes(tree)
    stories = {article for heading in tree.iter("h1") for article in heading.iterancestors("article")}
    _drop_cards(tree, _host(url), stories)
    for article in stories:
        for link in [link for heading in article.iter(*_HEADINGS) for link in heading.iter("a")]:
            link.drop_tag()  # a heading of the story, link or not
    _wrap_broken_lines(tree)


def _drop_form_boxes(tree: HtmlElement) -> None:
    """A form with the words that ask to fill it in, as for newsletters."""
    for form in list(tree.iter("form"))[:_MAX_MARKED]:
        box = None
        around: HtmlElement | None = form
        while around is not None and around.tag not in _FRAMES and _is_small(around):
            box, around = around, around.getparent()
        if box is not None and box.getparent() is not None:
            box.drop_tree()


def _is_small(element: HtmlElement) -> bool:
    return _length(element) <= _FORM and next(element.iter("h1"), None) is None


def _wrap_broken_lines(tree: HtmlElement) -> None:
    """Text that only line breaks part becomes paragraphs."""
    holders = dict.fromkeys(line.getparent() for line in tree.iter("br"))
    for holder in holders:
        if holder is None or holder.tag not in _HOLDERS or len(holder.findall("br")) < 2:
            continue
        if letters(holder.text or "") + sum(letters(child.tail or "") for child in holder) < _CELL:
            continue
        children, line = list(holder), _paragraph(holder.text)
        made = [line]
        holder.text = None
        for child in children:
            tail, child.tail = child.tail, None
            if child.tag not in _BLOCKS:
                line.append(child)
                child.tail = tail
                continue
            if child.tag != "br":
                made.append(child)
            line = _paragraph(tail)
            made.append(line)
        holder[:] = [one for one in made if one.tag != "p" or len(one) or letters(one.text or "")]


def _paragraph(text: str | None) -> HtmlElement:
    made = Element("p")
    made.text = text
    return made


def _marked(tree: HtmlElement) -> list[HtmlElement]:
    """Elements whose class or id says what they are."""
    kinds: dict[str, set[str]] = {}
    for name in set(_names_in(tree)):
        tags = {tag for pattern, tags in _MARKS if pattern.search(name) for tag in tags}
        if tags:
            kinds[name] = tags
    if not kinds:
        return []
    named = (one for one in tree.iter() if one.get("class") in kinds or one.get("id") in kinds)
    found = (
        one for one in named if one.tag in kinds.get(one.get("class"), ()) or one.tag in kinds.get(one.get("id"), ())
    )
    return list(islice(found, _MAX_MARKED))


def _drop_tables(tree: HtmlElement) -> None:
    """Figures go. What lays out a page becomes blocks."""
    for cell in _layout_cells(tree):
        around = cell
        while around is not None and around.tag in _TABLE:
            siblings = around.getparent()
            for element in siblings if siblings is not None and around.tag in ("td", "th") else (around,):
                element.tag = "div"
            around = siblings
    for table in list(tree.iter("table")):
        if table.getparent() is not None:
            table.drop_tree()


def _drop_cards(tree: HtmlElement, host: str | None, stories: set[HtmlElement]) -> None:
    looks: dict[HtmlElement, _Seen | None] = {}
    parents: dict[HtmlElement, list[HtmlElement]] = {}
    labels = _repeated_labels(tree)
    for link in tree.iter("a"):
        card = _card(link, host, looks, stories, labels)
        parent = card.getparent() if card is not None else None
        if card is not None and parent is not None:
            cards = parents.setdefault(parent, [])
            if not cards or cards[-1] is not card:
                cards.append(card)
    for parent, cards in parents.items():
        if len(cards) < _CARDS:
            continue
        kinds = {card.tag for card in cards}
        alike = sum(child.tag in kinds for child in parent)
        between = len((parent.text or "").strip()) + sum(len((child.tail or "").strip()) for child in parent)
        if len(cards) * 5 >= alike * 3 and between <= _BETWEEN * len(cards):
            for card in cards:
                if len(card.tail or "") <= _SEPARATOR:  # joining many tails to one text would take long
                    card.tail = None
                card.drop_tree()


def _repeated_labels(tree: HtmlElement) -> set[str]:
    """What several links say that lead to different places, as "Read more"."""
    places: dict[str, set[str]] = {}
    for link in tree.iter("a"):
        text = link.text_content().strip()
        if 0 < len(text) <= _LONGEST_LABEL:
            places.setdefault(text, set()).add(link.get("href") or "")
    return {text for text, found in places.items() if len(found) >= _CARDS}


def _card(
    link: HtmlElement,
    host: str | None,
    looks: dict[HtmlElement, _Seen | None],
    stories: set[HtmlElement],
    labels: set[str],
) -> HtmlElement | None:
    """The largest block around a link to the own site that says little more than the link does, or that it heads or
    has the label of other teasers.

    The latter two not within a story: entries of a live blog have headings with links, too.
    """
    said = _length(link)
    if said > _LONGEST_CARD or not _is_own(link.get("href") or "", host):
        return None
    within = any(article in stories for article in link.iterancestors("article"))
    headed = link.text_content().strip() in labels or (len(link) > 0 and next(link.iter(*_HEADINGS), None) is not None)
    titled = headed and not within
    card, around = link, link.getparent()
    while around is not None and around.tag not in _FRAMES:
        if around not in looks:
            looks[around] = _look(around, said)
        seen = looks[around]
        titled = titled or (not within and around.tag in _HEADINGS)
        if seen is None or not seen.one or not (titled or seen.letters <= 2 * said + 20):
            break
        card, around = around, around.getparent()
    return card


@dataclass(frozen=True, slots=True)
class _Seen:
    letters: int
    one: bool
    """Its links lead to one place; a few more may name sections."""


def _look(element: HtmlElement, said: int) -> _Seen | None:
    """What stands in an element that is small enough for a card; else None. A link in it says so many letters."""
    length = _length(element)
    if length > _LONGEST_CARD:
        return None
    if 0 < length == said:
        return _Seen(length, True)
    links = list(islice(element.iter("a"), _MAX_LINKS))
    places = {link.get("href") for link in links}
    if len(places) <= 1:
        return _Seen(length, True)
    telling = {link.get("href") for link in links if _length(link) > _LABEL}
    return _Seen(length, len(links) < _MAX_LINKS and len(places) <= _CARDS and len(telling) <= 1)


def _is_own(address: str, host: str | None) -> bool:
    if address.startswith("/") and not address.startswith("//"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.fragment and parts.scheme in ("", "http", "https") and (not parts.netloc or parts.netloc == host)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").netloc or None
    except ValueError:
        return None


def letters(text: str) -> int:
    """The length of a text; an ideograph says as much as three letters."""
    return len(text) if text.isascii() else len(text) + 2 * len(_IDEOGRAPH.findall(text))


def _length(element: HtmlElement) -> int:
    """Letters in the element."""
    return letters(" ".join(element.text_content().split()))
