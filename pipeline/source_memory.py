"""What one process has learned of its sources, kept between articles: repeated lines, and how much cleaning removes.

The stages stay pure; a chain learns when its stages are put `around` such a memory. It is bounded, starts empty with
its process, and needs a dozen stories of a source to know its lines again. Where several workers share a topic, each
one learns from its partitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import msgspec

from pipeline.drift import Drift, Meter
from pipeline.outcomes import Dropped, Rejected
from pipeline.records import Article, RawArticle, Removal
from pipeline.registry import Plugin, StageFunction
from pipeline.repetition import Repetitions

MAX_HASHES = 400_000
"""Of all sources together, about 60 MB; those that were quiet for longest are forgotten first."""
MAX_SOURCES = 5_000
_VERSION = "1"


@dataclass(slots=True)
class _Source:
    repetitions: Repetitions = field(default_factory=Repetitions)
    meter: Meter = field(default_factory=Meter)


class SourceMemory:
    """Lines are removed once they stand in `stories` stories of a source; it drifts when the share of text that
    cleaning removes moves by more than `drift_share`.
    """

    def __init__(self, stories: int, drift_share: float) -> None:
        self._stories = stories
        self._drift_share = drift_share
        self._sources: dict[str, _Source] = {}  # the one that was seen last at the end
        self._hashes = 0
        self._changes: list[Drift] = []

    def __len__(self) -> int:
        """Hashes that it holds."""
        return self._hashes

    def around(self, stages: Iterable[Plugin]) -> Iterator[Plugin]:
        """The same stages: what `clean` makes is learned from, and `repeated` comes right after it."""
        for member in stages:
            if member.name == "clean":
                yield replace(member, function=self._learning(member.function))
                yield Plugin("repeated", _VERSION, self.without_repeated)
            else:
                yield member

    def without_repeated(self, article: Article, _raw: RawArticle) -> Article:
        """The article without the lines that its source repeats. What is no sentence, or may be one, stays."""
        source = self._sources.get(article.source.id or "")
        if source is None:
            return article
        lines = article.body.split("\n")
        removed = []
        while gone := source.repetitions.repeated(lines, self._stories):
            removed += [Removal(kind="repeated", text=lines[place], rule="learned.repeated") for place in sorted(gone)]
            lines = [line for place, line in enumerate(lines) if place not in gone]
        if not removed:
            return article
        return msgspec.structs.replace(article, body="\n".join(lines), removed=(*article.removed, *removed))

    def changes(self) -> list[Drift]:
        """Sources that began to drift or came back since the last call."""
        changes, self._changes = self._changes, []
        return changes

    @property
    def drifting(self) -> int:
        """How many sources drift."""
        return sum(source.meter.drifting for source in self._sources.values())

    def _learning(self, clean: StageFunction) -> StageFunction:
        def learning(article: Article, raw: RawArticle) -> Article | Dropped | Rejected:
            made = clean(article, raw)
            self._learn(article, made)
            return made

        return learning

    def _learn(self, article: Article, made: Article | Dropped | Rejected) -> None:
        source_id = (made if isinstance(made, Article) else article).source.id
        if not source_id or isinstance(made, Rejected):
            return
        source = self._sources.pop(source_id, None) or _Source()
        self._sources[source_id] = source
        before = len(source.repetitions)
        headline, lines, share = None, [], 1.0  # of what was dropped: a wall, a shell
        if isinstance(made, Article):
            headline, lines, share = made.headline, made.body.split("\n"), _share_removed(made)
        if source.repetitions.count(article.id, headline, lines):
            change = source.meter.observe(source_id, share, self._drift_share)
            self._changes += [change] if change else []
        self._hashes += len(source.repetitions) - before
        while self._hashes > MAX_HASHES or len(self._sources) > MAX_SOURCES:
            self._hashes -= len(self._sources.pop(next(iter(self._sources))).repetitions)


def _share_removed(article: Article) -> float:
    removed = sum(len(removal.text) for removal in article.removed)
    return removed / (removed + len(article.body)) if removed else 0.0
