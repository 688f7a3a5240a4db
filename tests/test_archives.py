"""Saved feeds and WARC archives as inputs of `push` and `try`: their articles, and what is told of the rest."""

from __future__ import annotations

import gzip
import io
import json
import random
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import Settings
from pipeline.identity import article_id, item_id
from pipeline.inputs import Inputs
from pipeline.records import RawArticle, Source
from pipeline.sources import Defaults, Found, Item, Problem, Skipped
from tests.bad_feeds import BENT, REFUSED, rss
from tests.command import newswire

FEEDS = Path(__file__).parent / "feeds"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEFAULTS = Defaults(now=lambda: NOW)


def read(path: Path | str, *, defaults: Defaults = DEFAULTS, form: str | None = None, stdin: bytes = b"") -> list[Item]:
    return list(Inputs([str(path)], defaults, form, io.BytesIO(stdin)))


def raws(items: list[Item]) -> list[RawArticle]:
    return [item.raw for item in items if isinstance(item, Found)]


def problems(items: list[Item]) -> list[str]:
    return [str(item) for item in items if isinstance(item, Problem)]


# Feeds


def test_an_item_with_its_whole_text_is_an_article() -> None:
    first, *_ = raws(read(FEEDS / "rss-2.0.rss"))
    assert first.id == article_id("https://courier.example/ferry-returns", None, "")
    assert first.source == Source(
        id="courier.example", name="Harbour Courier & Post", feed="https://courier.example/feed.rss"
    )
    assert first.content_type == "text/html"
    assert first.content.startswith(
        "<article><h1>Ferry Northern Star returns – after 3 years</h1>\n<p>The ferry Northern"
    )
    assert first.headline == "Ferry Northern Star returns – after 3 years"
    assert (first.description, first.by) == ("The ferry is back. More", "Io Brand, Ada Quill")
    assert (first.published_at, first.language) == ("Mon, 02 Mar 2026 07:15:00 +0000", "en-GB")
    assert first.keywords == ("Harbour", "Ships & ferries")
    assert (first.first_seen, first.fetched_at) == (NOW, NOW)


def test_an_item_with_less_is_its_summary_and_one_with_a_headline_alone_the_headline() -> None:
    second = raws(read(FEEDS / "rss-2.0.rss"))[1]
    assert (second.content_type, second.description) == ("text/plain", None)
    assert second.content == "Fewer than five pilots are on duty at night, 4 < 5."
    assert second.source.name == "Quay Agency"
    last = raws(read(FEEDS / "rdf-1.0.rdf"))[-1]
    assert (last.content, last.headline) == ("夜間の水先人が不足", "夜間の水先人が不足")


def test_an_item_that_was_only_updated_is_as_old_as_that() -> None:
    assert raws(read(FEEDS / "atom-1.0.atom"))[2].published_at == "2026-03-01T20:00:00Z"


def test_a_news_sitemap_gives_headlines_and_tells_of_addresses_without_one() -> None:
    items = read(FEEDS / "news-sitemap.xml")
    (raw,) = raws(items)
    assert (raw.content, raw.language, raw.source.name) == (
        "Feri Bintang Utara kembali beroperasi",
        "id",
        "Kabar Pelabuhan",
    )
    path = FEEDS / "news-sitemap.xml"
    assert problems(items) == [
        f"{path}, line 15: item 2: only an address, no headline and no text",
        f"{path}, line 16: entry 3 has no address",
    ]


def test_a_sitemap_index_is_told_as_one() -> None:
    (said,) = problems(read(FEEDS / "sitemap-index.xml"))
    assert said.endswith("lists no articles but 2 sitemaps, such as https://kabar.example/sitemap-news.xml")


def test_a_json_feed_is_known_by_its_version(tmp_path: Path) -> None:
    items = read(FEEDS / "json-1.1.json")
    assert [raw.url for raw in raws(items)] == ["https://puerto.example/1", "https://otro.example/2"]
    assert len(problems(items)) == 2
    one_line = json.dumps(json.loads((FEEDS / "json-1.1.json").read_text())).encode()
    assert raws(read("-", stdin=one_line)) == raws(items)
    path = tmp_path / "a.json"
    path.write_text('{"body": "About https://jsonfeed.org/version/1.1", "version": 2}')
    assert raws(read(path))[0].content.startswith("About")


@pytest.mark.parametrize("name", ["rss-2.0.rss", "rss-0.91.xml", "rdf-1.0.rdf", "atom-1.0.atom", "news-sitemap.xml"])
def test_a_feed_on_standard_input_is_known_by_its_first_element(name: str) -> None:
    content = (FEEDS / name).read_bytes()
    assert raws(read("-", stdin=content)) == raws(read(FEEDS / name))
    assert raws(read("-", stdin=gzip.compress(content))) == raws(read(FEEDS / name))


