"""When a rule's alerts may be sent, in the local time of its timezone.

A time of day that a change to summer time leaves out comes as much later as the clock was put forward; one that comes
twice is the first of both (PEP 495, fold 0). So each local date has exactly one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.alert_records import Delivery, QuietHours

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone(name: str) -> ZoneInfo:
    """The timezone of an IANA name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder of the database is none
        raise ValueError(f"there is no timezone {name!r}; write one as Europe/Lisbon") from error


def next_digest(delivery: Delivery, now: datetime) -> datetime:
    """The first time of its digests after `now`, in UTC. Raises ValueError for an unknown timezone."""
    where = zone(delivery.timezone)
    local = now.astimezone(where)
    if delivery.every == "hour":
        return _full_hour(now, where)
    day = local.date() - _DAY
    while True:
        moment = _at(day, delivery.at, where)
        if moment > now and (delivery.every == "day" or _WEEKDAYS[day.weekday()] == delivery.weekday):
            return moment
        day += _DAY


def after_quiet(quiet: QuietHours | None, timezone: str, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in. Equal times of day are the whole day: no
    quiet at all, since nothing could ever be sent. Raises ValueError."""
    if quiet is None or quiet.since == quiet.until:
        return moment
    where = zone(timezone)
    today = moment.astimezone(where).date()
    for day in (today - _DAY, today):
        since = _at(day, quiet.since, where)
        until = _at(day if quiet.since < quiet.until else day + _DAY, quiet.until, where)
        if since <= moment < until:
            return until
    return moment


def _full_hour(now: datetime, where: ZoneInfo) -> datetime:
    """The next one of the local clock: some zones are half an hour off, and some put the clock by half an hour."""
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    while moment <= now or moment.astimezone(where).minute:
        moment += timedelta(minutes=60 - moment.astimezone(where).minute)
    return moment


def _at(day: date, clock: str, where: ZoneInfo) -> datetime:
    hours, minutes = clock.split(":")
    return datetime.combine(day, time(int(hours), int(minutes)), where).astimezone(UTC)
