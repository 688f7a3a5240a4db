"""Entities of several stages, put together."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.records import Entity


def together(names: Iterable[Entity], others: Iterable[Entity]) -> tuple[Entity, ...]:
    """All `names`, and those of the `others` that overlap neither a name nor one before them, as they stand in the
    article."""
    taken = {"headline": bytearray(), "body": bytearray()}
    kept = list(names)
    for name in kept:
        _take(taken[name.field], name)
    for other in others:
        if not any(taken[other.field][other.start : other.end]):
            _take(taken[other.field], other)
            kept.append(other)
    return tuple(sorted(kept, key=lambda entity: (entity.field != "headline", entity.start)))


def _take(taken: bytearray, entity: Entity) -> None:
    if entity.end > len(taken):
        taken.extend(bytes(entity.end - len(taken)))
    taken[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
