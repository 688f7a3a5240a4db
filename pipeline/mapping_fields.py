"""Pieces of an index mapping: the sub-fields of alert rules, and a mapping less what an older index cannot have."""

from __future__ import annotations

from collections.abc import Set
from typing import Any


def exact() -> dict[str, Any]:
    """Sub-fields for alert rules, which tell diacritics apart: `words` in lower case, `cased` as written."""
    return {
        name: {"type": "text", "analyzer": analyzer, "norms": False, "position_increment_gap": 100}
        for name, analyzer in (("words", "standard"), ("cased", "cased"))
    }


def stems(language: str) -> dict[str, Any]:
    """The sub-field for alert rules with ~stem."""
    return {"fields": {"stems": {"type": "text", "analyzer": f"stems_{language}", "norms": False}}}


def without_analyzers(fields: dict[str, Any], missing: Set[str]) -> dict[str, Any]:
    """The fields, and those below them, but for the ones that need one of these analyzers."""
    return {
        name: {
            key: without_analyzers(value, missing) if key in ("fields", "properties") else value
            for key, value in field.items()
        }
        for name, field in fields.items()
        if field.get("analyzer") not in missing
    }
