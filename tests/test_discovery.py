"""The feeds of a site: what its page announces, links to, or has at the usual addresses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientError, ClientSession, web

from pipeline.answers import Answer, Failure
from pipeline.discovery import Candidate, candidates
from pipeline.feed_finder import FeedSearchError, FoundFeed, find_feeds

PAGE = "https://news.example/asia/"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head><title>News</title>{head}</head><body>{body}<p>text</p></body></html>".encode()


def link(href: str, kind: str = "application/rss+xml", more: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}" {more}>'


def announced(head: str, url: str = PAGE) -> list[str]:
    return [each.url for each in candidates(page(head), url) if each.origin == "announced"]


def linked(body: str) -> list[str]:
    return [each.url for each in candidates(page(body=body), PAGE) if each.origin == "linked"]


def test_what_a_page_announces_comes_absolute_and_in_its_order() -> None:
    head = (
        link("rss.xml")
        + link("//cdn.example/atom", "APPLICATION/ATOM+XML; charset=utf-8")
        + link("/f.json", "application/feed+json")
        + link("feed://news.example/old", "application/rdf+xml")
    )
    assert announced(head) == [
        "https://news.example/asia/rss.xml",
        "https://cdn.example/atom",
        "https://news.example/f.json",
        "http://news.example/old",
    ]


def test_base_is_heeded() -> None:
    assert announced('<base href="https://other.example/x/">' + link("rss")) == ["https://other.example/x/rss"]


def test_titles_are_kept_and_feeds_of_comments_are_last() -> None:
    head = link("/comments/feed", more='title="News » Comments Feed"') + link(
        "/feed", more='title=" News  &amp; more "'
    )
    first, second, *_ = candidates(page(head), PAGE)
    assert first == Candidate("https://news.example/feed", "announced", "News & more")
    assert (second.url, second.comments) == ("https://news.example/comments/feed", True)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        link("/wp-json/wp/v2/pages/2", "application/json"),
        link("/oembed?url=x", "application/json+oembed"),
        link("/oembed?url=x&format=xml", "text/xml+oembed"),
        link("javascript:void(0)"),
        link("https://[broken/feed"),
        link(""),
        '<link rel="alternate" type="application/rss+xml">',
    ],
)
def test_other_links_are_no_feeds(head: str) -> None:
    assert announced(head) == []


@pytest.mark.parametrize(
    "href",
    ["/feed", "/feed/", "/rss", "/rss.xml", "/atom.xml", "/index.rdf", "/news/rss.php", "/rss/asia.xml", "/asia.rss",
     "/feeds/asia", "/?feed=rss2", "/x?format=atom", "/asia-rss.xml", "/feed.json"],
)  # fmt: skip
def test_links_that_look_like_feeds_are_taken(href: str) -> None:
    assert linked(f'<a href="{href}">x</a>') == [f"https://news.example{href}"]


@pytest.mark.parametrize(
    "href",
    ["/", "/about", "/feedback", "/rss-icon.png", "/news/what-is-rss", "/seed/", "mailto:rss@news.example", "#rss",
     "/sitemap.xml", "/?q=feed", "/atomic-energy/"],
)  # fmt: skip
def test_other_links_of_the_page_are_not(href: str) -> None:
    assert linked(f'<a href="{href}">x</a>') == []


def test_links_to_the_sites_own_feeds_come_first() -> None:
    body = '<a href="https://other.example/feed">theirs</a><a href="https://feeds.news.example/rss">ours</a>'
    assert linked(body) == ["https://feeds.news.example/rss", "https://other.example/feed"]


def test_the_usual_addresses_come_last_those_of_the_section_first() -> None:
    guessed = [each.url for each in candidates(page(link("/feed")), PAGE)]
    assert guessed[:3] == [
        "https://news.example/feed",
        "https://news.example/asia/feed",
        "https://news.example/asia/rss.xml",
    ]
    assert {"https://news.example/rss.xml", "https://news.example/feed.json"} < set(guessed)
    assert len(guessed) == len(set(guessed))


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"<", b"%PDF-1.7 \x80", "<p>привет".encode("koi8-r")])
def test_any_bytes_give_the_usual_addresses(content: bytes) -> None:
    assert {each.origin for each in candidates(content, PAGE)} == {"guessed"}


def rss(title: str, *items: str) -> bytes:
    entries = "".join(f"<item><title>{item}</title><link>https://news.example/{item}</link></item>" for item in items)
    return f'<rss version="2.0"><channel><title>{title}</title><link>https://news.example/</link>{entries}</channel></rss>'.encode()


def atom(title: str, *items: str) -> bytes:
    entries = "".join(
        f'<entry><title>{item}</title><id>{item}</id><link href="https://news.example/{item}"/></entry>'
        for item in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>{entries}</feed>'.encode()


class Getter:
    """The least that find_feeds needs of HTTP; what the product uses refuses this machine."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self.asked: list[str] = []

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
        max_bytes: int,
    ) -> Answer | Failure:
        self.asked.append(url)
        try:
            async with self._session.get(url, headers={"Accept": accept}) as answer:
                moved = str(answer.url) if answer.history and answer.history[0].status in (301, 308) else None
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, str(answer.url), headers, await answer.read(), moved)
        except (ClientError, OSError) as error:
            kind = "tls" if "ssl" in str(error).lower() else "connect"
            return Failure(kind, f"no connection ({type(error).__name__})")


