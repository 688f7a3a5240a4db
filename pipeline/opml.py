"""Lists of subscriptions: OPML 1.0 and 2.0 (opml.org/spec2.opml) in and out, and plain lists of addresses in.

What the outlines of a feed and of its folders say and Feed has no field for is kept in `Feed.outline` and
`Feed.folder_outlines`, names of other namespaces as `{namespace}name`, so that an export gives it back. A list's head
(its dates, its owner, the state of a window) says nothing of feeds and is not kept, nor are folders without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from lxml import etree
from msgspec.structs import replace

from pipeline.errors import NewswireError
from pipeline.feed_records import Feed, FullText
from pipeline.identity import feed_id

MAX_BYTES = 32 * 1024 * 1024
"""Largest list; 100,000 feeds take about 25 MB."""
MAX_DEPTH = 32
"""Of folders within folders; what lies deeper goes into the last of them."""
MAX_OUTLINE = 100_000
"""Characters of all attributes of one feed."""
MAX_FOLDER_OUTLINE = 1000
"""Characters of the attributes of a folder that are kept, as each of its feeds has them."""

_Folders = tuple[tuple[str, dict[str, str]], ...]
"""The way to a feed: names of folders, and what else their outlines say."""
_OURS = "urn:newswire:opml"
_PREFIXES = {"nw": _OURS, "frss": "https://freshrss.org/opml"}
_PAUSED, _FULL_TEXT = f"{{{_OURS}}}paused", f"{{{_OURS}}}fullText"
_FIELDS = frozenset(("text", "title", "xmlurl", "htmlurl", "language"))
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(//)", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE = b"\xef\xbb\xbf \t\r\n"


class OpmlError(NewswireError):
    """The file is no OPML that can be read; the message says why and in which line."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of a list from which no feed of its own was made, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(slots=True)
class Subscriptions:
    """What a list has: its feeds, those merged into an earlier one of the same address, and what cannot be used."""

    title: str | None = None
    feeds: list[Feed] = field(default_factory=list)
    merged: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    _known: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, line: int, feed: Feed) -> None:
        """Take a feed in, or merge it. The other folders of a merged one become categories, as OPML 2.0 has them."""
        if feed.id not in self._known:
            self._known[feed.id] = (len(self.feeds), line)
            self.feeds.append(feed)
            return
        index, first = self._known[feed.id]
        kept = self.feeds[index]
        where = ""
        if feed.folder and feed.folder != kept.folder:
            category = "/" + "/".join(name.replace("/", " ").replace(",", " ") for name in feed.folder)
            given = kept.outline.get("category")
            if category not in (given or "").split(","):
                outline = {**kept.outline, "category": f"{given},{category}" if given else category}
                self.feeds[index] = replace(kept, outline=outline)
            where = f"; its folder {'/'.join(feed.folder)} is kept as a category"
        self.merged.append(Remark(line, f"{feed.url} is the feed of line {first}{where}"))


def read_subscriptions(content: bytes, now: datetime) -> Subscriptions:
    """OPML, or a list of addresses, one a line. Raises OpmlError."""
    if len(content) > MAX_BYTES:
        raise OpmlError(f"more than {MAX_BYTES // 1024 // 1024} MiB, which no list of feeds has")
    start = content.lstrip(_SPACE)[:1]
    if not start:
        raise OpmlError("there is nothing in it")
    if start == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _read_opml(content, now)
    return _read_list(content, now)


