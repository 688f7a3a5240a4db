"""What channels' settings have to be, said with the name of the key."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from pipeline.config import Channel, ConfigError


def key_of(name: str, key: str) -> str:
    """How messages call a setting of a channel."""
    return f"deliver.channels.{name}.{key}"


def wrong(name: str, key: str, words: str) -> ConfigError:
    """The error for it; the words never hold its value, which may be a secret."""
    return ConfigError(f"{key_of(name, key)}: {words}")


def value_of(secret: SecretStr | None) -> str:
    """Without the line end that files have; empty when it is not set."""
    return secret.get_secret_value().strip() if secret else ""


def url_of(name: str, settings: Channel, schemes: tuple[str, ...], example: str) -> SplitResult:
    """The address of a channel, with one of these schemes and a host. Raises ConfigError."""
    url = value_of(settings.url)
    if not url:
        raise wrong(name, "url", f"a {settings.kind} channel needs it, such as {example}")
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and url.isprintable()
    except ValueError:
        good = False
    if not good or " " in url:
        raise wrong(name, "url", f"is no address such as {example}")
    return parts


def unused(name: str, settings: Channel, *keys: str) -> None:
    """Refuse keys that this kind does not know, so that nobody relies on them. Raises ConfigError."""
    for key in keys:
        if getattr(settings, key):
            raise wrong(name, key, f"channels of kind {settings.kind} have no use for it: leave it out")
