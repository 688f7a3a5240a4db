"""Whole pages as content systems around the world write them, made of the texts in data/stories.toml.

A layout is a function from a story to its page and to what a reader would copy of it. It writes the markup of one
system, with the navigation, teasers, boxes and comments that usually stand around a story.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_CODECS = {"gb2312": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "tis-620": "cp874"}
"""What browsers take these names for (WHATWG Encoding)."""
_TEXTS = Path(__file__).parent / "data" / "stories.toml"


@dataclass(frozen=True)
class Story:
    language: str
    headline: str
    lines: tuple[str, ...]
    menu: tuple[str, ...]
    teasers: tuple[tuple[str, str], ...]
    related: str
    newsletter: str
    bio: str
    comments: tuple[str, ...]
    rights: str


@dataclass(frozen=True)
class OwnPage:
    name: str
    html: bytes
    story: str
    """One line for each paragraph, heading and item of a list."""


Made = tuple[str, list[str]]
Layout = Callable[[Story], Made]


def stories() -> dict[str, Story]:
    found = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))
    return {
        language: Story(
            language=language,
            headline=text["headline"],
            lines=_lines(text["story"]),
            menu=tuple(text["menu"].split(",")),
            teasers=tuple((one.split("|")[0], one.split("|")[1]) for one in _lines(text["teasers"])),
            related=text["related"],
            newsletter=text["newsletter"],
            bio=text["bio"],
            comments=_lines(text["comments"]),
            rights=text["rights"],
        )
        for language, text in found.items()
    }


def pages() -> list[OwnPage]:
    told = stories()
    made = []
    for layout, language, encoding in LAYOUTS:
        html, lines = layout(told[language])
        declared = html.replace('charset="utf-8"', f'charset="{encoding}"')
        content = declared.encode(_CODECS.get(encoding, encoding), "xmlcharrefreplace")
        made.append(OwnPage(f"{layout.__name__}-{language}", content, "\n".join(lines)))
    return made


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n"))


# What stands around a story


def _page(story: Story, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="{story.language}"><head><meta charset="utf-8"><title>{story.headline} - '
        f"{_site(story)}</title>{head}<style>.a{{color:red}}</style><script>window.dataLayer=[];</script></head>"
        f"<body>{body}<script>load('ads')</script></body></html>"
    )


def _site(story: Story) -> str:
    return story.rights.removeprefix("© 2026 ").split(".")[0]


def _paragraphs(lines: tuple[str, ...]) -> str:
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _menu(story: Story) -> str:
    items = "".join(f'<li class="menu-item"><a href="/{at}">{name}</a></li>' for at, name in enumerate(story.menu))
    return f'<header class="site-header"><a href="/">{_site(story)}</a><nav><ul>{items}</ul></nav></header>'


def _plain_menu(story: Story) -> str:
    return '<div class="top">' + " | ".join(f'<a href="/{name}">{name}</a>' for name in story.menu) + "</div>"


def _footer(story: Story) -> str:
    return f'<footer class="site-footer"><p>{story.rights}</p>{_plain_menu(story)}</footer>'


def _teasers(story: Story, times: int = 2) -> str:
    cards = "".join(
        f'<div class="card"><a href="/t{at}"><img src="t{at}.jpg" alt=""><h3>{headline}</h3></a><p>{sentence}</p></div>'
        for at, (headline, sentence) in enumerate(story.teasers * times)
    )
    return f'<div class="more-grid">{cards}</div>'


def _most_read(story: Story) -> str:
    items = "".join(f'<li><a href="/m{at}">{headline}</a></li>' for at, (headline, _) in enumerate(story.teasers))
    return f'<div class="rank-list"><h4>Top</h4><ol>{items}</ol></div>'


def _comments(story: Story, times: int = 1) -> str:
    made = "".join(
        f'<li class="comment"><div class="comment-author">user{at}</div><p>{text}</p></li>'
        for at, text in enumerate(story.comments * times)
    )
    return f'<div id="comments" class="comments-area"><ol class="comment-list">{made}</ol></div>'


def _share() -> str:
    return '<div class="share-buttons"><a href="#">Facebook</a> <a href="#">WhatsApp</a> <a href="#">X</a></div>'


def _related(story: Story) -> str:
    headline = story.teasers[0][0]
    return f'<p><strong>{story.related}: <a href="/r1">{headline}</a></strong></p>'


# Content systems


def wordpress(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div id="content" class="site-content"><article class="post-77 post type-post hentry"><header '
        f'class="entry-header"><h1 class="entry-title">{story.headline}</h1><div class="entry-meta">Posted on <time>2 '
        f'March 2026</time> by <a href="/author/x">Staff</a></div></header><div class="entry-content">'
        f'{_paragraphs(story.lines)}<div class="sharedaddy">{_share()}</div><div class="jp-relatedposts"><h3>Related'
        f'</h3>{_teasers(story, 1)}</div></div><footer class="entry-footer">Tagged <a rel="tag" href="/t">roof</a>'
        f'</footer></article>{_comments(story)}<aside class="widget-area"><section class="widget">{_most_read(story)}'
        f"</section></aside></div>{_footer(story)}",
    ), [*story.lines]


def wordpress_blocks(story: Story) -> Made:
    return _page(
        story,
        f'<div class="wp-site-blocks">{_menu(story)}<main class="wp-block-group"><h1 class="wp-block-post-title">'
        f'{story.headline}</h1><div class="entry-content wp-block-post-content is-layout-flow">'
        f'{_paragraphs(story.lines[:2])}<figure class="wp-block-image"><img src="a.jpg"><figcaption>Photo: archive'
        f'</figcaption></figure>{_paragraphs(story.lines[2:])}</div><div class="wp-block-query">{_teasers(story)}</div>'
        f"</main>{_footer(story)}</div>",
    ), [*story.lines]


def elementor(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div class="elementor elementor-99"><section class="elementor-section"><div class="'
        f'elementor-widget elementor-widget-theme-post-title"><h1>{story.headline}</h1></div><div class="'
        f'elementor-widget elementor-widget-theme-post-content"><div class="elementor-widget-container">'
        f'{_paragraphs(story.lines)}</div></div></section><section class="elementor-section"><div class="'
        f'elementor-widget elementor-widget-posts">{_teasers(story)}</div></section></div>{_footer(story)}',
    ), [*story.lines]


def drupal(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div class="layout-content"><div class="node node--type-article node--view-mode-full"><h1 '
        f'class="page-title">{story.headline}</h1><div class="field field--name-body field--type-text-with-summary"><'
        f'div class="field__item">{_paragraphs(story.lines[:3])}{_related(story)}{_paragraphs(story.lines[3:])}</div>'
        f'</div><div class="field field--name-field-tags"><a href="/t">a</a><a href="/u">b</a></div></div></div><div '
        f'class="region-sidebar">{_most_read(story)}{_teasers(story)}</div>{_footer(story)}',
    ), [*story.lines]


def arc(story: Story) -> Made:
    paragraphs = [f'<p class="c-paragraph">{line}</p>' for line in story.lines]
    middle = f'<div class="interstitial-link"><p>[ <a href="/r">{story.teasers[1][0]}</a> ]</p></div>'
    return _page(
        story,
        f'<div id="fusion-app">{_menu(story)}<article class="b-article-body"><h1 class="b-headline">{story.headline}'
        f'</h1><div class="c-stack b-ad"><span>ADVERTISEMENT</span></div>'
        f'{"".join(paragraphs[:2])}{middle}{"".join(paragraphs[2:])}</article><div class="b-results-list">'
        f"{_teasers(story, 3)}</div>{_footer(story)}</div>",
    ), [*story.lines]


def blox(story: Story) -> Made:
    preview, rest = story.lines[:2], story.lines[2:]
    return _page(
        story,
        f'{_menu(story)}<div id="asset-content" class="asset story"><h1 class="headline"><span>{story.headline}</span>'
        f'</h1><div itemprop="articleBody" id="article-body" class="asset-content subscriber-premium">'
        f'<div class="subscriber-preview">{_paragraphs(preview)}</div><div class="subscriber-only">{_paragraphs(rest)}'
        f'</div></div><div id="tncms-region-article_bottom"><div class="tncms-block"><h3>Most Popular</h3>'
        f"{_teasers(story)}</div></div></div>{_footer(story)}",
    ), [*story.lines]


def linked_data_only(story: Story) -> Made:
    item = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": "2026-03-02T08:00:00Z",
        "articleBody": "\n\n".join(story.lines),
    }
    head = f'<script type="application/ld+json">{json.dumps(item, ensure_ascii=False)}</script>'
    return _page(story, f'<div id="root">{_menu(story)}</div>{_teasers(story, 1)}', head), [*story.lines]


def hydrated(story: Story) -> Made:
    """The story is in the state of the application alone, from which its scripts draw the page."""
    state = {
        "props": {
            "pageProps": {
                "menu": [{"title": name, "href": f"/{name}"} for name in story.menu],
                "article": {"id": 7, "title": story.headline, "bodyHtml": _paragraphs(story.lines)},
                "more": [{"title": headline, "lead": lead} for headline, lead in story.teasers],
            }
        }
    }
    data = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    return _page(
        story,
        f'<div id="__next">{_menu(story)}<div class="spinner"></div></div><script id="__NEXT_DATA__" '
        f'type="application/json">{data}</script>',
        f'<meta property="og:type" content="article"><meta property="og:title" content="{story.headline}">'
        f'<meta property="article:published_time" content="2026-03-02T08:00:00Z">',
    ), [*story.lines]


def amp(story: Story) -> Made:
    return _page(
        story,
        f'<amp-sidebar id="s"><ul><li><a href="/">{story.menu[0]}</a></li></ul></amp-sidebar>{_menu(story)}<article '
        f'class="amp-wp-article"><header class="amp-wp-article-header"><h1>{story.headline}</h1></header><amp-img '
        f'src="a.jpg" width="1" height="1"></amp-img><div class="amp-wp-article-content">'
        f'{_paragraphs(story.lines[:2])}<amp-ad type="x"></amp-ad>{_paragraphs(story.lines[2:])}</div><footer>'
        f'{_share()}</footer></article><amp-list src="x"></amp-list>{_teasers(story, 1)}{_footer(story)}',
    ), [*story.lines]


def blogger(story: Story) -> Made:
    text = "<br /><br />".join(story.lines)
    return _page(
        story,
        f"{_plain_menu(story)}<div class='blog-posts hfeed'><div class='post hentry'><h3 class='post-title entry-title'"
        f">{story.headline}</h3><div class='post-body entry-content' id='post-body-1'><div class='separator'><a "
        f"href='a.jpg'><img src='a.jpg'/></a></div>{text}<div style='clear: both;'></div></div><div class="
        f"'post-footer'>Diposting oleh <span>Admin</span> di 08.00</div></div></div><div class='sidebar section'>"
        f"{_most_read(story)}</div>{_footer(story)}",
    ), [*story.lines]


def ghost(story: Story) -> Made:
    card = (
        '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="/b"><div class="'
        f'kg-bookmark-content"><div class="kg-bookmark-title">{story.teasers[0][0]}</div><div class="'
        f'kg-bookmark-description">{story.teasers[0][1]}</div></div></a></figure>'
    )
    return _page(
        story,
        f'{_menu(story)}<main id="site-main"><article class="gh-article post"><header class="gh-article-header"><h1 '
        f'class="gh-article-title">{story.headline}</h1></header><section class="gh-content gh-canvas">'
        f'{_paragraphs(story.lines[:2])}{card}{_paragraphs(story.lines[2:])}<div class="kg-card kg-signup-card"><h2>'
        f"{story.newsletter}</h2><form><input><button>OK</button></form></div></section></article></main><section "
        f'class="gh-readnext">{_teasers(story)}</section>{_footer(story)}',
    ), [*story.lines]


def joomla(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div class="com-content-article item-page" itemscope itemtype="https://schema.org/Article"><div'
        f' class="page-header"><h1 itemprop="headline">{story.headline}</h1></div><dl class="article-info"><dt>Info'
        f'</dt><dd>Redakcja</dd><dd>Odsłon: 512</dd></dl><div itemprop="articleBody" class="com-content-article__body"'
        f'>{_paragraphs(story.lines)}</div><ul class="pager pagenav"><li><a href="/p">«</a></li><li><a href="/n">»</a>'
        f"</li></ul></div>{_most_read(story)}{_footer(story)}",
    ), [*story.lines]


def typo3(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div id="c12" class="frame frame-default"><div class="news news-single"><div class="article">'
        f'<h1>{story.headline}</h1><div class="lead"><p>{story.lines[0]}</p></div><div class="news-text-wrap">'
        f'{_paragraphs(story.lines[1:])}</div><div class="news-backlink-wrap"><a href="/">Zurück</a></div></div></div>'
        f'</div><div id="c13" class="frame">{_teasers(story)}</div>{_footer(story)}',
    ), [*story.lines]


def bitrix(story: Story) -> Made:
    text = "<br />\n<br />\n".join(story.lines)
    return _page(
        story,
        f'{_plain_menu(story)}<div class="workarea"><div class="news-detail"><span class="news-date-time">02.03.2026'
        f'</span><h3>{story.headline}</h3>{text}<div style="clear:both"></div><br /></div><p><a href="/news/">'
        f'Возврат к списку</a></p></div><div class="sidebar"><div class="news-list">{_teasers(story)}</div></div>'
        f"{_footer(story)}",
    ), [*story.lines]


def old_portal(story: Story) -> Made:
    """Chinese portals of the 2000s: paragraphs begin with two ideographic blanks."""
    text = "<br><br>".join(f"　　{line}" for line in story.lines)
    return _page(
        story,
        f'<table width="950" align="center"><tr><td>{_plain_menu(story)}</td></tr></table><table width="950" '
        f'align="center"><tr><td width="650" valign="top"><h1 id="h1title">{story.headline}</h1><div class="from_info"'
        f'>2026-03-02 来源: 石桥新闻网</div><div id="endText">{text}</div></td><td width="300" valign="top">'
        f"{_most_read(story)}{_most_read(story)}</td></tr></table><div>{story.rights}</div>",
    ), [*story.lines]


def old_table(story: Story) -> Made:
    """Everything in nested tables, as before style sheets."""
    text = "".join(f"<p><font size=2>{line}</font></p>" for line in story.lines)
    links = "".join(f'<tr><td><a href="/{at}">{name}</a></td></tr>' for at, name in enumerate(story.menu))
    more = "".join(f'<tr><td>・<a href="/t{at}">{one}</a></td></tr>' for at, (one, _) in enumerate(story.teasers))
    return _page(
        story,
        f'<center><table border="0" width="760"><tr><td width="140" valign="top"><table>{links}</table></td><td '
        f'width="480" valign="top"><table><tr><td><b><font size="5">{story.headline}</font></b></td></tr><tr><td>{text}'
        f'</td></tr></table></td><td width="140" valign="top"><table>{more}</table></td></tr><tr><td colspan="3"><hr>'
        f"<small>{story.rights}</small></td></tr></table></center>",
    ), [*story.lines]


def old_table_breaks(story: Story) -> Made:
    text = "<br>\n<br>\n".join(story.lines)
    return _page(
        story,
        f'<table width="100%"><tr><td bgcolor="#eee">{_plain_menu(story)}</td></tr></table><table width="100%"><tr><td '
        f'valign="top" width="70%"><font size="4"><b>{story.headline}</b></font><br><br>{text}</td><td valign="top">'
        f'<font size="2">{"<br>".join(f"<a href=/t>{headline}</a>" for headline, _ in story.teasers * 2)}</font></td>'
        f"</tr></table><p align=center>{story.rights}</p>",
    ), [*story.lines]


def portal_breaks(story: Story) -> Made:
    """Korean portals: one container, breaks, a photo's caption, and the reporter's address at the end."""
    text = "<br><br>".join(story.lines)
    return _page(
        story,
        f'{_plain_menu(story)}<div id="main_content"><h2 class="media_end_head_headline">{story.headline}</h2><div '
        f'class="newsct_article _article_body"><article id="dic_area"><span class="end_photo_org"><img src="a.jpg"><em '
        f'class="img_desc">자료 사진</em></span>{text}</article></div></div><div class="ranking">{_most_read(story)}'
        f"</div>{_footer(story)}",
    ), [*story.lines]


def plain_divs(story: Story) -> Made:
    text = "".join(f"<div>{line}</div><div>&nbsp;</div>" for line in story.lines)
    return _page(
        story,
        f'{_plain_menu(story)}<div class="wrap"><div class="col"><h1>{story.headline}</h1><div class="txt">{text}</div>'
        f'</div><div class="col2">{_most_read(story)}{_teasers(story, 1)}</div></div>{_footer(story)}',
    ), [*story.lines]


def hashed_classes(story: Story) -> Made:
    """Class names that a build made: nothing in them says what is what."""
    text = "".join(f'<div class="css-k3x9"><p class="css-at9mc1">{line}</p></div>' for line in story.lines)
    cards = "".join(
        f'<a class="css-8wq2" href="/c{at}"><div class="css-1kd"><p class="css-p0">{headline}</p><p class="css-p1">'
        f"{sentence}</p></div></a>"
        for at, (headline, sentence) in enumerate(story.teasers * 3)
    )
    return _page(
        story,
        f'<div id="app"><div class="css-1n6">{_plain_menu(story)}</div><div class="css-77b"><h1 class="css-1l8">'
        f'{story.headline}</h1><div class="css-53u">{text}</div></div><div class="css-9dd">{cards}</div></div>',
    ), [*story.lines]


# What stands in stories


def listicle(story: Story) -> Made:
    titles = [f"{at}. {headline}" for at, (headline, _) in enumerate(story.teasers, 1)]
    items = "".join(
        f'<h2>{title}</h2><figure><img src="x.jpg"></figure><p>{sentence}</p>'
        for title, (_, sentence) in zip(titles, story.teasers, strict=True)
    )
    expected = [story.lines[0]]
    for title, (_, sentence) in zip(titles, story.teasers, strict=True):
        expected += [title, sentence]
    return _page(
        story,
        f"{_menu(story)}<main><article><h1>{story.headline}</h1><p>{story.lines[0]}</p>{items}</article></main>"
        f'<div class="region">{_most_read(story)}</div>{_footer(story)}',
    ), expected


def interview(story: Story) -> Made:
    questions = [headline + "?" for headline, _ in story.teasers]
    answers = story.lines[1:]
    expected = [story.lines[0]]
    text = ""
    for question, answer in zip(questions, answers, strict=False):
        text += f"<p><strong>{question}</strong></p><p>{answer}</p>"
        expected += [question, answer]
    return _page(
        story,
        f'{_menu(story)}<div class="article"><h1>{story.headline}</h1><div class="article__text"><p class="intro">'
        f'{story.lines[0]}</p>{text}</div></div><div class="teaser-list">{_most_read(story)}</div>{_footer(story)}',
    ), expected


def quotations(story: Story) -> Made:
    tweet = story.comments[0]
    return _page(
        story,
        f'{_menu(story)}<article><h1>{story.headline}</h1><div class="body">{_paragraphs(story.lines[:2])}<blockquote>'
        f'<p>{story.lines[2]}</p></blockquote><p>{story.lines[3]}</p><blockquote class="twitter-tweet"><p lang="en">'
        f'{tweet}</p></blockquote><script async src="widgets.js"></script><p>{story.lines[4]}</p></div></article>'
        f"{_teasers(story)}{_footer(story)}",
    ), [*story.lines[:4], tweet, story.lines[4]]


def subheads_and_list(story: Story) -> Made:
    heading, items = story.teasers[0][0], [sentence for _, sentence in story.teasers]
    return _page(
        story,
        f'{_menu(story)}<article class="article"><h1>{story.headline}</h1><div class="article-body">'
        f"{_paragraphs(story.lines[:2])}<h2>{heading}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        f"{_paragraphs(story.lines[2:])}</div></article>{_most_read(story)}{_footer(story)}",
    ), [*story.lines[:2], heading, *items, *story.lines[2:]]


def footnotes(story: Story) -> Made:
    note = story.teasers[1][1]
    return _page(
        story,
        f"{_menu(story)}<article><h1>{story.headline}</h1>{_paragraphs(story.lines[:-1])}<p>{story.lines[-1]}<sup><a "
        f'href="#n1">1</a></sup></p><section class="footnotes"><ol><li id="n1">{note}</li></ol></section></article>'
        f"{_teasers(story)}{_footer(story)}",
    ), [*story.lines[:-1], story.lines[-1] + "1", note]


def standfirst(story: Story) -> Made:
    """The first paragraph stands apart, in the header of the article or in a heading."""
    return _page(
        story,
        f'{_menu(story)}<article><header><h1>{story.headline}</h1><div class="meta">2 March 2026</div></header><h2 '
        f'class="standfirst">{story.lines[0]}</h2><div class="text">{_paragraphs(story.lines[1:])}</div></article>'
        f"{_teasers(story)}{_footer(story)}",
    ), [*story.lines]


def liveblog(story: Story) -> Made:
    entries = "".join(
        f'<div class="liveblog-entry"><time datetime="2026-03-02T0{at}:00Z">0{at}:00</time><h3>{headline}</h3>'
        f"<p>{sentence}</p></div>"
        for at, (headline, sentence) in enumerate(story.teasers)
    )
    expected = [*story.lines]
    for headline, sentence in story.teasers:
        expected += [headline, sentence]
    return _page(
        story,
        f'{_menu(story)}<article class="liveblog"><h1>{story.headline}</h1><div class="summary">'
        f"{_paragraphs(story.lines)}</div>{entries}</article>{_most_read(story)}{_footer(story)}",
    ), expected


def gallery(story: Story) -> Made:
    pictures = "".join(
        f'<figure class="gallery-item"><img src="{at}.jpg"><figcaption>Foto {at}: Archivo</figcaption></figure>'
        for at in range(12)
    )
    return _page(
        story,
        f'{_menu(story)}<main class="noticia"><h1>{story.headline}</h1><div class="galeria">{pictures}</div><div class='
        f'"cuerpo">{_paragraphs(story.lines)}</div></main><section class="otras">{_teasers(story)}</section>'
        f"{_footer(story)}",
    ), [*story.lines]


def data_table(story: Story) -> Made:
    """Figures in a table are no sentences: they stay out."""
    rows = "".join(f"<tr><td>{name}</td><td>{at * 17}</td><td>{at * 3}</td></tr>" for at, name in enumerate(story.menu))
    return _page(
        story,
        f'{_menu(story)}<article><h1>{story.headline}</h1>{_paragraphs(story.lines[:3])}<table class="stats"><tr><th>A'
        f"</th><th>B</th><th>C</th></tr>{rows}</table>{_paragraphs(story.lines[3:])}</article>{_footer(story)}",
    ), [*story.lines]


# What stands between and around


def boxes_within(story: Story) -> Made:
    """A newsletter's form and a list of related stories in the middle, under names that say little."""
    links = "".join(f'<li><a href="/r{at}">{headline}</a></li>' for at, (headline, _) in enumerate(story.teasers))
    return _page(
        story,
        f'{_menu(story)}<div class="content-area"><h1>{story.headline}</h1><div class="story-text">'
        f'{_paragraphs(story.lines[:2])}<div class="box box--a"><p>{story.newsletter}</p><form><input type="email">'
        f'<button>OK</button></form></div><p>{story.lines[2]}</p><div class="box box--b"><p>{story.related}</p><ul>'
        f"{links}</ul></div>{_paragraphs(story.lines[3:])}</div></div>{_footer(story)}",
    ), [*story.lines]


