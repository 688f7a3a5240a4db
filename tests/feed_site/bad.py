"""Bad feeds, each with what a poller must make of it: health, words for the user, and the items that come anyway."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.feed_records import Health
from tests.feed_site import bad_answers as bad
from tests.feed_site.bad_answers import (
    TWO,
    Behaviour,
    fixed,
    head,
    item,
    json_of,
    made,
    raw,
    redirect,
    rss,
    stream,
    whole,
)

_BOTH = ("One", "Two")
_FAILING: tuple[Health, ...] = ("failing",)
_READ: tuple[Health, ...] = ("ok",)
_EITHER: tuple[Health, ...] = ("ok", "failing")


@dataclass(frozen=True, slots=True)
class BadFeed:
    """`behave` None: nobody listens there. `words` is a pattern for the feed's reason, case ignored; None where a feed
    is read in full and nothing need be said. `items` are headlines that must come all the same.
    `url` is the address where it is none of ours; `certificate` makes it https. `polls`: after so many it must be so.
    """

    name: str
    behave: Behaviour | None
    health: tuple[Health, ...]
    words: str | None
    items: tuple[str, ...] = ()
    url: str | None = None
    certificate: str | None = None
    polls: int = 1
    max_bytes: int = 40_000_000
    """More than this must never be taken from the server, whatever it offers."""


def _failing(name: str, behave: Behaviour | None, words: str, **more: str) -> BadFeed:
    return BadFeed(name, behave, _FAILING, words, url=more.get("url"), certificate=more.get("certificate"))


def _read(
    name: str, behave: Behaviour, words: str | None = None, items: Iterable[str] = _BOTH, polls: int = 1
) -> BadFeed:
    return BadFeed(name, behave, _READ if words is None else _EITHER, words, tuple(items), polls=polls)


def _dated(words: str) -> bytes:
    return rss(item("One", f"<pubDate>{words}</pubDate>") + item("Two", f"<pubDate>{words}</pubDate>"))


_PRIVATE = "private|link-local|loopback|not allowed|internal|allow_hosts"
_TOO_LARGE = r"bytes|\bMB\b|large|decompress"
_TOO_EARLY = "clos|ended|broke|early|reset|incomplete|disconnect"
_TOO_OFTEN = "429|too (many|often)"
_CHUNKED = head(Content_Type=bad.XML, Transfer_Encoding="chunked")
_IMAGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(500)
_LATIN = TWO.replace(b"<title>Courier", "<title>Courier déjà-vu".encode("latin-1"))
_ACCENTS = TWO.replace(b"What happened", "Was geschäh".encode())

_CONTENT = (
    _read("truncated", fixed(TWO[: TWO.index(b"<title>Two")]), "broken|too early|incomplete|cut", ["One"]),
    _read("not the declared encoding", fixed(_LATIN, Content_Type="text/xml")),
    _read("an unknown encoding declared", fixed(_ACCENTS.replace(b"UTF-8", b"x-nonsense"), Content_Type="text/xml")),
    _read(
        "UTF-16 without a mark",
        fixed(TWO.decode().replace("UTF-8", "UTF-16").encode("utf-16-le"), Content_Type="text/xml"),
    ),
    _read("NUL bytes", fixed(TWO.replace(b"What", b"\0W\0hat"))),
    _failing("a web page", fixed(bad.WEB_PAGE), "web page"),
    _failing("a login page", made(bad.login), "web page|sign in|log ?in"),
    _failing("an image", fixed(_IMAGE, Content_Type="image/png"), "not text|not a feed|no feed|image"),
    _failing("an empty body", fixed(b""), "empty|nothing"),
    _failing("JSON that is no feed", fixed(b'{"error": "no such thing"}', Content_Type="application/json"), "JSON"),
    _failing(
        "a JSON feed without a version", fixed(json_of(version=None), Content_Type="application/feed+json"), "version"
    ),
    _failing("a JSON feed without items", fixed(json_of(items=None), Content_Type="application/feed+json"), "items"),
    BadFeed("an entity bomb", fixed(bad.BOMB), _EITHER, None),
    BadFeed("an external entity", fixed(bad.SECRET_FILE), _EITHER, None),
    BadFeed(
        "100,000 items",
        made(lambda _: whole(bad.many_items(100_000))),
        _EITHER,
        r"\d{2}[,.]?\d{3} items|too many|more than",
        ("I0", "I1"),
    ),
    BadFeed("an item of 20 MB", made(lambda _: whole(bad.big_item())), _EITHER, "bytes|MB|large|long"),
)

_SIZE = (
    _failing("200 MB", stream(head(Content_Type=bad.XML, Content_Length="200000000"), bad.megabytes(200)), _TOO_LARGE),
    _failing("a stream without end", stream(_CHUNKED, bad.chunked(bad.megabytes(5000))), _TOO_LARGE),
    _failing("a gzip bomb", stream(head(Content_Type=bad.XML, Content_Encoding="gzip"), bad.packed_blanks), _TOO_LARGE),
    _failing("a gzip bomb as a file", stream(head(Content_Type="application/gzip"), bad.packed_blanks), _TOO_LARGE),
    _failing("a body that is no gzip", fixed(TWO, Content_Encoding="gzip"), "gzip|decompress|encod|compress"),
    _read("a gzip file cut", fixed(gzip.compress(TWO)[:-6], Content_Type="application/gzip"), "gzip|too early"),
    _failing("a byte a second", stream(head(Content_Type=bad.XML), bad.single_bytes, 1), "seconds|slow|time"),
    _failing("silence", bad.silent, "seconds|answer|time"),
    _failing("headers without end", stream(b"HTTP/1.1 200 OK\r\n", bad.headers_without_end), "header|HTTP"),
    _failing("closed before an answer", raw(b""), _TOO_EARLY),
    _failing("reset within the body", bad.cut(head(Content_Length="100000") + TWO[:300]), _TOO_EARLY),
    _failing("closed within a chunk", raw(head(Transfer_Encoding="chunked") + b"fff0\r\n" + TWO[:300]), _TOO_EARLY),
    _failing("longer announced than sent", raw(head(Content_Length=str(len(TWO) + 99)) + TWO), _TOO_EARLY),
    BadFeed(
        "shorter announced than sent",
        raw(head(Content_Length=str(TWO.index(b"<title>Two"))) + TWO),
        _EITHER,
        "more than it announces",
    ),
    _failing("HTTP/0.9", raw(TWO), "HTTP"),
    _failing("another protocol", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "HTTP"),
)

_REDIRECTS = (
    _failing("a redirect loop", redirect(lambda _: "/feed"), "redirect"),
    _failing("30 redirects", bad.chain_of(30), "redirect"),
    _failing("a redirect to a private address", redirect(lambda _: "http://10.0.0.1/feed"), _PRIVATE),
    _failing(
        "a redirect to a metadata address", redirect(lambda _: "http://169.254.169.254/latest/meta-data/"), _PRIVATE
    ),
    _failing(
        "a redirect to an address in one number",
        redirect(lambda _: "http://2852039166/latest/meta-data/"),
        f"{_PRIVATE}|address|found|DNS",
    ),
    _failing("a redirect to IPv6 loopback", redirect(lambda _: "http://[::1]:1/feed"), _PRIVATE),
    _failing("a redirect to a mapped address", redirect(lambda _: "http://[::ffff:10.0.0.1]/feed"), _PRIVATE),
    _failing("a redirect to a file", redirect(lambda _: "file:///etc/passwd"), "redirect|address|http"),
    _failing("a redirect to nowhere", raw(head("302 Found", Content_Length="0")), "redirect|Location|302"),
    BadFeed("gone after a redirect", made(bad.gone_after_a_redirect), ("gone",), "gone|410|removed"),
)

_CONNECTIONS = (
    _failing("an expired certificate", fixed(TWO), "certificate.*expired|expired.*certificate", certificate="expired"),
    _failing("a self-signed certificate", fixed(TWO), "certificate", certificate="self-signed"),
    _failing("a certificate of another host", fixed(TWO), "certificate", certificate="wrong-host"),
    BadFeed("a good certificate", fixed(TWO), _READ, None, _BOTH, certificate="valid"),
    _failing("https where there is none", None, "TLS|https|SSL", url="https://127.2.2.1:{port}/feed"),
    _failing(
        "an unknown name", None, "DNS|name|found|resolve|no (such )?host", url="http://feeds.courier.invalid/feed"
    ),
    _failing("nobody listens", None, "refused|connect", url="http://127.2.200.1:{port}/feed"),
    _failing("a private address", None, _PRIVATE, url="http://10.0.0.1/feed"),
)

_STATUSES = (
    _failing("400", fixed(b"no", "400 Bad Request"), "400"),
    _failing(
        "401",
        fixed(b"", "401 Unauthorized", WWW_Authenticate='Basic realm="x"'),
        "401|password|log ?in|sign in|authori[sz]",
    ),
    _failing("403", fixed(b"", "403 Forbidden"), "403|refus|forbid"),
    _failing("404", fixed(b"", "404 Not Found"), "404|not found|no such"),
    BadFeed("410", fixed(b"", "410 Gone"), ("gone",), "gone|410|removed"),
    _failing("429", fixed(b"", "429 Too Many Requests"), _TOO_OFTEN),
    _failing("429 for an hour", fixed(b"", "429 Too Many Requests", Retry_After="3600"), _TOO_OFTEN),
    _failing("429 for ever", fixed(b"", "429 Too Many Requests", Retry_After="99999999999"), _TOO_OFTEN),
    _failing("500", fixed(b"", "500 Internal Server Error"), "500|server"),
    _failing("503 until a date", made(bad.retry_at), "503|server|unavailable"),
    _failing("a status of 999", fixed(b"", "999 Request denied"), "999|HTTP"),
    _failing("304 unasked", raw(head("304 Not Modified")), "304|not (changed|modified)|unchanged"),
    BadFeed("304 for ever", made(bad.always_unchanged), _EITHER, None, _BOTH, polls=3),
)

_ITEMS = (
    _read("dates in the future", made(bad.future), "future"),
    _read("dates that are none", fixed(_dated("the day after tomorrow, perhaps"))),
    _read("no ids", fixed(re.sub(b"<(guid|link)>[^<]*</(guid|link)>", b"", TWO)), r"\bids?\b|guid|address|link"),
    _read(
        "ids that are all the same",
        fixed(re.sub(b"<guid>[^<]*", b'<guid isPermaLink="false">x', TWO)),
        r"\bids?\b|guid|same",
    ),
    _read("other ids at each poll", made(bad.changing_ids), r"\bids?\b|guid|chang", polls=3),
    _read("other addresses at each poll", made(bad.changing_addresses), polls=3),
    _read("addresses that are scripts", fixed(TWO.replace(b"<link>/", b"<link>javascript:open()//")), "address|link"),
    _read("addresses that are nonsense", fixed(TWO.replace(b"<link>/", b"<link>http://[nowhere/ ")), "address|link"),
    _read(
        "all items link to the home page", fixed(re.sub(b"<link>[^<]*", b"<link>/", TWO)), "address|link|same|home page"
    ),
)

BAD_FEEDS: tuple[BadFeed, ...] = (*_CONTENT, *_SIZE, *_REDIRECTS, *_CONNECTIONS, *_STATUSES, *_ITEMS)
"""All cases. The certificates are of an authority that is trusted where SSL_CERT_FILE names `AUTHORITY`."""
