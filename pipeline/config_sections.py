"""The tables of `newswire.toml`: every key, its default and its meaning. `docs/configuration.md` is made from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from pipeline.repetition import MAX_STORIES

MIN_SECRET_LENGTH = 16


class Section(BaseModel):
    """A table of the file; unknown keys are errors, so that a typing mistake is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kafka(Section):
    """The Kafka cluster."""

    bootstrap_servers: str | None = Field(None, description="`host:port,…`; empty: the local engine")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="as Kafka names it"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="used with a SASL protocol"
    )
    sasl_username: str | None = Field(None, description="user for SASL")
    sasl_password: SecretStr | None = Field(None, description="password for SASL; keep it in a secret file")
    ssl_cafile: Path | None = Field(None, description="PEM file of the authority that signed the brokers' certificates")
    replication_factor: int = Field(1, ge=1, description="of topics that `newswire setup` makes; 3 on a real cluster")
    raw_partitions: int = Field(
        8,
        ge=1,
        description="partitions of the raw and articles topics: the most worker processes that can share the work",
    )
    feed_partitions: int = Field(
        12,
        ge=1,
        description="partitions of the topics of feeds: the most pollers that can share them; not to be changed later, "
        "as hosts would move to other partitions than their feeds",
    )
    alert_partitions: int = Field(
        4,
        ge=1,
        description="partitions of the topics of alerts: the most `run deliver` processes that can share them; not to "
        "be changed later, as owners would move to other partitions than their outboxes",
    )


class Elasticsearch(Section):
    """Elasticsearch 8 or 9, or OpenSearch 2 or 3; which one it is, the server says itself."""

    url: str | None = Field(None, description="`https://host:9200`; empty: the local engine")
    api_key: SecretStr | None = Field(None, description="API key (Elasticsearch); keep it in a secret file")
    username: str | None = Field(None, description="user for basic authentication")
    password: SecretStr | None = Field(None, description="password for basic authentication; keep it in a secret file")
    ca_file: Path | None = Field(None, description="PEM file of the authority that signed the server's certificate")
    shards: int = Field(1, ge=1, description="primary shards of each monthly index")
    replicas: int = Field(0, ge=0, description="replicas of each monthly index; 1 or more on a real cluster")
    refresh_interval: str = Field("1s", description="how soon a written article can be found")


class Cleaning(Section):
    """What each worker learns of its sources; it starts anew with the process, in bounded memory."""

    learn: bool = Field(True, description="remove lines that a source repeats, and tell when a source drifts")
    repeated_stories: int = Field(
        8,
        ge=3,
        le=MAX_STORIES,
        description="stories of a source in which a line must stand, of its latest 50 or so, to be removed as repeated",
    )
    drift_share: float = Field(
        0.2,
        gt=0,
        le=1,
        description="a source drifts when the share of its text that cleaning removes moves by more than this",
    )


class Entities(Section):
    """The stage of that name: people, organisations and places."""

    models: dict[str, Annotated[str, Field(pattern=r"^[^:]+:.+$")]] = Field(
        {},
        description="your own models by language, in place of the shipped ones, each as `tagger:model`: "
        '`{ fr = "spacy:fr_core_news_sm" }` once that spaCy pipeline is installed; '
        "packages add taggers by the entry-point group `newswire.taggers`",
    )


class Worker(Section):
    """The stream processor."""

    processes: int = Field(0, ge=0, description="worker processes under `run all`; 0: one per core")
    batch_records: int = Field(200, ge=1, le=5000, description="most records taken from the stream at once")
    batch_seconds: float = Field(0.1, gt=0, le=5, description="longest wait for a batch to fill")
    stall_seconds: float = Field(
        60, gt=0, description="a worker with records waiting and no progress for so long restarts itself"
    )
    breaker_ratio: float = Field(
        0.5,
        gt=0,
        le=1,
        description="share of rejects at which a worker stops instead of filling the dead letters; 1: never",
    )
    breaker_records: int = Field(1000, ge=10, description="records over which that share is measured")


