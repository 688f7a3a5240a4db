"""spacy: pipelines of spaCy, by the name of an installed package or a folder: `spacy:fr_core_news_sm`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.errors import MissingModelError
from pipeline.registry import Span, TaggerFunction, tagger


@tagger("spacy")
def open_spacy(model: str) -> TaggerFunction:
    """The entities that a spaCy pipeline finds, whatever component sets them. Raises MissingModelError."""
    if find_spec("spacy") is None:
        raise MissingModelError(f"spacy:{model} needs spaCy: pip install spacy && python -m spacy download {model}")
    if not Path(model).is_dir() and (not model.isidentifier() or find_spec(model) is None):
        raise MissingModelError(
            f"spacy:{model} is neither an installed pipeline nor a folder: python -m spacy download {model}"
        )

    def tag(text: str) -> Iterator[Span]:
        for entity in _load(model)(text).ents:
            yield entity.start_char, entity.end_char, entity.label_

    return tag


@cache
def _load(model: str) -> Any:
    import spacy  # noqa: PLC0415 -- the user's own package, loaded when it is needed

    return spacy.load(model)
