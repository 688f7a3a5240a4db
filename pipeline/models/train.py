"""Build the models: `python -m pipeline.models.train [FOLDER [LANGUAGE…]]` (`make models`).

FOLDER holds `<language>.train.conll`, `<language>.dev.conll` (token, TAB, BIO label; a blank line ends a sentence) and
`id.gazetteer.*.txt`; `corpora` fetches them. requirements/lists.txt names the packages whose lists are used (lists.py).
Writes the lists, a model per language, a network beside some, the pooled one and the table of scores in CARD.md. The
same input gives the same files, byte for byte.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from pipeline.models import (
    FOLDER,
    NAMES,
    POOLED,
    clusters_path,
    dictionary_path,
    frequencies_path,
    lists,
    model_path,
    network_path,
    trained_languages,
)
from pipeline.models.network_corpus import Corpus, NetworkSettings
from pipeline.models.train_network import train_network
from pipeline.ner.crfsuite import read_weights
from pipeline.ner.dictionary import Dictionary
from pipeline.ner.features import MARKS, MAX_WORD, WORD, Template, features, word_template
from pipeline.ner.gazetteer import (
    FIRST_NAME,
    LAST_NAME,
    MAX_NAME_TOKENS,
    ORGANISATION,
    PERSON,
    PLACE,
    TERRITORY,
    Gazetteer,
    key,
)
from pipeline.ner.tagger import Model, TokenSpan, model, names, spans, template
from pipeline.ner.territories import territories
from pipeline.ner.tokens import CHARACTER_LANGUAGES, words
from pipeline.ner.vocabulary import Vocabulary

DATA = Path("../shared/ner")
SETTINGS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
SMALLER = {"c1": 0.3, "feature.minfreq": 2}
"""For models that would be 7 MB otherwise: a third of the size at 0 to 1 point of F1."""
_LONGER = {"max_iterations": 200}
_OWN_SETTINGS: dict[str, Mapping[str, object]] = {
    "da": {"c1": 0.05, "c2": 0.2},
    "de": _LONGER,
    "ja": SMALLER,
    "nb": _LONGER,
    "ro": _LONGER,
    "ru": {"c1": 0.05, "c2": 0.2},
    "sv": _LONGER,
    "zh": SMALLER,
}
"""Chosen on the development files; more iterations are no gain for the others."""
_LATIN = ("da", "de", "en", "hr", "hu", "id", "nb", "pt", "ro", "sr", "sv")
_LISTED = (
    "hi", "ru", *_LATIN,
    "ca", "cs", "es", "fi", "fil", "fr", "is", "it", "lt", "lv", "nl", "pl", "sk", "sl", "tr", "vi",
)  # fmt: skip
"""Languages with a list of frequencies: those that see words, and those that the pooled model reads."""
_TERRITORY_LANGUAGES = (*_LISTED, "ms", "sw")
_CLUSTERED = ("de", "en")
_WITH_NETWORK = ("hi",)
"""Where a network beside the model was measured, and is worth its time."""
_GLUED = {"hi": frozenset(".,;:!?।\"'")}
"""Signs that a corpus writes together with the name before or after them, and that are no part of it."""
_POOL_SENTENCES = 1200
"""Of each language."""
_BARE = 5
"""Every so many sentences of the pool go without frequencies: not all languages that the model reads have them."""
_TABLE = re.compile(r"(?<=<!-- scores -->\n).*(?=<!-- end of scores -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a corpus, cut again by our tokeniser; token i came out of the corpus's token `origins[i]`."""

    tokens: list[str]
    labels: list[str]
    origins: list[int]
    gold: list[str]


@dataclass(frozen=True, slots=True)
class Score:
    """Exact-span micro figures, 0 to 100."""

    precision: float
    recall: float
    f1: float


def main(arguments: Sequence[str]) -> None:
    """Build all that FOLDER has data for, or the languages named."""
    folder = Path(arguments[0]) if arguments else DATA
    trained = sorted(path.name.partition(".")[0] for path in folder.glob("*.train.conll"))
    write_lists(folder, trained)
    for language in arguments[1:] or [*trained, POOLED]:
        if language == POOLED:
            train(pool(folder, _LATIN), model_path(POOLED), SMALLER)
            continue
        seen = template(language)
        corpus = ((seen, example) for example in examples(folder / f"{language}.train.conll", language))
        train(corpus, model_path(language), _OWN_SETTINGS.get(language, {}))
        if language in _WITH_NETWORK:
            train_beside(folder / f"{language}.train.conll", language)
        sys.stdout.write(f"{language} {evaluate(model(language), language, folder).f1:.1f}\n")
        sys.stdout.flush()
    write_scores(FOLDER / "CARD.md", folder)


def write_lists(folder: Path, trained: Iterable[str]) -> None:
    """Write what the models know of words besides their training data."""
    NAMES.write_bytes(build_gazetteer(folder).to_bytes())
    for language in trained:
        if language in CHARACTER_LANGUAGES:
            dictionary_path(language).write_bytes(Dictionary.of(lists.dictionary(language)).to_bytes())
    dictionary_path("th").write_bytes(Dictionary.of(lists.thai_dictionary()).to_bytes())
    model_path("th").write_bytes(lists.thai_model())
    for language in _LISTED:
        frequencies_path(language).write_bytes(Vocabulary.of(lists.frequencies(language)).to_bytes())
    for language in _CLUSTERED:
        clusters_path(language).write_bytes(Vocabulary.of(lists.clusters(language)).to_bytes())
    names.cache_clear()  # what was loaded before is not what the models are to be trained with


