"""The stream processor: `news.raw` through the chain to `news.articles` or `news.dead-letters`. The only user of Faust.

The pattern lost nothing in 150,000 messages and 48 kills: one agent, concurrency 1, `noack_take`, everything of a batch
durable before any of it is acknowledged, in offset order; whatever is unexpected ends the process, and the supervisor
starts it again. Facts about Faust 0.15.3 that force each setting stand beside it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import faust
import mode
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from faust.exceptions import ConsumerNotStarted

from pipeline import topics
from pipeline.breaker import CircuitBreaker
from pipeline.chain import Chain, chain_of
from pipeline.config import Settings
from pipeline.kafka_connection import connection_options
from pipeline.observe import BATCH_RECORDS, DRIFTING, RETRIES, count_outcomes, count_result, describe_drift
from pipeline.outcomes import Rejected
from pipeline.publication import Input, Publication, bury, publish
from pipeline.source_memory import SourceMemory
from pipeline.watchdog import Backlog, Watchdog, end_process

EXIT_FAILED = 70
"""Something unexpected; nothing of the batch was acknowledged. The supervisor starts the worker again."""
EXIT_CIRCUIT_OPEN = 75
"""Too many rejects."""

MAX_RETRY_SECONDS = 5.0

log = logging.getLogger("newswire.worker")


class Progress:
    """What the worker has done, for the watchdog; changed in the event loop, read from its thread."""

    def __init__(self) -> None:
        self.done: dict[Any, int] = {}
        self.busy = False
        self.touch: Callable[[], None] = lambda: None
        """To be called when something moved, be it only another try."""


class Processor:
    """Takes batches through the chain and makes the results durable."""

    def __init__(
        self,
        settings: Settings,
        chain: Chain,
        memory: SourceMemory,
        channels: dict[topics.Topic, Any],
        progress: Progress,
    ) -> None:
        self._chain = chain
        self._memory = memory
        self._channels = channels
        self._progress = progress
        self._breaker = CircuitBreaker(settings.worker.breaker_ratio, settings.worker.breaker_records)

    async def until_durable(self, events: Sequence[Any]) -> None:
        """Return once every record of the batch is published, or dropped. Retries passing faults for ever."""
        publications = []
        outcomes = []
        for event in events:
            source = _input(event)
            result = self._chain.process(source.value, datetime.now(UTC))
            count_result(result)
            publication = publish(result.outcome, source, datetime.now(UTC))
            outcomes.append(publication.outcome if publication else result.outcome)
            if publication:
                publications.append((source, publication))
            self._progress.touch()
            await asyncio.sleep(0)  # heartbeats and commits of the same loop go on between two articles
        self._tell_drift()
        self._stop_if_open(outcomes)
        await asyncio.gather(*(self._deliver(source, publication) for source, publication in publications))
        count_outcomes(outcomes)
        _tell_rejects(outcomes)

    async def _deliver(self, source: Input, publication: Publication) -> None:
        wait = 0.1
        while True:
            try:
                # The first await hands the message to the buffer, the second one waits for the brokers.
                sent = await self._channels[publication.topic].send(
                    key=publication.key, value=publication.value, headers=dict(publication.headers) or None
                )
                await sent
            except MessageSizeTooLargeError:
                if publication.topic is topics.DEAD_LETTERS:
                    raise
                too_large = Rejected(f"Kafka refuses {len(publication.value):,} bytes", "publish")
                publication = bury(too_large, source, datetime.now(UTC))
            except (KafkaError, OSError) as error:
                if not _is_transient(error):
                    raise
                RETRIES.labels("worker").inc()
                log.warning("Kafka does not take a record (%s), next try in %.1f s", type(error).__name__, wait)
                self._progress.touch()
                await asyncio.sleep(wait)
                wait = min(wait * 2, MAX_RETRY_SECONDS)
            else:
                return

    def _tell_drift(self) -> None:
        for change in self._memory.changes():
            log.log(logging.INFO if change.kind == "back" else logging.WARNING, "%s", describe_drift(change))
        DRIFTING.set(self._memory.drifting)

    def _stop_if_open(self, outcomes: Sequence[Any]) -> None:
        if not self._breaker.opens(isinstance(outcome, Rejected) for outcome in outcomes):
            return
        last = next(outcome for outcome in reversed(outcomes) if isinstance(outcome, Rejected))
        log.critical(
            "circuit open: too many rejects, nothing of this batch was acknowledged. Last one: %s: %s. "
            "Mend the cause, or let them pass with worker.breaker_ratio = 1",
            last.stage,
            last.reason,
        )
        _exit(EXIT_CIRCUIT_OPEN)


class App(faust.App):
    """Faust without its folders: nothing of ours is kept on disk."""

    def _create_directories(self) -> None:
        """It would make `<group>-data/` in the working directory."""


def build(settings: Settings, chain: Chain, memory: SourceMemory, progress: Progress) -> faust.App:
    """The Faust application of one worker process. Raises ConfigError."""
    options = connection_options(settings.kafka)
    app = App(
        topics.group(settings.topic_prefix, topics.WORKER_GROUP),
        broker=[f"kafka://{server}" for server in options["bootstrap_servers"]],
        broker_credentials=_credentials(options),
        value_serializer="raw",
        key_serializer="raw",
        stream_wait_empty=False,
        # Passed under backpressure, this limit stalls the consumer for good; the watchdog stands in for it.
        broker_max_poll_interval=2_000_000,
        broker_commit_interval=1.0,
        # How long the partitions of a killed worker wait for another one; heartbeats have a thread of their own.
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        # An exception must end the process: in a stream it would acknowledge the record, whatever the settings.
        agent_supervisor=mode.CrashingSupervisor,
        stream_ack_exceptions=False,
        stream_ack_cancelled_tasks=False,
        stream_buffer_maxsize=2 * settings.worker.batch_records,
        consumer_max_fetch_size=topics.MAX_RAW_BYTES,
        producer_compression_type="lz4",
        producer_max_request_size=topics.DEAD_LETTERS.max_message_bytes,
        producer_linger=0.005,
        # Its web server would listen on all addresses without authentication.
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
    )
    prefix = settings.topic_prefix
    raw = app.topic(topics.RAW.name(prefix), key_type=bytes, value_type=bytes)
    channels = {
        topic: app.topic(topic.name(prefix), key_type=bytes, value_type=bytes)
        for topic in (topics.ARTICLES, topics.DEAD_LETTERS)
    }
    processor = Processor(settings, chain, memory, channels, progress)

    @app.agent(raw, name="work")  # type: ignore[untyped-decorator,unused-ignore] # Faust's decorators are untyped
    async def work(stream: Any) -> None:
        async for events in stream.noack_take(settings.worker.batch_records, within=settings.worker.batch_seconds):
            progress.busy = True
            try:
                await processor.until_durable(events)
            except asyncio.CancelledError:
                raise
            except Exception:
                log.critical("stopping: a batch failed, nothing of it was acknowledged", exc_info=True)
                _exit(EXIT_FAILED)
            for event in events:
                event.ack()
                progress.done[event.message.tp] = event.message.offset
            progress.busy = False
            progress.touch()
            BATCH_RECORDS.labels("worker").set(len(events))

    return app


def run_worker(settings: Settings) -> None:
    """Run one worker until SIGTERM or SIGINT; ends the process."""
    chain = chain_of(settings.stages, settings.stage_options)
    memory = SourceMemory(settings.cleaning.repeated_stories, settings.cleaning.drift_share)
    if settings.cleaning.learn:
        chain = Chain(list(memory.around(chain.stages)))
    progress = Progress()
    app = build(settings, chain, memory, progress)
    _watch(app, settings, progress)
    log.info("worker of %s starts, stages %s", app.conf.id, ", ".join(settings.stages))
    worker: Any = faust.Worker(app, quiet=True, override_logging=False, redirect_stdouts=False, loglevel="WARNING")
    worker.spinner = None  # it writes to terminals that are none
    worker.execute_from_commandline()


def _watch(app: faust.App, settings: Settings, progress: Progress) -> None:
    """End the process when records wait and nothing moves: in a batch, inside Faust, or on the brokers."""
    topic = topics.RAW.name(settings.topic_prefix)
    backlog = Backlog(settings.kafka, topic, app.conf.id, lambda: _assigned(app))
    watchdog = Watchdog(
        settings.worker.stall_seconds,
        lambda: progress.busy or _waiting(app, progress) or backlog(),
        end_process,
    )
    progress.touch = watchdog.touch
    watchdog.start()


def _assigned(app: faust.App) -> set[Any]:
    """This worker's partitions; none before its consumer has started, which an exception would tell the watchdog."""
    try:
        return set(app.consumer.assignment())
    except ConsumerNotStarted:
        return set()


