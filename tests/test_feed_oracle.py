"""What pollers are held to: what a poll that was cut off was told counts as soon as a later one is told it, too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.request import urlopen

import pytest

from pipeline.feed_records import FeedState
from tests.feed_oracle import fates, known_by, missing, polls_of, told_by
from tests.feed_site.plan import Plan
from tests.feed_site.site import FeedSite
from tests.services import wait_until

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8 on its loopback device"
)
WINDOW = 4
PLAN = Plan(feeds=1, hosts=1, hours=100, windows=(WINDOW, WINDOW), rates=(8, 8), summaries=0)


@dataclass(frozen=True)
class Polled:
    """A site and when the answers of three polls of its feed were had: the second shows some items of the first no
    more, the third none of the second."""

    site: FeedSite
    at: tuple[float, ...]

    def state(self, poll: int, *, good: bool = True) -> FeedState:
        """As a poller writes it after one of them, counted from 0."""
        moment = self.site.timing.moment(self.at[poll])
        success = moment if good else moment - timedelta(days=1)
        return FeedState(id="feed", url=self.site.feed_url(0), last_poll=moment, last_success=success)

    def known(self, *states: FeedState) -> set[int]:
        """Numbers of the items that must be known."""
        items = self.site.told_ids()
        return {items[each].number for each in known_by(self.site, polls_of(self.site, {"feed": states}))}

    def shown(self, *polls: int) -> set[int]:
        versions = self.site.ledger().versions()[0]
        return {item for poll in polls for item in PLAN.planned[0].shown_of(versions[poll])}


@pytest.fixture(scope="module")
def polled() -> Iterator[Polled]:
    with FeedSite(PLAN, factor=1200) as site:
        at, out = [], 0
        for polls, more in enumerate((0, 0, WINDOW - 1), 1):
            moment = PLAN.planned[0].times[out + more]
            wait_until(lambda moment=moment: site.seconds() > moment, "new items are out")  # type: ignore[misc]
            with urlopen(site.feed_url(0)) as answer:
                answer.read()
            at.append(site.seconds())
            wait_until(lambda polls=polls: len(site.ledger()) == polls, "the poll is in the ledger")  # type: ignore[misc]
            out = site.ledger().versions()[0][-1]
        made = Polled(site, tuple(at))
        assert made.shown(0) - made.shown(1)
        assert made.shown(0) & made.shown(1)
        assert not made.shown(1) & made.shown(2)
        yield made


def test_what_polls_were_told_that_are_through_must_be_known(polled: Polled) -> None:
    assert polled.known(*map(polled.state, (0, 1, 2))) == polled.shown(0, 1, 2)


def test_of_a_poll_that_was_cut_off_what_a_later_one_was_told(polled: Polled) -> None:
    assert polled.known(polled.state(1)) == polled.shown(1)
    assert polled.known(polled.state(2)) == polled.shown(2)
    assert polled.known() == set()


def test_a_poll_whose_answer_was_not_read_is_not_through(polled: Polled) -> None:
    assert polled.known(polled.state(0, good=False), polled.state(2)) == polled.shown(2)


def test_what_is_missing_is_named_with_the_polls_that_showed_it(polled: Polled) -> None:
    site = polled.site
    polls = polls_of(site, {"feed": [polled.state(0)]})
    lost = missing(told_by(site, polls), {})
    assert len(lost) == len(polled.shown(0, 1, 2))
    gone = next(each for each, item in site.told_ids().items() if item.number == min(polled.shown(0)))
    item, *seen = fates(site, polls, [gone]).splitlines()[1:]
    assert f"out at {PLAN.planned[0].times[min(polled.shown(0))]} s" in item
    assert [line.split()[0] for line in seen] == ["in", "not", "not"]
    assert seen[0].endswith("200 through")
    assert seen[1].endswith("200 cut off")
