"""Languages as data: one file each, named by its tag, holding one `LANGUAGE`. Files that begin with `_` are none.

Wording is written as *phrases*, plain text in lower case and Unicode NFC, matched without regard to case:

    baca juga                         these words; a blank stands for any blanks
    (follow|join) us on (x|facebook)  one of the alternatives in each pair of brackets
    subscribe … newsletter            `…` stands for up to 120 characters within the sentence or its neighbour
    … फॉलो करें$                        a phrase opens its line, unless it begins with `…`; `$` is the end of the line

They say the wording; the `clean` stage adds what the line must look like and where it may stand, see stages/clean.py.
A sentence of the story must never match both.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

Phrases = tuple[str, ...]
Rules = Mapping[str, Phrases]
"""Phrases by the name of their rule, which is written into every removal: `id.related.baca_juga`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the pipeline knows of a language."""

    tag: str
    """BCP 47, lower case."""
    name: str
    """In English."""
    analyzer: str
    """Built-in analyzer of both Elasticsearch and OpenSearch for text in this language."""
    spaced: bool = True
    """Words are parted by blanks, so that a phrase must begin and end where words do."""
    related: Rules = field(default_factory=dict)
    """Lines that point to another article; what follows the phrase is its headline."""
    promotion: Rules = field(default_factory=dict)
    """Lines that advertise: channels, newsletters, apps, subscriptions, advertisement markers, share and follow."""
    credit: Rules = field(default_factory=dict)
    """Lines that credit an agency or a publisher; what follows the phrase is its name."""
    byline: Rules = field(default_factory=dict)
    """Lines that name the author; what follows the phrase is the name."""
    editorial: Rules = field(default_factory=dict)
    """Lines about the making of the text: editors, copyright, photo credits, embedded media, read-time."""
    months: tuple[str, ...] = ()
    """Names of the twelve months in lower case, January first; spellings are parted by `|`."""
    dateline_places: tuple[str, ...] = ()
    """Places that open articles in ordinary spelling and with nothing but a dash ("Jakarta - "), lower case."""
    saying: Phrases = ()
    """Verbs of saying in the forms of news: "kata", "said", "a déclaré", "disse"."""
    pronouns: Phrases = ()
    """Of the third person, one person, as subject: "he", "dia", "он"."""
    pronoun_saying: Phrases = ()
    """Verbs of saying with their pronoun in one word: "ujarnya", "a-t-il ajouté"."""
    drops_pronouns: bool = False
    """A verb of saying needs none: «…», añadió."""
    verb_last: bool = False
    """A quotation stands between its speaker and the verb: X「…」と話す."""
    weekdays: tuple[str, ...] = ()
    """The seven days, Monday first, as they stand in news for one day and not for every such day; spellings are parted
    by `|`, unless in a phrase with brackets."""
    future: Phrases = ()
    """Words that tell of what will be: "will", "akan", "wird"."""
    moments: Mapping[str, str] = field(default_factory=dict)
    """Words for a time, by phrase: its distance from the day of publication in days, weeks, months or years, as in
    "-1d"; `#` is a number, in the phrase and in the distance."""
    percent: Phrases = ()
    """What follows the number, besides the sign."""
    percent_before: Phrases = ()
    """What goes before it."""
    scales: Mapping[str, int] = field(default_factory=dict)
    """Words that multiply the number before them, spellings parted by `|`."""
    currencies: Mapping[str, str] = field(default_factory=dict)
    """ISO 4217 codes of the words that follow an amount; empty where the word alone does not tell the currency."""
    decimal: str = ","
    """The decimal mark: "," or "."."""


@cache
def languages() -> dict[str, Language]:
    """All language files by tag, in the order of their tags."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    made = [importlib.import_module(f"{__name__}.{name}").LANGUAGE for name in found]
    return {language.tag: language for language in made}
