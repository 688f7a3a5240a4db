"""Readers of the corpora's formats: the texts of files by path in, sentences with BIO labels over PER, ORG, LOC out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

Sentence = list[tuple[str, str]]
"""Tokens with their labels; in Japanese and Korean, characters."""
Reader = Callable[[Mapping[str, str]], Iterator[Sentence]]

TYPES = {
    "PER": ("PER", "PERSON", "person", "PS", "人名", "Person"),
    "ORG": (
        *("ORG", "ORGANIZATION", "ORGANISATION", "corporation", "group", "OG", "GPE_ORG", "Org"),
        *("法人名", "政治的組織名", "その他の組織名"),
    ),
    "LOC": ("LOC", "LOCATION", "PLACE", "location", "LC", "GPE", "GPE_LOC", "地名", "施設名", "Location", "LocOrg"),
}
"""What the corpora call a person, an organisation and a place; every other type is no name here."""
_TYPE_OF = {name: kind for kind, names in TYPES.items() for name in names}


def bio(tagged: Iterable[tuple[str, str]]) -> Sentence:
    """Map the types; a name begins wherever the type changes, for wikigold marks every token with I-."""
    sentence: Sentence = []
    before = ""
    for token, tag in tagged:
        prefix, _, name = tag.rpartition("=")[2].partition("-")
        kind = _TYPE_OF.get(name, "")
        begins = prefix != "I" or kind != before
        sentence.append((token, f"{'B' if begins else 'I'}-{kind}" if kind else "O"))
        before = kind
    return sentence


def columns(word: int, label: int, separator: str = "\t", comment: str | None = "#") -> Reader:
    """One token a line, a blank line between sentences: CoNLL 2003, CoNLL-U and its kin.

    A label may be an attribute of its column (`SpaceAfter=No name=B-PER`). A block of nothing but comments is an empty
    sentence. In WNUT-17 hashtags are read as comments, and so they were when the models were trained.
    """

    def read(files: Mapping[str, str]) -> Iterator[Sentence]:
        for text in files.values():
            for block in text.replace("\r\n", "\n").split("\n\n"):
                lines = block.strip("\n").split("\n")
                rows = (line.split(separator) for line in lines if not (comment and line.startswith(comment)))
                if lines != [""]:
                    yield bio((row[word], row[label]) for row in rows if len(row) > 1)

    return read


class _Ronec(msgspec.Struct):
    tokens: list[str]
    ner_tags: list[str]


def ronec(files: Mapping[str, str]) -> Iterator[Sentence]:
    """RONEC 2: a JSON list of sentences with `tokens` and `ner_tags`."""
    for text in files.values():
        for sentence in msgspec.json.decode(text, type=list[_Ronec]):
            yield bio(zip(sentence.tokens, sentence.ner_tags, strict=True))


class _Entity(msgspec.Struct):
    span: tuple[int, int]
    type: str


class _Japanese(msgspec.Struct):
    text: str
    entities: list[_Entity]


def ner_wikipedia(files: Mapping[str, str]) -> Iterator[Sentence]:
    """Stockmark's Japanese Wikipedia: a JSON list of sentences with the spans of their names in code points."""
    for text in files.values():
        for sentence in msgspec.json.decode(text, type=list[_Japanese]):
            tags = ["O"] * len(sentence.text)
            for entity in sentence.entities:
                start, end = entity.span
                tags[start:end] = [f"B-{entity.type}"] + [f"I-{entity.type}"] * (end - start - 1)
            yield bio(zip(sentence.text, tags, strict=True))


def factrueval(files: Mapping[str, str]) -> Iterator[Sentence]:
    """factRuEval-2016: `.tokens` (id, offset, length, text), `.spans` of tokens, `.objects` (id, type, spans).

    The names in an object have its type, the descriptions ("город") and jobs none; of two objects that share a token
    the shorter one has it.
    """
    for path in sorted(path for path in files if path.endswith(".tokens")):
        stem = path.removesuffix("tokens")
        tags = _factrueval_tags(files[f"{stem}spans"], files[f"{stem}objects"])
        for block in files[path].replace("\r\n", "\n").split("\n\n"):
            rows = [line.split() for line in block.split("\n") if line]
            if rows:
                yield bio((row[3], tags.get(row[0], "O")) for row in rows)


def _factrueval_tags(spans: str, objects: str) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for line in spans.splitlines():
        fields, _, covered = line.partition("#")
        if fields.strip():
            span, kind, _, _, _, size = fields.split()
            if kind != "job" and not kind.endswith("_descr"):
                names[span] = covered.split()[: int(size)]
    mentions: list[tuple[str, list[str]]] = []
    for line in objects.splitlines():
        _, *rest = line.partition("#")[0].split()
        if rest:
            tokens = {token for span in rest[1:] for token in names.get(span, ())}
            mentions.append((rest[0], sorted(tokens, key=int)))
    tags: dict[str, str] = {}
    for kind, tokens_of in sorted(mentions, key=lambda mention: len(mention[1])):
        for position, token in enumerate(tokens_of):
            tags.setdefault(token, f"{'I' if position else 'B'}-{kind}")
    return tags
