"""What went wrong with a request, in one sentence that names the host and says what a user can do."""

from __future__ import annotations

import socket
import ssl

import aiohttp

from pipeline.answers import Failure, FailureKind
from pipeline.fetch.addresses import PrivateAddressError
from pipeline.fetch.decompression import EncodingError

_LATER = "it will be tried again, tell the site if it stays so"
# X509_V_ERR_* of OpenSSL.
_CERTIFICATE = {
    9: "is not valid yet: check the clock of this machine, else tell the site",
    10: "has expired: tell the site to renew it",
    18: "is self-signed, so that nobody vouches for it: ask the site for an accepted certificate, or add the http:// "
    "address instead",
    19: "comes from an authority that this machine does not know: add it to this machine's, or tell the site",
    20: "comes without the authority that vouches for it: tell the site to send its whole chain",
    21: "comes without the authority that vouches for it: tell the site to send its whole chain",
    62: "is for another host: check the address, such as with or without www",
    64: "is for another host: check the address, a name instead of a number perhaps",
}


class RequestError(Exception):
    """A request that cannot go on; its words are ready."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def too_large(host: str, max_bytes: int) -> RequestError:
    """A body beyond its limit."""
    size = f"{max_bytes / 1e6:g} MB" if max_bytes >= 1e6 else f"{max_bytes:,} bytes"
    return RequestError(
        "size",
        f"{host} sends more than {size}: check that the address is right, or raise feeds.feed_bytes "
        "or feeds.page_bytes",
    )


def private(host: str, section: str = "feeds") -> RequestError:
    """An address that may not be asked, unless this section of the settings says so."""
    return RequestError(
        "private",
        f"{host} is in a private network, which may not be reached: name it in {section}.allow_hosts "
        "if it is meant to be asked",
    )


def told(
    error: Exception, host: str, timeout_seconds: float, connect_seconds: float, section: str = "feeds"
) -> Failure:
    """The failure that an exception of a request means. `section` of the settings has its limits."""
    kind, message = _words(error, host, timeout_seconds, connect_seconds, section)
    return Failure(kind, message)


def _words(  # noqa: PLR0911, PLR0912
    error: Exception, host: str, timeout: float, connect: float, section: str
) -> tuple[FailureKind, str]:
    match error:
        case RequestError():
            return error.kind, str(error)
        case PrivateAddressError():
            return _of(private(host, section))
        case EncodingError():
            return "encoding", f"The answer of {host} {error}: {_LATER}"
        case aiohttp.ClientConnectorDNSError():
            if isinstance(error.os_error, PrivateAddressError):
                return _of(private(host, section))
            return "dns", _dns(error.os_error, host)
        case aiohttp.ConnectionTimeoutError():
            return "timeout", f"{host} did not accept a connection within {connect:g} seconds: {_LATER}"
        case TimeoutError():
            return (
                "timeout",
                f"{host} gave no whole answer within {timeout:g} seconds: {_LATER}, or raise {section}.timeout_seconds",
            )
        case aiohttp.ClientConnectorCertificateError():
            return "tls", _certificate(error.certificate_error, host)
        case aiohttp.ClientConnectorSSLError():
            return "tls", _tls(error.os_error, host)
        case aiohttp.ClientConnectorError():
            return "connect", _connection(error.os_error, host)
        case aiohttp.InvalidURL() | ValueError():
            return "address", f"The address at {host} is not written correctly: check it"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | OSError():
            return "protocol", f"{host} ended the connection before its answer was complete: {_LATER}"
        case aiohttp.ClientResponseError() if "Data after" in error.message:
            return (
                "protocol",
                f"{host} sends more than it announces as Content-Length, so that nobody knows what belongs to the "
                "answer: tell the site, whose compression or cache is probably set up wrongly",
            )
        case _:
            return (
                "protocol",
                f"{host} does not answer in proper HTTP: check the port and whether it is http:// or https://, "
                "else tell the site",
            )


def _of(error: RequestError) -> tuple[FailureKind, str]:
    return error.kind, str(error)


def _dns(error: OSError, host: str) -> str:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return (
            f"The name {host} cannot be looked up just now: it will be tried again, check this machine's network "
            "if others fail too"
        )
    return f"There is no host {host}: check the spelling of the address, or whether the site has moved"


def _certificate(error: Exception, host: str) -> str:
    code = getattr(error, "verify_code", 0)
    why = _CERTIFICATE.get(code)
    if why is None:
        said = getattr(error, "verify_message", "") or str(error)
        why = f"is not accepted ({said}): tell the site"
    return f"The certificate of {host} {why}"


def _tls(error: OSError, host: str) -> str:
    reason = (error.reason if isinstance(error, ssl.SSLError) else None) or ""
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "RECORD_LAYER_FAILURE"}:
        return f"{host} does not speak https at this address: check the port, or use http://"
    if "PROTOCOL" in reason or "HANDSHAKE_FAILURE" in reason or "VERSION" in reason:
        return f"{host} has only outdated or unknown encryption: tell the site, or use http:// if it offers that"
    return f"No encrypted connection to {host} comes about ({reason or error}): {_LATER}"


def _connection(error: OSError, host: str) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections: check the port of the address, or whether the site is down"
    return f"{host} cannot be reached ({error.strerror or error}): {_LATER}, check your network if others fail too"