def bio_below(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<article><h1>{story.headline}</h1><div class="rich-text">{_paragraphs(story.lines)}</div><div '
        f'class="author-bio"><img src="a.jpg"><p>{story.bio}</p></div></article>{_teasers(story)}{_footer(story)}',
    ), [*story.lines]


def long_comments(story: Story) -> Made:
    """Readers say more than the story, in a list that calls itself discussion."""
    said = "".join(
        f'<div class="discussion-item"><b>user{at}</b><p>{text}</p></div>' for at, text in enumerate(story.comments * 6)
    )
    return _page(
        story,
        f'{_menu(story)}<div class="page"><div class="story"><h1>{story.headline}</h1>{_paragraphs(story.lines)}</div>'
        f'<div id="comments" class="discussion">{said}</div></div>{_footer(story)}',
    ), [*story.lines]


def consent_first(story: Story) -> Made:
    banner = (
        '<div id="cmp-wrapper" class="cookie-consent"><p>Wir und unsere 812 Partner verwenden Cookies, um Inhalte und '
        "Anzeigen zu personalisieren und die Zugriffe auf unsere Website zu analysieren.</p><p>Sie können Ihre "
        "Einwilligung jederzeit widerrufen. Mehr dazu steht in der Datenschutzerklärung.</p><button>Alle akzeptieren"
        "</button></div>"
    )
    return _page(
        story,
        f'{banner}{_menu(story)}<div class="article-wrap"><h1>{story.headline}</h1>{_paragraphs(story.lines)}</div>'
        f"{_teasers(story)}{_footer(story)}",
    ), [*story.lines]


