"""Feeds: golden pairs for every format, `feeds/NAME.SUFFIX` gives `NAME.expected.json`; and feeds as they should not
be. The texts are our own. To accept what the parser makes now, read the difference, then: NEWSWIRE_TEST_GOLDEN=update
pytest tests/test_feeds.py.
"""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds import MAX_FEED_BYTES, MAX_ITEMS, NotAFeedError, ParsedFeed, parse_feed
from tests.bad_feeds import BENT, REFUSED, rss

FEEDS = Path(__file__).parent / "feeds"
INPUTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))
UPDATE = os.environ.get("NEWSWIRE_TEST_GOLDEN") == "update"
ADDRESS = "https://courier.example/feed"


def told(feed: ParsedFeed) -> Any:
    """What it says, without what is empty."""
    return _filled(msgspec.to_builtins(feed))


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one) for name, one in value.items() if one not in (None, [], ())}
    return [_filled(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_every_format_is_read_as_agreed(path: Path) -> None:
    expected = path.with_suffix(".expected.json")
    made = told(parse_feed(path.read_bytes()))
    if UPDATE:
        expected.write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert made == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_gzip_changes_nothing(path: Path) -> None:
    content = path.read_bytes()
    half = len(content) // 2
    packed = gzip.compress(content[:half]) + gzip.compress(content[half:])
    assert parse_feed(packed) == parse_feed(content)


@pytest.mark.parametrize(("name", "case"), BENT.items(), ids=BENT)
def test_a_broken_feed_gives_what_can_be_read(name: str, case: tuple[bytes, list[str | None], str | None]) -> None:
    content, headlines, flaw = case
    feed = parse_feed(content, None, ADDRESS)
    assert [item.headline for item in feed.items] == headlines
    assert flaw in feed.flaw if flaw and feed.flaw else feed.flaw == flaw


@pytest.mark.parametrize(("name", "case"), REFUSED.items(), ids=REFUSED)
def test_what_is_no_feed_is_told_as_what_it_is(name: str, case: tuple[bytes, str]) -> None:
    content, reason = case
    with pytest.raises(NotAFeedError) as error:
        parse_feed(content)
    assert reason in str(error.value)


TITLE = "Überfähre – größer, schöner"


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),  # it is UTF-8 all the same
        ("utf-8-sig", "utf-8", "text/xml; charset=windows-1251"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("cp1252", "windows-1252", None),
        ("cp1252", "windows-1252", "application/rss+xml"),
        ("cp1252", "utf-8", "application/rss+xml; charset=windows-1252"),
        ("cp1252", None, "text/xml;charset='windows-1252'"),
        ("cp1252", "no-such-encoding", None),
        ("cp1252", None, None),
    ],
)
def test_the_encoding_is_found(encoding: str, declared: str | None, header: str | None) -> None:
    text = rss(f"<item><title>{TITLE}</title></item>").decode()
    text = text.replace('encoding="UTF-8"', f'encoding="{declared}"' if declared else "")
    (item,) = parse_feed(text.encode(encoding), header).items
    assert item.headline == TITLE


def test_the_header_goes_before_the_declaration() -> None:
    text = rss("<item><title>Новый мост открыт</title></item>").decode().replace("UTF-8", "koi8-r")
    (item,) = parse_feed(text.encode("cp1251"), "text/xml; charset=windows-1251").items
    assert item.headline == "Новый мост открыт"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<link>/a</link>", "https://courier.example/a"),
        ("<link> https://n.example/a\n b </link>", "https://n.example/ab"),
        ("<link></link><guid>https://n.example/g</guid>", "https://n.example/g"),
        ("<guid isPermaLink='true'>/g</guid>", "https://courier.example/g"),
        ("<guid isPermaLink='false'>https://n.example/g</guid>", None),
        ("<guid>tag:g</guid>", None),
        ("<link>https://n.example/a</link><guid>https://n.example/g</guid>", "https://n.example/a"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[broken/</link>", None),
        ("<atom:link xmlns:atom='http://www.w3.org/2005/Atom' href='/x'/>", "https://courier.example/x"),
        ("<atom:link href='/x'/>", "https://courier.example/x"),
        ("<link xml:base='https://b.example/c/' /><link href='d'/>", "https://courier.example/d"),
        (f"<link>https://n.example/{'a' * 9000}</link>", None),
    ],
)
def test_the_address_of_an_item(link: str, expected: str | None) -> None:
    (item,) = parse_feed(rss(f"<item><title>x</title>{link}</item>"), None, ADDRESS).items
    assert item.url == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("<![CDATA[A &amp; B]]>", "A & B"),
        ("&lt;b&gt;A&lt;/b&gt;B", "AB"),
        ("A &lt; B &gt; C", "A < B > C"),
        ("The &lt;T&gt; element", "The <T> element"),
        ("&amp;#8220;A&amp;#8221;", "“A”"),
        ("A\n   B\t", "A B"),
        ("A<br/>B", "AB"),
        ("AT&T", "AT&T"),
        ("A&nbsp;B &mdash; C", "A B — C"),
        ("  ", None),
    ],
)
def test_a_title_is_text(title: str, expected: str | None) -> None:
    (item,) = parse_feed(rss(f"<item><title>{title}</title><link>https://n.example/1</link></item>")).items
    assert item.headline == expected