Site = dict[str, bytes | str]
"""Bodies by path; a text that is no body is the address that a path has moved to."""


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        found = site.get(request.path)
        if found is None:
            raise web.HTTPNotFound
        if isinstance(found, str):
            raise web.HTTPMovedPermanently(found)
        html = found.startswith(b"<!doctype html")
        return web.Response(body=found, content_type="text/html" if html else "text/xml")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def search(site: Site, address: Callable[[str], str]) -> tuple[list[FoundFeed], list[str]]:
    """The feeds with their addresses as paths, and the paths that were asked for."""

    async def find() -> tuple[list[FoundFeed], list[str]]:
        async with serving(site) as root, ClientSession() as session:
            getter = Getter(session)
            found = await find_feeds(address(root), getter)
            for feed in found:
                assert feed.url.startswith(root)
            asked = [url.removeprefix(root) for url in getter.asked]
            return [
                FoundFeed(feed.url.removeprefix(root), feed.title, feed.site, feed.language, feed.kind, feed.items)
                for feed in found
            ], asked

    return asyncio.run(find())


def test_a_feeds_own_address_is_taken_with_one_request() -> None:
    found, asked = search({"/feed": rss("News", "a", "b")}, lambda root: f"{root}/feed")
    assert found == [FoundFeed("/feed", "News", "https://news.example/", None, "rss", 2)]
    assert asked == ["/feed"]


def test_a_feed_that_moved_for_good_is_taken_where_it_is_now() -> None:
    found, _ = search({"/old": "/feed", "/feed": rss("News", "a")}, lambda root: f"{root}/old")
    assert [feed.url for feed in found] == ["/feed"]


def test_the_feeds_of_a_page_are_found_each_once_and_comments_are_left_out() -> None:
    site: Site = {
        "/": page(link("/rss") + link("/atom") + link("/sport") + link("/gone") + link("/comments/feed")),
        "/rss": rss("News", "a", "b"),
        "/atom": atom("News", "a", "b"),
        "/sport": rss("Sport", "c"),
        "/comments/feed": rss("Comments", "d"),
    }
    found, _ = search(site, lambda root: root)
    assert [(feed.url, feed.title) for feed in found] == [("/rss", "News"), ("/sport", "Sport")]


def test_links_are_tried_where_nothing_is_announced_and_pages_behind_them_are_no_feeds() -> None:
    site: Site = {
        "/": page(body='<a href="/feeds/">Feeds</a><a href="/a.rss">RSS</a>'),
        "/feeds/": page(),
        "/a.rss": rss("A", "a"),
    }
    found, _ = search(site, lambda root: root)
    assert [feed.url for feed in found] == ["/a.rss"]


def test_the_usual_addresses_are_tried_at_last_and_only_until_one_answers() -> None:
    found, asked = search({"/": page(), "/rss.xml": rss("A", "a"), "/feed.xml": rss("B", "b")}, lambda root: root)
    assert [feed.url for feed in found] == ["/rss.xml"]
    assert asked[-1] == "/rss.xml"


def test_an_address_without_a_scheme_is_tried_with_https_and_then_http() -> None:
    found, asked = search({"/feed": rss("A", "a")}, lambda root: f"{root.removeprefix('http://')}/feed")
    assert [feed.url for feed in found] == ["/feed"]
    assert asked[0].startswith("https://")


@pytest.mark.parametrize(
    ("site", "path", "said"),
    [
        ({}, "/feed", r"/feed answers with status 404: there is nothing there"),
        ({"/": page()}, "/", r"is not a feed \(a web page, not a feed\), announces no feed, and none is at the usual"),
    ],
)
def test_where_there_is_no_feed_it_is_said_why(site: Site, path: str, said: str) -> None:
    with pytest.raises(FeedSearchError, match=said):
        search(site, lambda root: root + path)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(FeedSearchError, match=r"http://127\.0\.0\.1:1/feed: no connection"):
        search({}, lambda root: "http://127.0.0.1:1/feed")