def several_pages(story: Story) -> Made:
    return _page(
        story,
        f'{_menu(story)}<div class="haber-detay"><h1>{story.headline}</h1><div class="haber-metni">'
        f'{_paragraphs(story.lines)}</div><div class="sayfalama"><span>1</span> <a href="?p=2">2</a> <a href="?p=3">3'
        f'</a></div></div><div class="diger">{_teasers(story)}</div>{_footer(story)}',
    ), [*story.lines]


def next_story_below(story: Story) -> Made:
    """Another article is loaded below, whole, as where one scrolls on without end."""
    other = "".join(f"<p>{sentence}</p>" for _, sentence in story.teasers)
    return _page(
        story,
        f'{_menu(story)}<article class="post"><h1>{story.headline}</h1>{_paragraphs(story.lines)}</article><article '
        f'class="post"><h2><a href="/next">{story.teasers[0][0]}</a></h2>{other}</article>{_footer(story)}',
    ), [*story.lines]


def article_cards(story: Story) -> Made:
    """Each teaser is an article element of its own, the story is none."""
    cards = "".join(
        f'<li><article class="tile"><a href="/t{at}"><figure><img src="t.jpg"></figure></a><div><h2><a href="/t{at}">'
        f'{headline}</a></h2><p>{sentence}</p><a href="/s">Local</a></div></article></li>'
        for at, (headline, sentence) in enumerate(story.teasers * 3)
    )
    return _page(
        story,
        f'{_menu(story)}<ul class="tiles">{cards}</ul><main><div class="detail"><h1>{story.headline}</h1><div class='
        f'"detail-text">{_paragraphs(story.lines)}</div></div></main><ul class="tiles">{cards}</ul>{_footer(story)}',
    ), [*story.lines]