def test_no_entity_is_expanded_or_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    content = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY own "expanded"><!ENTITY file SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY % more SYSTEM "{secret.as_uri()}"> %more; <!-- don\'t ]> -->]>'
        "<rss><channel><item><title>[&own;&file;]</title><link>https://n.example/1</link>"
        "<enclosure url='https://n.example/&own;'/></item></channel></rss>"
    ).encode()
    said = str(told(parse_feed(content)))
    assert "expanded" not in said
    assert "secret" not in said


def test_a_bomb_of_entities_costs_nothing() -> None:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    content = (
        f'<!DOCTYPE rss [<!ENTITY e0 "bang">{lines}]><rss><channel><item><title a="&e11;">&e11;</title>'
        "<link>https://n.example/1</link></item></channel></rss>"
    ).encode()
    (item,) = parse_feed(content).items  # expanded it would be 400 GB
    assert "bang" not in (item.headline or "")


def test_a_bomb_of_gzip_is_refused_in_bounded_memory() -> None:
    bomb = gzip.compress(b" " * 200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotAFeedError, match="more than 16,777,216 bytes"):
            parse_feed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 * MAX_FEED_BYTES
    finally:
        tracemalloc.stop()


def test_a_feed_can_have_only_so_many_items() -> None:
    feed = parse_feed(rss("<item><title>x</title></item>" * (MAX_ITEMS + 1)))
    assert len(feed.items) == MAX_ITEMS
    assert feed.flaw == "more than 50,000 items; the rest was not read"


@pytest.mark.parametrize(
    "content",
    [
        b"<rss>" + b"<a>" * 500_000,
        b"<rss><channel>" + b"<!--" * 500_000,
        b"<!DOCTYPE " * 200_000,
        b"<!DOCTYPE rss [" + b"<!--" * 300_000,
        b"<!DOCTYPE rss [" + b"]" * 300_000,
        b"<rss><channel>" + b"&" * 1_000_000,
        b"<rss><channel><item><title>" + b"&lt;a &quot;" * 100_000,
        b"<rss><channel><item><description>" + b"&lt;script " * 100_000,
        b"<rss><channel><item><description>" + b"&lt;!--" * 200_000,
        b"<rss><channel>" + b"<![CDATA[" * 200_000,
        b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 500_000,
        b"<rss><channel>" + b"<item>" * 100_000,
        b"<rss" + b" a" * 200_000,
    ],
    ids=lambda content: content[:40].decode(),
)
@pytest.mark.timeout(60)  # each takes a fraction of a second, and would take hours in quadratic time
def test_malice_takes_no_longer_than_honesty(content: bytes) -> None:
    with suppress(NotAFeedError):
        assert len(parse_feed(content).items) <= 256


@given(st.data())
def test_any_damage_ends_in_a_feed_or_a_reason(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([path.read_bytes() for path in INPUTS])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        end = min(len(content), at + data.draw(st.integers(0, 200)))
        content[at:end] = data.draw(
            st.binary(max_size=20) | st.sampled_from([b"<", b"&", b"]]>", b'"', b"</item>", b"{"])
        )
        content = content or bytearray(b"<")
    with suppress(NotAFeedError):
        assert msgspec.json.decode(msgspec.json.encode(parse_feed(bytes(content))), type=ParsedFeed)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://courier.example/tide barrier.html", "https://courier.example/tide%20barrier.html"),
        ("/tide barrier.html", "https://courier.example/tide%20barrier.html"),
        ("https://courier.example/\n\t tide/\n  7", "https://courier.example/tide/7"),
        ("https:// courier.example/7", "https://courier.example/7"),
        ("https://courier .example/7", "https://courier.example/7"),
        (" \n https://courier.example/7 \n", "https://courier.example/7"),
    ],
)
def test_a_space_in_an_address_stays_and_a_broken_line_is_joined(link: str, url: str) -> None:
    (item,) = parse_feed(rss(f"<item><title>A</title><link>{link}</link></item>"), url=ADDRESS).items
    assert item.url == url


def test_the_description_of_a_film_stands_in_its_media_group() -> None:
    group = (
        "<media:group><media:title>B</media:title><media:description>What it shows.</media:description></media:group>"
    )
    (item,) = parse_feed(rss(f"<item><title>A</title>{group}</item>")).items
    assert item.description == "What it shows."


def test_hours_that_no_day_has_are_not_skipped() -> None:
    hours = "".join(f"<hour>{said}</hour>" for said in ("0", "7", "24", "25", "99", "-1", "x"))
    assert parse_feed(rss(f"<skipHours>{hours}</skipHours>")).skip_hours == (0, 7)


def test_control_characters_in_json_cost_no_item() -> None:
    text = '{"version":"https://jsonfeed.org/version/1.1",\n"items":[{"id":"1","title":"The\ttide","content_text":"a\nb"}]}'
    (item,) = parse_feed(text.encode()).items
    assert (item.headline, item.content and item.content.text) == ("The tide", "a b")
