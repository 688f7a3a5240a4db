"""Plug-ins: stages, sources, sinks, taggers and deliveries register themselves by decorator, one file each.

Built-in members are the modules of the packages of these names, such as `pipeline.stages`; others come from installed
packages through the entry-point groups `newswire.stages`, `newswire.sources` and so on.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Literal, TypeVar

from pipeline.errors import NewswireError
from pipeline.outcomes import Dropped, Rejected
from pipeline.records import Article, RawArticle

Family = Literal["stages", "sources", "sinks", "taggers", "deliveries"]
_SINGULAR = {"deliveries": "delivery"}
StageFunction = Callable[[Article, RawArticle], Article | Dropped | Rejected]
Span = tuple[int, int, str]
"""Start and end (exclusive) in code points, and a label."""
TaggerFunction = Callable[[str], Iterable[Span]]
F = TypeVar("F", bound=Callable[..., Any])


class UnknownPluginError(NewswireError, LookupError):
    """No plug-in of that name; the message lists those that exist."""


class DuplicatePluginError(ValueError):
    """Two plug-ins of one family claim one name."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A registered member: its name, its version (of stages: written into each article) and its function."""

    name: str
    version: str
    function: Callable[..., Any]
    suffixes: tuple[str, ...] = ()
    """Of sources: how the names of its files end, in lower case."""
    configure: Callable[..., StageFunction] | None = None
    """Of stages with options: the function for given ones."""


_members: dict[Family, dict[str, Plugin]] = {
    "stages": {},
    "sources": {},
    "sinks": {},
    "taggers": {},
    "deliveries": {},
}
_loaded: set[Family] = set()


def stage(name: str, *, version: str, configure: Callable[..., StageFunction] | None = None) -> Callable[[F], F]:
    """Register a StageFunction: pure, deterministic, idempotent, total; raise `version` when its output changes.

    A stage with options brings `configure`, which makes the function for those that the settings have under its name;
    it raises a NewswireError for options that cannot be.
    """
    return _register("stages", name, version, configure=configure)


def source(name: str, *, suffixes: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Register a SourceFunction, the reader of one input format; see sources/__init__.py."""
    return _register("sources", name, "1", suffixes)


def sink(name: str) -> Callable[[F], F]:
    """Register a factory of a sink, see sinks/__init__.py."""
    return _register("sinks", name, "1")


def tagger(name: str) -> Callable[[F], F]:
    """Register a factory of taggers, see taggers/__init__.py."""
    return _register("taggers", name, "1")


def delivery(name: str) -> Callable[[F], F]:
    """Register a factory of channels, see deliveries/__init__.py."""
    return _register("deliveries", name, "1")


def plugins(family: Family) -> dict[str, Plugin]:
    """All members of a family by name, built-in and installed."""
    if family not in _loaded:
        _load(family)
        _loaded.add(family)
    return dict(_members[family])


def plugin(family: Family, name: str) -> Plugin:
    """One member. Raises UnknownPluginError."""
    members = plugins(family)
    if name not in members:
        raise UnknownPluginError(f"no {_one(family)} is called {name!r}; there are: {', '.join(sorted(members))}")
    return members[name]


def _one(family: Family) -> str:
    return _SINGULAR.get(family, family[:-1])


def _register(
    family: Family,
    name: str,
    version: str,
    suffixes: tuple[str, ...] = (),
    configure: Callable[..., StageFunction] | None = None,
) -> Callable[[F], F]:
    def add(function: F) -> F:
        known = _members[family].get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise DuplicatePluginError(
                f"{_one(family)} {name!r} is declared by {known.function.__module__} and by {function.__module__}"
            )
        _members[family][name] = Plugin(name, version, function, suffixes, configure)
        return function

    return add


def _load(family: Family) -> None:
    for module in _built_in(family):
        importlib.import_module(module)
    for entry in entry_points(group=f"newswire.{family}"):
        entry.load()


def _built_in(family: Family) -> Iterator[str]:
    package = importlib.import_module(f"pipeline.{family}")
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not found.name.rpartition(".")[2].startswith("_"):
            yield found.name