def labelled_teasers(story: Story) -> Made:
    """Of each teaser only a last word is a link, the same in all."""
    cards = "".join(
        f'<div class="it"><h4>{headline}</h4><p>{sentence}</p><a href="/x{at}">{story.related}</a></div>'
        for at, (headline, sentence) in enumerate(story.teasers * 2)
    )
    return _page(
        story,
        f'{_menu(story)}<div class="w"><h1>{story.headline}</h1><div>{_paragraphs(story.lines)}</div></div><div class='
        f'"z">{cards}</div>{_footer(story)}',
    ), [*story.lines]


def linked_liveblog(story: Story) -> Made:
    """Short entries whose headings link to pages of their own."""
    entries = "".join(
        f'<section class="entry"><h2><a href="/live/{at}">{headline}</a></h2><p>{sentence}</p></section>'
        for at, (headline, sentence) in enumerate(story.teasers)
    )
    return _page(
        story,
        f"{_menu(story)}<article><h1>{story.headline}</h1>{_paragraphs(story.lines)}{entries}</article>"
        f"{_teasers(story)}{_footer(story)}",
    ), [*story.lines, *(line for teaser in story.teasers for line in teaser)]


def linked_words(story: Story) -> Made:
    """Most paragraphs link some of their words."""
    text = "".join(
        f'<p><a href="/a">{line[:12]}</a>{line[12:20]}<a href="/b">{line[20:40]}</a>{line[40:50]}<a href="/c">'
        f"{line[50:60]}</a>{line[60:]}</p>"
        for line in story.lines
    )
    return _page(
        story,
        f'{_menu(story)}<div class="c"><h1>{story.headline}</h1><div class="c-text">{text}</div></div>'
        f"{_most_read(story)}{_teasers(story)}{_footer(story)}",
    ), [*story.lines]


