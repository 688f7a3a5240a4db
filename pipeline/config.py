"""Settings: defaults < `newswire.toml` < secret files < environment (`NEWSWIRE_KAFKA__BOOTSTRAP_SERVERS`) < flags.

Without `kafka.bootstrap_servers` and `elasticsearch.url` the local engines are used (engines/). Every key is described
here once, and a test fails if one is missing there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.chain import DEFAULT_STAGES
from pipeline.config_sections import (
    Alerts,
    Channel,
    Cleaning,
    Deliver,
    Elasticsearch,
    Entities,
    Feeds,
    Kafka,
    Local,
    Log,
    Metrics,
    Sink,
    Web,
    Worker,
)
from pipeline.errors import NewswireError

__all__ = [
    "Alerts",
    "Channel",
    "Cleaning",
    "ConfigError",
    "Deliver",
    "Elasticsearch",
    "Entities",
    "Feeds",
    "Kafka",
    "Local",
    "Log",
    "Metrics",
    "Settings",
    "Sink",
    "Web",
    "Worker",
    "engine_environment",
    "load",
]

CONFIG_FILE_VARIABLE = "NEWSWIRE_CONFIG"
SECRETS_VARIABLE = "NEWSWIRE_SECRETS_DIR"


class ConfigError(NewswireError, ValueError):
    """A setting is wrong; the message names the key and what is expected."""


class Settings(BaseSettings):
    """All settings of a deployment."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSWIRE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    topic_prefix: str = Field(
        "news", pattern=r"^[a-z0-9][a-z0-9_-]*$", description="first part of topic and group names"
    )
    index_prefix: str = Field("news", pattern=r"^[a-z0-9][a-z0-9_-]*$", description="first part of index names")
    stages: tuple[str, ...] = Field(DEFAULT_STAGES, description="the chain, in order")
    kafka: Kafka = Kafka()
    elasticsearch: Elasticsearch = Elasticsearch()
    cleaning: Cleaning = Cleaning()
    entities: Entities = Entities()
    worker: Worker = Worker()
    sink: Sink = Sink()
    web: Web = Web()
    feeds: Feeds = Feeds()
    alerts: Alerts = Alerts()
    deliver: Deliver = Deliver()
    log: Log = Log()
    metrics: Metrics = Metrics()
    local: Local = Local()

    @property
    def stage_options(self) -> dict[str, dict[str, Any]]:
        """Options of stages by stage, for `chain_of`."""
        return {"entities": self.entities.model_dump()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins: flags, environment, secret files, newswire.toml."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        secrets = os.environ.get(SECRETS_VARIABLE)
        if secrets:
            nested = NestedSecretsSettingsSource(
                file_secret_settings, secrets_dir=secrets, env_prefix="", secrets_nested_delimiter="__"
            )
            sources.append(nested)
        path = Path(os.environ.get(CONFIG_FILE_VARIABLE, "newswire.toml"))
        sources.append(TomlConfigSettingsSource(settings_cls, toml_file=path))
        return tuple(sources)


def load(**flags: Any) -> Settings:
    """The settings in force. Raises ConfigError, which names each wrong key."""
    path = os.environ.get(CONFIG_FILE_VARIABLE)
    if path and not Path(path).is_file():
        raise ConfigError(f"{CONFIG_FILE_VARIABLE} names {path}, which is no file")
    secrets = os.environ.get(SECRETS_VARIABLE)
    if secrets and not Path(secrets).is_dir():
        raise ConfigError(f"{SECRETS_VARIABLE} names {secrets}, which is no folder")
    try:
        return Settings(**flags)
    except ValidationError as error:
        # Not str(error): that would print the values, secrets among them.
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"settings: {wrong}") from None
    except ValueError as error:  # TOML that does not parse
        raise ConfigError(f"settings: {error}") from error


def engine_environment(settings: Settings) -> dict[str, str]:
    """Variables by which a child process uses the engines that were found here, without looking for them again."""
    return {
        "NEWSWIRE_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers or "",
        "NEWSWIRE_ELASTICSEARCH__URL": settings.elasticsearch.url or "",
    }
