"""What `newswire status` tells: topics, consumer groups with their lag, feeds, alert rules, and indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from elasticsearch import ApiError, Elasticsearch, TransportError
from kafka import KafkaAdminClient
from msgspec import Struct

from pipeline import alert_index, consumer_lag, feed_registry, search_index, topics
from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.feed_records import condition_of
from pipeline.kafka_connection import Report
from pipeline.search_engine import failure


class TopicStatus(Struct, frozen=True, kw_only=True):
    """A topic; `records` are those that it still holds, None when it does not exist."""

    topic: str
    partitions: int
    records: int | None


class GroupStatus(Struct, frozen=True, kw_only=True):
    """A consumer group; `lag` counts records that it has still to read, `members` its running processes.

    `topic` names what it reads; two are apart by a comma."""

    service: str
    group: str
    topic: str
    members: int
    lag: int


class FeedsStatus(Struct, frozen=True, kw_only=True):
    """How many feeds there are of each health, or paused."""

    new: int = 0
    ok: int = 0
    failing: int = 0
    gone: int = 0
    paused: int = 0

    @property
    def total(self) -> int:
        """All feeds."""
        return self.new + self.ok + self.failing + self.gone + self.paused


class RulesStatus(Struct, frozen=True, kw_only=True):
    """How many alert rules there are: matched and sent, matched and not sent for now, not matched."""

    active: int = 0
    snoozed: int = 0
    paused: int = 0

    @property
    def total(self) -> int:
        """All rules."""
        return self.active + self.snoozed + self.paused


class IndexStatus(Struct, frozen=True, kw_only=True):
    """A monthly index; `bytes` on disk, replicas included. Both are None while none of its shards is up."""

    index: str
    documents: int | None
    bytes: int | None


READERS = (
    (topics.WORKER_GROUP, (topics.RAW,)),
    (topics.SINK_GROUP, (topics.ARTICLES,)),
    (topics.ALERT_SINK_GROUP, (topics.ALERTS,)),
    (topics.DELIVER_GROUP, (topics.ALERTS,)),
    (topics.FEEDS_GROUP, (topics.FEED_ITEMS, topics.FEED_PUSHES)),
)


def topic_statuses(admin: KafkaAdminClient, settings: Settings) -> list[TopicStatus]:
    """Every topic of this deployment, in the order of their declaration."""
    found = consumer_lag.partitions(admin)
    names = [topic.name(settings.topic_prefix) for topic in topics.TOPICS]
    places = [place for name in names for place in found.get(name, ())]
    first = consumer_lag.first_offsets(admin, places)
    last = consumer_lag.end_offsets(admin, places)
    return [
        TopicStatus(
            topic=name,
            partitions=len(found.get(name, ())),
            records=sum(last[place] - first[place] for place in found[name]) if name in found else None,
        )
        for name in names
    ]


def group_statuses(admin: KafkaAdminClient, settings: Settings) -> list[GroupStatus]:
    """The services' consumer groups; a group that never ran has no members and lags by the whole topic.

    Senders of alerts are left out where none runs and there is no channel to send to.
    """
    found = consumer_lag.partitions(admin)
    names = [topics.group(settings.topic_prefix, suffix) for suffix, _ in READERS]
    committed = consumer_lag.committed_offsets(admin, names)
    members = consumer_lag.members(admin, names)
    statuses = []
    for name, (suffix, read) in zip(names, READERS, strict=True):
        if suffix == topics.DELIVER_GROUP and not (settings.deliver.channels or members.get(name)):
            continue
        named = [topic.name(settings.topic_prefix) for topic in read]
        places = [place for topic in named for place in found.get(topic, ())]
        waiting = consumer_lag.waiting(admin, places, committed.get(name, {}))
        statuses.append(
            GroupStatus(
                service=suffix,
                group=name,
                topic=", ".join(named),
                members=len(members.get(name, ())),
                lag=sum(waiting.values()),
            )
        )
    return statuses


def feeds_status(settings: Settings, report: Report) -> FeedsStatus:
    """Of all feeds. Raises MissingTopicError, KafkaRefusedError."""
    registry = feed_registry.read(settings, report)
    return FeedsStatus(
        **Counter[str](condition_of(feed, registry.states.get(feed.id)) for feed in registry.feeds.values())
    )


def rules_status(rules: Iterable[Rule], now: datetime) -> RulesStatus:
    """Of these rules."""

    def state(rule: Rule) -> str:
        if rule.paused:
            return "paused"
        return "snoozed" if rule.snoozed_until and rule.snoozed_until > now else "active"

    return RulesStatus(**Counter[str](map(state, rules)))


def index_statuses(client: Elasticsearch, settings: Settings) -> list[IndexStatus]:
    """The monthly indices of alerts and of articles, each oldest first.

    Raises SearchEngineAwayError, SearchEngineRefusedError.
    """
    names = [f"{index.alias(settings.index_prefix)}-*" for index in (search_index, alert_index)]
    try:
        # Statistics leave out what has no shard up.
        existing = client.cluster.health(index=names, level="indices")["indices"]
        stats = client.indices.stats(index=names, metric=["docs", "store"])["indices"]
    except (ApiError, TransportError) as error:
        raise failure(error, client) from error

    def status(name: str) -> IndexStatus:
        if name not in stats:
            return IndexStatus(index=name, documents=None, bytes=None)
        found = stats[name]
        return IndexStatus(
            index=name,
            documents=found["primaries"].get("docs", {}).get("count"),
            bytes=found["total"].get("store", {}).get("size_in_bytes"),
        )

    return [status(name) for name in sorted({*existing, *stats})]
