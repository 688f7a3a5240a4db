"""`python -m pipeline.reference` writes docs/configuration.md, docs/topics.md and docs/metrics.md from the code.

tests/test_config.py and tests/test_topics.py fail while a page is stale or a key has no description.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.config import CONFIG_FILE_VARIABLE, SECRETS_VARIABLE, Channel, Settings
from pipeline.observe import METRICS
from pipeline.topics import (
    ALERT_SINK_GROUP,
    ALERT_TOPICS,
    ALERTS,
    ARTICLES,
    DAY_MS,
    DELIVER_GROUP,
    FEED_ITEMS,
    FEED_PUSHES,
    FEED_TOPICS,
    FEEDS_GROUP,
    MIB,
    RAW,
    SINK_GROUP,
    TOPICS,
    WORKER_GROUP,
    Topic,
    group,
)

FOLDER = Path(__file__).parent.parent / "docs"
_MADE = "<!-- Made by `make docs` from {source}; do not edit. -->"
_PREFIX = "news"


def pages() -> dict[str, str]:
    """Name and content of each page."""
    return {"configuration.md": configuration(), "topics.md": topics(), "metrics.md": metrics()}


def configuration() -> str:
    """Every key of newswire.toml."""
    lines = [
        "# Configuration",
        "",
        _MADE.format(source="pipeline/config_sections.py"),
        "",
        "Later wins: defaults, `newswire.toml`, secret files, environment, flags. All keys are optional; without",
        "`kafka.bootstrap_servers` and `elasticsearch.url` the local engines are used.",
        "",
        "- **File**: `newswire.toml` in the working folder, or the file that the environment variable",
        f"  `{CONFIG_FILE_VARIABLE}` names.",
        f"- **Secret files**: `{SECRETS_VARIABLE}` names a folder; each file in it is named by a key with two",
        "  underscores, as in `kafka__sasl_password`, and holds the value. Docker and Kubernetes mount secrets so.",
        "- **Environment**: the prefix `NEWSWIRE_`, sections joined by two underscores, as in",
        "  `NEWSWIRE_KAFKA__BOOTSTRAP_SERVERS`. Lists and tuples are JSON.",
        "",
        "A key that does not exist is an error, so that a typing mistake is found.",
        "",
        "## Top level",
        "",
        *_table(("key", "default", "meaning"), list(_keys(Settings, nested=False))),
    ]
    for name, field in Settings.model_fields.items():
        section = _section(field)
        if section:
            lines += ["", f"## `[{name}]`", "", (section.__doc__ or "").strip(), ""]
            lines += _table(("key", "default", "meaning"), list(_keys(section)))
    lines += ["", "## `[deliver.channels.NAME]`", "", (Channel.__doc__ or "").strip(), ""]
    lines += _table(("key", "default", "meaning"), list(_keys(Channel)))
    return "\n".join(lines) + "\n"


def _partitions(topic: Topic) -> str:
    if topic in FEED_TOPICS:
        return "`kafka.feed_partitions`"
    if topic in ALERT_TOPICS:
        return "`kafka.alert_partitions`"
    return "`kafka.raw_partitions`" if topic in (RAW, ARTICLES) else str(topic.partitions)


def topics() -> str:
    """Every topic and consumer group."""
    rows = [
        (
            f"`{topic.name(_PREFIX)}`",
            topic.meaning,
            topic.key,
            f"[{topic.schema}](../schemas/{topic.schema})",
            ", ".join(topic.producers),
            _partitions(topic),
            "compacted" if topic.compacted else f"{topic.retention_ms // DAY_MS} days",
            f"{topic.max_message_bytes / MIB:.0f} MiB",
        )
        for topic in TOPICS
    ]
    head = ("topic", "holds", "key", "schema", "written by", "partitions", "kept", "largest record")
    return "\n".join(
        [
            "# Topics",
            "",
            _MADE.format(source="pipeline/topics.py"),
            "",
            f"The first part of the names is the setting `topic_prefix` (default `{_PREFIX}`). `newswire setup` makes",
            "the topics and keeps their settings as they are declared; it never takes partitions away.",
            "",
            *_table(head, rows),
            "",
            f"Consumer groups: `{group(_PREFIX, WORKER_GROUP)}` reads `{RAW.name(_PREFIX)}`, "
            f"`{group(_PREFIX, SINK_GROUP)}` reads `{ARTICLES.name(_PREFIX)}`,",
            f"`{group(_PREFIX, FEEDS_GROUP)}` reads `{FEED_ITEMS.name(_PREFIX)}` and `{FEED_PUSHES.name(_PREFIX)}`, "
            "and with their partitions shares those of the other topics of feeds;",
            f"`{group(_PREFIX, ALERT_SINK_GROUP)}` and `{group(_PREFIX, DELIVER_GROUP)}` read "
            f"`{ALERTS.name(_PREFIX)}`. Everybody reads the rules whole.",
            "",
            "The topics of feeds must have equally many partitions. A record lies in partition CRC-32(host) modulo",
            "their number: the host (with its port if the address names one) of the feed for definitions, states and",
            "pushes, of the article for sightings and pages. So one process asks all of a host's addresses.",
            "To change it, stop the pollers, export the feeds, make the topics anew and import the feeds again.",
            "",
        ]
    )


def metrics() -> str:
    """Every metric."""
    rows = []
    for metric in METRICS:
        family = next(iter(metric.describe()))
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        rows.append((f"`{name}`", family.type, labels, family.documentation))
    return "\n".join(
        [
            "# Metrics",
            "",
            _MADE.format(source="pipeline/observe.py"),
            "",
            "Prometheus text over HTTP, on `metrics.port` of `metrics.host` (off by default).",
            "",
            *_table(("metric", "type", "labels", "meaning"), rows),
            "",
        ]
    )


def undescribed() -> list[str]:
    """Keys without a description."""
    found = [name for name, field in Settings.model_fields.items() if not _section(field) and not field.description]
    for name, field in Settings.model_fields.items():
        section = _section(field)
        if section:
            found += [f"{name}.{key}" for key, inner in section.model_fields.items() if not inner.description]
    found += [f"channel.{key}" for key, inner in Channel.model_fields.items() if not inner.description]
    return found


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _keys(model: type[BaseModel], nested: bool = True) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        if nested or not _section(field):
            meaning = (field.description or "") + _choices(field.annotation)
            yield f"`{name}`", _default(field), meaning


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "a folder of the user"  # its path is each machine's own
    value = field.default
    if value is None or value is PydanticUndefined:
        return ""
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _choices(kind: Any) -> str:
    """The values of a choice; a word for a secret."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for part in parts:
        if get_origin(part) is Literal:
            return "; one of " + ", ".join(f"`{choice}`" for choice in get_args(part))
        if part is SecretStr:
            return " (secret: never printed or logged)"
    return ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")
