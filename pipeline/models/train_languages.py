"""Build `close.languages`: `python -m pipeline.models.train_languages [FOLDER]` (part of `make models`).

FOLDER holds the `<language>.train.conll` of train.py. Naive Bayes over words and, where that wins, over their pieces
of 2 to 5 characters, for each group of close languages. A group's evidence is that of its experts, added up:

- Croatian, Serbian and Bosnian in Latin letters: news text, with Bosnian made from Serbian text with the vowels that
  Croatian has in the same word, as it shares most of its words with the one and its sounds with the other; the words
  of their encyclopedias, which know more than the subjects of that text; and which ends of words follow each other in
  the text, where Bosnian may do as either does.
- Danish, bokmål and nynorsk: text and encyclopedia; nynorsk from bokmål text without the words that are bokmål only.
- Indonesian and Malay: encyclopedia and lists, for Indonesian text as well; and, a weak voice, which letters follow
  each other in the encyclopedias.
- Macedonian, Bulgarian, Serbian and the East Slavic languages in Cyrillic: encyclopedia.
- Dutch and Afrikaans; Portuguese, Galician and Spanish: function words.

Words of encyclopedias are Wikipedia's, with their frequencies (langidentify) or in the order of them (justext, counted
as Zipf's law has it). The same input gives the same file.
"""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, pairwise, starmap
from pathlib import Path
from typing import TextIO

from pipeline.models import CLOSE_LANGUAGES
from pipeline.models.close_words import BOSNIAN_ONLY, WORDS
from pipeline.models.pieces import joints, pieces

DATA = Path("../shared/ner")
_WORD = re.compile(r"[^\W\d_]+")
_STOPLISTS = {
    "id": "Indonesian", "ms": "Malay", "nb": "Norwegian_Bokmal", "nn": "Norwegian_Nynorsk",
    "nl": "Dutch", "af": "Afrikaans", "pt": "Portuguese", "gl": "Galician", "es": "Spanish",
}  # fmt: skip
_SERBIAN_LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)
Words = Mapping[str, float]
"""How often each is seen in a text."""


def whole(word: str) -> tuple[str]:
    """The word between its marks, as it stands in the file."""
    return (f"^{word}$",)


def as_it_is(joint: str) -> tuple[str]:
    """Two words have been cut already."""
    return (joint,)


@dataclass(frozen=True, slots=True)
class Expert:
    """Texts of the languages of a group, how their evidence is counted and thinned out, and what it counts."""

    texts: Mapping[str, Words]
    parts: Callable[[str], Iterable[str]]
    """What of a word is counted."""
    smoothing: float
    rarest: float
    """Counts below which evidence is left out."""
    weakest: float
    """Differences (log) below which evidence is left out."""
    voice: float = 1.0
    """Beside the other experts of its group."""


def main(arguments: Sequence[str]) -> None:
    """Write the file anew."""
    folder = Path(arguments[0]) if arguments else DATA
    groups = [
        ("Latn", yugoslav(folder)),
        ("Latn", [norse(folder)]),
        ("Latn", malay(folder)),
        ("Cyrl", [balkan_and_east_slavic()]),
        ("Latn", [_function_words(("nl", "af"))]),
        ("Latn", [_function_words(("pt", "gl", "es"))]),
    ]
    CLOSE_LANGUAGES.write_text("".join(lines(script, experts) for script, experts in groups), encoding="utf-8")


def yugoslav(folder: Path) -> list[Expert]:
    """Croatian, Serbian and Bosnian in Latin letters."""
    paths = [folder / f"{tag}.train.conll" for tag in ("hr", "sr")]
    croatian, serbian = map(corpus, paths)
    news = {
        "hr": together(croatian, listed("hr", 20)),
        "sr": together(serbian, listed("sr", 20), shared_with_serbian(20)),
        "bs": together(as_bosnian(serbian, croatian), listed("bs", 20)),
    }
    million = 1_000_000
    known = {
        "hr": frequent("hr", million),
        "sr": in_latin(frequent("sr", million)),
        "bs": frequent("bs", million),
    }
    croatian_joints, serbian_joints = map(joined, paths)
    grammar = {"hr": croatian_joints, "sr": serbian_joints, "bs": together(croatian_joints, serbian_joints)}
    return [
        Expert(news, pieces, 2, 3, 1.2),
        Expert(known, whole, 1, 5, 0.2, voice=1.7),
        Expert(grammar, as_it_is, 6, 20, 0.8, voice=1.7),
    ]


def norse(folder: Path) -> Expert:
    """Danish and the two Norwegian languages."""
    danish, bokmaal = (corpus(folder / f"{tag}.train.conll") for tag in ("da", "nb"))
    texts = {
        "da": together(danish, frequent("da", 200_000)),
        "nb": together(bokmaal, listed("nb", 10), ranked("nb", 20_000), frequent("no", 200_000)),
        "nn": together(without(bokmaal, "nb"), listed("nn", 10), ranked("nn", 20_000), frequent("nn", 200_000)),
    }
    return Expert(texts, pieces, 5, 10, 1)


def malay(folder: Path) -> list[Expert]:
    """Indonesian and Malay."""
    texts = {tag: together(listed(tag, 20), frequent(tag, 500_000)) for tag in ("id", "ms")}
    texts["id"] = together(texts["id"], *[corpus(folder / "id.train.conll")] * 3)
    spelling = {tag: trigrams(tag, 1_000_000) for tag in ("id", "ms")}
    return [Expert(texts, whole, 0.5, 2, 0.5), Expert(spelling, as_it_is, 10, 0, 0, voice=0.4)]


def balkan_and_east_slavic() -> Expert:
    """Languages in Cyrillic."""
    return Expert({tag: frequent(tag, 200_000) for tag in ("mk", "bg", "sr", "ru", "uk", "be")}, whole, 2, 10, 1)


