"""What Lucene 10's snowball (its sources of March 2024) does otherwise than snowball 2.2.

Each entry makes the younger stemmer of a language from the older one: https://github.com/snowballstem/snowball/commits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Stem = Callable[[str], str]

_ADD = re.compile(r"([aeo])([bdfgmnprt])\2(?:ed|ing)(?:ly)?s?(?:'s?|'s')?")
_GERMAN_VOWELS = "aeiouyäöü"
_KEPT = re.compile(f"([{_GERMAN_VOWELS}])([uy])([{_GERMAN_VOWELS}])")
_FOLDED = re.compile("qu|ae|oe|ue|ß")
_FOLDS = {"qu": "qu", "ae": "ä", "oe": "ö", "ue": "ü", "ß": "ss"}
_CEDILLAS, _COMMAS = str.maketrans("șț", "şţ"), str.maketrans("şţ", "șț")
_SWEDISH_REGION = re.compile("[aeiouyäåö][^aeiouyäåö]")


def _english(stem: Stem) -> Stem:
    """add(ed), egg, off, err keep both letters."""
    return lambda word: word[:3] if _ADD.fullmatch(word) else stem(word)


def _german(stem: Stem) -> Stem:
    """ae, oe, ue are ä, ö, ü, unless the u stands between vowels or behind q; -system keeps its -em."""

    def changed(word: str) -> str:
        word = _KEPT.sub(lambda found: f"{found[1]}{found[2].upper()}{found[3]}", word)
        if word.endswith("system"):
            word += "s"
        return stem(_FOLDED.sub(lambda found: _FOLDS[found[0]], word))

    return changed


def _italian(stem: Stem) -> Stem:
    """A sofa is no diva."""
    return lambda word: "divan" if word == "divano" else stem(word)


def _romanian(stem: Stem) -> Stem:
    """ș and ț with a comma below are those of the suffixes, as well as the older ones with a cedilla."""
    return lambda word: stem(word.translate(_CEDILLAS)).translate(_COMMAS)


def _swedish(stem: Stem) -> Stem:
    """-öst loses its t behind more letters than l."""

    def changed(word: str) -> str:
        made = stem(word)
        if made.endswith("öst") and made[-4:-3] and made[-4] in "iklnprtuv":
            region = _SWEDISH_REGION.search(word)
            taken = word[len(made) :].startswith(("lig", "ig", "els"))
            if region and len(made) - 3 >= max(3, region.end()) and not taken:
                return made[:-1]
        return made

    return changed


CHANGES: Mapping[str, Callable[[Stem], Stem]] = {
    "de": _german,
    "en": _english,
    "it": _italian,
    "ro": _romanian,
    "sv": _swedish,
}
