"""How every kafka-python client of ours connects: with which options, how patiently, and what it says meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from pipeline.config import ConfigError, Kafka
from pipeline.errors import NewswireError

Report = Callable[[str], None]
"""Takes one line for a person or a log."""

PATIENCE_SECONDS = 4.0
"""A wait that is shorter than this is not worth a word."""
REMINDER_SECONDS = 60.0
_WATCH_SECONDS = 0.25
_ERRORS_KEPT = 20
_FETCH_BYTES = 16 * 1024 * 1024
_POLL_RECORDS = 5000
_RECONNECT_MS = 2000  # kafka-python's own 30 s would keep us waiting long after the brokers are back


class KafkaRefusedError(NewswireError):
    """The brokers know us and refuse: wrong credentials or missing rights. Trying again would change nothing."""


def connection_options(kafka: Kafka) -> dict[str, Any]:
    """Keyword arguments of KafkaProducer, KafkaConsumer and KafkaAdminClient. Raises ConfigError."""
    if not kafka.bootstrap_servers:
        raise ConfigError("kafka.bootstrap_servers is empty and no local engine was looked up")
    if kafka.ssl_cafile and not kafka.ssl_cafile.is_file():
        raise ConfigError(f"kafka.ssl_cafile names {kafka.ssl_cafile}, which is no file")
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


def connect(client: Callable[..., Any], kafka: Kafka, report: Report, **options: Any) -> Any:
    """A kafka-python client, as soon as a broker answers: it waits for as long as that takes and reports it.

    Raises ConfigError for wrong settings and KafkaRefusedError for wrong credentials.
    """
    from kafka.errors import KafkaError  # noqa: PLC0415 -- keeps the import of settings and commands light
    from kafka.net.compat import KafkaNetClient  # noqa: PLC0415

    nets: list[Any] = []

    def net(**told: Any) -> Any:
        nets.append(KafkaNetClient(**told))
        return nets[-1]

    def abort() -> None:
        # Ends the endless bootstrap at its next try. kafka-python itself goes on in spite of wrong credentials.
        for each in nets:
            each._manager.closed = True

    chosen = {
        "bootstrap_timeout_ms": None,
        "reconnect_backoff_max_ms": _RECONNECT_MS,
        "kafka_client": net,
        **connection_options(kafka),
        **options,
    }
    waiting = Waiting(kafka, report, abort)
    try:
        with waiting:
            return client(**chosen)
    except KafkaError as error:
        for each in nets:
            each._net.stop()
            each._net.close()
        refused = waiting.refused or refusal(error, kafka)
        if refused is None:
            raise
        raise refused from error
    except ValueError as error:
        raise ConfigError(f"settings of Kafka: {error}") from error


def connect_reader(kafka: Kafka, report: Report, **options: Any) -> Any:
    """A consumer for partitions that are assigned by hand: in no group, it commits nothing. As `connect`."""
    from kafka import KafkaConsumer  # noqa: PLC0415 -- see connect

    usual = {"max_partition_fetch_bytes": _FETCH_BYTES}
    return connect(
        KafkaConsumer,
        kafka,
        report,
        group_id=None,
        enable_auto_commit=False,
        fetch_max_bytes=_FETCH_BYTES,
        max_poll_records=_POLL_RECORDS,
        allow_auto_create_topics=False,
        metrics_enabled=False,
        **usual | options,
    )


def refusal(error: BaseException, kafka: Kafka) -> KafkaRefusedError | None:
    """What to tell the user when the brokers refuse us; None for any other error."""
    from kafka import errors  # noqa: PLC0415 -- see connect

    if isinstance(error, errors.SaslAuthenticationFailedError | errors.UnacceptableCredentialError):
        return KafkaRefusedError(
            f"Kafka at {kafka.bootstrap_servers} refuses the user {kafka.sasl_username!r}: check kafka.sasl_username, "
            f"kafka.sasl_password and kafka.sasl_mechanism ({kafka.sasl_mechanism})"
        )
    if isinstance(error, errors.UnsupportedSaslMechanismError | errors.IllegalSaslStateError):
        return KafkaRefusedError(
            f"Kafka at {kafka.bootstrap_servers} does not offer {kafka.sasl_mechanism}: check kafka.sasl_mechanism"
        )
    if isinstance(error, errors.AuthorizationError):
        return KafkaRefusedError(
            f"Kafka at {kafka.bootstrap_servers} does not allow this to the user {kafka.sasl_username!r}: "
            f"{type(error).__name__.removesuffix('Error')} {_said(error)}".rstrip()
        )
    return None


class Waiting:
    """Reports, while its block lasts, that Kafka lets us wait, and that it is back. Quiet about short waits.

    Calls `refuse` once, from a thread of its own, when the brokers refuse us; `refused` is then the error to raise.
    """

    def __init__(self, kafka: Kafka, report: Report, refuse: Callable[[], None] = lambda: None) -> None:
        self._kafka = kafka
        self._report = report
        self._refuse = refuse
        self._started = monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="newswire-kafka-wait", daemon=True)
        self._last_words = LastWords()
        self.refused: KafkaRefusedError | None = None

    def __enter__(self) -> Waiting:
        self._last_words.listen()
        self._thread.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._last_words.stop()
        waited = monotonic() - self._started
        if error is None and waited > PATIENCE_SECONDS:
            self._report(back(waited))

    def _watch(self) -> None:
        due = PATIENCE_SECONDS
        while not self._over.wait(_WATCH_SECONDS):
            self.refused = self._last_words.refusal(self._kafka)
            if self.refused:
                self._refuse()
                return
            if monotonic() - self._started > due:
                self._report(away(self._kafka, self._last_words.text))
                due += REMINDER_SECONDS


def away(kafka: Kafka, last_words: str) -> str:
    """The line that says that Kafka lets us wait, and why, as far as its client knows."""
    cause = f" ({last_words})" if last_words else ""
    return f"Kafka at {kafka.bootstrap_servers} does not answer; waiting for it{cause}"


def back(waited: float) -> str:
    """The line that says that the wait, in seconds, is over."""
    return f"Kafka answers again after {waited:.0f} s"


class LastWords(logging.Handler):
    """Keeps the newest warning of kafka-python, which tries for ever and tells the cause nowhere but in its log.

    While it listens, those warnings are also kept off a terminal that has no logging set up.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""
        self._errors: list[BaseException] = []

    def listen(self) -> None:
        """Start."""
        logging.getLogger("kafka").addHandler(self)

    def stop(self) -> None:
        """Stop."""
        logging.getLogger("kafka").removeHandler(self)

    def refusal(self, kafka: Kafka) -> KafkaRefusedError | None:
        """What the newest errors in the log say, if it is that the brokers refuse us."""
        return next(filter(None, (refusal(error, kafka) for error in self._errors)), None)

    def forget(self) -> None:
        """What was said is over."""
        self.text = ""
        self._errors = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep its first line, unless it only says that another try is due, and the exceptions that it tells."""
        args = record.args if isinstance(record.args, tuple) else ()
        told = [error for error in map(_error, (*args, *(record.exc_info or ()))) if error]
        self._errors = [*self._errors, *told][-_ERRORS_KEPT:]
        line = record.getMessage().partition("\n")[0]
        if told or not self.text:
            self.text = line[:300]


def _error(said: object) -> BaseException | None:
    """The exception that an argument of a log record is, or names."""
    if isinstance(said, str) and said.endswith("Error"):
        from kafka import errors  # noqa: PLC0415 -- see connect

        kind = getattr(errors, said, None)
        return kind() if kind else None
    return said if isinstance(said, BaseException) else None


def _said(error: BaseException) -> str:
    return str(error.args[0]) if error.args and error.args[0] else ""
