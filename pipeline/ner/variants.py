"""Which spans name the same: variants of one name in one group, and the name that the group goes by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ner.lexicon import stem
from pipeline.ner.lookup import territory_code
from pipeline.ner.refine import state_code
from pipeline.ner.serbian import TWO_SCRIPTS, latin

Key = tuple[str, ...]
Form = tuple[str, ...]

_LEGAL_FORMS = frozenset(("pt", "cv", "tbk", "inc", "ltd", "llc", "corp", "plc", "ag", "sa", "gmbh", "the"))
_ENDED_ACRONYM = re.compile(r"^([^\W\d_]*[A-ZÀ-ÞĀ-Ž])-[a-zà-ž]{1,4}$")
"""An acronym with its case ending: "HNB-a", "MNB-nek"."""
_MAX_PEOPLE = 400
"""More names of people than this are not compared with each other: a list of names is no story."""


@dataclass(slots=True)
class Group:
    """One person, organisation or place."""

    label: str
    count: int = 0
    forms: Counter[Form] = field(default_factory=Counter)
    shown: dict[Form, str] = field(default_factory=dict)
    acronyms: set[Form] = field(default_factory=set)

    def add(self, form: Form, shown: str, *, spelled_out: bool) -> None:
        """Count a span with these tokens, shown as this text; an acronym of the name is not spelled out."""
        self.count += 1
        self.forms[form] += 1
        self.shown.setdefault(form, shown)
        if not spelled_out:
            self.acronyms.add(form)


def key_of(tokens: Sequence[str], language: str) -> Key:
    """What the variants of a name share that differ in case, case ending and legal form; the code of a territory."""
    if language in TWO_SCRIPTS:
        tokens = [latin(token) for token in tokens]
    code = territory_code(tokens, language) or state_code(list(tokens), language)
    if code:
        return ("", code)
    stems = tuple(stem(_ENDED_ACRONYM.sub(r"\1", token) if "-" in token else token, language) for token in tokens)
    plain = tuple(part for part in stems if part not in _LEGAL_FORMS and part != ".")
    return plain or stems


def is_territory(key: Key) -> bool:
    """Whether `key_of` knew a territory."""
    return key[0] == ""


def same_person(short: Key, long: Key) -> bool:
    """Whether all of a shorter name is in a longer one, in order: "Lavrov", "S. Lavrov" in "Sergey V. Lavrov"."""
    rest = iter(long)
    return len(short) < len(long) and all(any(_same_word(word, other) for other in rest) for word in short)


def _same_word(word: str, other: str) -> bool:
    return word == other or (len(word) == 2 and word[1] == "." and other[0] == word[0])


def person_aliases(people: Mapping[Key, int]) -> dict[Key, Key]:
    """For each name of a person that is part of a longer one: that one. `people` is mentions by name, in order of first
    appearance. Of several candidates the one with the most mentions; none when two are equal."""
    aliases: dict[Key, Key] = {}
    if len(people) > _MAX_PEOPLE:
        return aliases
    for short in people:
        longer = [long for long in people if same_person(short, long)]
        longest = [long for long in longer if not any(same_person(long, other) for other in longer)]
        ranked = sorted(longest, key=lambda long: -people[long])
        if ranked and (len(ranked) == 1 or people[ranked[0]] > people[ranked[1]]):
            aliases[short] = ranked[0]
    return aliases


def display_name(group: Group) -> str:
    """The form to show: not in capitals throughout and, of a person, the full name where there is one; of those the
    most frequent, then the shortest, then the first."""
    forms = list(group.forms)
    forms = [form for form in forms if form not in group.acronyms] or forms
    plain = [form for form in forms if not _shouts(form)] or forms
    if group.label == "PER":
        longest = max(map(len, plain))
        unspaced = all(len(token) == 1 for form in plain for token in form)
        plain = [form for form in plain if len(form) == longest or (len(form) > 1 and not unspaced)] or plain
    best = min(plain, key=lambda form: (-group.forms[form], len("".join(form))))
    return group.shown[best]


def _shouts(form: Form) -> bool:
    text = "".join(form)
    return text.isupper() and len(text) > 1
