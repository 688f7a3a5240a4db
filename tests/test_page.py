"""What the markup of a page says: JSON-LD, microdata, Open Graph, meta; and the one address of its variants."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import without_variant
from pipeline.stages._canonical import canonical_of_page, same_site
from pipeline.stages._page import Page, read_page

BODY = "<article><h1>Crane sold</h1>" + "".join(
    f"<p>The harbour board sold the crane for {number} crowns, its chairwoman said on Monday.</p>"
    for number in range(6)
)
ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Crane sold",
    "description": "One crown.",
    "datePublished": "2024-05-30T08:00:00+02:00",
    "author": {"@type": "Person", "name": "Ada Holm"},
    "publisher": {"@type": "Organization", "name": "Harbour Post"},
    "inLanguage": "en-GB",
}


def page_of(head: str, body: str = BODY, url: str | None = None) -> Page:
    return read_page(f"<html><head>{head}</head><body>{body}</body></html>", url)


def said(page: Page) -> tuple[str | None, ...]:
    return (page.headline, page.by, page.site, page.published_at, page.description)


ALL = ("Crane sold", "Ada Holm", "Harbour Post", "2024-05-30T08:00:00+02:00", "One crown.")
JSON = json.dumps(ARTICLE)
PERSON = {"@type": "Person", "@id": "#ada", "name": "Ada Holm"}
PAPER = {"@type": "NewsMediaOrganization", "@id": "https://post.example/#org", "name": "Harbour Post"}
REFERRING = {**ARTICLE, "author": {"@id": "#ada"}, "publisher": {"@id": "https://post.example/#org"}}
ADDRESSED = {**ARTICLE, "mainEntityOfPage": {"@id": "https://post.example/crane"}}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Another story",
    "url": "https://post.example/2",
    "datePublished": "2020-01-01",
}
MESSY = JSON[:-1] + ",\n}"
LINKED = {
    "object": JSON,
    "list": json.dumps([{"@type": "BreadcrumbList"}, ARTICLE]),
    "graph": json.dumps({"@graph": [{"@type": "WebSite", "name": "Wrong"}, ARTICLE]}),
    "graph with references": json.dumps({"@graph": [REFERRING, PERSON, PAPER]}),
    "list of types": json.dumps({**ARTICLE, "@type": ["Article", "ReportageNewsArticle"]}),
    "type as an address": json.dumps({**ARTICLE, "@type": "http://schema.org/NewsArticle"}),
    "authors as a list": json.dumps(
        {**ARTICLE, "author": [{"name": "Ada Holm"}, {"name": "Ada Holm"}, "https://x.example"]}
    ),
    "author as text": json.dumps({**ARTICLE, "author": "By Ada Holm"}),
    "inside a page": json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}),
    "other articles first": json.dumps([OTHER, ADDRESSED]),
    "comma too many": MESSY,
    "semicolon at the end": JSON + ";",
    "one after the other": json.dumps({"@type": "WebSite"}) + "\n" + JSON,
    "line ends in strings": JSON.replace("One crown.", "One\ncrown.").replace("One\ncrown.", "One crown.\n"),
    "in a comment": f"<!-- {JSON} -->",
    "in CDATA": f"//<![CDATA[\n{JSON}\n//]]>",
    "escaped": JSON.replace('"', "&quot;"),
}


@pytest.mark.parametrize("text", LINKED.values(), ids=LINKED.keys())
def test_json_ld_is_read_as_content_systems_write_it(text: str) -> None:
    head = '<link rel="canonical" href="https://post.example/crane">'
    assert said(page_of(f'{head}<script type="application/ld+json">{text}</script>')) == ALL


def test_json_ld_that_breaks_off_still_gives_its_plain_fields() -> None:
    broken = JSON.partition('"author"')[0]
    made = page_of(f'<script type="application/ld+json">{broken}</script><meta name="author" content="Ada Holm">')
    assert (made.headline, made.by, made.published_at) == ("Crane sold", "Ada Holm", ALL[3])


def test_another_articles_json_ld_lends_nothing() -> None:
    mine = {"@type": "NewsArticle", "headline": "Crane sold"}
    made = page_of(f'<script type="application/ld+json">{json.dumps([mine, OTHER])}</script>')
    assert (made.headline, made.published_at) == ("Crane sold", None)


def test_microdata_is_read() -> None:
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Crane <i>sold</i></h1>'
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Ada Holm</b></span>'
        '<div itemprop="publisher" itemscope itemtype="https://schema.org/Organization">'
        '<meta itemprop="name" content="Harbour Post"></div><time itemprop="datePublished" '
        'datetime="2024-05-30T08:00:00+02:00">Thursday</time><meta itemprop="description" content="One crown.">'
        f"{BODY}</div>"
    )
    assert said(page_of("", body)) == ALL


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="og:title" content="Crane sold"><meta property="og:site_name" content="Harbour Post">'
        '<meta property="article:published_time" content="2024-05-30T08:00:00+02:00">'
        '<meta property="article:author" content="https://social.example/ada"><meta name="byl" content="By Ada Holm">'
        '<meta property="og:description" content="One crown.">',
        '<meta name="DC.title" content="Crane sold"><meta name="DC.publisher" content="Harbour Post">'
        '<meta name="DC.date.issued" content="2024-05-30T08:00:00+02:00"><meta name="DC.creator" content="Ada Holm">'
        '<meta name="description" content="One crown.">',
        '<meta name="twitter:title" content="Crane sold"><meta name="application-name" content="Harbour Post">'
        '<meta name="parsely-pub-date" content="2024-05-30T08:00:00+02:00">'
        '<meta name="parsely-author" content="Ada Holm">'
        '<meta name="author" content="admin"><meta name="twitter:description" content="One crown.">',
    ],
    ids=["open graph", "dublin core", "others"],
)
def test_meta_elements_are_read(head: str) -> None:
    assert said(page_of(head)) == ALL


def test_the_time_below_the_headline_is_the_publications_and_one_in_a_box_is_not() -> None:
    time = '<time datetime="2024-05-30">'
    assert page_of("", BODY.replace("</h1>", f"</h1>{time}30 May</time>")).published_at == "2024-05-30"
    assert page_of("", f"{BODY}<aside>{time}30 May</time></aside>").published_at is None
    assert page_of("", f"<div>{time}today</time></div>{BODY}").published_at is None


@pytest.mark.parametrize(
    ("name", "by"), [("By Ada Holm", "Ada Holm"), ("Di Maio", "Di Maio"), ("von Arnim", "von Arnim"), ("root", None)]
)
def test_a_byline_keeps_what_belongs_to_a_name(name: str, by: str | None) -> None:
    assert page_of(f'<meta name="author" content="{name}">').by == by


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from([*ARTICLE, "@graph", "@id", "mainEntityOfPage", "name", "url"]), inner, max_size=6
            )
        ),
        max_leaves=12,
    ),
    st.integers(0, 400),
)
def test_any_json_ld_is_survived(value: object, cut: int) -> None:
    item = {**ARTICLE, **value} if isinstance(value, dict) else [value, ARTICLE]
    text = json.dumps(item).replace("</", "<\\/")
    for tried in (text, text[:cut]):
        page_of(f'<script type="application/ld+json">{tried}</script>')


# One address


@pytest.mark.parametrize(
    ("ours", "theirs", "address"),
    [
        ("https://a.example/x-1/amp", "https://a.example/x-1", "https://a.example/x-1"),
        ("https://amp.a.example/x-1", "https://www.a.example/x-1", "https://www.a.example/x-1"),
        ("https://m.a.example/x-1", "https://a.example/x-1", "https://a.example/x-1"),
        (
            "https://a-example.cdn.ampproject.org/c/s/a.example/x-1/amp",
            "https://a.example/x-1",
            "https://a.example/x-1",
        ),
        ("https://www.google.com/amp/s/a.example/x-1/amp", None, "https://a.example/x-1"),
        ("https://a.example/x-1?print=1", "https://a.example/x-1", "https://a.example/x-1"),
        ("https://a.example/x-1?print=1", None, "https://a.example/x-1"),
        ("https://a.example/x-1?print=1", "https://a.example/x-1?print=1", "https://a.example/x-1"),
        ("https://a.example/x?id=7&outputType=amp", None, "https://a.example/x?id=7"),
        ("https://a.example/2024/storm-hits/amp/", None, "https://a.example/2024/storm-hits"),
        ("https://a.example/2024/storm-hits.amp.html", None, "https://a.example/2024/storm-hits.html"),
        ("https://a.example/x-1", "https://a.example/", "https://a.example/x-1"),
        ("https://a.example/x-1", "https://b.example/x-1", "https://a.example/x-1"),
        ("https://a.example/x-1/amp", "https://b.example/x-1", "https://a.example/x-1"),
        ("https://a.blog.example/x-1", "https://b.blog.example/x-1", "https://a.blog.example/x-1"),
        (None, "https://a.example/x-1", "https://a.example/x-1"),
        (None, None, None),
        ("https://a.example/arts/print", None, "https://a.example/arts/print"),
        ("https://a.example/?print=matters", None, "https://a.example/?print=matters"),
        ("https://m.example/x-1", "https://example/x-1", "https://m.example/x-1"),
    ],
)
def test_variants_have_the_address_of_the_article_on_their_own_site(
    ours: str | None, theirs: str | None, address: str | None
) -> None:
    assert canonical_of_page(ours, theirs) == address
    assert canonical_of_page(address, theirs) == address


@given(st.sampled_from(["/a-1", "/amp", "/print", "", "/a-1.amp.html"]), st.sampled_from(["", "?amp", "?a=1&print=1"]))
def test_an_address_without_variants_stays(path: str, query: str) -> None:
    made = without_variant(f"https://a.example/s{path}/x-2{path}{query}")
    assert without_variant(made) == made
    assert same_site(made, "https://amp.a.example/")


# The story among teasers

TEASERS = "".join(
    f'<div class="teaser"><a href="/{number}">Headline number {number}</a><p>What happened at place {number}, told in '
    "a line that is as long as any paragraph of a story, and longer than the story of the page itself.</p></div>"
    for number in range(80)
)


def test_a_short_article_is_not_filled_up_with_the_teasers_around_it() -> None:
    story = "The harbour board sold the crane on Monday for one crown."
    made = page_of("", f"<main><article><h1>Crane sold</h1><p>{story}</p></article><section>{TEASERS}</section></main>")
    assert made.text == story


def test_a_story_that_stands_outside_its_article_element_is_read() -> None:
    end = "on Monday, its chairwoman told reporters who had come to the quay."
    story = [f"The harbour board sold crane number {number} {end}" for number in range(9)]
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in story)
    made = page_of("", f"<article><h1>Cranes sold</h1><p>It was time.</p></article><div class=text>{paragraphs}</div>")
    assert all(paragraph in made.text for paragraph in story)


def test_a_teaser_before_a_paywall_is_seen_among_other_teasers() -> None:
    body = "<h1>Crane sold</h1><p>The harbour board sold the crane and wants …</p><div class=paywall>"
    body += "<p>Subscribe to continue reading</p></div>"
    assert page_of("", f"<article>{body}</article><section>{TEASERS}</section>").no_story == "paywall"