class Sink(Section):
    """The writer into the index."""

    batch_records: int = Field(500, ge=1, le=10_000, description="most articles taken from the topic at once")
    bulk_bytes: int = Field(5_000_000, ge=10_000, description="largest bulk request; one larger article goes alone")
    timeout_seconds: float = Field(60, gt=0, description="limit of one request to the search engine")
    retry_seconds: float = Field(30, gt=0, description="longest pause between two tries while the engine is away")
    stall_seconds: float = Field(
        60, gt=0, description="a sink with articles waiting and none arriving for so long restarts itself"
    )


class Web(Section):
    """Articles over HTTP, `POST /v1/articles`. TLS is left to a reverse proxy."""

    host: str = Field("127.0.0.1", description="address to listen on; another than this machine's own needs `tokens`")
    port: int = Field(0, ge=0, le=65535, description="port to listen on; 0: off, also under `run all`")
    tokens: SecretStr | None = Field(
        None,
        description="bearer tokens that may send, apart by spaces or line ends; two during a change of token; "
        "keep them in a secret file",
    )
    body_bytes: int = Field(100_000_000, ge=1, description="largest body, as it is sent")
    content_bytes: int = Field(400_000_000, ge=1, description="largest body after decompression")
    lines: int = Field(50_000, ge=1, description="most lines of one request")
    requests: int = Field(32, ge=1, le=256, description="most requests at once; more are asked to come again (429)")
    buffer_bytes: int = Field(
        100_000_000, ge=1, description="memory for long lines that are being received, of all requests together"
    )
    idle_seconds: float = Field(20, gt=0, description="longest silence of a client within a request and between two")
    request_seconds: float = Field(300, gt=0, description="longest time for the body of one request")
    acknowledge_seconds: float = Field(
        10, gt=0, description="how long to wait for Kafka before the client is asked to come again (503)"
    )


class Feeds(Section):
    """The poller of feeds, `newswire run feeds`."""

    processes: int = Field(1, ge=0, description="poller processes under `run all`; 0: feeds are not polled there")
    contact: str | None = Field(
        None,
        description="address of a page or of a person, told to every site in the user agent, so that its owner can "
        "reach you",
    )
    min_seconds: float = Field(120, ge=10, description="shortest time between two polls of a feed")
    max_seconds: float = Field(21_600, ge=60, description="longest time between two polls of a feed")
    start_seconds: float = Field(
        900, ge=10, description="time between the first polls of a feed, until its own rate is known"
    )
    requests: int = Field(64, ge=1, le=1000, description="most requests at once of one process, to all hosts together")
    host_requests: int = Field(1, ge=1, le=16, description="most requests at once to one host")
    host_pause_seconds: float = Field(
        1,
        ge=0,
        description="shortest pause between two requests to a host; longer where the host answers slowly",
    )
    timeout_seconds: float = Field(30, gt=0, description="limit of one request, redirects included")
    feed_bytes: int = Field(16_000_000, ge=1000, description="largest feed, also after decompression")
    page_bytes: int = Field(8_000_000, ge=1000, description="largest article page, also after decompression")
    full_text: Literal["auto", "always", "never"] = Field(
        "auto",
        description="whether an article's page is fetched: `auto` where the feed has only a summary; "
        "a feed's own setting goes before",
    )
    refetch_hours: tuple[float, ...] = Field(
        (1, 6, 24), description="how long after the first fetch a page is fetched again; empty: never"
    )
    robots: bool = Field(True, description="keep to robots.txt when pages are fetched")
    remember_days: float = Field(
        3,
        gt=0,
        description="how long an article is known after a feed first had it or last changed it, so that further feeds "
        "join it; that a feed carries it on is not counted",
    )
    allow_hosts: tuple[str, ...] = Field(
        (),
        description="hosts, networks in CIDR or `*` that may be asked although they are private: intranets and tests",
    )
    websub_secret: SecretStr | None = Field(
        None,
        description="key of the signatures between hubs and us, 16 characters or more; keep it in a secret file; "
        "empty: no WebSub",
    )
    websub_url: str | None = Field(
        None,
        description="address at which hubs reach `newswire run web`, such as https://news.example; empty: no WebSub",
    )

    @property
    def websub_key(self) -> bytes | None:
        """The secret's bytes; None: no WebSub."""
        secret = self.websub_secret.get_secret_value().strip() if self.websub_secret else ""
        return secret.encode() or None

    @model_validator(mode="after")
    def _check_websub(self) -> Self:
        key = self.websub_key
        if bool(key) != bool(self.websub_url):
            raise ValueError("websub_url and websub_secret belong together: set both or none")
        if key and len(key) < MIN_SECRET_LENGTH:
            raise ValueError(f"websub_secret needs {MIN_SECRET_LENGTH} characters or more")
        if self.websub_url and not _is_public_url(self.websub_url):
            raise ValueError(
                "websub_url has to be an http or https address without user, query and fragment, "
                "such as https://news.example"
            )
        return self


