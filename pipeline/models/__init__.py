"""Trained models and lists, as files; CARD.md says what they are made of and under which licence.

`<language>.crfsuite` is a CRFsuite model, `names.gazetteer` the lists of gazetteer.py, `places.geonames` the places of
places.py, `close.languages` the words and pieces of words by which close languages differ
(stages/_close_languages.py); `make models` rebuilds them.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = FOLDER / "names.gazetteer"
PLACES = FOLDER / "places.geonames"
CLOSE_LANGUAGES = FOLDER / "close.languages"


def model_path(language: str) -> Path:
    """Where the model of a language is or would be."""
    return FOLDER / f"{language}.crfsuite"


def trained_languages() -> frozenset[str]:
    """The languages that have a model."""
    return frozenset(path.stem for path in FOLDER.glob("*.crfsuite"))
