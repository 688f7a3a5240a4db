"""Serbian in Cyrillic as its own Latin letters write it, token by token, so that offsets stay those of the text.

Source: the standard of both scripts (SRPS ISO 9:2023, table of Serbian); one letter may become two.
"""

from __future__ import annotations

TWO_SCRIPTS = frozenset({"bs", "cnr", "sh", "sr"})
"""Languages that are written in Cyrillic too, while models, endings and titles are in Latin letters."""

_CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
_LATIN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š".split()  # noqa: SIM905 -- letters read best so
_LETTERS = dict(zip(_CYRILLIC, _LATIN, strict=True))
_TABLE = str.maketrans(_LETTERS | {cyrillic.upper(): latin.title() for cyrillic, latin in _LETTERS.items()})


def latin(token: str) -> str:
    """A word in Latin letters: "Љубљана" is "Ljubljana", "НИШ" is "NIŠ"."""
    if token.isascii():
        return token
    written = token.translate(_TABLE)
    return written.upper() if len(token) > 1 and token.isupper() else written


def is_cyrillic(text: str) -> bool:
    """Whether a text has a letter of Serbian Cyrillic."""
    return any("\u0402" <= mark <= "\u045f" for mark in text)
