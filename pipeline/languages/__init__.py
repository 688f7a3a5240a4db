"""Languages as data: one file each, named by its tag, holding one `LANGUAGE`.

Patterns are regular expressions, matched by the `clean` stage without regard to case against a whole line. They say
the wording; the stage itself checks the line's shape and position. A sentence of the story must never match.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the pipeline knows of a language. Keys of the rule tables are rule names, values are patterns."""

    tag: str
    name: str
    analyzer: str
    """Built-in analyzer of Elasticsearch and OpenSearch for text in this language."""
    related: dict[str, str] = field(default_factory=dict)
    """Lines that point to another article; a group named `headline` holds its headline."""
    promotion: dict[str, str] = field(default_factory=dict)
    """Lines that advertise: channels, newsletters, apps, subscriptions, advertisement markers, share and follow."""
    credit: dict[str, str] = field(default_factory=dict)
    """Lines that credit an agency or a publisher; a group named `source` holds its name."""
    byline: dict[str, str] = field(default_factory=dict)
    """Lines that name the author; a group named `by` holds the name."""
    editorial: dict[str, str] = field(default_factory=dict)
    """Lines about the making of the text: editors, copyright, photo credits, read-time."""
    months: tuple[str, ...] = ()
    """Month names as datelines spell them, in lower case."""


@cache
def languages() -> dict[str, Language]:
    """All language files by tag, in the order of their tags."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    made = [importlib.import_module(f"{__name__}.{name}").LANGUAGE for name in found]
    return {language.tag: language for language in made}
