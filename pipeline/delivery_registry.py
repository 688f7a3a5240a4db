"""What became of alerts at channels, as the command line sees it: read from Kafka, and failed ones sent again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

import msgspec

from pipeline.config import Settings
from pipeline.delivery_records import Dispatch
from pipeline.kafka_connection import Report
from pipeline.outbox.messages import again
from pipeline.producer import Producer
from pipeline.records import UNREADABLE
from pipeline.topic_reader import TopicReader
from pipeline.topics import DELIVERIES

log = logging.getLogger("newswire.deliver")


def read(settings: Settings, report: Report) -> list[tuple[int, Dispatch]]:
    """The newest state of every alert at every channel, with its partition, the latest change first.

    Waits for Kafka; raises MissingTopicError and KafkaRefusedError.
    """
    found: dict[tuple[int, bytes], bytes] = {}
    with TopicReader(settings, report, (DELIVERIES,)) as reader:
        for record in reader.read():
            place = record.partition, record.key or b""
            if record.value is None:
                found.pop(place, None)
            else:
                found[place] = record.value
    decoder = msgspec.json.Decoder(Dispatch)
    dispatches = []
    for (partition, key), value in found.items():
        try:
            dispatches.append((partition, decoder.decode(value)))
        except UNREADABLE as error:
            log.warning("dispatch %s is not readable and is passed over: %s", key.decode("utf-8", "replace"), error)
    return sorted(dispatches, key=lambda each: each[1].changed_at, reverse=True)


def retry(settings: Settings, report: Report, dispatches: Iterable[tuple[int, Dispatch]], now: datetime) -> int:
    """Have those of these that have failed sent again; how many they are. Returns once Kafka has acknowledged it.

    A running sender sees it and takes them up; it writes failed ones by itself no more, so that nobody interferes.
    Raises NewswireError.
    """
    name = DELIVERIES.name(settings.topic_prefix)
    with Producer(settings, report) as producer:
        sent = [
            producer.send(name, each.key.encode(), msgspec.json.encode(again(each, now)), partition=partition)
            for partition, each in dispatches
            if each.state == "failed" and each.content
        ]
        for future in sent:
            future.result()
    return len(sent)
