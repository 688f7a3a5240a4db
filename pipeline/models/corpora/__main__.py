"""`python -m pipeline.models.corpora FOLDER [LANGUAGE…]`: write the training data of the models into FOLDER.

What is already there is left alone, so that a run that broke off goes on where it was.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from pipeline.errors import NewswireError
from pipeline.models.corpora.download import GITHUB, DownloadError, Hosts, fetch
from pipeline.models.corpora.formats import Sentence
from pipeline.models.corpora.table import CORPORA, INEXACT, NAME_LISTS, NAME_LISTS_REPOSITORY, Corpus, split


def main(arguments: Sequence[str], say: Callable[[str], object] = print, hosts: Hosts = GITHUB) -> None:
    """Fetch the languages named, or all, and the lists of names."""
    if not arguments:
        raise NewswireError("which folder? make corpora NER=folder")
    folder, wanted = Path(arguments[0]), list(arguments[1:]) or sorted(CORPORA)
    if unknown := sorted(set(wanted) - set(CORPORA)):
        raise NewswireError(f"no corpus for {', '.join(unknown)}; there are {', '.join(sorted(CORPORA))}")
    folder.mkdir(parents=True, exist_ok=True)
    for language in wanted:
        say(f"{language}: {_language(language, CORPORA[language], folder, hosts)}")
    for kind, names in NAME_LISTS.items():
        path = folder / f"id.gazetteer.{kind}.txt"
        if not path.exists():
            (content,) = fetch(NAME_LISTS_REPOSITORY, names.commit, (names.path,), hosts).values()
            if sha256(content).hexdigest() != names.digest:
                raise DownloadError(f"{NAME_LISTS_REPOSITORY}: {names.path} is not the list that was used before")
            _write(path, content)
    say("lists of names: there")


def _language(language: str, corpus: Corpus, folder: Path, hosts: Hosts) -> str:
    train_path, dev_path = folder / f"{language}.train.conll", folder / f"{language}.dev.conll"
    if train_path.exists() and dev_path.exists():
        return "already there"
    sentences: list[Sentence] = []
    for source in corpus.sources:
        files = fetch(source.repository, source.commit, source.paths, hosts)
        sentences += source.read({path: content.decode("utf-8") for path, content in files.items()})
    train, dev = (conll(part) for part in split(corpus, sentences))
    _write(dev_path, dev)
    _write(train_path, train)
    if sha256(train + dev).hexdigest() == corpus.digest:
        return "the data of the shipped model"
    expected = ", as expected" if language in INEXACT else ""
    return f"not byte for byte the data of the shipped model{expected} (CARD.md)"


def conll(sentences: Sequence[Sentence]) -> bytes:
    """Token, TAB, label; a blank line ends a sentence."""
    lines = ("".join(f"{token}\t{label}\n" for token, label in sentence) + "\n" for sentence in sentences)
    return "".join(lines).encode()


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NewswireError as error:
        sys.exit(str(error))
