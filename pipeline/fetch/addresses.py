"""Which addresses may be asked: public ones, so that a feed or a redirect never makes us ask our own network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.config import ConfigError

Address = IPv4Address | IPv6Address

# IANA's special-purpose registries, in full: `is_global` differs between versions of Python.
_SPECIAL_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",  # multicast and reserved
        "168.63.129.16/32",  # the metadata service of Azure
    )
)  # fmt: skip
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_IPV4_WITHIN = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4-mapped addresses, and those of NAT64, through which networks without IPv4 reach the others."""
_LOOKUPS = 32


class PrivateAddressError(OSError):
    """A host has no address that may be asked."""


def is_public(address: Address) -> bool:
    """Whether it is a global unicast address: none of a private network, of this machine, of a cloud's metadata."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    if address.scope_id is not None:
        return False
    if any(address in network for network in _IPV4_WITHIN):
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL_IPV6)


def literal(host: str) -> Address | None:
    """The address that a host name is a spelling of, as inet_aton understands it: 127.1, 0x7f000001, 017700000001."""
    name = host.strip("[]").rstrip(".").replace("%25", "%")
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


class AddressGuard:
    """Public addresses, and the exceptions that are allowed: hosts, networks in CIDR, or `*` for all.

    Raises ConfigError, which names the setting that they are from.
    """

    def __init__(self, allow_hosts: Iterable[str] = (), setting: str = "feeds.allow_hosts") -> None:
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        self._all = False
        for entry in allow_hosts:
            name = entry.strip().lower()
            try:
                self._networks.append(ipaddress.ip_network(name.strip("[]"), strict=False))
            except ValueError:
                if not name or "/" in name or ":" in name or (name != "*" and "*" in name):
                    raise ConfigError(
                        f"{setting}: {entry!r} is no host name without port, no network such as 10.1.0.0/16, and not *"
                    ) from None
                self._all |= name == "*"
                self._names.add(_ascii(name))

    def permits(self, host: str, address: Address) -> bool:
        """Whether this address of this host may be asked."""
        return (
            self._all
            or is_public(address)
            or host.rstrip(".").lower() in self._names
            or any(address in network for network in self._networks)
        )

    def check_literal(self, host: str) -> None:
        """Raise PrivateAddressError where the host is itself an address that may not be asked."""
        address = literal(host)
        if address is not None and not self.permits(host, address):
            raise PrivateAddressError(f"{host} is a private address")


class SystemResolver(AbstractResolver):
    """The operating system's. It has threads of its own: a name server that does not answer holds up nobody else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Its addresses. Raises OSError."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG
        )
        return [
            ResolveResult(
                hostname=host, host=str(address[0]), port=port, family=kind, proto=proto, flags=socket.AI_NUMERICHOST
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Passes on only those answers of another resolver that may be asked: they are what is connected to."""

    def __init__(self, guard: AddressGuard, resolver: AbstractResolver) -> None:
        self._guard = guard
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Its addresses. Raises OSError, PrivateAddressError where all are private."""
        found = await self._resolver.resolve(host, port, family)
        asked = [answer for answer in found if self._guard.permits(host, ipaddress.ip_address(answer["host"]))]
        if found and not asked:
            raise PrivateAddressError(f"{host} has only private addresses")
        return asked

    async def close(self) -> None:
        """Close the other."""
        await self._resolver.close()


def _ascii(name: str) -> str:
    """As DNS knows it."""
    try:
        return name.rstrip(".").encode("idna").decode() if not name.isascii() else name.rstrip(".")
    except UnicodeError:
        return name
