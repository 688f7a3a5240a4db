"""The wording of the language files, compiled: see languages/__init__.py for how phrases are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.languages import Language, Rules, languages
from pipeline.text import fold

Kind = Literal["related", "promotion", "credit", "byline", "editorial"]
KINDS: tuple[Kind, ...] = ("related", "promotion", "credit", "byline", "editorial")

_PIECE = re.compile(r"\(([^()]*)\)|(…)|(\$)|([^()…$]+)")
_WORD = re.compile(r"\w+")
_GAP = ".{0,120}?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One phrase of one rule."""

    name: str
    """As written into removals: id.related.baca_juga."""
    kind: Kind
    pattern: re.Pattern[str]
    opens: bool
    """It is matched at the beginning of a line, not anywhere in it."""
    closes: bool
    """It reaches to the end of the line."""
    runs_on: bool
    """What follows needs no colon: the phrase was written with `…` at its end."""
    several_words: bool
    spaced: bool
    """Blanks part the words of its language."""
    triggers: tuple[str, ...]
    """Folded texts, one of which stands in every line that the pattern matches."""

    @property
    def language(self) -> str:
        """Tag of its language file."""
        return self.name.partition(".")[0]


class Rulebook:
    """All rules of all languages. Sites mix languages, so every rule is tried on every article."""

    def __init__(self, known: Sequence[Language]) -> None:
        self.rules = tuple(rule for language in known for rule in _rules(language))
        # Triggers by their first word, or by their first character where there are no blanks between words: looking
        # up the words of a text costs a fifth of searching it for each of 1,500 triggers.
        self._by_start: dict[str, list[tuple[str, int]]] = {}
        for position, rule in enumerate(self.rules):
            for trigger in rule.triggers:
                word = _WORD.match(trigger) if rule.spaced else None
                self._by_start.setdefault(word[0] if word else trigger[0], []).append((trigger, position))

    def relevant(self, text: str) -> list[Rule]:
        """The rules that can match a line of this text at all: a handful.

        Where languages share a phrase, the one that more of them belong to comes first, so that it is named.
        """
        folded = fold(text)
        starts = set(_WORD.findall(folded)).union(folded)
        entries = [entry for start in starts if (entry := self._by_start.get(start))]
        found = {position for entry in entries for trigger, position in entry if trigger in folded}
        weight = Counter(self.rules[position].language for position in found)
        order = sorted(found, key=lambda position: (-weight[self.rules[position].language], position))
        return [self.rules[position] for position in order]


@cache
def rulebook() -> Rulebook:
    return Rulebook(list(languages().values()))


def _rules(language: Language) -> Iterator[Rule]:
    tables: dict[Kind, Rules] = {kind: getattr(language, kind) for kind in KINDS}
    for kind, table in tables.items():
        for name, phrases in table.items():
            for phrase in phrases:
                yield compile_phrase(phrase, f"{language.tag}.{kind}.{name}", kind, spaced=language.spaced)


def compile_phrase(phrase: str, name: str, kind: Kind, *, spaced: bool) -> Rule:
    """Raises ValueError for a phrase that no line can be searched for quickly: one without any longer literal."""
    opens, runs_on = not phrase.startswith("…"), phrase.endswith("…")
    pieces = [match.groups() for match in _PIECE.finditer(phrase.strip("… "))]
    closes = bool(pieces) and pieces[-1][2] is not None
    source, candidates = [], []
    for group, gap, end, literal in pieces:
        if gap:
            source.append(_GAP)
        elif end:
            source.append(r"[\s.!:…»\])】]*$")
        elif group is not None:
            options = group.split("|")
            source.append("(?:" + "|".join(_literal(option) for option in options) + ")")
            candidates.append(tuple(fold(option.strip()) for option in options))
        else:
            source.append(_literal(literal))
            candidates.append((fold(literal.strip()),))
    triggers = max(candidates, key=lambda texts: min(len(text) for text in texts), default=("",))
    if min(len(text) for text in triggers) < (2 if spaced else 1):
        raise ValueError(f"{name}: {phrase!r} has no literal that is long enough")
    start, stop = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    pattern = re.compile(start + "".join(source) + ("" if closes else stop), re.IGNORECASE)
    return Rule(
        name=name,
        kind=kind,
        pattern=pattern,
        opens=opens,
        closes=closes,
        runs_on=runs_on,
        several_words=" " in phrase.strip("… "),
        spaced=spaced,
        triggers=triggers,
    )


def _literal(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in re.split(r"\s+", text))