def write_opml(feeds: Iterable[Feed], title: str = "Newswire", titles: Mapping[str, str] | None = None) -> bytes:
    """OPML 2.0 of these feeds, in their order, folders where their first feed stands. `titles` by feed id are for
    feeds that users gave none."""
    feeds = list(feeds)
    outlines = {path: outline for feed in reversed(feeds) for path, outline in feed.folder_outlines.items()}
    names = {name for feed in feeds for name in _attributes(feed, None)}.union(*outlines.values())
    spaces = {name[1:].partition("}")[0] for name in names if name[0] == "{"}
    prefixes = {prefix: space for prefix, space in _PREFIXES.items() if space in spaces}
    root = etree.Element("opml", nsmap=prefixes or None, version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _xml(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for feed in feeds:
        parent = _folder(folders, feed.folder, outlines)
        element = etree.SubElement(parent, "outline")
        for name, value in _attributes(feed, (titles or {}).get(feed.id)).items():
            element.set(name, _xml(value))
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def plain_address(address: str) -> str:
    """Without the scheme `feed:`, by which readers are called."""
    return _FEED_SCHEME.sub(lambda found: "http://" if found[1] else "", address.strip(), count=1)


def language_tag(text: str | None) -> str | None:
    """The BCP 47 tag in a text, if it looks like one."""
    found = (text or "").strip()
    return found.replace("_", "-") if _LANGUAGE.fullmatch(found) else None


def _read_opml(content: bytes, now: datetime) -> Subscriptions:
    if b"<!ENTITY" in content.replace(b"\x00", b""):
        raise OpmlError("it declares entities, which no list of feeds needs")
    lines_before = content[: len(content) - len(content.lstrip())].count(b"\n")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"line {(error.lineno or 1) + lines_before}: {_told(error)}") from error
    if _local(root).lower() != "opml":
        line = (root.sourceline or 1) + lines_before
        raise OpmlError(f"line {line}: not OPML: it begins with <{_local(root)[:60]}>")
    found = Subscriptions(title=_title(root))
    for body in root:
        if _local(body).lower() == "body":
            for line, folders, attributes in _outlines(body):
                _take(found, line + lines_before, folders, attributes, now)
    return found


def _outlines(body: Any) -> Iterator[tuple[int, _Folders, dict[str, str]]]:
    """Line, folders and attributes of each outline that is no folder, in their order."""
    waiting: list[tuple[Any, _Folders]] = [(child, ()) for child in reversed(body)]
    while waiting:
        element, folders = waiting.pop()
        if _local(element).lower() != "outline":
            continue
        attributes = {str(name): str(value) for name, value in element.attrib.items()}
        known = {name.lower(): value.strip() for name, value in attributes.items()}
        inner = folders
        if known.get("xmlurl"):
            yield element.sourceline or 0, folders, attributes
        else:
            name = known.get("title") or known.get("text")
            if len(element) == 0 and (known.get("type", "folder") != "folder" or known.get("htmlurl")):
                yield element.sourceline or 0, folders, attributes
            elif name and len(folders) < MAX_DEPTH:
                inner = (*folders, (name, _further(attributes, name)))
        waiting += [(child, inner) for child in reversed(element)]


def _further(attributes: dict[str, str], name: str) -> dict[str, str]:
    """What a folder's outline says besides its name."""
    kept = {key: value for key, value in attributes.items() if key.lower() not in ("title", "text") or value != name}
    return kept if sum(map(len, kept.values())) <= MAX_FOLDER_OUTLINE else {}


def _take(found: Subscriptions, line: int, folders: _Folders, attributes: dict[str, str], now: datetime) -> None:
    known = {name.lower(): value.strip() for name, value in attributes.items() if name.lower() in _FIELDS}
    title, text = known.get("title"), known.get("text")
    named = title or text
    if not known.get("xmlurl"):
        found.refused.append(Remark(line, f"{(named or 'an outline')[:100]!r} has no xmlUrl, so it is no feed"))
        return
    if sum(map(len, attributes.values())) > MAX_OUTLINE:
        found.refused.append(Remark(line, f"its attributes have more than {MAX_OUTLINE:,} characters"))
        return
    url = plain_address(known["xmlurl"])
    made = feed_id(url)
    if made is None:
        found.refused.append(Remark(line, _no_address(url)))
        return
    language = language_tag(known.get("language"))
    outline = {name: value for name, value in attributes.items() if name.lower() not in _FIELDS}
    if title and text and text != title:
        outline["text"] = text
    if known.get("language") and (language != known["language"]):
        outline["language"] = known["language"]
    paused = outline.pop(_PAUSED, "") == "true"
    full_text = outline.pop(_FULL_TEXT, "auto")
    folder = tuple(name for name, _ in folders)
    feed = Feed(
        id=made,
        url=url,
        title=None if named == url else named or None,
        site=known.get("htmlurl") or None,
        folder=folder,
        folder_outlines={_path(folder[: depth + 1]): kept for depth, (_, kept) in enumerate(folders) if kept},
        language=language,
        full_text=full_text if full_text in get_args(FullText) else "auto",  # type: ignore[arg-type]
        paused=paused,
        added_at=now,
        outline=outline,
    )
    found.add(line, feed)


def _read_list(content: bytes, now: datetime) -> Subscriptions:
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OpmlError(f"line {line}: neither OPML nor a list of addresses in UTF-8") from error
    found = Subscriptions()
    for number, text in enumerate(lines, 1):
        url = plain_address(text)
        if not url or url.startswith("#"):
            continue
        made = feed_id(url)
        if made is None:
            found.refused.append(Remark(number, _no_address(url)))
        else:
            found.add(number, Feed(id=made, url=url, added_at=now))
    return found


def _attributes(feed: Feed, title: str | None) -> dict[str, str]:
    """Of its outline, in the order in which people like to read them."""
    kept = dict(feed.outline)
    title = feed.title or title or feed.url
    made = {"type": kept.pop("type", "rss"), "text": kept.pop("text", title), "title": title, "xmlUrl": feed.url}
    if feed.site:
        made["htmlUrl"] = feed.site
    if language := kept.pop("language", None) or feed.language:
        made["language"] = language
    if feed.paused:
        made[_PAUSED] = "true"
    if feed.full_text != "auto":
        made[_FULL_TEXT] = feed.full_text
    return made | kept


def _folder(
    folders: dict[tuple[str, ...], Any], path: tuple[str, ...], outlines: Mapping[str, Mapping[str, str]]
) -> Any:
    for depth in range(1, len(path) + 1):
        if path[:depth] not in folders:
            name = _xml(path[depth - 1])
            element = etree.SubElement(folders[path[: depth - 1]], "outline", text=name, title=name)
            for key, value in outlines.get(_path(path[:depth]), {}).items():
                element.set(key, _xml(value))
            folders[path[:depth]] = element
    return folders[path]


def _path(folder: tuple[str, ...]) -> str:
    return "/".join(folder)


def _title(root: Any) -> str | None:
    for head in root:
        if _local(head).lower() == "head":
            for child in head:
                if _local(child).lower() == "title":
                    return (child.text or "").strip() or None
    return None


def _local(element: Any) -> str:
    """Its name without namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _told(error: etree.XMLSyntaxError) -> str:
    said = re.sub(r",? line \d+, column \d+.*$", "", " ".join(str(error.msg or error).split()))
    hint = "; a bare & must be written &amp;" if "EntityRef" in said else ""
    return f"not well-formed XML ({said[:200]}{hint})"


def _no_address(url: str) -> str:
    return f"{url[:100]!r} is no http(s) address"


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