def test_a_page_on_standard_input_stays_a_page() -> None:
    for page in (b"<?xml version='1.0'?>\n<!-- <rss> -->\n<html><p>x</html>", b"<!doctype html>\n\n<title>rss</title>"):
        (raw,) = raws(read("-", stdin=page))
        assert (raw.content_type, raw.content) == ("text/html", page.decode())


def test_items_that_share_an_address_stay_different_articles() -> None:
    content = rss(
        "<item><title>One</title><link>https://n.example/</link><guid isPermaLink='false'>1</guid></item>"
        "<item><title>Two</title><link>https://n.example/</link><guid isPermaLink='false'>2</guid></item>"
        "<item><title>Three</title></item><item><title>Four</title></item>"
    )
    made = raws(read("-", stdin=content))
    assert [raw.headline for raw in made] == ["One", "Two", "Three", "Four"]
    assert len({raw.id for raw in made}) == 4
    assert made[0].id == item_id("https://courier.example/", "1")
    assert [raw.id for raw in raws(read("-", stdin=content))] == [raw.id for raw in made]


def test_the_same_item_twice_is_one_article() -> None:
    item = "<item><title>One</title><link>https://n.example/1</link><guid>https://n.example/1</guid></item>"
    assert len(raws(read("-", stdin=rss(item + item)))) == 1


def test_the_given_address_is_the_base_and_the_feed() -> None:
    defaults = Defaults(now=lambda: NOW, url="https://n.example/rss/all")
    (raw,) = raws(read("-", defaults=defaults, stdin=rss("<item><title>One</title><link>../1</link></item>")))
    assert (raw.url, raw.source.feed) == ("https://n.example/1", "https://n.example/rss/all")


@pytest.mark.parametrize("content", [case[0] for case in BENT.values()], ids=BENT)
def test_a_broken_feed_as_a_file_gives_articles_or_problems(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    assert read(path)


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_feed_is_one_problem(content: bytes, reason: str) -> None:
    (said,) = problems(read("-", form="feed", stdin=content))
    assert reason in said


def test_a_feed_through_the_chain() -> None:
    ended = newswire(Settings(), "try", "--json", str(FEEDS / "rss-2.0.rss"))
    assert ended.status == 0
    first = ended.lines[0]
    assert first["headline"] == "Ferry Northern Star returns – after 3 years"
    assert first["body"].startswith(
        "The ferry Northern Star is back in service after three years in the dock.\n“We are rel"
    )
    assert first["published_at"] == "2026-03-02T07:15:00Z"
    assert first["keywords"] == ["Harbour", "Ships & ferries"]


def test_all_of_an_item_is_its_story() -> None:
    short = "<p>The ferry is <em>back</em>.</p><ul><li>Daily at nine</li><li>Not on <b>Sun</b>days</li></ul>"
    content = rss(f"<item><title>Ferry returns</title><description><![CDATA[{short}]]></description></item>")
    ended = newswire(Settings(), "try", "--json", "-", stdin=content)
    (made,) = ended.lines
    assert (made["headline"], made["body"]) == (
        "Ferry returns",
        "The ferry is back.\n- Daily at nine\n- Not on Sundays",
    )


# WARC

PAGE = "<html><meta charset=windows-1251><p>Новый мост открыт, сообщил мэр города во вторник.".encode("cp1251")


def warc(
    *pages: tuple[str, dict[str, str], bytes], packed: bool = True, kind: str = "response", status: str = "200 OK"
) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for url, headers, body in pages:
        http = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        dated = {"WARC-Date": "2026-02-01T10:20:30Z"}
        record = writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), http_headers=http, warc_headers_dict=dated
        )
        writer.write_record(record)
    return out.getvalue()


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "-"])
def test_a_page_of_an_archive_is_an_article_of_its_day(name: str, tmp_path: Path) -> None:
    content = warc(("https://n.example/1", HTML, PAGE), packed=name != "a.warc")
    path = name if name == "-" else tmp_path / name
    if name != "-":
        (tmp_path / name).write_bytes(content)
    (raw,) = raws(read(path, stdin=content))
    assert raw.id == article_id("https://n.example/1", None, "")
    assert (raw.url, raw.content_type) == ("https://n.example/1", "text/html")
    assert raw.content == PAGE.decode("cp1251")
    assert raw.first_seen == raw.fetched_at == datetime(2026, 2, 1, 10, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "text/html; charset=windows-1251"}, PAGE.replace(b"<meta charset=windows-1251>", b"")),
        ({"Content-Type": "text/html; charset=windows-1251", "Content-Encoding": "gzip"}, gzip.compress(PAGE)),
        (HTML | {"Content-Encoding": "deflate"}, zlib.compress(PAGE)),
        (HTML | {"Content-Encoding": "deflate"}, zlib.compress(PAGE)[2:-4]),
        (HTML | {"Content-Encoding": "gzip"}, PAGE),  # the crawler has unpacked it
        (HTML | {"Content-Encoding": "br"}, PAGE),  # likewise
        (HTML | {"Transfer-Encoding": "chunked"}, b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)),
        (HTML | {"Transfer-Encoding": "chunked"}, PAGE),  # it is not
        ({"Content-Type": "application/xhtml+xml"}, PAGE),
    ],
    ids=["header", "gzip", "deflate", "bare deflate", "not gzip", "not br", "chunked", "not chunked", "XHTML"],
)
def test_a_page_is_unpacked_and_decoded(headers: dict[str, str], body: bytes) -> None:
    (raw,) = raws(read("-", stdin=warc(("https://n.example/1", headers, body))))
    assert "<p>Новый мост открыт, сообщил мэр города во вторник." in raw.content


