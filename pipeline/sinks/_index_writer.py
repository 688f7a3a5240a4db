"""Writing records into monthly indices: exactly one document an id, at its newest version.

A document goes into the month in which its article was first seen, unless it lives in another month already: one `ids`
query a batch asks, and what was written in the last minutes is remembered, because a query does not show it before the
next refresh. External versions (`external_gte`, the time at which the article was fetched) keep an older version from
replacing a newer one, in whatever order and however often they come. What the mapping refuses becomes a dead letter
with the server's reason; everything else is tried again until it works.
"""

from __future__ import annotations

import concurrent.futures
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from kafka.consumer.fetcher import ConsumerRecord

from pipeline import index_templates, search_engine
from pipeline.config import Settings
from pipeline.consumer import Stopped
from pipeline.index_templates import Indices, month_of
from pipeline.outcomes import Rejected
from pipeline.producer import Producer
from pipeline.publication import Input, bury
from pipeline.records import InvalidRecordError
from pipeline.search_engine import SearchEngineRefusedError, failure, is_passing, reason
from pipeline.sinks._bulk import Action, Answer, Verdict, chunks, classify
from pipeline.sinks._patience import Patience
from pipeline.sinks._placement import RecentPlaces
from pipeline.topics import Topic

IDS_A_QUERY = 5000
_TICK_SECONDS = 0.25
_UNFIT = (400, 413)

R = TypeVar("R")
Refusal = tuple[ConsumerRecord, Rejected]

log = logging.getLogger("newswire.sink")


@dataclass(frozen=True, slots=True)
class Family(Generic[R]):
    """One kind of records, and what becomes of them in the index."""

    topic: Topic
    group: str
    """The consumer group, without its prefix."""
    indices: Callable[[Settings], Indices]
    decode: Callable[[bytes], R]
    """Raises InvalidRecordError."""
    id: Callable[[R], str]
    first_seen: Callable[[R], datetime]
    """When its article was."""
    action: Callable[[R, str, int], Action]
    """Of a record, its index and its position in the batch."""
    count: Callable[[Sequence[tuple[R, Verdict]], datetime], None]
    """Told what became of a batch, and the time."""