class Alerts(Section):
    """Rules, which the workers match against every article."""

    match: bool = Field(True, description="whether articles are matched against the rules")
    backfill_hours: float = Field(
        72,
        gt=0,
        description="an article that was published so long before it came in is a backfill: its alerts are kept, not "
        "sent, unless the rule wants replays",
    )
    replay_hours: float = Field(
        24,
        gt=0,
        description="likewise one that came in, or was fetched, so long before it is matched: a replay, or the end of "
        "a long outage",
    )
    snippet_characters: int = Field(240, ge=40, le=2000, description="longest piece of text that an alert shows")
    broad_share: float = Field(
        0.02, gt=0, le=1, description="a rule that fires for a larger share of the last week's articles is warned of"
    )


class Channel(Section):
    """Where alerts are sent: `[deliver.channels.NAME]`. Secrets belong into secret files or the environment."""

    kind: str = Field(description="`webhook`, `slack`, `mail`, `apprise`, or one that a package adds")
    url: SecretStr | None = Field(
        None,
        description="address of the webhook; of Slack's; Apprise's own; of the mail server, `smtps://user@host:port`",
    )
    secret: SecretStr | None = Field(
        None, description="webhook: key of the signatures, 16 characters or more; mail: password"
    )
    sender: str | None = Field(None, description="mail: address that messages come from")
    to: tuple[str, ...] = Field((), description="mail: addresses that messages go to")
    template: Path | None = Field(
        None, description="your own Jinja template, which extends the shipped one; docs/channels.md"
    )


class Deliver(Section):
    """The sender of alerts, `newswire run deliver`."""

    processes: int = Field(
        1, ge=0, description="sender processes under `run all`, if there are channels; 0: alerts are not sent there"
    )
    channels: dict[str, Channel] = Field({}, description="the channels by name, which rules refer to")
    gather_seconds: float = Field(
        2, ge=0, description="how long an alert waits for others that share its message: of one owner and article"
    )
    timeout_seconds: float = Field(20, gt=0, description="limit of one try")
    retry_seconds: float = Field(600, gt=0, description="longest pause between two tries")
    give_up_hours: float = Field(
        48, gt=0, description="after so long a message that could not be sent has failed; `rules retry` sends it again"
    )
    remember_days: float = Field(
        90, gt=0, description="how long it is known that an alert was sent, so that it is not sent again"
    )
    message_alerts: int = Field(
        50, ge=1, le=500, description="most alerts in one message; the others are counted in it"
    )
    allow_hosts: tuple[str, ...] = Field(
        (), description="hosts, networks in CIDR or `*` that may be sent to although they are private"
    )
    link: str | None = Field(
        None, description="address of Kibana, such as https://kibana.example, for links in messages; empty: none"
    )


class Log(Section):
    """Logs go to standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severe level that is written"
    )
    format: Literal["text", "json"] = Field("text", description="`json`: one object a line, for log collectors")


class Metrics(Section):
    """Prometheus metrics over HTTP."""

    host: str = Field("127.0.0.1", description="address to listen on; there is no authentication")
    port: int = Field(
        0,
        ge=0,
        le=65000,
        description="port of the sink under `run all`, and of a service run alone; "
        "the workers, web, the pollers and the senders of alerts take the next ones; 0: off",
    )


class Local(Section):
    """The local engines."""

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("newswire", appauthor=False),
        description="where the local engines keep their data, logs and ports, and `push` how far it came; "
        "another folder is another copy",
    )
    opensearch_heap: str = Field("512m", description="Java heap of the local OpenSearch")
    kafka_heap: str = Field("384m", description="Java heap of the local Kafka")

    @property
    def push_dir(self) -> Path:
        """Folder of the journals of `push`."""
        return self.data_dir / "push"


def _is_public_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = url.isprintable() and not any(mark in url for mark in " ?#@") and port != 0
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)
