"""How changes of rules that were read are put in force; test_alert_matching.py has the reading."""

from __future__ import annotations

import asyncio

from pipeline.alert_records import Rule
from pipeline.config import Settings
from pipeline.rule_follower import RuleFollower
from tests.test_rule_matcher import made


def follower(*changes: tuple[str, Rule | None]) -> RuleFollower:
    """One that has read these."""
    new = RuleFollower(Settings(), lambda: None)
    new._changes.extend(changes)
    return new


def fired(new: RuleFollower, text: str) -> list[str]:
    return [rule.id for rule in new.rules.match(made(text))[0]]


def test_changes_are_put_in_force_in_their_order() -> None:
    a, b = Rule(id="a", query="tide"), Rule(id="b", query="tide")
    new = follower(("a", a), ("b", b), ("a", None), ("b", None), ("a", a), ("a", Rule(id="a", query="storm")))
    new.step(10)
    assert fired(new, "tide") == []
    assert fired(new, "storm") == ["a"]


def test_a_step_ends_with_its_time_and_the_next_one_goes_on() -> None:
    new = follower(*((f"{n}", Rule(id=f"{n}", query=f"tide{n}")) for n in range(2000)))
    new.step(0)
    assert len(new.rules) == 0
    new.step(0.001)
    assert 0 < len(new.rules) < 2000
    before = len(new.rules)
    new.step(60)
    assert before < len(new.rules) == 2000


def test_an_import_leaves_the_loop_to_articles() -> None:
    new = follower(*((f"{n}", Rule(id=f"{n}", query=f"tide{n} AND storm{n}")) for n in range(10_000)))

    async def turns() -> int:
        """How often another task has its turn until all is in force."""
        keeping = asyncio.create_task(new.keep())
        count = 0
        while len(new.rules) < 10_000:
            await asyncio.sleep(0)
            count += 1
        keeping.cancel()
        return count

    # A batch of articles takes hundreds of turns to be acknowledged.
    assert asyncio.run(turns()) > 1000


def test_a_rule_that_comes_while_nothing_else_does_is_put_in_force() -> None:
    new = follower()

    async def wait() -> None:
        keeping = asyncio.create_task(new.keep())
        await asyncio.sleep(0)
        new._changes.append(("a", Rule(id="a", query="tide")))
        while not len(new.rules):
            await asyncio.sleep(0.001)
        keeping.cancel()

    asyncio.run(asyncio.wait_for(wait(), 30))
    assert fired(new, "tide") == ["a"]
