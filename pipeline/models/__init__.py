"""Trained models and lists, as files; CARD.md says what they are made of and under which licence.

`<language>.crfsuite` is a CRFsuite model, that of `latin` for the languages without one of their own;
`<language>.network` is one of network.py; `names.gazetteer`
are the lists of gazetteer.py, `<language>.frequencies` and `<language>.clusters` those of vocabulary.py,
`<language>.dictionary` that of dictionary.py; `places.geonames` the places of
places.py; `close.languages` the words and pieces of words by which close languages
differ (stages/_close_languages.py). `make models` rebuilds them.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = FOLDER / "names.gazetteer"
PLACES = FOLDER / "places.geonames"
POOLED = "latin"
"""The model trained on all languages in Latin letters together."""
CLOSE_LANGUAGES = FOLDER / "close.languages"


def model_path(language: str) -> Path:
    """Where the model of a language is or would be."""
    return FOLDER / f"{language}.crfsuite"


def network_path(language: str) -> Path:
    """Where the network of a language is or would be."""
    return FOLDER / f"{language}.network"


def frequencies_path(language: str) -> Path:
    """Where the frequencies of a language's words are or would be."""
    return FOLDER / f"{language}.frequencies"


def clusters_path(language: str) -> Path:
    """Where the clusters of a language's words are or would be."""
    return FOLDER / f"{language}.clusters"


def dictionary_path(language: str) -> Path:
    """Where the words of a language without spaces are or would be."""
    return FOLDER / f"{language}.dictionary"


def trained_languages() -> frozenset[str]:
    """The languages that have a model of their own."""
    return frozenset(path.stem for path in FOLDER.glob("*.crfsuite")) - {POOLED}
