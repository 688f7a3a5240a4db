"""Virtual time that several processes share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pipeline.clock import ScaledClock


@dataclass(frozen=True, slots=True)
class Timing:
    """At the real moment `began` it is `start`, and time runs `factor` times as fast. Both are Unix times, so that
    the record goes to other processes as JSON."""

    factor: float
    start: float
    began: float

    def virtual(self, real: float) -> float:
        """Seconds since `start` at a real moment; negative before."""
        return (real - self.began) * self.factor

    def real_seconds(self, virtual: float) -> float:
        """How long so many virtual seconds last."""
        return virtual / self.factor

    def moment(self, seconds: float) -> datetime:
        """The virtual date so many seconds after `start`."""
        return datetime.fromtimestamp(self.start + seconds, UTC)

    def seconds(self, moment: datetime) -> float:
        """From `start` to a virtual date."""
        return moment.timestamp() - self.start

    def clock(self) -> ScaledClock:
        """A clock that shows this time, in whatever process it is made."""
        return ScaledClock(self.factor, self.moment(self.virtual(datetime.now(UTC).timestamp())))

    def as_dict(self) -> dict[str, float]:
        return asdict(self)
