"""Which addresses may be asked, in every spelling that leads to them."""

from __future__ import annotations

import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers import Answer, Failure, Outcome
from pipeline.config import ConfigError
from pipeline.fetch.addresses import AddressGuard, GuardedResolver, PrivateAddressError, is_public, literal
from pipeline.fetch.client import Fetcher, FetchOptions
from tests.raw_site import RawSite, StubResolver, answer, redirect

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.9.1",  # noqa: S104
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
    "64:ff9b::169.254.169.254", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:0:808:808::1", "2001:10::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1",
    "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1111%eth0",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "128.0.0.1",
    "172.15.0.1", "172.32.0.1", "192.167.1.1", "223.255.255.1", "2606:4700::1111", "2a00:1450::1",
    "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860:4860::8888",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_global_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_global_addresses_may_be_asked(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(address):
        inner = getattr(address, "ipv4_mapped", None) or address
        nat64 = address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")
        assert nat64 or (inner.is_global and not inner.is_multicast)


@given(st.ip_addresses(v=4), st.sampled_from(["{:d}", "{:#x}", "0{:o}"]), st.sampled_from(["", "."]))
def test_an_address_is_known_in_each_base(address: ipaddress.IPv4Address, base: str, dot: str) -> None:
    octets = ".".join(base.format(octet) for octet in address.packed)
    assert literal(base.format(int(address)) + dot) == address
    if base != "{:d}":
        assert literal(octets + dot) == address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("[::1]", "::1"),
        ("fe80::1%25eth0", "fe80::1%eth0"), ("news.example", None), ("1.2.3.4.5", None), ("", None),
    ],
)  # fmt: skip
def test_spellings_of_addresses_are_told_from_names(host: str, address: str | None) -> None:
    assert literal(host) == (ipaddress.ip_address(address) if address else None)


def test_exceptions_name_hosts_addresses_networks_or_all() -> None:
    inside = ipaddress.ip_address("10.1.2.3")
    assert AddressGuard(["Intranet.Example"]).permits("intranet.example.", inside)
    assert not AddressGuard(["intranet.example"]).permits("www.intranet.example", inside)
    assert AddressGuard(["bücher.example"]).permits("xn--bcher-kva.example", inside)
    assert AddressGuard(["10.1.0.0/16"]).permits("any.example", inside)
    assert not AddressGuard(["10.2.0.0/16", "fd00::/8", "10.1.2.4"]).permits("any.example", inside)
    assert AddressGuard(["fd00::/8"]).permits("any.example", ipaddress.ip_address("fd12::1"))
    assert AddressGuard(["*"]).permits("any.example", inside)
    assert not AddressGuard().permits("any.example", inside)


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "http://intranet/", "intranet:8080", "*.intranet", ""])
def test_an_exception_that_means_nothing_is_a_wrong_setting(entry: str) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.allow_hosts"):
        AddressGuard([entry])


def test_of_mixed_answers_only_the_public_ones_are_connected_to() -> None:
    names = StubResolver(mixed_example=("10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"), inside_example=("10.0.0.1",))
    resolver = GuardedResolver(AddressGuard(), names)
    found = asyncio.run(resolver.resolve("mixed.example", 80))
    assert [address["host"] for address in found] == ["8.8.8.8", "2606:4700::1111"]
    with pytest.raises(PrivateAddressError):
        asyncio.run(resolver.resolve("inside.example", 80))


def get(url: str, allow: tuple[str, ...] = (), **names: tuple[str, ...]) -> Outcome:
    """With a resolver of these names."""

    async def run() -> Outcome:
        resolver = StubResolver(**names)
        async with Fetcher(FetchOptions(timeout_seconds=5, allow_hosts=allow), resolver=resolver) as fetcher:
            return await fetcher.get(url, max_bytes=1000)

    return asyncio.run(run())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0x7f.0.0.1", "0177.1", "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "0", "0.0.0.0", "user:password@127.0.0.1", "inside.example",  # noqa: S104
        "169.254.169.254", "[fe80::1%25eth0]", "INSIDE.example",
    ],
)  # fmt: skip
def test_no_spelling_reaches_a_private_host(host: str) -> None:
    outcome = get(f"http://{host}/feed", inside_example=("127.0.0.1", "::1"))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "private", outcome.message
    assert "feeds.allow_hosts" in outcome.message


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/secret", "http://0x7f.1:{port}/secret", "//inside.example/x"]
)
def test_no_redirect_reaches_a_private_host(target: str) -> None:
    async def run() -> tuple[Outcome, list[str]]:
        names = StubResolver(news_example=("127.0.0.1",), inside_example=("127.0.0.1",))
        async with (
            RawSite({"/secret": answer(b"secret")}) as site,
            Fetcher(FetchOptions(allow_hosts=("news.example",)), resolver=names) as fetcher,
        ):
            site.replies["/feed"] = redirect(target.format(port=site.port))
            return await fetcher.get(site.url(), max_bytes=1000), site.asked

    outcome, asked = asyncio.run(run())
    assert isinstance(outcome, Failure)
    assert outcome.kind == "private"
    assert len(asked) == 1


def test_a_name_that_turns_private_is_refused_at_its_next_connection() -> None:
    async def run() -> tuple[Outcome, Outcome]:
        names = StubResolver(news_example=("127.0.0.1",))
        async with RawSite({"/feed": answer(b"feed", Connection="close")}) as site:
            async with Fetcher(FetchOptions(allow_hosts=("127.0.0.1",)), resolver=names) as fetcher:
                first = await fetcher.get(site.url(), max_bytes=1000)
            names._names["news.example"] = ("127.0.0.2",)
            async with Fetcher(FetchOptions(allow_hosts=("127.0.0.1",)), resolver=names) as fetcher:
                return first, await fetcher.get(site.url(), max_bytes=1000)

    first, second = asyncio.run(run())
    assert isinstance(first, Answer)
    assert isinstance(second, Failure)
    assert second.kind == "private"


def test_an_allowed_host_is_asked_by_the_systems_own_resolver() -> None:
    async def run() -> Outcome:
        async with (
            RawSite({"/feed": answer(b"feed")}) as site,
            Fetcher(FetchOptions(allow_hosts=("localhost",))) as fetcher,
        ):
            return await fetcher.get(site.url(host="localhost"), max_bytes=1000)

    outcome = asyncio.run(run())
    assert isinstance(outcome, Answer)
    assert outcome.body == b"feed"
