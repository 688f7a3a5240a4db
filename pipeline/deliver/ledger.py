"""What became of the alerts of our partitions: what is open, and in little memory what is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from pipeline.deliver.queue import ChannelQueue
from pipeline.delivery_records import Dispatch
from pipeline.outbox.intake import Limited
from pipeline.partition_tables import Entry

OPEN = ("waiting", "sending")


class Ledger:
    """The table of dispatches, by key, and a queue for each channel. For one thread."""

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(Dispatch)
        self._open: dict[str, tuple[int, Dispatch]] = {}
        self._over: dict[int, dict[str, float]] = {}
        """By partition and key, when it was settled: sent, withheld or failed."""
        self._sent: dict[tuple[str, str], datetime] = {}
        """By channel and limit, when the last message went out."""
        self._waiting: dict[tuple[str, str], dict[str, Dispatch]] = {}
        self._latest: dict[tuple[str, str], Limited] = {}
        """What the last of these will be; missing where one was taken out since it was looked for."""
        self.queues: dict[str, ChannelQueue] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._open or any(key in each for each in self._over.values())

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def learn(self, entry: Entry) -> None:
        """What the table has. Raises msgspec.DecodeError for what is no dispatch."""
        if entry.value is None:
            self._drop(entry.key)
            self._over.get(entry.partition, {}).pop(entry.key, None)
        else:
            self.put(entry.partition, [self._decoder.decode(entry.value)])

    def put(self, partition: int, dispatches: Sequence[Dispatch]) -> None:
        """They are so now."""
        for each in dispatches:  # all of them, before one of the same message is put in again
            self._drop(each.key)
        for each in dispatches:
            self._put(partition, each)

    def _put(self, partition: int, dispatch: Dispatch) -> None:
        if dispatch.state in OPEN:
            self._over.get(partition, {}).pop(dispatch.key, None)
            self._open[dispatch.key] = partition, dispatch
            self.queues.setdefault(dispatch.channel, ChannelQueue()).put(dispatch)
            if dispatch.limit:
                self._limit((dispatch.channel, dispatch.limit), dispatch)
            return
        self._over.setdefault(partition, {})[dispatch.key] = dispatch.changed_at.timestamp()
        if dispatch.state == "sent" and dispatch.limit:
            place = dispatch.channel, dispatch.limit
            self._sent[place] = max(dispatch.changed_at, self._sent.get(place, dispatch.changed_at))

    def is_news(self, entry: Entry) -> bool:
        """Whether somebody else wrote it: a command that sends a failed one again. Ours come back as we know them."""
        if entry.value is None or entry.key in self._open:
            return False
        settled = self._over.get(entry.partition, {}).get(entry.key)
        if settled is None:
            return False
        dispatch = self._decoder.decode(entry.value)
        return dispatch.state == "waiting" and dispatch.changed_at.timestamp() > settled

    def limited(self, channel: str, limit: str) -> Limited | None:
        """What throttles the next message of this limit."""
        if not limit:
            return None
        place = channel, limit
        if place in self._waiting and place not in self._latest:
            self._latest[place] = max(map(_limiting, self._waiting[place].values()), key=lambda each: each.at)
        found = [self._latest[place]] if place in self._latest else []
        if (sent := self._sent.get(place)) is not None:
            found.append(Limited(sent))
        return max(found, key=lambda each: each.at, default=None)

    def partition(self, dispatch: Dispatch) -> int | None:
        """Of an open one; None if it is not ours any more, or over."""
        held = self._open.get(dispatch.key)
        return held[0] if held else None

    def keep(self, partitions: set[int]) -> None:
        """Forget what lies in others."""
        for key in [key for key, (partition, _) in self._open.items() if partition not in partitions]:
            self._drop(key)
        self._over = {partition: held for partition, held in self._over.items() if partition in partitions}

    def over_before(self, moment: datetime) -> Iterator[tuple[int, str]]:
        """Partition and key of what was settled before."""
        limit = moment.timestamp()
        for partition, held in self._over.items():
            for key, settled in held.items():
                if settled < limit:
                    yield partition, key

    def forget(self, places: Iterable[tuple[int, str]], before: datetime) -> None:
        """As if they had never been; and what was sent before throttles nothing."""
        self._sent = {limit: sent for limit, sent in self._sent.items() if sent >= before}
        for partition, key in places:
            self._over.get(partition, {}).pop(key, None)

    def _limit(self, place: tuple[str, str], dispatch: Dispatch) -> None:
        waiting = self._waiting.setdefault(place, {})
        waiting[dispatch.key] = dispatch
        limiting, latest = _limiting(dispatch), self._latest.get(place)
        if len(waiting) == 1 or (latest is not None and limiting.at > latest.at):
            self._latest[place] = limiting

    def _drop(self, key: str) -> None:
        held = self._open.pop(key, None)
        if held is None:
            return
        dispatch = held[1]
        self.queues[dispatch.channel].take_out(dispatch)
        if dispatch.limit:
            place = dispatch.channel, dispatch.limit
            self._latest.pop(place, None)
            del self._waiting[place][key]
            if not self._waiting[place]:
                del self._waiting[place]


def _limiting(dispatch: Dispatch) -> Limited:
    """Its bundle can be joined if it collects for a time; a message under way, or for one article, takes nothing in."""
    collects = dispatch.state == "waiting" and not dispatch.bundle.startswith("article ")
    return Limited(dispatch.due or dispatch.changed_at, dispatch.bundle if collects else "")