def labels_within(story: Story) -> Made:
    """Indonesian portals: a related link after every second paragraph, an index of pages at the end."""
    text = ""
    for at, line in enumerate(story.lines):
        text += f"<p>{line}</p>"
        if at % 2:
            text += _related(story) + '<div class="ads-on-body"><span>SCROLL TO CONTINUE WITH CONTENT</span></div>'
    return _page(
        story,
        f'{_menu(story)}<div class="read__article"><h1 class="read__title">{story.headline}</h1><div class="'
        f'read__content"><div class="clearfix">{text}</div></div><div class="paging"><a href="?page=all">Semua'
        f'</a></div><div class="tag">Tag <a href="/t">garam</a></div></div><div class="most">{_most_read(story)}</div>'
        f"{_footer(story)}",
    ), [*story.lines]


def spans(story: Story) -> Made:
    text = "".join(f'<p dir="ltr"><span style="x">{line}</span></p>' for line in story.lines)
    return _page(
        story,
        f'{_menu(story)}<section class="post-area"><h1>{story.headline}</h1><div class="post-details">{text}</div>'
        f'</section><section class="post-more">{_teasers(story)}</section>{_footer(story)}',
    ), [*story.lines]


def inside_a_form(story: Story) -> Made:
    """ASP.NET: one form holds the whole page."""
    return _page(
        story,
        f'<form id="aspnetForm"><div class="aspNetHidden"><input type="hidden"></div>{_plain_menu(story)}<div id="'
        f'ctl00_body"><span id="ctl00_title"><h1>{story.headline}</h1></span><span id="ctl00_text">'
        f'{_paragraphs(story.lines)}</span></div><div id="ctl00_more">{_most_read(story)}</div></form>{_footer(story)}',
    ), [*story.lines]


