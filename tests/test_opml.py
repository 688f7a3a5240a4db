"""Lists of subscriptions: what common readers export goes in and comes out again, and what is broken is told by line.

tests/opml/ has files as five readers write them, each with the list that comes out of it (`*.exported.opml`);
NEWSWIRE_TEST_GOLDEN=update renews those.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from pipeline.feed_records import Feed
from pipeline.identity import feed_id
from pipeline.opml import (
    MAX_BYTES,
    MAX_FOLDER_OUTLINE,
    OpmlError,
    Subscriptions,
    plain_address,
    read_subscriptions,
    write_opml,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOLDER = Path(__file__).parent / "opml"
READERS = ("feedly", "freshrss", "inoreader", "miniflux", "netnewswire")


def read(text: str) -> Subscriptions:
    return read_subscriptions(text.encode(), NOW)


def opml(body: str) -> str:
    return f'<?xml version="1.0"?>\n<opml version="2.0"><head/><body>\n{body}\n</body></opml>'


def by_url(found: Subscriptions) -> dict[str, Feed]:
    return {feed.url: feed for feed in found.feeds}


@pytest.mark.parametrize("reader", READERS)
def test_a_readers_export_goes_through_without_loss(reader: str) -> None:
    found = read_subscriptions((FOLDER / f"{reader}.opml").read_bytes(), NOW)
    made = write_opml(found.feeds, found.title or "")
    again = read_subscriptions(made, NOW)
    assert (again.title, again.feeds, again.refused, again.merged) == (found.title, found.feeds, [], [])
    golden = FOLDER / f"{reader}.exported.opml"
    if os.environ.get("NEWSWIRE_TEST_GOLDEN") == "update":
        golden.write_bytes(made)
    assert made == golden.read_bytes()


@pytest.mark.parametrize("reader", READERS)
def test_every_attribute_of_every_feed_comes_out_again(reader: str) -> None:
    """Held against the files themselves, not against what was read of them."""

    def attributes(content: bytes) -> dict[str | None, dict[str, str]]:
        feeds = [each for each in etree.fromstring(content).iter("outline") if each.get("xmlUrl")]
        return {
            feed_id(plain_address(each.get("xmlUrl"))): {
                name: value for name, value in each.attrib.items() if value and name != "xmlUrl"
            }
            for each in feeds
        }

    content = (FOLDER / f"{reader}.opml").read_bytes()
    found = read_subscriptions(content, NOW)
    before, after = attributes(content), attributes(write_opml(found.feeds))
    assert before.keys() == after.keys()
    for feed, told in before.items():
        assert told.items() <= after[feed].items() | {("category", told.get("category"))}


def test_what_folders_say_comes_out_again() -> None:
    said = opml(
        """<outline text="World" title="World" isOpen="true" xmlns:frss="https://freshrss.org/opml" frss:priority="10">
