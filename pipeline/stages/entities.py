"""entities: the people, organisations and places of headline and body, see pipeline/ner."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.ner.document import find_names
from pipeline.records import QUANTITY_LABELS, Article, RawArticle
from pipeline.registry import stage
from pipeline.stages._spans import together


@stage("entities", version="1")
def entities(article: Article, _raw: RawArticle) -> Article:
    """`entities`, `people`, `organisations`, `places`, all made anew from `headline`, `body` and `language`.

    Quantities that an earlier pass found stay, where they do not overlap a name.
    """
    found = find_names(article.headline or "", article.body, article.language)
    quantities = [entity for entity in article.entities if entity.label in QUANTITY_LABELS]
    return replace(
        article,
        entities=together(found.entities, quantities) if quantities else found.entities,
        people=found.people,
        organisations=found.organisations,
        places=found.places,
    )
