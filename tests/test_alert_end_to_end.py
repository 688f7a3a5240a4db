"""Alerts under `newswire run all`: a rule is added, an article is pushed, and the desk gets one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Settings
from tests.alert_receiver import receiving
from tests.command import newswire
from tests.raised_alerts import channel
from tests.services import running, wait_until

pytestmark = pytest.mark.engines

STORY = {
    "id": "barrier",
    "url": "https://news.example/2026/tide-barrier",
    "headline": "Tide barrier holds in the first storm",
    "body": "Harbour engineers closed the tide barrier at Port Ellery on Sunday for the first time.\n"
    '"It held," said Ada Quill, who leads the Coastal Survey.\nFerries run again from Monday.',
    "source": "news.example",
}


def test_what_a_rule_fires_for_reaches_its_channel_the_index_and_the_terminal(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    deployed = settings()
    now = datetime.now(UTC).isoformat()
    story = json.dumps({**STORY, "published_at": now}).encode()
    with receiving() as receiver:
        more = channel("desk", receiver.url)
        assert newswire(deployed, "setup").status == 0
        services = {**more, "NEWSWIRE_WORKER__PROCESSES": "1", "NEWSWIRE_FEEDS__PROCESSES": "0"}
        with running("all", deployed, tmp_path, **services) as service:
            for name, query in (("tides", '"tide barrier" AND clos*'), ("ferries", "ferries NEAR/3 monday")):
                rule = ("--id", name, "--owner", "harbour", "--channel", "desk", "--yes")
                added = newswire(deployed, "rules", "add", query, *rule, **more)
                assert added.status == 0, added.stderr
            wait_until(lambda: "rules are in force" in service.output, "the worker matches", 60, [service])
            assert newswire(deployed, "push", "-", stdin=story).status == 0
            wait_until(lambda: bool(receiver.bodies), "the desk was told", 60, [service])
            # The same article comes again, and later in a new version.
            assert newswire(deployed, "push", "-", stdin=story).status == 0
            changed = story.replace(b"Ferries run again", b"The ferries run again")
            assert newswire(deployed, "push", "-", stdin=changed).status == 0
            wait_until(
                lambda: (
                    b"The ferries run again" in newswire(deployed, "search", 'id:"barrier"', "--json").stdout
                    and len(newswire(deployed, "alerts", "list", "--json").lines) == 2
                ),
                "all is indexed",
                60,
                [service],
            )
            wait_until(
                lambda: (
                    {each["state"] for each in newswire(deployed, "rules", "deliveries", "--json", **more).lines}
                    == {"sent"}
                ),
                "it is written down",
                60,
                [service],
            )
    assert len(receiver.bodies) == 1
    alerts = receiver.bodies[0]["alerts"]
    assert {each["rule"]["id"] for each in alerts} == {"tides", "ferries"}
    tides = next(each for each in alerts if each["rule"]["id"] == "tides")
    assert set(tides["terms"]) == {"tide barrier", "closed"}
    texts = {"headline": STORY["headline"], "body": STORY["body"]}
    fired = {texts[span["field"]][span["start"] : span["end"]].lower() for span in tides["spans"]}
    assert fired == {"tide barrier", "closed"}