class IndexWriter(Generic[R]):
    """A Sink of one family. Only one thread at a time may call it, except for `reassigned`."""

    def __init__(self, settings: Settings, stop: threading.Event, family: Family[R]) -> None:
        self.topic = family.topic
        self.group = family.group
        self._settings = settings
        self._family = family
        self._indices = family.indices(settings)
        self._stop = stop
        self._patience = Patience(family.group, settings.sink.retry_seconds, stop)
        self._connected: Elasticsearch | None = None
        self._producer: Producer | None = None
        self._places = RecentPlaces()
        self._ready: set[str] = set()
        self._unseen = threading.Event()
        """Another process may have written what no query shows yet."""
        self._unseen.set()

    def prepare(self) -> None:
        """Connect and install the index templates."""
        client = self._client()
        self._patience.insist(lambda: index_templates.install(client, self._indices))

    def reassigned(self) -> None:
        """Look anew before the next write."""
        self._unseen.set()

    def close(self) -> None:
        """Release the connections."""
        if self._producer is not None:
            self._producer.close()
        if self._connected is not None:
            self._connected.close()

    def write(self, records: Sequence[ConsumerRecord]) -> None:
        """Return once every record is in the index or in the dead letters.

        Raises Stopped, and SearchEngineRefusedError or KafkaRefusedError for what waiting cannot mend.
        """
        decoded, refusals = self._decode(records)
        actions = self._place(decoded)
        answers: dict[int, Answer] = {}
        for chunk in chunks(actions, self._settings.sink.bulk_bytes):
            answers |= self._index(chunk)
        refusals += [
            (records[place], Rejected(answer.reason, "index"))
            for place, answer in answers.items()
            if answer.verdict is Verdict.REFUSED
        ]
        self._bury(refusals)
        self._family.count([(record, answers[place].verdict) for place, record in decoded], datetime.now(UTC))

    def _client(self) -> Elasticsearch:
        if self._connected is None:
            engine = self._settings.elasticsearch
            timeout = self._settings.sink.timeout_seconds
            self._connected = self._patience.insist(lambda: search_engine.connect(engine, timeout))
        return self._connected

    def _decode(self, records: Sequence[ConsumerRecord]) -> tuple[list[tuple[int, R]], list[Refusal]]:
        """What they hold, with their positions in the batch, and those that hold nothing of the kind."""
        decoded: list[tuple[int, R]] = []
        refusals: list[Refusal] = []
        for place, record in enumerate(records):
            try:
                decoded.append((place, self._family.decode(record.value or b"")))
            except InvalidRecordError as error:
                refusals.append((record, Rejected(str(error), "decode")))
        return decoded, refusals

    def _place(self, records: Sequence[tuple[int, R]]) -> list[Action]:
        """The index of each: where it lives, else the month of `first_seen` of its first version here."""
        family = self._family
        self._find([family.id(record) for _, record in records])
        chosen: dict[str, str] = {}
        actions = []
        for place, record in records:
            record_id = family.id(record)
            index = self._places.find(record_id) or chosen.get(record_id)
            if index is None:
                index = chosen[record_id] = month_of(self._indices.alias, family.first_seen(record))
            self._make_ready(index)
            actions.append(family.action(record, index, place))
        return actions

    def _find(self, ids: Iterable[str]) -> None:
        """Learn where those live that this process has not written lately."""
        client = self._client()
        name = self._indices.alias
        if self._unseen.is_set():
            self._unseen.clear()
            self._patience.insist(lambda: client.indices.refresh(index=name, ignore_unavailable=True), client)
        unknown = [each for each in dict.fromkeys(ids) if self._places.find(each) is None]
        for start in range(0, len(unknown), IDS_A_QUERY):
            for each, index in self._ask(client, name, unknown[start : start + IDS_A_QUERY]):
                self._places.remember(each, index)

    def _ask(self, client: Elasticsearch, name: str, ids: list[str]) -> list[tuple[str, str]]:
        answer: Any = self._patience.insist(
            lambda: client.search(
                index=name,
                query={"ids": {"values": ids}},
                size=len(ids),
                source=False,
                sort="_doc",
                track_total_hits=False,
                ignore_unavailable=True,
                # An answer without some month would let a document live twice.
                allow_partial_search_results=False,
            ),
            client,
        )
        return [(hit["_id"], hit["_index"]) for hit in answer["hits"]["hits"]]

    def _make_ready(self, index: str) -> None:
        """No index may come into being without our templates, should someone have deleted them."""
        if index not in self._ready:
            client = self._client()
            self._patience.insist(lambda: index_templates.install(client, self._indices))
            self._ready.add(index)

    def _index(self, actions: list[Action]) -> dict[int, Answer]:
        """The final answer to each action by its place. What failed for a passing reason, and only that, goes again."""
        final: dict[int, Answer] = {}
        waiting = actions
        while waiting:
            if self._stop.is_set():
                raise Stopped
            try:
                answers = self._send(waiting)
            except _RequestRefusedError as refused:
                if len(waiting) == 1:
                    final[waiting[0].place] = Answer(Verdict.REFUSED, str(refused))
                    return final
                half = len(waiting) // 2
                return final | self._index(waiting[:half]) | self._index(waiting[half:])
            again = []
            for each, answer in zip(waiting, answers, strict=True):
                if answer.verdict is Verdict.DENIED:
                    raise SearchEngineRefusedError(f"the search engine does not let us write: {answer.reason}")
                if answer.verdict is Verdict.RETRY:
                    again.append(each)
                    continue
                final[each.place] = answer
                if answer.verdict is not Verdict.REFUSED:
                    self._places.remember(each.id, each.index)
            if again:
                cause = next(answer.reason for answer in answers if answer.verdict is Verdict.RETRY)
                self._patience.bear(f"{len(again)} of {len(waiting)} documents cannot be written now: {cause}")
            else:
                self._patience.relieve()
            waiting = again
        return final

    def _send(self, actions: Sequence[Action]) -> list[Answer]:
        """One bulk request, as often as it takes until there is an answer."""
        client = self._client()
        lines: Any = [line for each in actions for line in each.lines]  # the client passes bytes on as they are
        while True:
            try:
                answer: Any = client.options(max_retries=0).bulk(
                    operations=lines, filter_path=["errors", "items.*.status", "items.*.error"]
                )
            except (ApiError, TransportError) as error:
                if isinstance(error, ApiError) and error.status_code in _UNFIT and not is_passing(error):
                    raise _RequestRefusedError(f"{error.status_code}: {reason(error)}") from error
                failed = failure(error, client)
                if isinstance(failed, SearchEngineRefusedError):
                    raise failed from error
                self._patience.bear(str(failed))
            else:
                return [classify(item) for item in answer["items"]]

    def _bury(self, refusals: Sequence[Refusal]) -> None:
        """Dead letters, delivered when this returns."""
        if not refusals:
            return
        if self._producer is None:
            self._producer = Producer(self._settings)
        now = datetime.now(UTC)
        sent = []
        for record, rejected in refusals:
            source = Input(
                record.topic, record.partition, record.offset, record.key, record.value or b"", tuple(record.headers)
            )
            letter = bury(rejected, source, now)
            name = letter.topic.name(self._settings.topic_prefix)
            log.warning(
                "%s, partition %d, offset %d: %s", record.topic, record.partition, record.offset, rejected.reason
            )
            sent.append(self._producer.send(name, letter.key, letter.value, letter.headers))
        for future in sent:
            while not concurrent.futures.wait([future], _TICK_SECONDS).done:
                if self._stop.is_set():
                    raise Stopped
            future.result()


class _RequestRefusedError(Exception):
    """A whole request is refused for something in it: halves of it show what. The message is the server's reason."""