def _waiting(app: faust.App, progress: Progress) -> bool:
    """Whether Faust has read records that the agent never got to."""
    consumer: Any = app.consumer
    # Faust tells these nowhere else. What another worker committed meanwhile counts as done.
    read, committed = dict(consumer._read_offset), dict(consumer._committed_offset)
    return any(
        offset is not None and offset > max(progress.done.get(tp, -1), committed.get(tp) or 0)
        for tp, offset in read.items()
    )


def _input(event: Any) -> Input:
    message = event.message
    headers = message.headers or ()
    pairs = tuple(headers.items() if isinstance(headers, Mapping) else headers)
    return Input(message.topic, message.partition, message.offset, message.key, message.value or b"", pairs)


def _tell_rejects(outcomes: Sequence[Any]) -> None:
    rejected = Counter(outcome.stage for outcome in outcomes if isinstance(outcome, Rejected))
    if rejected:
        stages = ", ".join(f"{stage} {count}" for stage, count in sorted(rejected.items()))
        log.warning("records sent to the dead letters: %s; see `newswire dead-letters list`", stages)


def _is_transient(error: Exception) -> bool:
    """Whether another try can help: aiokafka says so itself, but for its time-outs."""
    return bool(getattr(error, "retriable", False)) or isinstance(error, (OSError, KafkaTimeoutError))


def _credentials(options: Mapping[str, Any]) -> Any:
    """Faust's form of kafka-python's options."""
    tls = None
    if options["security_protocol"].endswith("SSL"):
        tls = ssl.create_default_context(cafile=options.get("ssl_cafile"))
    if "sasl_mechanism" in options:
        return faust.SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=tls,
        )
    return faust.SSLCredentials(context=tls) if tls else None


def _exit(status: int) -> None:
    """End at once, without acknowledging anything on the way out."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)
