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
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import faust
import mode
from faust.exceptions import ConsumerNotStarted

from pipeline import topics
from pipeline.chain import Chain, chain_of
from pipeline.config import Settings
from pipeline.kafka_connection import connection_options
from pipeline.observe import BATCH_RECORDS
from pipeline.processor import CircuitOpenError, Processor, Progress
from pipeline.publication import Input, Message
from pipeline.rule_follower import RuleFollower
from pipeline.source_memory import SourceMemory
from pipeline.stopping import FINISH_SECONDS, limit
from pipeline.watchdog import Backlog, Watchdog, end_process

EXIT_FAILED = 70
"""Something unexpected; nothing of the batch was acknowledged. The supervisor starts the worker again."""
EXIT_CIRCUIT_OPEN = 75
"""Too many rejects."""

log = logging.getLogger("newswire.worker")


class App(faust.App):
    """Faust without its folders, as nothing of ours is kept on disk, and with a limit to its stop."""

    def _create_directories(self) -> None:
        """It would make `<group>-data/` in the working directory."""

    async def on_stop(self) -> None:
        """Called first when the worker stops. Faust would wait for Kafka for as long as it is away."""
        limit()
        stopping = asyncio.ensure_future(super().on_stop())
        ended, _ = await asyncio.wait({stopping}, timeout=FINISH_SECONDS)
        if not ended:
            log.warning("Kafka does not answer; records that it has not acknowledged are read again")
            _exit(0)
        await stopping


def build(
    settings: Settings, chain: Chain, memory: SourceMemory, progress: Progress, rules: RuleFollower | None = None
) -> faust.App:
    """The Faust application of one worker process; without rules it raises no alerts. Raises ConfigError."""
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
        for topic in (topics.ARTICLES, topics.ALERTS, topics.DEAD_LETTERS)
    }

    async def send(message: Message) -> None:
        # The first await hands the message to the buffer, the second one waits for the brokers.
        sent = await channels[message.topic].send(
            key=message.key, value=message.value, headers=dict(message.headers) or None
        )
        await sent

    processor = Processor(settings, chain, memory, rules=rules, send=send, progress=progress)
    if rules:
        _keep(rules, app)

    @app.agent(raw, name="work")  # type: ignore[untyped-decorator,unused-ignore] # Faust's decorators are untyped
    async def work(stream: Any) -> None:
        async for events in stream.noack_take(settings.worker.batch_records, within=settings.worker.batch_seconds):
            progress.busy = True
            try:
                await processor.until_durable([_input(event) for event in events])
            except asyncio.CancelledError:
                raise
            except CircuitOpenError:
                _exit(EXIT_CIRCUIT_OPEN)
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


def _keep(rules: RuleFollower, app: faust.App) -> None:
    @app.task  # type: ignore[untyped-decorator,unused-ignore] # see above
    async def keep_rules() -> None:
        try:
            await rules.keep()
        except asyncio.CancelledError:
            rules.close()
            raise
        except Exception:
            log.critical("stopping: a change of rules could not be put in force", exc_info=True)
            _exit(EXIT_FAILED)


def run_worker(settings: Settings) -> None:
    """Run one worker until SIGTERM or SIGINT; ends the process. Raises ConfigError and KafkaRefusedError."""
    chain = chain_of(settings.stages, settings.stage_options)
    memory = SourceMemory(settings.cleaning.repeated_stories, settings.cleaning.drift_share)
    if settings.cleaning.learn:
        chain = Chain(list(memory.around(chain.stages)))
    rules = RuleFollower(settings, lambda: _exit(EXIT_FAILED)) if settings.alerts.match else None
    if rules:
        rules.load()  # before it joins the group: partitions wait for nobody who is not ready
    progress = Progress()
    app = build(settings, chain, memory, progress, rules)
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
    time = datetime.fromtimestamp(message.timestamp, UTC) if (message.timestamp or 0) > 0 else None
    return Input(message.topic, message.partition, message.offset, message.key, message.value or b"", pairs, time)


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
