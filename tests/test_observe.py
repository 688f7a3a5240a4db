"""Logs: what libraries may repeat, and the lines that collectors read."""

from __future__ import annotations

import json
import logging

from pipeline.observe import JsonFormatter, Throttle


def record(name: str, message: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, None)


def test_a_library_repeats_itself_once_in_a_while_and_says_how_often_it_wanted_to() -> None:
    now = 0.0
    throttle = Throttle(interval=30, clock=lambda: now)
    assert throttle.filter(record("aiokafka", "Unable to connect to node %s", 1))
    assert not any(throttle.filter(record("aiokafka", "Unable to connect to node %s", 1)) for _ in range(5))
    now = 31.0
    told = record("aiokafka", "Unable to connect to node %s", 1)
    assert throttle.filter(told)
    assert told.getMessage() == "Unable to connect to node 1 (and 5 times more in the last 31 s)"


def test_different_messages_do_not_hide_each_other() -> None:
    throttle = Throttle(clock=lambda: 0.0)
    assert throttle.filter(record("aiokafka", "one"))
    assert throttle.filter(record("aiokafka", "two"))
    assert throttle.filter(record("kafka", "one"))


def test_our_own_loggers_are_never_held_back() -> None:
    throttle = Throttle(clock=lambda: 0.0)
    assert all(throttle.filter(record("newswire.sink", "waiting")) for _ in range(3))


def test_a_json_line_is_one_object_whatever_the_message_holds() -> None:
    line = JsonFormatter().format(record("newswire.sink", "two\nlines, %s", "“quoted”"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "two\nlines, “quoted”"