def test_all_other_records_are_skipped() -> None:
    page = ("https://n.example/1", HTML, PAGE)
    content = (
        warc(page, kind="request")
        + warc(page, kind="revisit")
        + warc(page, status="404 Not Found")
        + warc(("https://n.example/1.png", {"Content-Type": "image/png"}, b"\x89PNG"))
        + warc(page)
    )
    items = read("-", stdin=content)
    assert [type(item) for item in items] == [Skipped, Skipped, Skipped, Skipped, Found]


def test_what_is_broken_is_told_with_its_byte_and_the_rest_is_read(tmp_path: Path) -> None:
    pages = [
        warc((f"https://n.example/{number}", HTML, PAGE), packed=packed) for number in range(3) for packed in (0, 1)
    ]
    for packed in (0, 1):
        first, second, third = pages[packed::2]
        at = len(first)
        for name, content, told in (
            ("a damaged record", first + b"\0" * 10 + second[10:] + third, [f"byte {at}: no WARC record; the next"]),
            ("rubbish", first + b"rubbish\r\n" * 9 + second + third, [f"byte {at}: no WARC record; the next"]),
            ("cut", first + second + third[:-20], [f"byte {at + len(second)}: the record ends too early"]),
        ):
            path = tmp_path / ("a.warc.gz" if packed else "a.warc")
            path.write_bytes(content)
            items = read(path)
            said = problems(items)
            assert [one.partition(f"{path}, ")[2][: len(part)] for one, part in zip(said, told, strict=True)] == told, (
                name
            )
            assert len(raws(items)) == (3 if name == "rubbish" else 2), name


def test_a_page_that_says_nothing_or_cannot_be_unpacked_is_a_problem() -> None:
    broken = bytearray(gzip.compress(random.Random(1).randbytes(100_000).hex().encode()))
    broken[60_000:60_100] = b"\0" * 100
    said = problems(
        read(
            "-",
            stdin=warc(
                ("https://n.example/1", HTML, b" "),
                ("https://n.example/2", HTML | {"Content-Encoding": "br"}, b"\x0b\x02\x80"),
                ("https://n.example/3", HTML | {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 50_000_000)),
                ("https://n.example/4", HTML | {"Content-Encoding": "gzip"}, broken),
            ),
        )
    )
    assert [one.rpartition(": ")[2] for one in said] == [
        "there is no text in it",
        "it is packed with br",
        "a page of more than 33,554,432 bytes",
        "incorrect data check",
    ]


def test_damage_within_a_large_record_loses_that_record_alone(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(200_000).hex().encode()
    good = warc(("https://n.example/2", HTML, PAGE))
    first = bytearray(warc(("https://n.example/1", HTML, PAGE + noise)))
    first[100_000:100_100] = b"\0" * 100
    path = tmp_path / "a.warc.gz"
    path.write_bytes(bytes(first) + good)
    items = read(path)
    assert [raw.url for raw in raws(items)] == ["https://n.example/2"]
    assert problems(items) == [f"{path}, byte 0: the record ends too early; the next record is at byte {len(first)}"]


def test_a_file_that_is_no_archive_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"no archive at all")
    assert problems(read(path)) == [f"{path}, byte 0: no WARC record; nothing can be read after it"]
