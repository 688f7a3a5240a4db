"""Every topic and consumer group, declared once. Names get the deployment's prefix: `news.raw`, `news-worker`."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
DAY_MS = 24 * 60 * 60 * 1000

MAX_RAW_BYTES = 8 * MIB
"""Largest raw record that a producer may send. An article of a megabyte is already rare."""

MAX_ARTICLE_BYTES = 3 * MAX_RAW_BYTES
"""Largest article. It can outgrow its raw record: entities and removals are stored beside the text."""

MAX_REASON_LENGTH = 2000
"""Characters of a dead letter's reason; a server's message can be as long as the document that it refuses."""

_COMPACTION = {
    "cleanup.policy": "compact",
    # Such a topic is read whole at each start of a service. Kafka compacts no segment that it still writes to, and by
    # itself begins a new one after a week or a gigabyte.
    "segment.bytes": str(64 * MIB),
    "segment.ms": str(60 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.2",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic without its prefix. `retention_ms` is ignored where `compacted`; the settings say how many `partitions`
    those of articles, of feeds and of alerts have."""

    suffix: str
    meaning: str
    key: str
    schema: str
    producers: tuple[str, ...]
    partitions: int = 8
    retention_ms: int = 7 * DAY_MS
    compacted: bool = False
    max_message_bytes: int = MAX_RAW_BYTES

    def name(self, prefix: str) -> str:
        """The full name in a deployment."""
        return f"{prefix}.{self.suffix}"

    def settings(self) -> dict[str, str]:
        """Topic-level settings as Kafka names them."""
        policy = _COMPACTION if self.compacted else {"retention.ms": str(self.retention_ms)}
        return {**policy, "max.message.bytes": str(self.max_message_bytes)}


RAW = Topic(
    suffix="raw",
    meaning="articles as producers found them",
    key="article id",
    schema="raw-article-1.json",
    producers=("push", "web", "feeds", "dead-letters replay"),
    # The producer's own limit is MAX_RAW_BYTES; the rest is for keys, headers and batch framing.
    max_message_bytes=MAX_RAW_BYTES + MIB,
)
ARTICLES = Topic(
    suffix="articles",
    meaning="clean, tagged articles",
    key="article id",
    schema="article-1.json",
    producers=("worker",),
    max_message_bytes=MAX_ARTICLE_BYTES + MIB,
)
DEAD_LETTERS = Topic(
    suffix="dead-letters",
    meaning="refused records, byte for byte, with the reason in the headers",
    key="the refused record's key",
    schema="dead-letter-1.json",
    producers=("worker", "sink"),
    partitions=1,
    retention_ms=30 * DAY_MS,
    # Whatever fitted one of the other topics must fit here with its headers.
    max_message_bytes=MAX_ARTICLE_BYTES + 2 * MIB,
)


FEEDS = Topic(
    suffix="feeds",
    meaning="feeds that users want watched",
    key="feed id",
    schema="feed-1.json",
    producers=("feeds add, import, pause, remove, poll", "feeds (a feed that moved to another host)"),
    compacted=True,
    max_message_bytes=MIB,
)
FEED_STATE = Topic(
    suffix="feed-state",
    meaning="how the polls of each feed went",
    key="feed id",
    schema="feed-state-1.json",
    producers=("feeds",),
    compacted=True,
    max_message_bytes=MIB,
)
FEED_ITEMS = Topic(
    suffix="feed-items",
    meaning="items that feeds carried, on their way to the poller of the article's host",
    key="article id",
    schema="sighting-1.json",
    producers=("feeds",),
    retention_ms=2 * DAY_MS,
    max_message_bytes=MAX_RAW_BYTES + MIB,
)
PAGES = Topic(
    suffix="pages",
    meaning="articles that feeds led to: which feeds, and when their pages are fetched",
    key="article id",
    schema="page-1.json",
    producers=("feeds",),
    compacted=True,
    max_message_bytes=MAX_RAW_BYTES + 2 * MIB,
)
FEED_PUSHES = Topic(
    suffix="feed-pushes",
    meaning="what WebSub hubs sent",
    key="feed id",
    schema="feed-push-1.json",
    producers=("web",),
    retention_ms=2 * DAY_MS,
    max_message_bytes=3 * MAX_RAW_BYTES + MIB,
)

RULES = Topic(
    suffix="rules",
    meaning="alert rules in force",
    key="rule id",
    schema="rule-1.json",
    producers=("rules add, import, snooze, remove",),
    partitions=1,  # every worker reads all of them, in the order in which they were written
    compacted=True,
    max_message_bytes=MIB,
)
ALERTS = Topic(
    suffix="alerts",
    meaning="rules that fired for articles",
    key="the rule's owner, or else the rule",
    schema="alert-1.json",
    producers=("worker",),
    retention_ms=30 * DAY_MS,
    max_message_bytes=2 * MIB,
)
DELIVERIES = Topic(
    suffix="deliveries",
    meaning="what became of each alert at each channel",
    key="alert id and channel",
    schema="dispatch-1.json",
    producers=("deliver", "rules retry"),
    compacted=True,
    max_message_bytes=3 * MIB,
)

FEED_TOPICS: tuple[Topic, ...] = (FEEDS, FEED_STATE, FEED_ITEMS, PAGES, FEED_PUSHES)
ALERT_TOPICS: tuple[Topic, ...] = (ALERTS, DELIVERIES)
"""A record of DELIVERIES lies in the partition of its alert."""
TOPICS: tuple[Topic, ...] = (RAW, ARTICLES, DEAD_LETTERS, *FEED_TOPICS, RULES, *ALERT_TOPICS)

WORKER_GROUP = "worker"
SINK_GROUP = "sink"
ALERT_SINK_GROUP = "alert-sink"
FEEDS_GROUP = "feeds"
DELIVER_GROUP = "deliver"


def group(prefix: str, suffix: str) -> str:
    """A consumer group's full name in a deployment."""
    return f"{prefix}-{suffix}"
