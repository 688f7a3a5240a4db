"""Sources whose texts are suddenly cleaned of more than they were, or of nothing at all: their pages have changed.

Two exponentially weighted averages of what cleaning removes (Roberts 1959, "Control chart tests based on geometric
moving averages"): a slow one says what is usual, a fast one what is now. A source drifts when they part for some
stories in a row. The slow one follows, so that what lasts becomes usual after some hundred stories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FAST, SLOW = 0.2, 0.02
"""Weight of the newest story."""
FIRST_STORIES = 30
"""Stories of a source before anything is said of it."""
IN_A_ROW = 5
_TOUCHED_BAND = 0.6
"""How much the share of stories that cleaning takes anything from may fall."""
_DEVIATIONS = 3
"""Standard deviations of the fast average that are chance."""

_Kind = Literal["more", "less", "untouched"]


@dataclass(frozen=True, slots=True)
class Drift:
    """A source began to drift, or came back. Shares of text, but of stories where `kind` is "untouched"."""

    source: str
    kind: _Kind | Literal["back"]
    usual: float
    now: float


class Meter:
    """What cleaning removes from the stories of one source."""

    __slots__ = ("_beyond", "_share", "_stories", "_touched", "drifting")

    def __init__(self) -> None:
        self._stories = 0
        self._beyond = 0
        self._share, self._touched = _Averages(), _Averages()
        self.drifting = False

    def observe(self, source: str, share: float, band: float) -> Drift | None:
        """The share of a story's text that was removed, 0 to 1. The first story of a change tells it, no other does."""
        self._stories += 1
        usual = not (self.drifting or self._beyond)
        self._share.observe(share, usual=usual)
        self._touched.observe(float(share > 0), usual=usual)
        kind, averages = self._judge(band / 2 if self.drifting else band)
        if (kind is None) != self.drifting or self._stories < FIRST_STORIES:
            self._beyond = 0
            return None
        self._beyond += 1
        if self._beyond < IN_A_ROW:
            return None
        self._beyond = 0
        self.drifting = not self.drifting
        return Drift(source, kind or "back", averages.slow, averages.fast)

    def _judge(self, band: float) -> tuple[_Kind | None, _Averages]:
        share, touched = self._share, self._touched
        if abs(share.fast - share.slow) > max(band, _DEVIATIONS * share.deviation):
            return ("more" if share.fast > share.slow else "less"), share
        fallen = touched.slow - touched.fast > (_TOUCHED_BAND / 2 if self.drifting else _TOUCHED_BAND)
        return ("untouched", touched) if fallen else (None, share)


class _Averages:
    __slots__ = ("_count", "_variance", "fast", "slow")

    def __init__(self) -> None:
        self._count = 0
        self._variance = self.fast = self.slow = 0.0

    def observe(self, value: float, *, usual: bool) -> None:
        """`usual`: nothing is odd at present, so that this value tells what chance does."""
        self._count += 1
        weight = max(SLOW, 1 / self._count)  # a plain mean at first: nothing is usual yet
        if not usual:
            weight /= 4  # it shall not take a wall of some hours for what is usual
        else:
            self._variance += ((value - self.slow) ** 2 - self._variance) * weight
        self.fast += (value - self.fast) * max(FAST, 1 / self._count)
        self.slow += (value - self.slow) * weight

    @property
    def deviation(self) -> float:
        """Of the fast average, as chance has it."""
        return float((self._variance * FAST / (2 - FAST)) ** 0.5)
