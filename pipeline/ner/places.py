"""Countries, first-level regions and cities by their names in all scripts, from GeoNames; see models/CARD.md.

The file is a table of places and a table of hashed names, searched where it is mapped into memory: opening it costs
nothing worth measuring, a look-up a few microseconds.
"""

from __future__ import annotations

import mmap
import struct
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.models import PLACES
from pipeline.ner.hashes import text_hash
from pipeline.text import fold

COUNTRY, REGION, CITY, CAPITAL, CONTINENT = range(5)
"""Kinds of places; a region is the first level below the country."""
CONTINENTS = {"002": 6255146, "003": 6255149, "005": 6255150, "009": 6255151, "142": 6255147, "150": 6255148}
"""GeoNames' ids by UN M.49 code."""
NO_REGION = 0xFFFF
PRIOR_STEPS = 20
"""The prior is stored in steps of 1 / PRIOR_STEPS."""

_HEADER = struct.Struct("<4sIII")
_MAGIC = b"NWP1"
_Code = Literal["B", "H", "I"]
# id, hash of the main name, country, region, kind, prior, population; then hashes, indexes
_COLUMNS: tuple[_Code, ...] = ("I", "I", "H", "H", "B", "B", "I")
_NAME_COLUMNS: tuple[_Code, ...] = ("I", "H")
_ACCENTS = dict.fromkeys(range(768, 880))
_SIGNS = {ord(sign): " " for sign in "-‐‑–—/=＝·・･־"} | {ord(sign): None for sign in "'’‘ʼʻ`´ʹʺ\".‌‍"}
# Letters that Arabic, Persian and Urdu write in several ways.
_ARABIC = str.maketrans("أإآٱىیيئكةۀہھ", "اااايييىکهههه") | dict.fromkeys(range(1611, 1632))
_FOLDED = _ACCENTS | _SIGNS | _ARABIC


class Place(NamedTuple):
    """A place of GeoNames."""

    row: int
    id: int
    country: str
    """ISO 3166-1 alpha-2; empty for continents."""
    region: int
    """Index of the region that a city lies in; NO_REGION where it is not known."""
    kind: int
    prior: float
    """How likely it is meant, everything else being equal: the logarithm (base 10) of the population, and up to two
    more for a place that has names in many languages."""
    population: int
    is_main_name: bool
    """Whether it was found by the name that GeoNames lists it under."""

    @property
    def uri(self) -> str:
        """Its identifier on the web."""
        return f"https://sws.geonames.org/{self.id}/"


@dataclass(frozen=True, slots=True)
class Row:
    """A place as the file holds it; `names` are keys (see `place_key`), the first one is the main name."""

    id: int
    country: str
    region: int
    kind: int
    prior: float
    population: int
    names: Sequence[str]


class Places:
    """The places of a file."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        magic, places, names, borders = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError("this is no file of places")
        at = _HEADER.size
        columns = []
        for code, size in [(code, places) for code in _COLUMNS] + [(code, names) for code in _NAME_COLUMNS]:
            end = at + size * struct.calcsize(f"={code}")
            columns.append(_column(code, memoryview(data)[at:end]))
            at = end + -end % 4
        self._ids, self._main, self._countries, self._regions, self._kinds, self._priors, self._sizes = columns[:7]
        self._hashes, self._indexes = columns[7:]
        lines = bytes(data[at : at + borders]).decode("ascii").splitlines()
        self.neighbours = {line[:2]: tuple(line[2:].split()) for line in lines}

    def named(self, key: str) -> list[Place]:
        """All places with this name (see `place_key`)."""
        hashed = text_hash(key)
        at = bisect_left(self._hashes, hashed)
        found = []
        while at < len(self._hashes) and self._hashes[at] == hashed:
            index = self._indexes[at]
            found.append(self.place(index, is_main_name=self._main[index] == hashed))
            at += 1
        return found

    def place(self, index: int, *, is_main_name: bool = True) -> Place:
        """The place of this index."""
        return Place(
            index,
            self._ids[index],
            _letters(self._countries[index]),
            self._regions[index],
            self._kinds[index],
            self._priors[index] / PRIOR_STEPS,
            self._sizes[index],
            is_main_name,
        )

    def of_kind(self, *kinds: int) -> Iterator[Place]:
        """All places of some kinds."""
        return (self.place(index) for index, kind in enumerate(self._kinds) if kind in kinds)


@cache
def places() -> Places:
    """The shipped places."""
    with Path(PLACES).open("rb") as file:
        return Places(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


@cache
def countries() -> Mapping[str, Place]:
    """The countries by their ISO codes."""
    return {place.country: place for place in places().of_kind(COUNTRY)}


def neighbours() -> Mapping[str, tuple[str, ...]]:
    """The countries that border on a country, all by ISO codes."""
    return places().neighbours


def place_key(name: str) -> str:
    """What the spellings of a name share that differ in case, accents, hyphens, apostrophes and full stops."""
    folded = fold(name)
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", folded).translate(_ACCENTS))
    return " ".join(folded.translate(_FOLDED).split())


def write_places(rows: Sequence[Row], neighbours: Mapping[str, Sequence[str]], target: Path) -> None:
    """Write a file of places; `region` of a row is the index of another, `neighbours` are countries by country."""
    borders = "\n".join(" ".join((country, *around)) for country, around in neighbours.items()).encode("ascii")
    pairs = sorted({(text_hash(name), index) for index, row in enumerate(rows) for name in row.names})
    columns: list[tuple[str, Iterable[int]]] = [
        ("I", (row.id for row in rows)),
        ("I", (text_hash(row.names[0]) for row in rows)),
        ("H", (_number(row.country) for row in rows)),
        ("H", (row.region for row in rows)),
        ("B", (row.kind for row in rows)),
        ("B", (min(255, round(row.prior * PRIOR_STEPS)) for row in rows)),
        ("I", (row.population for row in rows)),
        ("I", (hashed for hashed, _ in pairs)),
        ("H", (index for _, index in pairs)),
    ]
    written = bytearray(_HEADER.pack(_MAGIC, len(rows), len(pairs), len(borders)))
    for code, values in columns:
        written += _swapped(array(code, values)).tobytes()
        written += bytes(-len(written) % 4)
    target.write_bytes(written + borders)


def _column(code: _Code, data: memoryview) -> Sequence[int]:
    if sys.byteorder == "big":
        return _swapped(array(code, data.tobytes()))
    return data.cast(code)


def _swapped(values: array[int]) -> array[int]:
    """Little-endian to the machine's order, and back."""
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _number(country: str) -> int:
    return int.from_bytes(country.encode("ascii"), "big")


def _letters(number: int) -> str:
    return number.to_bytes(2, "big").decode("ascii") if number else ""
