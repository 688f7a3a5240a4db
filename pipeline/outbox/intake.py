"""What becomes of an alert when it comes in: a dispatch for each channel that it is to go to, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import UNSET, Struct
from msgspec.structs import replace

from pipeline.alert_records import Alert, Delivery, Rule
from pipeline.delivery_records import Dispatch
from pipeline.outbox.timetable import after_quiet, next_digest


class Limited(Struct, frozen=True):
    """What throttles the next message: when the last one was, or will be, sent, and the bundle that still waits."""

    at: datetime
    bundle: str = ""


def rule_of(alert: Alert, current: Rule | None) -> Rule:
    """By whose word it is sent: the rule as it is now, else as it was."""
    return current or alert.rule


def withheld(alert: Alert, current: Rule | None, now: datetime) -> str | None:
    """Why it is not sent, in words; None where nothing is against it.

    What fired while the rule was snoozed does not come later: the index has it. A rule that was removed or paused says
    nothing more.
    """
    if current is None:
        return "the rule was removed"
    if alert.late is not UNSET and not current.replays:
        return f"the article is no news: {alert.late}"
    if current.paused:
        return "the rule is paused"
    if current.snoozed_until is not None and now < current.snoozed_until:
        return f"the rule is snoozed until {current.snoozed_until.isoformat()}"
    return None


def dispatch(
    alert: Alert, channel: str, current: Rule | None, now: datetime, *, gather: timedelta, limited: Limited | None
) -> Dispatch:
    """What is to be written down for it: withheld, or waiting for its time. `limited` is for `limit_of` it."""
    rule = rule_of(alert, current)
    made = Dispatch(
        alert=alert.id,
        channel=channel,
        rule=rule.id,
        article=alert.article.id,
        # Not that of the rule as it is now: the alert lies in the partition of this one.
        group=alert.rule.group,
        state="waiting",
        limit=limit_of(alert, rule),
        changed_at=now,
        content=alert,
    )
    reason = withheld(alert, current, now)
    if reason:
        return replace(made, state="withheld", reason=reason, content=None)
    try:
        due, bundle = _when(alert, rule.delivery, now, gather, limited)
    except ValueError as error:  # the timezone; it must not keep an alert back
        due, bundle = now, f"article {alert.article.id}"
        made = replace(made, reason=str(error))
    return replace(made, due=due, bundle=bundle)


def limit_of(alert: Alert, rule: Rule) -> str:
    """What a throttled message counts for; empty where the rule is not throttled."""
    delivery = rule.delivery
    if not delivery.throttle_seconds or delivery.every != "article":
        return ""
    if delivery.throttle_by == "entity" and alert.entities:
        return f"{rule.id} {alert.entities[0].casefold()}"
    return rule.id


def _when(
    alert: Alert, delivery: Delivery, now: datetime, gather: timedelta, limited: Limited | None
) -> tuple[datetime, str]:
    if delivery.every != "article":
        due = after_quiet(delivery.quiet, delivery.timezone, next_digest(delivery, now))
        return due, f"{delivery.every} {due.isoformat()}"
    due, bundle = now + gather, f"article {alert.article.id}"
    if limited is not None:
        if limited.bundle and limited.at > now:
            return limited.at, limited.bundle
        free = limited.at + timedelta(seconds=delivery.throttle_seconds)
        if free > due:
            due, bundle = free, f"throttle {free.isoformat()}"
    later = after_quiet(delivery.quiet, delivery.timezone, due)
    return (later, f"quiet {later.isoformat()}") if later != due else (due, bundle)
