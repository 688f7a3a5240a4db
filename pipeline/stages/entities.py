"""entities: the people, organisations and places of headline and body, see pipeline/ner."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.ner.document import find_names
from pipeline.records import Article, RawArticle
from pipeline.registry import stage


@stage("entities", version="1")
def entities(article: Article, _raw: RawArticle) -> Article:
    """`entities`, `people`, `organisations`, `places`, all made anew from `headline`, `body` and `language`."""
    found = find_names(article.headline or "", article.body, article.language)
    return replace(
        article,
        entities=found.entities,
        people=found.people,
        organisations=found.organisations,
        places=found.places,
    )
