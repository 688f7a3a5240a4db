"""What lies on a topic, for tests."""

from __future__ import annotations

from typing import Any

from kafka import KafkaConsumer, TopicPartition


def messages(bootstrap_servers: str, topic: str) -> list[Any]:
    """All messages that are there now, with their keys, values and headers; none of a topic that does not exist."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            return []
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for some in consumer.poll(timeout_ms=500).values():
                found.extend(some)
        return found
    finally:
        consumer.close()
