"""Build `close.languages`: `python -m pipeline.models.train_languages [FOLDER]` (part of `make models`).

FOLDER holds the `<language>.train.conll` of train.py. Naive Bayes over words and, where there is text, over their
pieces of 2 to 5 characters, for each group of close languages:

- Croatian and Serbian from text; Bosnian from Serbian text with the vowels that Croatian has in the same word, as it
  shares most of its words with the one and its sounds with the other.
- Danish and bokmål from text; nynorsk from bokmål text without the words that are bokmål only, and lists.
- Indonesian and Malay from lists alone, on the background of Indonesian text, so that what is common to all news
  speaks for neither.

The lists are the words of close_words.py and the most frequent words of Wikipedia that justext brings (by rank, as if
their counts followed Zipf's law). The same input gives the same file.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pipeline.models import CLOSE_LANGUAGES
from pipeline.models.close_words import BOSNIAN_ONLY, WORDS
from pipeline.models.pieces import pieces

DATA = Path("../shared/ner")
_WORD = re.compile(r"[^\W\d_]+")
_STOPLISTS = {"id": "Indonesian", "ms": "Malay", "nb": "Norwegian_Bokmal", "nn": "Norwegian_Nynorsk"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a group's evidence is counted and thinned out."""

    pieces: bool
    """Count pieces of words as well."""
    smoothing: float
    rarest: float
    """Counts below which evidence is left out."""
    weakest: float
    """Differences (log) below which evidence is left out."""


def main(arguments: Sequence[str]) -> None:
    """Write the file anew."""
    folder = Path(arguments[0]) if arguments else DATA
    croatian, serbian, danish, bokmaal, indonesian = (
        corpus(folder / f"{tag}.train.conll") for tag in ("hr", "sr", "da", "nb", "id")
    )
    groups = [
        weigh(
            {
                "hr": croatian + listed("hr", 20),
                "sr": serbian + listed("sr", 20) + shared_with_serbian(20),
                "bs": as_bosnian(serbian, croatian) + listed("bs", 20),
            },
            Recipe(pieces=True, smoothing=5, rarest=5, weakest=1),
        ),
        weigh(
            {
                "da": danish,
                "nb": bokmaal + listed("nb", 10) + frequent("nb", 20_000),
                "nn": without(bokmaal, "nb") + listed("nn", 10) + frequent("nn", 20_000),
            },
            Recipe(pieces=True, smoothing=2, rarest=5, weakest=1),
        ),
        weigh(
            {
                "id": indonesian + listed("id", 20) + frequent("id", 50_000),
                "ms": without(indonesian, "id") + listed("ms", 20) + frequent("ms", 50_000),
            },
            Recipe(pieces=False, smoothing=0.5, rarest=2, weakest=0.5),
        ),
    ]
    CLOSE_LANGUAGES.write_text("".join(groups), encoding="utf-8")


def corpus(path: Path) -> Counter[str]:
    """How often each word stands in a labelled file."""
    tokens = (line.rpartition("\t")[0] for line in path.read_text(encoding="utf-8").splitlines())
    return Counter(_WORD.findall(" ".join(tokens).lower()))


def listed(tag: str, count: int) -> Counter[str]:
    """Our own list, as if each word had been seen so often."""
    return Counter(dict.fromkeys(WORDS[tag].split(), count))


def shared_with_serbian(count: int) -> Counter[str]:
    """Words of the Bosnian list that Serbian says in the same way, being without the Croatian vowels."""
    own = set(BOSNIAN_ONLY.split())
    words = (word for word in WORDS["bs"].split() if "je" not in word and word not in own)
    return Counter(dict.fromkeys(words, count))


def frequent(tag: str, total: int) -> Counter[str]:
    """justext's list, as a text of so many words."""
    package = find_spec("justext")  # trafilatura needs it
    if package is None or package.origin is None:
        raise FileNotFoundError("justext is not installed")
    ranked = (
        (Path(package.origin).parent / "stoplists" / f"{_STOPLISTS[tag]}.txt")
        .read_text(encoding="utf-8")
        .lower()
        .split()
    )
    shares = [1 / (rank + 5) for rank in range(len(ranked))]
    counts: Counter[str] = Counter()
    for word, share in zip(ranked, shares, strict=True):
        counts[word] += round(total * share / sum(shares))
    return counts


def without(counts: Counter[str], tag: str) -> Counter[str]:
    """A text without the words that only this language has."""
    own = set(WORDS[tag].split())
    return Counter({word: count for word, count in counts.items() if word not in own})


def as_bosnian(serbian: Counter[str], croatian: Counter[str]) -> Counter[str]:
    """Serbian words with -je- or -ije- for the -e- where Croatian has it: `mesto` becomes `mjesto`."""
    made: Counter[str] = Counter()
    for word, count in serbian.items():
        forms = [
            word[:at] + vowel + word[at + 1 :]
            for at, letter in enumerate(word)
            if letter == "e"
            for vowel in ("je", "ije")
        ]
        known = [form for form in forms if croatian[form]]
        made[max(known, key=lambda form: croatian[form]) if known and not croatian[word] else word] += count
    return made


def weigh(texts: dict[str, Counter[str]], recipe: Recipe) -> str:
    """The lines of a group: its tags, then evidence and its weights, in tenths of a natural logarithm."""
    seen = {tag: _evidence(counts.items(), recipe) for tag, counts in texts.items()}
    sizes = {tag: sum(counts.values()) for tag, counts in seen.items()}
    largest = max(sizes.values())
    lines = []
    for piece, count in sorted(sum(seen.values(), Counter[str]()).items()):
        if count < recipe.rarest:
            continue
        logs = [
            math.log((counts[piece] * largest / sizes[tag] + recipe.smoothing) / largest)
            for tag, counts in seen.items()
        ]
        if max(logs) - min(logs) > recipe.weakest:
            most = 3 if piece[0] == "^" and piece[-1] == "$" else 1
            weights = [round(10 * max(-most, min(most, log - sum(logs) / len(logs)))) for log in logs]
            lines.append(f"{piece} {' '.join(map(str, weights))}\n")
    return f"# {' '.join(texts)}\n{''.join(lines)}"


def _evidence(words: Iterable[tuple[str, int]], recipe: Recipe) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word, count in words:
        for piece in pieces(word) if recipe.pieces else (f"^{word}$",):
            counts[piece] += count
    return counts


if __name__ == "__main__":
    main(sys.argv[1:])
