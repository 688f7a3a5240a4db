"""Bytes to an element tree, however the feed was made: packed, in a legacy encoding, not well-formed.

A well-formed feed is parsed once, strictly. Any other is mended first, for libxml2 in its recovery would drop bare
ampersands, the names of HTML's characters and unclosed tags with what stands around them. Document type declarations
are cut out before parsing, so that there are no entities to expand or fetch.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from html.entities import html5

from lxml import etree

from pipeline.encoding import UndecodableError, charset, decode_declared
from pipeline.feeds._feed import NotAFeedError

_GZIP = b"\x1f\x8b"
_DECLARED = re.compile(rb"^\s{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_PROLOG = re.compile(
    r"""(?:\s++|<\?.*?\?>|<!--.*?-->
    |<!doctype[^\[>]*+(?:\[(?:<!--.*?(?:-->|\Z)|[^\]"'<]++|"[^"]*+"|'[^']*+'|<|\](?!\s*>))*+\]\s*+)?>)*+""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_FEED = re.compile(r"<([A-Za-z_][\w.-]*:)?(rss|rdf|feed|urlset|sitemapindex)[\s/>]", re.IGNORECASE)
_ROOTS = frozenset(("rss", "rdf", "feed", "channel", "urlset", "sitemapindex"))
_PREFACE = 4096
"""Within so many characters a feed may begin after the warnings of a broken script."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_UNESCAPED = re.compile(
    r"""(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))
    |&(?:(\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?
    |<(?![A-Za-z_/!?])
    |<(?=/?(?:a|b|big|blockquote|br|center|div|em|figure|figcaption|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|q|s|script
        |small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul)[\s/>])""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_NOT_LOST = frozenset((201, 202, 203, 204, 205))
"""libxml2's errors about namespaces: the elements are there all the same, under the prefix that they bear."""


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed feed. `url` is its address if it is known, `based` whether it says addresses of its own (xml:base)."""

    root: etree._Element
    root_name: str
    url: str | None
    based: bool
    lines_before: int
    flaw: str | None

    def line(self, element: etree._Element) -> int:
        """Where an element stands in the bytes as they came."""
        return int(element.sourceline or 0) + self.lines_before


def unpack(content: bytes, max_bytes: int) -> tuple[bytes, str | None]:
    """The bytes out of their gzip members, if any, and a flaw: broken packing loses the end only.

    Raises NotAFeedError for too many or none.
    """
    unpacked, flaw = _gunzip(content, max_bytes) if content.startswith(_GZIP) else (content, None)
    if len(unpacked) > max_bytes:
        raise NotAFeedError(f"a feed of more than {max_bytes:,} bytes, which no honest one has")
    if not unpacked.strip():
        raise NotAFeedError("there is nothing in it")
    return unpacked, flaw


def _gunzip(content: bytes, max_bytes: int) -> tuple[bytes, str | None]:
    made = bytearray()
    while content.startswith(_GZIP) and len(made) <= max_bytes:
        member = zlib.decompressobj(wbits=31)
        try:
            made += member.decompress(content, max_bytes + 1 - len(made))
        except zlib.error:
            # It gives nothing at all when something is wrong; by small steps there is all that stood before.
            return _up_to_the_fault(content, made, max_bytes), "its gzip is broken; read up to there"
        if not member.eof:
            return bytes(made), None if len(made) > max_bytes else "its gzip ends too early; read up to there"
        content = member.unused_data
    return bytes(made), None


def _up_to_the_fault(content: bytes, made: bytearray, max_bytes: int) -> bytes:
    member = zlib.decompressobj(wbits=31)
    try:
        for start in range(0, len(content), 64):
            made += member.decompress(content[start : start + 64], max_bytes + 1 - len(made))
            if len(made) > max_bytes:
                break
    except zlib.error:
        pass
    return bytes(made)


def parse_xml(content: bytes, content_type: str | None, url: str | None, flaw: str | None = None) -> XmlDocument:
    """The tree. Raises NotAFeedError."""
    text = _decode(content, content_type)
    start = text.find("<")
    if start < 0:
        raise NotAFeedError("neither XML nor JSON")
    prolog = _PROLOG.match(text, start)
    begun = prolog.end() if prolog else start
    root = _find_root(text, begun)
    name = root[2].lower()
    lines_before = text.count("\n", 0, root.start())
    text = text[root.start() :]
    tree, broken = _parse(text, url, lines_before)
    return XmlDocument(tree, name, url, "xml:base" in text, lines_before, flaw or broken)


def _find_root(text: str, begun: int) -> re.Match[str]:
    root = _ROOT.match(text, begun) or _ROOT.search(text, begun, begun + _PREFACE)
    if root is None:
        raise NotAFeedError("no XML that can be read")
    name = root[2].lower()
    if name in ("html", "head", "body"):
        raise NotAFeedError("a web page, not a feed")
    if name not in _ROOTS:
        root = _FEED.search(text, begun, begun + _PREFACE)
        if root is None:
            raise NotAFeedError(f"XML, but not a feed: it begins with <{name[:60]}>")
    return root


def _decode(content: bytes, content_type: str | None) -> str:
    declared = _DECLARED.match(content)
    if content.lstrip()[:1] == b"<" and content[1:2] != b"\x00":  # otherwise it may be UTF-16
        content = content.replace(b"\x00", b"")
    names = (charset(content_type), declared and declared[1].decode("ascii"))
    try:
        return decode_declared(content, *names)
    except UndecodableError as error:
        raise NotAFeedError(str(error)) from error


def _parse(text: str, url: str | None, lines_before: int) -> tuple[etree._Element, str | None]:
    try:
        return etree.fromstring(text.encode(), _parser(recover=False), base_url=url), None
    except (etree.XMLSyntaxError, UnicodeEncodeError):
        pass  # told below, if mending does not help
    parser = _parser(recover=True)
    root = etree.fromstring(mend(text).encode(), parser, base_url=url)
    if root is None:
        raise NotAFeedError("XML that cannot be read")
    lost = next((error for error in parser.error_log if error.type not in _NOT_LOST), None)
    if lost is None:
        return root, None
    said = " ".join(lost.message.split())[:200]
    return root, f"its XML is broken from line {lost.line + lines_before} on ({said}); read as far as it goes"


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def mend(text: str) -> str:
    """Characters that XML forbids taken out, those with names in HTML put in; bare ampersands, less-than signs and
    tags of HTML escaped."""
    return _UNESCAPED.sub(_escape, _CONTROL.sub("", text))


def _escape(found: re.Match[str]) -> str:
    kept, name = found[1], found[2]
    if kept is not None:
        return kept
    if name is None:
        return "&lt;" if found[0] == "<" else "&amp;"
    return _reference(name)


def _reference(name: str) -> str:
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return f"&{name};" if _is_xml(code) else ""
    if name in _OF_XML:
        return f"&{name};"
    known = html5.get(f"{name};")
    return f"&amp;{name};" if known is None else "".join(f"&#{ord(mark)};" for mark in known)


def _is_xml(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
