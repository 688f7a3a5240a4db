"""Which place of GeoNames a name means, judged by the article around it; none where two are about as likely.

Each candidate has a prior (population, and how many languages name it) and gains by what speaks for its country: the
country of the publisher and its neighbours, the dateline, countries and regions that the article names, other places
of the article that are beyond doubt, the language. "Paris, Texas" is decided by the name after the comma.
The weights were set on texts of our own (tests/data/places.jsonl).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType

from babel.core import get_global

from pipeline.models.place_names import AREAS
from pipeline.ner.place_forms import basic_forms
from pipeline.ner.places import (
    CAPITAL,
    CITY,
    CONTINENTS,
    COUNTRY,
    REGION,
    Place,
    countries,
    neighbours,
    place_key,
    places,
)
from pipeline.ner.us_states import spelled_out

_PUBLISHER, _NEIGHBOUR, _DATELINE, _NAMED, _SURE, _SURE_REGION = 2.0, 0.4, 1.5, 1.5, 0.8, 1.5
_ONE_COUNTRY_LANGUAGE, _WORLD_LANGUAGE = 1.0, 0.6
_TERRITORY = 1.2
"""For the country that the article's language calls so: "Georgia" is one before it is a state."""
_FOREIGN = -1.0
"""For a country by a name from another language: "Georgia" in German is no "Georgien"."""
_NOT_MAIN, _INFLECTED = -0.5, -0.4
_BY_KIND = {CAPITAL: 0.8, REGION: -0.5}
_MARGIN = 0.7
"""What the best candidate must be ahead of the next; one that speaks for the places around it, twice as much."""
_LARGE = 150_000
"""Smaller places are meant only where something speaks for their country."""
_MANY_COUNTRIES = 3
_LONGEST = 60
"""Characters of a name that is looked up."""
_MUCH_OF_A_REGION = 0.8

_SPELT_IN_STATES = frozenset({"US", "CA", "AU"})
"""Where people say "city, state", so that a state without such a city means one too small to be known here."""
# Domains of countries that are sold all over the world.
_SOLD = frozenset("ai am cc co fm gg io la ly me nu sh to tv ws".split())  # noqa: SIM905 -- words read best so
_DOMAINS = {"uk": "GB", "su": "RU"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an article comes from: its publisher's host name and the place of its dateline."""

    host: str = ""
    located: str = ""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as an article names it."""

    forms: tuple[str, ...]
    count: int = 1
    territory: str = ""
    """CLDR's code where the name is a country's or a continent's in the article's language."""
    containers: tuple[str, ...] = ()
    """What may stand after a comma or in brackets: a state, a country, or another place of a list."""


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of a place: its address at GeoNames, and its country; either may be empty."""

    uri: str = ""
    country: str = ""


@dataclass(slots=True)
class _Evidence:
    """What speaks for countries (ISO codes) and for regions (indexes)."""

    countries: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    regions: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))

    def of(self, place: Place) -> float:
        inside = self.regions.get(place.row if place.kind == REGION else place.region, 0.0)
        return self.countries.get(place.country, 0.0) + inside


Scored = tuple[float, Place]


def resolve(names: Sequence[PlaceName], language: str, setting: Setting) -> list[Link]:
    """The place that each name means, in the language (a base tag) of the article."""
    pools = [_pool(name.forms, name.territory, language) for name in names]
    evidence = _evidence(names, language, setting)
    sure: set[int] = set()
    for pool, name in zip(pools, names, strict=True):
        if _is_beyond_doubt(name, language):
            continue
        found = _best(pool, evidence, 2 * _MARGIN)
        if found and found.row not in sure and found.kind in (CITY, CAPITAL, REGION):
            sure.add(found.row)
    _add_sure(evidence, [places().place(index) for index in sorted(sure)])
    return [
        _link_of_territory(name)
        if _is_beyond_doubt(name, language) and not name.containers
        else _link(name, pool, evidence, language)
        for name, pool in zip(names, pools, strict=True)
    ]


