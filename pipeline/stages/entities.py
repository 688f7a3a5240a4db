"""entities: the people, organisations and places of headline and body, see pipeline/ner."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from pipeline.ner.document import find_names
from pipeline.ner.resolve import Setting
from pipeline.ner.tagger import is_pooled
from pipeline.records import QUANTITY_LABELS, Article, RawArticle
from pipeline.registry import TaggerFunction, plugin, stage
from pipeline.stages._spans import together

_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/?#@]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_NO_MODELS: Mapping[str, str] = MappingProxyType({})
MODEL_KEY, POOLED = "entities.model", "pooled"
"""What `stages` says where the names come from the model for many languages (models/CARD.md) and are less sure."""


def with_models(models: Mapping[str, str] = _NO_MODELS) -> Callable[[Article, RawArticle], Article]:
    """The stage that reads articles in some languages (base tags) with other models, each named `tagger:model`.

    Raises UnknownPluginError for a tagger that is none, MissingModelError for a model that is not installed.
    """
    taggers = {language.partition("-")[0].lower(): _open(named) for language, named in models.items()}

    def entities(article: Article, _raw: RawArticle) -> Article:
        base = article.language.partition("-")[0].lower()
        tagger = taggers.get(base)
        setting = Setting(_host(article), article.located or "")
        found = find_names(article.headline or "", article.body, article.language, setting, tagger)
        quantities = [entity for entity in article.entities if entity.label in QUANTITY_LABELS]
        return replace(
            article,
            entities=together(found.entities, quantities) if quantities else found.entities,
            people=found.people,
            organisations=found.organisations,
            places=found.places,
            stages={**article.stages, MODEL_KEY: POOLED} if is_pooled(base) and not tagger else article.stages,
        )

    return entities


_with_shipped_models = with_models()


@stage("entities", version="4", configure=with_models)
def entities(article: Article, raw: RawArticle) -> Article:
    """`entities`, `people`, `organisations`, `places`, all made anew from `headline`, `body` and `language`.

    Where a place is, is judged by the publisher's address and the dateline too.
    Quantities that an earlier pass found stay, where they do not overlap a name.
    """
    return _with_shipped_models(article, raw)


def _open(named: str) -> TaggerFunction:
    family, _, model = named.partition(":")
    tagger: TaggerFunction = plugin("taggers", family).function(model)
    return tagger


def _host(article: Article) -> str:
    """The publisher's host name; empty when nothing tells it."""
    for address in (article.canonical_url, article.url, article.source.id, article.source.feed):
        found = _HOST.match(address or "")
        if found:
            return found[1]
    return ""
