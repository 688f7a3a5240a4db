"""How every kafka-python client of ours connects."""

from __future__ import annotations

from typing import Any

from pipeline.config import ConfigError, Kafka


def connection_options(kafka: Kafka) -> dict[str, Any]:
    """Keyword arguments of KafkaProducer, KafkaConsumer and KafkaAdminClient. Raises ConfigError."""
    if not kafka.bootstrap_servers:
        raise ConfigError("kafka.bootstrap_servers is empty and no local engine was looked up")
    options: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in kafka.bootstrap_servers.split(",")],
        "security_protocol": kafka.security_protocol,
    }
    if kafka.ssl_cafile:
        options["ssl_cafile"] = str(kafka.ssl_cafile)
    if kafka.security_protocol.startswith("SASL"):
        if kafka.sasl_username is None or kafka.sasl_password is None:
            raise ConfigError(f"kafka.security_protocol {kafka.security_protocol} needs a user and a password")
        options |= {
            "sasl_mechanism": kafka.sasl_mechanism,
            "sasl_plain_username": kafka.sasl_username,
            "sasl_plain_password": kafka.sasl_password.get_secret_value(),
        }
    return options
