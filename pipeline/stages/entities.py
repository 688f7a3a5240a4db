"""entities: the people, organisations and places of headline and body, see pipeline/ner."""

from __future__ import annotations

import re

from msgspec.structs import replace

from pipeline.ner.document import find_names
from pipeline.ner.resolve import Setting
from pipeline.records import QUANTITY_LABELS, Article, RawArticle
from pipeline.registry import stage
from pipeline.stages._spans import together

_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/?#@]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


@stage("entities", version="2")
def entities(article: Article, _raw: RawArticle) -> Article:
    """`entities`, `people`, `organisations`, `places`, all made anew from `headline`, `body` and `language`.

    Where a place is, is judged by the publisher's address and the dateline too.
    Quantities that an earlier pass found stay, where they do not overlap a name.
    """
    setting = Setting(_host(article), article.located or "")
    found = find_names(article.headline or "", article.body, article.language, setting)
    quantities = [entity for entity in article.entities if entity.label in QUANTITY_LABELS]
    return replace(
        article,
        entities=together(found.entities, quantities) if quantities else found.entities,
        people=found.people,
        organisations=found.organisations,
        places=found.places,
    )


def _host(article: Article) -> str:
    """The publisher's host name; empty when nothing tells it."""
    for address in (article.canonical_url, article.url, article.source.id, article.source.feed):
        found = _HOST.match(address or "")
        if found:
            return found[1]
    return ""