def pool(folder: Path, languages: Sequence[str]) -> Iterator[tuple[Template, Example]]:
    """Sentences of all these languages, as many of each, and how the pooled model sees them."""
    bare = word_template(names())
    for language in languages:
        seen = template(language, pooled=True)
        corpus = list(examples(folder / f"{language}.train.conll", language))
        step = max(1.0, len(corpus) / _POOL_SENTENCES)
        for number in range(min(len(corpus), _POOL_SENTENCES)):
            yield bare if number % _BARE == 0 else seen, corpus[int(number * step)]


def train(corpus: Iterable[tuple[Template, Example]], target: Path, settings: Mapping[str, object]) -> None:
    """Train a model and write it to `target`."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for seen, example in corpus:
        trainer.append(pycrfsuite.ItemSequence(features(seen, example.tokens)), example.labels)
    trainer.set_params(SETTINGS | dict(settings))
    trainer.train(str(target))


def train_beside(path: Path, language: str) -> None:
    """Train the network that goes with the model of a language, and write it."""
    labels = read_weights(model_path(language).read_bytes()).labels
    sentences = []
    for example in examples(path, language):
        seen = dict(template(language).pieces(example.tokens))
        sentences.append((seen[WORD], seen[MARKS], [labels.index(label) for label in example.labels]))
    settings = NetworkSettings()
    network = train_network(Corpus(sentences, settings.rarest), len(labels), settings)
    network_path(language).write_bytes(network.to_bytes())


def evaluate(reader: Model, language: str, folder: Path) -> Score:
    """A model against the dev file of a language."""
    corpus = list(examples(folder / f"{language}.dev.conll", language))
    right = gold_size = found_size = 0
    for example, reading in zip(corpus, reader.read([example.tokens for example in corpus]), strict=True):
        gold = {(span.first, span.last, span.label) for span in spans(example.gold)}
        found = {
            (example.origins[span.first], example.origins[span.last - 1] + 1, span.label) for span in reading.names
        }
        right += len(gold & found)
        gold_size += len(gold)
        found_size += len(found)
    precision, recall = right / max(1, found_size), right / max(1, gold_size)
    return Score(100 * precision, 100 * recall, 200 * right / max(1, gold_size + found_size))


def examples(path: Path, language: str) -> Iterator[Example]:
    """The sentences of a labelled file."""
    tokens: list[str] = []
    labels: list[str] = []
    with path.open(encoding="utf-8") as lines:
        for line in [*lines, "\n"]:
            token, tab, label = line.rstrip("\n").rpartition("\t")
            if tab:
                tokens.append(token)
                labels.append(label)
            elif tokens:
                yield _cut(tokens, labels, language)
                tokens, labels = [], []


def _cut(tokens: list[str], labels: list[str], language: str) -> Example:
    made = Example([], [], [], labels)
    for origin, (token, label) in enumerate(zip(tokens, labels, strict=True)):
        for part in list(token) if language in CHARACTER_LANGUAGES else words(token):
            begins = label == "O" or not made.origins or made.origins[-1] != origin
            made.tokens.append(part)
            made.labels.append(label if begins else f"I{label[1:]}")
            made.origins.append(origin)
    for name in spans(made.labels) if language in _GLUED else ():
        _unglue(made, name, _GLUED[language])
    return made


def _unglue(made: Example, name: TokenSpan, signs: frozenset[str]) -> None:
    first, last = name.first, name.last
    while last - first > 1 and made.tokens[first] in signs and made.origins[first] == made.origins[first + 1]:
        made.labels[first : first + 2] = "O", f"B-{name.label}"
        first += 1
    while last - first > 1 and made.tokens[last - 1] in signs and made.origins[last - 1] == made.origins[last - 2]:
        made.labels[last - 1] = "O"
        last -= 1


def build_gazetteer(folder: Path) -> Gazetteer:
    """The lists of `id.gazetteer.*.txt`, first and last names that two persons there share, those of lists.py, and
    CLDR's territories."""
    listed: Counter[str] = Counter()
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    for kind, bit in (("person", PERSON), ("organization", ORGANISATION), ("place", PLACE)):
        for line in sorted(set((folder / f"id.gazetteer.{kind}.txt").read_text(encoding="latin-1").splitlines())):
            tokens = words(line)
            if 0 < len(tokens) <= MAX_NAME_TOKENS and 3 <= len(key(tokens)) <= MAX_NAME_TOKENS * MAX_WORD:
                listed[key(tokens)] |= bit
                if bit == PERSON and len(tokens) > 1:
                    first[key(tokens[:1])] += 1
                    last[key(tokens[-1:])] += 1
    for counts, bit in ((first, FIRST_NAME), (last, LAST_NAME)):
        for name, count in counts.items():
            if count > 1 and len(name) > 2:
                listed[name] |= bit
    for name, bit in lists.names_of_the_world():
        listed[name] |= bit
    for language in _TERRITORY_LANGUAGES:
        for name in territories(language, other_script=False):
            listed[key(words(name))] |= TERRITORY
    return Gazetteer.of(listed)


def write_scores(card: Path, folder: Path) -> None:
    """Write the table of scores on the dev files into the card."""
    rows = ["| language | precision | recall | F1 | size, KB |\n", "|---|---|---|---|---|\n"]
    for language in sorted(trained_languages() - {"th"}):
        score = evaluate(model(language), language, folder)
        files = [path for path in (model_path(language), network_path(language)) if path.exists()]
        size = sum(path.stat().st_size for path in files) // 1024
        rows.append(f"| {language} | {score.precision:.1f} | {score.recall:.1f} | {score.f1:.1f} | {size} |\n")
    card.write_text(_TABLE.sub("".join(rows), card.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
