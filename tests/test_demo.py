"""The demo, as a newcomer runs it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pipeline.config import Settings
from pipeline.demo import latency
from pipeline.samples import sample_articles
from tests.command import newswire


def test_the_median_and_the_99th_percentile_are_nearest_ranks() -> None:
    told = latency([float(n) for n in range(1, 101)])
    assert (told.count, told.p50, told.p99) == (100, 51.0, 100.0)


@pytest.mark.engines
def test_the_demo_shows_every_sample_and_how_fast_it_was(settings: Callable[..., Settings]) -> None:
    folder = settings().local.data_dir
    # Longer than the demo itself waits, so that it can say what went wrong.
    made = newswire(settings(), "demo", "--once", seconds=400, NEWSWIRE_LOCAL__DATA_DIR=str(folder))
    assert made.status == 0, made.stderr + (folder / "logs" / "services.log").read_text()
    shown = made.stdout.decode()
    rows = re.findall(r"^│ (\w\w) (?:0\.\d\d|1\.00) +│", shown, re.M)
    assert len(rows) == len(sample_articles().read_text().splitlines())
    assert len(set(rows)) >= 6
    speed = re.search(r"p50 (\d+\.\d\d) s, p99 (\d+\.\d\d) s", shown)
    assert speed is not None
    assert 0 < float(speed[1]) <= float(speed[2])
    assert shown.count("$ newswire search") == 3
