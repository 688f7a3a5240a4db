"""The parts of the worker that need no Kafka; test_faults.py has the rest."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from faust.exceptions import ConsumerNotStarted

from pipeline.config import Kafka, Settings
from pipeline.worker import Progress, _assigned, _waiting, build


@pytest.mark.parametrize(
    ("read", "done", "committed", "waits"),
    [
        (None, None, None, False),  # nothing was ever read
        (200, None, 200, False),  # assigned, and no record came since
        (205, None, 200, True),  # records were read and the agent never got them
        (205, 205, 200, False),
        (205, 203, 200, True),
        (300, 100, 300, False),  # another worker went on from 100 to 300, then the partition came back
    ],
)
def test_records_wait_when_they_were_read_and_neither_done_nor_committed(
    read: int | None, done: int | None, committed: int | None, waits: bool
) -> None:
    app = SimpleNamespace(consumer=SimpleNamespace(_read_offset={"tp": read}, _committed_offset={"tp": committed}))
    progress = Progress()
    if done is not None:
        progress.done["tp"] = done
    assert _waiting(app, progress) is waits


def test_faust_is_set_up_so_that_nothing_is_lost_and_nobody_can_reach_it() -> None:
    settings = Settings(kafka=Kafka(bootstrap_servers="a:1, b:2"))
    conf = build(settings, chain=None, memory=None, progress=Progress()).conf
    assert [str(url) for url in conf.broker] == ["kafka://a:1", "kafka://b:2"]
    assert conf.stream_wait_empty is False
    assert conf.broker_max_poll_interval == 2_000_000
    assert conf.agent_supervisor.__name__ == "CrashingSupervisor"
    assert conf.web_enabled is False
    assert conf.topic_allow_declare is False


def test_a_worker_that_has_not_started_yet_has_no_partitions() -> None:
    settings = Settings(kafka=Kafka(bootstrap_servers="a:1"))
    app = build(settings, chain=None, memory=None, progress=Progress())
    with pytest.raises(ConsumerNotStarted):
        app.consumer.assignment()
    assert _assigned(app) == set()


def test_a_sasl_password_stays_out_of_the_settings_that_are_shown() -> None:
    kafka = Kafka(
        bootstrap_servers="a:1", security_protocol="SASL_PLAINTEXT", sasl_username="u", sasl_password="secret"
    )
    app = build(Settings(kafka=kafka), chain=None, memory=None, progress=Progress())
    assert app.conf.broker_credentials.password == "secret"
    assert "secret" not in repr(kafka)
    assert "secret" not in str(app.conf.broker)