def country_of_host(host: str) -> str:
    """The country whose domain a host name is in, unless that domain is sold all over the world."""
    *rest, domain = host.lower().rstrip(".").split(".")
    if not rest or (domain in _SOLD and rest[-1] not in ("com", "gov", "net", "org", "co")):
        return ""
    country = _DOMAINS.get(domain, domain.upper())
    return country if country in countries() else ""


@cache
def countries_of_language(language: str) -> frozenset[str]:
    """Where a language is official and much of the population speaks it, as CLDR says."""
    found = set()
    for country, spoken in get_global("territory_languages").items():
        for tag, how in spoken.items():
            if tag.partition("_")[0] == language and how["official_status"] and how["population_percent"] >= 20:
                found.add(country)
    return frozenset(found)


def _evidence(names: Sequence[PlaceName], language: str, setting: Setting) -> _Evidence:
    evidence = _Evidence()
    evidence.countries.update(_standing(setting.host, language))
    named: Counter[str] = Counter()
    for name in names:
        if name.territory in countries() and _is_beyond_doubt(name, language):
            named[name.territory] += name.count
    for country, count in named.items():
        evidence.countries[country] += _NAMED + _NAMED / 3 * count / named.total()
    if setting.located:
        located = setting.located.replace("/", ",").partition(",")[0]
        found = _best(_pool((located,), "", language), evidence, _MARGIN)
        if found:
            evidence.countries[found.country] += _DATELINE
            evidence.regions[found.region] += _SURE_REGION
    return evidence


@lru_cache(maxsize=1024)
def _standing(host: str, language: str) -> Mapping[str, float]:
    """What the publisher and the language say for countries, whatever the article is about."""
    weights: defaultdict[str, float] = defaultdict(float)
    publisher = country_of_host(host)
    if publisher:
        weights[publisher] += _PUBLISHER
        for country in neighbours().get(publisher, ()):
            weights[country] += _NEIGHBOUR
    spoken = countries_of_language(language)
    for country in spoken:
        weights[country] += _ONE_COUNTRY_LANGUAGE if len(spoken) <= _MANY_COUNTRIES else _WORLD_LANGUAGE
    return MappingProxyType(weights)


def _add_sure(evidence: _Evidence, sure: Iterable[Place]) -> None:
    for country in {place.country for place in sure}:
        evidence.countries[country] += _SURE
    for region in {place.row if place.kind == REGION else place.region for place in sure}:
        evidence.regions[region] += _SURE_REGION


@lru_cache(maxsize=4096)
def _pool(forms: tuple[str, ...], territory: str, language: str) -> tuple[Scored, ...]:
    """All candidates with what speaks for them apart from the article."""
    found: dict[int, Scored] = {}
    keys = dict.fromkeys((_key(form, language) for form in forms if len(form) <= _LONGEST), 0.0)
    if not AREAS.isdisjoint(keys):
        return ()
    derived = {} if territory else {basic: _INFLECTED for key in keys for basic in basic_forms(key, language)}
    if not AREAS.isdisjoint(derived):
        return ()
    for key, penalty in (derived | keys).items():
        for place in places().named(key):
            score = place.prior + penalty + _BY_KIND.get(place.kind, 0.0)
            if place.kind == COUNTRY:
                score += _TERRITORY if place.country == territory else _FOREIGN
            if place.row not in found or found[place.row][0] < score:
                found[place.row] = score, place
    pool = list(found.values())
    if territory in countries() and not any(place.country == territory for _, place in pool):
        pool.append((countries()[territory].prior + _TERRITORY, countries()[territory]))
    if any(place.is_main_name for _, place in pool):
        pool = [(score if place.is_main_name else score + _NOT_MAIN, place) for score, place in pool]
    cities = {place.region: place.prior for _, place in pool if place.kind in (CITY, CAPITAL)}
    return tuple(
        (score, place)
        for score, place in pool
        if place.kind != REGION or cities.get(place.row, 0.0) < place.prior - _MUCH_OF_A_REGION
    )