<outline text="Far away" title="Asia" category="/x">
<outline type="rss" text="One" xmlUrl="https://one.example/feed"/></outline>
<outline type="rss" text="Two" xmlUrl="https://two.example/feed"/></outline>
<outline text="Long" comment="%s"><outline type="rss" text="Three" xmlUrl="https://three.example/feed"/></outline>"""
        % ("x" * (MAX_FOLDER_OUTLINE + 1))
    )
    found = read(said)
    assert [feed.folder for feed in found.feeds] == [("World", "Asia"), ("World",), ("Long",)]
    made = write_opml(found.feeds)
    folders = [dict(each.attrib) for each in etree.fromstring(made).iter("outline") if not each.get("xmlUrl")]
    assert folders == [
        {"text": "World", "title": "World", "isOpen": "true", "{https://freshrss.org/opml}priority": "10"},
        {"text": "Far away", "title": "Asia", "category": "/x"},
        {"text": "Long", "title": "Long"},
    ]
    assert b"ns0" not in made
    moved = [replace(feed, folder=("Elsewhere",)) for feed in found.feeds]
    assert b"isOpen" not in write_opml(moved)


def test_folders_titles_and_languages_become_fields() -> None:
    found = by_url(read_subscriptions((FOLDER / "inoreader.opml").read_bytes(), NOW))
    sapporo, kabar = found["https://sapporo.example/index.rdf"], found["https://kabar.example/feed"]
    assert (sapporo.folder, sapporo.title, sapporo.site) == (("Asia", "Jepang"), "札幌新聞", "https://sapporo.example/")
    assert (kabar.folder, kabar.language, kabar.outline["category"]) == (("Asia",), "id", "/Boston/Weather,/Harvard")
    top = found["HTTPS://Oben.example/RSS"]
    assert (top.folder, top.title, top.outline["text"]) == ((), "Oben", "Ganz oben")
    assert (top.language, top.outline["language"]) == (None, "unknown-language-name")
    assert found["https://untitled.example/feed"].title is None
    assert {feed.added_at for feed in found.values()} == {NOW}


def test_attributes_of_other_namespaces_are_kept_with_theirs() -> None:
    found = by_url(read_subscriptions((FOLDER / "freshrss.opml").read_bytes(), NOW))
    outline = found["https://quill.example/feed"].outline
    assert outline["{https://freshrss.org/opml}filtersActionRead"] == "intitle:ad\nintitle:promo"
    assert b'frss:cssFullContent="article.post"' in write_opml(found.values())


def test_a_feed_in_two_folders_is_one_that_remembers_the_other() -> None:
    found = read_subscriptions((FOLDER / "feedly.opml").read_bytes(), NOW)
    assert len(found.feeds) == 3
    courier = by_url(found)["https://courier.example/feed/"]
    assert (courier.folder, courier.outline["category"]) == (("Harbours",), "/Must Read")
    (remark,) = found.merged
    assert str(remark) == (
        "line 13: https://courier.example/feed/ is the feed of line 9; its folder Must Read is kept as a category"
    )


def test_our_own_settings_survive_an_export() -> None:
    feed = Feed(
        id=feed_id("https://a.example/feed") or "",
        url="https://a.example/feed",
        title="A",
        full_text="never",
        paused=True,
        added_at=NOW,
        outline={"type": "rss"},
    )
    assert read_subscriptions(write_opml([feed]), NOW).feeds == [feed]


def test_the_feeds_own_title_is_told_to_other_readers() -> None:
    feed = Feed(id="1", url="https://a.example/feed", added_at=NOW)
    assert b'title="https://a.example/feed"' in write_opml([feed])
    assert b'text="The A &amp; B" title="The A &amp; B"' in write_opml([feed], titles={"1": "The A & B"})


@pytest.mark.parametrize(
    ("address", "read_as"),
    [
        ("feed://a.example/rss", "http://a.example/rss"),
        ("feed:https://a.example/rss", "https://a.example/rss"),
        ("feed://https://a.example/rss", "https://a.example/rss"),
        (" https://a.example/feed:1 ", "https://a.example/feed:1"),
        ("FEED:http://a.example", "http://a.example"),
    ],
)
def test_the_scheme_feed_is_taken_for_http(address: str, read_as: str) -> None:
    assert plain_address(address) == read_as


def test_names_in_any_case_and_outlines_without_a_type_are_read() -> None:
    found = read(
        '<OPML><Head><title>T</title></Head><Body><outline TEXT="A" xmlURL="https://a.example"/></Body></OPML>'
    )
    assert (found.title, [(feed.title, feed.url) for feed in found.feeds]) == ("T", [("A", "https://a.example")])


def test_what_cannot_be_used_is_told_with_its_line_and_the_rest_goes_on() -> None:
    found = read(
        opml(
            '<outline text="Good" xmlUrl="https://a.example/"/>\n'
            '<outline text="No address" type="rss"/>\n'
            '<outline text="Script" xmlUrl="javascript:alert(1)"/>\n'
            f'<outline text="Long" x="{"x" * 100_001}" xmlUrl="https://l.example/"/>\n'
            '<outline text="Empty folder"/>\n'
            '<outline text="Good again" xmlUrl="https://b.example/"/>'
        )
    )
    assert [feed.title for feed in found.feeds] == ["Good", "Good again"]
    assert [str(remark) for remark in found.refused] == [
        "line 4: 'No address' has no xmlUrl, so it is no feed",
        "line 5: 'javascript:alert(1)' is no http(s) address",
        "line 6: its attributes have more than 100,000 characters",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is nothing in it"),
        (" \n\t", "there is nothing in it"),
        (opml('<outline text="R&D" xmlUrl="https://a.example/?a=1&b=2"/>'), r"line 3: .*bare & must be written &amp;"),
        (opml('<outline text="A" xmlUrl="https://a.example/">'), r"line 4: not well-formed XML \(Opening and ending"),
        ("\n\n" + opml("<outline")[:60], "line 5: "),
        (opml("")[:-3], "line 4: not well-formed"),
        ("<html><body>no</body></html>", "line 1: not OPML: it begins with <html>"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "it declares entities"),
    ],
)
def test_broken_opml_is_an_error_with_its_line(text: str, said: str) -> None:
    with pytest.raises(OpmlError, match=said):
        read(text)


def test_a_list_that_is_too_large_is_refused() -> None:
    with pytest.raises(OpmlError, match="32 MiB"):
        read_subscriptions(b"<" * (MAX_BYTES + 1), NOW)


def test_utf_16_is_read() -> None:
    text = opml('<outline text="Köln" xmlUrl="https://a.example/"/>').replace('"1.0"?', '"1.0" encoding="UTF-16"?')
    assert [feed.title for feed in read_subscriptions(text.encode("utf-16"), NOW).feeds] == ["Köln"]


def test_folders_without_end_are_cut() -> None:
    depth = 200
    text = opml('<outline text="f">' * depth + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * depth)
    (feed,) = read(text).feeds
    assert len(feed.folder) == 32


def test_a_list_of_addresses_is_read() -> None:
    found = read(
        "\ufeff# mine\nhttps://a.example/feed\r\n\n  feed://b.example/rss\nhttps://A.example/feed#x\nnonsense\n"
    )
    assert [feed.url for feed in found.feeds] == ["https://a.example/feed", "http://b.example/rss"]
    assert [str(remark) for remark in found.merged] == ["line 5: https://A.example/feed#x is the feed of line 2"]
    assert [str(remark) for remark in found.refused] == ["line 6: 'nonsense' is no http(s) address"]
    with pytest.raises(OpmlError, match="line 2: neither OPML nor"):
        read_subscriptions(b"https://a.example/\n\xff\xfe\xfa", NOW)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)


@given(
    st.lists(st.tuples(names.filter(bool), st.lists(names.filter(bool), max_size=3), st.booleans(), names), max_size=8)
)
def test_whatever_feeds_are_called_they_come_back(told: list[tuple[str, list[str], bool, str]]) -> None:
    feeds = [
        Feed(
            id=feed_id(f"https://n{number}.example/") or "",
            url=f"https://n{number}.example/",
            title=title,
            folder=tuple(folder),
            paused=paused,
            added_at=NOW,
            outline={"type": "rss", "{urn:other}note": note, "note": note},
        )
        for number, (title, folder, paused, note) in enumerate(told)
    ]
    again = read_subscriptions(write_opml(feeds), NOW)
    assert sorted(again.feeds, key=lambda feed: feed.id) == sorted(feeds, key=lambda feed: feed.id)
    assert (again.merged, again.refused) == ([], [])
