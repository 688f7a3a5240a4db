"""Plug-ins: stages, sources and sinks register themselves by decorator, one file each.

Built-in members are the modules of `pipeline.stages`, `pipeline.sources` and `pipeline.sinks`; others come from
installed packages through the entry-point groups `newswire.stages`, `newswire.sources` and `newswire.sinks`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Literal, TypeVar

from pipeline.errors import NewswireError
from pipeline.outcomes import Dropped, Rejected
from pipeline.records import Article, RawArticle

Family = Literal["stages", "sources", "sinks"]
StageFunction = Callable[[Article, RawArticle], Article | Dropped | Rejected]
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


_members: dict[Family, dict[str, Plugin]] = {"stages": {}, "sources": {}, "sinks": {}}
_loaded: set[Family] = set()


def stage(name: str, *, version: str) -> Callable[[F], F]:
    """Register a StageFunction: pure, deterministic, idempotent, total; raise `version` when its output changes."""
    return _register("stages", name, version)


def source(name: str, *, suffixes: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Register a SourceFunction, the reader of one input format; see sources/__init__.py."""
    return _register("sources", name, "1", suffixes)


def sink(name: str) -> Callable[[F], F]:
    """Register a factory of a sink, see sinks/__init__.py."""
    return _register("sinks", name, "1")


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
        raise UnknownPluginError(f"no {family[:-1]} is called {name!r}; there are: {', '.join(sorted(members))}")
    return members[name]


def _register(family: Family, name: str, version: str, suffixes: tuple[str, ...] = ()) -> Callable[[F], F]:
    def add(function: F) -> F:
        known = _members[family].get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise DuplicatePluginError(
                f"{family[:-1]} {name!r} is declared by {known.function.__module__} and by {function.__module__}"
            )
        _members[family][name] = Plugin(name, version, function, suffixes)
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