def _function_words(tags: Sequence[str]) -> Expert:
    return Expert({tag: ranked(tag, 200_000) for tag in tags}, whole, 2, 5, 1)


def corpus(path: Path) -> Counter[str]:
    """How often each word stands in a labelled file."""
    return Counter(chain.from_iterable(sentences(path)))


def joined(path: Path) -> Counter[str]:
    """How often words of a labelled file follow each other, cut to what `joints` says."""
    following = chain.from_iterable(map(pairwise, sentences(path)))
    return Counter(chain.from_iterable(starmap(joints, following)))


def sentences(path: Path) -> list[list[str]]:
    """The words of a labelled file in small letters, a sentence each."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    tokens = ([line.rpartition("\t")[0] for line in block.splitlines()] for block in blocks)
    return [_WORD.findall(" ".join(sentence).lower()) for sentence in tokens]


def listed(tag: str, count: int) -> Words:
    """Our own list, as if each word had been seen so often."""
    return dict.fromkeys(WORDS[tag].split(), count)


def shared_with_serbian(count: int) -> Words:
    """Words of the Bosnian list that Serbian says in the same way, being without the Croatian vowels."""
    own = set(BOSNIAN_ONLY.split())
    return {word: count for word in WORDS["bs"].split() if "je" not in word and word not in own}


def frequent(tag: str, total: int) -> Words:
    """The words of Wikipedia by their frequency (`no` is bokmål), as a text of so many words.

    The list of a language lacks what other languages say far more often: single letters, and in Afrikaans `van`.
    """
    with _wikipedia("topwords", tag) as file:
        entries = (line.split() for line in file if line[0] != "#")
        return {
            entry[0]: total * math.exp(float(entry[1]))
            for entry in entries
            if entry and entry[0].isalpha() and len(entry[0]) > 1
        }


def trigrams(tag: str, total: int) -> Words:
    """The runs of three letters of Wikipedia by their frequency, as a text of so many runs."""
    with _wikipedia("ngrams", tag) as file:
        entries = (line.split() for line in file if line[0] != "#")
        counts = {entry[0]: int(entry[1]) for entry in entries if len(entry[0]) == 3}
    return {run: total * count / sum(counts.values()) for run, count in counts.items()}


def _wikipedia(kind: str, tag: str) -> TextIO:
    path = _package("langidentify") / "models" / "lite" / f"{kind}-{tag}.txt.gz"
    return gzip.open(path, "rt", encoding="utf-8")


def ranked(tag: str, total: int) -> Words:
    """The most frequent words of Wikipedia by their rank, as a text of so many words."""
    path = _package("justext") / "stoplists" / f"{_STOPLISTS[tag]}.txt"
    words = path.read_text(encoding="utf-8").lower().split()
    shares = [1 / (rank + 5) for rank in range(len(words))]
    counts: Counter[str] = Counter()
    for word, share in zip(words, shares, strict=True):
        counts[word] += round(total * share / sum(shares))
    return counts


def _package(name: str) -> Path:
    package = find_spec(name)
    if package is None or package.origin is None:
        raise FileNotFoundError(f"{name} is not installed: pip install newswire[dev]")
    return Path(package.origin).parent


def together(*texts: Words) -> Words:
    """One text of several."""
    counts: defaultdict[str, float] = defaultdict(float)
    for text in texts:
        for word, count in text.items():
            counts[word] += count
    return counts


def in_latin(words: Words) -> Words:
    """Serbian words in Latin letters."""
    return together(*({word.translate(_SERBIAN_LATIN): count} for word, count in words.items()))


def without(words: Words, tag: str) -> Words:
    """A text without the words that only this language has."""
    own = set(WORDS[tag].split())
    return {word: count for word, count in words.items() if word not in own}


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


def lines(script: str, experts: Sequence[Expert]) -> str:
    """A group: its script and tags, then evidence and its weights, in tenths of a natural logarithm."""
    tags = list(experts[0].texts)
    weights: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * len(tags))
    for expert in experts:
        for piece, logs in weigh(expert).items():
            weights[piece] = [sum_ + expert.voice * log for sum_, log in zip(weights[piece], logs, strict=True)]
    rounded = {piece: [round(10 * log) for log in logs] for piece, logs in weights.items()}
    body = (f"{piece} {' '.join(map(str, logs))}\n" for piece, logs in sorted(rounded.items()) if any(logs))
    return f"# {script} {' '.join(tags)}\n{''.join(body)}"


def weigh(expert: Expert) -> dict[str, list[float]]:
    """What each piece says for each language: the logarithm of its frequency there, against the mean of all."""
    seen = {tag: _evidence(words.items(), expert) for tag, words in expert.texts.items()}
    sizes = {tag: sum(counts.values()) for tag, counts in seen.items()}
    largest = max(sizes.values())
    found = {}
    for piece, count in together(*seen.values()).items():
        if count < expert.rarest:
            continue
        logs = [
            math.log((counts.get(piece, 0) * largest / sizes[tag] + expert.smoothing) / largest)
            for tag, counts in seen.items()
        ]
        if max(logs) - min(logs) > expert.weakest:
            most = 3 if _is_word(piece) or "_" in piece else 1
            found[piece] = [max(-most, min(most, log - sum(logs) / len(logs))) for log in logs]
    return found


def _is_word(piece: str) -> bool:
    return piece[0] == "^" and piece[-1] == "$"


def _evidence(words: Iterable[tuple[str, float]], expert: Expert) -> Words:
    counts: defaultdict[str, float] = defaultdict(float)
    for word, count in words:
        for piece in expert.parts(word):
            counts[piece] += count
    return counts


if __name__ == "__main__":
    main(sys.argv[1:])
