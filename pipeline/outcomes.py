"""How a record ends: kept, dropped or rejected, and nothing else.

A transient fault (broker, search engine, network) is no outcome: it is retried for as long as it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Article


@dataclass(frozen=True, slots=True)
class Kept:
    """It goes on as this article."""

    article: Article


@dataclass(frozen=True, slots=True)
class Dropped:
    """It is nothing that anyone wants (an empty shell, say); counted by reason, not stored."""

    reason: str
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """It cannot be processed; its bytes go to the dead letters with this reason."""

    reason: str
    stage: str = ""


Outcome = Kept | Dropped | Rejected
