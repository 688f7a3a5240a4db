"""Logs and metrics. Every metric is declared here, once, and described in docs/metrics.md.

Logs go to standard error through `logging`, loggers named `newswire.<service>`; no secret and no article text is in
them.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server

from pipeline.chain import Result
from pipeline.config import Log, Metrics
from pipeline.drift import Drift
from pipeline.outcomes import Dropped, Kept, Outcome, Rejected

_LATENCY_BUCKETS = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 10, 30, 60, 300, 3600)

RECORDS = Counter("newswire_records", "Records that the worker finished, by outcome", ["outcome"])
DROPPED = Counter("newswire_dropped", "Records dropped, by stage and reason", ["stage", "reason"])
REJECTED = Counter("newswire_rejected", "Records sent to the dead letters, by stage", ["stage"])
STAGE_SECONDS = Counter(
    "newswire_stage_seconds", "CPU time spent in a stage, seconds; `alerts`: matching the rules", ["stage"]
)
RETRIES = Counter("newswire_retries", "Tries that failed for a passing reason and were repeated", ["service"])
RULES = Gauge(
    "newswire_rules", "Alert rules that the worker knows: in force, paused, broken (the log has them)", ["state"]
)
RULES_LOAD_SECONDS = Gauge("newswire_rules_load_seconds", "How long the worker took to load the rules, at its start")
ALERTS_RAISED = Counter(
    "newswire_alerts", "Alerts raised, repetitions included: of news, of a backfill, of a replay", ["kind"]
)
ALERT_FAILURES = Counter(
    "newswire_alert_failures",
    "Articles published without all their alerts, as matching failed; dead letters of the stage `alerts`",
)
INDEXED = Counter(
    "newswire_indexed", "Articles the sink finished: written, stale (a newer one was there), refused", ["result"]
)
INDEX_LATENCY = Histogram(
    "newswire_index_latency_seconds", "From first_seen to acknowledged by the search engine", buckets=_LATENCY_BUCKETS
)
ALERTS_INDEXED = Counter(
    "newswire_alerts_indexed", "Alerts the sink finished: written, stale (of an older article), refused", ["result"]
)
BATCH_RECORDS = Gauge("newswire_batch_records", "Records in the batch that was finished last", ["service"])
REPEATED = Counter("newswire_repeated_lines", "Lines removed because their source repeats them")
DRIFTING = Gauge(
    "newswire_drifting_sources",
    "Sources of which cleaning removes more or less than usual; the worker's log names them",
)
WEB_REQUESTS = Counter(
    "newswire_web_requests", "HTTP requests for articles, by status; 499: the client left", ["status"]
)
WEB_RECORDS = Counter(
    "newswire_web_records", "Records that came over HTTP: accepted, refused, unacknowledged (503)", ["outcome"]
)
WEB_BYTES = Counter("newswire_web_bytes", "Bodies of those requests, as they were sent, bytes")
WEB_SECONDS = Histogram("newswire_web_seconds", "From a request's head to its answer", buckets=_LATENCY_BUCKETS)

FEED_POLLS = Counter("newswire_feed_polls", "Polls of feeds: changed, unchanged, failed", ["result"])
FEED_SECONDS = Histogram("newswire_feed_seconds", "From a poll's request to its answer", buckets=_LATENCY_BUCKETS)
FEED_LATENESS = Histogram(
    "newswire_feed_lateness_seconds", "From when a poll was due to its request", buckets=_LATENCY_BUCKETS
)
FEED_SIGHTINGS = Counter("newswire_feed_sightings", "Items that were new in a feed, or had changed")
FEED_GAPS = Counter("newswire_feed_gaps", "Polls between which items were probably missed")
FEEDS = Gauge("newswire_feeds", "Feeds of this poller, by health: new, ok, failing, gone; or paused", ["health"])
PAGE_FETCHES = Counter("newswire_page_fetches", "Fetches of article pages: fetched, unchanged, failed", ["result"])
FEED_ARTICLES = Counter(
    "newswire_feed_articles", "Articles that feeds led to: new, changed, joined (another feed carried it)", ["kind"]
)


WEBSUB_REQUESTS = Counter(
    "newswire_websub_requests",
    "Requests of WebSub hubs: verified, ended or denied subscriptions; delivered content; unsigned and forged content, "
    "which is ignored; refused (4xx), unavailable (503)",
    ["outcome"],
)
WEBSUB_BYTES = Counter("newswire_websub_bytes", "Content that hubs sent, as it was sent, bytes")

ALERTS_TAKEN = Counter(
    "newswire_alerts_taken",
    "Alerts that the sender read: new, known (a repetition), unsent (no channel, or no news), broken",
    ["result"],
)
DISPATCHES = Counter(
    "newswire_dispatches",
    "Changes of alerts at channels: waiting, sending, sent, failed, withheld; docs/channels.md",
    ["state"],
)
DISPATCHES_OPEN = Gauge("newswire_dispatches_open", "Alerts that wait for their time or their channel")
ALERT_MESSAGES = Counter(
    "newswire_alert_messages", "Tries of messages, by kind of channel: sent, retried, failed", ["kind", "result"]
)
ALERT_DELAY = Histogram(
    "newswire_alert_delay_seconds",
    "From the match to the channel's answer, digests and quiet hours included",
    buckets=(*_LATENCY_BUCKETS, 86_400),
)

METRICS = (
    *(FEED_POLLS, FEED_SECONDS, FEED_LATENESS, FEED_SIGHTINGS, FEED_GAPS, FEEDS, PAGE_FETCHES, FEED_ARTICLES),
    *(RECORDS, DROPPED, REJECTED, STAGE_SECONDS, RETRIES, REPEATED, DRIFTING),
    *(ALERTS_TAKEN, DISPATCHES, DISPATCHES_OPEN, ALERT_MESSAGES, ALERT_DELAY),
    *(RULES, RULES_LOAD_SECONDS, ALERTS_RAISED, ALERT_FAILURES),
    *(INDEXED, INDEX_LATENCY, ALERTS_INDEXED, BATCH_RECORDS),
    *(WEB_REQUESTS, WEB_RECORDS, WEB_BYTES, WEB_SECONDS),
    *(WEBSUB_REQUESTS, WEBSUB_BYTES),
)

_DRIFTS = {
    "more": "cleaning removes {now:.0%} of the text of {source}, usually {usual:.0%}: it may serve a wall, or its "
    "pages have changed. Look at one with `newswire try`, and at the dropped records by reason",
    "less": "cleaning removes {now:.0%} of the text of {source}, usually {usual:.0%}: its pages may have changed, and "
    "boilerplate pass as text. Look at the end of one with `newswire try`",
    "untouched": "cleaning takes something from {now:.0%} of the stories of {source}, usually from {usual:.0%}: its "
    "pages may have changed, and boilerplate pass as text. Look at the end of one with `newswire try`",
    "back": "cleaning {source} is back to what is usual",
}


def count_result(result: Result) -> None:
    """What the stages took, and the lines that were removed as repeated."""
    for stage, seconds in result.seconds:
        STAGE_SECONDS.labels(stage).inc(seconds)
    if isinstance(result.outcome, Kept):
        REPEATED.inc(sum(removal.kind == "repeated" for removal in result.outcome.article.removed))


def count_outcomes(outcomes: Iterable[Outcome]) -> None:
    """How the records of a batch ended."""
    for outcome in outcomes:
        RECORDS.labels(type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Dropped):
            DROPPED.labels(outcome.stage, outcome.reason).inc()
        elif isinstance(outcome, Rejected):
            REJECTED.labels(outcome.stage).inc()


def describe_drift(drift: Drift) -> str:
    """The line for the log: which source, how far off, and where to look."""
    source = "".join(
        mark if mark.isprintable() else "\ufffd" for mark in drift.source[:200]
    )  # one line, whatever it holds
    return _DRIFTS[drift.kind].format(source=source, usual=drift.usual, now=drift.now)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


class Throttle(logging.Filter):
    """Lets a library say the same thing once in `interval` seconds, and then how often it wanted to.

    aiokafka writes thirty lines a second while a broker is away. Our own loggers are let through.
    """

    def __init__(self, interval: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._interval = interval
        self._clock = clock
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        if record.name == "newswire" or record.name.startswith("newswire."):
            return True
        key = (record.name, str(record.msg)[:40])
        told_at, held_back = self._told.get(key, (float("-inf"), 0))
        now = self._clock()
        if now - told_at < self._interval:
            self._told[key] = (told_at, held_back + 1)
            return False
        self._told[key] = (now, 0)
        if held_back:
            record.msg = f"{record.getMessage()} (and {held_back} times more in the last {now - told_at:.0f} s)"
            record.args = ()
        return True


def start_logging(log: Log) -> None:
    """Send this process's logs to standard error. Libraries speak from WARNING on, or from DEBUG on at DEBUG."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Throttle())
    if log.format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING if log.level == "INFO" else log.level, handlers=[handler], force=True)
    logging.getLogger("newswire").setLevel(log.level)
    if log.level != "DEBUG":
        # It cannot read what Faust's members say to each other, and complains at length whenever lag is looked at.
        logging.getLogger("kafka.admin._groups").setLevel(logging.ERROR)


def serve_metrics(metrics: Metrics, offset: int = 0) -> None:
    """Serve the metrics on the configured port plus `offset`; nothing when it is 0."""
    if metrics.port:
        start_http_server(metrics.port + offset, addr=metrics.host, registry=REGISTRY)
