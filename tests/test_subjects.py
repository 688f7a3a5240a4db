"""Section and keywords: from every place where pages name them, tidied, and not what a site says of all its pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.chain import chain_of
from pipeline.outcomes import Kept
from pipeline.records import Article, RawArticle
from pipeline.stages._page import Page, read_page
from pipeline.stages._subjects import MAX_KEYWORDS, tidy_keywords, tidy_section

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
STORY = "".join(
    f"<p>The harbour board sold crane number {number} for one crown, its chairwoman said.</p>" for number in range(6)
)


def page_of(head: str, above: str = "", below: str = "") -> Page:
    article = f"<article><h1>Cranes sold</h1>{STORY}{below}</article>"
    return read_page(f"<html><head>{head}</head><body>{above}{article}</body></html>", "https://post.example/local/7")


def linked(*items: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps(items)}</script>'


def article(**fields: object) -> dict[str, object]:
    return {"@type": "NewsArticle", "headline": "Cranes sold", "publisher": {"name": "Harbour Post"}, **fields}


def crumbs(*names: str) -> dict[str, object]:
    steps = [{"position": 1, "name": "Home", "item": "https://post.example/"}]
    steps += [{"position": at, "item": {"@id": f"/{name}", "name": name}} for at, name in enumerate(names, 2)]
    return {"@type": "BreadcrumbList", "itemListElement": [*steps, {"position": 9, "name": "Cranes sold"}]}


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (linked(article(articleSection="Local &amp; harbour")), "Local & harbour"),
        (linked(article(articleSection=["Economy", "Local"])), "Economy"),
        (linked(article(articleSection="Uncategorized"), crumbs("Economy")), "Economy"),
        (linked(article(articleSection="Harbour Post"), crumbs("Economy", "Ports")), "Economy"),
        (linked({"@type": "WebPage", "breadcrumb": crumbs("Ports")}), "Ports"),
        (linked(article(articleSection={"name": "Ports"})), "Ports"),
        (linked(article(articleSection=7), crumbs()), None),
        ('<meta property="article:section" content=" Ports ">', "Ports"),
        ('<meta name="parsely-section" content="Ports">', "Ports"),
        ('<meta name="cXenseParse:category" content="Ports">', "Ports"),
        ('<meta property="article:section" content="https://post.example/ports">', None),
        ('<meta property="article:section" content="{{section}}">', None),
        (f'<meta property="article:section" content="{"Ports " * 30}">', None),
    ],
)
def test_the_section_is_read(head: str, section: str | None) -> None:
    assert page_of(head).section == section


@pytest.mark.parametrize(
    "above",
    [
        '<nav aria-label="Breadcrumb"><a href="/">Start</a> › <a href="/p">Ports</a></nav>',
        '<ul class="breadcrumbs"><li><a href="/">Beranda</a><li><a href="/p">Ports</a><li>Cranes sold</ul>',
        '<ol itemscope itemtype="https://schema.org/BreadcrumbList"><li><a href="/x"><span>Главная</span></a>'
        '<li><a href="/p"><span>Ports</span></a></ol>',
        '<div>in <a rel="category tag" href="/p">Ports</a></div>',
    ],
)
def test_the_section_is_taken_from_the_breadcrumbs_that_readers_see(above: str) -> None:
    assert page_of("", above).section == "Ports"


@pytest.mark.parametrize(
    ("head", "keywords"),
    [
        (linked(article(keywords="cranes, ports,,cranes , Ada Holm")), ("cranes", "ports", "Ada Holm")),
        (linked(article(keywords=["Washington, D.C.", "ports"])), ("Washington, D.C.", "ports")),
        (linked(article(keywords=[{"@type": "DefinedTerm", "name": "ports"}, None, 3])), ("ports",)),
        (linked(article(keywords=["Tag:ports", "type:article", "_noshow", "cranes"])), ("cranes",)),
        (linked(article(keywords="Harbour Post")), ()),
        (
            '<meta property="article:tag" content="A&amp;B"><meta property="article:tag" content="#ports">',
            ("A&B", "ports"),
        ),
        ('<meta name="news_keywords" content="cranes; ports">', ("cranes", "ports")),
        ('<meta name="parsely-tags" content="cranes,ports">', ("cranes", "ports")),
        ('<meta name="sailthru.tags" content="cranes,ports">', ("cranes", "ports")),
        ('<meta name="cXenseParse:keywords" content="cranes">', ("cranes",)),
        ('<meta name="news_keywords" content="港湾、起重机、拍卖">', ("港湾", "起重机", "拍卖")),
        ('<meta name="news_keywords" content="港口 起重机 拍卖">', ("港口", "起重机", "拍卖")),
        ('<meta name="news_keywords" content="مرفأ، رافعة">', ("مرفأ", "رافعة")),
        ('<meta name="keywords" content="cranes, ports">', ("cranes", "ports")),
        ('<meta name="keywords" content="football, lottery, weather">', ()),
    ],
)
def test_keywords_are_read(head: str, keywords: tuple[str, ...]) -> None:
    assert page_of(head).keywords == keywords


def test_microdata_and_links_to_tags_name_keywords() -> None:
    tags = '<a {} href="/t/1">cranes</a><a {} href="/t/2">ports</a>'
    assert page_of("", below=tags.replace("{}", 'rel="tag"')).keywords == ("cranes", "ports")
    scope = '<div itemscope itemtype="https://schema.org/NewsArticle"><b itemprop="articleSection">Ports</b>'
    made = page_of("", f"{scope}{tags.replace('{}', 'itemprop=keywords')}</div>")
    assert (made.section, made.keywords) == ("Ports", ("cranes", "ports"))


def test_keywords_are_bounded() -> None:
    many = ",".join(f"word {number}" for number in range(300))
    assert len(page_of(linked(article(keywords=many))).keywords) <= MAX_KEYWORDS
    assert len(tidy_keywords(f"word {number}" for number in range(300))) == MAX_KEYWORDS
    assert tidy_keywords(["x" * 500, "\x00", " ", "–", "ok"]) == ("ok",)
    assert tidy_section("x" * 500) is None


def test_the_producers_word_wins_over_the_pages() -> None:
    html = f"<html><head>{linked(article(articleSection='Ports', keywords='cranes'))}</head><body>{STORY}</body></html>"
    assert (kept(html).section, kept(html).keywords) == ("Ports", ("cranes",))
    made = kept(html, section=" Local\nnews ", keywords=("Board, harbour",))
    assert (made.section, made.keywords) == ("Local news", ("Board", "harbour"))


def kept(html: str, **fields: object) -> Article:
    raw = RawArticle(id="a", content=html, content_type="text/html", first_seen=NOW, fetched_at=NOW, **fields)  # type: ignore[arg-type] -- fields of RawArticle
    outcome = chain_of(("normalise", "clean")).run(raw, NOW).outcome
    assert isinstance(outcome, Kept), outcome
    return outcome.article
