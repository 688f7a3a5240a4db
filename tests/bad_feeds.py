"""Feeds as they should not be. BENT: what is read of them all the same, and the flaw that is told; REFUSED: why not."""

from __future__ import annotations

import gzip

TWO: list[str | None] = ["One", "Two"]
_ONE = "<item><title>One</title><link>https://n.example/1</link><description>First text.</description></item>"
_TWO = "<item><title>Two</title><link>https://n.example/2</link><description>Second text.</description></item>"
_BROKEN = "its XML is broken from line"


def rss(items: str) -> bytes:
    """A feed of RSS 2.0 with these items."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n<title>Courier</title>'
        f"<link>https://courier.example/</link>\n{items}\n</channel></rss>"
    ).encode()


_GOOD = rss(_ONE + _TWO)
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title><entry><title>One</title><id>1</id></entry>'
    "<entry><title>Two</title><id>2</id></entry></feed>"
)

BENT: dict[str, tuple[bytes, list[str | None], str | None]] = {
    "cut between items": (_GOOD.partition(b"<item><title>Two")[0], ["One"], _BROKEN),
    "cut within an item": (_GOOD[: _GOOD.index(b"Second")], TWO, _BROKEN),
    "cut within a tag": (_GOOD[: _GOOD.index(b"<description>Second") + 4], TWO, _BROKEN),
    "cut within CDATA": (rss(_ONE + "<item><title>Two</title><description><![CDATA[abc</description>"), TWO, _BROKEN),
    "cut within a character": (
        _GOOD.replace(b"Second text.", "Zweiter ü".encode()).partition(b"\xbc")[0],
        TWO,
        _BROKEN,
    ),
    "gzip cut": (gzip.compress(_GOOD, mtime=0)[:-9], TWO, "its gzip ends too early"),
    "gzip followed by rubbish": (gzip.compress(_GOOD, mtime=0) + b"rubbish", TWO, None),
    "bare ampersands": (rss(_ONE.replace("First", "A & B, R&D?a=1&b=2 &") + _TWO), TWO, None),
    "bare ampersand in an address": (rss(_ONE.replace("n.example/1", "n.example/1?a=1&b=2") + _TWO), TWO, None),
    "names of HTML's characters": (rss(_ONE.replace("First", "&nbsp;&hellip;&rsquo;") + _TWO), TWO, None),
    "an unknown entity": (rss(_ONE.replace("First", "&nosuchthing;") + _TWO), TWO, None),
    "control characters": (rss(_ONE.replace("First", "\x00\x01\x0b\x1f") + _TWO), TWO, None),
    "references to control characters": (rss(_ONE.replace("First", "&#0;&#x1f;&#xFFFE;&#99999999;") + _TWO), TWO, None),
    "an undeclared prefix": (
        rss(_ONE.replace("</item>", "<dc:creator>Io</dc:creator><x:y/></item>") + _TWO),
        TWO,
        None,
    ),
    "an item that is not closed": (rss(_ONE.replace("</item>", "") + _TWO), TWO, _BROKEN),
    "an element that is not closed": (rss(_ONE.replace("</link>", "") + _TWO), TWO, _BROKEN),
    "crossed elements": (rss(_ONE.replace("First text.", "<b><i>First</b></i>") + _TWO), TWO, None),
    "raw HTML in the text": (rss(_ONE.replace("First text.", "<p>First<br>text.</p>") + _TWO), TWO, None),
    "well-formed HTML in the text": (rss(_ONE.replace("First text.", "<p>First <b>text</b>.</p>") + _TWO), TWO, None),
    "a less-than sign": (rss(_ONE.replace("First", "4 < 5") + _TWO), TWO, None),
    "unquoted attributes": (
        rss(_ONE.replace("</item>", "<guid isPermaLink=false>g</guid></item>") + _TWO),
        TWO,
        _BROKEN,
    ),
    "an attribute twice": (rss(_ONE.replace("</item>", "<guid a='1' a='2'>g</guid></item>") + _TWO), TWO, _BROKEN),
    "blanks before the declaration": (b"\n\n  " + _GOOD, TWO, None),
    "a warning before the declaration": (b"<br />\n<b>Warning</b>: mysql_connect() in x.php\n" + _GOOD, TWO, None),
    "a message before the declaration": (b"Notice: undefined index\n" + _GOOD, TWO, None),
    "a script after the end": (_GOOD + b"<script>track()</script>", TWO, _BROKEN),
    "two marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + _GOOD, TWO, None),
    "two declarations": (_GOOD.partition(b"\n")[0] + _GOOD, TWO, None),
    "a style sheet and comments first": (
        _GOOD.replace(b"<rss", b"<?xml-stylesheet href='a'?><!-- <rss> --><rss"),
        TWO,
        None,
    ),
    "a wrong declared encoding": (rss(_ONE + _TWO).replace(b"UTF-8", b"x-nonsense"), TWO, None),
    "declared UTF-8, is Latin-1": (rss(_ONE.replace("First", "Déjà-vu") + _TWO).decode().encode("latin-1"), TWO, None),
    "no channel": (_GOOD.replace(b"<channel>", b"").replace(b"</channel>", b""), TWO, None),
    "no rss element": (_GOOD.replace(b'<rss version="2.0">', b"").replace(b"</rss>", b""), TWO, None),
    "items outside the channel": (
        _GOOD.replace(b"</channel>", b"").replace(b"<item>", b"</channel><item>", 1),
        TWO,
        None,
    ),
    "names in capitals": (_GOOD.upper().replace(b"ONE", b"One").replace(b"TWO", b"Two"), TWO, None),
    "a wrong namespace": (_GOOD.replace(b"<rss", b'<rss xmlns="http://example.org/rss"'), TWO, None),
    "Atom without its namespace": (_ATOM.replace(' xmlns="http://www.w3.org/2005/Atom"', "").encode(), TWO, None),
    "Atom in another namespace": (_ATOM.replace("2005/Atom", "2099/Atom").encode(), TWO, None),
    "Atom with a prefix": (
        _ATOM.replace("xmlns=", "xmlns:a=")
        .replace("</", "</a:")
        .replace("<", "<a:")
        .replace("<a:/a:", "</a:")
        .encode(),
        TWO,
        None,
    ),
    "no ids and no addresses": (rss("<item><title>One</title></item><item><title>Two</title></item>"), TWO, None),
    "an empty item": (rss("<item/>" + _ONE + "<item><title> </title></item>" + _TWO), TWO, None),
    "dates that are none": (rss(_ONE.replace("</item>", "<pubDate>soon</pubDate></item>") + _TWO), TWO, None),
    "no items": (rss(""), [], None),
    "nothing but the root": (b"<rss/>", [], None),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "there is nothing in it"),
    "blanks": (b" \n\t ", "there is nothing in it"),
    "empty gzip": (gzip.compress(b"", mtime=0), "there is nothing in it"),
    "a web page": (b"<!DOCTYPE html>\n<html><head><title>x</title></head></html>", "a web page"),
    "a web page of XHTML": (
        b'<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>',
        "a web page",
    ),
    "an error page without a head": (b"<h1>502 Bad Gateway</h1>", "it begins with <h1>"),
    "plain text": (b"Too many requests", "neither XML nor JSON"),
    "other XML": (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "it begins with <opml>"),
    "a declaration alone": (b"<?xml version='1.0'?>", "no XML that can be read"),
    "a document type without end": (b"<!DOCTYPE rss [ <!ENTITY a 'b'>", "no XML that can be read"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not text"),
    "gzip of a picture": (gzip.compress(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "not text"),
    "JSON without a version": (b'{"items": []}', "names no version"),
    "a JSON array": (b"[]", "names no version"),
    "JSON without items": (b'{"version": "https://jsonfeed.org/version/1.1"}', "without a list of items"),
    "JSON cut": (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id"', "not JSON"),
    "more than allowed": (b"<rss>" + b" " * 17_000_000, "more than 16,777,216 bytes"),
}