LAYOUTS: tuple[tuple[Layout, str, str], ...] = (
    (wordpress, "en", "utf-8"),
    (wordpress, "sw", "utf-8"),
    (wordpress_blocks, "pt", "utf-8"),
    (elementor, "id", "utf-8"),
    (drupal, "fr", "utf-8"),
    (arc, "es", "utf-8"),
    (blox, "en", "utf-8"),
    (linked_data_only, "en", "utf-8"),
    (hydrated, "ko", "utf-8"),
    (hydrated, "de", "utf-8"),
    (amp, "pt", "utf-8"),
    (blogger, "id", "utf-8"),
    (ghost, "en", "utf-8"),
    (joomla, "pl", "utf-8"),
    (typo3, "de", "utf-8"),
    (bitrix, "ru", "windows-1251"),
    (old_portal, "zh", "gb2312"),
    (old_table, "ja", "shift_jis"),
    (old_table, "ar", "windows-1256"),
    (old_table, "en", "utf-8"),
    (old_table_breaks, "th", "tis-620"),
    (old_table_breaks, "hu", "iso-8859-2"),
    (portal_breaks, "ko", "euc-kr"),
    (plain_divs, "vi", "utf-8"),
    (plain_divs, "zh", "utf-8"),
    (hashed_classes, "ja", "utf-8"),
    (hashed_classes, "es", "utf-8"),
    (listicle, "en", "utf-8"),
    (interview, "de", "utf-8"),
    (quotations, "en", "utf-8"),
    (subheads_and_list, "sw", "utf-8"),
    (subheads_and_list, "zh", "utf-8"),
    (footnotes, "fr", "utf-8"),
    (standfirst, "en", "utf-8"),
    (liveblog, "en", "utf-8"),
    (gallery, "es", "utf-8"),
    (data_table, "pl", "iso-8859-2"),
    (boxes_within, "fr", "utf-8"),
    (boxes_within, "hi", "utf-8"),
    (bio_below, "en", "utf-8"),
    (long_comments, "hi", "utf-8"),
    (long_comments, "ru", "utf-8"),
    (consent_first, "de", "utf-8"),
    (several_pages, "tr", "windows-1254"),
    (next_story_below, "hu", "iso-8859-2"),
    (article_cards, "fr", "utf-8"),
    (article_cards, "th", "utf-8"),
    (labelled_teasers, "zh", "utf-8"),
    (labelled_teasers, "de", "utf-8"),
    (linked_liveblog, "en", "utf-8"),
    (linked_words, "tr", "utf-8"),
    (linked_words, "en", "utf-8"),
    (labels_within, "id", "utf-8"),
    (spans, "ar", "utf-8"),
    (inside_a_form, "ru", "utf-8"),
)
