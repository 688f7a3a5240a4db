"""Addresses of hosts that are not asked through the fetcher, under the same guard."""

from __future__ import annotations

from pipeline.deliveries import ChannelContext
from pipeline.fetch.addresses import AddressGuard, GuardedResolver, SystemResolver, literal


class Lookup:
    """Raises ConfigError for `allow_hosts` that cannot be."""

    def __init__(self, context: ChannelContext) -> None:
        self._guard = AddressGuard(context.allow_hosts, "deliver.allow_hosts")
        self._given = context.resolver
        self._own: SystemResolver | None = None

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Those that may be asked, at least one. Raises OSError, PrivateAddressError among them."""
        self._guard.check_literal(host)
        address = literal(host)
        if address is not None:
            return (str(address),)
        if self._given is None and self._own is None:
            self._own = SystemResolver()
        found = await GuardedResolver(self._guard, self._given or self._own or SystemResolver()).resolve(host, port)
        return tuple(answer["host"] for answer in found)

    async def close(self) -> None:
        """Let go of the resolver's threads."""
        if self._own is not None:
            await self._own.close()
            self._own = None