def _key(form: str, language: str) -> str:
    key = place_key(form)
    return spelled_out(key) if language == "en" and form.isupper() else key


def _is_beyond_doubt(name: PlaceName, language: str) -> bool:
    """Whether this is a territory that shares its name with no region or great city of another country, as Georgia
    does, and Granada in Spanish."""
    return name.territory in CONTINENTS or (
        bool(name.territory) and not _has_rivals(name.forms, name.territory, language)
    )


@lru_cache(maxsize=4096)
def _has_rivals(forms: tuple[str, ...], territory: str, language: str) -> bool:
    pool = _pool(forms, territory, language)
    own = max((score for score, place in pool if place.country == territory), default=0.0)
    return any(
        place.country != territory and (place.kind == REGION or (place.is_main_name and score > own - _MARGIN))
        for score, place in pool
    )


def _best(pool: Sequence[Scored], evidence: _Evidence, margin: float) -> Place | None:
    """The best candidate, if it is ahead by the margin and likely enough."""
    ranked = _ranked(pool, evidence)
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < margin):
        return None
    best = ranked[0][1]
    support = evidence.of(best)
    alone = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= 2 * _MARGIN
    likely = best.kind in (CAPITAL, COUNTRY) or best.population >= _LARGE
    return best if likely or support >= _SURE or (alone and support >= _WORLD_LANGUAGE) else None


def _ranked(pool: Sequence[Scored], evidence: _Evidence) -> list[Scored]:
    return sorted(
        ((score + evidence.of(place), place) for score, place in pool),
        key=lambda scored: (-scored[0], scored[1].row),
    )


def _link_of_territory(name: PlaceName) -> Link:
    if name.territory in CONTINENTS:
        return Link(f"https://sws.geonames.org/{CONTINENTS[name.territory]}/")
    country = countries().get(name.territory)
    return Link(country.uri, country.country) if country else Link()


def _link(name: PlaceName, pool: Sequence[Scored], evidence: _Evidence, language: str) -> Link:
    contained = _link_by_container(name, pool, evidence)
    if contained:
        return contained
    if _is_beyond_doubt(name, language):
        return _link_of_territory(name)
    best = _best(pool, evidence, _MARGIN)
    if best:
        return Link(best.uri, best.country)
    ranked = _ranked(pool, evidence)
    close = {place.country for score, place in ranked if ranked[0][0] - score < _MARGIN}
    certain = len(ranked) > 1 and len(close) == 1 and evidence.of(ranked[0][1]) >= _WORLD_LANGUAGE
    return Link(country=close.pop()) if certain else Link()


def _link_by_container(name: PlaceName, pool: Sequence[Scored], evidence: _Evidence) -> Link | None:
    """Decided by what stands after the comma; None when that is no place around a candidate."""
    for container in _containers(name):
        ranked = _ranked([scored for scored in pool if _is_inside(scored[1], container)], evidence)
        if ranked:
            is_clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _MARGIN
            return Link(ranked[0][1].uri if is_clear else "", container.country)
        lists_states = any(place.kind == REGION and place.country == container.country for _, place in pool)
        if container.country in _SPELT_IN_STATES and container.kind == REGION and not lists_states:
            return Link(country=container.country)
    return None


def _is_inside(place: Place, container: Place) -> bool:
    if container.kind == COUNTRY:
        return place.country == container.country and place.kind != COUNTRY
    return place.region == container.row


def _containers(name: PlaceName) -> list[Place]:
    found = []
    for text in name.containers:
        key = spelled_out(place_key(text))
        found += [place for place in places().named(key) if place.kind in (REGION, COUNTRY)]
    return found
